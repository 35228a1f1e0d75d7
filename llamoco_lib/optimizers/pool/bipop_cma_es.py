"""BIPOP-CMA-ES (Hansen, 2009)."""

import cma
import numpy as np

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
SIGMA = 0.2
INCPOPSIZE = 2


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    options = {
        "bounds": [lower, upper],
        "CMA_stds": upper - lower,
        "maxfevals": BUDGET,
        "seed": seed,
        "verbose": -9,
    }
    return cma.fmin2(
        objective, lambda: rng.uniform(lower, upper), SIGMA, options, restarts=9, bipop=True, incpopsize=INCPOPSIZE
    )[0]
