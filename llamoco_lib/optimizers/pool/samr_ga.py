"""Genetic algorithm with self-adaptive mutation rate (Clune et al., 2008)."""

import numpy as np

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 50
SIGMA = 0.1
META = 2.0
ELITE = 0.5


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    x = rng.uniform(lower, upper, (NP, DIM))
    f = objective(x)
    sigma = np.full((NP, 1), SIGMA)
    for _ in range(BUDGET):
        order = np.argsort(f)
        best = order[:1]
        parents = rng.choice(order[: int(ELITE * NP)], NP - 1)
        rates = sigma[parents] * META ** rng.uniform(-1, 1, (NP - 1, 1))
        steps = rates * (upper - lower) * rng.standard_normal((NP - 1, DIM))
        children = np.clip(x[parents] + steps, lower, upper)
        f = np.append(f[best], objective(children))
        x = np.vstack([x[best], children])
        sigma = np.vstack([sigma[best], rates])
    return x[np.argmin(f)]
