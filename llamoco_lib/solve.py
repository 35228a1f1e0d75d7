"""A program for a problem of your own: its statement goes in, an optimizer program and its result come out.

This is what the tuned model is for (paper, Figs 7 to 9). The statement is Python source, Python functions, or LaTeX;
with dimension, bounds and budget it becomes the same prompt as in training. The model answers with a program, which
runs confined while the objective is evaluated here. A program that fails gets one repair turn; if that fails too, the
solution says what went wrong and carries no result: nothing is put in its place.
"""

import dataclasses
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from llamoco_lib import records, seeds
from llamoco_lib.evaluation.repair import repair_prompt
from llamoco_lib.params.solve import SolveConfig
from llamoco_lib.problems.counting import RunResult
from llamoco_lib.programs import generate
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.runner import Outcome, run_program
from llamoco_lib.prompts import template
from llamoco_lib.prompts.user_problem import StatementError, UserProblem, read_problem
from llamoco_lib.training import store

Generate = Callable[[list[str]], list]  # prompts -> programs.generate.Generation, in order

__all__ = [
    "Solution",
    "StatementError",
    "UserProblem",
    "limits",
    "read_problem",
    "save",
    "solve",
    "table",
    "tuned_model",
]


@dataclasses.dataclass(frozen=True, eq=False)
class Solution:
    """What the model wrote for a problem, and what it reached.

    ``status`` is ``ok`` or the error class of the last attempt, with ``message`` and ``line`` of the program.
    ``program`` is the last one written, None where the reply had none. ``outcomes`` has one run a seed, ``attempts``
    the statuses of the first turn and, if there was one, the repair turn.
    """

    problem: UserProblem
    program: str | None
    status: str
    message: str
    line: int | None
    outcomes: tuple[Outcome, ...]
    attempts: tuple[str, ...]

    @property
    def best(self) -> RunResult | None:
        """The run with the best feasible value, else that with the smallest violation; None without a working run."""
        results = [outcome.result for outcome in self.outcomes if outcome.status == "ok"]
        return min(results, key=lambda result: (result.best_value, result.violation), default=None)

    @property
    def traces(self) -> list[tuple[float, ...]]:
        """Best feasible value at ``counting.trace_fes(budget)``, of each working run."""
        return [outcome.result.trace for outcome in self.outcomes if outcome.status == "ok"]

    @property
    def shown(self) -> str:
        """The program as text to show; where there is none, a comment that says so."""
        return self.program or "# The model's reply held no program.\n"

    def summary(self) -> str:
        """The outcome in one or two sentences."""
        turns = "after a repair turn" if len(self.attempts) > 1 else "in one turn"
        if self.status != "ok":
            where = f", line {self.line}" if self.line is not None else ""
            return (
                f"{self.problem.name}: the model wrote no working program {turns} "
                f"({self.status}{where}: {self.message}). No result. "
                "Tune the model longer, or state the problem more like the training set's."
            )
        best, budget = self.best, self.problem.evaluator.budget
        reached = (
            f"best value {best.best_value:.8g}"
            if best.feasible
            else f"no feasible point, smallest total violation {best.violation:.3g}"
        )
        return (
            f"{self.problem.name}: a working program {turns}; {reached} in {len(self.outcomes)} runs of {budget} FEs."
        )

    def to_json(self) -> dict:
        """A value for ``json.dumps``; numbers that are not finite become null."""
        best = self.best
        return {
            "problem": self.problem.name,
            "language": self.problem.language,
            "status": self.status,
            "message": self.message,
            "line": self.line,
            "attempts": list(self.attempts),
            "feasible": best is not None and best.feasible,
            "best_value": _finite(best.best_value) if best else None,
            "best_point": list(best.best_point) if best and best.best_point is not None else None,
            "violation": _finite(best.violation) if best else None,
            "budget": self.problem.evaluator.budget,
            "runs": [
                {
                    "status": outcome.status,
                    "message": outcome.message,
                    "best_value": _finite(outcome.result.best_value) if outcome.result else None,
                    "fes": outcome.result.fes if outcome.result else 0,
                    "seconds": round(outcome.seconds, 3),
                    "backend": outcome.backend,
                    "trace": [_finite(value) for value in outcome.result.trace] if outcome.result else [],
                }
                for outcome in self.outcomes
            ],
            "prompt": self.problem.prompt,
            "program": self.program,
        }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def tuned_model(model_dir: str | Path, max_new_tokens: int) -> Generate:
    """The tuned model of a folder (relative to the repository) as a function from prompts to generations.

    Raises FileNotFoundError that names stage 05 where the folder is missing.
    """
    folder = records.resolve(model_dir)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is missing; run 05_tuning first, or name the folder of a tuned model")
    model, tokenizer = store.load_model(folder)
    return lambda prompts: generate.generate(model, tokenizer, prompts, max_new_tokens, len(prompts))


def limits(config: SolveConfig) -> Limits:
    """The limits of one run, from the parameters of stage 09."""
    cpu_seconds = max(1, round(config.wall_seconds))
    return Limits(config.wall_seconds, cpu_seconds, config.memory_megabytes << 20)


def solve(
    problems: Sequence[UserProblem],
    model: Generate,
    seed: int,
    repetitions: int,
    run_limits: Limits,
    allow_unconfined: bool = False,
) -> list[Solution]:
    """One solution a problem: a program by the model, ``repetitions`` confined runs, a repair turn where one failed.

    ``model`` turns prompts into generations, as ``tuned_model`` does. Raises ConfinementError where this
    system has no confinement backend and ``allow_unconfined`` is false.
    """

    def attempt(problem: UserProblem, text: str, attempts: tuple[str, ...]) -> tuple[Solution, str]:
        program = template.extract_program(text)
        own_seeds = [seeds.integer(seed, "solve", problem.name, r) for r in range(repetitions)]
        outcomes = run_program(problem.evaluator, program, own_seeds, run_limits, allow_unconfined)
        worst = next((outcome for outcome in outcomes if outcome.status != "ok"), outcomes[0])
        solution = Solution(
            problem, program, worst.status, worst.message, worst.line, tuple(outcomes), (*attempts, worst.status)
        )
        return solution, program or text

    texts = [generation.text for generation in model([problem.prompt for problem in problems])]
    first = [attempt(problem, text, ()) for problem, text in zip(problems, texts, strict=True)]
    solutions = [solution for solution, _ in first]
    failed = [i for i, solution in enumerate(solutions) if solution.status != "ok"]
    if failed:
        errors = [(solutions[i], first[i][1]) for i in failed]
        prompts = [repair_prompt(s.problem.prompt, reply, s.status, s.message, s.line) for s, reply in errors]
        for i, generation in zip(failed, model(prompts), strict=True):
            solutions[i], _ = attempt(problems[i], generation.text, solutions[i].attempts)
    return solutions


def table(solutions: Sequence[Solution]) -> pd.DataFrame:
    """One row a problem: status, best and worst final value over the runs, FEs, seconds a run, best point."""
    rows = []
    for solution in solutions:
        best, results = solution.best, [o.result for o in solution.outcomes if o.status == "ok"]
        rows.append(
            {
                "problem": solution.problem.name,
                "status": solution.status,
                "feasible": best is not None and best.feasible,
                "best_value": best.best_value if best else None,
                "worst_value": max((result.best_value for result in results), default=None),
                "fes": max((result.fes for result in results), default=0),
                "seconds": round(float(np.mean([outcome.seconds for outcome in solution.outcomes])), 3),
                "best_point": str([float(f"{v:.6g}") for v in best.best_point]) if best and best.best_point else "",
            }
        )
    return pd.DataFrame(rows)


def save(solution: Solution, folder: str | Path) -> list[Path]:
    """Write ``program.py`` (a comment where the reply held no program) and ``result.json`` into ``folder``."""
    folder = records.resolve(folder)
    return [
        records.write_text(folder / "program.py", solution.shown),
        records.write_json(folder / "result.json", solution.to_json()),
    ]
