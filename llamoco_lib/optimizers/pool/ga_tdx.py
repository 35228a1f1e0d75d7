"""GA-TDX: genetic algorithm with two-direction crossover (Wang et al., 2023)."""

import numpy as np

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 30
BETA = 0.5
RHO = 10000.0


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    shape = (NP, DIM)
    elite = int(BETA * NP)

    def fitness(x):
        f = objective(x)
        g, h = constraints(x)
        v = np.maximum(g, 0).sum(1) + np.maximum(np.abs(h) - 1e-4, 0).sum(1)
        return f / scale + RHO * v

    def better(x, f, y):
        y = np.clip(y, lower, upper)
        fy = fitness(y)
        return np.where((fy < f)[:, None], y, x), np.minimum(f, fy)

    def norm(a):
        return np.linalg.norm(a, axis=1, keepdims=True)

    x = rng.uniform(lower, upper, shape)
    scale = np.abs(objective(x)).max()
    f = fitness(x)
    for k in range(BUDGET):
        order = np.argsort(f)
        x, f = x[order], f[order]
        d = np.tile(x[: NP // 2] - x[NP // 2 :], (2, 1)) + 1e-30
        r = rng.standard_normal(shape)
        r -= d * (r * d).sum(1, keepdims=True) / norm(d) ** 2
        r *= norm(d) / norm(r)
        a = rng.random((NP, 1))
        y = np.clip(x + a * d, lower, upper)
        y, fy = better(y, fitness(y), x + a * (d + r) / 2)
        x, f = np.vstack([x, y]), np.append(f, fy)
        order = np.argsort(f)[:NP]
        x, f = x[order], f[order]
        local = x + np.abs(x[0] - x[elite - 1]) / 6 * rng.standard_normal(shape)
        side = np.where(rng.random(shape) < 0.5, lower, upper)
        t = min(1, 3 * NP * k / BUDGET)
        wide = x + (side - x) * (1 - rng.random(shape) ** ((1 - t) ** 5))
        x, f = better(x, f, np.where(np.arange(NP)[:, None] < elite, local, wide))
    return x[np.argmin(f)]
