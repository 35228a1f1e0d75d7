import dataclasses

import numpy as np
import pytest

from benchmarks import constrained_cases
from benchmarks.standard_constrained import standard_problems
from llamoco_lib.benchmark.run import run_source
from llamoco_lib.optimizers import pool

PROBLEMS = standard_problems(budget=1500)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_the_published_point_is_feasible_and_has_the_published_value(problem):
    x = np.array(problem.best_point)
    g, h = problem.constraints(x)
    assert problem.objective(x) == pytest.approx(problem.best_value, abs=1e-9)
    assert np.all(problem.lower <= x) and np.all(x <= problem.upper)
    assert np.all(g <= 1e-9) and np.all(np.abs(h) <= 1e-4 + 1e-9)


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_no_feasible_point_near_the_published_one_is_better(problem):
    rng = np.random.default_rng(5)
    steps = rng.normal(size=(20_000, problem.dimension)) * (problem.upper - problem.lower) * 1e-4
    points = np.clip(problem.best_point + steps, problem.lower, problem.upper)
    g, h = problem.constraints(points)
    feasible = np.all(g <= 0, axis=1) & np.all(np.abs(h) <= 1e-4, axis=1)
    assert feasible.any() or problem.n_equality
    assert np.all(problem.objective(points)[feasible] >= problem.best_value - 1e-9 * abs(problem.best_value))


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_a_batch_has_the_values_of_its_points(problem):
    points = np.random.default_rng(1).uniform(problem.lower, problem.upper, (4, problem.dimension))
    g, h = problem.constraints(points)
    assert g.shape == (4, problem.n_inequality) and h.shape == (4, problem.n_equality)
    for i, point in enumerate(points):
        assert problem.objective(point) == pytest.approx(problem.objective(points)[i])
        assert np.allclose(problem.constraints(point)[0], g[i]) and np.allclose(problem.constraints(point)[1], h[i])


def test_every_constrained_optimizer_has_a_case():
    constrained = {optimizer.name for optimizer in pool() if optimizer.group == "constrained"}
    assert sorted(case.optimizer for case in constrained_cases.cases()) == sorted(constrained)


@pytest.mark.parametrize("case", constrained_cases.cases(), ids=lambda case: case.optimizer)
def test_every_reference_runs_and_finds_feasible_points_within_the_budget(case):
    problem = PROBLEMS["g04"]
    source = constrained_cases.reference_source(case, problem)
    runs = [run_source(problem, source, seed, 60.0) for seed in (1, 2)]
    assert [run["status"] for run in runs] == ["ok", "ok"]
    assert all(run["feasible"] and run["fes"] <= problem.budget for run in runs)
    assert runs[0]["best_value"] != runs[1]["best_value"]
    assert runs[0]["best_value"] == run_source(problem, source, 1, 60.0)["best_value"]
    assert min(run["best_value"] for run in runs) < problem.best_value + 100.0  # 1500 random points: 800 above


def test_verdicts():
    case, problem = constrained_cases.cases()[0], PROBLEMS["g07"]
    good, bad = np.full(8, 1e-6), np.full(8, 1e-2)
    better = constrained_cases.row(case, problem, good, bad)
    assert better["verdict"] == "better" and better["difference"] == pytest.approx(-4.0, abs=0.01)
    assert constrained_cases.row(case, problem, bad, good)["verdict"] == "worse"
    assert constrained_cases.row(case, problem, good, good)["verdict"] == "same"
    assert constrained_cases.row(case, problem, 1.1 * good, good)["verdict"] == "same"
    mixed = np.array([1e-6, 1e-2] * 4)
    assert constrained_cases.row(case, problem, mixed, mixed[::-1])["verdict"] == "same"


def test_runs_without_a_feasible_point_are_counted_and_cost():
    case, problem = constrained_cases.cases()[0], PROBLEMS["g07"]
    half = np.array([1e-6, np.inf] * 4)
    row = constrained_cases.row(case, problem, half, np.full(8, 1e-6))
    assert row["feasible"] == 0.5 and row["reference_feasible"] == 1.0
    assert row["ours_median"] == 1e-6 and row["verdict"] == "worse"
    none = constrained_cases.row(case, problem, np.full(4, np.inf), np.full(4, np.inf))
    assert none["verdict"] == "same" and none["feasible"] == 0.0 and np.isnan(none["ours_median"])


def test_rows_of_a_chosen_optimizer_repeat_themselves(monkeypatch):
    case = dataclasses.replace(constrained_cases.cases()[-1], problems=("g04", "g06"))
    monkeypatch.setattr(constrained_cases, "cases", lambda: [constrained_cases.Case("cobyla", "", "", "", 1), case])
    rows = constrained_cases.constrained_rows(2, 1, ["slsqp"])
    assert rows["function"].tolist() == ["g04", "g06"]
    assert set(rows["optimizer"]) == {"slsqp"} and set(rows["seeds"]) == {2}
    assert rows.equals(constrained_cases.constrained_rows(2, 1, ["slsqp"]))
