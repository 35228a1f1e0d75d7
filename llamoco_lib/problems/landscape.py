"""Exploratory landscape analysis (ELA): numbers that say what an objective's landscape is like, from a sample of it.

The box is scaled to the unit cube and the values to [0, 1], so that neither the width of the box nor the scale of f
can matter (Prager and Trautmann, 2023). All objectives of one dimension are seen at the same points: what depends on
the points alone (distances, tour, bases of the meta-models) is computed once. The definitions are those of flacco
(Kerschke and Trautmann, 2019) but where a docstring says otherwise. This module knows nothing of how an objective
came to be, of constraints, or of figures.
"""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np
from scipy import signal, stats
from scipy.spatial import distance

from llamoco_lib import seeds

DISPERSION_SHARES = (0.05, 0.10, 0.25)  # of the points, the best ones
SETTLED = 0.05  # information content below which a tour counts as flat (Munoz et al., 2015)
EPSILONS = np.concatenate([[0.0], np.geomspace(1e-6, 1e6, 301)])  # slopes that information content lets pass as flat
HIGHEST_CONDITION = 6.0  # log10, beyond which the smallest coefficient is noise
ROUNDING = 1e-9  # of a coefficient
PEAK_MASS = 0.01  # of the values, at the least, under a peak of their density
DENSITY_GRID = 256

Features = dict[str, float]


@dataclasses.dataclass(frozen=True, eq=False)
class Design:
    """A sample of the unit cube and all that the features need of it.

    ``points`` (n, D) are a Latin hypercube; ``distances`` (n, n) are Euclidean, inf on the diagonal; ``tour`` (n,)
    goes from point to nearest point not yet seen; ``bases`` hold one orthonormal basis (n, columns) for each
    meta-model, without the mean; ``curvatures`` (D, n) maps values to the coefficients of x_i^2.
    """

    points: np.ndarray
    distances: np.ndarray
    tour: np.ndarray
    bases: dict[str, np.ndarray]
    curvatures: np.ndarray


@functools.lru_cache(maxsize=4)
def design(dimension: int, per_dimension: int, seed: int) -> Design:
    """The sample of ``per_dimension * dimension`` points that every objective of this dimension is seen at.

    Raises ValueError where the points are too few for a quadratic model with interactions.
    """
    n, columns = per_dimension * dimension, (dimension + 1) * (dimension + 2) // 2
    if n <= columns:
        raise ValueError(
            f"{per_dimension} points a dimension are too few for D = {dimension}: a quadratic model has {columns} "
            f"coefficients; take at least {columns // dimension + 1}"
        )
    generator = seeds.generator(seed, "landscape", dimension, per_dimension)
    points = stats.qmc.LatinHypercube(dimension, rng=generator).random(n)
    distances = distance.squareform(distance.pdist(points))
    np.fill_diagonal(distances, np.inf)
    x = points - 0.5
    first, second = np.triu_indices(dimension, 1)
    squares, pairs = x**2, x[:, first] * x[:, second]
    models = {
        "linear": x,
        "linear_interact": np.hstack([x, pairs]),
        "quadratic": np.hstack([x, squares]),
        "quadratic_interact": np.hstack([x, squares, pairs]),
    }
    bases = {name: np.linalg.qr(model - model.mean(axis=0))[0] for name, model in models.items()}
    quadratic = models["quadratic"] - models["quadratic"].mean(axis=0)
    curvatures = np.linalg.pinv(quadratic)[dimension:]
    return Design(points, distances, _tour(distances, int(generator.integers(n))), bases, curvatures)


def features(
    objective: Callable[[np.ndarray], np.ndarray], lower: np.ndarray, upper: np.ndarray, per_dimension: int, seed: int
) -> Features:
    """The ELA features of an objective (n, D) -> (n,) on the box ``lower``, ``upper`` (D,), by name.

    A value that is not finite counts as the worst finite one. Where all values of the sample are equal there is no
    landscape to speak of: every feature is NaN.
    """
    sample = design(len(lower), per_dimension, seed)
    values = np.asarray(objective(lower + sample.points * (upper - lower)), float)
    finite = np.isfinite(values)
    if not finite.any() or np.ptp(values[finite]) <= 1e-12 * np.abs(values[finite]).max():
        return dict.fromkeys(NAMES, np.nan)
    worst, best = values[finite].max(), values[finite].min()
    y = (np.where(finite, values, worst) - best) / (worst - best)
    return {f"{kind}.{name}": float(value) for kind, of in KINDS.items() for name, value in of(sample, y).items()}


def distribution(sample: Design, y: np.ndarray) -> Features:
    """How the values y (n,) are spread (Mersmann et al., 2011): skewness, kurtosis, peaks of their density.

    The first two reach thousands, so they are given as sign(s) log10(1 + |s|) and, of the kurtosis that is 3 for a
    normal distribution, log10.
    """
    grid = np.linspace(-0.1, 1.1, DENSITY_GRID)
    width = max(y.std() * len(y) ** -0.2, grid[1] - grid[0])  # Scott's rule
    heights = np.histogram(y, bins=len(grid), range=(grid[0], grid[-1]))[0]
    density = np.exp(-0.5 * ((grid[:, None] - grid) / width) ** 2) @ heights
    valleys = signal.argrelmin(density)[0]
    masses = [part.sum() / density.sum() for part in np.split(density, valleys)]
    skewness = stats.skew(y)
    return {
        "skewness": np.sign(skewness) * np.log10(1.0 + np.abs(skewness)),
        "kurtosis": np.log10(stats.kurtosis(y, fisher=False)),
        "peaks": sum(mass > PEAK_MASS for mass in masses),
    }


def meta_model(sample: Design, y: np.ndarray) -> Features:
    """How well simple models fit the values y (n,) (Mersmann et al., 2011).

    Adjusted R^2 of a linear and a quadratic model, each without and with products of two coordinates (flacco's last
    one also multiplies squares, which takes more coefficients than there are points), and the condition: log10 of the
    largest by the smallest coefficient of x_i^2, at most ``HIGHEST_CONDITION``.
    """
    centred = y - y.mean()
    total, n = centred @ centred, len(y)
    fits = {}
    for name, basis in sample.bases.items():
        left = 1.0 - np.sum((basis.T @ centred) ** 2) / total
        fits[f"{name}_r2"] = 1.0 - left * (n - 1) / (n - basis.shape[1] - 1)
    curvatures = np.maximum(np.abs(sample.curvatures @ centred), ROUNDING)
    return fits | {"condition": min(np.log10(curvatures.max() / curvatures.min()), HIGHEST_CONDITION)}


def dispersion(sample: Design, y: np.ndarray) -> Features:
    """How far the best points lie from each other, by how far all do (Lunacek and Whitley, 2006)."""

    def spread(share: float) -> float:
        best = np.flatnonzero(y <= np.quantile(y, share))
        return sample.distances[np.ix_(best, best)][np.triu_indices(len(best), 1)].mean()

    return {f"best_{share:.0%}": spread(share) / spread(1.0) for share in DISPERSION_SHARES}


def information_content(sample: Design, y: np.ndarray) -> Features:
    """How much slopes change sign along a tour of near points (Munoz et al., 2015).

    The largest information content over all slopes that pass as flat, the slope (log10) from which on the tour is
    settled, the slope (log10) at which half of its changes of sign are gone, and the partial information at slope 0.
    """
    steps = sample.distances[sample.tour[:-1], sample.tour[1:]]
    slopes = np.diff(y[sample.tour]) / steps
    signs = np.where(np.abs(slopes) <= EPSILONS[:, None], 0, np.sign(slopes)).astype(np.int8)
    symbols = 3 * (signs[:, :-1] + 1) + signs[:, 1:] + 1  # pairs of signs as 0 .. 8; those of equal signs are 0, 4, 8
    shares = np.stack([(symbols == symbol).mean(axis=1) for symbol in (1, 2, 3, 5, 6, 7)])
    entropy = -np.sum(shares * np.log(np.where(shares > 0.0, shares, 1.0)) / np.log(6.0), axis=0)
    partial = np.array([np.count_nonzero(np.diff(row[row != 0])) for row in signs]) / (len(slopes) - 1)
    lasting = EPSILONS[1:][partial[1:] > 0.5 * partial[0]]
    return {
        "highest": entropy.max(),
        "settled_slope": np.log10(EPSILONS[1:][entropy[1:] < SETTLED].min()),
        "half_slope": np.log10(lasting.max() if len(lasting) else EPSILONS[1]),
        "partial": partial[0],
    }


def nearest_better(sample: Design, y: np.ndarray) -> Features:
    """Distances to the nearest point against those to the nearest better one (Kerschke et al., 2015).

    Ratio of their standard deviations and of their means, their correlation, the variation of their ratios, and the
    correlation of a point's value with how often it is somebody's nearest better one.
    """
    nearest = sample.distances.min(axis=1)
    masked = np.where(y[None, :] < y[:, None], sample.distances, np.inf)
    better = masked.argmin(axis=1)
    reach = masked[np.arange(len(y)), better]
    has = np.isfinite(reach)
    followers = np.bincount(better[has], minlength=len(y))
    reach = np.where(has, reach, nearest)  # the best points, as in flacco
    ratios = nearest / reach
    return {
        "sd_ratio": nearest.std() / reach.std(),
        "mean_ratio": nearest.mean() / reach.mean(),
        "correlation": np.corrcoef(nearest, reach)[0, 1],
        "variation": ratios.std(ddof=1) / ratios.mean(),
        "value_correlation": np.corrcoef(followers, y)[0, 1],
    }


def fitness_distance(sample: Design, y: np.ndarray) -> Features:
    """Correlation of value and distance to the best point (Jones and Forrest, 1995)."""
    best = int(y.argmin())
    others = np.arange(len(y)) != best
    away = sample.distances[best, others]
    return {"correlation": np.corrcoef(y[others], away)[0, 1] if np.ptp(y[others]) else 0.0}


def _tour(distances: np.ndarray, start: int) -> np.ndarray:
    """From ``start`` to the nearest point not yet seen, until none is left."""
    left = distances.copy()
    tour = [start]
    for _ in range(len(distances) - 1):
        left[:, tour[-1]] = np.inf
        tour.append(int(left[tour[-1]].argmin()))
    return np.array(tour)


KINDS: dict[str, Callable[[Design, np.ndarray], Features]] = {
    "distribution": distribution,
    "meta_model": meta_model,
    "dispersion": dispersion,
    "information": information_content,
    "nearest_better": nearest_better,
    "fitness_distance": fitness_distance,
}
NAMES = (
    *("distribution.skewness", "distribution.kurtosis", "distribution.peaks"),
    *(f"meta_model.{model}_r2" for model in ("linear", "linear_interact", "quadratic", "quadratic_interact")),
    "meta_model.condition",
    *(f"dispersion.best_{share:.0%}" for share in DISPERSION_SHARES),
    *(f"information.{name}" for name in ("highest", "settled_slope", "half_slope", "partial")),
    *(
        f"nearest_better.{name}"
        for name in ("sd_ratio", "mean_ratio", "correlation", "variation", "value_correlation")
    ),
    "fitness_distance.correlation",
)
