"""Vectors and matrices in LaTeX: sums, products, transposes, norms and inner products of whole arrays.

This module knows nothing of what stands between vectors, which the reader of a formula compiles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from llamoco_lib.prompts import latex_arrays
from llamoco_lib.prompts.latex_scope import Evaluate, Scope, Shape, Value, integer
from llamoco_lib.prompts.latex_text import GREEK, PAIRS, Token, Tokens, closing, split, text_of

if TYPE_CHECKING:
    from llamoco_lib.prompts.latex_compiler import Reader

Array = tuple[Shape, Evaluate]
_TIMES = (r"\cdot", r"\times", "*")
_BOLD = (r"\mathbf", r"\boldsymbol", r"\mathbb", r"\bm")
_GROUPS = ("(", "[")
_NUMBERS = (r"\lvert", r"\lfloor", r"\lceil")  # brackets that hold a number and are one
_FUNCTIONS = frozenset(
    "\\" + name
    for name in [
        "sin",
        "cos",
        "tan",
        "cot",
        "exp",
        "ln",
        "log",
        "lg",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "max",
        "min",
        "operatorname",
        "text",
        "mathrm",
    ]
)


def product_end(reader: Reader, tokens: Tokens, place: int) -> int:
    """Where a product of vectors and matrices that starts at ``place`` ends, or ``place`` where none starts there."""
    text = tokens[place].text
    if text in (r"\lVert", r"\langle"):
        return _factor_end(reader, tokens, place)
    starts = _ones_end(tokens, place) > place
    if text in _GROUPS:
        end = closing(tokens, place) + 1
        marked = reader.is_transpose(tokens, end) > end or (end < len(tokens) and tokens[end].text == "_")
        starts = marked and is_linear(reader, tokens[place + 1 : end - 1])
    elif text not in PAIRS and not starts:
        starts = _is_array(reader, tokens, place)
        if starts and place + 1 < len(tokens) and tokens[place + 1].text == "(" and text in reader.names.functions:
            return place
    if not starts:
        return place
    end = place
    while end < len(tokens) and tokens[end].text not in ("+", "-", "/", ","):
        end = closing(tokens, end) + 1 if tokens[end].text in PAIRS else end + 1
    return end


def scalar_product(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Evaluate:
    """A product of arrays that is a number. Raises LatexError where it is a vector."""
    shape, value = _product(reader, tokens, bound)
    if shape != ():
        kind = "vector" if len(shape) == 1 else "matrix"
        raise reader.error(f"{text_of(tokens)} is a {kind}, not a number", tokens[0])
    return value


def argument(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Evaluate:
    """What a function is given: a vector or a number."""
    if len(tokens) == 1 and tokens[0].text in reader.names and tokens[0].text not in bound:
        name = tokens[0].text
        return lambda scope: scope.get(name)
    return array(reader, tokens, bound)[1] if is_linear(reader, tokens) else reader.number(tokens, bound)


def array(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Array:
    """A sum of products of arrays and numbers, and its shape. Raises LatexError where shapes do not fit."""
    if not is_linear(reader, tokens, parameters=True):
        return (), reader.number(tokens, bound)
    parts, signs = split(tokens, ("+", "-"))
    if not parts[0] and signs:
        parts = parts[1:]
    else:
        signs = [Token("+", tokens[0].place), *signs]
    terms = [_product(reader, part, bound) if part else None for part in parts]
    shape: Shape | None = None
    for term, part, sign in zip(terms, parts, signs, strict=True):
        if term is None:
            raise reader.error("cannot read this vector: a term is missing", sign)
        if shape is not None and (len(term[0]) != len(shape) or not _fits(term[0], shape)):
            hint = r"; write a vector of equal numbers as 5 \mathbf{1}" if () in (term[0], shape) else ""
            raise reader.error(f"cannot add {_named(shape)} and {_named(term[0])}{hint}", part[0])
        shape = term[0] if shape is None or None in shape else shape

    def evaluate(scope: Scope) -> Value:
        total: Value = 0.0
        for term, sign in zip(terms, signs, strict=True):
            total = total + term[1](scope) if sign.text == "+" else total - term[1](scope)
        return total

    return shape, evaluate


def _fits(first: Shape, second: Shape) -> bool:
    return all(None in pair or pair[0] == pair[1] for pair in zip(first, second, strict=True))


def _named(shape: Shape) -> str:
    return {0: "a number", 1: f"a vector of {shape[0] if shape else ''}", 2: "a matrix"}[len(shape)]


def _is_array(reader: Reader, tokens: Tokens, place: int, parameters: bool = False) -> bool:
    """Whether a name at ``place`` is a whole vector or matrix, or a slice of one."""
    text = tokens[place].text
    if _ones_end(tokens, place) > place:
        return True
    if text not in reader.names:
        return False
    base, script, end = reader.name(tokens, place)
    if base not in reader.names:
        return False
    shape = reader.names.shape(base)
    if script:
        return ":" in [each.text for each in script]
    if shape is None:
        return parameters or reader.is_transpose(tokens, end) > end
    return shape != ()


def is_linear(reader: Reader, tokens: Tokens, parameters: bool = False) -> bool:
    """Whether a formula has whole vectors outside norms, inner products and subscripts."""
    place = 0
    while place < len(tokens):
        text = tokens[place].text
        called = _call_end(reader, tokens, place)
        if called > place:
            place = called
            continue
        if text in (r"\lVert", r"\langle", "{", *_NUMBERS):
            place = closing(tokens, place)
        elif text in ("_", "^") and place + 1 < len(tokens):
            _, place = reader.group(tokens, place + 1)
            continue
        elif _is_array(reader, tokens, place, parameters):
            return True
        place += 1
    return False


def _call_end(reader: Reader, tokens: Tokens, place: int) -> int:
    """Where a call of a function that starts at ``place`` ends, or ``place`` where none starts there."""
    text, end = tokens[place].text, place + 1
    if text in _FUNCTIONS:
        if end < len(tokens) and tokens[end].text == "{":
            end = closing(tokens, end) + 1
        while end + 1 < len(tokens) and tokens[end].text in ("_", "^"):
            _, end = reader.group(tokens, end + 1)
    elif text.isalpha() or text in GREEK:
        base, script, end = reader.name(tokens, place)
        names = reader.names
        known = (base + "_" + text_of(script) if script else base) in names.functions
        if not known and not (script and base not in names and names.numbered_functions(base)):
            return place
    else:
        return place
    return closing(tokens, end) + 1 if end < len(tokens) and tokens[end].text in ("(", "[", r"\{") else place


def _ones_end(tokens: Tokens, place: int) -> int:
    if tokens[place].text in _BOLD:
        text = text_of(tokens[place + 1 : place + 4])
        return place + 4 if text == "{1}" else place + 2 if text[:1] == "1" else place
    return place


def _factor_end(reader: Reader, tokens: Tokens, place: int) -> int:
    end = closing(tokens, place) + 1
    if end < len(tokens) and tokens[end].text == "_":
        _, end = reader.group(tokens, end + 1)
    return end


def _product(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Array:
    """Factors multiplied from the right, as matrix products are; numbers may stand anywhere."""
    factors: list[tuple[Shape, Evaluate, Token, bool]] = []
    place, start = 0, 0

    def number_until(end: int) -> None:
        part = tokens[start:end]
        part = part[1:] if part and part[0].text in _TIMES else part
        part = part[:-1] if part and part[-1].text in _TIMES else part
        if part:
            factors.append(((), reader.number(part, bound), part[0], False))

    while place < len(tokens):
        token, end = tokens[place], place
        if token.text in ("_", "^"):
            _, place = reader.group(tokens, place + 1)
            continue
        called = _call_end(reader, tokens, place)
        if called > place:
            place = called
            continue
        if token.text in (r"\lVert", r"\langle"):
            end = _factor_end(reader, tokens, place)
            if end < len(tokens) and tokens[end].text == "^":
                _, end = reader.group(tokens, end + 1)
                place = end
                continue
            shape, value = (), _norm_or_inner(reader, tokens[place:end], bound)
        elif token.text in _GROUPS and is_linear(reader, tokens[place + 1 : closing(tokens, place)], True):
            end = closing(tokens, place) + 1
            shape, value = array(reader, tokens[place + 1 : end - 1], bound)
            if shape == () and end < len(tokens) and tokens[end].text in ("^", "_"):
                place = end
                continue
            if end < len(tokens) and tokens[end].text == "_":
                script, end = reader.group(tokens, end + 1)
                shape, value = (), _picked(reader, value, script, bound, token)
        elif token.text in PAIRS:
            place = closing(tokens, place) + 1
            continue
        elif _is_array(reader, tokens, place, True):
            end, shape, value = _whole(reader, tokens, place, bound)
        if end == place:
            place += 1
            continue
        number_until(place)
        after = reader.is_transpose(tokens, end)
        if shape != () and after == end and end < len(tokens) and tokens[end].text == "^":
            raise reader.error(f"{text_of(tokens[place:end])} is a vector or a matrix, which has no power", token)
        factors.append((shape, value, token, after > end))
        place = start = after
    number_until(len(tokens))
    return _multiplied(reader, factors)


def _whole(reader: Reader, tokens: Tokens, place: int, bound: frozenset[str]) -> tuple[int, Shape, Evaluate]:
    ones = _ones_end(tokens, place)
    if ones > place:
        return ones, (None,), lambda scope: 1.0
    base, script, end = reader.name(tokens, place)
    if not script:
        shape = reader.names.shape(base)
        return end, (None,) if shape is None else shape, lambda scope: scope.get(base)
    ends = [reader.number(part, bound) for part in split(script, (":",))[0]]
    token = tokens[place]

    def part(scope: Scope) -> Value:
        values, (first, last) = scope.get(base), (integer(each(scope)) for each in ends)
        size = np.shape(values)[-1]
        if first is None or last is None or not 1 <= first <= last <= size:
            raise reader.error(f"{base}_{{{text_of(script)}}} is outside {base}, which has 1 to {size}", token)
        return values[..., first - 1 : last]

    return end, (None,), part


def _picked(reader: Reader, value: Evaluate, script: Tokens, bound: frozenset[str], token: Token) -> Evaluate:
    index = reader.number(script, bound)

    def evaluate(scope: Scope) -> Value:
        values, place = value(scope), integer(index(scope))
        size = np.shape(values)[-1]
        if place is None or not 1 <= place <= size:
            raise reader.error(f"element {place} of this vector, which has 1 to {size}", token)
        return values[..., place - 1]

    return evaluate


def _multiplied(reader: Reader, factors: list[tuple[Shape, Evaluate, Token, bool]]) -> Array:
    shape, value, token, transposed = factors[-1]
    if transposed and len(shape) == 2:
        shape, value = shape[::-1], latex_arrays.turned(value)
    elif transposed and len(factors) > 1:
        raise reader.error("a transposed vector stands before what it is multiplied with", token)
    for left, other, token, turned in reversed(factors[:-1]):
        if turned and len(left) == 2:
            left, other, turned = left[::-1], latex_arrays.turned(other), False
        if len(left) == 0 or len(shape) == 0:
            value = latex_arrays.scaled(value, other, len(shape) > 0, len(left) > 0)
            shape = left or shape
            continue
        if len(left) == 1 and (not turned or len(shape) != 1):
            raise reader.error(
                "a product of two vectors has two readings; write a^T b for a number, or a sum over i", token
            )
        if None not in (left[-1], shape[0]) and left[-1] != shape[0]:
            raise reader.error(f"cannot multiply {_named(left)} with {left[-1]} columns and {_named(shape)}", token)
        if len(left) == 1:
            shape, value = (), latex_arrays.inner(other, value)
        elif len(shape) == 1:
            shape, value = (left[0],), latex_arrays.mapped(other, value, left[1])
        else:
            shape, value = (left[0], shape[1]), latex_arrays.composed(other, value)
    return shape, value


def _norm_or_inner(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Evaluate:
    end = closing(tokens, 0)
    inside = tokens[1:end]
    if tokens[0].text == r"\langle":
        parts = split(inside, (",",))[0]
        if len(parts) != 2:
            raise reader.error(r"an inner product is \langle a, b \rangle", tokens[0])
        shapes, values = zip(*(array(reader, part, bound) for part in parts), strict=True)
        if [len(shape) for shape in shapes] != [1, 1] or not _fits(*shapes):
            raise reader.error("an inner product takes two vectors of one length", tokens[0])
        return latex_arrays.inner(*values)
    shape, value = array(reader, inside, bound)
    if len(shape) != 1:
        raise reader.error(f"a norm is of a vector; this is {_named(shape)}", tokens[0])
    order = text_of(tokens[end + 2 :]).strip("{}") if end + 1 < len(tokens) else "2"
    if order == r"\infty":
        return latex_arrays.norm(value, np.inf)
    try:
        return latex_arrays.norm(value, float(order))
    except ValueError:
        raise reader.error(rf"the norm's index is {order}; valid: 1, 2, another number, \infty", tokens[0]) from None
