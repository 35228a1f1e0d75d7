"""Can labels of the whole grid be learnt? Argmax scatters over near-equal configurations, portfolio order does not.

``python -m benchmarks.learnability [--sample 40] [--fresh 3] [--folder DIR] [--set KEY=VALUE]``

Instances are drawn and run as the sample of ``benchmarks.labelling`` (a common ``--folder`` shares its runs): the
whole grid, ``sample_seeds`` runs each. Notebook 02 asks the same of the reference labels, whose few configurations
were chosen beforehand.
"""

import argparse
import json
import platform
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.labelling import fresh_runs, instances
from llamoco_lib import seeds, tables
from llamoco_lib.benchmark import shards
from llamoco_lib.benchmark.labels import Rule, label_table, references, scored
from llamoco_lib.benchmark.learnability import DIFFERENCE, REPEATS, RULES, WEIGHTS, cross_validated, interval
from llamoco_lib.benchmark.search import screening
from llamoco_lib.benchmark.settings import configure, plan_of
from llamoco_lib.benchmark.spec_features import feature_table
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems.spec import GROUPS, Problem

FOLDS = 5
BOTH = "both"  # all instances together
COLUMNS = ["group", "labels", "measure", "value", "lo", "hi", "n_problems"]
CAPTION = (
    "Labels of the whole grid: how many distinct ones there are, how often a random forest on the statement foretells"
    " them in cross-validation, and the log-regret of its choice and of the label in fresh runs (95 % intervals over "
    "instances)."
)


def learnability(
    config: BenchmarkingConfig, problems: Sequence[Problem], fresh: int, folder: Path
) -> tuple[pd.DataFrame, dict[str, int]]:
    """One row a group, label rule (or their paired difference) and measure (COLUMNS), and the sizes of the grids.

    Measures: ``configurations``, the number of distinct labels; ``accuracy``, the forest's choice is the label;
    ``in_good_set``, it is in the good set; ``log_regret``, of its choice, and ``label_log_regret``, of the label,
    both in ``fresh`` runs on new seeds. The group ``both`` takes all instances together. Shards go to ``folder``.
    """
    plan = screening(plan_of(config), config)
    units = plan.units(problems)
    shards.compute(units, folder / "shards", config.jobs, config.scheduler)
    runs = shards.collect(units, folder / "shards")
    used: dict[tuple[str, str], int] = {}
    values: dict[str, dict[str, pd.DataFrame]] = {}
    for group in GROUPS:
        own = [problem for problem in problems if problem.group == group]
        of_group = runs[runs["group"] == group]
        rule = Rule(config.good_set_tolerance, config.good_set_alpha)
        labels = label_table(own, of_group, plan.of(group), rule)[0]
        values[group] = _values(config, own, of_group, labels, fresh)
        used |= {(group, name): labels[column].nunique() for name, column in RULES.items()}
        used[group, DIFFERENCE] = used[group, "portfolio order"] - used[group, "argmax"]
        values[group][DIFFERENCE] = values[group]["portfolio order"] - values[group]["argmax"]
    values[BOTH] = {name: pd.concat([values[group][name] for group in GROUPS]) for name in values[GROUPS[0]]}
    rows: list[tuple] = []
    for group, of_group in values.items():
        for name, table in of_group.items():
            if group != BOTH:  # the groups have grids of their own
                rows.append((group, name, "configurations", float(used[group, name]), np.nan, np.nan, len(table)))
            for measure, column in table.items():
                bounds = interval(
                    column.to_numpy(), seeds.generator(config.seed, "grid labels", group, name, measure)
                )
                rows.append((group, name, measure, column.mean(), *bounds, len(table)))
    return pd.DataFrame(rows, columns=COLUMNS), {group: len(plan.of(group)) for group in GROUPS}


def _values(
    config: BenchmarkingConfig, problems: Sequence[Problem], runs: pd.DataFrame, labels: pd.DataFrame, fresh: int
) -> dict[str, pd.DataFrame]:
    """The measures of each problem, mean over the repeats of the cross-validation, by label rule."""
    features = feature_table(problems).to_numpy()
    answers: dict[tuple[str, int], np.ndarray] = {}
    for name, column in RULES.items():
        for repeat in range(REPEATS):
            unit = (config.seed, "grid labels", problems[0].group, repeat)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)  # what is shown here
                label = labels[column].to_numpy(object)
                answers[name, repeat] = cross_validated(features, label, WEIGHTS[0], FOLDS, unit)
    chosen = {
        problem.id: [*labels.loc[place, list(RULES.values())], *(answer[place] for answer in answers.values())]
        for place, problem in enumerate(problems)
    }
    new_runs = fresh_runs(config, problems, chosen, fresh)
    known = references(problems, pd.concat([runs, new_runs], ignore_index=True))
    means = scored(new_runs, known).groupby(["problem_id", "configuration"])["log_regret"].mean()
    values = {}
    for name, column in RULES.items():
        label, repeats = labels[column].to_numpy(object), []
        for repeat in range(REPEATS):
            answer = answers[name, repeat]
            good = [float(key in members) for key, members in zip(answer, labels["good_set"], strict=True)]
            measured = {"accuracy": (answer == label).astype(float), "in_good_set": good}
            for measure, keys in (("log_regret", answer), ("label_log_regret", label)):
                measured[measure] = means.loc[list(zip(labels["problem_id"], keys, strict=True))].to_numpy()
            repeats.append(pd.DataFrame(measured))
        values[name] = sum(repeats) / REPEATS
    return values


def main() -> None:
    """Run what is missing; print the table, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="quick", help="whose recipe and limits to take (default: quick)")
    parser.add_argument("--sample", type=int, default=40, help="instances of each group")
    parser.add_argument("--budgets", type=int, nargs="+", default=[1000, 2000], help="FEs, one drawn an instance")
    parser.add_argument("--dimension-max", type=int, default=20)
    parser.add_argument("--fresh", type=int, default=3, help="fresh runs of each label and each answer of the forest")
    parser.add_argument("--run-dir", default="outputs/pool", help="where the table goes")
    parser.add_argument("--folder", type=Path, help="keeps the shards (default: a temporary one)")
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="of stage 02"
    )
    options = parser.parse_args()
    pools = [*(f"{group}=[extended]" for group in GROUPS), "granularity=normal"]
    config = configure(options.profile, [*pools, *options.settings])
    problems = instances(options.profile, options.sample, options.budgets, options.dimension_max, config.seed)
    with tempfile.TemporaryDirectory() as temporary:
        table, sizes = learnability(config, problems, options.fresh, (options.folder or Path(temporary)).absolute())
    tables.save(table, options.run_dir, "grid_learnability", CAPTION)
    print(table.round(3).to_string(index=False))
    result = {"benchmark": "learnability", "python": platform.python_version(), "machine": platform.machine()}
    result |= {"settings": options.settings, "sample": options.sample, "configurations": sizes}
    print(json.dumps(result | {"table": json.loads(table.round(4).to_json(orient="records"))}))


if __name__ == "__main__":
    main()
