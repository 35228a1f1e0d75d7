import dataclasses
import itertools

import numpy as np
import pytest
from reference_functions import REFERENCES

from llamoco_lib.problems import kernels, transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem

D = 6


def problem(kind, *components, constraints=(), shift=1, rotation=2, dimension=D):
    permutation = 3 if kind == "hybrid" else None
    return Problem("e", kind, dimension, -5.0, 5.0, components, 100, shift, rotation, permutation, constraints)


def plain_numpy(case, x):
    """The objective as the spec states it, of the reference functions."""
    z = x - transforms.shift(case)
    if case.rotation_seed is not None:
        z = z @ transforms.rotation(case)
    if case.permutation_seed is not None:
        z = z[:, transforms.permutation(case)]
    return sum(
        part.weight * REFERENCES[part.function](z[:, part.start : part.stop] if case.kind == "hybrid" else z)
        for part in case.components
    )


BASIC = [problem("basic", Component(name)) for name in FUNCTIONS]
COMPOSITION = problem("composition", Component("ackley", 0.3), Component("sphere", 0.5), Component("levy", 0.9))
HYBRID = problem("hybrid", Component("rosenbrock", 1.0, 0, 2), Component("katsuura", 1.0, 2, 6))
FIVE = problem(
    "hybrid",
    *(Component(name, 0.2 * k + 0.1, 10 * k, 10 * k + 10) for k, name in enumerate(["ellipsoid", "hgbat", "step"])),
    *(Component("griewank", 0.7, 30, 33), Component("schaffer_f7", 1.0, 33, 50)),
    dimension=50,
)
CASES = [*BASIC, COMPOSITION, HYBRID, FIVE]


def label(case):
    return "-".join([case.kind, *(part.function for part in case.components)])


cases = pytest.mark.parametrize("case", CASES, ids=label)


@cases
def test_optimum_is_zero_at_the_shift(case):
    evaluator = evaluator_of(case)
    assert evaluator.objective(transforms.shift(case)) == pytest.approx(0.0, abs=1e-9)
    points = np.random.default_rng(0).uniform(-5, 5, (200, case.dimension))
    assert np.all(evaluator.objective(points) > 0.0)


@pytest.mark.parametrize("case", [COMPOSITION, HYBRID, FIVE, *BASIC[::6]], ids=label)
@pytest.mark.parametrize(("shift", "rotation"), list(itertools.product([None, 1], [None, 2])))
def test_objective_equals_plain_numpy(case, shift, rotation):
    case = dataclasses.replace(case, shift_seed=shift, rotation_seed=rotation)
    x = np.random.default_rng(2).uniform(-5, 5, (150, case.dimension))
    np.testing.assert_allclose(evaluator_of(case).objective(x), plain_numpy(case, x), rtol=1e-11)


@cases
def test_a_point_has_the_same_value_alone_and_in_any_batch(case):
    evaluator = evaluator_of(case)
    points = np.random.default_rng(1).uniform(-5, 5, (2 * kernels.BLOCK + 3, case.dimension))
    batch = evaluator.objective(points)
    assert batch.shape == (len(points),)
    assert batch.dtype == np.float64
    singles = [evaluator.objective(point) for point in points]
    assert all(type(value) is float for value in singles)
    np.testing.assert_array_equal(batch, singles)


X = np.random.default_rng(4).integers(-5, 6, (8, D)).astype(float)
FROZEN = X.copy()
FROZEN.flags.writeable = False


@pytest.mark.parametrize(
    "x",
    [X.astype(np.float32), X.astype(int), np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2], FROZEN, X.tolist()],
    ids=["float32", "int", "Fortran order", "strided", "read-only", "list"],
)
def test_any_real_array_is_taken_left_alone_and_compiles_nothing(x):
    evaluator = evaluator_of(dataclasses.replace(HYBRID, constraints=(Constraint("ball", {"c": 0.0, "r": 3.0}),)))
    before, expected = np.array(x), evaluator.objective(X)
    np.testing.assert_array_equal(evaluator.objective(x), expected)
    np.testing.assert_array_equal([evaluator.objective(row) for row in x], expected)
    np.testing.assert_array_equal(evaluator.constraints(x)[0], evaluator.constraints(X)[0])
    np.testing.assert_array_equal(before, x)
    assert len(kernels.objective.signatures) == 1


@pytest.mark.parametrize("shape", [(D - 1,), (D + 1,), (3, D - 1), (2, 3, D), ()])
def test_another_shape_is_refused(shape):
    for method in (evaluator_of(HYBRID).objective, evaluator_of(HYBRID).constraints):
        with pytest.raises(ValueError, match=rf"problem e takes \({D},\) or \(n, {D}\)"):
            method(np.zeros(shape))


def test_no_points_have_no_values():
    assert evaluator_of(HYBRID).objective(np.empty((0, D))).shape == (0,)


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


def test_without_constraints_there_are_none():
    g, h = evaluator_of(HYBRID).constraints(np.zeros((3, D)))
    assert g.shape == h.shape == (3, 0)


def test_bounds_by_coordinate():
    case = dataclasses.replace(problem("basic", Component("sphere")), lower=(-1.0,) * D, upper=tuple(range(1, D + 1)))
    evaluator = evaluator_of(case)
    np.testing.assert_array_equal(evaluator.upper, np.arange(1.0, D + 1))
    assert np.all(transforms.shift(case) < evaluator.upper)


@pytest.mark.parametrize(
    ("case", "names"),
    [
        (problem("basic", Component("spheer")), ["spheer", "sphere"]),
        (problem("hybrid", Component("sphere", 1.0, 0, 7)), ["[0, 7)", "two or more of the 6"]),
        (problem("hybrid", Component("sphere", 1.0, 2, 3)), ["[2, 3)", "two or more of the 6"]),
        (problem("basic", Component("sphere"), constraints=(Constraint("disc", {}),)), ["disc", "ball"]),
        (problem("basic", Component("sphere"), constraints=(Constraint("ball", {"r": 1.0}),)), ["ball", "c, r"]),
    ],
)
def test_a_wrong_spec_is_named(case, names):
    with pytest.raises(ValueError) as error:
        evaluator_of(case)
    assert all(name in str(error.value) for name in [*names, "problem e"])
