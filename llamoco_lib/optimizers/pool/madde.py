"""MadDE: multiple adaptation differential evolution (Biswas et al., 2021)."""

import numpy as np
from scipy.stats import qmc

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 5
P = 0.18
PQBX = 0.01
HM = 10


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)
    centre = (lower + upper) / 2

    def evaluate(x):
        f = np.full(n, np.inf)
        x = x[: BUDGET - fes]
        f[: len(x)] = objective(x)
        return np.where(np.abs(f) < 1e100, f, 1e100)

    def best(a, share):
        return a[rng.integers(max(2, round(share * len(a))), size=n)]

    start = n = max(10, min(NP * DIM, BUDGET // 20))
    fes = slot = 0
    x = lower + (upper - lower) * qmc.Sobol(DIM, rng=rng).random_base2(n.bit_length())[:n]
    f = evaluate(x)
    fes = n
    archive = x[:0]
    memory = np.full((HM * DIM, 2), 0.2)
    third = chance = np.full(3, 1 / 3)
    while fes < BUDGET:
        t = fes / BUDGET
        q = P * (2 - t)
        n = round(start + (4 - start) * t)
        order = np.argsort(f)[:n]
        x, f = x[order], f[order]
        archive = rng.permutation(archive)[: int(2.3 * n)]
        union = np.vstack([x, archive])
        mF, mCR = rng.choice(memory, n).T[:, :, None]
        F = np.minimum(1, mF + 0.1 * np.tan(rng.uniform(-np.arctan(10 * mF), np.pi / 2)))
        CR = np.clip(rng.normal(mCR, 0.1), 0, 1)
        i = np.arange(n)
        a, b = rng.integers([[0], [1]], n - 1, (2, n))
        r1, r3 = x[i - 1 - a], x[i - 1 - (a + b) % (n - 1)]
        d = r1 - union[i - rng.integers(1, len(union), n)]
        kind = np.searchsorted(chance[:2].cumsum(), rng.random(n))
        y = np.choose(
            kind[:, None],
            [
                x + F * (best(x, P) - x + d),
                x + F * d,
                centre + F * (r1 - centre + (1 + t) / 2 * (best(x, q) - r3)),
            ],
        )
        inside = np.clip(y, lower, upper)
        y = np.where(y == inside, y, (x + inside) / 2)
        cross = rng.random((n, DIM)) < CR
        cross[i, rng.integers(DIM, size=n)] = True
        parent = np.where(rng.random((n, 1)) < PQBX, best(union, q), x)
        y = np.where(cross, y, parent)
        fy = evaluate(y)
        fes += n
        gain = np.maximum(f - fy, 0)
        s = [np.sum(gain / (np.abs(f) + 1e-30), where=kind == k) / (np.sum(kind == k) + 1e-9) for k in range(3)]
        chance = np.clip(s / np.sum(s), 0.1, 0.9) if all(s) else third
        won = gain > 0
        if won.any():
            w = gain[won] / gain.sum()
            F, CR = F[won, 0], CR[won, 0]
            end = memory[slot, 1] < 0 or not CR.any()
            memory[slot] = w @ F**2 / (w @ F), -1 if end else w @ CR**2 / (w @ CR)
            slot = (slot + 1) % len(memory)
        else:
            memory[slot] = 0.5
        archive = np.vstack([archive, x[won]])
        x[won], f[won] = y[won], fy[won]
    return x[np.argmin(f)]
