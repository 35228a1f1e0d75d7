"""Units of work over processes, each unit's result a Parquet shard that is written whole or not at all.

What is left to do is what was planned minus the shards that are there, so a ``kill -9`` loses at most the units in
work. Runs on whatever joblib backend is active: loky by default, or a dask cluster inside
``joblib.parallel_config(backend="dask")``. This module knows nothing of what a unit computes.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import joblib
import pandas as pd

from llamoco_lib import records


def _run_unit(unit: Callable[[], pd.DataFrame], path: Path) -> None:
    records.write_parquet(path, unit())


def run_units(
    units: Mapping[str, Callable[[], pd.DataFrame]],
    folder: Path,
    jobs: int,
    progress: Callable[[str], None] = print,
) -> pd.DataFrame:
    """The results of all units, concatenated in the order of ``units``.

    ``units`` maps a shard's file name (without suffix) to a picklable function of no argument; a shard that exists in
    ``folder`` is not computed again. ``progress`` is told a line about every tenth of the work. An exception of a
    unit is raised here, after the other finished shards are on disk.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.parquet" for name in units}
    todo = [name for name, path in paths.items() if not path.exists()]
    started = time.time()
    if len(todo) < len(units):
        progress(f"{len(units) - len(todo)} of {len(units)} units were done before")
    for done, _ in enumerate(_finished(units, paths, todo, jobs), start=1):
        if done == len(todo) or done % max(1, len(todo) // 10) == 0:
            progress(f"{done} of {len(todo)} units done, {time.time() - started:.0f} s")
    return pd.concat([pd.read_parquet(path) for path in paths.values()], ignore_index=True)


def _finished(units: Mapping, paths: Mapping[str, Path], todo: list[str], jobs: int) -> Iterator[None]:
    """Run the units that are left, one a task, and yield whenever one is finished."""
    tasks = (joblib.delayed(_run_unit)(units[name], paths[name]) for name in todo)
    return joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks)
