"""The command that appends a batch of new labelled instances to the reference set.

``python -m llamoco_lib.benchmark.append --profile quick --instances 300`` draws them by that profile's recipe, and
runs the pool ``portfolio`` on them. This module knows nothing of how the set is used.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from llamoco_lib import params, records, seeds
from llamoco_lib.benchmark.reference_labels import program_key
from llamoco_lib.benchmark.search import search
from llamoco_lib.benchmark.settings import configure, plan_of
from llamoco_lib.optimizers import members
from llamoco_lib.params.base import ParamsError
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import synthesis
from llamoco_lib.problems.reference_set import batches
from llamoco_lib.problems.spec import GROUPS, Problem

WORK = "outputs/labels"  # shards of batches that are not finished


def append(
    folder: str | Path, work: str | Path, recipe: SynthesisConfig, config: BenchmarkingConfig, score_seeds: int
) -> Path:
    """Label a new batch of instances by ``recipe`` and ``config`` and add it to the set in ``folder``; return it.

    Its random streams follow from its number. ``score_seeds`` fresh runs of every configuration on every instance
    come on top of the label runs. Shards lie in ``work`` until the batch is finished: given again after an interrupt,
    the same command goes on with it.
    """
    number = len(batches(folder)) + 1
    recipe = recipe.model_copy(update={"seed": seeds.integer(number, "reference labels")})
    plan = plan_of(config, train_score_seeds=score_seeds)
    problems = instances(recipe, f"r{number:03d}-")
    runs, _ = search(config, plan, problems, records.resolve(work) / f"batch_{number:03d}")
    batch = records.resolve(folder) / f"batch_{number:03d}"
    files = {
        "problems": records.write_jsonl(batch / "problems.jsonl", (problem.to_json() for problem in problems)),
        "runs": records.write_parquet(batch / "runs.parquet", runs.drop(columns="trace")),
    }
    programs = {c.key: program_key(c.key) for group in GROUPS for c in plan.of(group)}
    record = {
        "synthesis": recipe.model_dump(),
        "benchmarking": config.model_dump(),
        "score_seeds": score_seeds,
        "programs": programs,
        "outputs": {name: records.file_hash(path) for name, path in files.items()},
        "packages": records.package_versions(),
        "commit": records.git_commit(),
        "seconds": round(float(runs["seconds"].sum()), 1),  # of all runs, also those before an interrupt
    }
    records.write_json(batch / "record.json", record)
    return batch


def instances(recipe: SynthesisConfig, prefix: str) -> list[Problem]:
    """The instances of a batch, all of them to train on, their ids with the prefix.

    Each instance is drawn on the stream of its id without the prefix.
    """
    drawn, _ = synthesis.synthesize(recipe)
    return [Problem.from_json(problem.to_json() | {"id": prefix + problem.id}) for problem in drawn]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m llamoco_lib.benchmark.append",
        description="Append labelled instances to the reference set; give it again after an interrupt.",
    )
    parser.add_argument("--profile", default="quick", help="whose recipe of instances and limits of runs to take")
    parser.add_argument("--instances", type=int, default=300, help="of each group in a batch")
    parser.add_argument("--batches", type=int, default=1)
    parser.add_argument("--score-seeds", type=int, default=2, help="fresh runs of every configuration and instance")
    parser.add_argument("--folder", default="outputs/reference/labels", help="the set")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="of stage 02"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0, or 2 where parameters are wrong."""
    given = _parser().parse_args(arguments)
    pools = [f"{group}=[portfolio]" for group in GROUPS]
    try:
        config = configure(given.profile, [*pools, "search=portfolio", *given.settings])
        file = records.resolve(f"params/{given.profile}/01_synthesis.yaml")
        counts = {"n_unconstrained": given.instances, "n_constrained": given.instances}
        none = {"n_heldout_unconstrained": 0, "n_heldout_constrained": 0, "n_reference": 0, "eval_share": 0.0}
        recipe = params.load(file, SynthesisConfig).model_copy(update=counts | none | {"jobs": config.jobs})
    except ParamsError as error:
        print(error, file=sys.stderr)
        return 2
    largest = max(len(members("portfolio", group)) for group in GROUPS)
    config = config.model_copy(update={"portfolio_size": max(config.portfolio_size, largest)})
    for _ in range(given.batches):
        print(f"finished: {append(given.folder, WORK, recipe, config, given.score_seeds)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
