"""SLSQP (Kraft, 1988), one start."""

import numpy as np
from scipy.optimize import minimize

DIM = 4
LOWER = [0.0625, 0.0625, 10.0, 10.0]
UPPER = [6.1875, 6.1875, 200.0, 200.0]
BUDGET = 1000
STEP = 1e-08
FTOL = 1e-06


def optimize(objective, constraints, seed):
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def derivative(function):
        def jacobian(x):
            h = STEP * np.where(2 * x < lower + upper, upper - lower, lower - upper)
            y = function(np.vstack([x, x + np.diag(h)]))
            return (y[1:] - y[0]).T / h

        return jacobian

    start = np.random.default_rng(seed).uniform(lower, upper)
    scale = max(1, abs(objective(start)))
    f = lambda x: objective(x) / scale
    g = lambda x: -constraints(x)[0] - 1e-06
    h = lambda x: constraints(x)[1]
    return minimize(
        f,
        start,
        jac=derivative(f),
        method="SLSQP",
        bounds=list(zip(lower, upper)),
        constraints=[
            {"type": "ineq", "fun": g, "jac": derivative(g)},
            {"type": "eq", "fun": h, "jac": derivative(h)},
        ],
        options={"ftol": FTOL, "maxiter": BUDGET},
    ).x
