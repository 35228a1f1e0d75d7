"""Plain transcriptions of published rules: one point at a time, in loops, in the words of the paper.

They are written apart from the pool's programs and share nothing with them, for optimizers of which the pool uses
the only library at hand, or of which there is no public implementation. The signature is that of ``peers``. This
module knows nothing of the functions that are compared on, or of the table.
"""

import math

import numpy as np
from scipy.optimize import minimize

from benchmarks.peers import Objective


def simulated_annealing(
    objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int
) -> None:
    """Corana, Marchesi, Martini, Ridella (1987): moves along one coordinate, step lengths held at half acceptance.

    N_S = 20 sweeps before the steps are adapted (c = 2), one adaptation a temperature, r_T = 0.5; after each
    reduction the search goes on from the best point. The first temperature is a tenth of the standard deviation of 20
    random values, the first step half the range.
    """
    rng = np.random.default_rng(seed)
    temperature = 0.1 * np.std([objective(rng.uniform(lower, upper)) for _ in range(20)])
    step = 0.5 * (upper - lower)
    x = rng.uniform(lower, upper)
    f = objective(x)
    best, f_best = x, f
    while True:
        accepted = np.zeros(dimension)
        for _ in range(20):
            for h in range(dimension):
                y = x.copy()
                y[h] = rng.uniform(max(lower[h], x[h] - step[h]), min(upper[h], x[h] + step[h]))
                fy = objective(y)
                if fy <= f or rng.random() < math.exp((f - fy) / temperature):
                    x, f = y, fy
                    accepted[h] += 1
                if f < f_best:
                    best, f_best = x, f
        for h, ratio in enumerate(accepted / 20):
            if ratio > 0.6:
                step[h] *= 1 + 2 * (ratio - 0.6) / 0.4
            elif ratio < 0.4:
                step[h] /= 1 + 2 * (0.4 - ratio) / 0.4
        temperature = max(0.5 * temperature, 1e-300)
        x, f = best, f_best


def nsa(objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int) -> None:
    """Bouttier and Gavra (2019) without noise: a normal step, Metropolis' rule, T times 0.99 at each evaluation.

    The step is 0.05 of the range, reflected at the bounds; the start is the best of 20 random points, and the first
    temperature is 0.01 of the distance of their median value from their best.
    """
    rng = np.random.default_rng(seed)
    starts = [rng.uniform(lower, upper) for _ in range(20)]
    values = [objective(x) for x in starts]
    f = min(values)
    x = starts[values.index(f)]
    temperature = 0.01 * (np.median(values) - f)
    while True:
        y = x + 0.05 * (upper - lower) * rng.standard_normal(dimension)
        for i in range(dimension):
            while not lower[i] <= y[i] <= upper[i]:
                y[i] = 2 * lower[i] - y[i] if y[i] < lower[i] else 2 * upper[i] - y[i]
        fy = objective(y)
        if fy <= f or rng.random() < math.exp((f - fy) / temperature):
            x, f = y, fy
        temperature = max(0.99 * temperature, 1e-200)


def vanilla_pso(
    objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int
) -> None:
    """Shi and Eberhart (1998): the inertia falls linearly from 0.9 to 0.4, both accelerations are 2.

    20 particles around the global best, velocities within 0.2 of the range, positions clipped to the box.
    """
    rng = np.random.default_rng(seed)
    limit = 0.2 * (upper - lower)
    x = [rng.uniform(lower, upper) for _ in range(20)]
    v = [rng.uniform(-limit, limit) for _ in range(20)]
    own = [(objective(x[i]), x[i]) for i in range(20)]
    generations = budget // 20
    for generation in range(generations + 1):
        inertia = 0.9 - 0.5 * generation / generations
        for i in range(20):
            leader = min(own, key=lambda entry: entry[0])[1]
            pull = 2 * rng.random(dimension) * (own[i][1] - x[i]) + 2 * rng.random(dimension) * (leader - x[i])
            v[i] = np.clip(inertia * v[i] + pull, -limit, limit)
            x[i] = np.clip(x[i] + v[i], lower, upper)
            f = objective(x[i])
            if f < own[i][0]:
                own[i] = f, x[i]


def amcde(objective: Objective, lower: np.ndarray, upper: np.ndarray, dimension: int, budget: int, seed: int) -> None:
    """Ye et al. (2023), the pool's default: 5 D individuals falling to 4, Gn = 5, p_ls = 0.1, p_bc = 0.4.

    The rule by which one in a hundred of the worst fifth takes over a worse trial is kept, which the pool's program
    leaves out. Crossover is binomial with probability p_bc, else exponential, as in IMODE, which it is built on.
    """
    rng = np.random.default_rng(seed)
    centre = (lower + upper) / 2
    largest = size = 5 * dimension
    people = sorted(((objective(x), x, None) for x in rng.uniform(lower, upper, (size, dimension))), key=_first)
    archive: list[np.ndarray] = []
    memory, slot = [0.2] * (20 * dimension), 0
    ruler, quiet, chance, spent = 0, 0, 0.1, size
    while True:
        t = spent / budget
        contest = quiet >= 5
        crossover_rate = max(0.0, 2 * (t - 0.5))
        trials = []
        for i, (f, x, told) in enumerate(people):
            kind = rng.integers(3) if contest else ruler
            kind = kind if told is None else told
            scale = 0.0
            while scale <= 0:
                scale = memory[rng.integers(len(memory))] + 0.1 * rng.standard_cauchy()
            scale = min(scale, 1.0)
            others = [entry[1] for j, entry in enumerate(people) if j != i]
            r1, r3 = (others[j] for j in rng.choice(len(others), 2, replace=False))
            either = others + archive
            r2 = either[rng.integers(len(either))]
            share = 0.5 if kind == 2 else 0.25
            leader = people[rng.integers(max(2, round(share * size)))][1]
            if kind == 2:  # around the middle of the box, which is the origin of the paper's functions
                y = centre + scale * (r1 - centre + leader - r3)
            else:
                y = x + scale * (leader - x + r1 - (r2 if kind == 0 else r3))
            y = np.where(y < lower, (x + lower) / 2, np.where(y > upper, (x + upper) / 2, y))
            z = x.copy()
            start = rng.integers(dimension)
            z[start] = y[start]
            if rng.random() < 0.4:
                taken = rng.random(dimension) < crossover_rate
                z[taken] = y[taken]
            else:
                length = 1
                while length < dimension and rng.random() < crossover_rate:
                    z[(start + length) % dimension] = y[(start + length) % dimension]
                    length += 1
            fz = objective(z)
            spent += 1
            trials.append((fz, z, kind, scale, max(f - fz, 0.0)))
        gains = [[trial[4] for trial in trials if trial[2] == kind] for kind in range(3)]
        winner = int(np.argmax([np.mean(gain) if gain else 0.0 for gain in gains]))
        weights = np.array([trial[4] for trial in trials])
        scales = np.array([trial[3] for trial in trials])
        if weights.sum() > 0:
            memory[slot] = float(np.sum(weights * scales**2) / np.sum(weights * scales))
            slot = (slot + 1) % len(memory)
        better = min(trial[0] for trial in trials) < people[0][0]
        quiet = 0 if better else quiet + 1
        ruler = winner if better else ruler
        survivors = []
        for i, ((f, x, _), (fz, z, kind, _, _)) in enumerate(zip(people, trials, strict=True)):
            told = kind if contest and kind == winner else None
            careless = contest and i >= 0.8 * size and rng.random() < 0.01
            if fz < f:
                archive.append(x)
            survivors.append((fz, z, told) if fz < f or careless else (f, x, told))
        size = round(largest + (4 - largest) * spent / budget)
        people = sorted(survivors, key=_first)[: max(size, 4)]
        while len(archive) > 2.6 * size:
            archive.pop(rng.integers(len(archive)))
        if spent > 0.85 * budget and rng.random() < chance:
            bounds = list(zip(lower, upper, strict=True))
            options = {"maxiter": 1 + budget // (50 * dimension)}
            found = minimize(objective, people[0][1], method="SLSQP", bounds=bounds, options=options)
            spent += found.nfev
            if found.fun < people[0][0]:
                people[0] = float(found.fun), found.x, people[0][2]
            else:
                chance = 0.0001


def _first(entry: tuple) -> float:
    return entry[0]
