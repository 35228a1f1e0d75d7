"""Simulated annealing (Kirkpatrick et al., 1983; Corana et al., 1987)."""

import numpy as np
from pypop7.optimizers.sa.csa import CSA

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
TEMPERATURE = 0.1
COOLING = 0.5
SIGMA = 0.5


def optimize(objective, constraints, seed):
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    points = np.random.default_rng(seed).uniform(lower, upper, (20, DIM))
    spread = np.std(objective(points))

    def decode(u):
        return lower + (upper - lower) * u

    problem = {
        "fitness_function": lambda u: objective(decode(u)),
        "ndim_problem": DIM,
        "lower_boundary": np.zeros(DIM),
        "upper_boundary": np.ones(DIM),
    }
    options = {
        "max_function_evaluations": BUDGET,
        "temperature": TEMPERATURE * spread,
        "r_T": COOLING,
        "n_tr": 1,
        "sigma": SIGMA,
        "seed_rng": seed,
        "verbose": 0,
    }
    return decode(CSA(problem, options).optimize()["best_so_far_x"])
