"""Every program of the pool, by listing the pool: it keeps the contract and is a real optimizer."""

import contextlib

import numpy as np
import pytest
import threadpoolctl

from llamoco_lib.optimizers import Configuration, grid, load, pool, program
from llamoco_lib.problems import transforms
from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem

ONE_START = {"slsqp"}  # the paper's single local search: it stops when it has converged
PER_COORDINATE = ((-5.0, -1.0, -90.0, -3.0, -20.0), (5.0, 1.0, 100.0, 3.0, 20.0))
INSIDE = Constraint("linear_sum", {"b": 1.0})
BALL = Constraint("ball", {"c": 0.5, "r": 9.0})
EQUAL = Constraint("eq_sum", {"b": 0.7})


def instance(name, dimension, function, budget, constraints=(), lower=-5.0, upper=5.0):
    return Problem(
        id=name,
        kind="basic",
        dimension=dimension,
        lower=lower,
        upper=upper,
        components=(Component(function),),
        budget=budget,
        shift_seed=11,
        rotation_seed=12,
        constraints=constraints,
        optimum=None if constraints else 0.0,
    )


UNCONSTRAINED = [
    instance("d2", 2, "sphere", 200),
    instance("per-coordinate", 5, "rosenbrock", 400, lower=PER_COORDINATE[0], upper=PER_COORDINATE[1]),
    instance("ackley", 10, "ackley", 700),
    instance("d50", 50, "ellipsoid", 1000),
]
CONSTRAINED = [
    instance("d2", 2, "sphere", 200, (INSIDE,)),
    instance("per-coordinate", 5, "ackley", 250, (INSIDE, EQUAL), *PER_COORDINATE),
    instance("equality only", 10, "rosenbrock", 250, (EQUAL,)),
    instance("d50", 50, "sphere", 200, (INSIDE, BALL)),
]
CASES = [
    pytest.param(optimizer.name, problem, id=f"{optimizer.name}-{problem.id}")
    for optimizer in pool()
    for problem in (CONSTRAINED if optimizer.group == "constrained" else UNCONSTRAINED)
]


def run(name, problem, seed):
    """The result of one run, and all points that the program asked for."""
    source = program(Configuration(name), problem.dimension, problem.lower, problem.upper, problem.budget)
    counting = CountingEvaluator(evaluator_of(problem))
    with np.errstate(all="ignore"), threadpoolctl.threadpool_limits(1):  # as in the workers of the benchmark
        try:
            x = load(source)(counting.objective, counting.constraints if problem.constraints else None, seed)
            assert np.shape(x) == (problem.dimension,)
        except BudgetExhausted:
            pass
    return counting.result()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "problem"), CASES)
def test_uses_its_budget_inside_the_box_and_repeats_itself(name, problem):
    result = run(name, problem, seed=3)
    lower, upper = problem.box
    point = np.array(result.best_point)
    assert np.all(point >= lower) and np.all(point <= upper)
    assert result.fes <= problem.budget
    if name not in ONE_START:
        assert result.fes >= 0.9 * problem.budget
    assert run(name, problem, seed=3) == result
    if problem.dimension == 5:
        assert run(name, problem, seed=4).best_point != result.best_point


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [optimizer.name for optimizer in pool()])
def test_is_clearly_better_than_random_search_on_the_sphere(name):
    constrained = next(iter(pool([name]))).group == "constrained"
    problem = instance("sphere", 5, "sphere", 1000, (INSIDE,) if constrained else ())
    evaluator = evaluator_of(problem)
    medians = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        points = rng.uniform(*problem.box, (problem.budget, problem.dimension))
        values = evaluator.objective(points)
        if constrained:
            values = np.where(np.all(evaluator.constraints(points)[0] <= 0, axis=1), values, np.inf)
        medians.append((run(name, problem, seed).best_value, values.min()))
    best = evaluator.objective(problem_optimum(problem)) if constrained else 0.0
    ours, random = np.median(medians, axis=0) - best
    assert ours < 0.5 * random


def problem_optimum(problem):
    """The projection of the sphere's centre on the half-space sum(x) <= 1: its constrained optimum."""
    centre = transforms.shift(problem)
    excess = max(0.0, centre.sum() - INSIDE.parameters["b"])
    return centre - excess / problem.dimension


@pytest.mark.parametrize("optimizer", pool(), ids=lambda optimizer: optimizer.name)
def test_the_source_is_a_self_contained_program(optimizer):
    assert "llamoco_lib" not in optimizer.source
    assert optimizer.source.startswith('"""')
    assert program(grid(optimizer, "default")[0], 10, -5.0, 5.0, 1000) == optimizer.source


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("optimizer", pool(), ids=lambda optimizer: optimizer.name)
def test_every_configuration_of_the_small_grid_runs(optimizer):
    problem = instance("tiny", 3, "sphere", 60, (INSIDE,) if optimizer.group == "constrained" else ())
    for configuration in grid(optimizer, "small"):
        source = program(configuration, problem.dimension, problem.lower, problem.upper, problem.budget)
        counting = CountingEvaluator(evaluator_of(problem))
        with contextlib.suppress(BudgetExhausted):
            load(source)(counting.objective, counting.constraints if problem.constraints else None, 1)
        assert 0 < counting.result().fes <= problem.budget
