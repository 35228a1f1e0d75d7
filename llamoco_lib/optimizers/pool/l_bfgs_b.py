"""L-BFGS-B (Byrd et al., 1995) on a growing quadratic penalty, from random starts."""

import numpy as np
from scipy.optimize import minimize

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
STEP = 1e-08
MU = 10.0
GROWTH = 100.0


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    scale = max(1, abs(objective(rng.uniform(lower, upper))))

    def value(x, mu):
        step = STEP * np.where(2 * x < lower + upper, upper - lower, lower - upper)
        points = np.vstack([x, x + np.diag(step)])
        f = objective(points) / scale
        g, h = constraints(points)
        f = f + mu * ((np.maximum(g + 1e-6, 0) ** 2).sum(1) + (h**2).sum(1))
        return f[0], (f[1:] - f[0]) / step

    runs = []
    for _ in range(BUDGET):
        x = rng.uniform(lower, upper)
        for k in range(5):
            run = minimize(value, x, MU * GROWTH**k, jac=True, method="L-BFGS-B", bounds=list(zip(lower, upper)))
            x = run.x
        runs.append(run)
    return min(runs, key=lambda run: run.fun).x
