"""The parser's trees of single letters as functions of a scope.

This module knows nothing of tokens: what a letter means, and which of them are indices, it is told.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
import sympy

from llamoco_lib.prompts.latex_scope import Evaluate, constant, power

Compile = Callable[[frozenset[str]], Evaluate]  # of the indices that hold where a letter stands
UNARY: dict[str, Callable] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "cot": lambda value: 1 / np.tan(value),
    "exp": np.exp,
    "ln": np.log,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "arcsin": np.arcsin,
    "arccos": np.arccos,
    "arctan": np.arctan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "lg": np.log10,
    "round": np.round,
    "sign": np.sign,
    "sgn": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "abs": np.abs,
    "sqrt": np.sqrt,
}
COMMANDS = frozenset(
    "\\" + name
    for name in ("sin", "cos", "tan", "cot", "exp", "ln", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "lg")
)


def applied(function: Callable, value: Evaluate) -> Evaluate:
    """A function of a formula."""
    return lambda scope: function(value(scope))


class TreeError(Exception):
    """A node of the tree that cannot be evaluated."""


def tree_function(
    node: sympy.Basic,
    meanings: Mapping[str, Compile],
    indices: Mapping[str, str],
    folds: Mapping[str, Callable[[str, Evaluate, Evaluate, Evaluate], Evaluate]],
    bound: frozenset[str],
) -> Evaluate:
    """The function of a scope that a tree stands for.

    ``meanings`` are those of the letters, ``indices`` the names of the letters that sums run over; ``folds`` gives,
    by the letter of its upper end, what a sum, product or extremum makes of index, ends and body. Raises TreeError
    for what the parser reads and nothing evaluates.
    """

    def compiled(part: sympy.Basic, bound: frozenset[str]) -> Evaluate:
        if isinstance(part, sympy.Symbol):
            return meanings[part.name](bound)
        if isinstance(part, sympy.Sum):
            return fold(part, bound)
        if isinstance(part, sympy.Integer):
            return constant(int(part))
        if part.is_number and not part.args and part.is_real and part.is_finite:
            return constant(float(part))
        return _operation(part, [compiled(each, bound) for each in part.args])

    def fold(part: sympy.Sum, bound: frozenset[str]) -> Evaluate:
        spans = []
        for index, lower, upper in reversed(part.limits):  # sympy gives the innermost sum first
            name = indices[index.name]
            spans.append((name, compiled(lower, bound), compiled(upper, bound), folds[upper.name]))
            bound = bound | {name}
        body = compiled(part.function, bound)
        for name, lower, upper, folded in reversed(spans):
            body = folded(name, lower, upper, body)
        return body

    return compiled(node, bound)


def _operation(node: sympy.Basic, parts: list[Evaluate]) -> Evaluate:
    if isinstance(node, sympy.Add):
        return lambda scope: sum((part(scope) for part in parts[1:]), start=parts[0](scope))
    if isinstance(node, sympy.Mul):
        return lambda scope: math.prod((part(scope) for part in parts[1:]), start=parts[0](scope))
    if isinstance(node, sympy.Pow):
        return lambda scope: power(parts[0](scope), parts[1](scope))
    if isinstance(node, sympy.log) and len(parts) == 2:
        return lambda scope: np.log(parts[0](scope)) / np.log(parts[1](scope))
    if isinstance(node, sympy.UnevaluatedExpr):
        return parts[0]
    name = {"Abs": "abs", "ceiling": "ceil", "log": "ln"}.get(node.func.__name__, node.func.__name__)
    if name not in UNARY:
        raise TreeError(f"{name} cannot be evaluated here")
    return applied(UNARY[name], parts[0])
