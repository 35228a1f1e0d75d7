"""Stage 02 as a whole: from ``problems.jsonl`` to runs, labels and portfolio (files of DESIGN section 2).

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import time
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.labels import Rule, label_table
from llamoco_lib.benchmark.reference_labels import known_runs
from llamoco_lib.benchmark.search import GROUPS, Part, search
from llamoco_lib.benchmark.settings import plan_of
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems import problem_set
from llamoco_lib.problems.spec import Problem


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
    tables, orders = [], {"sbs": {}}
    for group in GROUPS:
        members = [problem for problem in problems if problem.group == group]
        of_group = runs[runs["group"] == group]
        rule = Rule(config.good_set_tolerance, config.good_set_alpha)
        table, order, sbs = label_table(members, of_group, plan.of(group), rule)
        tables.append(table)
        orders[group] = order
        orders["sbs"][group] = sbs
    files = {
        "runs": records.write_parquet(folder / "runs.parquet", runs),
        "labels": records.write_parquet(folder / "labels.parquet", pd.concat(tables, ignore_index=True)),
        "portfolio": records.write_json(folder / "portfolio.json", {name: orders[name] for name in (*GROUPS, "sbs")}),
    }
    print(f"{len(runs)} runs on {len(problems)} problems, {time.time() - started:.0f} s")
    return files


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
