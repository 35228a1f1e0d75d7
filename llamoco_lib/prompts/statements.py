"""The statement of every basic function, once, as an expression.

``FUNCTIONS`` has the keys of ``problems.functions.FUNCTIONS``; a test holds the keys equal, and every writing made
from these statements is held equal to the evaluator. All writings come from here, so a new function needs one
statement and no new writer. This module knows nothing of constraints, Python or LaTeX.
"""

from collections.abc import Callable

from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts.expression import (
    PI,
    Definition,
    E,
    Element,
    Expression,
    Name,
    Number,
    Operand,
    Stated,
    Vector,
    absolute,
    cases,
    cos,
    exp,
    floor,
    maximum,
    nearest,
    product,
    sin,
    smallest,
    sqrt,
    total,
)

D = Name("D")
i = Name("i")
j = Name("j")
k = Name("k")
TEN = Number(10)

STYBLINSKI_TANG_OPTIMUM = -2.903534027771177  # root of 4 y^3 - 32 y + 5
STYBLINSKI_TANG_FLOOR = 39.16616570377142  # minus the value there, a coordinate
ROOT_SINE_OPTIMUM = -1.147684348250868  # where sqrt|y| + 2 sin y^3 is least
ROOT_SINE_FLOOR = 0.9252090583368314
SCHWEFEL_OPTIMUM = 420.9687462275036
SCHWEFEL_FLOOR = 418.9828872724338

Statement = Callable[[Vector, Expression], Stated]  # of the vector and its length


def plain(value: Expression) -> Stated:
    """A statement without definitions."""
    return Stated((), value)


def _vector(name: str, value: Callable[[Expression], Expression], upper: Expression) -> Definition:
    """The definition of ``name_i`` for i from 1 to ``upper``."""
    return Definition(name, value(i), i, upper)


def _element(name: str) -> Callable[[Operand], Element]:
    return Vector(name).__getitem__


def _sphere(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, z[i] ** 2))


def _bent_cigar(z: Vector, n: Expression) -> Stated:
    return plain(z[1] ** 2 + TEN**6 * total(i, 2, n, z[i] ** 2))


def _discus(z: Vector, n: Expression) -> Stated:
    return plain(TEN**6 * z[1] ** 2 + total(i, 2, n, z[i] ** 2))


def _ellipsoid(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, TEN ** (6 * (i - 1) / (n - 1)) * z[i] ** 2))


def _different_powers(z: Vector, n: Expression) -> Stated:
    return plain(sqrt(total(i, 1, n, absolute(z[i]) ** (2 + 4 * (i - 1) / (n - 1)))))


def _sharp_ridge(z: Vector, n: Expression) -> Stated:
    return plain(z[1] ** 2 + 100 * sqrt(total(i, 2, n, z[i] ** 2)))


def _sum_squares(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, i * z[i] ** 2))


def _quartic(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, i * z[i] ** 4))


def _schwefel_1_2(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, total(j, 1, i, z[j]) ** 2))


def _schwefel_2_21(z: Vector, n: Expression) -> Stated:
    return plain(maximum(i, 1, n, absolute(z[i])))


def _schwefel_2_22(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, absolute(z[i])) + product(i, 1, n, absolute(z[i])))


def _zakharov(z: Vector, n: Expression) -> Stated:
    s = Name("s")
    slope = Definition("s", total(i, 1, n, 0.5 * i * z[i]))
    return Stated((slope,), total(i, 1, n, z[i] ** 2) + s**2 + s**4)


def _exponential(z: Vector, n: Expression) -> Stated:
    return plain(1 - exp(-0.5 * total(i, 1, n, (z[i] / 100) ** 2)))


def _step(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, floor(z[i] + 0.5) ** 2))


def _rosenbrock(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n - 1, 100 * ((z[i] + 1) ** 2 - (z[i + 1] + 1)) ** 2 + z[i] ** 2))


def _dixon_price(z: Vector, n: Expression) -> Stated:
    y = _element("w")
    moved = _vector("w", lambda at: z[at] + Number(2) ** (Number(2) ** (1 - at) - 1), n)
    return Stated((moved,), (y(1) - 1) ** 2 + total(i, 2, n, i * (2 * y(i) ** 2 - y(i - 1)) ** 2))


def _ackley(z: Vector, n: Expression) -> Stated:
    spread = sqrt(total(i, 1, n, z[i] ** 2) / n)
    waves = total(i, 1, n, cos(2 * PI * z[i])) / n
    return plain(-20 * exp(-0.2 * spread) - exp(waves) + 20 + E)


def _rastrigin(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, z[i] ** 2 - 10 * cos(2 * PI * z[i]) + 10))


def _noncontinuous_rastrigin(z: Vector, n: Expression) -> Stated:
    w = _element("w")
    stepped = _vector("w", lambda at: cases(absolute(z[at]), 0.5, z[at], nearest(2 * z[at]) / 2), n)
    return Stated((stepped,), total(i, 1, n, w(i) ** 2 - 10 * cos(2 * PI * w(i)) + 10))


def _bi_rastrigin(z: Vector, n: Expression) -> Stated:
    s, m = Name("s"), Name("m")
    scale = Definition("s", 1 - 1 / (2 * sqrt(n + 20) - 8.2))
    other = Definition("m", 2.5 + sqrt(5.25 / s))
    first = total(i, 1, n, z[i] ** 2)
    second = n + s * total(i, 1, n, (z[i] + m) ** 2)
    return Stated((scale, other), smallest(first, second) + 10 * total(i, 1, n, 1 - cos(2 * PI * z[i])))


def _griewank(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, z[i] ** 2) / 4000 - product(i, 1, n, cos(z[i] / sqrt(i))) + 1)


def _griewank_rosenbrock(z: Vector, n: Expression) -> Stated:
    t, s = _element("t"), Name("s")

    def valley(at: Operand, after: Operand) -> Expression:
        return 100 * ((z[at] + 1) ** 2 - (z[after] + 1)) ** 2 + z[at] ** 2

    pairs = _vector("t", lambda at: valley(at, at + 1), n - 1)
    last = Definition("s", valley(n, 1))
    value = total(i, 1, n - 1, t(i) ** 2 / 4000 - cos(t(i)) + 1) + s**2 / 4000 - cos(s) + 1
    return Stated((pairs, last), value)


def _schaffer_f6(z: Vector, n: Expression) -> Stated:
    t, s = _element("t"), Name("s")

    def ring(square: Expression) -> Expression:
        return 0.5 + (sin(sqrt(square)) ** 2 - 0.5) / (1 + 0.001 * square) ** 2

    pairs = _vector("t", lambda at: z[at] ** 2 + z[at + 1] ** 2, n - 1)
    last = Definition("s", z[n] ** 2 + z[1] ** 2)
    return Stated((pairs, last), total(i, 1, n - 1, ring(t(i))) + ring(s))


def _schaffer_f7(z: Vector, n: Expression) -> Stated:
    t = _element("t")
    pairs = _vector("t", lambda at: z[at] ** 2 + z[at + 1] ** 2, n - 1)
    waves = total(i, 1, n - 1, sqrt(t(i)) * (sin(50 * t(i) ** 0.2) + 1))
    return Stated((pairs,), (waves / (n - 1)) ** 2)


def _bohachevsky(z: Vector, n: Expression) -> Stated:
    bowl = z[i] ** 2 + 2 * z[i + 1] ** 2
    return plain(total(i, 1, n - 1, bowl - 0.3 * cos(3 * PI * z[i]) - 0.4 * cos(4 * PI * z[i + 1]) + 0.7))


def _levy(z: Vector, n: Expression) -> Stated:
    w = _element("w")
    moved = _vector("w", lambda at: 1 + z[at] / 4, n)
    inner = (w(i) - 1) ** 2 * (1 + 10 * sin(PI * w(i) + 1) ** 2)
    last = (w(n) - 1) ** 2 * (1 + sin(2 * PI * w(n)) ** 2)
    return Stated((moved,), sin(PI * w(1)) ** 2 + total(i, 1, n - 1, inner) + last)


def _salomon(z: Vector, n: Expression) -> Stated:
    r = Name("r")
    norm = Definition("r", sqrt(total(i, 1, n, z[i] ** 2)))
    return Stated((norm,), 1 - cos(2 * PI * r) + 0.1 * r)


def _alpine(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, absolute(z[i] * sin(z[i]) + 0.1 * z[i])))


def _styblinski_tang(z: Vector, n: Expression) -> Stated:
    w = _element("w")
    moved = _vector("w", lambda at: z[at] + STYBLINSKI_TANG_OPTIMUM, n)
    value = total(i, 1, n, w(i) ** 4 - 16 * w(i) ** 2 + 5 * w(i)) / 2 + STYBLINSKI_TANG_FLOOR * n
    return Stated((moved,), value)


def _root_sine(z: Vector, n: Expression) -> Stated:
    w = _element("w")
    moved = _vector("w", lambda at: z[at] + ROOT_SINE_OPTIMUM, n)
    return Stated((moved,), total(i, 1, n, sqrt(absolute(w(i))) + 2 * sin(w(i) ** 3)) + ROOT_SINE_FLOOR * n)


def _michalewicz_like(z: Vector, n: Expression) -> Stated:
    return plain(total(i, 1, n, 1 - cos(z[i]) * cos(i * z[i] ** 2 / PI) ** 20))


def _modified_schwefel(z: Vector, n: Expression) -> Stated:
    w, a, v = _element("w"), _element("a"), _element("v")
    moved = _vector("w", lambda at: z[at] + SCHWEFEL_OPTIMUM, n)
    folded = _vector("a", lambda at: 500 - (absolute(w(at)) - 500 * floor(absolute(w(at)) / 500)), n)

    def part(at: Operand) -> Expression:
        above = a(at) * sin(sqrt(a(at))) - ((w(at) - 500) / 100) ** 2 / n
        below = -a(at) * sin(sqrt(a(at))) - ((w(at) + 500) / 100) ** 2 / n
        inside = w(at) * sin(sqrt(absolute(w(at))))
        return cases(absolute(w(at)), 500, inside, cases(w(at), 0, below, above))

    return Stated((moved, folded, _vector("v", part, n)), SCHWEFEL_FLOOR * n - total(i, 1, n, v(i)))


def _katsuura(z: Vector, n: Expression) -> Stated:
    part = absolute(Number(2) ** j * z[i] - nearest(Number(2) ** j * z[i])) / Number(2) ** j
    return plain(10 / n**2 * product(i, 1, n, (1 + i * total(j, 1, 32, part)) ** (10 / n**1.2)) - 10 / n**2)


def _happycat(z: Vector, n: Expression) -> Stated:
    s = Name("s")
    square = Definition("s", total(i, 1, n, (z[i] - 1) ** 2))
    value = absolute(s - n) ** (Number(1) / 4) + (0.5 * s + total(i, 1, n, z[i] - 1)) / n + 0.5
    return Stated((square,), value)


def _hgbat(z: Vector, n: Expression) -> Stated:
    s, t = Name("s"), Name("t")
    square = Definition("s", total(i, 1, n, (z[i] - 1) ** 2))
    linear = Definition("t", total(i, 1, n, z[i] - 1))
    return Stated((square, linear), sqrt(absolute(s**2 - t**2)) + (0.5 * s + t) / n + 0.5)


def _weierstrass(z: Vector, n: Expression) -> Stated:
    wave = total(k, 0, 20, Number(0.5) ** k * cos(2 * PI * Number(3) ** k * (z[i] + 0.5)))
    rest = total(k, 0, 20, Number(0.5) ** k * cos(PI * Number(3) ** k))
    return plain(total(i, 1, n, wave) - n * rest)


FUNCTIONS: dict[str, Statement] = {
    "sphere": _sphere,
    "bent_cigar": _bent_cigar,
    "discus": _discus,
    "ellipsoid": _ellipsoid,
    "different_powers": _different_powers,
    "sharp_ridge": _sharp_ridge,
    "sum_squares": _sum_squares,
    "quartic": _quartic,
    "schwefel_1_2": _schwefel_1_2,
    "schwefel_2_21": _schwefel_2_21,
    "schwefel_2_22": _schwefel_2_22,
    "zakharov": _zakharov,
    "exponential": _exponential,
    "step": _step,
    "rosenbrock": _rosenbrock,
    "dixon_price": _dixon_price,
    "ackley": _ackley,
    "rastrigin": _rastrigin,
    "noncontinuous_rastrigin": _noncontinuous_rastrigin,
    "bi_rastrigin": _bi_rastrigin,
    "griewank": _griewank,
    "griewank_rosenbrock": _griewank_rosenbrock,
    "schaffer_f6": _schaffer_f6,
    "schaffer_f7": _schaffer_f7,
    "bohachevsky": _bohachevsky,
    "levy": _levy,
    "salomon": _salomon,
    "alpine": _alpine,
    "styblinski_tang": _styblinski_tang,
    "root_sine": _root_sine,
    "michalewicz_like": _michalewicz_like,
    "modified_schwefel": _modified_schwefel,
    "katsuura": _katsuura,
    "happycat": _happycat,
    "hgbat": _hgbat,
    "weierstrass": _weierstrass,
}


def function(name: str, vector: Vector, length: Expression) -> Stated:
    """The statement of the basic function ``name`` of ``vector``. Raises KeyError naming the functions there are."""
    if name not in FUNCTIONS:
        raise KeyError(f"no statement of the basic function {name!r}; there are: {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](vector, length)


def argument(problem: Problem) -> str:
    """The vector that the basic functions of ``problem`` take: x itself, z where it is moved, y where permuted."""
    if problem.permutation_seed is not None:
        return "y"
    return "x" if problem.shift_seed is None and problem.rotation_seed is None else "z"
