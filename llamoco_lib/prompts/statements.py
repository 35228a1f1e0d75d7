"""The statement of every basic function and every constraint family, once, as an expression.

``FUNCTIONS`` and ``CONSTRAINTS`` have the keys of ``problems.functions.FUNCTIONS`` and
``problems.constraints.FAMILIES``; a test holds the keys equal, and every writing made from these statements is
held equal to the evaluator. All writings come from here, so a new function needs one statement and no new writer.
This module knows nothing of Python or LaTeX.
"""

from collections.abc import Callable, Mapping

from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts.expression import (
    PI,
    E,
    Expression,
    Name,
    Number,
    Vector,
    absolute,
    cos,
    exp,
    nearest,
    product,
    sin,
    sqrt,
    total,
)

D = Name("D")
i = Name("i")
j = Name("j")
k = Name("k")
TEN = Number(10)

Statement = Callable[[Vector, Expression], Expression]  # of the vector and its length


def _sphere(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n, z[i] ** 2)


def _bent_cigar(z: Vector, n: Expression) -> Expression:
    return z[1] ** 2 + TEN**6 * total(i, 2, n, z[i] ** 2)


def _discus(z: Vector, n: Expression) -> Expression:
    return TEN**6 * z[1] ** 2 + total(i, 2, n, z[i] ** 2)


def _ellipsoid(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n, TEN ** (6 * (i - 1) / (n - 1)) * z[i] ** 2)


def _rosenbrock(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n - 1, 100 * ((z[i] + 1) ** 2 - (z[i + 1] + 1)) ** 2 + z[i] ** 2)


def _ackley(z: Vector, n: Expression) -> Expression:
    spread = sqrt(total(i, 1, n, z[i] ** 2) / n)
    waves = total(i, 1, n, cos(2 * PI * z[i])) / n
    return -20 * exp(-0.2 * spread) - exp(waves) + 20 + E


def _rastrigin(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n, z[i] ** 2 - 10 * cos(2 * PI * z[i]) + 10)


def _griewank(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n, z[i] ** 2) / 4000 - product(i, 1, n, cos(z[i] / sqrt(i))) + 1


def _schwefel_1_2(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n, total(j, 1, i, z[j]) ** 2)


def _zakharov(z: Vector, n: Expression) -> Expression:
    slope = total(i, 1, n, 0.5 * i * z[i])
    return total(i, 1, n, z[i] ** 2) + slope**2 + slope**4


def _levy(z: Vector, n: Expression) -> Expression:
    def w(index: Expression | int) -> Expression:
        return 1 + z[index] / 4

    inner = (z[i] / 4) ** 2 * (1 + 10 * sin(PI * w(i) + 1) ** 2)
    last = (z[n] / 4) ** 2 * (1 + sin(2 * PI * w(n)) ** 2)
    return sin(PI * w(1)) ** 2 + total(i, 1, n - 1, inner) + last


def _salomon(z: Vector, n: Expression) -> Expression:
    norm = sqrt(total(i, 1, n, z[i] ** 2))
    return 1 - cos(2 * PI * norm) + 0.1 * norm


def _katsuura(z: Vector, n: Expression) -> Expression:
    part = absolute(Number(2) ** j * z[i] - nearest(Number(2) ** j * z[i])) / Number(2) ** j
    return 10 / n**2 * product(i, 1, n, (1 + i * total(j, 1, 32, part)) ** (10 / n**1.2)) - 10 / n**2


def _happycat(z: Vector, n: Expression) -> Expression:
    square = total(i, 1, n, (z[i] - 1) ** 2)
    return absolute(square - n) ** (Number(1) / 4) + (0.5 * square + total(i, 1, n, z[i] - 1)) / n + 0.5


def _weierstrass(z: Vector, n: Expression) -> Expression:
    wave = total(k, 0, 20, Number(0.5) ** k * cos(2 * PI * Number(3) ** k * (z[i] + 0.5)))
    rest = total(k, 0, 20, Number(0.5) ** k * cos(PI * Number(3) ** k))
    return total(i, 1, n, wave) - n * rest


def _schwefel_2_22(z: Vector, n: Expression) -> Expression:
    return total(i, 1, n, absolute(z[i])) + product(i, 1, n, absolute(z[i]))


FUNCTIONS: dict[str, Statement] = {
    "sphere": _sphere,
    "bent_cigar": _bent_cigar,
    "discus": _discus,
    "ellipsoid": _ellipsoid,
    "rosenbrock": _rosenbrock,
    "ackley": _ackley,
    "rastrigin": _rastrigin,
    "griewank": _griewank,
    "schwefel_1_2": _schwefel_1_2,
    "zakharov": _zakharov,
    "levy": _levy,
    "salomon": _salomon,
    "katsuura": _katsuura,
    "happycat": _happycat,
    "weierstrass": _weierstrass,
    "schwefel_2_22": _schwefel_2_22,
}

# Each takes x and the family's numbers, and gives the left-hand side that is <= 0 or = 0; a number to be moved to the
# right-hand side is the last term.
CONSTRAINTS: dict[str, Callable[..., Expression]] = {
    "linear_sum": lambda x, b: total(i, 1, D, x[i]) - b,
    "weighted_sum": lambda x, b: total(i, 1, D, i * x[i]) - b,
    "ball": lambda x, c, r: total(i, 1, D, (x[i] - c) ** 2) - r,
    "outside_ball": lambda x, c, r: r - total(i, 1, D, (x[i] - c) ** 2),
    "l1_norm": lambda x, b: total(i, 1, D, absolute(x[i])) - b,
    "sine_sum": lambda x, w, b: total(i, 1, D, sin(w * x[i])) - b,
    "product_sum": lambda x, b: total(i, 1, D - 1, x[i] * x[i + 1]) - b,
    "eq_sum": lambda x, b: total(i, 1, D, x[i]) - b,
    "eq_sphere": lambda x, c, r: total(i, 1, D, (x[i] - c) ** 2) - r,
    "eq_alternating": lambda x, b: total(i, 1, D, Number(-1) ** i * x[i]) - b,
}


def function(name: str, vector: Vector, length: Expression) -> Expression:
    """The statement of the basic function ``name`` of ``vector``. Raises KeyError naming the functions there are."""
    if name not in FUNCTIONS:
        raise KeyError(f"no statement of the basic function {name!r}; there are: {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](vector, length)


def constraint(family: str, parameters: Mapping[str, float]) -> Expression:
    """The left-hand side of a constraint on x. Raises KeyError naming the families there are."""
    if family not in CONSTRAINTS:
        raise KeyError(f"no statement of the constraint family {family!r}; there are: {', '.join(CONSTRAINTS)}")
    return CONSTRAINTS[family](Vector("x"), **parameters)


def argument(problem: Problem) -> str:
    """The vector that the basic functions of ``problem`` take: x itself, z where it is moved, y where permuted."""
    if problem.permutation_seed is not None:
        return "y"
    return "x" if problem.shift_seed is None and problem.rotation_seed is None else "z"
