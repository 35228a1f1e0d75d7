"""DTPSO: double-track particle swarm optimizer for constrained problems (Lu et al., 2023)."""

import numpy as np
from scipy.spatial.distance import cdist

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 50
P = 0.9
C = 1.711897
U1 = 0.5


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    span = upper - lower
    vmax = 0.1 * span
    shape = (NP, DIM)
    bad = 1e100

    def evaluate(x):
        score = np.full(len(x), np.inf)
        x = x[: BUDGET - fes]
        f = objective(x)
        g, h = constraints(x)
        c = np.maximum(g, 0).sum(1) + np.maximum(np.abs(h) - 1e-4, 0).sum(1)
        feasible = (c == 0) & (np.abs(f) < bad)
        score[: len(x)] = np.where(feasible, f, bad * (1 + np.fmin(c, bad)))
        return score

    def near(a):
        d = cdist(a / span, x / span)
        return x[np.where(d < 0.1 * DIM**0.5, -1, d).argmin(1)]

    fes = 0
    x = rng.uniform(lower, upper, shape)
    v = rng.uniform(-vmax, vmax, shape)
    f = evaluate(x)
    fes = NP
    p, fp = x, f
    s, sv, twin = x.copy(), v.copy(), f >= bad
    double = np.arange(NP) < int(P * NP)
    while fes < BUDGET:
        order = np.argsort(f)
        x, v, f, p, fp, s, sv, twin = (a[order] for a in (x, v, f, p, fp, s, sv, twin))
        w = 0.9 - 0.5 * fes / BUDGET
        r1, r2, r3 = C * rng.random((3, NP, DIM))
        v1 = w * v + r1 * ((1 - U1) * (near(x) - x) + U1 * (p[fp.argmin()] - x))
        v1 = np.where(double[:, None], v1, rng.uniform(-vmax, vmax, shape))
        v2 = w * sv + r2 * (p - s) + r3 * (near(s) - s)
        v1, v2 = np.clip([v1, v2], -vmax, vmax)
        y, z = np.clip([x + v1, s + v2], lower, upper)
        second = double & twin
        both = evaluate(np.vstack([y, z[second]]))
        fes += len(both)
        fy, fz = both[:NP], np.full(NP, np.inf)
        fz[second] = both[NP:]
        swap = (fz < bad) & (fz < fy)
        born = (fy >= bad) & (swap | ~twin)
        keep = (fy < bad) | (fy < f)
        twin = (fy >= bad) | (twin & (fz >= bad))
        s[second], sv[second] = z[second], v2[second]
        s[born], sv[born] = y[born], v1[born]
        x[keep], v[keep], f[keep] = y[keep], v1[keep], fy[keep]
        x[swap], v[swap], f[swap] = z[swap], v2[swap], fz[swap]
        better = f < fp
        p, fp = np.where(better[:, None], x, p), np.minimum(f, fp)
    return p[fp.argmin()]
