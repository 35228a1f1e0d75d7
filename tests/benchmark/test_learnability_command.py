"""The command that asks whether labels of the whole grid can be learnt, on a few small problems."""

import dataclasses

import pytest

from benchmarks import learnability as command
from llamoco_lib.benchmark.learnability import DIFFERENCE


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(command, "FOLDS", 2)
    monkeypatch.setattr(command, "REPEATS", 2)


def test_labels_of_the_grid_are_measured_by_fresh_runs(config, problems, tmp_path):
    train = [dataclasses.replace(problem, split="train") for problem in problems]
    table, sizes = command.learnability(config, train, 2, tmp_path / "one")
    assert sizes == {"unconstrained": 3, "constrained": 2}
    assert list(table.columns) == command.COLUMNS
    counted = set(zip(table["group"], table["n_problems"], strict=True))
    assert counted == {("unconstrained", 4), ("constrained", 4), ("both", 8)}
    rows = table.set_index(["group", "labels", "measure"]).sort_index()
    for group in sizes:
        of_group = rows.loc[group]
        for name in ("portfolio order", "argmax"):
            own = of_group.loc[name]["value"]
            assert 1 <= own["configurations"] <= sizes[group] and 0.0 <= own["accuracy"] <= 1.0
            assert own["in_good_set"] >= own["accuracy"]  # a label is in its good set
            assert -8.0 <= own["log_regret"] <= 0.0 and -8.0 <= own["label_log_regret"] <= 0.0
        difference = of_group.loc[DIFFERENCE]["value"]
        for measure in ("configurations", "accuracy", "log_regret", "label_log_regret"):
            ours, argmax = (of_group.loc[(name, measure), "value"] for name in ("portfolio order", "argmax"))
            assert difference[measure] == pytest.approx(ours - argmax)
    together = rows.loc["both", "value"]
    halves = [rows.loc[group, "value"].drop("configurations", level="measure") for group in sizes]
    assert "configurations" not in together.index.get_level_values("measure")
    assert ((halves[0] + halves[1]) / 2 - together).abs().max() < 1e-12  # as many of each
    measured = table[table["measure"] != "configurations"]
    assert (measured["lo"] <= measured["value"] + 1e-12).all() and (measured["value"] <= measured["hi"] + 1e-12).all()
    again, _ = command.learnability(config, train, 2, tmp_path / "two")
    assert again.equals(table)
