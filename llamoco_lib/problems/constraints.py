"""The basic constraint set Omega: families of inequality and equality constraints on x itself (paper 3.1).

An inequality holds where its value is <= 0, an equality where its absolute value is within
``spec.FEASIBILITY_TOLERANCE``. The formulas are stated once for the reader in ``prompts.constraint_statements`` and
computed by ``constraint_kernels``; here stands what a family is, and ``around`` draws its numbers so that a given
point satisfies it. This module knows nothing of objectives.
"""

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np

from llamoco_lib.problems.constraint_kernels import CODES, constraint_values
from llamoco_lib.problems.spec import Constraint

SIGNIFICANT_DIGITS = 6  # a writing prints the numbers with these digits, so they are all the digits there are
SAMPLE = 64  # uniform points of the box that tell how far a constraint's value spreads over it
CEC = "Wu, Mallipeddi, Suganthan, CEC 2017 constrained"
BOYD = "Boyd, Vandenberghe, 2004"

Kind = Literal["inequality", "equality"]


@dataclasses.dataclass(frozen=True)
class Family:
    """One constraint family.

    ``parameters`` names its numbers in the order of its statement, out of c (centre or threshold), w (frequency or
    scale), b and r (level). ``citation`` says where it comes from.
    """

    name: str
    kind: Kind
    parameters: tuple[str, ...]
    citation: str

    def kernel(self, x: np.ndarray, **numbers: float) -> np.ndarray:
        """The left-hand side at each row: (n, D) -> (n,). ``numbers`` has the names of ``parameters``."""
        codes, values = arrays([Constraint(self.name, numbers)])
        return constraint_values(np.require(x, np.float64, "CAW"), codes, values)[:, 0]

    @property
    def level(self) -> str:
        """The name of the number that is moved to put a point on the constraint: ``r`` or ``b``."""
        return "r" if "r" in self.parameters else "b"


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("linear_sum", "inequality", ("b",), f"{CEC}, C13 g2"),
        Family("weighted_sum", "inequality", ("b",), f"{BOYD}, section 4.3, linear inequality"),
        Family("alternating_sum", "inequality", ("b",), f"{BOYD}, section 4.3, linear inequality"),
        Family("ball", "inequality", ("c", "r"), f"{CEC}, C12 g2"),
        Family("outside_ball", "inequality", ("c", "r"), "ours: the complement of a ball"),
        Family("ellipsoid_ball", "inequality", ("c", "r"), f"{BOYD}, section 2.2.2, ellipsoid"),
        Family("l1_norm", "inequality", ("b",), f"{BOYD}, section 2.2.3, norm ball"),
        Family("outside_l1", "inequality", ("b",), f"{CEC}, C12 g1"),
        Family("max_norm", "inequality", ("b",), f"{BOYD}, section 2.2.3, norm ball"),
        Family("second_order_cone", "inequality", ("c", "b"), f"{BOYD}, section 4.4.2, second-order cone"),
        Family("sine_sum", "inequality", ("w", "b"), "ours: a trigonometric sum"),
        Family("sine_square", "inequality", ("w", "b"), f"{CEC}, C19 g2"),
        Family("x_sine", "inequality", ("w", "b"), f"{CEC}, C04 g2"),
        Family("cosine_bowl", "inequality", ("w", "b"), f"{CEC}, C05 g1"),
        Family("cosine_of_sum", "inequality", ("w", "b"), f"{CEC}, C20 g1"),
        Family("log_sum_exp", "inequality", ("w", "b"), f"{BOYD}, section 3.1.5, log-sum-exp"),
        Family("exp_pairs", "inequality", ("w", "b"), f"{CEC}, C19 g1, the other side of it"),
        Family("hinge_sum", "inequality", ("c", "b"), f"{BOYD}, section 6.1.2, one-sided penalty"),
        Family("product_sum", "inequality", ("b",), "ours: an indefinite quadratic form"),
        Family("difference_squares", "inequality", ("b",), f"{CEC}, C10 h2 as an inequality"),
        Family("total_variation", "inequality", ("b",), f"{BOYD}, section 6.3.3, total variation"),
        Family("partial_sums", "inequality", ("b",), f"{CEC}, C10 h1 as an inequality"),
        Family("eq_sum", "equality", ("b",), f"{BOYD}, section 4.3, linear equality"),
        Family("eq_weighted", "equality", ("b",), f"{BOYD}, section 4.3, linear equality"),
        Family("eq_alternating", "equality", ("b",), f"{BOYD}, section 4.3, linear equality"),
        Family("eq_sphere", "equality", ("c", "r"), f"{CEC}, C14 h and C17 h"),
        Family("eq_product_sum", "equality", ("b",), "ours: an indefinite quadratic form"),
        Family("eq_chain", "equality", ("b",), f"{CEC}, C09 h, without the outer square"),
        Family("eq_sine_sum", "equality", ("w", "b"), "ours: a trigonometric sum"),
        Family("eq_x_sine", "equality", ("w", "b"), f"{CEC}, C03 h and C06 h2"),
        Family("eq_x_cosine", "equality", ("w", "b"), f"{CEC}, C06 h4"),
        Family("eq_x_minus_cosine", "equality", ("w", "b"), f"{CEC}, C07 h1, with 10 cosines"),
        Family("eq_root_sine", "equality", ("w", "b"), f"{CEC}, C06 h5"),
    )
}

# w times this length of the box: 1 to 4 waves across a box for the trigonometric families, moderate exponents for
# the exponential ones.
WAVES, EXPONENTS, DECAYS = (np.pi, 4.0 * np.pi), (0.5, 5.0), (0.5, 3.0)
MIN_CUT = 0.02  # numbers that leave less of the sample outside are drawn again
SHAPE_DRAWS = 20  # so often at most; a family without c and w has only its level


def arrays(constraints: Sequence[Constraint]) -> tuple[np.ndarray, np.ndarray]:
    """Constraints as ``constraint_values`` takes them: codes (m,) and numbers (m, 2).

    Raises ValueError which names the family and what it takes, where the family or its numbers are unknown.
    """
    codes, values = np.zeros(len(constraints), dtype=np.int64), np.zeros((len(constraints), 2))
    for row, constraint in enumerate(constraints):
        if constraint.family not in FAMILIES:
            known = ", ".join(sorted(FAMILIES))
            raise ValueError(f"no constraint family {constraint.family!r}; known: {known}")
        wanted = FAMILIES[constraint.family].parameters
        if set(constraint.parameters) != set(wanted):
            given = ", ".join(constraint.parameters) or "none"
            raise ValueError(f"{constraint.family} takes {', '.join(wanted)}; given: {given}")
        codes[row] = CODES[constraint.family]
        values[row, : len(wanted)] = [constraint.parameters[name] for name in wanted]
    return codes, values


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
    """A constraint of the family that ``point`` (D,) satisfies and that cuts the box (``lower``, ``upper``: (D,)).

    An equality holds at the point up to the rounding of its numbers to six digits. An inequality is ``active`` there
    (zero up to that rounding, on the feasible side) or holds with a margin, which is at most a standard deviation of
    its value over the box and never so large that the whole box satisfies it.
    """
    about = FAMILIES[family]
    points = np.vstack([point, _sample(lower, upper, generator)])
    for _ in range(SHAPE_DRAWS):
        shape = _shape(about, point, lower, upper, generator)
        at_level_0 = about.kernel(points, **shape, **{about.level: 0.0})
        value, values = float(at_level_0[0]), at_level_0[1:]
        above = float(np.mean(values > value))
        cut = min(above, 1.0 - above) if about.kind == "equality" else above
        if value != 0.0 and cut >= MIN_CUT:
            break
    if about.kind == "equality":
        return Constraint(family, {**shape, about.level: rounded(value)})
    room = max(float(values.max()) - value, 0.0)
    margin = 0.0 if active else generator.uniform(0.05, 0.8) * min(float(values.std()), room)
    # the level of an outside_ family stands on the other side: its value is level - distance
    level = rounded(-value - margin, "down") if family.startswith("outside_") else rounded(value + margin, "up")
    return Constraint(family, {**shape, about.level: level})


def _sample(lower: np.ndarray, upper: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Uniform points of the box, and as many drawn in towards its centre, for in many dimensions all lie far out."""
    centre = (lower + upper) / 2.0
    points = generator.uniform(lower, upper, (2 * SAMPLE, lower.size))
    points[SAMPLE:] = centre + generator.random((SAMPLE, 1)) * (points[SAMPLE:] - centre)
    return points


def _shape(
    family: Family, point: np.ndarray, lower: np.ndarray, upper: np.ndarray, generator: np.random.Generator
) -> dict[str, float]:
    """The numbers c and w of a family, two digits each, in proportion to the box's half width."""
    half_width = float(np.min(upper - lower)) / 2.0
    shape = {}
    if "c" in family.parameters:
        shape["c"] = generator.uniform(-0.5, 0.5) * half_width
        if family.name == "outside_ball":  # on the other side of the centre, for the ball to be large
            shape["c"] = -np.copysign(shape["c"], point.mean())
    if "w" in family.parameters:
        between, length = WAVES, half_width
        if family.name == "cosine_of_sum":  # the sum of D coordinates is sqrt(D) times as wide as one
            length = half_width * np.sqrt(point.size)
        elif family.name == "eq_root_sine":
            length = np.sqrt(half_width)
        elif family.name in ("log_sum_exp", "exp_pairs"):
            between = EXPONENTS if family.name == "log_sum_exp" else DECAYS
        shape["w"] = generator.uniform(*between) / length
    return {name: float(f"{value:.2g}") for name, value in shape.items()}
