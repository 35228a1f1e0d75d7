"""LA-MCTS: Monte Carlo tree search over a learnt partition of the space (Wang et al., 2020)."""

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern
from sklearn.svm import SVC

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
BATCH = 20
EXPLORATION = 0.01
LEAF = 40


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def value(u):
        f = objective(lower + (upper - lower) * u)
        return np.where(np.isfinite(f), f, np.nan)

    def scaled(a):
        return (a - a.mean(0)) / (a.std() + 1e-300)

    x = rng.random((min(100, BUDGET // 4), DIM))
    f = value(x)
    while len(f) < BUDGET:
        # the root holds the 150 best points and 150 others
        order = np.argsort(f)
        root = np.append(order[:150], rng.permutation(order[150:])[:150])
        p, y = x[root], f[root]
        middle = np.nanmedian(y)
        y = np.nan_to_num(scaled(np.fmin(y, middle + 3 * (middle - y[0]))))
        node = np.arange(len(y))
        path = []
        while len(node) >= LEAF:
            features = np.column_stack([scaled(p[node]) / DIM**0.5, scaled(y[node])])
            label = kmeans2(features, 2, minit="points", rng=rng)[1]
            if np.ptp(label) == 0:
                break
            svm = SVC(max_iter=10000).fit(p[node], label)
            label = svm.predict(p[node])
            size = np.bincount(label, minlength=2)
            if size.min() < 3:
                break
            mean = np.bincount(label, y[node]) / size
            child = np.argmin(mean - 2 * EXPLORATION * np.sqrt(2 * np.log(len(node)) / size))
            path.append((svm, child))
            node = node[label == child]
        # candidates in the leaf, and a Gaussian process on the 100 points nearest to it
        leaf = p[node]
        batch = min(max(BATCH, BUDGET // 300), BUDGET - len(f))
        points = rng.choice(leaf, max(1000, 20 * batch))
        step = leaf.std(0) * 10 ** rng.uniform(-2, 0, (len(points), 1)) + 1e-12
        points = np.clip(points + step * rng.standard_normal(points.shape), 0, 1)
        inside = np.all([svm.predict(points) == child for svm, child in path] or [points[:, 0] >= 0], axis=0)
        if inside.sum() >= batch:
            points = points[inside]
        near = np.argsort(np.sum((p - leaf.mean(0)) ** 2, axis=1))[:100]
        scale = leaf.std() * DIM**0.5 + 1e-9
        kernel = Matern(scale, (0.1 * scale, 100 * scale), nu=2.5)
        gp = GaussianProcessRegressor(kernel, alpha=1e-6, normalize_y=True).fit(p[near], y[near])
        mean, std = gp.predict(points, return_std=True)
        std = std + 1e-12
        z = (y[near].min() - mean) / std
        gain = std * (z * norm.cdf(z) + norm.pdf(z))
        new = points[[group[np.argmax(gain[group])] for group in np.array_split(np.arange(len(points)), batch)]]
        x = np.vstack([x, new])
        f = np.append(f, value(new))
    return lower + (upper - lower) * x[np.argsort(f)[0]]
