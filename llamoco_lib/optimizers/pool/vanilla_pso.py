"""Particle swarm optimization (Shi and Eberhart, 1998)."""

import numpy as np
from pypop7.optimizers.pso.spso import SPSO

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 20
COGNITION = 2.0
SOCIETY = 2.0


def optimize(objective, constraints, seed):
    problem = {
        "fitness_function": objective,
        "ndim_problem": DIM,
        "lower_boundary": np.full(DIM, LOWER),
        "upper_boundary": np.full(DIM, UPPER),
    }
    options = {
        "max_function_evaluations": BUDGET,
        "n_individuals": NP,
        "cognition": COGNITION,
        "society": SOCIETY,
        "is_bound": True,
        "seed_rng": seed,
        "verbose": 0,
    }
    return SPSO(problem, options).optimize()["best_so_far_x"]
