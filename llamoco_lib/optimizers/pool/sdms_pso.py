"""sDMS-PSO: self-adaptive dynamic multi-swarm particle swarm optimization (Liang et al., 2015)."""

import numpy as np
from scipy.optimize import minimize

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 30
R = 10
LP = 10
L = 25


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    vmax = 0.2 * (upper - lower)
    n = NP // 3
    shape = (3 * n, DIM)
    fes = 0

    def evaluate(x):
        nonlocal fes
        f = np.full(len(x), np.inf)
        x = x[: BUDGET - fes]
        fes += len(x)
        if len(x):
            f[: len(x)] = objective(x)
        return np.where(np.abs(f) < 1e100, f, 1e100)

    x = p = rng.uniform(lower, upper, shape)
    v = rng.uniform(-vmax, vmax, shape)
    fp = evaluate(x)
    archive = []
    w = wins = np.zeros(n)
    k = 0
    while fes < BUDGET:
        if k % R == 0:
            swarms = rng.permutation(3 * n).reshape(n, 3)
        if k % LP == 0:
            if k > 0:
                archive = [*archive[-7:], w[wins.argmax()]]
            w = rng.uniform(0.4, 0.9, n)
            if len(archive) == 8:
                w = rng.normal(np.median(archive), 0.1, n)
            wins = np.zeros(n)
        k += 1
        best = np.take_along_axis(swarms, fp[swarms].argmin(1)[:, None], 1)
        if k % L == 0:
            for i in best[np.argsort(fp[best[:, 0]])[: n // 4], 0]:
                z = minimize(
                    lambda z: evaluate(z[None])[0],
                    p[i],
                    method="L-BFGS-B",
                    bounds=list(zip(lower, upper)),
                    options={"maxfun": 200},
                )
                if z.fun < fp[i]:
                    p[i], fp[i] = z.x, z.fun
        if fes > 0.95 * BUDGET:
            best[:] = fp.argmin()
        inertia = np.zeros((3 * n, 1))
        inertia[swarms] = w[:, None, None]
        lead = np.zeros(3 * n, int)
        lead[swarms] = best
        v = inertia * v + 1.49445 * (rng.random(shape) * (p - x) + rng.random(shape) * (p[lead] - x))
        v = np.clip(v, -vmax, vmax)
        x = np.clip(x + v, lower, upper)
        f = evaluate(x)
        better = f < fp
        wins += better[swarms].sum(1)
        p, fp = np.where(better[:, None], x, p), np.minimum(f, fp)
    return p[fp.argmin()]
