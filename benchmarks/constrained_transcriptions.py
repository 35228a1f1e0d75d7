"""HECO-DE, DTPSO and GA-TDX once more, point by point: what the pool's vectorised programs are compared with.

Written straight from the rules as the pool understands them (the papers' full texts and samples were not at hand), in
loops over single points and with their own random draws, so that a slip of indexing, of masking or of the order of
steps in a vectorised program shows as a difference of results. They say nothing on whether the rules are the papers'.
Every function is ``(objective, constraints, seed, lower, upper, budget)`` and goes on until the evaluator ends it.
This module knows nothing of test problems or tables.
"""

from collections.abc import Callable

import numpy as np

TOLERANCE = 1e-4  # of equalities


def _rated(objective: Callable, constraints: Callable) -> Callable:
    """A function x (D,) -> (total violation, objective), which compares as the feasibility rule does."""

    def rate(x: np.ndarray) -> tuple[float, float]:
        f = float(objective(x))
        g, h = constraints(x)
        violation = sum(max(v, 0.0) for v in g.tolist()) + sum(max(abs(v) - TOLERANCE, 0.0) for v in h.tolist())
        return violation, f

    return rate


def heco_de(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """HECO-DE (Xu, He, Shang 2020): lambda 20, gamma 0.1, 12 D points at first, four strategies, memories of five."""
    rng = np.random.default_rng(seed)
    rate = _rated(objective, constraints)
    dimension, size, gamma = len(lower), 20, 0.1
    first = max(size, 12 * dimension)
    points = [rng.uniform(lower, upper) for _ in range(first)]
    population = [(rate(x), x) for x in points]
    archive = list(points)
    memories = [[(0.5, 0.5)] * 5 for _ in range(4)]
    wins = [2.0] * 4
    used = first
    while True:
        t = used / budget
        n = int(first + (size - first) * t)
        population = sorted(population, key=lambda member: member[0])[:n]
        chosen = rng.permutation(n)[:size]
        leader = population[min(chosen)][1]
        trials, made = [], []
        for i in chosen:
            x = population[i][1]
            strategy = int(rng.choice(4, p=np.array(wins) / sum(wins)))
            f_mean, cr_mean = memories[strategy][rng.integers(5)]
            factor = float(np.clip(f_mean + 0.1 * rng.standard_cauchy(), 0.05, 1.0))
            rate_cr = float(np.clip(cr_mean + 0.1 * rng.standard_normal(), 0.0, 1.0))
            a, b, c = sorted(rng.integers(n, size=3))
            if strategy < 2:
                pick = rng.integers(n + len(archive))
                other = population[pick][1] if pick < n else archive[pick - n]
                mutant = x + factor * (leader - x) + factor * (population[b][1] - other)
            else:
                mutant = population[a][1] + factor * (population[b][1] - population[c][1])
            trial, place = x.copy(), int(rng.integers(dimension))
            if strategy % 2:  # exponential: a run of coordinates
                length = 1
                while length < dimension and rng.random() < rate_cr:
                    length += 1
                taken = [(place + k) % dimension for k in range(length)]
            else:
                taken = [k for k in range(dimension) if k == place or rng.random() < rate_cr]
            for k in taken:
                value = mutant[k]
                if value < lower[k]:
                    value = (x[k] + lower[k]) / 2
                elif value > upper[k]:
                    value = (x[k] + upper[k]) / 2
                trial[k] = value
            trials.append((rate(trial), trial))
            made.append((strategy, factor, rate_cr))
        used += size
        parents = [population[i] for i in chosen]
        best = min(rated for rated, _ in parents + trials)[1]
        lists = [
            ([abs(q[1] - best) for q, _ in group], [q[0] for q, _ in group], [q[1] for q, _ in group])
            for group in (parents, trials)
        ]
        ranges = [(min(p + q), max(p + q) - min(p + q) + 1e-30) for p, q in zip(*lists, strict=True)]
        gains: list[list[tuple[float, float, float]]] = [[], [], [], []]
        for j, i in enumerate(chosen):
            share = (j + 1) / size
            weights = (t * share, t * share + gamma, (1 - t) * (1 - share))
            costs = [
                sum(w * (part[j] - low) / span for w, part, (low, span) in zip(weights, side, ranges, strict=True))
                for side in lists
            ]
            if costs[1] < costs[0]:
                archive.append(population[i][1])
                population[i] = trials[j]
                gains[made[j][0]].append((costs[0] - costs[1], *made[j][1:]))
        while len(archive) > 4 * n:
            archive.pop(rng.integers(len(archive)))
        for strategy, won in enumerate(gains):
            if won:
                total = sum(gain for gain, _, _ in won)
                f_mean = sum(g * f * f for g, f, _ in won) / sum(g * f for g, f, _ in won)
                memories[strategy] = [*memories[strategy][1:], (f_mean, sum(g * c for g, _, c in won) / total)]
                wins[strategy] += len(won)
        if min(wins) < 0.05 * sum(wins):
            wins = [2.0] * 4


def dtpso(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """DTPSO (Lu et al. 2023): 50 particles of which the best 45 keep two tracks; c 1.711897, u1 0.5, u2 0."""
    rng = np.random.default_rng(seed)
    rate = _rated(objective, constraints)
    dimension, size, c = len(lower), 50, 1.711897
    span = upper - lower
    fastest = 0.1 * span
    x = [rng.uniform(lower, upper) for _ in range(size)]
    v = [rng.uniform(-fastest, fastest) for _ in range(size)]
    rated = [rate(point) for point in x]
    own = list(zip(rated, x, strict=True))
    shadow: list[tuple[np.ndarray, np.ndarray] | None] = [None] * size
    used = size

    def neighbour(a: np.ndarray) -> np.ndarray:
        distances = np.linalg.norm((np.array(x) - a) / span, axis=1)
        within = [k for k in range(size) if distances[k] < 0.1 * dimension**0.5]
        return x[min(within, key=lambda k: rated[k])] if within else x[int(np.argmin(distances))]

    def moved(x: np.ndarray, velocity: np.ndarray) -> tuple[tuple[float, float], np.ndarray, np.ndarray]:
        velocity = np.clip(velocity, -fastest, fastest)
        point = np.clip(x + velocity, lower, upper)
        return rate(point), point, velocity

    while True:
        w = 0.9 - 0.5 * used / budget
        ranking = sorted(range(size), key=lambda k: rated[k])
        leading = set(ranking[: int(0.9 * size)])
        best = min(own, key=lambda entry: entry[0])[1]
        for i in ranking:
            if rated[i][0] > 0 or i not in leading:
                new = moved(x[i], fastest * rng.choice((-1, 1), dimension) * rng.random(dimension))
                used += 1
                if new[0][0] == 0 or new[0] < rated[i]:
                    rated[i], x[i], v[i] = new
                    shadow[i] = None
            else:
                pull = 0.5 * (neighbour(x[i]) - x[i]) + 0.5 * (best - x[i])
                first = moved(x[i], w * v[i] + c * rng.random(dimension) * pull)
                used += 1
                if shadow[i] is None:
                    shadow[i] = None if first[0][0] == 0 else first[1:]
                    second = None
                else:
                    s, sv = shadow[i]
                    pull = c * rng.random(dimension) * (own[i][1] - s)
                    pull += c * rng.random(dimension) * (neighbour(s) - s)
                    second = moved(s, w * sv + pull)
                    used += 1
                    if second[0][0] > 0:
                        shadow[i] = second[1:]
                    else:
                        shadow[i] = None if first[0][0] == 0 else first[1:]
                feasible = [track for track in (first, second) if track is not None and track[0][0] == 0]
                if feasible:
                    rated[i], x[i], v[i] = min(feasible, key=lambda track: track[0])
            if rated[i] < own[i][0]:
                own[i] = (rated[i], x[i])


def ga_tdx(
    objective: Callable, constraints: Callable, seed: int, lower: np.ndarray, upper: np.ndarray, budget: int
) -> None:
    """GA-TDX (Wang, Xu, Wang 2023): 30 individuals, beta 0.5, penalty 1e4 on f over the first population's |f|."""
    rng = np.random.default_rng(seed)
    rate = _rated(objective, constraints)
    dimension, size, beta = len(lower), 30, 0.5
    first = [rng.uniform(lower, upper) for _ in range(size)]
    rated = [rate(x) for x in first]
    scale = max(abs(f) for _, f in rated)
    used = size
    population = [(f / scale + 1e4 * violation, x) for (violation, f), x in zip(rated, first, strict=True)]

    def individual(x: np.ndarray) -> tuple[float, np.ndarray]:
        x = np.clip(x, lower, upper)
        violation, f = rate(x)
        return f / scale + 1e4 * violation, x

    def fitness(member: tuple[float, np.ndarray]) -> float:
        return member[0]

    while True:
        t = min(1.0, used / budget)
        population.sort(key=fitness)
        children = []
        for i in range(size // 2):
            one, two = population[i][1], population[i + size // 2][1]
            along = one - two
            for parent in (one, two):
                aside = rng.standard_normal(dimension)
                aside -= along * (aside @ along) / (along @ along + 1e-60)
                aside *= np.linalg.norm(along) / np.linalg.norm(aside)
                alpha = rng.random()
                pair = individual(parent + alpha * along), individual(parent + alpha * (along + aside) / 2)
                children.append(min(pair, key=fitness))
        population = sorted(population + children, key=fitness)[:size]
        elite = int(beta * size)
        spread = np.abs(population[0][1] - population[elite - 1][1]) / 6
        mutants = []
        for i, (_, x) in enumerate(population):
            if i < elite:
                mutant = x + spread * rng.standard_normal(dimension)
            else:
                factor = 1.0 - rng.random(dimension) ** ((1.0 - t) ** 5)
                mutant = x + factor * (np.where(rng.random(dimension) < 0.5, lower, upper) - x)
            mutants.append(individual(mutant))
        population = [min(pair, key=fitness) for pair in zip(population, mutants, strict=True)]
        used += 3 * size
