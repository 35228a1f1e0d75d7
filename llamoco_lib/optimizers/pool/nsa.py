"""Noisy simulated annealing (Bouttier and Gavra, 2019)."""

import numpy as np
from pypop7.optimizers.sa.nsa import NSA

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
TEMPERATURE = 0.01
COOLING = 0.99
SIGMA = 0.05


def optimize(objective, constraints, seed):
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def decode(u):
        return lower + (upper - lower) * (1 - np.abs(u % 2 - 1))

    def value(u):
        return np.fmin(objective(decode(u)), 1e300)

    points = np.random.default_rng(seed).random((20, DIM))
    values = value(points)
    best = np.argmin(values)
    problem = {
        "fitness_function": value,
        "ndim_problem": DIM,
        "lower_boundary": np.zeros(DIM),
        "upper_boundary": np.ones(DIM),
    }
    options = {
        "max_function_evaluations": BUDGET - 20,
        "x": points[best],
        "temperature": TEMPERATURE * (np.median(values) - values[best]) + 1e-200,
        "cr": COOLING,
        "sigma": SIGMA,
        "seed_rng": seed,
        "verbose": 0,
    }
    return decode(NSA(problem, options).optimize()["best_so_far_x"])
