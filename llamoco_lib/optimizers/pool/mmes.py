"""Mixture model-based evolution strategy (He et al., 2020)."""

import numpy as np
from pypop7.optimizers.es.mmes import MMES

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
SIGMA = 0.2
LAMBDA = 1
MIXING = 4
MEMORY = 2


def optimize(objective, constraints, seed):
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def decode(u):
        return lower + (upper - lower) * (1 - np.abs(u % 2 - 1))

    problem = {
        "fitness_function": lambda u: np.fmin(objective(decode(u)), 1e300),
        "ndim_problem": DIM,
        "lower_boundary": np.zeros(DIM),
        "upper_boundary": np.ones(DIM),
    }
    options = {
        "max_function_evaluations": BUDGET,
        "n_individuals": LAMBDA * (4 + int(3 * np.log(DIM))),
        "sigma": SIGMA,
        "ms": MIXING,
        "m": MEMORY * int(np.ceil(np.sqrt(DIM))),
        "c_a": min(0.25, 3.8 / DIM),
        "seed_rng": seed,
        "verbose": 0,
    }
    return decode(MMES(problem, options).optimize()["best_so_far_x"])
