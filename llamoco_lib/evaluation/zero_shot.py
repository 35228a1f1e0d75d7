"""The zero-shot test on realistic problems: the same prompts, runner and metrics as for synthetic ones (paper 4.2).

The pool is run on the realistic problems too, by the benchmark's own code, so that a model is held against the single
best solver of the train problems (SBS), the best of the pool on each problem (VBS) and a random configuration. This
module knows nothing of how a model generates.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import joblib
import numpy as np
import pandas as pd
import threadpoolctl

from llamoco_lib import seeds
from llamoco_lib.benchmark.plan import COLUMNS
from llamoco_lib.benchmark.regret import log_regret
from llamoco_lib.benchmark.run import run_source
from llamoco_lib.optimizers import Configuration, program
from llamoco_lib.problems.realistic import RealisticProblem
from llamoco_lib.prompts.template import prompt

SPLIT = "realistic"


@dataclasses.dataclass(frozen=True)
class PoolSettings:
    """How the pool is run: root of the seeds, configurations a group, runs of each purpose, wall limit, processes."""

    root: int
    configurations: int
    selection_seeds: int
    score_seeds: int
    wall_seconds: float
    jobs: int


def questions(problems: Sequence[RealisticProblem], languages: Sequence[str]) -> pd.DataFrame:
    """The prompts to ask, one a problem and language it is written in; columns as ``model_runs.questions``.

    Raises ValueError where a problem has no writing in any of the languages.
    """
    rows = []
    for problem in problems:
        chosen = [language for language in languages if language in problem.writings]
        if not chosen:
            raise ValueError(f"{problem.id} has no writing in {list(languages)}; it has: {list(problem.writings)}")
        for question, language in enumerate(chosen):
            text = prompt(
                problem.writings[language],
                language,
                problem.dimension,
                problem.box_lower,
                problem.box_upper,
                problem.budget,
                problem.group == "constrained",
            )
            rows.append((problem.id, problem.group, SPLIT, question, language, "as a user writes it", text))
    return pd.DataFrame(rows, columns=["problem_id", "group", "split", "question", "language", "style", "prompt"])


def pool_runs(problems: Sequence[RealisticProblem], portfolio: Mapping, settings: PoolSettings) -> pd.DataFrame:
    """Runs of the portfolio on every problem, in the columns of the benchmark's ``runs.parquet``.

    ``portfolio`` is stage 02's JSON value; the first ``settings.configurations`` of a group's order are run, and its
    SBS. Purpose ``label`` marks the runs by which the best configuration of a problem is chosen, ``score`` the fresh
    ones.
    """
    units = [
        (problem, key, purpose, repetition)
        for problem in problems
        for key in portfolio_part(portfolio, settings.configurations)[problem.group]
        for purpose, count in (("label", settings.selection_seeds), ("score", settings.score_seeds))
        for repetition in range(count)
    ]
    rows = joblib.Parallel(n_jobs=settings.jobs)(
        joblib.delayed(_pool_run)(*unit, settings.root, settings.wall_seconds) for unit in units
    )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def portfolio_part(portfolio: Mapping, most: int) -> dict:
    """The first ``most`` configurations of each group in the portfolio's order, and the group's SBS."""
    sbs = portfolio["sbs"]
    groups = {group: list(dict.fromkeys([*portfolio[group][:most], sbs[group]])) for group in sbs}
    return groups | {"sbs": sbs}


def _pool_run(
    problem: RealisticProblem, key: str, purpose: str, repetition: int, root: int, wall_seconds: float
) -> dict[str, object]:
    configuration = Configuration.parse(key)
    source = program(configuration, problem.dimension, problem.box_lower, problem.box_upper, problem.budget)
    seed = seeds.integer(root, f"zero-shot {purpose}", problem.id, key, repetition)
    row = {
        "problem_id": problem.id,
        "group": problem.group,
        "split": SPLIT,
        "optimizer": configuration.optimizer,
        "configuration": key,
        "purpose": purpose,
        "repetition": repetition,
    }
    with threadpoolctl.threadpool_limits(1):
        return row | run_source(problem, source, seed, wall_seconds)


def references(problems: Sequence[RealisticProblem], *runs: pd.DataFrame) -> pd.DataFrame:
    """f0 and f* of each problem, columns problem_id, group, f0, f_star.

    f* is the proven optimum, else the better of the reference value and the best value of any run.
    """
    values = pd.concat([frame[["problem_id", "best_value"]] for frame in runs])
    best = values.groupby("problem_id")["best_value"].min()
    rows = [
        (p.id, p.group, p.f0, p.reference if p.is_optimum else min(p.reference, best.get(p.id, np.inf)))
        for p in problems
    ]
    return pd.DataFrame(rows, columns=["problem_id", "group", "f0", "f_star"])


def best_of_pool(pool: pd.DataFrame, reference: pd.DataFrame) -> pd.DataFrame:
    """``reference`` with the configuration of least mean log-regret in the selection runs, column
    ``argmax_label``."""
    selection = pool[pool["purpose"] == "label"].merge(reference, on=["problem_id", "group"])
    value = selection["best_value"].where(selection["status"] == "ok", np.inf)
    selection["log_regret"] = log_regret(value, selection["f0"], selection["f_star"])
    means = selection.groupby(["problem_id", "configuration"], sort=False)["log_regret"].mean()
    best = means.groupby("problem_id").idxmin().map(lambda key: key[1])
    return reference.assign(argmax_label=reference["problem_id"].map(best))
