"""Stage 02 as a whole: from ``problems.jsonl`` to runs, labels and portfolio (files of DESIGN section 2).

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.labels import Rule, label_table
from llamoco_lib.benchmark.reference_labels import known_runs, whole
from llamoco_lib.benchmark.search import Part, search
from llamoco_lib.benchmark.settings import plan_of
from llamoco_lib.optimizers import Configuration, optimizer
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems import problem_set
from llamoco_lib.problems.spec import GROUPS, Problem


def read_problems(source_dir: str | Path) -> list[Problem]:
    """The problem set P that stage 01 wrote. Raises FileNotFoundError, naming the stage to run first."""
    folder = records.resolve(source_dir) / "01_synthesis"
    if not (folder / "problems.jsonl").exists():
        raise FileNotFoundError(f"{folder / 'problems.jsonl'} is missing; run 01_synthesis with this run_dir first")
    return problem_set.read(folder)


def benchmark(config: BenchmarkingConfig) -> dict[str, Path]:
    """Run the plan on all problems, decide the labels and write stage 02's files.

    Reads ``<source_dir>/01_synthesis``; writes into ``<run_dir>/02_benchmarking`` and returns the files by name:
    ``runs``, ``labels``, ``portfolio``. Finished units are taken from ``shards/`` there, and the runs on instances of
    the reference set from ``reference_labels``. Raises as ``reference_labels.known_runs`` does.
    """
    started = time.time()
    folder = _folder(config)
    problems = read_problems(config.source_dir)
    own, known = _to_label(config, problems)
    print(f"{len(own)} instances are labelled here, {len(problems) - len(own)} by {config.reference_labels}")
    runs, plan = search(config, plan_of(config), own, folder)
    runs = _in_order(pd.concat([runs, known], ignore_index=True) if len(known) else runs, problems)
    labels, portfolio = decide(config, problems, runs, {group: plan.of(group) for group in GROUPS})
    files = {
        "runs": records.write_parquet(folder / "runs.parquet", runs),
        "labels": records.write_parquet(folder / "labels.parquet", labels),
        "portfolio": records.write_json(folder / "portfolio.json", portfolio),
    }
    print(f"{len(runs)} runs on {len(problems)} problems, {time.time() - started:.0f} s")
    return files


def decide(
    config: BenchmarkingConfig,
    problems: Sequence[Problem],
    runs: pd.DataFrame,
    configurations: Mapping[str, Sequence[Configuration]],
) -> tuple[pd.DataFrame, dict[str, object]]:
    """Labels of all problems and, by group, the portfolio order and (under ``sbs``) the SBS.

    ``configurations`` are those of each group that may be a label. Raises as ``labels.label_table``.
    """
    rule = Rule(config.good_set_tolerance, config.good_set_alpha)
    parts, orders, sbs = [], {}, {}
    for group in GROUPS:
        members = [problem for problem in problems if problem.group == group]
        part, orders[group], sbs[group] = label_table(
            members, runs[runs["group"] == group], configurations[group], rule
        )
        parts.append(part)
    return pd.concat(parts, ignore_index=True), orders | {"sbs": sbs}


def reference_set(config: BenchmarkingConfig) -> tuple[list[Problem], pd.DataFrame, pd.DataFrame, dict[str, object]]:
    """The whole reference set: its problems, runs, and labels and portfolio by the rule of ``config``."""
    problems, runs = whole(config.reference_labels)
    keys = runs.loc[runs["purpose"] == "label", "configuration"].unique()
    chosen = [Configuration.parse(key) for key in keys]
    configurations = {
        group: [each for each in chosen if optimizer(each.optimizer).group == group] for group in GROUPS
    }
    return problems, runs, *decide(config, problems, runs, configurations)


def compute_part(config: BenchmarkingConfig, part: Part) -> None:
    """Compute one part of the units, for job arrays; ``benchmark`` later finds them done and writes the files."""
    own, _ = _to_label(config, read_problems(config.source_dir))
    search(config, plan_of(config), own, _folder(config), part)


def _to_label(config: BenchmarkingConfig, problems: list[Problem]) -> tuple[list[Problem], pd.DataFrame]:
    """The problems that are not in the reference set, and the set's runs on those that are."""
    known = known_runs(config.reference_labels, problems, plan_of(config))
    done = set(known["problem_id"])
    return [problem for problem in problems if problem.id not in done], known


def _folder(config: BenchmarkingConfig) -> Path:
    return records.resolve(config.run_dir) / "02_benchmarking"


def _in_order(runs: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """The runs in the order of the problems, within a problem as they were made."""
    place = {problem.id: index for index, problem in enumerate(problems)}
    return runs.sort_values("problem_id", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)
