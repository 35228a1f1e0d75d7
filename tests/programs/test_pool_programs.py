"""Every program of the pool gives, confined, the numbers that it gave in the benchmark."""

import pytest
import threadpoolctl

from llamoco_lib import optimizers
from llamoco_lib.benchmark.run import run_source
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem
from llamoco_lib.programs.runner import run_program


def problem(group):
    constraints = (Constraint("ball", {"c": 0.5, "r": 9.0}), Constraint("linear_sum", {"b": 2.0}))
    return Problem(
        id="p",
        kind="basic",
        dimension=4,
        lower=-5.0,
        upper=5.0,
        components=(Component("rastrigin"),),
        budget=120,
        shift_seed=3,
        constraints=constraints if group == "constrained" else (),
    )


@pytest.mark.parametrize("optimizer", optimizers.pool(), ids=lambda optimizer: optimizer.name)
def test_confined_equals_benchmark(optimizer):
    instance = problem(optimizer.group)
    configuration = optimizers.grid(optimizer, "default")[0]
    source = optimizers.program(configuration, instance.dimension, instance.lower, instance.upper, instance.budget)
    evaluator = evaluator_of(instance)
    outcome = run_program(evaluator, source, [7])[0]
    with threadpoolctl.threadpool_limits(1):  # as in the workers of the benchmark; two BLAS threads round otherwise
        row = run_source(evaluator, source, 7, wall_seconds=60)
    assert (outcome.status, row["status"]) == ("ok", "ok"), (outcome, row["reason"])
    result = outcome.result
    assert (result.best_value, result.violation, result.fes) == (row["best_value"], row["violation"], row["fes"])
    assert list(result.trace) == row["trace"]
