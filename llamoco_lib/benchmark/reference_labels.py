"""The labelled reference set: runs of the pool ``portfolio`` on instances, kept in git, to train without labelling.

A batch of it (``append`` makes one) is a folder with its instances, all their runs but the traces, and a record of
parameters, versions and programs. Labels are not stored: stage 02 decides them by its own rule, from the runs. This
module knows nothing of how a label is decided.
"""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.plan import Plan
from llamoco_lib.optimizers import optimizer, shape
from llamoco_lib.problems import problem_set
from llamoco_lib.problems.reference_set import batches
from llamoco_lib.problems.spec import GROUPS, Problem


def known_runs(folder: str | Path, problems: Sequence[Problem], plan: Plan) -> pd.DataFrame:
    """The reference set's runs on those of ``problems`` that are in it, with empty traces, in the order of the set.

    Raises ValueError where the plan would run other configurations than the set knows, or where the program of one of
    them has changed since (but for comments and constants).
    """
    wanted = {problem.id: problem for problem in problems}
    frames = []
    for batch in batches(folder):
        mine = {problem.id for problem in problem_set.read(batch) if wanted.get(problem.id) == problem}
        if mine:
            _check(batch, plan)
            frame = pd.read_parquet(batch / "runs.parquet")
            frames.append(frame[frame["problem_id"].isin(mine)])
    if not frames:
        return pd.DataFrame(columns=["problem_id"])
    runs = pd.concat(frames, ignore_index=True)
    return runs.assign(trace=[[] for _ in range(len(runs))])


def whole(folder: str | Path) -> tuple[list[Problem], pd.DataFrame]:
    """All instances of the set and their runs, without traces. Raises FileNotFoundError where there is no batch."""
    found = batches(folder)
    if not found:
        raise FileNotFoundError(f"no batch in {folder}; `python -m llamoco_lib.benchmark.append` makes one")
    problems = [problem for batch in found for problem in problem_set.read(batch)]
    return problems, pd.concat([pd.read_parquet(batch / "runs.parquet") for batch in found], ignore_index=True)


def _check(batch: Path, plan: Plan) -> None:
    known = records.read_json(batch / "record.json")["programs"]
    planned = {configuration.key for group in GROUPS for configuration in plan.of(group)}
    if planned != set(known):
        other = ", ".join(sorted(planned ^ set(known))[:3])
        raise ValueError(
            f"{batch} holds runs of other configurations than this plan's (such as {other}); set unconstrained and "
            "constrained to [portfolio], or do without the reference labels: n_reference: 0 in 01_synthesis"
        )
    changed = [key for key, of_batch in known.items() if program_key(key) != of_batch]
    if changed:
        raise ValueError(
            f"the program of {changed[0].split('(')[0]} has changed since {batch} was made; label the instances "
            "yourself: n_reference: 0 in 01_synthesis"
        )


def program_key(configuration: str) -> str:
    """A key of the program of a configuration, whatever its comments and constants."""
    return records.content_key(shape(optimizer(configuration.split("(")[0]).source))
