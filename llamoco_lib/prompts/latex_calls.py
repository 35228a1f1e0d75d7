"""Names in a LaTeX formula: numbers, elements of vectors and matrices, calls of the functions that a text defines.

This module knows nothing of the shape of a formula, which its reader compiles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from llamoco_lib.prompts import latex_vectors
from llamoco_lib.prompts.latex_scope import Evaluate, Scope, Value, constant, integer
from llamoco_lib.prompts.latex_text import LatexError, Token, Tokens, split, text_of

if TYPE_CHECKING:
    from llamoco_lib.prompts.latex_compiler import Reader

Compile = Callable[[frozenset[str]], Evaluate]


def name(reader: Reader, token: Token, base: str, script: Tokens, bound: frozenset[str]) -> Evaluate:
    """What a name with its subscript stands for. Raises LatexError where it stands for nothing, or for a vector."""
    key = base + ("_" + text_of(script) if script else "")
    names = reader.names
    if key in bound:
        return lambda scope: scope.get(key)
    if key in names:
        if names.shape(key):
            raise reader.error(f"{key} is a vector, not a number", token)
        return lambda scope: scope.get(key)
    if key == "e":
        return constant(math.e)
    if script and base in names:
        return _element(reader, token, base, script, bound)
    if script and names.numbered(base):
        return _of_family(reader, token, base, script, names.numbered(base), bound)
    raise reader.unknown(key, token, bound)


def _of_family(
    reader: Reader, token: Token, base: str, script: Tokens, members: dict[int, str], bound: frozenset[str]
) -> Evaluate:
    """``W_i`` where W_0, W_1, ... are numbers of their own."""
    index = _index(reader, token, base, script, script, bound)

    def evaluate(scope: Scope) -> Value:
        place = integer(index(scope))
        if place not in members:
            raise reader.error(f"{base}_{place} is not defined; there are: {', '.join(members.values())}", token)
        return scope.get(members[place])

    return evaluate


def _index(reader: Reader, token: Token, base: str, script: Tokens, part: Tokens, bound: frozenset[str]) -> Evaluate:
    try:
        return reader.number(part, bound)
    except LatexError as error:
        raise reader.error(f"{base}_{{{text_of(script)}}}: {error.problem}", token) from None


def _element(reader: Reader, token: Token, base: str, script: Tokens, bound: frozenset[str]) -> Evaluate:
    shape = reader.names.shape(base)
    parts = split(script, (",",))[0]
    if len(parts) == 1 and (shape is None or len(shape) == 2) and len(script) == 2:
        parts = [script[:1], script[1:]] if all(each.text.isalpha() for each in script) else parts
    if len(parts) == 1 and shape is not None and len(shape) == 2 and len(script) == 1 and len(script[0].text) == 2:
        parts = [(Token(digit, script[0].place),) for digit in script[0].text]
    if shape is not None and len(parts) != len(shape):
        kind = {0: "a number", 1: "a vector", 2: "a matrix"}[len(shape)]
        raise reader.error(f"{base} has no subscript {text_of(script)}: it is {kind}", token)
    indices = [_index(reader, token, base, script, part, bound) for part in parts]
    written = f"{base}_{{{text_of(script)}}}"

    def evaluate(scope: Scope) -> Value:
        places = tuple(integer(index(scope)) for index in indices)
        if base in scope.sequences and base not in scope.values and None not in places and min(places) >= 1:
            return scope.element(base, places)
        values = scope.get(base)
        if np.ndim(values) < len(places):
            raise reader.error(f"{base} has no subscript {text_of(script)}: it is a number", token)
        for place, size in zip(places, np.shape(values)[-len(places) :], strict=True):
            if place is None or not 1 <= place <= size:
                raise reader.error(f"{written} is element {place} of {base}, which has 1 to {size}", token)
        return values[(..., *(place - 1 for place in places))]

    return evaluate


def call(reader: Reader, token: Token, base: str, script: Tokens, argument: Tokens) -> Compile | None:
    """The call of a function that the text defines, or None where the name is no function's."""
    key = base + ("_" + text_of(script) if script else "")
    functions = reader.names.functions
    if key in functions:
        members = {None: key}
    elif script and base not in reader.names and reader.names.numbered_functions(base):
        members = reader.names.numbered_functions(base)
        if text_of(script).isdigit():
            return None
    else:
        return None
    parts = split(argument, (",",))[0]
    for member in members.values():
        if len(functions[member]) != len(parts):
            raise reader.error(f"{member} takes {len(functions[member])} arguments, not {len(parts)}", token)
        _refuse_captured(reader, token, member, parts)

    def compiled(bound: frozenset[str]) -> Evaluate:
        values = [latex_vectors.argument(reader, part, bound) for part in parts]
        if None in members:
            return lambda scope: _applied(reader, key, values, scope)
        index = _index(reader, token, base, script, script, bound)

        def evaluate(scope: Scope) -> Value:
            place = integer(index(scope))
            if place not in members:
                raise reader.error(f"{base}_{place} is not defined; there are: {', '.join(members.values())}", token)
            return _applied(reader, members[place], values, scope)

        return evaluate

    return compiled


def _applied(reader: Reader, function: str, values: list[Evaluate], scope: Scope) -> Value:
    rule = scope.rules[function]
    given = {key: value(scope) for key, value in zip(rule.parameters, values, strict=True)}
    return rule.evaluate(scope.within(given, reader.names.dependent(rule.parameters)))


def _refuse_captured(reader: Reader, token: Token, function: str, parts: list[Tokens]) -> None:
    """Refuse ``f_1(z)`` where f_1(x) uses a name defined by x: by which x has two readings."""
    names = reader.names
    for parameter, part in zip(names.functions[function], parts, strict=True):
        if names.shapes[parameter] is None or text_of(part) == parameter:
            continue
        captured = sorted(names.dependent([parameter]) & names.uses.get(f"{function}()", set()))
        if captured:
            raise reader.error(
                f"{function}({parameter}) uses {captured[0]}, which is defined by {parameter}: called with"
                f" {text_of(part)} it has two readings; give the argument of {function} a name of its own",
                token,
            )
