"""The command behind Table 10: three searches read from the runs of the finest grid."""

import dataclasses
import itertools
import json
import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks import granularity
from llamoco_lib.optimizers import Configuration, grid, optimizer, pool


@pytest.fixture
def small(config, problems):
    """Two instances of each group, and grids of 4 and 3 configurations at most."""
    found = [dataclasses.replace(p, split="train", budget=60) for p in problems[:4]]
    pools = {"unconstrained": ["multistart_l_bfgs_b"], "constrained": ["slsqp"]}
    return config.model_copy(update=pools | {"n_label_seeds": 2}), found


@pytest.mark.parametrize("entry", pool(), ids=lambda entry: entry.name)
def test_each_grid_is_part_of_the_finer_one(entry):
    half, normal, double = ({c.key for c in grid(entry, name)} for name in granularity.GRANULARITIES)
    assert half <= normal <= double
    assert Configuration(entry.name).key in half
    numbers = [e for e in entry.hyperparameters.values() if len(e.values) > 1 and not isinstance(e.default, str)]
    assert (len(normal) < len(double)) == any(_has_room(e.values) for e in numbers)


def _has_room(values):
    """Whether a further value of the kind fits between two neighbours."""
    whole = all(isinstance(value, int) for value in values)
    return not whole or any(b - a > 1 for a, b in itertools.pairwise(values))


def test_the_finer_grid_chooses_another_only_where_it_is_better():
    grids = {"half": ["b"], "normal": ["b", "a"], "double": ["b", "a", "c"]}
    choose = granularity.choices
    assert choose(pd.Series({"a": -1.0, "b": -1.0, "c": -1.0}), grids) == dict.fromkeys(grids, "b")
    assert choose(pd.Series({"a": -2.0, "b": -1.0, "c": -2.5}), grids) == {"half": "b", "normal": "a", "double": "c"}


def test_table_compares_the_three_searches(small, tmp_path):
    config, problems = small
    table, told = granularity.compare(config, problems, 3, tmp_path / "one")
    assert table[["granularity", "group"]].to_numpy().tolist() == [
        [name, group] for group in ("unconstrained", "constrained", "all") for name in granularity.GRANULARITIES
    ]
    rows = table.set_index(["group", "granularity"])
    for group, name in (("unconstrained", "multistart_l_bfgs_b"), ("constrained", "slsqp")):
        for size in granularity.GRANULARITIES:
            assert rows.loc[(group, size), "configurations"] == len(grid(optimizer(name), size))
    one, other, both = (rows.xs(group) for group in ("unconstrained", "constrained", "all"))
    assert (both["configurations"] == one["configurations"] + other["configurations"]).all()
    assert both["search_seconds"].to_numpy() == pytest.approx((one + other)["search_seconds"].to_numpy() / 2)
    assert one["search_seconds"].is_monotonic_increasing and other["search_seconds"].is_monotonic_increasing
    normal = rows.xs("normal", level="granularity")
    assert (normal.filter(like="perf_relative") == 1.0).all().all()
    assert (normal.filter(like="log_regret_difference") == 0.0).all().all()
    for group, name in rows.index:
        row, means = rows.loc[(group, name)], told[group]
        assert row["perf_relative_lo"] <= row["perf_relative"] <= row["perf_relative_hi"]
        assert row["perf_relative"] == pytest.approx(means[name]["perf"] / means["normal"]["perf"], rel=1e-3)
        difference = means[name]["log_regret"] - means["normal"]["log_regret"]
        assert row["log_regret_difference"] == pytest.approx(difference, abs=2e-4)
        if means[name]["chosen_unlike_normal"] == 0:
            assert row["log_regret_difference_lo"] == row["log_regret_difference_hi"] == 0.0
    again, _ = granularity.compare(config, problems, 3, tmp_path / "one")  # the searches from their shards
    pd.testing.assert_frame_equal(again, table)


def test_choice_and_seconds_are_those_of_the_runs(small, tmp_path):
    config, problems = small
    table, _ = granularity.compare(config, problems[:2], 1, tmp_path)
    files = sorted((tmp_path / "shards").glob("p-*.parquet"))
    assert len(files) == 2
    for problem, file in zip(problems[:2], files, strict=True):
        runs = pd.read_parquet(file)
        runs = runs[runs["purpose"] == "label"]
        own = table[table["group"] == problem.group].set_index("granularity")
        for name in granularity.GRANULARITIES:
            chosen = getattr(config, problem.group)[0]
            keys = {c.key for c in grid(optimizer(chosen), name)}
            of_search = runs[runs["configuration"].isin(keys)]
            assert len(of_search) == config.n_label_seeds * own.loc[name, "configurations"]
            assert own.loc[name, "search_seconds"] == pytest.approx(of_search["seconds"].sum())


def test_ratio_without_any_progress_of_normal_is_nothing():
    none = granularity._ratio([np.ones(2)], [np.zeros(2)], np.random.SeedSequence(1))
    assert np.isnan([none.value, none.lo, none.hi]).all()


def test_command_saves_the_table_and_ends_with_json(tmp_path, monkeypatch, capsys):
    arguments = "--profile smoke --instances 1 --label-seeds 1 --fresh 2 --budgets 60 --dimension-max 3 --jobs 1"
    pools = ["--set", "unconstrained=[samr_ga(NP=50), samr_ga(NP=20)]", "--set", "constrained=[slsqp(FTOL=1.0e-6)]"]
    monkeypatch.setattr(sys, "argv", ["granularity", *arguments.split(), "--run-dir", str(tmp_path), *pools])
    granularity.main()
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    table = pd.read_csv(tmp_path / "tables" / "table10.csv")
    assert len(table) == len(told["table"]) == 9 and told["fes_caps"] == {"bo": 200, "la_mcts": 500, "cobyla": 600}
    assert table["configurations"].tolist() == [2] * 3 + [1] * 3 + [3] * 3
    assert (table["perf_relative"][:3] == 1.0).all() and (table["log_regret_difference"] == 0.0).all()  # equal grids
