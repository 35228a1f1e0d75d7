import dataclasses

import numpy as np
import pytest

from llamoco_lib.problems import feasibility, quality, transforms
from llamoco_lib.problems.constraints import rounded
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import FEASIBILITY_TOLERANCE, Component, Constraint, Problem

PLAIN = Problem("q", "basic", 4, -5.0, 5.0, (Component("ackley"),), 100, shift_seed=5, rotation_seed=6)


def constrained(*constraints, problem=PLAIN):
    return dataclasses.replace(problem, constraints=constraints)


def test_f0_without_constraints_is_the_best_of_twenty_seeded_points():
    verdict = quality.check(PLAIN, 1, 5)
    assert (verdict.reason, verdict.optimum) == ("", 0.0)
    again = quality.check(dataclasses.replace(PLAIN), 1, 5)
    assert again.f0 == verdict.f0
    assert quality.check(PLAIN, 2, 5).f0 != verdict.f0
    evaluator = evaluator_of(PLAIN)
    values = evaluator.objective(np.random.default_rng(0).uniform(-5, 5, (20000, 4)))
    assert values.min() < verdict.f0 < np.quantile(values, 0.5)


def test_f0_with_constraints_is_the_value_of_a_feasible_point():
    total = float(transforms.shift(PLAIN).sum())
    problem = constrained(
        Constraint("eq_sum", {"b": rounded(total - 3.0)}), Constraint("ball", {"c": 0.0, "r": 60.0})
    )
    verdict = quality.check(problem, 1, 5)
    assert verdict.reason == ""
    assert verdict.optimum is None
    evaluator = evaluator_of(problem)
    method = "least squares" if verdict.method == feasibility.START else verdict.method
    point = feasibility.feasible_point(evaluator, verdict.seed, method)
    g, h = evaluator.constraints(point)
    assert np.all(g <= 0)
    assert np.all(np.abs(h) <= FEASIBILITY_TOLERANCE)
    assert verdict.f0 == evaluator.objective(point)
    assert 1 <= verdict.run <= 5
    assert quality.check(problem, 1, 5) == verdict
    assert quality.check(problem, 2, 5).seed != verdict.seed


def test_what_is_judged_before_the_search_is_part_of_the_whole():
    assert quality.check_before_search(PLAIN, 1) == quality.check(PLAIN, 1, 5)
    problem = constrained(Constraint("ball", {"c": 0.0, "r": 1.0}))
    before = quality.check_before_search(problem, 1)
    assert (before.reason, before.f0, before.run) == ("", None, None)
    loose = constrained(Constraint("ball", {"c": 0.0, "r": 500.0}))
    assert quality.check_before_search(loose, 1).reason == quality.check(loose, 1, 5).reason != ""


def test_contradicting_constraints_are_rejected():
    verdict = quality.check(
        constrained(Constraint("linear_sum", {"b": -5.0}), Constraint("eq_sum", {"b": 5.0})), 1, 4
    )
    assert verdict.reason == "no feasible point found in 4 runs"


def test_constraints_that_no_point_of_the_box_meets_are_rejected():
    verdict = quality.check(constrained(Constraint("outside_ball", {"c": 0.0, "r": 101.0})), 1, 4)
    assert verdict.reason == "no feasible point found in 4 runs"


def test_all_inactive_constraints_are_rejected():
    loose = (Constraint("linear_sum", {"b": 50.0}), Constraint("ball", {"c": 0.0, "r": 500.0}))
    assert "all constraints inactive" in quality.check(constrained(*loose), 1, 4).reason
    cutting = Constraint("linear_sum", {"b": rounded(float(transforms.shift(PLAIN).sum()) - 1.0)})
    assert quality.check(constrained(*loose, cutting), 1, 4).reason == ""


def test_the_optimum_is_closed_form_where_the_shift_is_feasible_and_a_constraint_active():
    level = rounded(float(transforms.shift(PLAIN).sum()), "up")
    verdict = quality.check(constrained(Constraint("linear_sum", {"b": level})), 1, 4)
    assert (verdict.reason, verdict.optimum) == ("", 0.0)


def test_an_objective_that_is_solved_far_from_its_optimum_is_rejected():
    problem = dataclasses.replace(
        PLAIN, dimension=20, components=(Component("schwefel_2_22"),), lower=-100.0, upper=100.0
    )
    assert "far from the optimum" in quality.check(problem, 1, 4).reason
    assert quality.check(dataclasses.replace(problem, dimension=4), 1, 4).reason == ""


@pytest.mark.parametrize(
    ("low", "high", "reason"),
    [(1e-9, 1.0, "already the optimum"), (1.0, np.inf, "not finite"), (3.0, 3.0, "all the same value")],
)
def test_a_start_with_nothing_to_gain_is_rejected(monkeypatch, low, high, reason):
    class Odd:
        dimension, lower, upper = 4, np.full(4, -5.0), np.full(4, 5.0)

        def objective(self, x):
            values = np.where(np.atleast_2d(x)[:, 0] > 0.0, high, low)
            return float(values[0]) if x.ndim == 1 else values

    monkeypatch.setattr(quality, "evaluator_of", lambda problem: Odd())
    assert reason in quality.check(PLAIN, 1, 4).reason


def test_a_feasible_point_on_the_floor_of_the_objective_is_rejected(monkeypatch):
    problem = constrained(Constraint("eq_sum", {"b": rounded(float(transforms.shift(PLAIN).sum()))}))
    at_optimum = feasibility.Found(transforms.shift(PLAIN), 3, "SLSQP", 7)
    monkeypatch.setattr(feasibility, "search", lambda evaluator, root, runs: at_optimum)
    assert quality.check(problem, 1, 4).reason == "start value is already the optimum"
