"""Features of a statement, and what the classifier's comparison says on tables made so that the answer is known."""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from llamoco_lib.benchmark import learnability as module
from llamoco_lib.benchmark.learnability import DIFFERENCE, GOOD_SET, RULES, learnability, predictions
from llamoco_lib.benchmark.spec_features import feature_table
from llamoco_lib.figures.learnability import learnability as draw
from llamoco_lib.problems.spec import Component, Constraint, Problem

A, B, C = "a()", "b()", "c()"
SOLVED_BY = {A: 1e-6, B: 1e-4}  # best values of the right configuration; f0 is 1 and f* is 0


def problem(index, **changes):
    told = Problem(
        id=f"p-{index:03d}",
        kind="basic",
        dimension=2 + index % 7,
        lower=-5.0,
        upper=5.0,
        components=(Component(["sphere", "rastrigin"][index % 2]),),
        budget=1000,
        shift_seed=index,
        optimum=0.0,
        f0=1.0,
    )
    return dataclasses.replace(told, **changes)


def stage(n=60):
    """Problems, runs, labels and portfolio: A solves sphere to 1e-6, B rastrigin to 1e-4, all else ends at 1e-1.

    The label tells that; the argmax label is A, B or C by a coin that no feature knows of.
    """
    coin = np.random.default_rng(3).integers(0, 3, n)
    problems = [problem(index) for index in range(n)]
    runs, labels = [], []
    for p, side in zip(problems, coin, strict=True):
        right = {"sphere": A, "rastrigin": B}[p.components[0].function]
        for key in (A, B, C):
            value = SOLVED_BY[right] if key == right else 1e-1
            for purpose, repetition, best in [("label", 0, 1e-8), ("score", 0, value), ("score", 1, value)]:
                runs.append((p.id, key, purpose, repetition, best, "ok"))
        labels.append((p.id, "unconstrained", right, (A, B, C)[side], [right], 1.0, 0.0))
    columns = ["problem_id", "configuration", "purpose", "repetition", "best_value", "status"]
    told = ["problem_id", "group", "label", "argmax_label", "good_set", "f0", "f_star"]
    portfolio = {"unconstrained": [A, B, C], "constrained": [], "sbs": {"unconstrained": A}}
    return problems, pd.DataFrame(runs, columns=columns), pd.DataFrame(labels, columns=told), portfolio


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    monkeypatch.setattr(module, "TREES", 10)
    monkeypatch.setattr(module, "REPEATS", 2)


@pytest.fixture
def table():
    found = learnability(*stage(), folds=5, root=1).set_index(["weights", "labels", "measure"])
    return found.loc["alike"]


def test_features_by_hand():
    hybrid = problem(
        0,
        kind="hybrid",
        dimension=10,
        lower=(-1.0,) * 5 + (-50.0,) * 5,
        upper=(0.0,) * 5 + (50.0,) * 5,
        components=(Component("sphere", 1.0, 0, 4), Component("rastrigin", 1.0, 4, 10)),
        rotation_seed=4,
        constraints=(
            Constraint("ball", {"c": 0.0, "r": 1.0}),
            Constraint("l1_norm", {"b": 1.0}),
            Constraint("eq_sum", {"b": 1.0}),
        ),
    )
    row = feature_table([hybrid]).loc["p-000"]
    expected = {
        "dimension": 10,
        "log_budget": 3,
        "log_budget_a_coordinate": 2,
        "components": 2,
        "rotated": 1,
        "shifted": 1,
        "log_width_min": 0,
        "log_width_mean": 1,
        "log_width_max": 2,
        "per_coordinate_bounds": 1,
        "constraints": 3,
        "inequalities": 2,
        "equalities": 1,
        "kind_hybrid": 1,
        "function_sphere": 0.4,
        "function_rastrigin": 0.6,
        "tag_unimodal": 0.4,
        "tag_multimodal": 0.6,
        "tag_separable": 1,
        "tag_symmetric": 1,
        "tag_differentiable": 1,
        "family_ball": 1,
        "family_l1_norm": 1,
        "family_eq_sum": 1,
    }
    assert row[list(expected)].to_dict() == pytest.approx(expected)
    assert (row.drop(list(expected)) == 0.0).all()


def test_a_composition_shares_by_weight():
    components = (Component("sphere", 0.2), Component("ackley", 0.6))
    row = feature_table([problem(0, kind="composition", components=components)]).iloc[0]
    assert [row["function_sphere"], row["function_ackley"], row["function_rastrigin"]] == pytest.approx(
        [0.25, 0.75, 0]
    )


def test_columns_are_the_same_for_every_set_and_floats():
    constrained = problem(0, constraints=(Constraint("eq_sum", {"b": 1.0}),))
    one, other, none = feature_table([problem(0)]), feature_table([constrained, problem(1)]), feature_table([])
    assert list(one.columns) == list(other.columns) == list(none.columns)
    assert set(one.dtypes) == set(none.dtypes) == {np.dtype(float)}
    assert list(other.index) == ["p-000", "p-001"] and other.notna().all(axis=None)


def test_features_show_nothing_that_the_prompt_does_not():
    hidden = problem(0, optimum=None, f0=7.0, shift_seed=99, split="eval")
    assert feature_table([hidden]).equals(feature_table([problem(0)]))


def test_unknown_names_are_told_with_the_problem():
    with pytest.raises(ValueError, match="p-000: no basic function 'spere'; known: sphere"):
        feature_table([problem(0, components=(Component("spere"),))])
    with pytest.raises(ValueError, match="p-000: no constraint family 'bal'; known: linear_sum"):
        feature_table([problem(0, constraints=(Constraint("bal", {}),))])


def test_a_label_that_follows_from_the_statement_is_learnt_and_a_coin_is_not(table):
    ours, argmax = table.loc["portfolio order"], table.loc["argmax"]
    assert ours.loc["accuracy", "value"] == 1.0
    assert argmax.loc["accuracy", "value"] < 0.6
    assert table.loc[(DIFFERENCE, "accuracy"), "lo"] > 0.3
    assert ours.loc["majority_accuracy", "value"] == 0.5
    assert ours.loc["accuracy_over_majority", "value"] == 0.5
    assert argmax.loc["accuracy_over_majority", "value"] < 0.2
    assert [ours.loc["configurations", "value"], argmax.loc["configurations", "value"]] == [2, 3]
    assert table.loc[(DIFFERENCE, "configurations"), "value"] == -1


def test_losses_are_of_score_runs_and_by_hand(table):
    ours = table.loc["portfolio order"]["value"]
    # The forest is right everywhere. SBS and most frequent label are A: 3 decades behind B on half the problems.
    assert ours["behind_vbs"] == ours["label_behind_vbs"] == 0.0
    assert ours["sbs_behind_vbs"] == ours["majority_behind_vbs"] == pytest.approx(1.5)
    assert ours["behind_sbs"] == pytest.approx(-1.5)
    difference = table.loc[DIFFERENCE].loc["behind_vbs"]
    assert difference["value"] == pytest.approx(-table.loc[("argmax", "behind_vbs"), "value"])
    assert difference["hi"] < 0.0


def test_a_good_set_that_follows_from_the_statement_is_learnt_without_labels(table):
    found = table.loc["good set"]
    assert set(found.index) == {"in_good_set", "behind_vbs", "behind_sbs", "sbs_behind_vbs"}
    assert found.loc["in_good_set", "value"] == 1.0 and found.loc["behind_vbs", "value"] == 0.0
    assert table.loc[("good set minus argmax", "behind_vbs"), "hi"] < 0.0


def test_intervals_hold_their_values_and_shrink_with_problems(table):
    measured = table.drop("configurations", level="measure")
    assert measured.notna().all(axis=None)
    assert (measured["lo"] <= measured["value"]).all() and (measured["value"] <= measured["hi"]).all()
    lo, hi = table.loc[("portfolio order", "majority_accuracy"), ["lo", "hi"]]
    assert hi - lo == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(60), rel=0.15)


def test_the_same_root_gives_the_same_table_whatever_the_order_of_rows(table):
    problems, runs, labels, portfolio = stage()
    shuffled = (problems[::-1], runs.sample(frac=1.0, random_state=1), labels[::-1], portfolio)
    again = learnability(*shuffled, folds=5, root=1).set_index(["weights", "labels", "measure"])
    pd.testing.assert_frame_equal(again.loc["alike"], table)


def test_any_number_of_workers_gives_the_same_table(monkeypatch):
    monkeypatch.setattr(module, "TREES", 100)  # as the worker processes have it
    one, two = (learnability(*stage(20), folds=2, root=1, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_each_problem_is_answered_once_by_a_forest_that_did_not_see_it(monkeypatch):
    problems, runs, labels, portfolio = stage()
    fitted, weighted = [], []

    class Spy:
        def __init__(self, trees, random_state, n_jobs):
            assert trees == 10 and n_jobs == 1

        def fit(self, values, label, weight):
            fitted.append({tuple(row) for row in values})
            optimizers = [key.split("(")[0] for key in label]
            if weight is not None:  # eq. 5: every optimizer has the same share
                shares = pd.Series(weight).groupby(optimizers).sum()
                assert shares.to_numpy() == pytest.approx(shares.iloc[0])
            weighted.append(weight is not None)
            return self

        def predict(self, values):
            assert not fitted[-1] & {tuple(row) for row in values}
            return np.full(len(values), A, object)

    class Members(Spy):
        def fit(self, values, members):
            assert set(members.ravel()) == {0.0, 1.0} and (members.sum(axis=1) == 1.0).all()
            return super().fit(values, [A] * len(values), None)

        def predict(self, values):
            return np.tile([0.2, 0.5, 0.3], (len(values), 1)) if len(super().predict(values)) else None

    monkeypatch.setattr(module, "RandomForestClassifier", Spy)
    monkeypatch.setattr(module, "RandomForestRegressor", Members)
    distinct = [dataclasses.replace(p, budget=1000 + i) for i, p in enumerate(problems)]
    told = predictions(distinct, runs, labels, portfolio, 5, 1)
    assert told.groupby(["weights", "labels", "repeat"])["problem_id"].nunique().tolist() == [60] * 10
    assert [len(rows) for rows in fitted] == [48] * 50 and weighted == [False] * 20 + [True] * 20 + [False] * 10
    assert (told.loc[told["labels"] == "good set", "predicted"] == B).all()  # the likeliest of A, B and C
    ours = told[told["labels"] == "portfolio order"]  # A is all that the spy answers; good where it is the label
    assert (ours["predicted"] == A).all() and ours["in_good_set"].eq(ours["label"] == A).all()


def test_rare_labels_are_spread_over_the_folds():
    label = np.array([A] * 23 + [B] * 5 + [C] * 2, object)
    fold = module._folds(label, 5, np.random.default_rng(0))
    assert np.bincount(fold).tolist() == [6] * 5
    assert sorted(fold[label == B]) == [0, 1, 2, 3, 4]
    assert len(set(fold[label == C])) == 2


def test_problems_without_score_runs_are_left_out():
    problems, runs, labels, portfolio = stage()
    fewer = runs[(runs["purpose"] == "label") | (runs["problem_id"] < "p-020")]
    assert set(learnability(problems, fewer, labels, portfolio, 5, 1)["n_problems"]) == {20}


def test_too_few_problems_give_no_rows_and_a_figure_that_says_so():
    problems, runs, labels, portfolio = stage(9)
    empty = learnability(problems, runs, labels, portfolio, folds=5, root=1)
    assert empty.empty and list(empty.columns) == module.COLUMNS
    figure = draw(empty)
    assert [axis.get_title() for axis in figure.axes[:2]] == [
        "unconstrained (too few problems)",
        "constrained (too few problems)",
    ]
    plt.close(figure)


def test_missing_score_runs_and_folds_are_refused():
    problems, runs, labels, portfolio = stage(20)
    gone = runs[~((runs["problem_id"] == "p-003") & (runs["configuration"] == C) & (runs["purpose"] == "score"))]
    with pytest.raises(ValueError, match=r"p-003 has score runs, but none of c\(\)"):
        learnability(problems, gone, labels, portfolio, 5, 1)
    with pytest.raises(ValueError, match="folds = 1"):
        learnability(problems, runs, labels, portfolio, 1, 1)


def test_the_figure_shows_every_value_with_its_interval():
    table = learnability(*stage(), folds=5, root=1)
    figure = draw(table)
    shown = [value for line in figure.axes[2].lines for value in line.get_xdata() if np.isfinite(value)]
    told = table[table["labels"].isin(RULES)].set_index(["weights", "measure"])["value"]
    rows = [("alike", m) for m in ("sbs_behind_vbs", "majority_behind_vbs", "behind_vbs", "label_behind_vbs")]
    rows.append(("eq. 5", "behind_vbs"))
    good = table[(table["labels"] == GOOD_SET) & (table["measure"] == "behind_vbs")]["value"]
    assert sorted(shown) == pytest.approx(sorted([*good, *(value for row in rows for value in told.loc[row])]))
    assert all(axis.get_xlabel() for axis in figure.axes)
    plt.close(figure)
