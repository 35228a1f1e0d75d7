"""What the cheap search saves and loses against the exhaustive grid, and how labelling speeds up with workers.

``python -m benchmarks.labelling [--instances 12] [--sample 24] [--set granularity=normal] [--folder DIR]``

Instances are synthesized by the profile's parameters. The portfolio is chosen on a sample of them, and both searches
are compared on instances from another seed. A folder keeps the shards, so that a long comparison can be interrupted.
"""

import argparse
import dataclasses
import json
import platform
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import joblib
import numpy as np
import pandas as pd

from llamoco_lib import params, records, seeds, tables
from llamoco_lib.benchmark import shards
from llamoco_lib.benchmark.labels import Rule, label_table, references, scored
from llamoco_lib.benchmark.plan import Plan
from llamoco_lib.benchmark.run import run_apart
from llamoco_lib.benchmark.search import sample_of, screening, search
from llamoco_lib.benchmark.settings import configure, plan_of
from llamoco_lib.evaluation.metrics import estimate
from llamoco_lib.optimizers import Configuration
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems.spec import GROUPS, Problem
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
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """Both searches on those of the instances that are not to train on; from the others the portfolio is chosen.

    Returns one row an instance (FEs of both, without the reference runs, which are the same for both; mean log-regret
    in ``fresh`` runs on new seeds, of the labels and the argmax labels of both), the summary by group (FEs, their
    ratio, and the differences of log-regret, each with a 95 % interval over instances and the seeds behind them), and
    the sizes of the searches. The portfolio order of the labels comes from the sample too, as in stage 02.
    """
    plan = dataclasses.replace(plan_of(config), n_score_seeds=0)
    sample = sample_of(problems, plan, config)
    tested = [problem for problem in problems if problem.split != "train"]
    cheap_config = config.model_copy(update={"search": "portfolio"})
    cheap_runs, cheap_plan = search(cheap_config, plan, [*sample, *tested], folder)
    units = plan.units(tested)
    shards.compute(units, folder / "shards", config.jobs, config.scheduler)
    units |= screening(plan, config).units(sample)
    whole_runs = shards.collect(units, folder / "shards")
    labels = {}
    for name, runs, of in (("cheap", cheap_runs, cheap_plan), ("exhaustive", whole_runs, plan)):
        parts = [_labels([*sample, *tested], runs, of, group, config) for group in GROUPS]
        labels[name] = pd.concat(parts).set_index("problem_id")
    chosen = {
        problem.id: [labels[name].loc[problem.id, kind] for name in labels for kind in ("label", "argmax_label")]
        for problem in tested
    }
    new_runs = fresh_runs(config, tested, chosen, fresh)
    everything = pd.concat([cheap_runs, whole_runs, new_runs], ignore_index=True)
    scores = scored(new_runs, references(tested, everything)).set_index(["problem_id", "configuration"])
    rows, samples = [], {}
    for problem in tested:
        row = {
            "problem_id": problem.id,
            "group": problem.group,
            "budget": problem.budget,
            "dimension": problem.dimension,
        }
        for name, runs in (("cheap", cheap_runs), ("exhaustive", whole_runs)):
            of_search = runs[(runs["problem_id"] == problem.id) & (runs["purpose"] == "label")]
            row[f"fes_{name}"] = int(of_search["fes"].sum())
            for kind in ("label", "argmax_label"):
                values = scores.loc[[(problem.id, labels[name].loc[problem.id, kind])], "log_regret"].to_numpy()
                samples[problem.id, name, kind] = values
                row[f"{kind}_{name}"] = float(values.mean())
        rows.append(row)
    table = pd.DataFrame(rows)
    label_runs = whole_runs["purpose"] == "label"
    sizes = {
        "configurations": {group: len(plan.of(group)) for group in GROUPS},
        "portfolio": {group: len(cheap_plan.of(group)) for group in GROUPS},
        "fes_sample": int(whole_runs.loc[label_runs & (whole_runs["split"] == "train"), "fes"].sum()),
    }
    return table, _summary(table, samples, config.seed), sizes


def _labels(
    problems: Sequence[Problem], runs: pd.DataFrame, plan: Plan, group: str, config: BenchmarkingConfig
) -> pd.DataFrame:
    members = [problem for problem in problems if problem.group == group]
    rule = Rule(config.good_set_tolerance, config.good_set_alpha)
    return label_table(members, runs[runs["group"] == group], plan.of(group), rule)[0]


def fresh_runs(
    config: BenchmarkingConfig, problems: Sequence[Problem], chosen: Mapping[str, Iterable[str]], fresh: int
) -> pd.DataFrame:
    """So many runs of each configuration (key) chosen on a problem (id), on seeds that no search saw."""
    tasks = [
        joblib.delayed(run_apart)(
            *(problem, Configuration.parse(key), config.seed, "fresh", repetition, config.wall_limit),
            config.fes_caps.get(Configuration.parse(key).optimizer),
            memory_gib=config.memory_limit_gib,
        )
        for problem in problems
        for key in dict.fromkeys(chosen[problem.id])
        for repetition in range(fresh)
    ]
    return pd.DataFrame(joblib.Parallel(n_jobs=config.jobs)(tasks))


def _summary(table: pd.DataFrame, samples: dict, root: int) -> pd.DataFrame:
    """One row for all instances and one a group; the ratio's interval draws instances, the differences' also runs."""
    rows = []
    for name in ("all", *GROUPS):
        own = table if name == "all" else table[table["group"] == name]
        if own.empty:
            continue
        fes = own[["fes_cheap", "fes_exhaustive"]].to_numpy()
        drawn = seeds.generator(root, "labelling", name).integers(len(own), size=(RESAMPLES, len(own)))
        cheap, exhaustive = fes[drawn].sum(axis=1).T
        low, high = np.percentile(exhaustive / cheap, [2.5, 97.5])
        row = {
            "group": name,
            "instances": len(own),
            "fes_cheap": int(fes[:, 0].sum()),
            "fes_exhaustive": int(fes[:, 1].sum()),
            "fes_ratio": fes[:, 1].sum() / fes[:, 0].sum(),
            "fes_ratio_lo": low,
            "fes_ratio_hi": high,
        }
        for kind in ("label", "argmax_label"):
            row |= {f"{kind}_{way}": own[f"{kind}_{way}"].mean() for way in ("cheap", "exhaustive")}
            lost = [samples[i, "cheap", kind] - samples[i, "exhaustive", kind] for i in own["problem_id"]]
            interval = estimate(lost, RESAMPLES, seeds.sequence(root, "labelling", name, kind))
            values = {"": interval.value, "_lo": interval.lo, "_hi": interval.hi}
            row |= {f"{kind}_difference{end}": value for end, value in values.items()}
        rows.append(row)
    return pd.DataFrame(rows)


def speed(config: BenchmarkingConfig, problems: Sequence[Problem], workers: Sequence[int]) -> pd.DataFrame:
    """Units per second of the exhaustive search by the number of workers, the start of the processes included.

    ``speed_up`` is against the first of ``workers``.
    """
    units = plan_of(config).units(problems)
    rows = []
    for count in workers:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            shards.compute(units, Path(folder), count, progress=lambda line: None)
            seconds = time.perf_counter() - started
        rows.append(
            {"workers": count, "units": len(units), "seconds": seconds, "units_per_second": len(units) / seconds}
        )
    table = pd.DataFrame(rows)
    return table.assign(speed_up=table["units_per_second"] / table["units_per_second"].iloc[0])


def main() -> None:
    """Compare and time; print a table, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="laptop", help="whose params to take (default: laptop)")
    parser.add_argument(
        "--instances", type=int, default=12, help="of each group, from another seed, to compare on; 0 for none"
    )
    parser.add_argument("--sample", type=int, default=24, help="of each group, to choose the portfolio on")
    parser.add_argument("--budgets", type=int, nargs="+", default=[1000, 2000], help="FEs, one drawn an instance")
    parser.add_argument("--dimension-max", type=int, default=20)
    parser.add_argument("--fresh", type=int, default=10, help="fresh runs of each label")
    parser.add_argument(
        "--speed-instances", type=int, default=12, help="units of the timing, about so many; 0 for none"
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers to time")
    parser.add_argument("--run-dir", default="outputs/pool", help="where the tables go")
    parser.add_argument("--folder", type=Path, help="keeps the shards (default: a temporary one)")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="of stage 02"
    )
    options = parser.parse_args()
    config = configure(options.profile, [*options.settings, f"portfolio_problems={options.sample}"])
    sizes = {"budgets": options.budgets, "dimension_max": options.dimension_max}
    problems = instances(options.profile, options.sample, **sizes, seed=config.seed)
    result = {"benchmark": "labelling", "python": platform.python_version(), "machine": platform.machine()}
    result |= {name: value for name, value in vars(options).items() if name not in ("folder", "run_dir")}
    result |= {"granularity": config.granularity, "n_label_seeds": config.n_label_seeds}
    if options.instances:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (options.folder or Path(temporary)).absolute()
            other = seeds.integer(config.seed, "labelling", "instances")
            new = instances(options.profile, options.instances, **sizes, seed=other)
            tested = [dataclasses.replace(problem, id=f"new-{problem.id}", split="eval") for problem in new]
            table, summary, found = compare(config, [*problems, *tested], options.fresh, folder)
        print(table.to_string(index=False))
        caption = "The portfolio with races against the whole grid, on instances that the portfolio was not chosen on"
        tables.save(summary, options.run_dir, "search_comparison", caption)
        result |= found | {"cheap_against_exhaustive": summary.round(4).to_dict("records")}
    if options.speed_instances:
        timed = speed(config, problems[:: max(1, len(problems) // options.speed_instances)], options.workers)
        tables.save(timed, options.run_dir, "labelling_speed", "Labelling by the number of worker processes")
        result["speed"] = timed.round(4).to_dict("records")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
