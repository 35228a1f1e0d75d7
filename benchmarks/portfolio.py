"""The portfolio of the reference labels: which configurations, chosen on which instances.

``python -m benchmarks.portfolio [--folder DIR] [--set KEY=VALUE]`` prints ``llamoco_lib/optimizers/portfolio.yaml``:
the greedy portfolio of the normal grid of the extended pool on a sample of instances, drawn and run as by
``benchmarks.labelling`` (a common ``--folder`` shares its runs). Optimizers with long programs are left out, since
those are long to learn; one with long runs takes part by its best configuration alone, since all have to wait for it.
"""

import argparse
import json
import platform
import tempfile
from pathlib import Path

import pandas as pd
import yaml

from benchmarks.labelling import instances
from llamoco_lib.benchmark import shards
from llamoco_lib.benchmark.labels import references, scored
from llamoco_lib.benchmark.search import cover, sample_of, screening
from llamoco_lib.benchmark.settings import configure, plan_of
from llamoco_lib.optimizers import Configuration, program
from llamoco_lib.problems.spec import GROUPS
from llamoco_lib.prompts import tokens

MOST_TOKENS = 900  # of the default configuration's program, in the default backbone's tokens
MOST_SECONDS = 0.3  # of a run, on average over the sample
SIZES = {"unconstrained": 12, "constrained": 10}


def length(optimizer: str) -> int:
    """Tokens of an optimizer's program with default hyper-parameters, for one box of ten dimensions."""
    source = program(Configuration(optimizer), 10, -5.0, 5.0, 1000)
    return int(tokens.counts(tokens.load("smollm2-135m"), [source])[0])


def allowed(runs: pd.DataFrame, most_tokens: int, most_seconds: float) -> list[str]:
    """The configurations of ``runs`` (scored) that may be chosen, in the order of the runs.

    They are those of optimizers with a program of at most ``most_tokens``; of one whose mean run takes longer than
    ``most_seconds``, only the configuration with the least mean log-regret.
    """
    found: list[str] = []
    for name, own in runs.groupby("optimizer", sort=False):
        if length(name) <= most_tokens:
            means = own.groupby("configuration", sort=False)["log_regret"].mean()
            found += [means.idxmin()] if own["seconds"].mean() > most_seconds else list(means.index)
    return found


def main() -> None:
    """Run what is missing of the sample; print the portfolio as YAML, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="quick", help="whose recipe and limits to take (default: quick)")
    parser.add_argument("--instances", type=int, default=40, help="of each group, of which the sample is taken")
    parser.add_argument("--sample", type=int, default=24, help="of each group")
    parser.add_argument("--budgets", type=int, nargs="+", default=[1000, 2000], help="FEs, one drawn an instance")
    parser.add_argument("--dimension-max", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="keeps the shards (default: a temporary one)")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="of stage 02"
    )
    options = parser.parse_args()
    pools = [*(f"{group}=[extended]" for group in GROUPS), "granularity=normal", "search=portfolio"]
    sizes = [f"portfolio_size={max(SIZES.values())}", f"portfolio_problems={options.sample}"]
    config = configure(options.profile, [*pools, *sizes, *options.settings])
    plan = plan_of(config)
    problems = instances(options.profile, options.instances, options.budgets, options.dimension_max, config.seed)
    sample = sample_of(problems, plan, config)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).absolute() / "shards"
        units = screening(plan, config).units(sample)
        shards.compute(units, folder, config.jobs, config.scheduler)
        runs = shards.collect(units, folder)
    chosen, losses = {}, {}
    for group in GROUPS:
        own = runs[runs["group"] == group]
        known = references([problem for problem in sample if problem.group == group], own)
        label_runs = scored(own[own["purpose"] == "label"], known)
        means = label_runs.groupby(["problem_id", "configuration"])["log_regret"].mean().unstack()
        keys = allowed(label_runs, MOST_TOKENS, MOST_SECONDS)
        order, losses[group] = cover(means[keys].to_numpy(), SIZES[group])
        chosen[group] = [keys[place] for place in order]
    print(yaml.safe_dump(chosen, sort_keys=False, width=200))
    result = {"benchmark": "portfolio", "python": platform.python_version(), "machine": platform.machine()}
    result |= {"settings": options.settings, "sample": options.sample, "mean_log_regret_of_best": losses}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
