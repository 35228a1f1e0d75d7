"""L-BFGS-B (Byrd et al., 1995) from random starts."""

import numpy as np
from scipy.optimize import minimize

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
STEP = 1e-08
MAXCOR = 10


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def value(x):
        h = STEP * np.where(2 * x < lower + upper, upper - lower, lower - upper)
        f = objective(np.vstack([x, x + np.diag(h)]))
        return f[0], (f[1:] - f[0]) / h

    runs = [
        minimize(
            value,
            rng.uniform(lower, upper),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(lower, upper)),
            options={"maxcor": MAXCOR},
        )
        for _ in range(BUDGET)
    ]
    return min(runs, key=lambda run: run.fun).x
