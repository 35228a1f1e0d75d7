"""The statement of every constraint family, once, as an expression in x.

``CONSTRAINTS`` has the keys of ``problems.constraints.FAMILIES``. Each statement takes x and the family's numbers,
and gives the left-hand side that is <= 0 or = 0; a number to be moved to the right-hand side is the last term. This
module knows nothing of objectives, Python or LaTeX.
"""

from collections.abc import Callable, Mapping

from llamoco_lib.prompts.expression import (
    Expression,
    Name,
    Number,
    Vector,
    absolute,
    cos,
    exp,
    largest,
    log,
    maximum,
    sin,
    sqrt,
    total,
)

D = Name("D")
i = Name("i")
j = Name("j")

CONSTRAINTS: dict[str, Callable[..., Expression]] = {
    "linear_sum": lambda x, b: total(i, 1, D, x[i]) - b,
    "weighted_sum": lambda x, b: total(i, 1, D, i * x[i]) - b,
    "alternating_sum": lambda x, b: total(i, 1, D, Number(-1) ** i * x[i]) - b,
    "ball": lambda x, c, r: total(i, 1, D, (x[i] - c) ** 2) - r,
    "outside_ball": lambda x, c, r: r - total(i, 1, D, (x[i] - c) ** 2),
    "ellipsoid_ball": lambda x, c, r: total(i, 1, D, i * (x[i] - c) ** 2) - r,
    "l1_norm": lambda x, b: total(i, 1, D, absolute(x[i])) - b,
    "outside_l1": lambda x, b: b - total(i, 1, D, absolute(x[i])),
    "max_norm": lambda x, b: maximum(i, 1, D, absolute(x[i])) - b,
    "second_order_cone": lambda x, c, b: sqrt(total(i, 1, D, (x[i] - c) ** 2)) - x[1] - b,
    "sine_sum": lambda x, w, b: total(i, 1, D, sin(w * x[i])) - b,
    "sine_square": lambda x, w, b: total(i, 1, D, sin(w * x[i]) ** 2) - b,
    "x_sine": lambda x, w, b: total(i, 1, D, x[i] * sin(w * x[i])) - b,
    "cosine_bowl": lambda x, w, b: total(i, 1, D, x[i] ** 2 - 50 * cos(w * x[i])) - b,
    "cosine_of_sum": lambda x, w, b: cos(w * total(i, 1, D, x[i])) ** 2 - 0.25 * cos(w * total(i, 1, D, x[i])) - b,
    "log_sum_exp": lambda x, w, b: log(total(i, 1, D, exp(w * x[i]))) - b,
    "exp_pairs": lambda x, w, b: total(i, 1, D - 1, exp(-(w * sqrt(x[i] ** 2 + x[i + 1] ** 2)))) - b,
    "hinge_sum": lambda x, c, b: total(i, 1, D, largest(0, x[i] - c)) - b,
    "product_sum": lambda x, b: total(i, 1, D - 1, x[i] * x[i + 1]) - b,
    "difference_squares": lambda x, b: total(i, 1, D - 1, (x[i] - x[i + 1]) ** 2) - b,
    "total_variation": lambda x, b: total(i, 1, D - 1, absolute(x[i] - x[i + 1])) - b,
    "partial_sums": lambda x, b: total(i, 1, D, total(j, 1, i, x[j]) ** 2) - b,
    "eq_sum": lambda x, b: total(i, 1, D, x[i]) - b,
    "eq_weighted": lambda x, b: total(i, 1, D, i * x[i]) - b,
    "eq_alternating": lambda x, b: total(i, 1, D, Number(-1) ** i * x[i]) - b,
    "eq_sphere": lambda x, c, r: total(i, 1, D, (x[i] - c) ** 2) - r,
    "eq_product_sum": lambda x, b: total(i, 1, D - 1, x[i] * x[i + 1]) - b,
    "eq_chain": lambda x, b: total(i, 1, D - 1, x[i] ** 2 - x[i + 1]) - b,
    "eq_sine_sum": lambda x, w, b: total(i, 1, D, sin(w * x[i])) - b,
    "eq_x_sine": lambda x, w, b: total(i, 1, D, x[i] * sin(w * x[i])) - b,
    "eq_x_cosine": lambda x, w, b: total(i, 1, D, x[i] * cos(w * x[i])) - b,
    "eq_x_minus_cosine": lambda x, w, b: total(i, 1, D, x[i] - 10 * cos(w * x[i])) - b,
    "eq_root_sine": lambda x, w, b: total(i, 1, D, x[i] * sin(w * sqrt(absolute(x[i])))) - b,
}


def constraint(family: str, parameters: Mapping[str, float]) -> Expression:
    """The left-hand side of a constraint on x. Raises KeyError naming the families there are."""
    if family not in CONSTRAINTS:
        raise KeyError(f"no statement of the constraint family {family!r}; there are: {', '.join(CONSTRAINTS)}")
    return CONSTRAINTS[family](Vector("x"), **parameters)
