"""The command that holds the cheap search against the exhaustive grid, on a few small problems."""

import dataclasses

import pytest

from benchmarks import labelling


def test_both_searches_are_compared_on_what_the_portfolio_was_not_chosen_on(config, problems, tmp_path):
    train = [dataclasses.replace(problem, split="train") for problem in problems]
    small = config.model_copy(update={"portfolio_size": 1, "n_label_seeds": 3})
    table, summary = labelling.compare(small, train, 2, tmp_path / "one")
    assert len(table) == 6 and summary["all"]["instances"] == 6  # one of four of each group is the sample
    assert summary["configurations"] == {"unconstrained": 3, "constrained": 2}
    assert summary["portfolio"] == {"unconstrained": 1, "constrained": 1}
    unconstrained = table[table["group"] == "unconstrained"]
    assert (unconstrained["fes_exhaustive"] == 3 * unconstrained["fes_cheap"]).all()  # all use up their budgets
    for kind in ("label", "argmax_label"):
        value, lo, hi = summary["all"][f"{kind}_difference"]
        means = summary["all"][f"{kind}_log_regret"]
        assert lo <= value <= hi and value == pytest.approx(means["cheap"] - means["exhaustive"], abs=2e-4)
    again, _ = labelling.compare(small, train, 2, tmp_path / "two")
    assert again.equals(table)


def test_instances_are_train_instances_of_both_groups():
    found = labelling.instances("smoke", 2, [100, 300], 4, 1)
    assert [problem.group for problem in found].count("constrained") == 2 and len(found) == 4
    assert {problem.split for problem in found} == {"train"} and {problem.budget for problem in found} <= {100, 300}


def test_speed_is_told_for_each_number_of_workers(config, problems):
    small = config.model_copy(update={"unconstrained": ["samr_ga"], "n_label_seeds": 1})
    result = labelling.speed(small, problems[:1], [1])
    assert result["units"] == 1 and result["units_per_second"]["1"] > 0.0 and result["speed_up"] == []
