"""The basic constraint set Omega: families of inequality and equality constraints on x itself (paper 3.1).

Every kernel takes x of shape (n, D) and the family's numbers and returns (n,): an inequality holds where the value is
<= 0, an equality where its absolute value is within ``spec.FEASIBILITY_TOLERANCE``. ``around`` draws a family's
numbers so that a given point satisfies it. This module knows nothing of objectives.
"""

import dataclasses
import functools
from collections.abc import Callable
from typing import Literal

import numpy as np

from llamoco_lib.problems.spec import Constraint

SIGNIFICANT_DIGITS = 6  # a writing prints the numbers with these digits, so they are all the digits there are


@dataclasses.dataclass(frozen=True)
class Family:
    """One constraint family: its name, its kind, the names of its numbers and its kernel (n, D) -> (n,)."""

    name: str
    kind: Literal["inequality", "equality"]
    parameters: tuple[str, ...]
    kernel: Callable[..., np.ndarray]


FAMILIES: dict[str, Family] = {}


def _family(kind: Literal["inequality", "equality"], *parameters: str) -> Callable:
    """Enter a kernel in ``FAMILIES`` under its own name."""

    def enter(kernel: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
        FAMILIES[kernel.__name__] = Family(kernel.__name__, kind, parameters, kernel)
        return kernel

    return enter


@functools.cache
def _index(d: int) -> np.ndarray:
    return np.arange(1.0, d + 1.0)


@functools.cache
def _signs(d: int) -> np.ndarray:
    return (-1.0) ** _index(d)


@_family("inequality", "b")
def linear_sum(x: np.ndarray, b: float) -> np.ndarray:
    """Sum x_i - b <= 0."""
    return x.sum(axis=1) - b


@_family("inequality", "b")
def weighted_sum(x: np.ndarray, b: float) -> np.ndarray:
    """Sum i x_i - b <= 0."""
    return x @ _index(x.shape[1]) - b


@_family("inequality", "c", "r")
def ball(x: np.ndarray, c: float, r: float) -> np.ndarray:
    """Sum (x_i - c)^2 - r <= 0."""
    return ((x - c) ** 2).sum(axis=1) - r


@_family("inequality", "c", "r")
def outside_ball(x: np.ndarray, c: float, r: float) -> np.ndarray:
    """R - sum (x_i - c)^2 <= 0."""
    return r - ((x - c) ** 2).sum(axis=1)


@_family("inequality", "b")
def l1_norm(x: np.ndarray, b: float) -> np.ndarray:
    """Sum |x_i| - b <= 0."""
    return np.abs(x).sum(axis=1) - b


@_family("inequality", "w", "b")
def sine_sum(x: np.ndarray, w: float, b: float) -> np.ndarray:
    """Sum sin(w x_i) - b <= 0."""
    return np.sin(w * x).sum(axis=1) - b


@_family("inequality", "b")
def product_sum(x: np.ndarray, b: float) -> np.ndarray:
    """Sum_{i < D} x_i x_{i+1} - b <= 0."""
    return (x[:, :-1] * x[:, 1:]).sum(axis=1) - b


@_family("equality", "b")
def eq_sum(x: np.ndarray, b: float) -> np.ndarray:
    """Sum x_i - b = 0."""
    return x.sum(axis=1) - b


@_family("equality", "c", "r")
def eq_sphere(x: np.ndarray, c: float, r: float) -> np.ndarray:
    """Sum (x_i - c)^2 - r = 0."""
    return ((x - c) ** 2).sum(axis=1) - r


@_family("equality", "b")
def eq_alternating(x: np.ndarray, b: float) -> np.ndarray:
    """Sum (-1)^i x_i - b = 0, i from 1."""
    return x @ _signs(x.shape[1]) - b


def rounded(value: float, direction: Literal["nearest", "up", "down"] = "nearest") -> float:
    """``value`` with six significant digits; ``up`` never gives less than ``value``, ``down`` never more."""
    result = float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    step = 0.0 if value == 0.0 else 10.0 ** (np.floor(np.log10(abs(value))) + 1 - SIGNIFICANT_DIGITS)
    if direction == "up" and result < value:
        result = float(f"{result + step:.{SIGNIFICANT_DIGITS}g}")
    if direction == "down" and result > value:
        result = float(f"{result - step:.{SIGNIFICANT_DIGITS}g}")
    return result


def around(
    family: str,
    point: np.ndarray,
    lower: np.ndarray,
    upper: np.ndarray,
    active: bool,
    generator: np.random.Generator,
) -> Constraint:
    """A constraint of the family that ``point`` (D,) satisfies.

    An equality holds at the point up to the rounding of its numbers to six digits. An inequality is ``active`` there
    (zero up to that rounding, on the feasible side) or holds with a margin of up to one standard deviation of its
    value over the box (``lower``, ``upper``: (D,)).
    """
    kind, kernel = FAMILIES[family].kind, FAMILIES[family].kernel
    half_width = float(np.min(upper - lower)) / 2.0
    fixed = {}  # the numbers that shape the constraint; its level (b or r) then puts the point on it
    if "c" in FAMILIES[family].parameters:
        fixed["c"] = float(f"{generator.uniform(-0.5, 0.5) * half_width:.2g}")
    if "w" in FAMILIES[family].parameters:
        fixed["w"] = float(f"{generator.uniform(1.0, 6.0) / half_width:.2g}")
    level = "r" if "r" in FAMILIES[family].parameters else "b"
    value = float(kernel(point[None, :], **fixed, **{level: 0.0})[0])
    if kind == "equality":
        return Constraint(family, {**fixed, level: rounded(value)})
    sample = kernel(generator.uniform(lower, upper, (64, point.size)), **fixed, **{level: 0.0})
    margin = 0.0 if active else generator.uniform(0.05, 1.0) * float(np.std(sample))
    if family == "outside_ball":  # value = -(squared distance): the radius must stay positive
        return Constraint(family, {**fixed, level: rounded(max(-value - margin, -0.25 * value), "down")})
    return Constraint(family, {**fixed, level: rounded(value + margin, "up")})
