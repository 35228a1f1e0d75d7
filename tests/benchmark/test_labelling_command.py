"""The command that holds the cheap search against the exhaustive grid, on a few small problems."""

import pytest

from benchmarks import labelling


def test_both_searches_are_compared_on_what_the_portfolio_was_not_chosen_on(config, problems, tmp_path):
    small = config.model_copy(update={"portfolio_size": 1, "n_label_seeds": 3})
    table, summary, sizes = labelling.compare(small, problems, 2, tmp_path / "one")
    assert table["problem_id"].tolist() == ["p-4", "p-5", "p-6", "p-7"]  # the sample is of the train instances
    assert sizes["configurations"] == {"unconstrained": 3, "constrained": 2}
    assert sizes["portfolio"] == {"unconstrained": 1, "constrained": 1}
    unconstrained = table[table["group"] == "unconstrained"]
    assert (unconstrained["fes_exhaustive"] == 3 * unconstrained["fes_cheap"]).all()  # all use up their budgets
    rows = summary.set_index("group")
    assert rows["instances"].to_dict() == {"all": 4, "unconstrained": 2, "constrained": 2}
    assert rows.loc["unconstrained", ["fes_ratio", "fes_ratio_lo", "fes_ratio_hi"]].tolist() == [3.0, 3.0, 3.0]
    assert rows.loc["all", "fes_ratio_lo"] <= rows.loc["all", "fes_ratio"] <= rows.loc["all", "fes_ratio_hi"]
    for kind in ("label", "argmax_label"):
        value, low, high = rows.loc["all", [f"{kind}_difference", f"{kind}_difference_lo", f"{kind}_difference_hi"]]
        assert low <= value <= high
        assert value == pytest.approx(rows.loc["all", f"{kind}_cheap"] - rows.loc["all", f"{kind}_exhaustive"])
    again, summary_again, _ = labelling.compare(small, problems, 2, tmp_path / "two")
    assert again.equals(table) and summary_again.equals(summary)


def test_instances_are_train_instances_of_both_groups():
    found = labelling.instances("smoke", 2, [100, 300], 4, 1)
    assert [problem.group for problem in found].count("constrained") == 2 and len(found) == 4
    assert {problem.split for problem in found} == {"train"} and {problem.budget for problem in found} <= {100, 300}


def test_speed_is_told_for_each_number_of_workers(config, problems):
    small = config.model_copy(update={"unconstrained": ["samr_ga"], "n_label_seeds": 1})
    table = labelling.speed(small, problems[:1], [1, 1])
    assert table["workers"].tolist() == [1, 1] and table["units"].tolist() == [1, 1]
    assert table["speed_up"].iloc[0] == 1.0 and (
        table["units_per_second"] * table["seconds"]
    ).tolist() == pytest.approx([1.0, 1.0])
