"""How a run ends, and that its numbers are the evaluator's."""

import contextlib
import random

import numpy as np
import pytest

from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator
from llamoco_lib.programs import confine, runner
from llamoco_lib.programs.confine import ConfinementError, Limits
from llamoco_lib.programs.runner import run_program

LIMITS = Limits(wall_seconds=20)


class Bowl:
    """f = |x - 1|^2, with constraints on request: g = 1 - x_1 <= 0 and h = x_2 - 1 = 0."""

    id = "bowl"
    budget = 60

    def __init__(self, n_inequality=0, n_equality=0, dimension=3, budget=60):
        self.n_inequality, self.n_equality, self.dimension, self.budget = n_inequality, n_equality, dimension, budget
        self.lower, self.upper = np.full(dimension, -5.0), np.full(dimension, 5.0)

    def objective(self, x):
        return ((x - 1) ** 2).sum(axis=-1)

    def constraints(self, x):
        g, h = np.empty((*x.shape[:-1], 0)), np.empty((*x.shape[:-1], 0))
        if self.n_inequality:
            g = 1 - x[..., :1]
        if self.n_equality:
            h = x[..., 1:2] - 1
        return g, h


RANDOM_SEARCH = """
import random
import numpy as np

def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    for step in range(1000):
        x = rng.uniform(-9, 9, 3)
        f = objective(x)
        if constraints is not None:
            g, h = constraints(x)
        if step % 5 == 0:
            batch = rng.uniform(-9, 9, (4, 3)) + random.random() + np.random.rand()
            values = objective(batch)
            objective(batch[0])
    return x
"""


def in_process(evaluator, source, seed):
    """The same run without any confinement, as the benchmark makes it."""
    counting = CountingEvaluator(evaluator)
    random.seed(seed)
    np.random.seed(seed)
    namespace = {}
    exec(source, namespace)
    constraints = counting.constraints if evaluator.n_inequality + evaluator.n_equality else None
    with contextlib.suppress(BudgetExhausted):
        namespace["optimize"](counting.objective, constraints, seed)
    return counting.result()


@pytest.mark.parametrize("n_inequality, n_equality", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_equals_the_run_in_process(n_inequality, n_equality):
    evaluator = Bowl(n_inequality, n_equality)
    outcomes = run_program(evaluator, RANDOM_SEARCH, [1, 2, 1], LIMITS)
    assert [outcome.status for outcome in outcomes] == ["ok"] * 3
    assert [outcome.result for outcome in outcomes] == [in_process(evaluator, RANDOM_SEARCH, s) for s in (1, 2, 1)]
    assert outcomes[0].result.fes == evaluator.budget
    assert outcomes[0].result != outcomes[1].result


def program(body):
    """A program whose optimize has ``body`` (lines start at line 4)."""
    lines = "\n".join("    " + line for line in body.splitlines())
    return f"import os\nimport numpy as np\ndef optimize(objective, constraints, seed):\n{lines}\n"


ENDINGS = {
    "blank": ("  \n", "no_code", None, ""),
    "nothing": (None, "no_code", None, ""),
    "syntax": ("import numpy\ndef optimize(:\n", "syntax", 2, "SyntaxError"),
    "null byte": ("x = 1\0", "syntax", None, "null"),
    "nested": ("x = " + "(" * 1000 + ")" * 1000, "syntax", 1, "nested"),
    "deep": ("x = " + "-" * 200_000 + "1", "syntax", None, ""),
    "no optimize": ("optimise = 1\n", "contract", None, "optimize(objective, constraints, seed)"),
    "signature": ("def f(): pass\ndef optimize(objective): pass\n", "contract", 2, "too many"),
    "import": ("import os\nimport torch\n", "import", 2, "torch"),
    "own name": ("from numpy import nonsense\n", "import", 1, "nonsense"),
    "runtime": (program("objective(np.zeros(3))\nreturn 1 / 0"), "runtime", 5, "ZeroDivisionError"),
    "deepest own line": (
        "import numpy as np\ndef g():\n    np.linalg.inv(np.zeros((2, 2)))\n"
        "def optimize(objective, constraints, seed):\n    g()\n",
        "runtime",
        3,
        "LinAlgError",
    ),
    "wrong dimension": (program("objective(np.zeros(4))"), "runtime", 4, "shape (3,)"),
    "three axes": (program("objective(np.zeros((1, 1, 3)))"), "runtime", 4, "(1, 1, 3)"),
    "not numbers": (program("objective('abc')"), "runtime", 4, "3 numbers"),
    "empty batch": (program("objective(np.zeros((0, 3)))"), "runtime", 4, "empty"),
    "huge batch": (program("objective(np.broadcast_to(np.zeros(3), (2_000_000, 3)))"), "runtime", 4, "limit"),
    "no constraints": (program("objective(np.zeros(3))\nconstraints(np.zeros(3))"), "runtime", 5, "not callable"),
    "no evaluation": (program("return np.zeros(3)"), "no_evaluation", None, "without evaluating"),
    "recursion": (program("optimize(objective, constraints, seed)"), "runtime", 4, "RecursionError"),
    "not a number": (program("objective(np.full(3, np.nan))\nobjective(np.ones(3))"), "ok", None, ""),
    "list": (program("objective([1, 1, 1])"), "ok", None, ""),
    "closes everything": (
        program("objective(np.ones(3))\nos.closerange(0, 64)\nobjective(np.zeros(3))"),
        "runtime",
        None,
        "exit",
    ),
    "dies by a signal": (program("os.kill(os.getpid(), 11)"), "runtime", None, "SIGSEGV"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_ending(name):
    source, status, line, part = ENDINGS[name]
    outcomes = run_program(Bowl(), source, [1, 2], LIMITS)
    for outcome in outcomes:
        assert (outcome.status, outcome.line) == (status, line), outcome
        assert part in outcome.message
        assert outcome.backend == confine.BUBBLEWRAP


def test_nan_points_count_as_no_progress():
    outcome = run_program(Bowl(), program("objective(np.full(3, np.nan))"), [1], LIMITS)[0]
    assert outcome.result.best_value == np.inf and outcome.result.fes == 1 and not outcome.result.feasible


def test_values_that_the_program_sees():
    body = """
f = objective([2.0, 1.0, 1.0])
g, h = constraints([2.0, 1.0, 1.0])
assert isinstance(f, float) and f == 1.0 and g.shape == (1,) and g[0] == -1.0 and h.shape == (1,) and h[0] == 0.0
F = objective(np.ones((2, 3)))
G, H = constraints(np.ones((2, 3)))
assert F.shape == (2,) and G.shape == (2, 1) and H.shape == (2, 1)
F[:] = 7
assert objective(np.ones((2, 3)))[0] == 0.0
"""
    outcome = run_program(Bowl(1, 1), program(body), [1], LIMITS)[0]
    assert outcome.status == "ok", outcome
    assert outcome.result.fes == 3


def test_budget_is_exact_and_cannot_be_caught():
    body = "while True:\n    try:\n        objective(np.random.rand(7, 3))\n    except BaseException:\n        pass"
    for outcome in run_program(Bowl(), program(body), [1, 2], LIMITS):
        assert outcome.status == "ok" and outcome.result.fes == 60 and outcome.seconds < 5


def test_an_unfinished_run_keeps_what_it_found():
    outcome = run_program(Bowl(), program("objective(np.ones(3))\nwhile True: pass"), [1], Limits(wall_seconds=1))[0]
    assert outcome.status == "timeout" and outcome.result.best_value == 0.0 and "1 s of wall time" in outcome.message


def test_cpu_limit():
    limits = Limits(wall_seconds=30, cpu_seconds=1)
    outcome = run_program(Bowl(), program("while True: pass"), [1], limits)[0]
    assert outcome.status == "timeout" and "CPU" in outcome.message and outcome.seconds < 10


def test_seeds_share_nothing():
    source = "calls = []\n" + program(
        "calls.append(1)\nopen('note', 'a').write('x')\n"
        "assert len(calls) == 1 and os.listdir() == ['note', 'output']\nobjective(np.ones(3))"
    )
    assert [outcome.status for outcome in run_program(Bowl(), source, [1, 2, 3], LIMITS)] == ["ok"] * 3


def test_unseeded_numpy_differs_by_seed_and_repeats():
    source = program("objective(np.random.rand(3))")
    values = [outcome.result.best_value for outcome in run_program(Bowl(), source, [1, 2, 1], LIMITS)]
    assert values[0] == values[2] != values[1]


def test_a_large_batch_passes():
    outcome = run_program(Bowl(budget=300_000), program("objective(np.zeros((200_000, 3)))"), [1], LIMITS)[0]
    assert outcome.status == "ok" and outcome.result.fes == 200_000


def test_an_error_of_the_evaluator_is_ours():
    evaluator = Bowl()
    evaluator.objective = lambda x: 1 / 0
    with pytest.raises(ZeroDivisionError):
        run_program(evaluator, program("objective(np.zeros(3))"), [1], LIMITS)


def test_refusal_without_a_backend(monkeypatch):
    monkeypatch.setattr(confine, "probe", lambda: (confine.UNCONFINED, "no user namespaces here"))
    with pytest.raises(ConfinementError, match="no user namespaces here.*allow_unconfined"):
        run_program(Bowl(), RANDOM_SEARCH, [1], LIMITS)
    outcomes = run_program(Bowl(), RANDOM_SEARCH, [1], LIMITS, allow_unconfined=True)
    assert outcomes[0].status == "ok" and outcomes[0].backend == confine.UNCONFINED
    assert outcomes[0].result == in_process(Bowl(), RANDOM_SEARCH, 1)


@pytest.mark.parametrize(
    "payload",
    [
        b"{",
        b'{"status": "ok", "message": "", "line": null}',
        b"[" * 100_000,
        b'{"status": "runtime", "message": "", "line": "x"}',
    ],
)
def test_error_reports_are_not_trusted(payload):
    with pytest.raises(runner._Failure):
        runner._error_report(payload)
