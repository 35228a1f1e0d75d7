"""Quality control: an instance is kept only if it is solvable and not trivial (paper, A.3).

Without constraints the optimum is closed-form, so an instance is solvable by construction. With constraints a search
must really find a feasible point, knowing nothing of how the constraints were built, and at least one constraint must
matter at the optimum of the objective alone. This module knows nothing of how instances are drawn.
"""

import dataclasses
import math

import numpy as np
from scipy import optimize

from llamoco_lib import seeds
from llamoco_lib.problems import transforms
from llamoco_lib.problems.counting import violation
from llamoco_lib.problems.evaluator import Evaluator, evaluator_of
from llamoco_lib.problems.spec import Problem

START_POINTS = 20  # f0 without constraints: the best of so many uniform points (DESIGN section 4)
NEAR = 0.1  # of the way from the optimum to the start: what lies farther out counts as far
SOLVED = 1e-8  # f0 this close to the optimum leaves nothing to optimize: the floor of log-regret
TARGET_SLACK = 1e-3  # the search aims this share of a constraint's size inside, so that rounding cannot undo it
SEARCH_STEPS = 60  # steps of a run of the search


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The outcome of quality control: ``reason`` is empty where the instance is kept.

    ``optimum`` is f at the optimum where it is closed-form, ``f0`` the common start value of Perf. and log-regret;
    ``runs`` and ``seed`` say after how many runs, and from which seed, the feasible point was found (None without
    constraints).
    """

    reason: str
    optimum: float | None = None
    f0: float | None = None
    runs: int | None = None
    seed: int | None = None


def check(problem: Problem, root: int, quality_runs: int) -> Verdict:
    """Judge one instance; the same root gives the same verdict in any process.

    ``quality_runs`` bounds the runs of the search for a feasible point (50 in the paper).
    """
    evaluator = evaluator_of(problem)
    optimum_point = transforms.shift(problem)
    if not problem.constraints:
        start = _best_of_uniform(evaluator, seeds.generator(root, "f0", problem.id))
        return _verdict(evaluator, 0.0, start, optimum_point)
    g, h = evaluator.constraints(optimum_point)
    feasible = violation(g[None, :], h[None, :])[0] == 0.0
    if feasible and not h.size and np.all(g < -slack(evaluator, problem)):
        return Verdict("all constraints inactive at the optimum of the objective")
    for run in range(1, quality_runs + 1):
        seed = seeds.integer(root, "feasible", problem.id, run)
        point = feasible_point(evaluator, seed)
        if point is not None:
            verdict = _verdict(evaluator, 0.0 if feasible else None, point, optimum_point)
            return dataclasses.replace(verdict, runs=run, seed=seed)
    return Verdict(f"no feasible point found in {quality_runs} runs")


def slack(evaluator: Evaluator, problem: Problem) -> np.ndarray:
    """What counts as touching an inequality, (Mg,): one part in 10^4 of its largest value on 64 fixed points."""
    lower, upper = problem.box
    sample = np.random.default_rng(0).uniform(lower, upper, (64, problem.dimension))
    return 1e-4 * np.abs(evaluator.constraints(sample)[0]).max(axis=0)


def feasible_point(evaluator: Evaluator, seed: int) -> np.ndarray | None:
    """A feasible point (D,) found from one random start: the start, or what least squares makes of it; or None.

    The residuals are the violations, scaled by the constraints' size at the start; scipy's trust-region method keeps
    to the box.
    """
    lower, upper = evaluator.lower, evaluator.upper
    start = np.random.default_rng(seed).uniform(lower, upper)
    if _is_feasible(evaluator, start):
        return start
    g, h = evaluator.constraints(start)
    g_size, h_size = np.maximum(np.abs(g), 1.0), np.maximum(np.abs(h), 1.0)

    def residuals(x: np.ndarray) -> np.ndarray:
        g, h = evaluator.constraints(x)
        return np.concatenate([np.maximum(g / g_size + TARGET_SLACK, 0.0), h / h_size])

    search = {"max_nfev": SEARCH_STEPS, "ftol": None, "gtol": 1e-15, "xtol": 1e-12}
    found = optimize.least_squares(residuals, start, bounds=(lower, upper), **search).x
    return found if _is_feasible(evaluator, found) else None


def _is_feasible(evaluator: Evaluator, x: np.ndarray) -> bool:
    g, h = evaluator.constraints(x)
    return bool(violation(g[None, :], h[None, :])[0] == 0.0)


def _best_of_uniform(evaluator: Evaluator, generator: np.random.Generator) -> np.ndarray:
    points = generator.uniform(evaluator.lower, evaluator.upper, (START_POINTS, evaluator.dimension))
    return points[np.argmin(evaluator.objective(points))]


def _verdict(evaluator: Evaluator, optimum: float | None, start: np.ndarray, optimum_point: np.ndarray) -> Verdict:
    """Reject a start value that is not finite, or from which there is too little left to gain.

    A product of many factors falls below log-regret's floor when it has come nine tenths of the way to the optimum:
    any method 'solves' it, and nothing tells them apart.
    """
    f0 = float(evaluator.objective(start))
    if not math.isfinite(f0):
        return Verdict("start value is not finite")
    if optimum is not None and f0 - optimum <= SOLVED * max(1.0, abs(optimum)):
        return Verdict("start value is already the optimum")
    near = float(evaluator.objective(optimum_point + NEAR * (start - optimum_point)))
    if near <= SOLVED * f0:
        return Verdict("solved to the floor while still far from the optimum")
    return Verdict("", optimum, f0)
