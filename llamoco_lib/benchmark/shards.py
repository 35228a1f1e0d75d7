"""Units of work over processes, each unit's result a Parquet shard that is written whole or not at all.

What is left to do is what was planned minus the shards that are there, so a ``kill -9`` loses at most the units in
work. Units run on joblib's loky processes of this machine, or by the same call on a dask cluster, whose machines must
see the folder under the same path. This module knows nothing of what a unit computes.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import joblib
import pandas as pd
from joblib.externals.loky.process_executor import TerminatedWorkerError

from llamoco_lib import records

Units = Mapping[str, Callable[[], pd.DataFrame]]
MOST_DEATHS = 3  # deaths of worker processes in a row, without a unit finished in between, that end the work
CONNECT_SECONDS = 30


def _run_unit(unit: Callable[[], pd.DataFrame], path: Path) -> None:
    records.write_parquet(path, unit())


def compute(
    units: Units, folder: Path, jobs: int, scheduler: str = "", progress: Callable[[str], None] = print
) -> None:
    """Compute the units that have no shard in ``folder`` yet.

    ``units`` maps a shard's file name (without suffix) to a picklable function of no argument. ``scheduler`` is empty
    for ``jobs`` processes on this machine, or the address of a dask scheduler. ``progress`` is told a line about each
    tenth of the work. What a worker process that died has left undone is done by another one. An exception of a unit
    is raised here, after the other finished shards are on disk; ConnectionError where no scheduler answers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    todo = missing(units, folder)
    started = time.time()
    if len(todo) < len(units):
        progress(f"{len(units) - len(todo)} of {len(units)} units were done before")
    if todo:
        with _workers(scheduler):
            for done, _ in enumerate(_finished(units, folder, jobs, progress), start=1):
                if done == len(todo) or done % max(1, len(todo) // 10) == 0:
                    progress(f"{done} of {len(todo)} units done, {time.time() - started:.0f} s")


def collect(units: Iterable[str], folder: Path) -> pd.DataFrame:
    """The results of the units, concatenated in their order. Raises FileNotFoundError where one is not computed."""
    return pd.concat([pd.read_parquet(_path(name, folder)) for name in units], ignore_index=True)


def missing(units: Iterable[str], folder: Path) -> list[str]:
    """The units without a shard in ``folder``."""
    return [name for name in units if not _path(name, folder).exists()]


def _path(name: str, folder: Path) -> Path:
    return folder / f"{name}.parquet"


@contextlib.contextmanager
def _workers(scheduler: str) -> Iterator[None]:
    """Let joblib work on the cluster of the scheduler, if one is named."""
    if not scheduler:
        yield
        return
    from distributed import Client  # takes a second to import, and few need it

    try:
        client = Client(scheduler, set_as_default=False, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError) as error:
        raise ConnectionError(
            f"no dask scheduler answered at {scheduler} within {CONNECT_SECONDS} s ({error}); start one with "
            "`dask scheduler`, or set scheduler to '' to work on this machine"
        ) from error
    with client, joblib.parallel_config(backend="dask", client=client):
        yield


def _finished(units: Units, folder: Path, jobs: int, progress: Callable[[str], None]) -> Iterator[None]:
    """Run the units that are left, one a task, and yield whenever one is finished."""
    deaths = 0
    while todo := missing(units, folder):
        tasks = (joblib.delayed(_run_unit)(units[name], _path(name, folder)) for name in todo)
        try:
            for _ in joblib.Parallel(n_jobs=jobs, batch_size=1, return_as="generator_unordered")(tasks):
                deaths = 0
                yield
        except TerminatedWorkerError:
            deaths += 1
            if deaths == MOST_DEATHS:
                raise
            progress(f"a worker process died; {len(missing(units, folder))} units are left and go on")
