"""What a finer grid finds and what it costs: half, normal and double granularity (paper, E.4 and Table 10).

``python -m benchmarks.granularity [--instances 4] [--label-seeds 3] [--fresh 10] [--folder DIR]``

The half grid is part of the normal one and that of the double one, so the runs of the double grid on an instance hold
all three searches. What each search chooses is scored on fresh seeds. A folder keeps the shards, so that the command
can be interrupted.
"""

import argparse
import json
import platform
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.labelling import fresh_runs, instances
from llamoco_lib import seeds, tables
from llamoco_lib.benchmark import shards
from llamoco_lib.benchmark.labels import references, scored
from llamoco_lib.benchmark.plan import configurations
from llamoco_lib.benchmark.regret import perf
from llamoco_lib.benchmark.settings import configure, plan_of
from llamoco_lib.evaluation.metrics import NOTHING, Interval, draws, estimate, interval, mean, resampled_means
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems.spec import GROUPS, Problem

GRANULARITIES = ("half", "normal", "double")  # each part of the next
RESAMPLES = 2000
SETTINGS = (
    "unconstrained=[extended]",
    "constrained=[extended]",
    "fes_caps={bo: 200, la_mcts: 500, cobyla: 600}",
)
CAPTION = (
    "Grid granularities (paper, Table 10): what the best configuration of each grid reaches in fresh runs, against "
    "that of the normal grid (Perf. as a ratio, log-regret as a difference in decades; 95 % intervals over instances "
    "and runs), and the wall time of the search for one instance on one core."
)


def compare(
    config: BenchmarkingConfig, problems: Sequence[Problem], fresh: int, folder: Path
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Table 10 and the figures behind it.

    Every configuration of the double grid runs on every instance, on the label seeds; each granularity chooses the
    best mean log-regret among its own, and ``fresh`` runs on new seeds score the choice. The table has one row a
    granularity and group (``all``: together): ``configurations``; ``perf_relative``, the mean Perf. over that of
    normal; ``log_regret_difference`` to normal in decades; both with ``_lo`` and ``_hi``; ``search_seconds``, the sum
    of the seconds of the search's runs, mean over instances. The other figures are, by group and granularity, mean
    Perf. and log-regret, and on how many instances the choice is another than normal's. Shards go to ``folder``.
    """
    config = config.model_copy(update={"granularity": GRANULARITIES[-1]})
    units = plan_of(config).units(problems)
    shards.compute(units, folder / "shards", config.jobs, config.scheduler)
    runs = shards.collect(units, folder / "shards")
    grids = {group: _grids(config, group) for group in GROUPS}
    label_runs = scored(runs[runs["purpose"] == "label"], references(problems, runs))
    chosen, seconds = {}, {}
    for problem in problems:
        by_key = label_runs[label_runs["problem_id"] == problem.id].groupby("configuration")
        chosen[problem.id] = choices(by_key["log_regret"].mean(), grids[problem.group])
        spent = by_key["seconds"].sum()
        seconds[problem.id] = {name: float(spent[keys].sum()) for name, keys in grids[problem.group].items()}
    of_problem = {problem_id: by_grid.values() for problem_id, by_grid in chosen.items()}
    new_runs = fresh_runs(config, problems, of_problem, fresh)
    known = references(problems, pd.concat([runs, new_runs], ignore_index=True))
    return _table(problems, grids, chosen, seconds, _scores(new_runs, known), config.seed)


def _grids(config: BenchmarkingConfig, group: str) -> dict[str, list[str]]:
    """The keys of each granularity's configurations, those of the coarser one first and in its order."""
    found: dict[str, list[str]] = {}
    keys: dict[str, None] = {}
    for name in GRANULARITIES:
        keys |= dict.fromkeys(c.key for c in configurations(getattr(config, group), group, name))
        found[name] = list(keys)
    return found


def choices(means: pd.Series, grids: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Of each grid (keys) the configuration with the least of ``means`` (by key), of equals the first.

    Where the coarser grid comes first in the finer one, both choose the same unless the finer one holds a better one.
    """
    return {name: str(means[list(keys)].idxmin()) for name, keys in grids.items()}


def _scores(runs: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """``perf`` and ``log_regret`` of runs, by problem_id and configuration; a run that failed is no progress."""
    frame = scored(runs, known).merge(known, on="problem_id", validate="many_to_one")
    values = np.where(frame["status"] == "ok", frame["best_value"], np.inf)
    frame["perf"] = perf(values, frame["f0"], frame["f_star"])
    return frame.set_index(["problem_id", "configuration"])[["perf", "log_regret"]].sort_index()


def _table(
    problems: Sequence[Problem],
    grids: Mapping[str, Mapping[str, Sequence[str]]],
    chosen: Mapping[str, Mapping[str, str]],
    seconds: Mapping[str, Mapping[str, float]],
    scores: pd.DataFrame,
    root: int,
) -> tuple[pd.DataFrame, dict[str, object]]:
    """What ``compare`` returns, from the keys in each group's grids and each problem's choices and search seconds."""
    rows, told = [], {}
    for group in (*GROUPS, "all"):
        members = [problem.id for problem in problems if group in (problem.group, "all")]
        found = {
            name: {m: [scores.loc[[(i, chosen[i][name])], m].to_numpy() for i in members] for m in scores.columns}
            for name in GRANULARITIES
        }
        told[group] = {"instances": len(members)}
        for name, values in found.items():
            ratio = _ratio(values["perf"], found["normal"]["perf"], seeds.sequence(root, "granularity", group))
            lost = [a - b for a, b in zip(values["log_regret"], found["normal"]["log_regret"], strict=True)]
            difference = estimate(lost, RESAMPLES, seeds.sequence(root, "granularity", group))
            size = sum(len(grids[of][name]) for of in GROUPS if group in (of, "all"))
            rows.append(
                {"granularity": name, "group": group, "configurations": size}
                | _columns("perf_relative", ratio)
                | _columns("log_regret_difference", difference)
                | {"search_seconds": float(np.mean([seconds[i][name] for i in members]))}
            )
            told[group][name] = {
                "perf": round(mean(values["perf"]), 4),
                "log_regret": round(mean(values["log_regret"]), 4),
                "chosen_unlike_normal": sum(chosen[i][name] != chosen[i]["normal"] for i in members),
            }
    return pd.DataFrame(rows), told


def _ratio(own: Sequence[np.ndarray], normal: Sequence[np.ndarray], seed: np.random.SeedSequence) -> Interval:
    """Mean of ``own`` over mean of ``normal``; replicates draw the same problems and places of runs for both."""
    problems_seed, runs_seed = seed.spawn(2)
    problems = draws(len(own), RESAMPLES, np.random.default_rng(problems_seed))
    above, below = (resampled_means(values, problems, np.random.default_rng(runs_seed)) for values in (own, normal))
    if mean(normal) == 0.0:
        return NOTHING
    replicates = np.divide(above, below, out=np.full(RESAMPLES, np.nan), where=below > 0.0)
    return interval(mean(own) / mean(normal), replicates)


def _columns(name: str, found: Interval) -> dict[str, float]:
    return {name: found.value, f"{name}_lo": found.lo, f"{name}_hi": found.hi}


def main() -> None:
    """Compare and save Table 10; print it, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="quick", help="whose params to take (default: quick)")
    parser.add_argument("--instances", type=int, default=4, help="of each group")
    parser.add_argument("--label-seeds", type=int, default=3, help="runs of each configuration to choose by")
    parser.add_argument("--fresh", type=int, default=10, help="fresh runs of each chosen configuration")
    parser.add_argument("--budgets", type=int, nargs="+", default=[1000, 2000], help="FEs, one drawn an instance")
    parser.add_argument("--dimension-max", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="keeps the shards (default: a temporary one)")
    parser.add_argument("--run-dir", default="outputs/pool", help="where the table goes (default: outputs/pool)")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="of stage 02"
    )
    options = parser.parse_args()
    own = [f"n_label_seeds={options.label_seeds}", f"jobs={options.jobs}"]
    config = configure(options.profile, [*SETTINGS, *options.settings, *own])
    problems = instances(options.profile, options.instances, options.budgets, options.dimension_max, config.seed)
    with tempfile.TemporaryDirectory() as temporary:
        table, told = compare(config, problems, options.fresh, (options.folder or Path(temporary)).absolute())
    tables.save(table, options.run_dir, "table10", CAPTION)
    print(table.to_string(index=False))
    result = {"benchmark": "granularity", "python": platform.python_version(), "machine": platform.machine()}
    result |= {name: value for name, value in vars(options).items() if name not in ("folder", "run_dir")}
    result |= {"unconstrained": config.unconstrained, "constrained": config.constrained, "fes_caps": config.fes_caps}
    print(json.dumps(result | {"granularities": told, "table": json.loads(table.to_json(orient="records"))}))


if __name__ == "__main__":
    main()
