"""Separable CMA-ES (Ros and Hansen, 2008)."""

import numpy as np
from pypop7.optimizers.es.sepcmaes import SEPCMAES

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
SIGMA = 0.2
LAMBDA = 1


def optimize(objective, constraints, seed):
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def decode(u):
        return lower + (upper - lower) * (1 - np.abs(u % 2 - 1))

    problem = {
        "fitness_function": lambda u: objective(decode(u)),
        "ndim_problem": DIM,
        "lower_boundary": np.zeros(DIM),
        "upper_boundary": np.ones(DIM),
    }
    options = {
        "max_function_evaluations": BUDGET,
        "n_individuals": LAMBDA * (4 + int(3 * np.log(DIM))),
        "sigma": SIGMA,
        "seed_rng": seed,
        "verbose": 0,
    }
    return decode(SEPCMAES(problem, options).optimize()["best_so_far_x"])
