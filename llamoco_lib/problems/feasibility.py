"""The search for a feasible point of a constrained problem, by optimizers made for constraints (paper, A.3).

One run is one method from one random start. The runs of an instance cycle through the methods, since each finds
points that the others miss. Only the constraints are asked, never the objective, and nothing is known of how the
constraints were built. This module knows nothing of what becomes of the point.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
from scipy import optimize

from llamoco_lib import seeds
from llamoco_lib.problems.counting import violation
from llamoco_lib.problems.evaluator import Evaluator

TARGET_SLACK = 1e-3  # the search aims this share of a constraint's size inside, so that rounding cannot undo it
STEPS = 60  # steps of a local method in one run
POPULATION, GENERATIONS = 40, 100  # of differential evolution in one run
DIFFERENCE = 2.0**-26  # step of forward differences, relative to the coordinate
START = "random start"  # the method's name where the start itself is feasible


@dataclasses.dataclass(frozen=True)
class Found:
    """A feasible point (D,), and the run, the method and the seed that found it."""

    point: np.ndarray
    run: int
    method: str
    seed: int


class _Scaled:
    """The constraints of a problem, each divided by its size at the start; g <= 0 and h = 0 as residuals.

    ``shortfall`` is g plus ``TARGET_SLACK``. The derivatives are forward differences, one batch a point.
    """

    def __init__(self, evaluator: Evaluator, start: np.ndarray):
        self.evaluator, self.start = evaluator, start
        g, h = evaluator.constraints(start)
        self.g_size, self.h_size = np.maximum(np.abs(g), 1.0), np.maximum(np.abs(h), 1.0)

    def values(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, D) -> shortfall (n, Mg) and h (n, Mh)."""
        g, h = self.evaluator.constraints(rows)
        return g / self.g_size + TARGET_SLACK, h / self.h_size

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """What least squares brings to zero at (D,): (Mg + Mh,)."""
        shortfall, h = self.values(x[None, :])
        return np.concatenate([np.maximum(shortfall[0], 0.0), h[0]])

    def derivatives(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The shortfall (Mg,) at (D,), its derivatives (Mg, D) and those of h (Mh, D)."""
        steps = DIFFERENCE * np.maximum(1.0, np.abs(x))
        steps = np.where(x + steps > self.evaluator.upper, -steps, steps)
        moved = x + steps  # the steps as the floating-point numbers really differ
        shortfall, h = self.values(np.vstack([x, x + np.diag(steps)]))
        exact = (moved - x)[:, None]
        return shortfall[0], ((shortfall[1:] - shortfall[0]) / exact).T, ((h[1:] - h[0]) / exact).T

    def residual_derivatives(self, x: np.ndarray) -> np.ndarray:
        """The derivatives of ``residuals``: (Mg + Mh, D)."""
        shortfall, of_shortfall, of_h = self.derivatives(x)
        return np.vstack([np.where(shortfall[:, None] > 0.0, of_shortfall, 0.0), of_h])


def least_squares(scaled: _Scaled, start: np.ndarray, seed: int) -> np.ndarray:
    """Least squares on the violations, scipy's trust-region method within the box."""
    box = (scaled.evaluator.lower, scaled.evaluator.upper)
    search = {"max_nfev": STEPS, "ftol": None, "gtol": 1e-15, "xtol": 1e-12}
    return optimize.least_squares(scaled.residuals, start, scaled.residual_derivatives, bounds=box, **search).x


def slsqp(scaled: _Scaled, start: np.ndarray, seed: int) -> np.ndarray:
    """SLSQP for the feasible point nearest to the start."""
    box = optimize.Bounds(scaled.evaluator.lower, scaled.evaluator.upper)
    width = scaled.evaluator.upper - scaled.evaluator.lower
    conditions = [
        {
            "type": "ineq",
            "fun": lambda x: -scaled.values(x[None, :])[0][0],
            "jac": lambda x: -scaled.derivatives(x)[1],
        },
        {"type": "eq", "fun": lambda x: scaled.values(x[None, :])[1][0], "jac": lambda x: scaled.derivatives(x)[2]},
    ]
    return optimize.minimize(
        lambda x: np.sum(((x - start) / width) ** 2),
        start,
        jac=lambda x: 2.0 * (x - start) / width**2,
        method="SLSQP",
        bounds=box,
        constraints=conditions,
        options={"maxiter": STEPS, "ftol": 1e-12},
    ).x


def differential_evolution(scaled: _Scaled, start: np.ndarray, seed: int) -> np.ndarray:
    """Differential evolution on the total violation, its best point handed to least squares."""
    lower, upper = scaled.evaluator.lower, scaled.evaluator.upper
    generator = np.random.default_rng(seed)
    first = np.vstack([start, generator.uniform(lower, upper, (POPULATION - 1, lower.size))])

    def total(columns: np.ndarray) -> np.ndarray:
        shortfall, h = scaled.values(np.ascontiguousarray(columns.T))
        return np.maximum(shortfall, 0.0).sum(axis=1) + np.abs(h).sum(axis=1)

    best = optimize.differential_evolution(
        total,
        np.column_stack([lower, upper]),
        maxiter=GENERATIONS,
        init=first,
        rng=generator,
        polish=False,
        vectorized=True,
        updating="deferred",
        callback=lambda intermediate_result: intermediate_result.fun <= 0.0,
    ).x
    return least_squares(scaled, best, seed)


# On 2457 random instances of D up to 50 least squares found a point in its first run for all but 80; of these, four
# more runs found one for 62, four of SLSQP for 76, four of differential evolution for 75. On 104 hard instances
# trust-constr found none that these did not; on 14 of them COBYLA found none, at two seconds a run.
METHODS: dict[str, Callable[[_Scaled, np.ndarray, int], np.ndarray]] = {
    "least squares": least_squares,
    "SLSQP": slsqp,
    "differential evolution": differential_evolution,
}


def search(evaluator: Evaluator, root: int, runs: int) -> Found | None:
    """The first feasible point that at most ``runs`` runs find, or None; the runs cycle through ``METHODS``.

    Each run has its own seed, of the root, the problem's id and the run, so the outcome depends on nothing else.
    """
    for run in range(1, runs + 1):
        method = list(METHODS)[(run - 1) % len(METHODS)]
        seed = seeds.integer(root, "feasible", evaluator.id, run)
        point, how = _one_run(evaluator, seed, method)
        if point is not None:
            return Found(point, run, how, seed)
    return None


def feasible_point(evaluator: Evaluator, seed: int, method: str = "least squares") -> np.ndarray | None:
    """The feasible point (D,) that one run of a method finds from its random start, or None."""
    return _one_run(evaluator, seed, method)[0]


def is_feasible(evaluator: Evaluator, x: np.ndarray) -> bool:
    """Whether the point (D,) meets every constraint."""
    g, h = evaluator.constraints(x)
    return bool(violation(g[None, :], h[None, :])[0] == 0.0)


def _one_run(evaluator: Evaluator, seed: int, method: str) -> tuple[np.ndarray | None, str]:
    """The feasible point of one run and what found it: the method, or the start itself."""
    start = np.random.default_rng(seed).uniform(evaluator.lower, evaluator.upper)
    if is_feasible(evaluator, start):
        return start, START
    end = METHODS[method](_Scaled(evaluator, start), start, seed)
    end = np.clip(end, evaluator.lower, evaluator.upper)
    return (end if is_feasible(evaluator, end) else None), method
