import numpy as np
import pytest

from llamoco_lib.problems import feasibility
from llamoco_lib.problems.constraints import around
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem

methods = pytest.mark.parametrize("method", feasibility.METHODS)


def evaluator(*constraints, dimension=6):
    return evaluator_of(
        Problem("f", "basic", dimension, -20.0, 20.0, (Component("sphere"),), 100, 1, constraints=constraints)
    )


def mixed(dimension=6):
    """An inequality, and an equality that no random start meets, around one point."""
    generator = np.random.default_rng(dimension)
    upper = np.full(dimension, 20.0)
    point = generator.uniform(-16, 16, dimension)
    families = ("sine_sum", "eq_sphere")
    return evaluator(*(around(f, point, -upper, upper, True, generator) for f in families), dimension=dimension)


@methods
@pytest.mark.parametrize("dimension", [5, 20])
def test_every_method_finds_feasible_points_and_keeps_to_the_box(method, dimension):
    found = [feasibility.feasible_point(mixed(dimension), seed, method) for seed in range(1, 9)]
    points = [point for point in found if point is not None]
    assert len(points) >= 4
    for point in points:
        assert feasibility.is_feasible(mixed(dimension), point)
        assert np.all(np.abs(point) <= 20.0)


@methods
def test_the_seed_decides_everything(method):
    first, again = (feasibility.feasible_point(mixed(), 3, method) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, feasibility.feasible_point(mixed(), 4, method))


def test_runs_cycle_through_the_methods(monkeypatch):
    asked = []

    def failing(name):
        def method(scaled, start, seed):
            asked.append((name, seed))
            return start

        return method

    monkeypatch.setattr(feasibility, "METHODS", {name: failing(name) for name in feasibility.METHODS})
    assert feasibility.search(mixed(), 1, 7) is None
    names = list(feasibility.METHODS)
    assert [name for name, _ in asked] == [*names, *names, names[0]]
    assert len({seed for _, seed in asked}) == 7


def test_what_was_found_says_how():
    found = feasibility.search(mixed(), 1, 10)
    again = feasibility.feasible_point(mixed(), found.seed, found.method)
    np.testing.assert_array_equal(again, found.point)
    assert found.run >= 1
    easy = feasibility.search(evaluator(Constraint("linear_sum", {"b": 119.0})), 1, 10)
    assert (easy.method, easy.run) == (feasibility.START, 1)


def test_more_runs_do_not_change_what_is_found():
    few, many = (feasibility.search(mixed(), 5, runs) for runs in (10, 50))
    assert (few.run, few.method, few.seed) == (many.run, many.method, many.seed)
    np.testing.assert_array_equal(few.point, many.point)


def test_an_infeasible_problem_ends_without_a_point():
    contradiction = evaluator(Constraint("linear_sum", {"b": -5.0}), Constraint("outside_l1", {"b": 121.0}))
    assert feasibility.search(contradiction, 1, 4) is None


def test_derivatives_are_those_of_the_constraints():
    problem = evaluator(Constraint("ball", {"c": 1.0, "r": 4.0}), Constraint("eq_sum", {"b": 2.0}))
    x = np.array([20.0, -20.0, 3.0, 0.0, -1.0, 5.0])  # on the bounds too
    scaled = feasibility._Scaled(problem, x)
    g, h = problem.constraints(x)
    shortfall, of_g, of_h = scaled.derivatives(x)
    np.testing.assert_allclose(of_g, 2 * (x - 1.0)[None, :] / abs(g), rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(of_h, np.ones((1, 6)) / max(abs(h[0]), 1.0), rtol=1e-6)
    np.testing.assert_allclose(shortfall, 1.0 + feasibility.TARGET_SLACK)
