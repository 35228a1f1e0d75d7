"""The basic functions and the objective of a whole instance, compiled by numba: once a machine, cached on disk.

Everything that makes an instance is passed as arrays, so no instance compiles anything. Points are taken in blocks,
and inside a block coordinates come first: z has shape (d, n) and every inner loop runs over the n points. So sums
over coordinates keep their order (no fast-math), a point has the same value whatever batch it comes in, and the
compiler can still work on several points at a time. Sines and cosines are a series of our own for the same reason:
the mathematical library takes one point at a time.

A basic function takes z (d, n), ``work`` (rows of n numbers, free to use) and ``value`` (n,), zero at first, which it
fills. The formulas are the statements of ``prompts.statements``; citations and tags are in ``functions``. All kernels
are in this one file because numba's cache on disk does not notice a change of a kernel in another file. This module
knows nothing of specs, bounds or constraints.
"""

import math

import numpy as np
from numba import njit

BLOCK = 64  # points at a time: z of 50 coordinates then stays in the first-level cache
WORK_ROWS = 2  # the most that a basic function needs

# pi as a sum of three numbers; the first two have 33 bits, so their products with integers below 2^20 are exact
PI_HIGH = 3.1415926534682512
PI_MIDDLE = 1.2154201012607932e-10
PI_LOW = 4.044532497591901e-21
MILLION = 1048576.0  # 2^20

KATSUURA_TERMS = 32
WEIERSTRASS_AMPLITUDES = 0.5 ** np.arange(21)
WEIERSTRASS_FREQUENCIES = 2.0 * np.pi * 3.0 ** np.arange(21)
WEIERSTRASS_FLOORS = np.cos(np.pi * 3.0 ** np.arange(21))

STYBLINSKI_TANG_OPTIMUM = -2.903534027771177  # root of 4 y^3 - 32 y + 5
STYBLINSKI_TANG_FLOOR = 39.16616570377142  # minus the value there
ROOT_SINE_OPTIMUM = -1.147684348250868  # where sqrt|y| + 2 sin y^3 is least
ROOT_SINE_FLOOR = 0.9252090583368314
SCHWEFEL_OPTIMUM = 420.9687462275036
SCHWEFEL_FLOOR = 418.9828872724338

compiled = njit(cache=True, error_model="numpy")


@compiled
def sine_series(r: float) -> float:
    """The sine of r for |r| <= pi / 2: its power series to r^21, whose remainder is below 2e-18."""
    q = r * r
    tail = -1.0 / 121645100408832000.0 + q * (1.0 / 51090942171709440000.0)
    tail = 1.0 / 355687428096000.0 + q * tail
    tail = -1.0 / 1307674368000.0 + q * tail
    tail = 1.0 / 6227020800.0 + q * tail
    tail = -1.0 / 39916800.0 + q * tail
    tail = 1.0 / 362880.0 + q * tail
    tail = -1.0 / 5040.0 + q * tail
    tail = 1.0 / 120.0 + q * tail
    tail = -1.0 / 6.0 + q * tail
    return r + r * (q * tail)


@compiled
def beyond(x: float, turns: float) -> float:
    """What x exceeds pi ``turns`` by, within [-pi/2, pi/2]; zero where x is so large that it has no such digits."""
    r = ((x - turns * PI_HIGH) - turns * PI_MIDDLE) - turns * PI_LOW
    return 0.0 if abs(r) > 2.0 else r


@compiled
def sine_squared(x: float) -> float:
    """The square of the sine of x."""
    s = sine_series(beyond(x, np.rint(x * (1.0 / math.pi))))
    return s * s


@compiled
def cosine(x: float) -> float:
    """The cosine of x: 1 - 2 sin(x / 2)^2."""
    return 1.0 - 2.0 * sine_squared(0.5 * x)


@compiled
def sine(x: float) -> float:
    """The sine of x."""
    turns = np.rint(x * (1.0 / math.pi))  # half ones
    half = 0.5 * turns
    sign = 1.0 - 4.0 * (half - np.floor(half))
    return sign * sine_series(beyond(x, turns))


@compiled
def reduced(x: float) -> float:
    """What x exceeds a multiple of 2^20 pi by: for |x| up to 10^12, where pi has too few digits for one step."""
    turns = MILLION * np.rint(x * (1.0 / (MILLION * math.pi)))
    return (x - turns * PI_HIGH) - turns * PI_MIDDLE


@compiled
def ripple(z: float) -> float:
    """1 - cos(2 pi z), exact near whole numbers."""
    s = sine_series(math.pi * (z - np.rint(z)))
    return 2.0 * s * s


@compiled
def add_squares(z: np.ndarray, value: np.ndarray) -> None:
    """Add the sum of z_i^2 to ``value``."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            value[p] += row[p] * row[p]


@compiled
def sphere(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum z_i^2."""
    add_squares(z, value)


@compiled
def bent_cigar(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """z_1^2 + 10^6 sum_{i >= 2} z_i^2."""
    add_squares(z[1:], value)
    first = z[0]
    for p in range(value.size):
        value[p] = first[p] * first[p] + 1e6 * value[p]


@compiled
def discus(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """10^6 z_1^2 + sum_{i >= 2} z_i^2."""
    add_squares(z[1:], value)
    first = z[0]
    for p in range(value.size):
        value[p] += 1e6 * (first[p] * first[p])


@compiled
def ellipsoid(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum 10^(6 (i - 1) / (d - 1)) z_i^2."""
    d = z.shape[0]
    ratio, weight = 10.0 ** (6.0 / (d - 1)), 1.0
    for i in range(d):
        row = z[i]
        for p in range(value.size):
            value[p] += weight * (row[p] * row[p])
        weight *= ratio


@compiled
def different_powers(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Square root of sum |z_i|^(2 + 4 (i - 1) / (d - 1))."""
    d = z.shape[0]
    for i in range(d):
        row, power = z[i], 2.0 + 4.0 * i / (d - 1)
        for p in range(value.size):
            value[p] += abs(row[p]) ** power
    for p in range(value.size):
        value[p] = math.sqrt(value[p])


@compiled
def sharp_ridge(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """z_1^2 + 100 sqrt(sum_{i >= 2} z_i^2)."""
    add_squares(z[1:], value)
    first = z[0]
    for p in range(value.size):
        value[p] = first[p] * first[p] + 100.0 * math.sqrt(value[p])


@compiled
def sum_squares(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum i z_i^2."""
    for i in range(z.shape[0]):
        row, weight = z[i], i + 1.0
        for p in range(value.size):
            value[p] += weight * (row[p] * row[p])


@compiled
def quartic(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum i z_i^4."""
    for i in range(z.shape[0]):
        row, weight = z[i], i + 1.0
        for p in range(value.size):
            square = row[p] * row[p]
            value[p] += weight * (square * square)


@compiled
def schwefel_1_2(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum_i (sum_{j <= i} z_j)^2."""
    partial = work[0]
    partial[:] = 0.0
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            partial[p] += row[p]
            value[p] += partial[p] * partial[p]


@compiled
def schwefel_2_21(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Max |z_i|."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            size = abs(row[p])
            value[p] = value[p] if value[p] >= size or math.isnan(value[p]) else size


@compiled
def schwefel_2_22(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum |z_i| + prod |z_i|."""
    product = work[0]
    product[:] = 1.0
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            size = abs(row[p])
            value[p] += size
            product[p] *= size
    for p in range(value.size):
        value[p] += product[p]


@compiled
def zakharov(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum z_i^2 + s^2 + s^4, s = sum 0.5 i z_i."""
    line = work[0]
    line[:] = 0.0
    for i in range(z.shape[0]):
        row, slope = z[i], 0.5 * (i + 1.0)
        for p in range(value.size):
            value[p] += row[p] * row[p]
            line[p] += slope * row[p]
    for p in range(value.size):
        square = line[p] * line[p]
        value[p] += square + square * square


@compiled
def exponential(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """1 - exp(-0.5 sum (z_i / 100)^2)."""
    add_squares(z, value)
    for p in range(value.size):
        value[p] = -math.expm1(-0.5e-4 * value[p])


@compiled
def step(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum floor(z_i + 0.5)^2."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            whole = np.floor(row[p] + 0.5)
            value[p] += whole * whole


@compiled
def rosenbrock(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum_{i < d} 100 ((z_i + 1)^2 - (z_{i+1} + 1))^2 + z_i^2."""
    for i in range(z.shape[0] - 1):
        row, after = z[i], z[i + 1]
        for p in range(value.size):
            y = row[p] + 1.0
            bend = y * y - (after[p] + 1.0)
            value[p] += 100.0 * (bend * bend) + row[p] * row[p]


@compiled
def dixon_price(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """(w_1 - 1)^2 + sum_{i >= 2} i (2 w_i^2 - w_{i-1})^2, w_i = z_i + 2^(2^(1 - i) - 1)."""
    first = z[0]
    for p in range(value.size):
        value[p] = first[p] * first[p]
    for i in range(1, z.shape[0]):
        row, before, weight = z[i], z[i - 1], i + 1.0
        move, move_before = 2.0 ** (2.0**-i - 1.0), 2.0 ** (2.0 ** (1 - i) - 1.0)
        for p in range(value.size):
            w = row[p] + move
            bend = 2.0 * (w * w) - (before[p] + move_before)
            value[p] += weight * (bend * bend)


@compiled
def ackley(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """-20 exp(-0.2 sqrt(sum z_i^2 / d)) - exp(sum cos(2 pi z_i) / d) + 20 + e."""
    d, ripples = z.shape[0], work[0]
    ripples[:] = 0.0
    for i in range(d):
        row = z[i]
        for p in range(value.size):
            value[p] += row[p] * row[p]
            ripples[p] += ripple(row[p])
    for p in range(value.size):
        value[p] = -20.0 * math.expm1(-0.2 * math.sqrt(value[p] / d)) - math.e * math.expm1(-ripples[p] / d)


@compiled
def rastrigin(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum z_i^2 - 10 cos(2 pi z_i) + 10."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            value[p] += row[p] * row[p] + 10.0 * ripple(row[p])


@compiled
def noncontinuous_rastrigin(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Rastrigin of w: w_i = z_i where |z_i| <= 0.5, else the nearest half."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            w = row[p] if abs(row[p]) <= 0.5 else 0.5 * np.rint(2.0 * row[p])
            value[p] += w * w + 10.0 * ripple(w)


@compiled
def bi_rastrigin(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Min(sum z_i^2, d + s sum (z_i + m)^2) + 10 sum (1 - cos(2 pi z_i)), s and m as stated by CEC."""
    d, other, ripples = z.shape[0], work[0], work[1]
    s = 1.0 - 1.0 / (2.0 * math.sqrt(d + 20.0) - 8.2)
    m = 2.5 + math.sqrt(5.25 / s)
    other[:] = 0.0
    ripples[:] = 0.0
    for i in range(d):
        row = z[i]
        for p in range(value.size):
            moved = row[p] + m
            value[p] += row[p] * row[p]
            other[p] += moved * moved
            ripples[p] += ripple(row[p])
    for p in range(value.size):
        second = d + s * other[p]
        value[p] = (value[p] if value[p] <= second else second) + 10.0 * ripples[p]


@compiled
def griewank(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum z_i^2 / 4000 - prod cos(z_i / sqrt(i)) + 1."""
    product = work[0]
    product[:] = 1.0
    for i in range(z.shape[0]):
        row, root = z[i], math.sqrt(i + 1.0)
        for p in range(value.size):
            value[p] += row[p] * row[p]
            product[p] *= cosine(row[p] / root)
    for p in range(value.size):
        value[p] = value[p] / 4000.0 + (1.0 - product[p])


@compiled
def griewank_rosenbrock(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum t_i^2 / 4000 - cos t_i + 1, t_i = 100 ((z_i + 1)^2 - (z_{i+1} + 1))^2 + z_i^2 with z_{d+1} = z_1."""
    d = z.shape[0]
    for i in range(d):
        row, after = z[i], z[(i + 1) % d]
        for p in range(value.size):
            y = row[p] + 1.0
            bend = y * y - (after[p] + 1.0)
            t = 100.0 * (bend * bend) + row[p] * row[p]
            value[p] += t * t / 4000.0 + 2.0 * sine_squared(0.5 * t)


@compiled
def schaffer_f6(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum 0.5 + (sin(sqrt(t_i))^2 - 0.5) / (1 + 0.001 t_i)^2, t_i = z_i^2 + z_{i+1}^2 with z_{d+1} = z_1."""
    d = z.shape[0]
    for i in range(d):
        row, after = z[i], z[(i + 1) % d]
        for p in range(value.size):
            t = row[p] * row[p] + after[p] * after[p]
            scale = 1.0 + 0.001 * t
            value[p] += 0.5 + (sine_squared(math.sqrt(t)) - 0.5) / (scale * scale)


@compiled
def schaffer_f7(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """(Sum_{i < d} sqrt(t_i) (sin(50 t_i^0.2) + 1) / (d - 1))^2, t_i = z_i^2 + z_{i+1}^2."""
    d, squares, phases = z.shape[0], work[0], work[1]
    for i in range(d - 1):
        row, after = z[i], z[i + 1]
        for p in range(value.size):
            squares[p] = row[p] * row[p] + after[p] * after[p]
        for p in range(value.size):  # apart, since only the other loops can take several points at a time
            phases[p] = 50.0 * squares[p] ** 0.2
        for p in range(value.size):
            value[p] += math.sqrt(squares[p]) * (sine(phases[p]) + 1.0)
    for p in range(value.size):
        mean = value[p] / (d - 1)
        value[p] = mean * mean


@compiled
def bohachevsky(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum_{i < d} z_i^2 + 2 z_{i+1}^2 - 0.3 cos(3 pi z_i) - 0.4 cos(4 pi z_{i+1}) + 0.7."""
    for i in range(z.shape[0] - 1):
        row, after = z[i], z[i + 1]
        for p in range(value.size):
            waves = 0.3 * ripple(1.5 * row[p]) + 0.4 * ripple(2.0 * after[p])
            value[p] += row[p] * row[p] + 2.0 * (after[p] * after[p]) + waves


@compiled
def levy(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sin(pi w_1)^2 + sum_{i < d} (w_i - 1)^2 (1 + 10 sin(pi w_i + 1)^2) + (w_d - 1)^2 (1 + sin(2 pi w_d)^2).

    Here w_i = 1 + z_i / 4.
    """
    d = z.shape[0]
    first, last = z[0], z[d - 1]
    for p in range(value.size):
        u = 0.25 * last[p]
        value[p] = 0.5 * ripple(0.25 * first[p]) + u * u * (1.0 + 0.5 * ripple(0.5 * last[p]))
    for i in range(d - 1):
        row = z[i]
        for p in range(value.size):
            u = 0.25 * row[p]
            value[p] += u * u * (1.0 + 10.0 * sine_squared(math.pi * (1.0 + u) + 1.0))


@compiled
def salomon(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """1 - cos(2 pi r) + 0.1 r, r = sqrt(sum z_i^2)."""
    add_squares(z, value)
    for p in range(value.size):
        r = math.sqrt(value[p])
        value[p] = ripple(r) + 0.1 * r


@compiled
def alpine(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum |z_i sin(z_i) + 0.1 z_i|."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            value[p] += abs(row[p] * (sine(row[p]) + 0.1))


@compiled
def styblinski_tang(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum (w_i^4 - 16 w_i^2 + 5 w_i) / 2 and the floor that makes it 0 at z = 0; w_i = z_i + optimum."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            w = row[p] + STYBLINSKI_TANG_OPTIMUM
            square = w * w
            value[p] += 0.5 * (square * square - 16.0 * square + 5.0 * w) + STYBLINSKI_TANG_FLOOR


@compiled
def root_sine(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum sqrt|w_i| + 2 sin(w_i^3) and the floor that makes it 0 at z = 0; w_i = z_i + optimum."""
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(value.size):
            w = row[p] + ROOT_SINE_OPTIMUM
            value[p] += math.sqrt(abs(w)) + 2.0 * sine(reduced(w * w * w)) + ROOT_SINE_FLOOR


@compiled
def michalewicz_like(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum 1 - cos(z_i) cos(i z_i^2 / pi)^20."""
    for i in range(z.shape[0]):
        row, index = z[i], i + 1.0
        for p in range(value.size):
            c = cosine(index * (row[p] * row[p]) / math.pi)
            c2 = c * c
            c4 = c2 * c2
            c8 = c4 * c4
            value[p] += 1.0 - cosine(row[p]) * (c8 * c8 * c4)


@compiled
def modified_schwefel(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """418.98 d - sum g(w_i), w_i = z_i + 420.97; g(w) = w sin(sqrt|w|) in [-500, 500], folded back beyond (CEC)."""
    d = z.shape[0]
    for i in range(d):
        row = z[i]
        for p in range(value.size):
            w = row[p] + SCHWEFEL_OPTIMUM
            size = abs(w)
            inside = size <= 500.0
            folded = size if inside else 500.0 - (size - 500.0 * np.floor(size / 500.0))
            wave = folded * sine(math.sqrt(folded))
            excess = 0.0 if inside else (size - 500.0) / 100.0
            value[p] += SCHWEFEL_FLOOR - ((wave if w > 0.0 else -wave) - excess * excess / d)


@compiled
def katsuura(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """10 / d^2 prod_i (1 + i sum_{j = 1..32} |2^j z_i - round(2^j z_i)| / 2^j)^(10 / d^1.2) - 10 / d^2.

    The power is taken of the product, which stays finite for d up to 150.
    """
    d, product, roughness = z.shape[0], work[0], work[1]
    product[:] = 1.0
    for i in range(d):
        row, index, scale = z[i], i + 1.0, 1.0
        roughness[:] = 0.0
        for _ in range(KATSUURA_TERMS):
            scale *= 2.0
            share = 1.0 / scale
            for p in range(value.size):
                scaled = scale * row[p]
                roughness[p] += abs(scaled - np.rint(scaled)) * share
        for p in range(value.size):
            product[p] *= 1.0 + index * roughness[p]
    power, front = 10.0 / d**1.2, 10.0 / (d * d)
    for p in range(value.size):
        value[p] = front * (product[p] ** power - 1.0)


@compiled
def sums_about_one(z: np.ndarray, squares: np.ndarray, line: np.ndarray) -> None:
    """Add sum y_i^2 to ``squares`` (n,), zero at first, and put sum y_i into ``line`` (n,); y_i = z_i - 1."""
    line[:] = 0.0
    for i in range(z.shape[0]):
        row = z[i]
        for p in range(line.size):
            y = row[p] - 1.0
            squares[p] += y * y
            line[p] += y


@compiled
def happycat(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """|sum y_i^2 - d|^(1/4) + (0.5 sum y_i^2 + sum y_i) / d + 0.5, y_i = z_i - 1."""
    d, line = z.shape[0], work[0]
    sums_about_one(z, value, line)
    for p in range(value.size):
        value[p] = math.sqrt(math.sqrt(abs(value[p] - d))) + (0.5 * value[p] + line[p]) / d + 0.5


@compiled
def hgbat(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Square root of |(sum y_i^2)^2 - (sum y_i)^2|, and (0.5 sum y_i^2 + sum y_i) / d + 0.5; y_i = z_i - 1."""
    d, line = z.shape[0], work[0]
    sums_about_one(z, value, line)
    for p in range(value.size):
        s, t = value[p], line[p]
        value[p] = math.sqrt(abs(s * s - t * t)) + (0.5 * s + t) / d + 0.5


@compiled
def weierstrass(z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Sum_i sum_k a^k cos(2 pi b^k (z_i + 0.5)) - d sum_k a^k cos(pi b^k), a = 0.5, b = 3, k = 0..20.

    The phase is the product of 2 pi b^k and z_i + 0.5, as it is written: for the large b^k its rounding is seen in
    the value, so another order of the same operations would differ.
    """
    for i in range(z.shape[0]):
        row = z[i]
        for k in range(WEIERSTRASS_AMPLITUDES.size):
            amplitude, frequency = WEIERSTRASS_AMPLITUDES[k], WEIERSTRASS_FREQUENCIES[k]
            lowest = WEIERSTRASS_FLOORS[k]
            for p in range(value.size):
                phase = frequency * (row[p] + 0.5)
                value[p] += amplitude * (1.0 - 2.0 * sine_squared(reduced(0.5 * phase)) - lowest)


KERNELS = (
    sphere,
    bent_cigar,
    discus,
    ellipsoid,
    different_powers,
    sharp_ridge,
    sum_squares,
    quartic,
    schwefel_1_2,
    schwefel_2_21,
    schwefel_2_22,
    zakharov,
    exponential,
    step,
    rosenbrock,
    dixon_price,
    ackley,
    rastrigin,
    noncontinuous_rastrigin,
    bi_rastrigin,
    griewank,
    griewank_rosenbrock,
    schaffer_f6,
    schaffer_f7,
    bohachevsky,
    levy,
    salomon,
    alpine,
    styblinski_tang,
    root_sine,
    michalewicz_like,
    modified_schwefel,
    katsuura,
    happycat,
    hgbat,
    weierstrass,
)
CODES = {kernel.__name__: code for code, kernel in enumerate(KERNELS)}


@compiled
def basic(code: int, z: np.ndarray, work: np.ndarray, value: np.ndarray) -> None:
    """Fill ``value`` (n,) with the basic function ``KERNELS[code]`` of z (d, n)."""
    value[:] = 0.0
    if code == 0:
        sphere(z, work, value)
    elif code == 1:
        bent_cigar(z, work, value)
    elif code == 2:
        discus(z, work, value)
    elif code == 3:
        ellipsoid(z, work, value)
    elif code == 4:
        different_powers(z, work, value)
    elif code == 5:
        sharp_ridge(z, work, value)
    elif code == 6:
        sum_squares(z, work, value)
    elif code == 7:
        quartic(z, work, value)
    elif code == 8:
        schwefel_1_2(z, work, value)
    elif code == 9:
        schwefel_2_21(z, work, value)
    elif code == 10:
        schwefel_2_22(z, work, value)
    elif code == 11:
        zakharov(z, work, value)
    elif code == 12:
        exponential(z, work, value)
    elif code == 13:
        step(z, work, value)
    elif code == 14:
        rosenbrock(z, work, value)
    elif code == 15:
        dixon_price(z, work, value)
    elif code == 16:
        ackley(z, work, value)
    elif code == 17:
        rastrigin(z, work, value)
    elif code == 18:
        noncontinuous_rastrigin(z, work, value)
    elif code == 19:
        bi_rastrigin(z, work, value)
    elif code == 20:
        griewank(z, work, value)
    elif code == 21:
        griewank_rosenbrock(z, work, value)
    elif code == 22:
        schaffer_f6(z, work, value)
    elif code == 23:
        schaffer_f7(z, work, value)
    elif code == 24:
        bohachevsky(z, work, value)
    elif code == 25:
        levy(z, work, value)
    elif code == 26:
        salomon(z, work, value)
    elif code == 27:
        alpine(z, work, value)
    elif code == 28:
        styblinski_tang(z, work, value)
    elif code == 29:
        root_sine(z, work, value)
    elif code == 30:
        michalewicz_like(z, work, value)
    elif code == 31:
        modified_schwefel(z, work, value)
    elif code == 32:
        katsuura(z, work, value)
    elif code == 33:
        happycat(z, work, value)
    elif code == 34:
        hgbat(z, work, value)
    elif code == 35:
        weierstrass(z, work, value)


@compiled
def move(
    x: np.ndarray,
    shift: np.ndarray,
    rotation: np.ndarray,
    permutation: np.ndarray,
    centred: np.ndarray,
    z: np.ndarray,
) -> None:
    """Fill z (D, n) with the rows of x (n, D) moved: M^T (x - o), or (x - o)[p], or x - o where M and p are empty.

    ``centred`` (D, n) is overwritten.
    """
    n, d = x.shape
    moved = z if rotation.size == 0 and permutation.size == 0 else centred
    for i in range(d):
        row, origin = moved[i], shift[i]
        for p in range(n):
            row[p] = x[p, i] - origin
    if rotation.size > 0 and n == 1:
        rotate_point(centred.reshape(d), rotation, z.reshape(d))
    elif rotation.size > 0:
        rotate(centred, rotation, z)
    elif permutation.size > 0:
        for i in range(d):
            z[i] = centred[permutation[i]]


@compiled
def rotate(centred: np.ndarray, rotation: np.ndarray, z: np.ndarray) -> None:
    """Fill z (D, n) with M^T ``centred``: for each coordinate a loop over the points."""
    d = z.shape[0]
    whole = d - d % 4
    for i in range(d):
        row = z[i]
        row[:] = 0.0
        for j in range(0, whole, 4):  # four terms at a time: a quarter of the loads and stores of z
            a, b, c, e = centred[j], centred[j + 1], centred[j + 2], centred[j + 3]
            ma, mb, mc, me = rotation[j, i], rotation[j + 1, i], rotation[j + 2, i], rotation[j + 3, i]
            for p in range(row.size):
                row[p] += (ma * a[p] + mb * b[p]) + (mc * c[p] + me * e[p])
        for j in range(whole, d):
            a, ma = centred[j], rotation[j, i]
            for p in range(row.size):
                row[p] += ma * a[p]


@compiled
def rotate_point(centred: np.ndarray, rotation: np.ndarray, z: np.ndarray) -> None:
    """``rotate`` for one point (D,): the loop is over the coordinates, the order of the sums the same."""
    d = z.size
    whole = d - d % 4
    z[:] = 0.0
    for j in range(0, whole, 4):
        a, b, c, e = centred[j], centred[j + 1], centred[j + 2], centred[j + 3]
        ma, mb, mc, me = rotation[j], rotation[j + 1], rotation[j + 2], rotation[j + 3]
        for i in range(d):
            z[i] += (ma[i] * a + mb[i] * b) + (mc[i] * c + me[i] * e)
    for j in range(whole, d):
        a, ma = centred[j], rotation[j]
        for i in range(d):
            z[i] += ma[i] * a


@compiled
def objective(
    x: np.ndarray,
    shift: np.ndarray,
    rotation: np.ndarray,
    permutation: np.ndarray,
    codes: np.ndarray,
    weights: np.ndarray,
    starts: np.ndarray,
    stops: np.ndarray,
) -> np.ndarray:
    """The objective of an instance at the rows of x (n, D): (n,).

    ``shift`` (D,); ``rotation`` (D, D) or empty, (0, 0); ``permutation`` (D,) or empty. A rotated instance with a
    permutation has the columns of its rotation permuted, and the permutation is empty. ``codes``, ``weights``,
    ``starts`` and ``stops`` (K,) say which basic function each component is, its weight, and the segment
    [start, stop) of the moved point that it takes. Floats are float64, whole numbers int64, arrays C-contiguous and
    writeable: any other type would compile the whole again. Shapes are not checked.
    """
    n, d = x.shape
    width = min(n, BLOCK)
    total = np.zeros(n)
    space = np.empty((2 * d + WORK_ROWS + 1) * width)
    for first in range(0, n, BLOCK):
        m = min(BLOCK, n - first)
        z = space[: d * m].reshape(d, m)
        centred = space[d * m : 2 * d * m].reshape(d, m)
        work = space[2 * d * m : (2 * d + WORK_ROWS) * m].reshape(WORK_ROWS, m)
        value = space[(2 * d + WORK_ROWS) * m : (2 * d + WORK_ROWS + 1) * m]
        move(x[first : first + m], shift, rotation, permutation, centred, z)
        part = total[first : first + m]
        for k in range(codes.size):
            basic(codes[k], z[starts[k] : stops[k]], work, value)
            for p in range(m):
                part[p] += weights[k] * value[p]
    return total
