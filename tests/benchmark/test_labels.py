"""The label rule on tables small enough to work by hand."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from llamoco_lib.benchmark.labels import Rule, good_set, label_table, portfolio
from llamoco_lib.benchmark.reference import f_star, reference_solvers
from llamoco_lib.optimizers import Configuration, optimizer
from llamoco_lib.problems.spec import GROUPS

RULE = Rule(tolerance=0.1, alpha=0.05)
A, B, C = (Configuration.parse(f"samr_ga(NP={n})") for n in (20, 50, 100))


def test_good_set_keeps_the_near_and_the_uncertain_and_drops_the_worse():
    samples = {
        "far": np.array([-2.0, -2.1, -1.9]),  # 2 decades worse with hardly any spread: told apart
        "best": np.array([-4.0, -4.1, -3.9]),
        "near": np.array([-3.95, -3.95, -3.95]),  # 0.05 decades worse: within the tolerance
        "uncertain": np.array([-8.0, -1.0, -1.0]),  # mean -3.33, but t = 0.28: cannot be told from the best
    }
    assert good_set(samples, RULE) == ["best", "near", "uncertain"]


def test_single_seeds_and_no_spread_leave_the_tolerance_alone():
    assert good_set({"a": np.array([-3.0]), "b": np.array([-2.95]), "c": np.array([-2.0])}, RULE) == ["a", "b"]
    equal = {"a": np.full(3, -8.0), "b": np.full(3, -7.0), "c": np.full(3, -7.95)}
    assert good_set(equal, RULE) == ["a", "c"]


def test_welch_matches_scipy():
    from scipy import stats

    from llamoco_lib.benchmark.labels import _p_worse

    values, best = np.array([-3.0, -2.5, -4.0, -3.3]), np.array([-4.0, -3.9, -4.4])
    expected = stats.ttest_ind(values, best, equal_var=False, alternative="greater").pvalue
    assert _p_worse(values, best) == pytest.approx(expected)


def test_portfolio_covers_greedily_then_orders_by_mean():
    good_sets = {"p1": ["a", "b"], "p2": ["b"], "p3": ["b", "c"], "p4": ["c"], "p5": ["a"]}
    # b covers p1 p2 p3; of p4, p5 then a and c cover one each and c has the better mean; then a; d covers nothing.
    means = {"a": -1.0, "b": -2.0, "c": -3.0, "d": -9.0}
    assert portfolio(good_sets, means) == ["b", "c", "a", "d"]


def test_portfolio_ties_fall_to_the_mean_then_to_the_name():
    good_sets = {"p1": ["a"], "p2": ["b"], "p3": ["c"]}
    assert portfolio(good_sets, {"c": -1.0, "b": -1.0, "a": -1.0}) == ["a", "b", "c"]
    assert portfolio(good_sets, {"a": -1.0, "b": -5.0, "c": -2.0}) == ["b", "c", "a"]


def runs_of(problem, values, purpose="label", status="ok"):
    return [
        {
            "problem_id": problem.id,
            "configuration": configuration.key,
            "purpose": purpose,
            "repetition": repetition,
            "best_value": value,
            "status": status,
        }
        for configuration, per_seed in values.items()
        for repetition, value in enumerate(per_seed)
    ]


@pytest.fixture
def instances(problems):
    return [
        dataclasses.replace(problems[0], id=f"q{i}", f0=1.0, split=s) for i, s in enumerate(["train"] * 3 + ["eval"])
    ]


def test_labels_worked_by_hand(instances):
    # Log-regrets are the exponents. q0: A best alone. q1: A and B equal. q2: B best alone. q3 (eval): B and C equal.
    values = [
        {A: [1e-4, 1e-4], B: [1e-2, 1e-2], C: [1e-1, 1e-1]},
        {A: [1e-3, 1e-3], B: [1e-3, 1e-3], C: [1e-1, 1e-1]},
        {A: [1e-1, 1e-1], B: [1e-5, 1e-5], C: [1e-1, 1e-1]},
        {A: [1e-1, 1e-1], B: [1e-6, 1e-6], C: [1e-6, 1e-6]},
    ]
    rows = [row for problem, table in zip(instances, values, strict=True) for row in runs_of(problem, table)]
    # A score run that solves q2 with C must not touch the labels.
    rows += runs_of(instances[2], {C: [0.0]}, purpose="score")
    table, order, sbs = label_table(instances, pd.DataFrame(rows), [C, B, A], RULE)
    # Train means: A (4+3+1)/3 = -2.67, B (2+3+5)/3 = -3.33, C -1. A and B are good on two of three each: B is first.
    assert order == [B.key, A.key, C.key]
    assert sbs == B.key
    assert table["label"].tolist() == [A.key, B.key, B.key, B.key]
    assert table["argmax_label"].tolist() == [A.key, B.key, B.key, C.key]  # the first of equals in the order C, B, A
    assert table["good_set"].tolist() == [[A.key], [B.key, A.key], [B.key], [B.key, C.key]]
    assert table["label_log_regret"].tolist() == pytest.approx([-4.0, -3.0, -5.0, -6.0])
    assert set(table["f_star_source"]) == {"closed form"}
    assert list(table.columns) == [
        "problem_id",
        "group",
        "split",
        "optimizer",
        "label",
        "argmax_label",
        "good_set",
        "f0",
        "f_star",
        "f_star_source",
        "label_log_regret",
    ]


def test_a_failed_run_counts_as_no_progress_whatever_it_found(instances):
    rows = [row for p in instances for row in runs_of(p, {A: [1e-3]}) + runs_of(p, {B: [1e-8]}, status="failed")]
    table, _, sbs = label_table(instances, pd.DataFrame(rows), [A, B], RULE)
    assert sbs == A.key
    assert set(table["label"]) == {A.key}


def test_labels_need_a_train_problem(instances):
    only_eval = instances[3:]
    with pytest.raises(ValueError, match="train"):
        label_table(only_eval, pd.DataFrame(runs_of(only_eval[0], {A: [0.1]})), [A], RULE)


@pytest.mark.parametrize(
    ("reference", "score", "expected"),
    [(0.2, 0.3, (0.2, "reference run")), (0.4, 0.1, (0.1, "best run")), (np.inf, np.inf, (0.5, "best run"))],
)
def test_f_star_without_closed_form_is_the_best_of_all_runs(instances, reference, score, expected):
    problem = dataclasses.replace(instances[0], optimum=None)
    rows = runs_of(problem, {A: [0.5]}) + runs_of(problem, {A: [reference]}, "reference")
    assert f_star(problem, pd.DataFrame(rows + runs_of(problem, {A: [score]}, "score"))) == expected


def test_f_star_is_never_worse_than_f0_and_needs_one(instances):
    problem = dataclasses.replace(instances[0], optimum=None)
    assert f_star(problem, pd.DataFrame(runs_of(problem, {A: [np.inf]}))) == (1.0, "best run")
    with pytest.raises(ValueError, match="q0 has no f0"):
        f_star(dataclasses.replace(problem, f0=None), pd.DataFrame(runs_of(problem, {A: [1.0]})))


@pytest.mark.parametrize("group", GROUPS)
def test_reference_solvers_are_of_their_group_a_global_and_a_local_one(group):
    solvers = reference_solvers(group)
    assert {optimizer(configuration.optimizer).group for configuration in solvers} == {group}
    assert len(solvers) == 2 and sum(solvers.values()) == 3
    assert any(configuration.optimizer.startswith("multistart_") for configuration in solvers)
