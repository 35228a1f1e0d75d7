"""Ranges of indices in LaTeX, sums, products and extrema over them, and choices between cases.

This module knows nothing of names and brackets, which the reader of a formula compiles for it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from llamoco_lib.prompts.latex_scope import Evaluate, Scope, Value, constant, integer
from llamoco_lib.prompts.latex_text import Token, Tokens, split, text_of

if TYPE_CHECKING:
    from llamoco_lib.prompts.latex_compiler import Reader

Compile = Callable[[frozenset[str]], Evaluate]
Span = tuple[str, Compile, Compile]  # an index, its first and its last value
RELATIONS = ("<", ">", "=", r"\le", r"\ge", r"\leq", r"\geq", r"\lt", r"\gt", r"\ne", r"\neq")
_DOTS = (r"\dots", r"\ldots", r"\cdots", r"\dotsc")
_COMBINE: dict[str, Callable[[list[Value]], Value]] = {
    r"\sum": lambda terms: sum(terms, start=0.0),
    r"\prod": lambda terms: math.prod(terms, start=1.0),
    r"\max": lambda terms: functools.reduce(np.maximum, terms),
    r"\min": lambda terms: functools.reduce(np.minimum, terms),
}


def scripts(reader: Reader, tokens: Tokens, place: int) -> tuple[dict[str, Tokens], int]:
    """The sub- and superscript at ``place``, in any order, and where they end."""
    found: dict[str, Tokens] = {}
    while place < len(tokens) and tokens[place].text in ("_", "^") and tokens[place].text not in found:
        mark = tokens[place].text
        found[mark], place = reader.group(tokens, place + 1)
    return found, place


def spans(reader: Reader, sign: Token, found: dict[str, Tokens], rest: Tokens, bound: frozenset[str]) -> list[Span]:
    """The indices that a sign runs over, outermost first.

    Read are ``i=1`` with an upper end, ``i,j=1``, ``i=1,\\dots,D``, ``i \\in \\{1,\\dots,D\\}``, ``1 \\le i \\le D``,
    ``1 \\le i < j \\le D``, and ``i`` alone where the vectors after the sign say how far. Raises LatexError else.
    """
    below, above = found.get("_", ()), found.get("^", ())
    below = [token for token in below if token.text not in (r"\{", r"\}")]
    sides, relations = split(below, (*RELATIONS, r"\in"))
    marks = [relation.text.replace("leq", "le") for relation in relations]
    first = [part for part in split(sides[0], (",",))[0]]
    if marks in (["="], [r"\in"]) and all(_is_index(part) for part in first):
        values, _ = split(sides[1], (",",))
        if len(values) > 1 and len(first) == 1 and any(text_of(value) in _DOTS for value in values):
            return [(first[0][0].text, _end(reader, values[0]), _end(reader, values[-1]))]
        if above and marks == ["="] and len(values) == 1:
            return [(part[0].text, _end(reader, sides[1]), _end(reader, above)) for part in first]
    ordered = len(marks) >= 2 and set(marks) <= {"<", r"\le", r"\lt"} and not above
    if ordered and len(marks) == 2 and _is_index(sides[1]):
        ends = _end(reader, sides[0], int(marks[0] != r"\le")), _end(reader, sides[2], -int(marks[1] != r"\le"))
        return [(sides[1][0].text, *ends)]
    if ordered and len(marks) == 3 and _is_index(sides[1]) and _is_index(sides[2]):
        last = _end(reader, sides[3], -int(marks[2] != r"\le"))
        step = int(marks[1] != r"\le")
        outer = _end(reader, sides[3], -int(marks[2] != r"\le") - step)
        return [
            (sides[1][0].text, _end(reader, sides[0], int(marks[0] != r"\le")), outer),
            (sides[2][0].text, _end(reader, sides[1], step), last),
        ]
    if not marks and not above and _is_index(sides[0]):
        size = _implied(reader, sides[0][0].text, rest)
        if size is not None:
            return [(sides[0][0].text, lambda bound: constant(1), lambda bound: constant(size))]
    valid = rf"valid: {sign.text}_{{i=1}}^{{D}} or {sign.text}_{{1 \le i \le D}}"
    raise reader.error(f"cannot read this LaTeX: the range of this {sign.text} is not clear; {valid}", sign)


def _is_index(tokens: Tokens) -> bool:
    return len(tokens) == 1 and tokens[0].text.isalpha()


def _end(reader: Reader, tokens: Tokens, step: int = 0) -> Compile:
    def compiled(bound: frozenset[str]) -> Evaluate:
        value = reader.number(tokens, bound)
        if not step:
            return value
        return lambda scope: value(scope) + step

    return compiled


def _implied(reader: Reader, index: str, tokens: Tokens) -> int | None:
    """How far an index runs whose range is left out: the length of the vectors that have it as their only
    subscript, if they agree; None otherwise.
    """
    sizes: set[int | None] = set()
    tokens = split(tokens, ("+", "-"))[0][0]
    for place, token in enumerate(tokens):
        if token.text != "_" or not place:
            continue
        script, _ = reader.group(tokens, place + 1)
        if index not in [each.text for each in script]:
            continue
        name = tokens[place - 1].text
        shape = reader.names.shape(name) if name in reader.names else None
        sizes.add(shape[0] if text_of(script) == index and shape is not None and len(shape) == 1 else None)
    return sizes.pop() if len(sizes) == 1 else None


def fold(reader: Reader, sign: Token, name: str, lower: Evaluate, upper: Evaluate, body: Evaluate) -> Evaluate:
    """What ``sign`` makes of ``body`` for ``name`` from ``lower`` to ``upper``: sum, product, maximum or minimum."""
    combine = _COMBINE[sign.text]

    def evaluate(scope: Scope) -> Value:
        first, last = integer(lower(scope)), integer(upper(scope))
        if first is None or last is None:
            raise reader.error(f"the range of {name} does not run between integers", sign)
        if last < first and sign.text in (r"\max", r"\min"):
            raise reader.error(f"{sign.text} over {name} from {first} to {last} is of nothing", sign)
        before = scope.values.get(name)
        terms = []
        for value in range(first, last + 1):
            scope.values[name] = value
            terms.append(body(scope))
        if before is None:
            scope.values.pop(name, None)
        else:
            scope.values[name] = before
        return combine(terms)

    return evaluate


def cases(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Evaluate:
    """A choice by the first row whose condition holds; nan where none does."""
    rows, _ = split(tokens, (r"\casenext",))
    choices: list[tuple[Evaluate, Callable[[Scope], Value]]] = []
    for row in rows:
        if not row:
            continue
        parts, marks = split(row, (r"\caseif",))
        if len(parts) > 2:
            raise reader.error("a row of cases has a value and a condition", marks[-1])
        always = len(parts) == 1 or not parts[1]
        condition = (lambda scope: True) if always else _condition(reader, parts[1], bound)
        choices.append((reader.number(parts[0], bound), condition))

    def evaluate(scope: Scope) -> Value:
        value: Value = np.nan
        for then, condition in reversed(choices):
            value = np.where(condition(scope), then(scope), value)
        return value

    return evaluate


def _condition(reader: Reader, tokens: Tokens, bound: frozenset[str]) -> Callable[[Scope], Value]:
    tests = []
    for part in split(tokens, (r"\land", r"\wedge", ","))[0]:
        sides, relations = split(part, RELATIONS)
        if not relations:
            raise reader.error("a condition compares two sides, such as x_1 \\le 0", part[0] if part else tokens[0])
        values = [reader.number(side, bound) for side in sides]
        for left, right, relation in zip(values[:-1], values[1:], relations, strict=True):
            tests.append((left, right, _COMPARE[relation.text]))
    return lambda scope: functools.reduce(
        np.logical_and, (compare(left(scope), right(scope)) for left, right, compare in tests)
    )


_COMPARE: dict[str, Callable] = {
    "<": np.less,
    r"\lt": np.less,
    ">": np.greater,
    r"\gt": np.greater,
    "=": np.equal,
    r"\le": np.less_equal,
    r"\leq": np.less_equal,
    r"\ge": np.greater_equal,
    r"\geq": np.greater_equal,
    r"\ne": np.not_equal,
    r"\neq": np.not_equal,
}
