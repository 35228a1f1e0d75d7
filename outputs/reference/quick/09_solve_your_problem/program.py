"""SLSQP (Kraft, 1988) from random starts."""

import numpy as np
from scipy.optimize import minimize

DIM = 4
LOWER = [0.0625, 0.0625, 10.0, 10.0]
UPPER = [6.1875, 6.1875, 200.0, 200.0]
BUDGET = 1000
STEP = 1e-08
FTOL = 1e-09


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

    scale = max(1, abs(objective(rng.uniform(lower, upper))))
    f = lambda x: objective(x) / scale
    g = lambda x: -constraints(x)[0] - 1e-06
    h = lambda x: constraints(x)[1]
    runs = [
        minimize(
            f,
            rng.uniform(lower, upper),
            jac=derivative(f),
            method="SLSQP",
            bounds=list(zip(lower, upper)),
            constraints=[
                {"type": "ineq", "fun": g, "jac": derivative(g)},
                {"type": "eq", "fun": h, "jac": derivative(h)},
            ],
            options={"ftol": FTOL},
        )
        for _ in range(BUDGET)
    ]
    return min(runs, key=lambda run: (not run.success, run.fun)).x
