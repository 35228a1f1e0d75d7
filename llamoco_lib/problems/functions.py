"""The basic function set F: sixteen standard test functions, each moved so that its optimum is z = 0 with value 0.

Every kernel takes z of shape (n, d) with d >= 2 and returns (n,). In a hybrid d is the length of the segment. This
module knows nothing of shifts, rotations, weights, bounds or constraints.
"""

import dataclasses
import functools
from collections.abc import Callable

import numpy as np

Kernel = Callable[[np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class BasicFunction:
    """One basic function: name, kernel (n, d) -> (n,), where it comes from, what its landscape is like."""

    name: str
    kernel: Kernel
    citation: str
    tags: tuple[str, ...]


FUNCTIONS: dict[str, BasicFunction] = {}


def _basic(citation: str, *tags: str) -> Callable[[Kernel], Kernel]:
    """Enter a kernel in ``FUNCTIONS`` under its own name."""

    def enter(kernel: Kernel) -> Kernel:
        FUNCTIONS[kernel.__name__] = BasicFunction(kernel.__name__, kernel, citation, tags)
        return kernel

    return enter


@functools.cache
def _index(d: int) -> np.ndarray:
    """1, 2, ..., d as float64, read-only."""
    index = np.arange(1.0, d + 1.0)
    index.flags.writeable = False
    return index


@functools.cache
def _ellipsoid_weights(d: int) -> np.ndarray:
    weights = 10.0 ** (6.0 * (_index(d) - 1.0) / (d - 1.0))
    weights.flags.writeable = False
    return weights


_KATSUURA_POWERS = 2.0 ** np.arange(1, 33)
_WEIERSTRASS_AMPLITUDES = 0.5 ** np.arange(21)
_WEIERSTRASS_FREQUENCIES = 2.0 * np.pi * 3.0 ** np.arange(21)
_WEIERSTRASS_FLOOR = np.cos(_WEIERSTRASS_FREQUENCIES * 0.5) @ _WEIERSTRASS_AMPLITUDES


@_basic("Hansen et al., BBOB 2009, f1", "unimodal", "separable", "smooth")
def sphere(z: np.ndarray) -> np.ndarray:
    """Sum of z_i^2."""
    return (z * z).sum(axis=1)


@_basic("Awad et al., CEC 2017, F1", "unimodal", "ill-conditioned", "smooth")
def bent_cigar(z: np.ndarray) -> np.ndarray:
    """z_1^2 + 10^6 sum_{i >= 2} z_i^2."""
    return z[:, 0] ** 2 + 1e6 * (z[:, 1:] ** 2).sum(axis=1)


@_basic("Hansen et al., BBOB 2009, f11", "unimodal", "ill-conditioned", "smooth")
def discus(z: np.ndarray) -> np.ndarray:
    """10^6 z_1^2 + sum_{i >= 2} z_i^2."""
    return 1e6 * z[:, 0] ** 2 + (z[:, 1:] ** 2).sum(axis=1)


@_basic("Hansen et al., BBOB 2009, f2", "unimodal", "separable", "ill-conditioned", "smooth")
def ellipsoid(z: np.ndarray) -> np.ndarray:
    """Sum of 10^(6 (i - 1) / (d - 1)) z_i^2."""
    return (z * z) @ _ellipsoid_weights(z.shape[1])


@_basic("Rosenbrock, 1960; Awad et al., CEC 2017, F4", "multimodal", "nonseparable", "smooth")
def rosenbrock(z: np.ndarray) -> np.ndarray:
    """Sum_{i < d} 100 ((z_i + 1)^2 - (z_{i+1} + 1))^2 + z_i^2."""
    y = z + 1.0
    return (100.0 * (y[:, :-1] ** 2 - y[:, 1:]) ** 2 + z[:, :-1] ** 2).sum(axis=1)


@_basic("Ackley, 1987; Awad et al., CEC 2017", "multimodal", "flat outside")
def ackley(z: np.ndarray) -> np.ndarray:
    """-20 exp(-0.2 sqrt(sum z_i^2 / d)) - exp(sum cos(2 pi z_i) / d) + 20 + e."""
    d = z.shape[1]
    radius = np.sqrt((z * z).sum(axis=1) / d)
    return 20.0 * (1.0 - np.exp(-0.2 * radius)) + (np.e - np.exp(np.cos(2.0 * np.pi * z).sum(axis=1) / d))


@_basic("Rastrigin, 1974; Awad et al., CEC 2017, F5", "multimodal", "separable", "smooth")
def rastrigin(z: np.ndarray) -> np.ndarray:
    """Sum of z_i^2 - 10 cos(2 pi z_i) + 10."""
    return (z * z - 10.0 * np.cos(2.0 * np.pi * z) + 10.0).sum(axis=1)


@_basic("Griewank, 1981; Awad et al., CEC 2017", "multimodal", "nonseparable", "smooth")
def griewank(z: np.ndarray) -> np.ndarray:
    """1 + sum z_i^2 / 4000 - prod cos(z_i / sqrt(i))."""
    return 1.0 + (z * z).sum(axis=1) / 4000.0 - np.cos(z / np.sqrt(_index(z.shape[1]))).prod(axis=1)


@_basic("Schwefel, 1981, problem 1.2", "unimodal", "nonseparable", "smooth")
def schwefel_1_2(z: np.ndarray) -> np.ndarray:
    """Sum_i (sum_{j <= i} z_j)^2."""
    return (z.cumsum(axis=1) ** 2).sum(axis=1)


@_basic("Awad et al., CEC 2017, F3", "unimodal", "nonseparable", "smooth")
def zakharov(z: np.ndarray) -> np.ndarray:
    """Sum z_i^2 + (sum 0.5 i z_i)^2 + (sum 0.5 i z_i)^4."""
    line = z @ (0.5 * _index(z.shape[1]))
    return (z * z).sum(axis=1) + line**2 + line**4


@_basic("Levy and Montalvo, 1985; Awad et al., CEC 2017, F9", "multimodal", "nonseparable", "smooth")
def levy(z: np.ndarray) -> np.ndarray:
    """With w_i = 1 + z_i / 4.

    sin^2(pi w_1) + sum_{i < d} (w_i - 1)^2 (1 + 10 sin^2(pi w_i + 1)) + (w_d - 1)^2 (1 + sin^2(2 pi w_d)).
    """
    w = 1.0 + z / 4.0
    inner = (w[:, :-1] - 1.0) ** 2 * (1.0 + 10.0 * np.sin(np.pi * w[:, :-1] + 1.0) ** 2)
    last = (w[:, -1] - 1.0) ** 2 * (1.0 + np.sin(2.0 * np.pi * w[:, -1]) ** 2)
    return np.sin(np.pi * w[:, 0]) ** 2 + inner.sum(axis=1) + last


@_basic("Salomon, 1996", "multimodal", "nonseparable", "concentric")
def salomon(z: np.ndarray) -> np.ndarray:
    """1 - cos(2 pi r) + 0.1 r with r = sqrt(sum z_i^2)."""
    radius = np.sqrt((z * z).sum(axis=1))
    return 1.0 - np.cos(2.0 * np.pi * radius) + 0.1 * radius


@_basic("Katsuura, 1991; paper, App. B; Awad et al., CEC 2017", "multimodal", "nowhere differentiable")
def katsuura(z: np.ndarray) -> np.ndarray:
    """10 / d^2 prod_i (1 + i sum_{j = 1..32} |2^j z_i - round(2^j z_i)| / 2^j)^(10 / d^1.2) - 10 / d^2.

    The exponent is CEC's 10 / d^1.2, which is also how the paper's formula reads before its conversion to text.
    """
    d = z.shape[1]
    scaled = z[:, :, None] * _KATSUURA_POWERS
    roughness = np.abs(scaled - np.round(scaled)) @ (1.0 / _KATSUURA_POWERS)
    return 10.0 / d**2 * (((1.0 + _index(d) * roughness) ** (10.0 / d**1.2)).prod(axis=1) - 1.0)


@_basic("Beyer and Finck, 2012; Awad et al., CEC 2017", "multimodal", "nonseparable", "curved ridge")
def happycat(z: np.ndarray) -> np.ndarray:
    """With y_i = z_i - 1: |sum y_i^2 - d|^(1/4) + (0.5 sum y_i^2 + sum y_i) / d + 0.5."""
    d = z.shape[1]
    y = z - 1.0
    squares = (y * y).sum(axis=1)
    return np.abs(squares - d) ** 0.25 + (0.5 * squares + y.sum(axis=1)) / d + 0.5


@_basic("Weierstrass, 1872; Awad et al., CEC 2017, F6", "multimodal", "separable", "nowhere differentiable")
def weierstrass(z: np.ndarray) -> np.ndarray:
    """Sum_i sum_k a^k cos(2 pi b^k (z_i + 0.5)) - d sum_k a^k cos(pi b^k), a = 0.5, b = 3, k = 0..20."""
    waves = np.cos(_WEIERSTRASS_FREQUENCIES * (z[:, :, None] + 0.5)) @ _WEIERSTRASS_AMPLITUDES
    return (waves - _WEIERSTRASS_FLOOR).sum(axis=1)


@_basic("Schwefel, 1981, problem 2.22", "unimodal", "nonseparable", "nonsmooth")
def schwefel_2_22(z: np.ndarray) -> np.ndarray:
    """Sum |z_i| + prod |z_i|."""
    absolute = np.abs(z)
    return absolute.sum(axis=1) + absolute.prod(axis=1)
