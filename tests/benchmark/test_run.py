"""One run: truth of the evaluator, seeds of the unit, failures recorded, the wall limit, the cap."""

import time

import pytest

from llamoco_lib import seeds
from llamoco_lib.benchmark import configurations, run_configuration
from llamoco_lib.benchmark.run import run_source
from llamoco_lib.optimizers import Configuration, load, program
from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator
from llamoco_lib.problems.evaluator import evaluator_of

HEAD = "import numpy as np\ndef optimize(objective, constraints, seed):\n"


@pytest.mark.parametrize(("index", "key"), [(0, "samr_ga"), (2, "multistart_l_bfgs_b"), (1, "multistart_slsqp")])
def test_a_row_says_what_the_same_program_reaches_by_hand(problems, index, key):
    problem, configuration = problems[index], Configuration(key)
    row = run_configuration(problem, configuration, 7, "label", 3, 30.0)
    source = program(configuration, problem.dimension, problem.lower, problem.upper, problem.budget)
    counting = CountingEvaluator(evaluator_of(problem))
    seed = seeds.integer(7, "label", problem.id, configuration.key, 3)
    with pytest.raises(BudgetExhausted):
        load(source)(counting.objective, counting.constraints if problem.constraints else None, seed)
    result = counting.result()
    assert (row["best_value"], row["fes"], tuple(row["trace"])) == (result.best_value, result.fes, result.trace)
    assert row["status"] == "ok" and row["fes"] == problem.budget
    assert (row["problem_id"], row["configuration"], row["purpose"]) == (problem.id, configuration.key, "label")


def test_a_failure_is_recorded_with_its_reason_and_what_was_seen(problems):
    source = HEAD + "    objective(np.zeros(2))\n    return 1 / 0\n"
    row = run_source(evaluator_of(problems[0]), source, 1, 30.0)
    assert row["status"] == "failed" and row["fes"] == 1
    assert row["reason"] == "ZeroDivisionError: division by zero (optimize, line 4)"


@pytest.mark.parametrize("source", ["def optimize(:", "import no_such_library", "x = 1"])
def test_a_program_that_does_not_load_is_a_failure_too(problems, source):
    row = run_source(evaluator_of(problems[0]), source, 1, 30.0)
    assert row["status"] == "failed" and row["reason"] and row["fes"] == 0


@pytest.mark.parametrize("body", ["    while True:\n        pass\n", "    import time\n    time.sleep(60)\n"])
def test_the_wall_limit_stops_a_stuck_program(problems, body):
    started = time.perf_counter()
    row = run_source(evaluator_of(problems[0]), HEAD + body, 1, 0.3)
    assert row["status"] == "timeout" and "0.3 s" in row["reason"]
    assert time.perf_counter() - started < 5.0


def test_the_wall_limit_stops_a_program_that_swallows_exceptions_once(problems):
    loop = "    while True:\n        pass\n"
    body = "    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n" + loop
    assert run_source(evaluator_of(problems[0]), HEAD + body, 1, 0.3)["status"] == "timeout"


def test_the_cap_ends_a_run_early_and_a_factor_makes_it_longer(problems):
    configuration = Configuration("samr_ga")
    capped = run_configuration(problems[0], configuration, 7, "label", 0, 30.0, fes_cap=60)
    longer = run_configuration(problems[0], configuration, 7, "reference", 0, 30.0, budget_factor=10)
    assert capped["fes"] == 60
    assert longer["fes"] == 10 * problems[0].budget


def test_configurations_expand_names_and_keep_single_ones():
    keys = [c.key for c in configurations(["samr_ga", "glpso(NP=20)"], "unconstrained", "small")]
    assert keys[0] == Configuration("samr_ga").key
    assert keys[-1] == Configuration("glpso", {"NP": 20}).key
    assert sum(key.startswith("glpso") for key in keys) == 1
    with pytest.raises(ValueError, match="slsqp.*constrained group"):
        configurations(["slsqp"], "unconstrained", "default")
