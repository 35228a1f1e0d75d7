"""Differential evolution on the DEAP toolbox (Fortin et al., 2012)."""

import random

import numpy as np
from deap import base, creator, tools

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 50
F = 0.5
CR = 0.5

creator.create("Fitness", base.Fitness, weights=(-1.0,))
creator.create("Individual", np.ndarray, fitness=creator.Fitness)


def optimize(objective, constraints, seed):
    random.seed(seed)
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    toolbox = base.Toolbox()
    toolbox.register("select", tools.selRandom, k=3)

    def individual(x):
        made = creator.Individual(np.clip(x, lower, upper))
        made.fitness.values = (objective(made),)
        return made

    population = [individual(rng.uniform(lower, upper)) for _ in range(NP)]
    for _ in range(BUDGET // NP):
        for k, parent in enumerate(population):
            a, b, c = toolbox.select(population)
            cross = rng.random(DIM) < CR
            cross[rng.integers(DIM)] = True
            child = individual(np.where(cross, a + F * (b - c), parent))
            if child.fitness >= parent.fitness:
                population[k] = child
    return np.array(tools.selBest(population, 1)[0])
