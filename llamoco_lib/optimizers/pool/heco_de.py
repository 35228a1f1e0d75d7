"""HECO-DE: helper and equivalent objectives (Xu et al., 2020)."""

import numpy as np

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
NP = 12
LAMBDA = 20
GAMMA = 0.1


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def evaluate(x):
        g, h = constraints(x)
        return objective(x), np.maximum(g, 0).sum(1) + np.maximum(np.abs(h) - 1e-4, 0).sum(1)

    def scaled(a):
        return (a - a.min()) / (np.ptp(a) + 1e-30)

    start = max(LAMBDA, min(NP * DIM, BUDGET // 10))
    archive = x = rng.uniform(lower, upper, (start, DIM))
    f, v = evaluate(x)
    memory = np.full((4, 5, 2), 0.5)
    wins = np.full(4, 2)
    shape = (LAMBDA, DIM)
    w = np.tile(np.arange(1, LAMBDA + 1) / LAMBDA, 2)
    for fes in range(start, BUDGET, LAMBDA):
        t = fes / BUDGET
        n = int(start + (LAMBDA - start) * t)
        order = np.lexsort((f, v))[:n]
        x, f, v = x[order], f[order], v[order]
        q = rng.permutation(n)[:LAMBDA]
        kind = rng.choice(4, LAMBDA, p=wins / wins.sum())
        m = memory[kind, rng.integers(5, size=LAMBDA)]
        F = np.clip(m[:, :1] + 0.1 * rng.standard_cauchy((LAMBDA, 1)), 0.05, 1)
        CR = np.clip(m[:, 1:] + 0.1 * rng.standard_normal((LAMBDA, 1)), 0, 1)
        a, b, c = x[np.sort(rng.integers(n, size=(3, LAMBDA)), axis=0)]
        old = rng.choice(np.vstack([x, archive]), LAMBDA)
        best = x[q] + F * (x[q.min()] - x[q] + b - old)
        y = np.where(kind[:, None] < 2, best, a + F * (b - c))
        y = np.where(y < lower, (x[q] + lower) / 2, y)
        y = np.where(y > upper, (x[q] + upper) / 2, y)
        place = (np.arange(DIM) - rng.integers(DIM, size=(LAMBDA, 1))) % DIM
        hit = rng.random(shape) < CR
        exponential = place <= hit.cumprod(1).sum(1, keepdims=True)
        y = np.where(np.where(kind[:, None] % 2, exponential, hit | (place == 0)), y, x[q])
        fy, vy = evaluate(y)
        fs, vs = np.append(f[q], fy), np.append(v[q], vy)
        e = np.abs(fs - fs[np.lexsort((fs, vs))[0]])
        cost = t * w * scaled(e) + (t * w + GAMMA) * scaled(vs) + (1 - t) * (1 - w) * scaled(fs)
        gain = cost[:LAMBDA] - cost[LAMBDA:]
        won = gain > 0
        archive = rng.permutation(np.vstack([archive, x[q[won]]]))[: 4 * n]
        x[q[won]], f[q[won]], v[q[won]] = y[won], fy[won], vy[won]
        for k in set(kind[won]):
            own = won & (kind == k)
            p = gain[own] / gain[own].sum()
            new = p @ F[own] ** 2 / (p @ F[own]), p @ CR[own]
            memory[k] = np.vstack([memory[k, 1:], np.ravel(new)])
            wins[k] += own.sum()
        if wins.min() < 0.05 * wins.sum():
            wins[:] = 2
    return x[np.lexsort((f, v))[0]]
