import dataclasses

import numpy as np
import pytest

from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator, trace_fes
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem

PLAIN = Problem("k", "basic", 3, -5.0, 5.0, (Component("sphere"),), 20)
CONSTRAINED = dataclasses.replace(
    PLAIN, constraints=(Constraint("linear_sum", {"b": 0.0}), Constraint("eq_alternating", {"b": 0.0}))
)
FEASIBLE, INFEASIBLE = np.array([-1.0, -2.0, -1.0]), np.array([1.0, 1.0, 1.0])


def counting(problem=PLAIN, budget=None):
    return CountingEvaluator(evaluator_of(problem), budget)


class Stub:
    """An evaluator of one coordinate of the point, to feed it any value."""

    id, dimension, budget, n_inequality, n_equality = "stub", 2, 50, 1, 0
    lower, upper = np.full(2, -1.0), np.full(2, 1.0)

    def __init__(self, value, g=-1.0):
        self.value, self.g = value, g

    def objective(self, x):
        return self.value if x.ndim == 1 else np.full(len(x), self.value)

    def constraints(self, x):
        return np.full((*x.shape[:-1], 1), self.g), np.empty((*x.shape[:-1], 0))


def test_every_point_costs_one_fe():
    run = counting()
    points = np.random.default_rng(0).uniform(-5, 5, (7, 3))
    for point in points[:4]:
        assert isinstance(run.objective(point), float)
    values = run.objective(points[4:])
    assert values.shape == (3,)
    assert run.result().fes == 7
    assert run.result().best_value == pytest.approx(min((points**2).sum(axis=1)))


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("first", ["objective", "constraints"])
def test_a_repeat_is_free_whichever_is_asked_first(first, batch):
    run = counting(CONSTRAINED)
    x = np.array([FEASIBLE, INFEASIBLE]) if batch else FEASIBLE
    second = {"objective": "constraints", "constraints": "objective"}[first]
    for name in (first, second, first, second):
        getattr(run, name)(x)
    assert run.result().fes == (2 if batch else 1)
    getattr(run, first)(x + 0.5)
    getattr(run, first)(x)
    assert run.result().fes == (6 if batch else 3)


def test_budget_ends_on_the_fe_for_single_points():
    run = counting()
    for i in range(20):
        run.objective(np.full(3, i / 10))
    assert run.objective(np.full(3, 1.9)) == pytest.approx(3 * 1.9**2)  # the last one again: free
    with pytest.raises(BudgetExhausted):
        run.objective(np.zeros(3))
    assert run.result().fes == 20
    assert run.result().best_value == 0.0  # from i = 0, not from the refused one


def test_a_batch_across_the_budget_counts_its_first_points_and_then_ends():
    run = counting()
    run.objective(np.full((15, 3), 4.0))
    rows = np.full((8, 3), 3.0)
    rows[4], rows[5] = 1.0, 0.0  # the fifth is the last affordable one, the sixth is not
    with pytest.raises(BudgetExhausted):
        run.objective(rows)
    assert run.result().fes == 20
    assert run.result().best_value == 3.0
    with pytest.raises(BudgetExhausted):
        run.objective(rows)
    assert run.result().fes == 20


def test_except_exception_does_not_swallow_the_end_of_the_budget():
    run = counting(budget=1)
    run.objective(np.zeros(3))
    with pytest.raises(BudgetExhausted):
        try:
            run.objective(np.ones(3))
        except Exception:
            pytest.fail("swallowed")


def test_points_outside_are_projected_on_the_box():
    run = counting()
    assert run.objective(np.array([-9.0, 0.0, 100.0])) == 50.0
    assert run.result().best_point == (-5.0, 0.0, 5.0)
    assert run.objective(np.array([-7.0, 0.0, 5.0])) == 50.0  # the same point once projected
    assert run.result().fes == 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("batch", [False, True])
def test_a_value_that_is_not_finite_counts_as_inf(value, batch):
    run = CountingEvaluator(Stub(value))
    x = np.zeros((3, 2)) if batch else np.zeros(2)
    assert np.all(np.asarray(run.objective(x)) == np.inf)
    assert run.result().best_value == np.inf
    assert not run.result().feasible


@pytest.mark.parametrize("batch", [False, True])
def test_a_constraint_that_is_not_a_number_is_violated(batch):
    run = CountingEvaluator(Stub(1.0, g=np.nan))
    g, _ = run.constraints(np.zeros((3, 2)) if batch else np.zeros(2))
    assert np.all(g == np.inf)
    assert run.result().violation == np.inf
    assert not run.result().feasible


def test_a_point_that_is_not_a_number_counts_as_inf():
    run = counting()
    assert run.objective(np.array([np.nan, 0.0, 0.0])) == np.inf
    assert run.result().fes == 1


def test_only_feasible_points_are_best():
    run = counting(CONSTRAINED)
    run.objective(INFEASIBLE)
    result = run.result()
    assert (result.best_value, result.feasible) == (np.inf, False)
    assert result.violation == pytest.approx(3.0 + 1.0 - 1e-4)
    assert result.best_point == tuple(INFEASIBLE)
    run.objective(FEASIBLE)
    run.objective(np.zeros(3) + 0.01)
    result = run.result()
    assert (result.best_value, result.feasible, result.violation) == (6.0, True, 0.0)
    assert result.best_point == tuple(FEASIBLE)


def test_an_equality_holds_within_its_tolerance():
    run = counting(CONSTRAINED)
    run.objective(FEASIBLE + np.array([0.9e-4, 0.0, 0.0]))
    assert run.result().feasible
    run = counting(CONSTRAINED)
    run.objective(FEASIBLE + np.array([1.1e-4, 0.0, 0.0]))
    assert not run.result().feasible
    assert run.result().violation == pytest.approx(0.1e-4, rel=1e-6)


@pytest.mark.parametrize("problem", [PLAIN, CONSTRAINED], ids=["unconstrained", "constrained"])
@pytest.mark.parametrize("sizes", [[1] * 200, [200], [3, 1, 50, 1, 1, 100, 44]], ids=["points", "batch", "mixed"])
def test_trace_is_the_running_best_however_points_arrive(problem, sizes):
    generator = np.random.default_rng(7)
    points = generator.uniform(-5, 5, (200, 3))
    points[::3] = FEASIBLE * generator.uniform(0, 2, (67, 1))
    run = counting(problem, budget=200)
    for chunk in np.split(points, np.cumsum(sizes)[:-1]):
        run.objective(chunk[0] if len(chunk) == 1 else chunk)
    values = (points**2).sum(axis=1)
    if problem.constraints:
        balance = points @ np.array([-1.0, 1.0, -1.0])
        values = np.where((points.sum(axis=1) <= 0) & (np.abs(balance) <= 1e-4), values, np.inf)
    best = np.minimum.accumulate(values)
    np.testing.assert_allclose(run.result().trace, [best[fes - 1] for fes in trace_fes(200)])


def test_a_run_that_ends_early_keeps_its_last_value_in_the_trace():
    run = counting()
    run.objective(np.ones(3))
    assert run.result().trace == (3.0,) * len(trace_fes(20))
    assert counting().result().trace == (np.inf,) * len(trace_fes(20))


@pytest.mark.parametrize("budget", [1, 2, 20, 1000, 50000])
def test_trace_fes_run_from_one_to_the_budget(budget):
    fes = trace_fes(budget)
    assert fes[0] == 1
    assert fes[-1] == budget
    assert list(fes) == sorted(set(fes))
    assert len(fes) <= 30


@pytest.mark.parametrize("shape", [(), (2,), (4,), (3, 1), (5, 2), (1, 1, 3)])
def test_a_wrong_shape_is_an_error_and_costs_nothing(shape):
    run = counting()
    with pytest.raises(ValueError, match=r"problem k takes \(3,\) or \(n, 3\)"):
        run.objective(np.zeros(shape))
    assert run.result().fes == 0


def test_an_empty_batch_costs_nothing():
    run = counting(CONSTRAINED)
    assert run.objective(np.empty((0, 3))).shape == (0,)
    g, h = run.constraints(np.empty((0, 3)))
    assert (g.shape, h.shape) == ((0, 1), (0, 1))
    assert run.result().fes == 0


def test_what_the_caller_does_to_its_arrays_changes_nothing():
    run = counting(CONSTRAINED)
    x = np.array([FEASIBLE, INFEASIBLE])
    values = run.objective(x)
    values[:] = -1.0
    g, _ = run.constraints(x)
    g[:] = -9.0
    x[:] = 0.0
    assert run.result().best_value == 6.0
    assert run.result().best_point == tuple(FEASIBLE)
    np.testing.assert_allclose(run.objective(np.array([FEASIBLE, INFEASIBLE])), [6.0, 3.0])


def test_a_budget_below_one_is_refused():
    with pytest.raises(ValueError, match="must be at least 1"):
        counting(budget=0)
