"""The starting value f0 of a realistic problem, by the rule of DESIGN section 4.

Without constraints it is the best of 20 seeded uniform points, with constraints the value of the first feasible
point: among 2,000 uniform points, else of least squares from random starts. (The search alone tends to singular
linkages of the gripper, where the force has no bound and any method would look perfect.) The results are stored as
literals with the problems; a test repeats the search.
"""

import numpy as np

from llamoco_lib import seeds
from llamoco_lib.problems import counting, feasibility, quality
from llamoco_lib.problems.realistic.problem import RealisticProblem

ROOT = 1
UNIFORM_POINTS = 2000
RUNS = 50


def starting_point(problem: RealisticProblem) -> np.ndarray:
    """The point (D,) whose value is f0.

    Raises RuntimeError where no feasible point is met.
    """
    if problem.group == "unconstrained":
        rng = seeds.generator(ROOT, "f0", problem.id)
        points = rng.uniform(problem.lower, problem.upper, (quality.START_POINTS, problem.dimension))
        return points[np.argmin(problem.objective(points))]
    rng = seeds.generator(ROOT, "uniform", problem.id)
    points = rng.uniform(problem.lower, problem.upper, (UNIFORM_POINTS, problem.dimension))
    feasible = counting.violation(*problem.constraints(points)) == 0
    if feasible.any():
        return points[np.argmax(feasible)]
    for run in range(1, RUNS + 1):
        point = feasibility.feasible_point(problem, seeds.integer(ROOT, "feasible", problem.id, run))
        if point is not None:
            return point
    raise RuntimeError(
        f"{problem.id}: no feasible point among {UNIFORM_POINTS} uniform points and in {RUNS} searches"
    )
