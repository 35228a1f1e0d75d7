"""LaTeX expressions as functions of arrays, with our reading of indices.

``latex2sympy2_extended`` reads the formula; it leaves ``x_{i+1}``, ``z_{p_i}`` or ``M_{ji}`` as opaque symbols and sums unevaluated.
Here the subscripts are read in turn, and the tree is turned into a function of a scope: arrays by name, indices as integers
that count from 1. Signs that people read in two ways (``a/b c``, ``\\log``, ``x1``) are refused, never guessed. This module knows
nothing of objectives and constraints.
"""

import functools
import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import sympy
from latex2sympy2_extended import latex2sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig

Value = np.ndarray | float | int  # (n,) for a scalar at n points, (n, m) for a vector, else a number
Evaluate = Callable[["Scope"], Value]

_CONVERSION = ConversionConfig(
    interpret_as_mixed_fractions=False,
    interpret_simple_eq_as_assignment=False,
    interpret_contains_as_eq=False,
    lowercase_symbols=False,
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]|\S|\s+")
_PENDING = object()  # stands for a definition while it is being evaluated
_FUNCTION_NAMES = ("round", "sign", "sgn", "floor", "ceil", "abs")
_GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "rho", "sigma", "omega", "pi", "phi")
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


class LatexError(ValueError):
    """What cannot be read, in which statement, with a mark under the token."""

    def __init__(self, problem: str, statement: str, token: str | int | None = None):
        self.problem = problem
        place = statement.find(token) if isinstance(token, str) else token
        mark = "" if place is None or place < 0 else f"\n    {' ' * place}^"
        super().__init__(f"{problem}\n    {statement}{mark}")


class Scope:
    """What names stand for while a formula is evaluated: given arrays, definitions (evaluated once, when first asked for), and
    the indices of the sums around.
    """

    def __init__(self, values: Mapping[str, Value], definitions: Mapping[str, Evaluate], functions: Mapping[str, "Rule"]):
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


def plain(name: str) -> str:
    """A name without braces and spaces: ``f_{1}`` is ``f_1``."""
    return re.sub(r"[{}\s]", "", name)


def compile_expression(latex: str, known: frozenset[str], bound: frozenset[str] = frozenset()) -> Evaluate:
    """The function of a scope that ``latex`` stands for.

    ``known`` are the names that a scope will have, ``bound`` the indices that are set from outside. Raises LatexError that
    points at the token for what cannot be read, is ambiguous, or names something unknown.
    """
    text, calls = _without_calls(latex, known)
    return _Compiler(latex, known, calls)(_parse(text), bound)


def _without_calls(latex: str, known: frozenset[str]) -> tuple[str, dict[str, tuple[str, list[str]]]]:
    """The text with a symbol for each call of a known function, and what the symbols stand for: a name and the arguments.

    The parser takes ``f_1(z)`` for a call and ``f_1(2 z_i)`` for a product; here both are calls.
    """
    names = [re.escape(name[:-2]).replace("_", r"\s*_\s*\{?") + r"\}?" for name in known if name.endswith("()")]
    words = "|".join(_FUNCTION_NAMES)
    pattern = rf"(?:\\(?:operatorname|text|textrm|mathrm)\s*\{{\s*(?:{words})\s*\}}"
    pattern += "".join(rf"|(?<![A-Za-z\\_]){name}" for name in names) + r")\s*(?:\\left\s*)?\("
    calls: dict[str, tuple[str, list[str]]] = {}
    text, position = "", 0
    for match in re.finditer(pattern, latex):
        if match.start() < position:
            continue
        end = _closing(latex, match.end() - 1)
        if end is None:
            raise LatexError("this bracket is never closed", latex, match.end() - 1)
        word = re.search(rf"\{{\s*({words})\s*\}}", match.group())
        name = word.group(1) if word else plain(re.sub(r"\s*(\\left\s*)?\($", "", match.group()))
        inner = re.sub(r"\\right\s*$", "", latex[match.end() : end])
        symbol = f"Q_{{{900 + len(calls)}}}"
        calls[symbol] = (name, _arguments(inner))
        text += latex[position : match.start()] + symbol
        position = end + 1
    return text + latex[position:], calls


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return None


def _arguments(text: str) -> list[str]:
    parts, depth = [""], 0
    for char in text:
        depth += (char in "({[") - (char in ")}]")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


@functools.lru_cache(maxsize=4096)
def _parse(latex: str) -> sympy.Basic:
    prepared = _prepared(latex)
    if not prepared.strip():
        raise LatexError("there is no formula here", latex)
    try:
        return latex2sympy(prepared, conversion_config=_CONVERSION)
    except Exception as error:  # the parser raises bare Exception, with a ruler under the offending token
        ruler = str(error).splitlines()[-1]
        reason = str(error).splitlines()[0]
        place = len(ruler) - 1 if set(ruler) <= {"~", "^"} else None
        raise LatexError(f"cannot read this LaTeX: {reason}", prepared, place) from error


def _prepared(latex: str) -> str:
    """The text with what the parser would misread written out, after the refusal of what has two readings."""
    tokens = _TOKEN.findall(latex)
    places = np.cumsum([0] + [len(token) for token in tokens])
    text = ""
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else ""
        after = next((each for each in tokens[number + 1 :] if not each.isspace()), "")
        if token[0].isdigit() and len(before) == 1 and before.isalpha():
            raise LatexError(f"{before}{token} has two readings; write {before}_{token} or {before} \\cdot {token}", latex, int(places[number - 1]))
        if token == r"\log" and after != "_":
            raise LatexError(r"\log has two readings; write \ln or \log_{10}", latex, int(places[number]))
        if token in (r"\|", r"\lVert", r"\Vert"):
            raise LatexError(r"norms are not read; write \sqrt{\sum_{i=1}^{D} x_i^2}", latex, int(places[number]))
        if token == "/":
            _refuse_product_after_slash(latex, tokens, number, places)
        if token[0].isdigit() and before == r"\frac" and len(token) == 2:
            token = f"{{{token[0]}}}{{{token[1]}}}"
        elif token[0].isdigit() and re.search("[eE]", token):
            mantissa, exponent = re.split("[eE]", token)
            token = rf"({mantissa} \cdot 10^{{{int(exponent)}}})"
        elif token[0].isdigit() and after == r"\frac":
            if re.match(r"\s*\\frac\s*\{\d+\}\s*\{\d+\}", latex[places[number + 1] :]):
                raise LatexError("a number before a fraction of numbers has two readings; write + or \\cdot", latex, int(places[number]))
            token += r" \cdot "
        text += token
    return text


def _refuse_product_after_slash(latex: str, tokens: list[str], number: int, places: np.ndarray) -> None:
    rest = [(place, token) for place, token in zip(places[number + 1 :], tokens[number + 1 :], strict=False) if not token.isspace()]
    position = _after_atom([token for _, token in rest], 0)
    if position is None or position >= len(rest):
        return
    place, token = rest[position]
    starts = token[0].isalnum() or token in ("(", r"\left", r"\frac", r"\sqrt", r"\sum", r"\prod")
    if starts or token.removeprefix("\\") in _GREEK + tuple(_UNARY):
        raise LatexError(r"a product after a slash has two readings; write \frac{...}{...} or brackets", latex, int(place))


def _after_atom(tokens: list[str], position: int) -> int | None:
    """Where the atom that starts at ``position`` ends, its sub- and superscripts included; None if it is no plain atom."""
    if position >= len(tokens):
        return None
    if tokens[position] in ("(", "{", r"\left"):
        position = _after_group(tokens, position)
    elif tokens[position][0].isalnum() or tokens[position].removeprefix("\\") in _GREEK:
        position += 1
    else:
        return None
    while position + 1 < len(tokens) and tokens[position] in ("_", "^"):
        position = _after_group(tokens, position + 1) if tokens[position + 1] == "{" else position + 2
    return position


def _after_group(tokens: list[str], position: int) -> int:
    depth = 0
    for place in range(position, len(tokens)):
        depth += tokens[place] in ("(", "{", "[")
        depth -= tokens[place] in (")", "}", "]")
        if depth == 0 and tokens[place] in (")", "}", "]"):
            return place + 1
    return len(tokens)


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
                raise LatexError(f"the sum or product over {name} does not run between integers", self.latex, f"{name}=")
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
                    raise LatexError(f"{base}_{{{script}}} is element {place} of {base}, which has 1 to {size}", latex, token)
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
