"""A program for a problem of your own: its statement goes in, an optimizer program and its result come out.

This is what the tuned model is for (paper, Figs 7 to 9). The statement is Python source, Python functions, or LaTeX;
with dimension, bounds and budget it becomes the same prompt as in training. The model answers with a program, which
runs confined while the objective is evaluated here. A program that fails gets one repair turn; if that fails too, the
solution says what went wrong and carries no result: nothing is put in its place.
"""

import dataclasses
import inspect
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from llamoco_lib import records, seeds
from llamoco_lib.evaluation.repair import repair_prompt
from llamoco_lib.problems.counting import RunResult
from llamoco_lib.problems.evaluator import Evaluator
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.runner import Outcome, run_program
from llamoco_lib.prompts import latex_reader, template

Bound = float | Sequence[float]
Generate = Callable[[list[str]], list]  # prompts -> programs.generate.Generation, in order
OBJECTIVE_NAMES = ("objective", "f")


class StatementError(ValueError):
    """A problem statement that cannot be read or evaluated; the message says which part, and what would be valid."""


@dataclasses.dataclass(frozen=True, eq=False)
class PointEvaluator:
    """A user's Python functions of one point, as the ``Evaluator`` protocol of ``problems.evaluator``.

    ``point_objective`` maps (D,) to a number, ``point_constraints`` maps (D,) to (g, h), each a list or an array.
    """

    id: str
    dimension: int
    budget: int
    lower: np.ndarray
    upper: np.ndarray
    point_objective: Callable[[np.ndarray], float]
    point_constraints: Callable[[np.ndarray], tuple] | None
    n_inequality: int = 0
    n_equality: int = 0

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """f at a point (D,), a float, or at rows (n, D), an array (n,)."""
        if x.ndim == 1:
            return float(self.point_objective(x))
        return np.array([float(self.point_objective(row)) for row in x])

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """g and h at a point (D,): (Mg,), (Mh,); at rows (n, D): (n, Mg), (n, Mh)."""
        if x.ndim == 1:
            return _constraint_values(self.point_constraints, x)
        pairs = [_constraint_values(self.point_constraints, row) for row in x]
        g = np.array([pair[0] for pair in pairs]).reshape(len(x), self.n_inequality)
        h = np.array([pair[1] for pair in pairs]).reshape(len(x), self.n_equality)
        return g, h


def _constraint_values(constraints: Callable | None, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    g, h = ((), ()) if constraints is None else constraints(x)
    return np.atleast_1d(np.asarray(g, float)), np.atleast_1d(np.asarray(h, float))


@dataclasses.dataclass(frozen=True, eq=False)
class UserProblem:
    """A user's problem: what the prompt shows, and the evaluator that its programs run on."""

    name: str
    text: str
    language: str
    lower: Bound
    upper: Bound
    evaluator: Evaluator

    @property
    def prompt(self) -> str:
        """The prompt that the model is given."""
        own = self.evaluator
        constrained = own.n_inequality + own.n_equality > 0
        return template.prompt(
            self.text, self.language, own.dimension, self.lower, self.upper, own.budget, constrained
        )


def read_problem(
    statement: str | Callable,
    dimension: int,
    lower: Bound,
    upper: Bound,
    budget: int,
    *,
    language: str = "python",
    constraints: Callable | None = None,
    data: Mapping[str, np.ndarray] | None = None,
    name: str = "problem",
) -> UserProblem:
    """A user's problem from its statement.

    ``statement`` is Python source that defines ``objective(x)`` (or ``f(x)``) and, if need be, ``constraints(x)``
    which returns (g, h), feasible where g <= 0 and h = 0; or an objective function itself, with ``constraints`` as a
    second one; or, with ``language="latex"``, LaTeX as ``prompts.latex_reader`` takes it. x has shape (D,). ``data``
    holds arrays that the statement uses by name. ``budget`` is in function evaluations (FEs).

    Python source is run in this process, as your own code. Raises StatementError where the statement cannot be read,
    the bounds are not in order, or the middle of the box cannot be evaluated.
    """
    box = _box(name, dimension, lower, upper)
    if budget < 1:
        raise StatementError(f"{name}: budget is {budget} function evaluations; it must be at least 1")
    data = dict(data or {})
    if language == "latex":
        text = statement
        try:
            evaluator = latex_reader.read(text, dimension, lower, upper, budget, data, name)
        except ValueError as error:
            raise StatementError(f"{name}: the LaTeX statement cannot be read: {error}") from error
    elif language == "python":
        if callable(statement):
            objective, text = statement, _source(name, statement, constraints)
        else:
            (objective, constraints), text = _from_source(name, statement, data), statement
        evaluator = PointEvaluator(name, dimension, budget, *box, objective, constraints)
    else:
        raise StatementError(f"{name}: language is {language!r}; valid: python, latex")
    counts = _tried(evaluator)
    if language == "python":
        evaluator = dataclasses.replace(evaluator, n_inequality=counts[0], n_equality=counts[1])
    return UserProblem(name, text, language, lower, upper, evaluator)


def _box(name: str, dimension: int, lower: Bound, upper: Bound) -> tuple[np.ndarray, np.ndarray]:
    for side, bound in (("lower", lower), ("upper", upper)):
        if np.ndim(bound) > 0 and len(bound) != dimension:
            raise StatementError(
                f"{name}: {side} has {len(bound)} numbers; valid: one, or {dimension} (the dimension)"
            )
    box = np.full(dimension, lower, float), np.full(dimension, upper, float)
    if not np.all(np.isfinite(box)) or not np.all(box[0] < box[1]):
        raise StatementError(
            f"{name}: bounds are {lower} and {upper}; valid: finite, each lower one below its upper one"
        )
    return box


def _source(name: str, *functions: Callable | None) -> str:
    try:
        return "\n".join(
            textwrap.dedent(inspect.getsource(function)) for function in functions if function is not None
        )
    except (OSError, TypeError) as error:
        raise StatementError(f"{name}: no source text of a function ({error}); give its source as a string") from None


def _from_source(name: str, source: str, data: Mapping[str, np.ndarray]) -> tuple[Callable, Callable | None]:
    namespace: dict[str, object] = {"__name__": name, **data}
    try:
        exec(compile(source, f"<{name}>", "exec"), namespace)
    except Exception as error:
        raise StatementError(f"{name}: the Python statement does not run: {type(error).__name__}: {error}") from error
    for candidate in OBJECTIVE_NAMES:
        if callable(namespace.get(candidate)):
            return namespace[candidate], namespace.get("constraints")
    defined = sorted(key for key, value in namespace.items() if inspect.isfunction(value)) or ["none"]
    raise StatementError(f"{name}: no function objective(x) in the statement; its functions: {', '.join(defined)}")


def _tried(evaluator: Evaluator) -> tuple[int, int]:
    """How many constraints of each kind there are, after trying the statement in the middle of the box."""
    x, part = (evaluator.lower + evaluator.upper) / 2, "objective"
    try:
        evaluator.objective(x)
        part = "constraints"
        g, h = evaluator.constraints(x)
    except Exception as error:
        where = f"x = {np.round(x, 6).tolist()}, the middle of the box"
        raise StatementError(
            f"{evaluator.id}: the {part} failed at {where}: {type(error).__name__}: {error}"
        ) from error
    return len(g), len(h)


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


def solve(
    problems: Sequence[UserProblem],
    generate: Generate,
    seed: int,
    repetitions: int,
    limits: Limits,
    allow_unconfined: bool = False,
) -> list[Solution]:
    """One solution a problem: a program by the model, ``repetitions`` confined runs, a repair turn where one failed.

    ``generate`` turns prompts into generations, such as ``tuned_model`` gives. Raises ConfinementError where this
    system has no confinement backend and ``allow_unconfined`` is false.
    """

    def attempt(problem: UserProblem, text: str, attempts: tuple[str, ...]) -> tuple[Solution, str]:
        program = template.extract_program(text)
        own_seeds = [seeds.integer(seed, "solve", problem.name, r) for r in range(repetitions)]
        outcomes = run_program(problem.evaluator, program, own_seeds, limits, allow_unconfined)
        worst = next((outcome for outcome in outcomes if outcome.status != "ok"), outcomes[0])
        solution = Solution(
            problem, program, worst.status, worst.message, worst.line, tuple(outcomes), (*attempts, worst.status)
        )
        return solution, program or text

    texts = [generation.text for generation in generate([problem.prompt for problem in problems])]
    first = [attempt(problem, text, ()) for problem, text in zip(problems, texts, strict=True)]
    solutions = [solution for solution, _ in first]
    failed = [i for i, solution in enumerate(solutions) if solution.status != "ok"]
    if failed:
        errors = [(solutions[i], first[i][1]) for i in failed]
        prompts = [repair_prompt(s.problem.prompt, reply, s.status, s.message, s.line) for s, reply in errors]
        for i, generation in zip(failed, generate(prompts), strict=True):
            solutions[i], _ = attempt(problems[i], generation.text, solutions[i].attempts)
    return solutions


def save(solution: Solution, folder: str | Path) -> list[Path]:
    """Write ``program.py`` (a comment where the reply held no program) and ``result.json`` into ``folder``."""
    folder = records.resolve(folder)
    program = solution.program or "# The model's reply held no program.\n"
    return [
        records.write_text(folder / "program.py", program),
        records.write_json(folder / "result.json", solution.to_json()),
    ]
