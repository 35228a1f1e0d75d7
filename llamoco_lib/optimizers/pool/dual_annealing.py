"""Dual annealing (Xiang et al., 1997)."""

import numpy as np
from scipy.optimize import dual_annealing

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
INITIAL_TEMP = 5230.0
VISIT = 2.62


def optimize(objective, constraints, seed):
    bounds = list(zip(np.full(DIM, LOWER), np.full(DIM, UPPER)))
    return dual_annealing(objective, bounds, maxiter=BUDGET, initial_temp=INITIAL_TEMP, visit=VISIT, rng=seed).x
