"""Whether each optimizer of the pool does what it should, and how fast it is.

``python -m benchmarks.optimizers [--only bo madde] [--seeds 15] [--jobs 2] [--run-dir outputs/pool]`` holds each
optimizer against an independent implementation (or published or recorded runs) at the same budget on standard
functions, and fails where ours is worse and nobody says why. ``--speed`` times each optimizer on a few synthesized
instances instead.
"""

import argparse
import contextlib
import importlib.metadata
import io
import json
import math
import platform
import time
import warnings
from collections.abc import Sequence

import joblib
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks import labelling, peers
from benchmarks.constrained_cases import constrained_rows
from benchmarks.optimizer_cases import CASES, EXPLANATIONS, Case, recorded
from benchmarks.standard import standard, title
from llamoco_lib import seeds as streams
from llamoco_lib import tables
from llamoco_lib.benchmark.run import run_configuration, run_source
from llamoco_lib.optimizers import Configuration, pool, program
from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator
from llamoco_lib.problems.spec import Problem

ROOT = 4
FLOOR = 1e-8  # errors below count as this
TOLERANCE = 0.1  # decades within which two optimizers are the same
RESAMPLES = 10_000
WALL_SECONDS = 600.0
SPEED_BUDGET, WARM_UP = 2000, 200  # FEs
Function = tuple[str, int]


def our_error(case: Case, function: Function, repetition: int) -> float:
    """best - f* of one run of the pool's program. Raises RuntimeError where the program failed."""
    evaluator = standard(*function, case.dimension, case.budget)
    configuration = Configuration(case.optimizer, case.hyperparameters)
    lower, upper = float(evaluator.lower[0]), float(evaluator.upper[0])
    source = program(configuration, case.dimension, lower, upper, case.budget)
    seed = streams.integer(ROOT, "ours", case.optimizer, evaluator.id, repetition)
    result = run_source(evaluator, source, seed, WALL_SECONDS)
    if result["status"] != "ok":
        raise RuntimeError(f"{configuration.key} on {evaluator.id}, seed {seed}: {result['reason']}")
    return max(0.0, result["best_value"] - evaluator.optimum)


def peer_error(case: Case, function: Function, repetition: int) -> float:
    """best - f* of one run of the reference, stopped at the exact budget."""
    evaluator = standard(*function, case.dimension, case.budget)
    counting = CountingEvaluator(evaluator)
    seed = streams.integer(ROOT, "reference", case.optimizer, evaluator.id, repetition)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(BudgetExhausted):
            case.peer(counting.objective, evaluator.lower, evaluator.upper, case.dimension, case.budget, seed)
    return max(0.0, counting.result().best_value - evaluator.optimum)


def decades(errors: Sequence[float]) -> np.ndarray:
    """log10 of errors with the floor added, shape (n,)."""
    return np.log10(np.asarray(errors, float) + FLOOR)


def difference(ours: Sequence[float], theirs: Sequence[float], unit: str) -> tuple[float, float, float]:
    """Mean decades of ours less theirs, with the 95 % bootstrap interval over seeds; negative is better."""
    rng = streams.generator(ROOT, "bootstrap", unit)
    a, b = decades(ours), decades(theirs)
    means = [values[rng.integers(len(values), size=(RESAMPLES, len(values)))].mean(1) for values in (a, b)]
    lo, hi = np.quantile(means[0] - means[1], [0.025, 0.975])
    return float(a.mean() - b.mean()), float(lo), float(hi)


def verdict(value: float, lo: float, hi: float) -> str:
    """``same`` where the interval holds 0 or the difference is at most 0.1 decade, else ``better`` or ``worse``."""
    if lo <= 0.0 <= hi or abs(value) <= TOLERANCE:
        return "same"
    return "better" if value < 0.0 else "worse"


def row(case: Case, function: Function, ours: Sequence[float], theirs: Sequence[float]) -> dict[str, object]:
    """One row of the table, from the errors of both; its columns are those of ``constrained_rows``."""
    name = title(*function)
    value, lo, hi = difference(ours, theirs, f"{case.optimizer} {name}")
    found = verdict(value, lo, hi)
    cells: dict[str, object] = {
        "optimizer": case.optimizer,
        "function": name,
        "dimension": case.dimension,
        "budget": case.budget,
        "seeds": len(ours),
        "feasible": 1.0,
        "reference_feasible": 1.0,
    }
    for who, errors in (("ours", ours), ("reference", theirs)):
        low, median, high = (float(value) for value in np.quantile(errors, [0.25, 0.5, 0.75]))
        cells |= {f"{who}_median": median, f"{who}_low": low, f"{who}_high": high}
    return cells | {
        "reference": case.reference,
        "difference": value,
        "difference_low": lo,
        "difference_high": hi,
        "verdict": found,
        "explanation": "" if found == "same" else EXPLANATIONS.get((case.optimizer, name), ""),
    }


def unconstrained_rows(seeds: int, jobs: int, chosen: Sequence[str] = tuple(CASES)) -> pd.DataFrame:
    """The rows of the chosen unconstrained optimizers; slow ones take 0.6 times the seeds.

    Raises ImportError where a reference's package is missing, before anything runs.
    """
    cases = [CASES[name] for name in chosen]
    for case in cases:
        if case.needs:
            peers.need(case.needs)
    units = [(case, function) for case in cases for function in case.functions]
    tasks = []
    for case, function in units:
        for run in (our_error, peer_error) if case.peer else (our_error,):
            count = math.ceil(0.6 * seeds) if case.slow else seeds
            tasks += [(run, case, function, repetition) for repetition in range(count)]
    longest_first = sorted(tasks, key=lambda task: not task[1].slow)
    found = joblib.Parallel(n_jobs=jobs, batch_size=1)(joblib.delayed(task[0])(*task[1:]) for task in longest_first)
    errors: dict[tuple, list[float]] = {}
    for (run, case, function, _), error in zip(longest_first, found, strict=True):
        errors.setdefault((run, case.optimizer, function), []).append(error)
    rows = []
    for case, function in units:
        theirs = errors.get((peer_error, case.optimizer, function)) or recorded(case.optimizer, function)
        rows.append(row(case, function, errors[our_error, case.optimizer, function], theirs))
    return pd.DataFrame(rows)


def unexplained(table: pd.DataFrame) -> list[str]:
    """The rows that are worse than their reference without an explanation, by name."""
    bare = table[(table["verdict"] == "worse") & (table["explanation"].str.strip() == "")]
    return [f"{entry.optimizer} on {entry.function}" for entry in bare.itertuples()]


def speed(problems: Sequence[Problem], chosen: Sequence[str]) -> pd.DataFrame:
    """FEs per second of the default configurations on the instances of their group, one run at a time.

    One thread; each run follows one of 200 FEs that warms up. ``share_outside_objective`` is the part of the time
    that was not spent in the counting evaluator. Raises RuntimeError where a run failed.
    """
    rows = []
    with threadpool_limits(1):
        for entry in pool(chosen):
            configuration = Configuration(entry.name)
            runs = []
            for problem in (problem for problem in problems if problem.group == entry.group):
                run_configuration(problem, configuration, ROOT, "warm-up", 0, WALL_SECONDS, WARM_UP)
                runs.append(run_configuration(problem, configuration, ROOT, "speed", 0, WALL_SECONDS))
                if runs[-1]["status"] != "ok":
                    raise RuntimeError(f"{configuration.key} on {problem.id}: {runs[-1]['reason']}")
            fes, seconds, inside = (sum(run[key] for run in runs) for key in ("fes", "seconds", "evaluation_seconds"))
            rows.append(
                {
                    "group": entry.group,
                    "optimizer": entry.name,
                    "fes_per_second": fes / seconds,
                    "microseconds_per_fe": 1e6 * seconds / fes,
                    "share_outside_objective": 1.0 - inside / seconds,
                }
            )
    return pd.DataFrame(rows).sort_values(["group", "fes_per_second"], ascending=[False, False], ignore_index=True)


def _correctness(chosen: Sequence[str], seeds: int, jobs: int, run_dir: str) -> dict[str, object]:
    """Make, print and save the table of correctness; return its counts. Raises SystemExit on an unexplained row."""
    unconstrained = [name for name in chosen if name in CASES]
    table = unconstrained_rows(seeds, jobs, unconstrained) if unconstrained else pd.DataFrame()
    if len(unconstrained) < len(chosen):
        constrained = [name for name in chosen if name not in CASES]
        table = pd.concat([table, constrained_rows(seeds, jobs, constrained)], ignore_index=True)
    caption = (
        "Each optimizer against a reference at the same budget: best - f* (median, quartiles) and the difference in "
        "decades of log10(best - f* + 1e-8), with its 95 % bootstrap interval over seeds; negative is better than "
        "the reference."
    )
    tables.save(table, run_dir, "correctness", caption)
    print(table.to_string(index=False))
    bare = unexplained(table)
    if bare:
        raise SystemExit(f"worse than the reference without an explanation: {', '.join(bare)}")
    counts = table["verdict"].value_counts()
    return {
        "optimizers": int(table["optimizer"].nunique()),
        "rows": len(table),
        "verdicts": {word: int(counts.get(word, 0)) for word in ("same", "better", "worse")},
        "worse": [
            f"{entry.optimizer} on {entry.function}" for entry in table[table["verdict"] == "worse"].itertuples()
        ],
        "seeds": seeds,
        "jobs": jobs,
    }


def _speed(chosen: Sequence[str], instances: int, run_dir: str) -> dict[str, object]:
    """Make, print and save the table of speed; return its extremes."""
    drawn = labelling.instances("laptop", 4 * instances, [SPEED_BUDGET], 20, ROOT)
    groups = {group: [p for p in drawn if p.group == group and p.dimension >= 10] for group in labelling.GROUPS}
    problems = [problem for members in groups.values() for problem in members[:instances]]
    table = speed(problems, chosen)
    caption = (
        f"FEs per second with the compiled evaluator: default configurations, one thread, {instances} synthesized "
        f"instances of each group, D 10 to 20, {SPEED_BUDGET} FEs."
    )
    tables.save(table, run_dir, "speed", caption)
    print(table.to_string(index=False))
    return {
        "optimizers": len(table),
        "instances": len(problems),
        "budget": SPEED_BUDGET,
        "fes_per_second": {entry.optimizer: round(entry.fes_per_second) for entry in table.itertuples()},
        "least_share_outside_objective": round(float(table["share_outside_objective"].min()), 3),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print and save the table, and last print one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [entry.name for entry in pool()]
    parser.add_argument("--speed", action="store_true", help="time the optimizers instead")
    parser.add_argument(
        "--only", nargs="+", choices=names, metavar="OPTIMIZER", default=names, help="some of the pool"
    )
    parser.add_argument("--seeds", type=int, default=15, help="runs of each on each function (slow ones: 0.6 times)")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--instances", type=int, default=3, help="of each group, for --speed")
    parser.add_argument("--run-dir", default="outputs/pool", help="where the folder of tables is")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    if options.speed:
        figures = _speed(options.only, options.instances, options.run_dir)
    else:
        figures = _correctness(options.only, options.seeds, options.jobs, options.run_dir)
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "pypop7", "cma", "deap")}
    result = {
        "benchmark": "optimizers",
        "table": "speed" if options.speed else "correctness",
        **figures,
        "seconds": round(time.perf_counter() - started, 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": versions,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
