"""The command that holds each optimizer against its reference and times it, on tiny settings."""

import dataclasses
import json
import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks import optimizer_cases, optimizers, peers
from benchmarks.optimizer_cases import CASES
from benchmarks.standard import standard
from llamoco_lib.optimizers import pool
from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator
from llamoco_lib.problems.spec import Component, Problem


@pytest.fixture
def small(monkeypatch):
    """The cases of two quick optimizers on one function and few FEs, in place of all."""
    cases = {
        name: dataclasses.replace(CASES[name], functions=(("bbob", 1),), budget=300)
        for name in ("nsa", "simulated_annealing")
    }
    monkeypatch.setattr(optimizers, "CASES", cases)
    return cases


@pytest.mark.parametrize(
    ("value", "lo", "hi", "expected"),
    [
        (0.5, -0.1, 1.1, "same"),
        (-0.5, -1.1, 0.0, "same"),
        (0.1, 0.05, 0.15, "same"),
        (-0.09, -0.1, -0.08, "same"),
        (0.11, 0.05, 0.2, "worse"),
        (-0.11, -0.2, -0.05, "better"),
    ],
)
def test_verdict_is_same_where_the_interval_holds_zero_or_the_difference_is_small(value, lo, hi, expected):
    assert optimizers.verdict(value, lo, hi) == expected


def test_difference_is_in_decades_and_floored():
    ours, theirs = np.geomspace(0.5, 2.0, 15), np.geomspace(5.0, 20.0, 15)
    value, lo, hi = optimizers.difference(ours, theirs, "unit")
    assert value == pytest.approx(-1.0, abs=1e-6) and -1.3 < lo < -1.0 < hi < -0.7
    assert optimizers.difference(ours, theirs, "unit") == (value, lo, hi)
    assert optimizers.difference([0.0, 0.0], [1e-8, 1e-8], "unit")[0] == pytest.approx(-np.log10(2.0))


def test_every_unconstrained_optimizer_has_a_reference():
    assert sorted(CASES) == sorted(entry.name for entry in pool(group="unconstrained"))
    for case in CASES.values():
        for function in () if case.peer else case.functions:
            assert len(optimizer_cases.recorded(case.optimizer, function)) >= 15
    known = {(case.optimizer, optimizers.title(*function)) for case in CASES.values() for function in case.functions}
    assert set(optimizer_cases.EXPLANATIONS) <= known


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.peer])
def test_references_use_the_exact_budget_and_repeat_themselves(name):
    case, budget = CASES[name], {"bo": 12}.get(name, 120)
    found = []
    for _ in range(2):
        counting = CountingEvaluator(standard("bbob", 1, case.dimension, budget))
        with pytest.raises(BudgetExhausted):
            case.peer(counting.objective, np.full(case.dimension, -5.0), np.full(case.dimension, 5.0),
                      case.dimension, budget, 3)  # fmt: skip
        assert counting.fes == budget
        found.append(counting.result().best_value)
    assert found[0] == found[1]


@pytest.mark.parametrize(("suite", "number"), [("bbob", 21), ("cec2021", 2)])
def test_standard_functions_take_a_point_or_rows_and_stay_above_their_optimum(suite, number):
    function = standard(suite, number, 10, 100)
    x = np.random.default_rng(0).uniform(function.lower, function.upper, (50, 10))
    values = function.objective(x)
    assert values[3] == function.objective(x[3]) and values.min() > function.optimum


def test_command_makes_the_table(small, tmp_path, capsys):
    optimizers.main(["--only", *small, "--seeds", "3", "--jobs", "1", "--run-dir", str(tmp_path)])
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["rows"] == 2 and sum(result["verdicts"].values()) == 2 and result["worse"] == []
    table = pd.read_csv(tmp_path / "tables" / "correctness.csv")
    assert (
        table["optimizer"].tolist() == list(small) and (table["seeds"] == 3).all() and (table["budget"] == 300).all()
    )
    for who in ("ours", "reference"):
        assert (table[f"{who}_low"] > 0.0).all() and (table[f"{who}_low"] <= table[f"{who}_median"]).all()
    assert table["difference"].between(table["difference_low"], table["difference_high"]).all()


def test_row_that_is_worse_needs_an_explanation(small, monkeypatch, tmp_path):
    monkeypatch.setattr(optimizers, "peer_error", lambda *_: 1e-6)
    arguments = ["--only", "nsa", "--seeds", "2", "--jobs", "1", "--run-dir", str(tmp_path)]
    monkeypatch.setattr(optimizers, "EXPLANATIONS", {})
    with pytest.raises(SystemExit, match="nsa on BBOB f1 sphere"):
        optimizers.main(arguments)
    monkeypatch.setattr(optimizers, "EXPLANATIONS", {("nsa", "BBOB f1 sphere"): "Because."})
    optimizers.main(arguments)
    table = pd.read_csv(tmp_path / "tables" / "correctness.csv")
    assert table["verdict"].tolist() == ["worse"] and table["explanation"].tolist() == ["Because."]


def test_missing_package_is_named_with_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "minionpy", None)
    monkeypatch.setattr(optimizers, "our_error", lambda *_: pytest.fail("ran before the packages were checked"))
    with pytest.raises(ImportError, match=f"pip install {peers.PACKAGES['minionpy']}"):
        optimizers.unconstrained_rows(2, 1, ["nsa", "vanilla_de"])


def test_speed_is_told_for_each_optimizer_of_each_group():
    problem = Problem("p", "basic", 10, -5.0, 5.0, (Component("rastrigin"),), 400, 1)
    table = optimizers.speed([problem], ["samr_ga", "simulated_annealing"])
    assert set(table["optimizer"]) == {"samr_ga", "simulated_annealing"} and set(table["group"]) == {"unconstrained"}
    assert table["share_outside_objective"].between(0.0, 1.0, inclusive="neither").all()
    assert np.allclose(table["fes_per_second"] * table["microseconds_per_fe"], 1e6)
    assert table["fes_per_second"].is_monotonic_decreasing
