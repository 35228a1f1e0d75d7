"""A model on problems: prompt, program, confined runs, and one repair turn for a program that failed (App. D).

The model comes as a function from prompts to generations; this module knows nothing of how it generates, and nothing
of metrics.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import joblib
import numpy as np
import pandas as pd
import threadpoolctl

from llamoco_lib import seeds
from llamoco_lib.evaluation.methods import RUN_COLUMNS
from llamoco_lib.evaluation.repair import repair_prompt
from llamoco_lib.problems.evaluator import Evaluator, evaluator_of
from llamoco_lib.problems.spec import Problem
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.runner import Outcome, Runner
from llamoco_lib.prompts.template import extract_program

Generate = Callable[[list[str]], list]  # prompts -> programs.generate.Generation, in order

_CHUNK = 10  # programs that a worker takes at a time

GENERATION_COLUMNS = (
    "method",
    "problem_id",
    "group",
    "split",
    "question",
    "attempt",
    "prompt",
    "text",
    "program",
    "n_prompt_tokens",
    "n_new_tokens",
    "finished",
)


@dataclasses.dataclass(frozen=True)
class RunSettings:
    """How programs are run: seeds a program, limits of one run, worker processes, root of the seeds."""

    root: int
    n_seeds: int
    limits: Limits
    jobs: int
    allow_unconfined: bool = False


def questions(
    pairs: pd.DataFrame, splits: Sequence[str], per_problem: int, most_problems: int, root: int
) -> pd.DataFrame:
    """The prompts to ask: ``per_problem`` of each problem's pairs, drawn by the problem's own seed.

    At most ``most_problems`` of each split and group, the first by id. Columns problem_id, group, split, question
    (its number within the problem), language, style, prompt. Raises ValueError for a split without pairs.
    """
    rows = []
    for split in splits:
        of_split = pairs[pairs["split"] == split]
        if of_split.empty:
            raise ValueError(f"no pairs of split {split!r}; the pairs have {', '.join(sorted(set(pairs['split'])))}")
        for _, of_group in of_split.groupby("group"):
            for problem_id, own in list(of_group.groupby("problem_id"))[:most_problems]:
                own = own.sort_values("pair_id")
                order = seeds.generator(root, "evaluation prompt", problem_id).permutation(len(own))
                drawn = own.iloc[np.sort(order[:per_problem])]
                rows.append(drawn.assign(question=range(len(drawn))))
    columns = ["problem_id", "group", "split", "question", "language", "style", "prompt"]
    return pd.concat(rows, ignore_index=True)[columns]


def run_programs(
    evaluators: Sequence[Evaluator],
    programs: Sequence[str | None],
    seed_lists: Sequence[Sequence[int]],
    settings: RunSettings,
) -> list[list[Outcome]]:
    """Run each program on its evaluator with its seeds, confined, spread over worker processes; results in order.

    A worker takes several programs at a time and keeps its sandbox over them, since its start and the import of
    libraries take longer than most runs.
    """
    units = list(zip(evaluators, programs, seed_lists, strict=True))
    size = max(1, min(_CHUNK, -(-len(units) // settings.jobs)))
    chunks = [units[start : start + size] for start in range(0, len(units), size)]
    done = joblib.Parallel(n_jobs=settings.jobs)(joblib.delayed(_run_chunk)(chunk, settings) for chunk in chunks)
    return [outcomes for chunk in done for outcomes in chunk]


def _run_chunk(units: list[tuple], settings: RunSettings) -> list[list[Outcome]]:
    with threadpoolctl.threadpool_limits(1), Runner(settings.limits, settings.allow_unconfined) as runner:
        return [runner.run(evaluator, program, own) for evaluator, program, own in units]


def evaluate_model(
    method: str,
    generate: Generate,
    asked: pd.DataFrame,
    problems: Mapping[str, Problem | Evaluator],
    settings: RunSettings,
    repair: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ask the model for a program for every question, run it, and repair once what failed.

    ``asked`` is what ``questions`` gives; ``problems`` maps ids to problem specs, or to
    evaluators where a problem has no spec. Returns the generations
    (``GENERATION_COLUMNS``) and the runs (``methods.RUN_COLUMNS``), both with ``attempt`` 0 or, for the repair turn,
    1. All runs of a program with a failed run are made again with its repaired successor.
    """
    asked = asked.reset_index(drop=True)
    generations, runs, outcomes = _attempt(method, generate, asked, problems, settings, attempt=0)
    failed = [i for i, own in enumerate(outcomes) if any(outcome.status != "ok" for outcome in own)]
    if not (repair and failed):
        return generations, runs
    prompts = []
    for i in failed:
        error = next(outcome for outcome in outcomes[i] if outcome.status != "ok")
        program, text = generations.loc[i, ["program", "text"]]
        reply = program if isinstance(program, str) else text
        prompts.append(repair_prompt(asked["prompt"][i], reply, error.status, error.message, error.line))
    again = asked.loc[failed].assign(prompt=prompts).reset_index(drop=True)
    more_generations, more_runs, _ = _attempt(method, generate, again, problems, settings, attempt=1)
    return (
        pd.concat([generations, more_generations], ignore_index=True),
        pd.concat([runs, more_runs], ignore_index=True),
    )


def _attempt(
    method: str,
    generate: Generate,
    asked: pd.DataFrame,
    problems: Mapping[str, Problem | Evaluator],
    settings: RunSettings,
    attempt: int,
) -> tuple[pd.DataFrame, pd.DataFrame, list[list[Outcome]]]:
    """One turn: generate for every question, then run every program."""
    answers = generate(asked["prompt"].tolist())
    programs = [extract_program(answer.text) for answer in answers]
    generations = asked[["problem_id", "group", "split", "question", "prompt"]].assign(
        method=method,
        attempt=attempt,
        text=[answer.text for answer in answers],
        program=programs,
        n_prompt_tokens=[answer.n_prompt_tokens for answer in answers],
        n_new_tokens=[answer.n_new_tokens for answer in answers],
        finished=[answer.finished for answer in answers],
    )[list(GENERATION_COLUMNS)]
    evaluators = [_evaluator(problems[problem_id]) for problem_id in asked["problem_id"]]
    seed_lists = [
        [seeds.integer(settings.root, "evaluation", problem_id, r) for r in range(settings.n_seeds)]
        for problem_id in asked["problem_id"]
    ]
    outcomes = run_programs(evaluators, programs, seed_lists, settings)
    rows = [
        (method, q.problem_id, q.group, q.split, q.question, attempt, repetition, *outcome_values(outcome))
        for q, own in zip(asked.itertuples(), outcomes, strict=True)
        for repetition, outcome in enumerate(own)
    ]
    return generations, pd.DataFrame(rows, columns=list(RUN_COLUMNS)), outcomes


def _evaluator(problem: Problem | Evaluator) -> Evaluator:
    return evaluator_of(problem) if isinstance(problem, Problem) else problem


def outcome_values(outcome: Outcome) -> tuple:
    """An outcome as the columns of ``RUN_COLUMNS`` from ``status`` on."""
    result = outcome.result
    if result is None:
        reached = (float("inf"), float("inf"), False, 0)
    else:
        reached = (result.best_value, result.violation, result.feasible, result.fes)
    trace = list(result.trace) if result is not None else []
    return (outcome.status, outcome.message, outcome.line, *reached, outcome.seconds, outcome.backend, trace)
