"""Evaluations per second of our evaluator against opfunu-core and against ioh's compiled BBOB problems.

``python -m benchmarks.evaluator [--repeats 15] [--dimensions 10 50] [--batch 100]``

The same function, dimension and batch, shifted, and rotated where theirs is. Each library is given its best form of
the batch, made beforehand: ours an array, ioh a list of lists, opfunu one point a call, which is all that its public
interface takes. opfunu-core is measured as it installs by default (without numba) and with numba, there also by its
private batch call. BBOB's functions distort the space and penalise the outside of the box besides; sphere and
rosenbrock (f8) do the same arithmetic as ours. A comparison runs in a process of its own on one thread, the repeats
of the two libraries take turns, and a ratio is that of the medians. The compilation is not in the times.
"""

import argparse
import importlib.metadata
import json
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd

from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Problem

OPFUNU = {  # ours -> the CEC problem of opfunu-core
    "bent_cigar": "F12017",
    "zakharov": "F22017",
    "rosenbrock": "F32017",
    "rastrigin": "F42017",
    "schaffer_f7": "F52017",
    "bi_rastrigin": "F62017",
    "levy": "F82017",
    "modified_schwefel": "F92017",
    "ellipsoid": "F12014",
    "discus": "F32014",
    "ackley": "F52014",
    "weierstrass": "F62014",
    "griewank": "F72014",
    "katsuura": "F122014",
    "happycat": "F132014",
    "hgbat": "F142014",
    "griewank_rosenbrock": "F152014",
}
BBOB = {  # ours and whether theirs is rotated -> the BBOB problem of ioh
    ("sphere", False): 1,
    ("rosenbrock", False): 8,
    ("rosenbrock", True): 9,
    ("ellipsoid", True): 10,
    ("discus", True): 11,
    ("bent_cigar", True): 12,
    ("sharp_ridge", True): 13,
    ("different_powers", True): 14,
    ("rastrigin", True): 15,
    ("weierstrass", True): 16,
    ("schaffer_f7", True): 17,
    ("griewank_rosenbrock", True): 19,
    ("katsuura", True): 23,
    ("bi_rastrigin", True): 24,
}
SHORTEST = 2e-3  # seconds that one timing lasts at least
OPFUNU_AT_LEAST, IOH_AT_LEAST = 20.0, 0.5  # the claims
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")

Call = Callable[[], object]


def medians(calls: dict[str, Call], repeats: int) -> dict[str, float]:
    """Seconds a call, the median of ``repeats`` timings in turns; a timing is of as many calls as last 2 ms."""
    numbers = {}
    for name, call in calls.items():
        call()  # compiles, and fills caches
        start = time.perf_counter()
        call()
        numbers[name] = max(1, round(SHORTEST / (time.perf_counter() - start)))
    seconds = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(numbers[name]):
                call()
            seconds[name].append((time.perf_counter() - start) / numbers[name])
    return {name: statistics.median(values) for name, values in seconds.items()}


def ours(name: str, x: np.ndarray, bound: float, rotated: bool) -> Call:
    """Our evaluator of one basic function at the rows of x (n, D)."""
    problem = Problem(
        name, "basic", x.shape[1], -bound, bound, (Component(name),), 1000, 1, rotation_seed=2 if rotated else None
    )
    objective = evaluator_of(problem).objective
    return lambda: objective(x)


def against_opfunu(dimension: int, batch: int, repeats: int, numba: bool, names: tuple[str, ...]) -> list[dict]:
    """Microseconds a point of ours and of opfunu-core's, a row a function; to be run in a process of its own."""
    installed = sys.modules["numba"]
    sys.modules["numba"] = installed if numba else None  # None: an import fails as if it were not installed
    import opfunu

    sys.modules["numba"] = installed
    assert numba == opfunu.HAS_NUMBA
    x = np.random.default_rng(0).uniform(-100.0, 100.0, (batch, dimension))
    rows = []
    for name in names:
        theirs = getattr(opfunu.cec_based, OPFUNU[name])(ndim=dimension)
        evaluate = theirs.evaluate
        calls = {
            "ours": ours(name, x, 100.0, rotated=True),
            "opfunu, numba" if numba else "opfunu": lambda evaluate=evaluate: [evaluate(row) for row in x],
        }
        if numba:
            calls["opfunu, numba, batch"] = lambda theirs=theirs: theirs._evaluate_batch(x)
        rows += _rows(name, dimension, batch, medians(calls, repeats))
    return rows


def against_ioh(dimension: int, batch: int, repeats: int, keys: tuple[tuple[str, bool], ...]) -> list[dict]:
    """Microseconds a point of ours and of ioh's, a row a function; to be run in a process of its own."""
    import ioh

    x = np.random.default_rng(0).uniform(-5.0, 5.0, (batch, dimension))
    as_lists = x.tolist()
    rows = []
    for name, rotated in keys:
        theirs = ioh.get_problem(BBOB[name, rotated], 1, dimension, ioh.ProblemClass.BBOB)
        calls = {"ours": ours(name, x, 5.0, rotated), "ioh": lambda theirs=theirs: theirs(as_lists)}
        rows += _rows(f"{name}{' rotated' if rotated else ''}", dimension, batch, medians(calls, repeats))
    return rows


def _rows(name: str, dimension: int, batch: int, seconds: dict[str, float]) -> list[dict]:
    """One row for each library but ours; ``ratio`` is our evaluations per second over theirs."""
    return [
        {
            "library": library,
            "D": dimension,
            "function": name,
            "ours [us]": 1e6 * seconds["ours"] / batch,
            "theirs [us]": 1e6 * value / batch,
            "ratio": value / seconds["ours"],
        }
        for library, value in seconds.items()
        if library != "ours"
    ]


def compare(
    dimensions: list[int],
    batch: int,
    repeats: int,
    opfunu_names: tuple[str, ...] = tuple(OPFUNU),
    bbob_keys: tuple[tuple[str, bool], ...] = tuple(BBOB),
) -> pd.DataFrame:
    """All comparisons, one after the other, each in a fresh process bound to one thread."""
    os.environ.update(dict.fromkeys(THREADS, "1"))
    rows = []
    for dimension in dimensions:
        setting = (dimension, batch, repeats)
        for task, *rest in (
            (against_opfunu, False, opfunu_names),
            (against_opfunu, True, opfunu_names),
            (against_ioh, bbob_keys),
        ):
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                rows += pool.submit(task, *setting, *rest).result()
    return pd.DataFrame(rows)


def summary(table: pd.DataFrame) -> dict:
    """The least and the median ratio over the functions, by library and dimension."""
    groups = table.groupby(["library", "D"], sort=False)["ratio"]
    result = {}
    for (library, dimension), ratios in groups:
        worst = table.loc[ratios.idxmin(), "function"]
        figures = {"min": round(ratios.min(), 3), "median": round(ratios.median(), 3), "worst": worst}
        result.setdefault(library, {})[str(dimension)] = figures
    return result


def main() -> None:
    """Print the table, the summary, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15, help="timings of each, in turns")
    parser.add_argument("--dimensions", type=int, nargs="+", default=[10, 50])
    parser.add_argument("--batch", type=int, default=100, help="points a batch")
    options = parser.parse_args()
    table = compare(options.dimensions, options.batch, options.repeats)
    ratios = summary(table)
    print(table.to_string(index=False, float_format="{:.3f}".format))
    below = table[
        ((table["library"] == "opfunu") & (table["ratio"] < OPFUNU_AT_LEAST))
        | ((table["library"] == "ioh") & (table["ratio"] < IOH_AT_LEAST))
    ]
    print(
        f"\nbelow {OPFUNU_AT_LEAST:g} times opfunu or {IOH_AT_LEAST:g} times ioh: {len(below)} of {len(table)} rows"
    )
    if len(below):
        print(below.to_string(index=False))
    result = {
        "benchmark": "evaluator",
        "batch": options.batch,
        "repeats": options.repeats,
        "threads": 1,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in ("numpy", "numba", "opfunu-core", "ioh")},
        "ratios": ratios,
        "claims_hold": not len(below),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
