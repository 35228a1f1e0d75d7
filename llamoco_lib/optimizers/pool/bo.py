"""Bayesian optimization with a Gaussian process (Snoek et al., 2012)."""

import numpy as np
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Matern

DIM = 10
LOWER = -5.0
UPPER = 5.0
BUDGET = 1000
ACQUISITION = "EI"
INITIAL = 2
KERNEL = "matern52"


def optimize(objective, constraints, seed):
    rng = np.random.default_rng(seed)
    lower = np.full(DIM, LOWER)
    upper = np.full(DIM, UPPER)

    def value(u):
        f = objective(lower + (upper - lower) * u)
        return np.where(np.isfinite(f), f, np.nan)

    scale = DIM**0.5 / 3, (0.01, 100.0)
    kernel = {"rbf": RBF(*scale), "matern52": Matern(*scale, nu=2.5)}[KERNEL]
    x = rng.random((min(INITIAL * DIM, BUDGET // 4), DIM))
    f = value(x)
    fitted = 0
    while len(f) < BUDGET:
        # the model sees the 100 best points and 100 others
        order = np.argsort(f)
        data = np.append(order[:100], rng.permutation(order[100:])[:100])
        y = f[data]
        middle = np.nanmedian(y)
        y = np.fmin(y, middle + 3 * (middle - y[0]))
        y = np.nan_to_num((y - y.mean()) / (y.std() + 1e-300))
        refit = len(f) > 1.2 * fitted
        gp = GaussianProcessRegressor(kernel, alpha=1e-6, optimizer="fmin_l_bfgs_b" if refit else None)
        gp.fit(x[data], y)
        if refit:
            kernel, fitted = gp.kernel_, len(f)
        # 100 rounds: a batch takes the best of as many groups of candidates, half of them near good points
        batch = min(BUDGET // 100 + 1, BUDGET - len(f))
        shape = batch, max(2000 // batch, 20)
        good = x[rng.choice(order[:10], shape)]
        near = np.clip(good + 10 ** rng.uniform(-3, -0.5, (*shape, 1)) * rng.standard_normal(good.shape), 0, 1)
        points = np.where(rng.random((*shape, 1)) < 0.5, near, rng.random(good.shape))
        mean, std = gp.predict(points.reshape(-1, DIM), return_std=True)
        std = std + 1e-12
        gain = y.min() - mean
        z = gain / std
        score = {"EI": gain * norm.cdf(z) + std * norm.pdf(z), "PI": z, "LCB": gain + 2 * std}[ACQUISITION]
        new = points[np.arange(batch), score.reshape(shape).argmax(1)]
        x = np.vstack([x, new])
        f = np.append(f, value(new))
    return lower + (upper - lower) * x[np.argsort(f)[0]]
