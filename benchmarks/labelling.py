"""What the cheap search saves and loses against the exhaustive grid, and how labelling speeds up with workers.

``python -m benchmarks.labelling [--instances 12] [--sample 24] [--set granularity=normal] [--folder DIR]``

Instances are synthesized by the profile's parameters. The portfolio is chosen on a sample of them and both searches
are compared on the others. A folder keeps the shards, so that a long comparison can be interrupted.
"""

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

from llamoco_lib import params, records, seeds
from llamoco_lib.benchmark import shards
from llamoco_lib.benchmark.__main__ import configure
from llamoco_lib.benchmark.labels import Rule, label_table, references, scored
from llamoco_lib.benchmark.plan import Plan
from llamoco_lib.benchmark.run import run_apart
from llamoco_lib.benchmark.search import GROUPS, search
from llamoco_lib.benchmark.stage import plan_of
from llamoco_lib.evaluation.metrics import estimate
from llamoco_lib.optimizers import Configuration
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems.spec import Problem
from llamoco_lib.problems.synthesis import synthesize

RESAMPLES = 2000


def instances(profile: str, a_group: int, budgets: Sequence[int], dimension_max: int, seed: int) -> list[Problem]:
    """So many train instances of each group, by the profile's synthesis but for budgets and largest dimension."""
    config = params.load(records.resolve(f"params/{profile}/01_synthesis.yaml"), SynthesisConfig)
    counts = {"n_unconstrained": a_group, "n_constrained": a_group}
    none = {"n_heldout_unconstrained": 0, "n_heldout_constrained": 0, "eval_share": 0.0}
    sizes = {"budgets": list(budgets), "dimension_max": dimension_max, "seed": seed}
    return synthesize(SynthesisConfig.model_validate(config.model_dump() | counts | none | sizes))[0]


def compare(
    config: BenchmarkingConfig, problems: Sequence[Problem], fresh: int, folder: Path
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Both searches on the instances that the portfolio was not chosen on.

    Returns one row an instance (FEs of both; mean log-regret in ``fresh`` runs on new seeds, of the labels and the
    argmax labels of both) and the summary: FEs, their ratio, and the differences with 95 % intervals over instances
    and the seeds behind them. Raises ValueError where all instances are in the portfolio's sample.
    """
    plan = plan_of(config)
    cheap_config = config.model_copy(update={"search": "portfolio"})
    cheap_runs, cheap_plan = search(cheap_config, plan, problems, folder)
    told = records.read_json(folder / "search.json")
    sampled = {problem_id for group in told.values() for problem_id in group["sample"]}
    units = plan.units(problems)
    shards.compute(units, folder / "shards", config.jobs, config.scheduler)
    whole_runs = shards.collect(units, folder / "shards")
    labels = {}
    for name, runs, of in (("cheap", cheap_runs, cheap_plan), ("exhaustive", whole_runs, plan)):
        tables = [_labels(problems, runs, of, group, config) for group in GROUPS]
        labels[name] = pd.concat(tables).set_index("problem_id")
    tested = [problem for problem in problems if problem.id not in sampled]
    if not tested:
        raise ValueError(
            f"all {len(problems)} instances are in the sample that the portfolio is chosen on; take more --instances"
        )
    fresh_runs = _fresh(config, tested, labels, fresh)
    everything = pd.concat([cheap_runs, whole_runs, fresh_runs], ignore_index=True)
    scores = scored(fresh_runs, references(tested, everything)).set_index(["problem_id", "configuration"])
    rows, samples = [], {}
    for problem in tested:
        row = {
            "problem_id": problem.id,
            "group": problem.group,
            "budget": problem.budget,
            "dimension": problem.dimension,
        }
        for name, runs in (("cheap", cheap_runs), ("exhaustive", whole_runs)):
            row[f"fes_{name}"] = int(runs.loc[runs["problem_id"] == problem.id, "fes"].sum())
            for kind in ("label", "argmax_label"):
                values = scores.loc[[(problem.id, labels[name].loc[problem.id, kind])], "log_regret"].to_numpy()
                samples[problem.id, name, kind] = values
                row[f"{kind}_{name}"] = float(values.mean())
        rows.append(row)
    table = pd.DataFrame(rows)
    return table, _summary(table, samples, config.seed) | {
        "configurations": {group: len(plan.of(group)) for group in GROUPS},
        "portfolio": {group: len(cheap_plan.of(group)) for group in GROUPS},
        "fes_sample": int(whole_runs.loc[whole_runs["problem_id"].isin(sampled), "fes"].sum()),
    }


def _labels(
    problems: Sequence[Problem], runs: pd.DataFrame, plan: Plan, group: str, config: BenchmarkingConfig
) -> pd.DataFrame:
    members = [problem for problem in problems if problem.group == group]
    rule = Rule(config.good_set_tolerance, config.good_set_alpha)
    return label_table(members, runs[runs["group"] == group], plan.of(group), rule)[0]


def _fresh(config: BenchmarkingConfig, problems: Sequence[Problem], labels: dict, fresh: int) -> pd.DataFrame:
    """Runs on seeds that no search saw, of all labels of each problem."""
    tasks = [
        joblib.delayed(run_apart)(
            *(problem, Configuration.parse(key), config.seed, "fresh", repetition, config.wall_limit),
            config.fes_caps.get(Configuration.parse(key).optimizer),
            memory_gib=config.memory_limit_gib,
        )
        for problem in problems
        for key in dict.fromkeys(labels[n].loc[problem.id, k] for n in labels for k in ("label", "argmax_label"))
        for repetition in range(fresh)
    ]
    return pd.DataFrame(joblib.Parallel(n_jobs=config.jobs)(tasks))


def _summary(table: pd.DataFrame, samples: dict, root: int) -> dict[str, object]:
    ids = {"all": list(table["problem_id"])}
    ids |= {group: list(table.loc[table["group"] == group, "problem_id"]) for group in GROUPS}
    result: dict[str, object] = {}
    for name, members in ids.items():
        own = table[table["problem_id"].isin(members)]
        ratio = own["fes_exhaustive"].to_numpy() / own["fes_cheap"].to_numpy()
        found = {
            "instances": len(own),
            "fes_cheap": int(own["fes_cheap"].sum()),
            "fes_exhaustive": int(own["fes_exhaustive"].sum()),
            "fes_ratio": round(own["fes_exhaustive"].sum() / own["fes_cheap"].sum(), 2),
            "fes_ratio_median_of_instances": round(float(np.median(ratio)), 2),
        }
        for kind in ("label", "argmax_label"):
            lost = [samples[i, "cheap", kind] - samples[i, "exhaustive", kind] for i in members]
            interval = estimate(lost, RESAMPLES, seeds.sequence(root, "labelling", name, kind))
            found[f"{kind}_log_regret"] = {
                way: round(float(own[f"{kind}_{way}"].mean()), 4) for way in ("cheap", "exhaustive")
            }
            found[f"{kind}_difference"] = [round(v, 4) for v in (interval.value, interval.lo, interval.hi)]
        result[name] = found
    return result


def speed(config: BenchmarkingConfig, problems: Sequence[Problem], workers: Sequence[int]) -> dict[str, object]:
    """Units per second of the exhaustive search by the number of workers, the start of the processes included."""
    units = plan_of(config).units(problems)
    rates = {}
    for count in workers:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            shards.compute(units, Path(folder), count, progress=lambda line: None)
            rates[str(count)] = round(len(units) / (time.perf_counter() - started), 4)
    first, *others = rates.values()
    return {"units": len(units), "units_per_second": rates, "speed_up": [round(rate / first, 3) for rate in others]}


def main() -> None:
    """Compare and time; print a table, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="laptop", help="whose params to take (default: laptop)")
    parser.add_argument("--instances", type=int, default=12, help="of each group, to compare on")
    parser.add_argument("--sample", type=int, default=24, help="of each group, to choose the portfolio on")
    parser.add_argument("--budgets", type=int, nargs="+", default=[1000, 2000], help="FEs, one drawn an instance")
    parser.add_argument("--dimension-max", type=int, default=20)
    parser.add_argument("--fresh", type=int, default=10, help="fresh runs of each label")
    parser.add_argument("--speed-instances", type=int, default=12, help="units of the timing; 0 for none")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers to time")
    parser.add_argument("--folder", type=Path, help="keeps the shards (default: a temporary one)")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="of stage 02"
    )
    options = parser.parse_args()
    config = configure(options.profile, [*options.settings, f"portfolio_problems={options.sample}"])
    problems = instances(
        options.profile, options.sample + options.instances, options.budgets, options.dimension_max, config.seed
    )
    result = {"benchmark": "labelling", "python": platform.python_version(), "machine": platform.machine()}
    result |= {name: value for name, value in vars(options).items() if name != "folder"}
    result |= {"granularity": config.granularity, "n_label_seeds": config.n_label_seeds}
    with tempfile.TemporaryDirectory() as temporary:
        table, summary = compare(config, problems, options.fresh, (options.folder or Path(temporary)).absolute())
    print(table.to_string(index=False))
    result["cheap_against_exhaustive"] = summary
    if options.speed_instances:
        result["speed"] = speed(config, problems[: options.speed_instances], options.workers)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
