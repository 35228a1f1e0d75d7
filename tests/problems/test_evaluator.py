import dataclasses

import numpy as np
import pytest

from llamoco_lib.problems import transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem

D = 6


def problem(kind, *components, constraints=(), rotation=2):
    permutation = 3 if kind == "hybrid" else None
    return Problem("e", kind, D, -5.0, 5.0, components, 100, 1, rotation, permutation, constraints)


CASES = [problem("basic", Component(name)) for name in FUNCTIONS] + [
    problem("basic", Component("griewank"), rotation=None),
    problem("composition", Component("ackley", 0.3), Component("sphere", 0.5), Component("levy", 0.9)),
    problem("hybrid", Component("rosenbrock", 1.0, 0, 2), Component("katsuura", 1.0, 2, 6)),
]
cases = pytest.mark.parametrize("case", CASES, ids=lambda c: "-".join([c.kind, *(k.function for k in c.components)]))


@cases
def test_optimum_is_zero_at_the_shift(case):
    evaluator = evaluator_of(case)
    assert evaluator.objective(transforms.shift(case)) == pytest.approx(0.0, abs=1e-9)
    points = np.random.default_rng(0).uniform(-5, 5, (200, D))
    assert np.all(evaluator.objective(points) > 0.0)


@cases
def test_batch_equals_single_rows(case):
    evaluator = evaluator_of(case)
    points = np.random.default_rng(1).uniform(-5, 5, (20, D))
    batch = evaluator.objective(points)
    assert batch.shape == (20,)
    assert batch.dtype == np.float64
    singles = [evaluator.objective(point) for point in points]
    assert all(isinstance(value, float) for value in singles)
    np.testing.assert_allclose(batch, singles, rtol=1e-9)


def test_composition_is_the_weighted_sum_of_its_functions():
    case = problem("composition", Component("ackley", 0.3), Component("sphere", 0.5))
    x = np.random.default_rng(2).uniform(-5, 5, D)
    z = transforms.rotation(case).T @ (x - transforms.shift(case))
    expected = 0.3 * FUNCTIONS["ackley"].kernel(z[None])[0] + 0.5 * FUNCTIONS["sphere"].kernel(z[None])[0]
    assert evaluator_of(case).objective(x) == pytest.approx(expected, rel=1e-12)


def test_hybrid_sums_its_functions_over_segments():
    case = problem("hybrid", Component("rosenbrock", 1.0, 0, 2), Component("discus", 1.0, 2, 6))
    x = np.random.default_rng(3).uniform(-5, 5, D)
    y = (transforms.rotation(case).T @ (x - transforms.shift(case)))[transforms.permutation(case)]
    expected = FUNCTIONS["rosenbrock"].kernel(y[None, :2])[0] + FUNCTIONS["discus"].kernel(y[None, 2:])[0]
    assert evaluator_of(case).objective(x) == pytest.approx(expected, rel=1e-12)


def test_constraints_by_kind_in_the_order_of_the_spec():
    constraints = (
        Constraint("linear_sum", {"b": 1.0}),
        Constraint("eq_sum", {"b": 2.0}),
        Constraint("ball", {"c": 0.0, "r": 3.0}),
    )
    evaluator = evaluator_of(problem("basic", Component("sphere"), constraints=constraints))
    assert (evaluator.n_inequality, evaluator.n_equality) == (2, 1)
    x = np.arange(6.0)
    g, h = evaluator.constraints(x)
    np.testing.assert_allclose(g, [14.0, 52.0])
    np.testing.assert_allclose(h, [13.0])
    batch_g, batch_h = evaluator.constraints(np.array([x, x, x]))
    assert batch_g.shape == (3, 2)
    assert batch_h.shape == (3, 1)
    np.testing.assert_allclose(batch_g[2], g)


def test_bounds_by_coordinate():
    case = dataclasses.replace(problem("basic", Component("sphere")), lower=(-1.0,) * D, upper=tuple(range(1, D + 1)))
    evaluator = evaluator_of(case)
    np.testing.assert_array_equal(evaluator.upper, np.arange(1.0, D + 1))
    assert np.all(transforms.shift(case) < evaluator.upper)


@pytest.mark.parametrize(
    ("case", "names"),
    [
        (problem("basic", Component("spheer")), ["spheer", "sphere"]),
        (problem("basic", Component("sphere"), constraints=(Constraint("disc", {}),)), ["disc", "ball"]),
        (problem("basic", Component("sphere"), constraints=(Constraint("ball", {"r": 1.0}),)), ["ball", "c, r"]),
    ],
)
def test_a_wrong_spec_is_named(case, names):
    with pytest.raises(ValueError) as error:
        evaluator_of(case)
    assert all(name in str(error.value) for name in [*names, "problem e"])
