"""solve: statements of a user's own, the prompt they become, and what happens when a program works or fails."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from llamoco_lib import solve
from llamoco_lib.optimizers import Configuration, program
from llamoco_lib.problems import realistic
from llamoco_lib.programs.confine import Limits
from llamoco_lib.prompts.template import answer

HAVERLY = realistic.PROBLEMS["haverly_pooling"]
LIMITS = Limits(wall_seconds=20.0)
SPHERE = """
def objective(x):
    return ((x - 0.3)**2).sum()
"""
RASTRIGIN = r"\min_x f(x) = \sum_{i=1}^{D} (x_i^2 - 10 \cos(2 \pi x_i) + 10)"


def replies(*texts):
    """A stand-in for a model: the n-th call gets the n-th text for each of its prompts; calls are kept."""
    calls = []

    def generate(prompts):
        calls.append(list(prompts))
        return [SimpleNamespace(text=texts[len(calls) - 1]) for _ in prompts]

    generate.calls = calls
    return generate


def pool_program(problem, name):
    configuration = Configuration.parse(name) if "(" in name else Configuration(name, {})
    own = problem.evaluator
    return program(configuration, own.dimension, problem.lower, problem.upper, own.budget)


@pytest.mark.parametrize("language", ["python", "latex"])
def test_statement_equals_evaluator(language):
    upper = list(HAVERLY.box_upper)
    problem = solve.read_problem(HAVERLY.writings[language], 9, 0.0, upper, 500, language=language, name="pooling")
    evaluator = problem.evaluator
    assert (evaluator.n_inequality, evaluator.n_equality) == (2, 4)
    rows = np.random.default_rng(0).uniform(HAVERLY.lower, HAVERLY.upper, (6, 9))
    np.testing.assert_allclose(evaluator.objective(rows), HAVERLY.objective(rows), rtol=1e-12)
    assert evaluator.objective(rows[0]) == pytest.approx(HAVERLY.objective(rows[0]))
    for x in (rows, rows[0]):
        for read, known in zip(evaluator.constraints(x), HAVERLY.constraints(x), strict=True):
            np.testing.assert_allclose(read, known, rtol=1e-9, atol=1e-9)
    assert problem.prompt.endswith(f"Dimension: 9\nLower bounds: 0.0\nUpper bounds: {upper}\nBudget: 500")


def test_functions_are_a_statement_too():
    def cost(x):
        return float(x @ x)

    def limits(x):
        return [1 - x[0]], []

    problem = solve.read_problem(cost, 3, -5.0, 5.0, 100, constraints=limits, name="functions")
    assert "def cost(x):" in problem.text and "def limits(x):" in problem.text
    assert (problem.evaluator.n_inequality, problem.evaluator.n_equality) == (1, 0)


def test_data_by_name():
    problem = solve.read_problem(
        "def f(x):\n    return ((x - o)**2).sum()\n", 2, -1.0, 1.0, 10, data={"o": np.ones(2)}
    )
    assert problem.evaluator.objective(np.ones(2)) == 0.0


@pytest.mark.parametrize(
    ("statement", "change", "message"),
    [
        ("def cost(x):\n    return 0.0\n", {}, "no function objective.*cost"),
        ("def f(x:\n", {}, "does not run: SyntaxError"),
        ("def f(x):\n    return x[7]\n", {}, "objective failed at x = .*IndexError"),
        ("def f(x):\n    return x\n", {}, "objective failed"),
        (SPHERE + "\ndef constraints(x):\n    return [1.0]\n", {}, "constraints failed"),
        (SPHERE, {"lower": 5.0}, "bounds are 5.0 and 5.0"),
        (SPHERE, {"upper": [1.0, 2.0, 3.0]}, "upper has 3 numbers; valid: one, or 2"),
        (SPHERE, {"budget": 0}, "budget is 0"),
        (SPHERE, {"language": "fortran"}, "valid: python, latex"),
        (r"\min f(x) = \sum_{i=1}^{D} q_i", {"language": "latex"}, "cannot be read"),
    ],
)
def test_bad_statements_are_named(statement, change, message):
    given = {"dimension": 2, "lower": -5.0, "upper": 5.0, "budget": 10} | change
    with pytest.raises(solve.StatementError, match=message):
        solve.read_problem(statement, **given)


def test_solves_python_and_latex(tmp_path):
    problems = [
        solve.read_problem(SPHERE, 4, -5.0, 5.0, 400, name="sphere"),
        solve.read_problem(RASTRIGIN, 4, -5.0, 5.0, 400, language="latex", name="rastrigin"),
    ]
    generate = replies(answer(pool_program(problems[0], "multistart_l_bfgs_b")))
    sphere, rastrigin = solve.solve(problems, generate, seed=3, repetitions=2, run_limits=LIMITS)
    assert generate.calls == [[problem.prompt for problem in problems]]
    assert sphere.status == "ok" and sphere.best.best_value < 1e-8
    assert rastrigin.status == "ok" and rastrigin.best.feasible and rastrigin.best.fes <= 400
    np.testing.assert_allclose(sphere.best.best_point, 0.3, atol=1e-3)
    assert len(sphere.traces) == 2 and "in one turn; best value" in sphere.summary()
    files = solve.save(sphere, tmp_path / "sphere")
    assert [file.name for file in files] == ["program.py", "result.json"]
    saved = json.loads(files[1].read_text())
    assert saved["best_value"] == sphere.best.best_value and saved["runs"][0]["backend"] == "bubblewrap"
    assert files[0].read_text() == sphere.program
    again, _ = solve.solve(problems, replies(answer(sphere.program)), seed=3, repetitions=2, run_limits=LIMITS)
    assert again.best == sphere.best


def test_solves_a_constrained_problem():
    problem = solve.read_problem(HAVERLY.writings["latex"], 9, 0.0, list(HAVERLY.box_upper), 2000, language="latex")
    generate = replies(answer(pool_program(problem, "multistart_slsqp")))
    (solution,) = solve.solve([problem], generate, seed=1, repetitions=1, run_limits=LIMITS)
    assert solution.best.feasible and solution.best.best_value == pytest.approx(-400, abs=0.5)


def test_repair_turn_then_result():
    problem = solve.read_problem(SPHERE, 3, -5.0, 5.0, 200, name="sphere")
    good = answer(pool_program(problem, "multistart_l_bfgs_b"))
    generate = replies("```python\ndef optimize(objective, constraints, seed):\n    return x\n```", good)
    (solution,) = solve.solve([problem], generate, seed=1, repetitions=2, run_limits=LIMITS)
    assert solution.attempts == ("runtime", "ok") and solution.status == "ok"
    repair = generate.calls[1][0]
    assert "return x" in repair and "name 'x' is not defined" in repair and repair.endswith(problem.prompt)
    assert "after a repair turn" in solution.summary()


def test_failure_is_told_and_nothing_is_put_in_its_place(tmp_path):
    problem = solve.read_problem(SPHERE, 3, -5.0, 5.0, 200, name="sphere")
    generate = replies("I would use CMA-ES.", "```python\nimport os\nx = 1 +\n```")
    (solution,) = solve.solve([problem], generate, seed=1, repetitions=2, run_limits=LIMITS)
    assert solution.attempts == ("no_code", "syntax") and solution.best is None and solution.traces == []
    assert "no working program" in solution.summary() and "syntax, line 2" in solution.summary()
    saved = json.loads(solve.save(solution, tmp_path)[1].read_text())
    assert saved["status"] == "syntax" and saved["best_value"] is None and saved["best_point"] is None
    (empty,) = solve.solve([problem], replies("no", "no"), seed=1, repetitions=1, run_limits=LIMITS)
    assert "held no program" in solve.save(empty, tmp_path)[0].read_text()
