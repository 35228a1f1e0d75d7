"""COBYLA (Powell, 1994) from random starts."""

import numpy as np
from scipy.optimize import minimize

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
RHOBEG = 0.1
TOL = 1e-06


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def decode(u):
        return lower + (upper - lower) * np.clip(u, 0, 1)

    runs = [
        minimize(
            lambda u: objective(decode(u)),
            rng.random(DIM),
            method="COBYLA",
            bounds=[(0, 1)] * DIM,
            constraints=[
                {"type": "ineq", "fun": lambda u: -constraints(decode(u))[0] - 1e-6},
                {"type": "eq", "fun": lambda u: constraints(decode(u))[1]},
            ],
            options={"rhobeg": RHOBEG, "tol": TOL, "maxiter": BUDGET},
        )
        for _ in range(BUDGET)
    ]
    return decode(min(runs, key=lambda run: (run.maxcv > 1e-4, run.fun)).x)
