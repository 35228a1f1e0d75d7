"""LaTeX expressions as functions of arrays, with our reading of indices.

The parser leaves ``x_{i+1}``, ``z_{p_i}`` or ``M_{ji}`` as opaque symbols and sums unevaluated. Here the
subscripts are read in turn, and the tree is turned into a function of a scope: arrays by name, indices as
integers that count from 1. This module knows nothing of objectives and constraints.
"""

import functools
import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import sympy

from llamoco_lib.prompts.latex_text import LatexError, parse, plain, without_calls

Value = np.ndarray | float | int  # (n,) for a scalar at n points, (n, m) for a vector, else a number
Evaluate = Callable[["Scope"], Value]

_PENDING = object()  # stands for a definition while it is being evaluated
_OPERATIONS = (sympy.Add, sympy.Mul, sympy.Pow, sympy.log, sympy.Max, sympy.Min, sympy.UnevaluatedExpr)
_UNARY: dict[str, Callable] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "exp": np.exp,
    "Abs": np.abs,
    "floor": np.floor,
    "ceiling": np.ceil,
    "sign": np.sign,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "round": np.round,
    "sgn": np.sign,
    "ceil": np.ceil,
    "abs": np.abs,
}


class Scope:
    """What names stand for while a formula is evaluated: given arrays, definitions (evaluated once, when first
    asked for), and the indices of the sums around.
    """

    def __init__(
        self, values: Mapping[str, Value], definitions: Mapping[str, Evaluate], functions: Mapping[str, "Rule"]
    ):
        self.values = dict(values)
        self.definitions = definitions
        self.functions = functions

    def get(self, name: str) -> Value:
        """The value of ``name``; KeyError where there is none, LatexError where it is defined by itself."""
        if name not in self.values:
            self.values[name] = _PENDING
            self.values[name] = self.definitions[name](self)
        if self.values[name] is _PENDING:
            raise LatexError("this name is defined by itself", name, 0)
        return self.values[name]

    def within(self, **values: Value) -> "Scope":
        """A scope with some names bound anew; what was evaluated before is kept."""
        scope = Scope(self.values, self.definitions, self.functions)
        scope.values.update(values)
        return scope


class Rule:
    """A function that the text defines: the names of its arguments and its formula."""

    def __init__(self, arguments: tuple[str, ...], evaluate: Evaluate):
        self.arguments = arguments
        self.evaluate = evaluate


def compile_expression(latex: str, known: frozenset[str], bound: frozenset[str] = frozenset()) -> Evaluate:
    """The function of a scope that ``latex`` stands for.

    ``known`` are the names that a scope will have, ``bound`` the indices that are set from outside. Raises
    LatexError that points at the token for what cannot be read, is ambiguous, or names something unknown.
    """
    text, calls = without_calls(latex, known)
    return _Compiler(latex, known, calls)(parse(text), bound)


class _Compiler:
    """Turns a sympy tree into a function of a scope."""

    def __init__(self, latex: str, known: frozenset[str], calls: Mapping[str, tuple[str, list[str]]]):
        self.latex = latex
        self.known = known
        self.calls = calls

    def __call__(self, node: sympy.Basic, bound: frozenset[str]) -> Evaluate:
        if isinstance(node, sympy.Symbol):
            return self._symbol(node.name, bound)
        if isinstance(node, (sympy.Sum, sympy.Product)):
            return self._fold(node, bound)
        if isinstance(node, sympy.Integer):
            return _constant(int(node))
        if node.is_number and not node.args and node.is_real and node.is_finite:
            return _constant(float(node))
        name = node.func.__name__
        if isinstance(node, sympy.core.function.AppliedUndef):
            raise LatexError(f"the function {plain(name)} is not defined anywhere", self.latex, name)
        if not isinstance(node, _OPERATIONS) and name not in _UNARY:
            raise LatexError(f"{sympy.latex(node)!r} ({name}) is nothing that can be evaluated here", self.latex)
        parts = [self(part, bound) for part in node.args]
        if isinstance(node, sympy.Add):
            return lambda scope: sum(part(scope) for part in parts[1:]) + parts[0](scope)
        if isinstance(node, sympy.Mul):
            return lambda scope: math.prod((part(scope) for part in parts[1:]), start=parts[0](scope))
        if isinstance(node, sympy.Pow):
            return lambda scope: _power(parts[0](scope), parts[1](scope))
        if isinstance(node, sympy.log):
            return self._logarithm(parts)
        if isinstance(node, sympy.UnevaluatedExpr):
            return parts[0]
        if isinstance(node, (sympy.Max, sympy.Min)):
            choose = np.maximum if isinstance(node, sympy.Max) else np.minimum
            return lambda scope: functools.reduce(choose, (part(scope) for part in parts))
        return lambda scope: _UNARY[name](parts[0](scope))

    def _logarithm(self, parts: list[Evaluate]) -> Evaluate:
        if len(parts) == 1:
            return lambda scope: np.log(parts[0](scope))
        return lambda scope: np.log(parts[0](scope)) / np.log(parts[1](scope))

    def _call(self, name: str, texts: list[str], bound: frozenset[str]) -> Evaluate:
        arguments = [compile_expression(text, self.known, bound) for text in texts]
        latex = self.latex
        if f"{name}()" not in self.known:
            if len(arguments) != 1:
                raise LatexError(f"{name} takes one argument, not {len(arguments)}", latex, name)
            return lambda scope: _UNARY[name](arguments[0](scope))

        def apply(scope: Scope) -> Value:
            rule = scope.functions[name]
            if len(rule.arguments) != len(arguments):
                raise LatexError(f"{name} takes {len(rule.arguments)} arguments, not {len(arguments)}", latex, name)
            values = {key: argument(scope) for key, argument in zip(rule.arguments, arguments, strict=True)}
            return rule.evaluate(scope.within(**values))

        return apply

    def _fold(self, node: sympy.Sum | sympy.Product, bound: frozenset[str]) -> Evaluate:
        spans = []
        for index, lower, upper in reversed(node.limits):  # sympy gives the innermost sum first
            spans.append((index.name, self(lower, bound), self(upper, bound)))
            bound = bound | {index.name}
        body = self(node.function, bound)
        combine, start = (sum, 0.0) if isinstance(node, sympy.Sum) else (math.prod, 1.0)
        for name, lower, upper in reversed(spans):
            body = self._one_fold(combine, start, name, lower, upper, body)
        return body

    def _one_fold(
        self, combine: Callable, start: float, name: str, lower: Evaluate, upper: Evaluate, body: Evaluate
    ) -> Evaluate:
        def fold(scope: Scope) -> Value:
            first, last = _integer(lower(scope)), _integer(upper(scope))
            if first is None or last is None:
                raise LatexError(
                    f"the sum or product over {name} does not run between integers", self.latex, f"{name}="
                )
            before = scope.values.get(name)
            terms = []
            for value in range(first, last + 1):
                scope.values[name] = value
                terms.append(body(scope))
            if before is None:
                scope.values.pop(name, None)
            else:
                scope.values[name] = before
            return combine(terms, start=start)

        return fold

    def _symbol(self, name: str, bound: frozenset[str]) -> Evaluate:
        if name in self.calls:
            return self._call(*self.calls[name], bound)
        if name in bound or plain(name) in self.known:
            key = name if name in bound else plain(name)
            return lambda scope: scope.get(key)
        if name == "e":
            return _constant(math.e)
        base, _, script = name.partition("_")
        script = script[1:-1] if script.startswith("{") and script.endswith("}") else script
        if script and base in self.known:
            return self._subscript(base, script, bound)
        raise self._unknown(name, base, bound)

    def _unknown(self, name: str, base: str, bound: frozenset[str]) -> LatexError:
        names = ", ".join(sorted(each for each in self.known | bound if not each.endswith("()")))
        hint = "; an index counts only inside its own sum, so put a summand of several terms in brackets"
        hint = hint if len(name) == 1 and name in "ijkl" else ""
        token = name if name in self.latex else base
        return LatexError(f"{name} is not defined; known here: {names}{hint}", self.latex, token)

    def _subscript(self, base: str, script: str, bound: frozenset[str]) -> Evaluate:
        if ":" in script:
            first, last = (compile_expression(part, self.known, bound) for part in script.split(":"))
            return lambda scope: scope.get(base)[..., _integer(first(scope)) - 1 : _integer(last(scope))]
        pieces = script.split(",") if "," in script else [script]
        if len(pieces) == 1 and re.fullmatch(r"[a-z]{2}", script):
            pieces = list(script)
        latex = self.latex
        spellings = (f"{base}_{{{script}}}", f"{base}_{script}", f"{base}_")
        token = next((each for each in spellings if each in latex), base)
        try:
            indices = [compile_expression(piece, self.known, bound) for piece in pieces]
        except LatexError as error:
            raise LatexError(f"{base}_{{{script}}}: {error.problem}", latex, token) from None

        def element(scope: Scope) -> Value:
            values = scope.get(base)
            shape = np.shape(values)[-len(indices) :] if np.ndim(values) >= len(indices) else ()
            if not shape:
                raise LatexError(f"{base} has no subscript {script}: it is a number", latex, token)
            places = [_integer(index(scope)) for index in indices]
            for place, size in zip(places, shape, strict=True):
                if place is None or not 1 <= place <= size:
                    raise LatexError(
                        f"{base}_{{{script}}} is element {place} of {base}, which has 1 to {size}", latex, token
                    )
            return values[(..., *(place - 1 for place in places))]

        return element


def _constant(value: float | int) -> Evaluate:
    return lambda scope: value


def _integer(value: Value) -> int | None:
    """The integer that an index stands for, or None."""
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = np.asarray(value, float)
    if number.ndim == 0 and math.isclose(number, round(float(number)), abs_tol=1e-9):
        return round(float(number))
    return None


def _power(base: Value, exponent: Value) -> Value:
    """base ** exponent in real numbers: nan instead of a complex number, inf instead of a division by zero."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        return base**exponent
    if np.ndim(base) and isinstance(exponent, int) and 0 <= exponent <= 4:
        return math.prod([base] * exponent, start=1.0)
    return np.power(np.asarray(base, float), exponent)
