"""AMCDE: monopoly and competition of mutation strategies (Ye et al., 2023)."""

import numpy as np
from scipy.optimize import minimize

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 5
GN = 5
PLS = 0.1
PBC = 0.4


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    centre = (lower + upper) / 2
    fes = slot = calm = ruler = winner = 0

    def evaluate(x):
        nonlocal fes
        f = np.full(len(x), np.inf)
        x = x[: BUDGET - fes]
        fes += len(x)
        if len(x):
            f[: len(x)] = objective(x)
        return np.where(np.abs(f) < 1e100, f, 1e100)

    def best(share):
        return x[rng.integers(max(2, round(share * n)), size=n)]

    start = n = max(10, min(NP * DIM, BUDGET // 20))
    x = rng.uniform(lower, upper, (n, DIM))
    f = evaluate(x)
    archive = x[:0]
    memory = np.full(20 * DIM, 0.2)
    kept = np.zeros(n, bool)
    pls = PLS
    while fes < BUDGET:
        t = fes / BUDGET
        n = round(start + (4 - start) * t)
        order = np.argsort(f)[:n]
        x, f, kept = x[order], f[order], kept[order]
        if t > 0.85 and rng.random() < pls:
            z = minimize(
                lambda z: evaluate(z[None])[0],
                x[0],
                method="SLSQP",
                bounds=np.c_[lower, upper],
                options={"maxiter": 1 + BUDGET // (50 * DIM)},
            )
            if z.fun < f[0]:
                x[0], f[0] = z.x, z.fun
            else:
                pls = 0.0001
        archive = rng.permutation(archive)[: int(2.6 * n)]
        union = np.vstack([x, archive])
        contest = calm >= GN
        kind = np.where(kept, winner, rng.integers(3, size=n) if contest else ruler)
        F = rng.choice(memory, n)
        F = np.minimum(1, F + 0.1 * np.tan(rng.uniform(-np.arctan(10 * F), np.pi / 2)))
        G = F[:, None]
        i = np.arange(n)
        a, b = rng.integers([[0], [1]], n - 1, (2, n))
        r1, r3 = x[i - 1 - a], x[i - 1 - (a + b) % (n - 1)]
        r2 = union[i - rng.integers(1, len(union), n)]
        d = best(0.25) - x + r1
        third = centre + G * (r1 - centre + best(0.5) - r3)
        y = np.choose(kind[:, None], [x + G * (d - r2), x + G * (d - r3), third])
        inside = np.clip(y, lower, upper)
        y = np.where(y == inside, y, (x + inside) / 2)
        hit = rng.random((n, DIM)) < 2 * t - 1
        place = (np.arange(DIM) - rng.integers(DIM, size=(n, 1))) % DIM
        run = hit.cumprod(1).sum(1, keepdims=True)
        hit = np.where(rng.random((n, 1)) < PBC, hit | (place == 0), place <= run)
        y = np.where(hit, y, x)
        fy = evaluate(y)
        gain = np.maximum(f - fy, 0)
        won = gain > 0
        if gain.sum() > 1e-99:
            memory[slot] = gain @ F**2 / (gain @ F)
            slot = (slot + 1) % len(memory)
        winner = np.argmax(np.bincount(kind, gain) / np.bincount(kind).clip(1))
        kept = contest & (kind == winner)
        archive = np.vstack([archive, x[won]])
        calm += 1
        if fy.min() < f[0]:
            ruler, calm = winner, 0
        x[won], f[won] = y[won], fy[won]
    return x[f.argmin()]
