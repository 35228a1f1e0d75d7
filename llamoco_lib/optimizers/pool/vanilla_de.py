"""Differential evolution (Storn and Price, 1997)."""

import numpy as np
from scipy.optimize import differential_evolution

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
STRATEGY = "rand1bin"
POPSIZE = 5
F = 0.5
CR = 0.9


def optimize(objective, constraints, seed):
    return differential_evolution(
        lambda x: objective(x.T),
        list(zip(np.full(DIM, LOWER), np.full(DIM, UPPER))),
        strategy=STRATEGY,
        popsize=POPSIZE,
        mutation=F,
        recombination=CR,
        maxiter=BUDGET,
        tol=0,
        polish=False,
        vectorized=True,
        updating="deferred",
        rng=seed,
    ).x
