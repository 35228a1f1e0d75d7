"""Trust-region interior point method (Conn et al., 2000) from random starts."""

import numpy as np
from scipy.optimize import Bounds, NonlinearConstraint, minimize

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
STEP = 1e-08
RADIUS = 1.0
PENALTY = 1.0


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def derivative(function):
        def jacobian(x):
            h = STEP * np.where(2 * x < lower + upper, upper - lower, lower - upper)
            y = function(np.vstack([x, x + np.diag(h)]))
            return (y[1:] - y[0]).T / h

        return jacobian

    start = rng.uniform(lower, upper)
    scale = max(1, abs(objective(start)))
    g, h = constraints(start)
    f = lambda x: objective(x) / scale
    c = lambda x: np.hstack(constraints(x))
    low = np.append(np.full(len(g), -np.inf), np.zeros(len(h)))
    runs = [
        minimize(
            f,
            rng.uniform(lower, upper),
            jac=derivative(f),
            method="trust-constr",
            bounds=Bounds(lower, upper, keep_feasible=True),
            constraints=NonlinearConstraint(c, low, 0, jac=derivative(c)),
            options={"initial_tr_radius": RADIUS, "initial_constr_penalty": PENALTY},
        )
        for _ in range(BUDGET)
    ]
    return min(runs, key=lambda run: (run.constr_violation > 1e-4, run.fun)).x
