"""Reference optimizers that the constrained part of the pool is compared with, from other code than the pool's.

Three kinds: NLopt's C implementations, scipy's methods called plainly, and point-by-point transcriptions of the rules
of HECO-DE, DTPSO and GA-TDX, for which no reference implementation and no published samples are at hand. Every
function is ``(objective, constraints, seed, lower, upper, budget)`` and goes on until the evaluator ends it. This
module knows nothing of test problems or tables.
"""

from collections.abc import Callable

import nlopt
import numpy as np
from scipy.optimize import Bounds, NonlinearConstraint, minimize

MARGIN = 1e-6  # of inequalities, so that a point at their boundary is feasible to the last bit
STEP = 1e-8  # of forward differences, in units of the box


class Once:
    """Objective and constraints of a program, where a point asked for twice is evaluated once."""

    def __init__(self, objective: Callable, constraints: Callable, lower: np.ndarray, upper: np.ndarray):
        self._functions = objective, constraints
        self._box = lower, upper
        self._known: dict[bytes, tuple] = {}

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """f, g (Mg,) and h (Mh,) at a point (D,)."""
        key = np.asarray(x, float).tobytes()
        if key not in self._known:
            objective, constraints = self._functions
            self._known[key] = (objective(x), *constraints(x))
        return self._known[key]

    def gradients(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Forward differences of f (1, D), g (Mg, D) and h (Mh, D), with steps into the box."""
        lower, upper = self._box
        columns = []
        for i, step in enumerate(STEP * np.where(2 * x < lower + upper, upper - lower, lower - upper)):
            beside = x.copy()
            beside[i] += step
            columns.append([(np.atleast_1d(b) - a) / step for a, b in zip(self(x), self(beside), strict=True)])
        return tuple(np.stack(parts, axis=1) for parts in zip(*columns, strict=True))


def _nlopt(
    algorithm: int, once: Once, x: np.ndarray, lower: np.ndarray, upper: np.ndarray, scale: float
) -> nlopt.opt:
    """An NLopt optimizer with the objective divided by ``scale`` and all constraints."""
    _, g, h = once(x)
    solver = nlopt.opt(algorithm, len(x))

    def objective(x: np.ndarray, gradient: np.ndarray) -> float:
        if gradient.size:
            gradient[:] = once.gradients(x)[0][0] / scale
        return float(once(x)[0] / scale)

    def constraint(part: int, margin: float) -> Callable:
        def values(result: np.ndarray, x: np.ndarray, gradient: np.ndarray) -> None:
            result[:] = once(x)[part] + margin
            if gradient.size:
                gradient[:] = once.gradients(x)[part]

        return values

    solver.set_min_objective(objective)
    solver.set_lower_bounds(lower)
    solver.set_upper_bounds(upper)
    if len(g):
        solver.add_inequality_mconstraint(constraint(1, MARGIN), np.full(len(g), 1e-8))
    if len(h):
        solver.add_equality_mconstraint(constraint(2, 0.0), np.full(len(h), 1e-8))
    return solver


def _nlopt_slsqp(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, starts: int
) -> None:
    rng = np.random.default_rng(seed)
    once = Once(objective, constraints, lower, upper)
    scale = 0.0
    for _ in range(starts):
        start = rng.uniform(lower, upper)
        scale = scale or max(1.0, abs(once(start)[0]))
        solver = _nlopt(nlopt.LD_SLSQP, once, start, lower, upper, scale)
        solver.set_ftol_abs(1e-6)
        try:
            solver.optimize(start)
        except (nlopt.RoundoffLimited, nlopt.runtime_error):
            continue


def nlopt_slsqp(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """NLopt's SLSQP, one start: the first point that ``seed`` gives, as in the pool's program."""
    _nlopt_slsqp(objective, constraints, seed, lower, upper, 1)


def nlopt_slsqp_restarted(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """NLopt's SLSQP from random starts."""
    _nlopt_slsqp(objective, constraints, seed, lower, upper, budget)


def nlopt_cobyla(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """NLopt's COBYLA in the unit cube from random starts, first step 0.1, last 1e-6."""
    rng = np.random.default_rng(seed)
    span = upper - lower
    once = Once(
        lambda u: objective(lower + span * u), lambda u: constraints(lower + span * u), 0 * span, 0 * span + 1
    )
    for _ in range(budget):
        start = rng.random(len(lower))
        solver = _nlopt(nlopt.LN_COBYLA, once, start, 0 * span, 0 * span + 1, 1.0)
        solver.set_initial_step(0.1)
        solver.set_xtol_abs(1e-6)
        try:
            solver.optimize(start)
        except nlopt.RoundoffLimited:
            continue


def plain_trust_constr(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """scipy's trust-constr with scipy's own differences, nothing scaled, from random starts."""
    rng = np.random.default_rng(seed)
    once = Once(objective, constraints, lower, upper)
    _, g, h = once(rng.uniform(lower, upper))
    both = [
        NonlinearConstraint(lambda x: once(x)[1], -np.inf, 0.0),
        NonlinearConstraint(lambda x: once(x)[2], 0.0, 0.0),
    ]
    used = [constraint for constraint, values in zip(both, (g, h), strict=True) if len(values)]
    for _ in range(budget):
        box = Bounds(lower, upper, keep_feasible=True)
        start = rng.uniform(lower, upper)
        minimize(lambda x: once(x)[0], start, method="trust-constr", bounds=box, constraints=used)


def plain_l_bfgs_b(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """scipy's L-BFGS-B, scipy's own differences, on f / |f(first)| + mu (|max(0, g)|^2 + |h|^2), mu = 10 ... 1e9."""
    rng = np.random.default_rng(seed)
    once = Once(objective, constraints, lower, upper)
    scale = max(1.0, abs(once(rng.uniform(lower, upper))[0]))

    def penalised(x: np.ndarray, mu: float) -> float:
        f, g, h = once(x)
        return f / scale + mu * float(np.sum(np.maximum(0.0, g + MARGIN) ** 2) + np.sum(h**2))

    for _ in range(budget):
        x = rng.uniform(lower, upper)
        for mu in (1e1, 1e3, 1e5, 1e7, 1e9):
            x = minimize(penalised, x, args=(mu,), method="L-BFGS-B", bounds=Bounds(lower, upper)).x
