"""The constraint families as compiled scalar kernels, and one dispatcher over rows of points.

A kernel takes one point x (D,) and the family's numbers in the order of its statement (at most two; ``_`` where there
is none) and returns the left-hand side, which is <= 0 or = 0. Which constraints there are is data (``codes``), so no
instance compiles anything. All kernels stand in this one file because numba's cache on disk does not notice a change
of a callee in another file. This module knows nothing of kinds, names of numbers, or how instances are drawn.
"""

import math

import numpy as np
from numba import njit

_compiled = njit(cache=True, error_model="numpy")


@_compiled
def _linear_sum(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i]
    return total - b


@_compiled
def _weighted_sum(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += (i + 1) * x[i]
    return total - b


@_compiled
def _alternating_sum(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] if i % 2 else -x[i]
    return total - b


@_compiled
def _squared_distance(x: np.ndarray, c: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += (x[i] - c) ** 2
    return total


@_compiled
def _ball(x: np.ndarray, c: float, r: float) -> float:
    return _squared_distance(x, c) - r


@_compiled
def _outside_ball(x: np.ndarray, c: float, r: float) -> float:
    return r - _squared_distance(x, c)


@_compiled
def _ellipsoid_ball(x: np.ndarray, c: float, r: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += (i + 1) * (x[i] - c) ** 2
    return total - r


@_compiled
def _l1_norm(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += abs(x[i])
    return total - b


@_compiled
def _outside_l1(x: np.ndarray, b: float, _: float) -> float:
    return -_l1_norm(x, b, 0.0)


@_compiled
def _max_norm(x: np.ndarray, b: float, _: float) -> float:
    largest = abs(x[0])
    for i in range(1, x.size):
        largest = max(largest, abs(x[i]))
    return largest - b


@_compiled
def _second_order_cone(x: np.ndarray, c: float, b: float) -> float:
    return math.sqrt(_squared_distance(x, c)) - x[0] - b


@_compiled
def _sine_sum(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += math.sin(w * x[i])
    return total - b


@_compiled
def _sine_square(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += math.sin(w * x[i]) ** 2
    return total - b


@_compiled
def _x_sine(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] * math.sin(w * x[i])
    return total - b


@_compiled
def _cosine_bowl(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] ** 2 - 50.0 * math.cos(w * x[i])
    return total - b


@_compiled
def _cosine_of_sum(x: np.ndarray, w: float, b: float) -> float:
    cosine = math.cos(w * _linear_sum(x, 0.0, 0.0))
    return cosine**2 - 0.25 * cosine - b


@_compiled
def _log_sum_exp(x: np.ndarray, w: float, b: float) -> float:
    largest = w * x[0]
    for i in range(1, x.size):
        largest = max(largest, w * x[i])
    total = 0.0
    for i in range(x.size):
        total += math.exp(w * x[i] - largest)  # at most 1, and 1 for one of them: nothing overflows
    return largest + math.log(total) - b


@_compiled
def _exp_pairs(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size - 1):
        total += math.exp(-w * math.sqrt(x[i] ** 2 + x[i + 1] ** 2))
    return total - b


@_compiled
def _hinge_sum(x: np.ndarray, c: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += max(0.0, x[i] - c)
    return total - b


@_compiled
def _product_sum(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size - 1):
        total += x[i] * x[i + 1]
    return total - b


@_compiled
def _difference_squares(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size - 1):
        total += (x[i] - x[i + 1]) ** 2
    return total - b


@_compiled
def _total_variation(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size - 1):
        total += abs(x[i] - x[i + 1])
    return total - b


@_compiled
def _partial_sums(x: np.ndarray, b: float, _: float) -> float:
    total, partial = 0.0, 0.0
    for i in range(x.size):
        partial += x[i]
        total += partial**2
    return total - b


@_compiled
def _eq_chain(x: np.ndarray, b: float, _: float) -> float:
    total = 0.0
    for i in range(x.size - 1):
        total += x[i] ** 2 - x[i + 1]
    return total - b


@_compiled
def _eq_x_cosine(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] * math.cos(w * x[i])
    return total - b


@_compiled
def _eq_x_minus_cosine(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] - 10.0 * math.cos(w * x[i])
    return total - b


@_compiled
def _eq_root_sine(x: np.ndarray, w: float, b: float) -> float:
    total = 0.0
    for i in range(x.size):
        total += x[i] * math.sin(w * math.sqrt(abs(x[i])))
    return total - b


CODES: dict[str, int] = {
    "linear_sum": 0,
    "weighted_sum": 1,
    "alternating_sum": 2,
    "ball": 3,
    "outside_ball": 4,
    "ellipsoid_ball": 5,
    "l1_norm": 6,
    "outside_l1": 7,
    "max_norm": 8,
    "second_order_cone": 9,
    "sine_sum": 10,
    "sine_square": 11,
    "x_sine": 12,
    "cosine_bowl": 13,
    "cosine_of_sum": 14,
    "log_sum_exp": 15,
    "exp_pairs": 16,
    "hinge_sum": 17,
    "product_sum": 18,
    "difference_squares": 19,
    "total_variation": 20,
    "partial_sums": 21,
    "eq_chain": 22,
    "eq_x_cosine": 23,
    "eq_x_minus_cosine": 24,
    "eq_root_sine": 25,
    # the left-hand side of an inequality, asked to be zero
    "eq_sum": 0,
    "eq_weighted": 1,
    "eq_alternating": 2,
    "eq_sphere": 3,
    "eq_product_sum": 18,
    "eq_sine_sum": 10,
    "eq_x_sine": 12,
}


@_compiled
def _value(code: int, x: np.ndarray, first: float, second: float) -> float:
    if code == 0:
        return _linear_sum(x, first, second)
    if code == 1:
        return _weighted_sum(x, first, second)
    if code == 2:
        return _alternating_sum(x, first, second)
    if code == 3:
        return _ball(x, first, second)
    if code == 4:
        return _outside_ball(x, first, second)
    if code == 5:
        return _ellipsoid_ball(x, first, second)
    if code == 6:
        return _l1_norm(x, first, second)
    if code == 7:
        return _outside_l1(x, first, second)
    if code == 8:
        return _max_norm(x, first, second)
    if code == 9:
        return _second_order_cone(x, first, second)
    if code == 10:
        return _sine_sum(x, first, second)
    if code == 11:
        return _sine_square(x, first, second)
    if code == 12:
        return _x_sine(x, first, second)
    if code == 13:
        return _cosine_bowl(x, first, second)
    if code == 14:
        return _cosine_of_sum(x, first, second)
    if code == 15:
        return _log_sum_exp(x, first, second)
    if code == 16:
        return _exp_pairs(x, first, second)
    if code == 17:
        return _hinge_sum(x, first, second)
    if code == 18:
        return _product_sum(x, first, second)
    if code == 19:
        return _difference_squares(x, first, second)
    if code == 20:
        return _total_variation(x, first, second)
    if code == 21:
        return _partial_sums(x, first, second)
    if code == 22:
        return _eq_chain(x, first, second)
    if code == 23:
        return _eq_x_cosine(x, first, second)
    if code == 24:
        return _eq_x_minus_cosine(x, first, second)
    if code == 25:
        return _eq_root_sine(x, first, second)
    raise ValueError("no constraint family has this code")


@_compiled
def constraint_values(x: np.ndarray, codes: np.ndarray, parameters: np.ndarray) -> np.ndarray:
    """The left-hand sides of m constraints at n points: (n, m).

    ``x`` (n, D) float64, ``codes`` (m,) int64 of ``CODES``, ``parameters`` (m, 2) float64, all C-contiguous: each
    constraint's numbers in the order of its statement, 0 where it has but one. Raises ValueError for a code that is
    none of ``CODES``.
    """
    values = np.empty((x.shape[0], codes.size))
    for row in range(x.shape[0]):
        for column in range(codes.size):
            values[row, column] = _value(codes[column], x[row], parameters[column, 0], parameters[column, 1])
    return values
