"""Stage 02 as a whole: from ``problems.jsonl`` to runs, labels and portfolio (files of DESIGN section 2).

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import time
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.labels import Rule, label_table
from llamoco_lib.benchmark.plan import Plan, configurations
from llamoco_lib.benchmark.search import GROUPS, Part, search
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems import problem_set
from llamoco_lib.problems.spec import Problem


def read_problems(source_dir: str | Path) -> list[Problem]:
    """The problem set P that stage 01 wrote. Raises FileNotFoundError, naming the stage to run first."""
    folder = records.resolve(source_dir) / "01_synthesis"
    if not (folder / "problems.jsonl").exists():
        raise FileNotFoundError(f"{folder / 'problems.jsonl'} is missing; run 01_synthesis with this run_dir first")
    return problem_set.read(folder)


def plan_of(config: BenchmarkingConfig) -> Plan:
    """The plan that the parameters of stage 02 ask for."""
    return Plan(
        unconstrained=tuple(configurations(config.unconstrained, "unconstrained", config.granularity)),
        constrained=tuple(configurations(config.constrained, "constrained", config.granularity)),
        root=config.seed,
        n_label_seeds=config.n_label_seeds,
        n_score_seeds=config.n_score_seeds,
        reference_factor=config.reference_factor,
        wall_limit=config.wall_limit,
        memory_limit_gib=config.memory_limit_gib,
        fes_caps=config.fes_caps,
    )


def benchmark(config: BenchmarkingConfig) -> dict[str, Path]:
    """Run the plan on all problems, decide the labels and write stage 02's files.

    Reads ``<source_dir>/01_synthesis``; writes into ``<run_dir>/02_benchmarking`` and returns the files by name:
    ``runs``, ``labels``, ``portfolio``. Finished units are taken from ``shards/`` there.
    """
    started = time.time()
    folder = _folder(config)
    problems = read_problems(config.source_dir)
    runs, plan = search(config, plan_of(config), problems, folder)
    runs = _in_order(runs, problems)
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
    search(config, plan_of(config), read_problems(config.source_dir), _folder(config), part)


def _folder(config: BenchmarkingConfig) -> Path:
    return records.resolve(config.run_dir) / "02_benchmarking"


def _in_order(runs: pd.DataFrame, problems: list[Problem]) -> pd.DataFrame:
    """The runs in the order of the problems, within a problem as they were made."""
    place = {problem.id: index for index, problem in enumerate(problems)}
    return runs.sort_values("problem_id", key=lambda ids: ids.map(place), kind="stable", ignore_index=True)
