"""Genetic learning particle swarm optimization (Gong et al., 2016)."""

import numpy as np

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 50
PM = 0.01
SG = 7
W = 0.7298


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    vmax = 0.2 * (upper - lower)
    shape = (NP, DIM)
    x = rng.uniform(lower, upper, shape)
    v = np.zeros(shape)
    f = objective(x)
    p, fp = x.copy(), f.copy()
    e, fe, stuck = x.copy(), f.copy(), np.zeros(NP)
    for _ in range(BUDGET):
        g = p[np.argmin(fp)]
        k = rng.integers(NP, size=shape)
        r = rng.random(shape)
        o = np.where(fp[:, None] < fp[k], r * p + (1 - r) * g, p[k, np.arange(DIM)])
        o = np.where(rng.random(shape) < PM, rng.uniform(lower, upper, shape), o)
        fo = objective(o)
        better = fo < fe
        e[better], fe[better] = o[better], fo[better]
        stuck = np.where(better, 0, stuck + 1)
        for i in np.flatnonzero(stuck > SG):
            rivals = rng.choice(NP, NP // 5, replace=False)
            best = rivals[np.argmin(fe[rivals])]
            e[i], fe[i], stuck[i] = e[best], fe[best], 0
        v = np.clip(W * v + 1.49618 * rng.random(shape) * (e - x), -vmax, vmax)
        x = np.clip(x + v, lower, upper)
        f = objective(x)
        better = f < fp
        p[better], fp[better] = x[better], f[better]
    return p[np.argmin(fp)]
