"""Six constrained test problems of the CEC 2006 suite, with their published optima.

Definitions, bounds and optima: J. J. Liang et al., "Problem definitions and evaluation criteria for the CEC 2006
special session on constrained real-parameter optimization", 2006. They keep the ``Evaluator`` protocol, so that the
counting evaluator counts on them what it counts on the library's own instances. This module knows nothing of
optimizers.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

Values = float | np.ndarray
NONE = np.empty(0)


@dataclasses.dataclass(frozen=True)
class Standard:
    """One test problem: an evaluator with the best known point and its value.

    ``function`` maps (D,) -> float and (n, D) -> (n,); ``inequalities`` and ``equalities`` take the coordinates as a
    tuple of numbers or of (n,) arrays and return a list of such.
    """

    id: str
    lower: np.ndarray
    upper: np.ndarray
    function: Callable[[np.ndarray], Values]
    inequalities: Callable[..., list[Values]]
    equalities: Callable[..., list[Values]]
    best_point: tuple[float, ...]
    best_value: float
    budget: int
    n_inequality: int = dataclasses.field(init=False)
    n_equality: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Count the constraints at the best point."""
        object.__setattr__(self, "n_inequality", len(self.inequalities(*self.best_point)))
        object.__setattr__(self, "n_equality", len(self.equalities(*self.best_point)))

    @property
    def dimension(self) -> int:
        """The number of coordinates."""
        return len(self.lower)

    def objective(self, x: np.ndarray) -> Values:
        """The objective: (D,) -> float, (n, D) -> (n,)."""
        return self.function(x)

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The constraints: (D,) -> (g (Mg,), h (Mh,)), (n, D) -> (g (n, Mg), h (n, Mh))."""
        coordinates = x.tolist() if x.ndim == 1 else x.T
        empty = NONE if x.ndim == 1 else np.empty((len(x), 0))
        return tuple(
            np.stack(values, axis=-1) if (values := function(*coordinates)) else empty
            for function in (self.inequalities, self.equalities)
        )


def _none(*x: Values) -> list[Values]:
    return []


def _g01(x: np.ndarray) -> Values:
    head = x[..., :4]
    return 5.0 * (head - head**2).sum(-1) - x[..., 4:].sum(-1)


def _g01_inequalities(*x: Values) -> list[Values]:
    a, b, c, d, e, f, g, h, i, j, k, m, _ = x
    return [
        2 * a + 2 * b + j + k - 10,
        2 * a + 2 * c + j + m - 10,
        2 * b + 2 * c + k + m - 10,
        j - 8 * a,
        k - 8 * b,
        m - 8 * c,
        j - 2 * d - e,
        k - 2 * f - g,
        m - 2 * h - i,
    ]


def _g02(x: np.ndarray) -> Values:
    squares = np.cos(x) ** 2
    numerator = (squares**2).sum(-1) - 2.0 * squares.prod(-1)
    # the box is half open at 0 in the definition; at 0 itself the product makes the point infeasible
    return -np.abs(numerator) / np.sqrt((np.arange(1, x.shape[-1] + 1) * x**2).sum(-1) + 1e-300)


def _g02_inequalities(*x: Values) -> list[Values]:
    return [0.75 - np.prod(x, axis=0), np.sum(x, axis=0) - 7.5 * len(x)]


def _g04(x: np.ndarray) -> Values:
    a, _, c, _, e = x.T
    return 5.3578547 * c**2 + 0.8356891 * a * e + 37.293239 * a - 40792.141


def _g04_inequalities(a: Values, b: Values, c: Values, d: Values, e: Values) -> list[Values]:
    u = 85.334407 + 0.0056858 * b * e + 0.0006262 * a * d - 0.0022053 * c * e
    v = 80.51249 + 0.0071317 * b * e + 0.0029955 * a * b + 0.0021813 * c * c
    w = 9.300961 + 0.0047026 * c * e + 0.0012547 * a * c + 0.0019085 * c * d
    return [u - 92, -u, v - 110, 90 - v, w - 25, 20 - w]


def _g06(x: np.ndarray) -> Values:
    a, b = x.T
    return (a - 10) ** 3 + (b - 20) ** 3


def _g06_inequalities(a: Values, b: Values) -> list[Values]:
    return [100 - (a - 5) ** 2 - (b - 5) ** 2, (a - 6) ** 2 + (b - 5) ** 2 - 82.81]


def _g07(x: np.ndarray) -> Values:
    centre = np.array([0.0, 0.0, 10.0, 5.0, 3.0, 1.0, 0.0, 11.0, 10.0, 7.0])
    weight = np.array([1.0, 1.0, 1.0, 4.0, 1.0, 2.0, 5.0, 7.0, 2.0, 1.0])
    a, b = x[..., 0], x[..., 1]
    return (weight * (x - centre) ** 2).sum(-1) + a * b - 14 * a - 16 * b + 45


def _g07_inequalities(*x: Values) -> list[Values]:
    a, b, c, d, e, f, g, h, i, j = x
    return [
        4 * a + 5 * b - 3 * g + 9 * h - 105,
        10 * a - 8 * b - 17 * g + 2 * h,
        -8 * a + 2 * b + 5 * i - 2 * j - 12,
        3 * (a - 2) ** 2 + 4 * (b - 3) ** 2 + 2 * c**2 - 7 * d - 120,
        5 * a**2 + 8 * b + (c - 6) ** 2 - 2 * d - 40,
        a**2 + 2 * (b - 2) ** 2 - 2 * a * b + 14 * e - 6 * f,
        0.5 * (a - 8) ** 2 + 2 * (b - 4) ** 2 + 3 * e**2 - f - 30,
        -3 * a + 6 * b + 12 * (i - 8) ** 2 - 7 * j,
    ]


def _g13(x: np.ndarray) -> Values:
    return np.exp(x.prod(-1))


def _g13_equalities(a: Values, b: Values, c: Values, d: Values, e: Values) -> list[Values]:
    return [a**2 + b**2 + c**2 + d**2 + e**2 - 10, b * c - 5 * d * e, a**3 + b**3 + 1]


_G02_POINT = """3.16246061572185 3.12833142812967 3.09479212988791 3.06145059523469 3.02792915885555 2.99382606701730
2.95866871765285 2.92184227312450 0.49482511456933 0.48835711005490 0.48231642711865 0.47664475092742
0.47129550835493 0.46623099264167 0.46142004984199 0.45683664767217 0.45245876903267 0.44826762241853 0.44424700958760
0.44038285956317"""
_G07_POINT = """2.17199634142692 2.3636830416034 8.77392573913157 5.09598443745173 0.990654756560493 1.43057392853463
1.32164415364306 9.82872576524495 8.2800915887356 8.3759266477347"""


def standard_problems(budget: int) -> dict[str, Standard]:
    """The test problems by name, each with ``budget`` FEs.

    g01: linear constraints, a concave objective with vertices as local optima; g02: many local optima in 20
    dimensions; g04: six active or nearly active bounds and inequalities; g06: a feasible region of a few millionths
    of the box; g07: eight inequalities of which six are active; g13: three non-linear equalities.
    """
    a_dozen = np.r_[np.ones(9), np.full(3, 100.0), 1.0]
    wide, box = np.array([2.3, 2.3, 3.2, 3.2, 3.2]), np.array([[78, 33, 27, 27, 27], [102, 45, 45, 45, 45]], float)
    rows = (
        ("g01", 0 * a_dozen, a_dozen, _g01, _g01_inequalities, _none, (*[1.0] * 9, 3.0, 3.0, 3.0, 1.0), -15.0),
        ("g02", np.zeros(20), np.full(20, 10.0), _g02, _g02_inequalities, _none, _G02_POINT, -0.80361910412559),
        (
            "g04",
            *box,
            _g04,
            _g04_inequalities,
            _none,
            "78 33 29.99525602568160 45 36.77581290578821",
            -30665.53867178332,
        ),
        (
            "g06",
            np.array([13.0, 0.0]),
            np.array([100.0, 100.0]),
            _g06,
            _g06_inequalities,
            _none,
            "14.09500000000000064 0.8429607892154795668",
            -6961.81387558015,
        ),
        ("g07", np.full(10, -10.0), np.full(10, 10.0), _g07, _g07_inequalities, _none, _G07_POINT, 24.30620906818),
        (
            "g13",
            -wide,
            wide,
            _g13,
            _none,
            _g13_equalities,
            "-1.71714224003 1.59572124049468 1.8272502406271 -0.763659881912867 -0.76365986736498",
            0.053941514041898,
        ),
    )
    return {
        name: Standard(
            name,
            lower,
            upper,
            function,
            inequalities,
            equalities,
            tuple(float(v) for v in (point.split() if isinstance(point, str) else point)),
            value,
            budget,
        )
        for name, lower, upper, function, inequalities, equalities, point, value in rows
    }
