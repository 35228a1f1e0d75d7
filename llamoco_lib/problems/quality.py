"""Quality control: an instance is kept only if it is solvable and not trivial (paper, A.3).

Without constraints the optimum is closed-form, so an instance is solvable by construction. With constraints a search
must really find a feasible point, knowing nothing of how the constraints were built, and at least one constraint must
matter at the optimum of the objective alone. This module knows nothing of how instances are drawn.
"""

import dataclasses
import math

import numpy as np

from llamoco_lib import seeds
from llamoco_lib.problems import feasibility, transforms
from llamoco_lib.problems.evaluator import Evaluator, evaluator_of
from llamoco_lib.problems.spec import Problem

START_POINTS = 20  # f0 without constraints: the best of so many uniform points (DESIGN section 4)
NEAR = 0.1  # of the way from the optimum to the start: what lies farther out counts as far
SOLVED = 1e-8  # f0 this close to the optimum leaves nothing to optimize: the floor of log-regret


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The outcome of quality control: ``reason`` is empty where the instance is kept.

    ``optimum`` is f at the optimum where it is closed-form, ``f0`` the common start value of Perf. and log-regret;
    ``run``, ``method`` and ``seed`` say which run of the search found the feasible point, by which method and from
    which seed (None without constraints).
    """

    reason: str
    optimum: float | None = None
    f0: float | None = None
    run: int | None = None
    method: str | None = None
    seed: int | None = None


def check(problem: Problem, root: int, quality_runs: int) -> Verdict:
    """Judge one instance; the same root gives the same verdict in any process.

    ``quality_runs`` bounds the runs of the search for a feasible point (50 in the paper).
    """
    evaluator = evaluator_of(problem)
    verdict = _before_search(problem, evaluator, root)
    if verdict.reason or not problem.constraints:
        return verdict
    found = feasibility.search(evaluator, root, quality_runs)
    if found is None:
        return Verdict(f"no feasible point found in {quality_runs} runs")
    verdict = dataclasses.replace(verdict, f0=float(evaluator.objective(found.point)))
    reason = _nothing_to_gain(evaluator, verdict, found.point, transforms.shift(problem))
    return dataclasses.replace(verdict, reason=reason, run=found.run, method=found.method, seed=found.seed)


def check_before_search(problem: Problem, root: int) -> Verdict:
    """What ``check`` judges without searching for a feasible point: with constraints the verdict has no ``f0``."""
    return _before_search(problem, evaluator_of(problem), root)


def slack(evaluator: Evaluator, problem: Problem) -> np.ndarray:
    """What counts as touching an inequality, (Mg,): one part in 10^4 of its largest value on 64 fixed points."""
    lower, upper = problem.box
    sample = np.random.default_rng(0).uniform(lower, upper, (64, problem.dimension))
    return 1e-4 * np.abs(evaluator.constraints(sample)[0]).max(axis=0)


def _before_search(problem: Problem, evaluator: Evaluator, root: int) -> Verdict:
    generator = seeds.generator(root, "f0", problem.id)
    points = generator.uniform(evaluator.lower, evaluator.upper, (START_POINTS, problem.dimension))
    values = evaluator.objective(points)
    if not np.all(np.isfinite(values)):
        return Verdict("start value is not finite")
    if np.ptp(values) <= SOLVED * np.abs(values).max():
        return Verdict("the start points have all the same value")
    optimum_point = transforms.shift(problem)
    if not problem.constraints:
        best = points[np.argmin(values)]
        verdict = Verdict("", optimum=0.0, f0=float(values.min()))
        return dataclasses.replace(verdict, reason=_nothing_to_gain(evaluator, verdict, best, optimum_point))
    feasible = feasibility.is_feasible(evaluator, optimum_point)
    g, h = evaluator.constraints(optimum_point)
    if feasible and not h.size and np.all(g < -slack(evaluator, problem)):
        return Verdict("all constraints inactive at the optimum of the objective")
    return Verdict("", optimum=0.0 if feasible else None)


def _nothing_to_gain(evaluator: Evaluator, verdict: Verdict, start: np.ndarray, optimum_point: np.ndarray) -> str:
    """Why a start (D,) of value ``verdict.f0`` leaves too little to gain, or an empty text.

    The objective without its constraints is nowhere below 0, so a start on that floor is already the optimum even
    where the constrained optimum is unknown. A product of many factors falls below log-regret's floor when it has
    come nine tenths of the way to the optimum: any method 'solves' it, and nothing tells them apart.
    """
    if not math.isfinite(verdict.f0):
        return "start value is not finite"
    if verdict.f0 <= SOLVED:
        return "start value is already the optimum"
    near = float(evaluator.objective(optimum_point + NEAR * (start - optimum_point)))
    if near <= SOLVED * verdict.f0:
        return "solved to the floor while still far from the optimum"
    return ""
