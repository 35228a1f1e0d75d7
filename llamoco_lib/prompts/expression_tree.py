"""Walking through expression trees and changing them: substitution, definitions put in place, distances of indices.

This module knows nothing of how a tree is written out.
"""

from collections.abc import Callable, Iterator

from llamoco_lib.prompts.expression import (
    Add,
    Call,
    Cases,
    Definition,
    Divide,
    Element,
    Expression,
    Extremum,
    Fold,
    Multiply,
    Name,
    Negative,
    Number,
    Power,
    Stated,
    add,
    divide,
    multiply,
    negative,
)


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly below ``node``."""
    match node:
        case Add(terms):
            return terms
        case Multiply(factors):
            return factors
        case Divide(numerator, denominator):
            return (numerator, denominator)
        case Power(base, exponent):
            return (base, exponent)
        case Negative(value):
            return (value,)
        case Call(_, argument):
            return (argument,)
        case Element(_, index):
            return (index,)
        case Extremum(_, values):
            return values
        case Cases(left, right, then, otherwise):
            return (left, right, then, otherwise)
        case Fold(_, _, lower, upper, body):
            return (lower, upper, body)
        case _:
            return ()


def walk(node: Expression) -> Iterator[Expression]:
    """``node`` and every node below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def rebuild(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """``node`` with ``change`` applied to each node directly below it."""
    match node:
        case Add(terms):
            return add(*map(change, terms))
        case Multiply(factors):
            return multiply(*map(change, factors))
        case Divide(numerator, denominator):
            return divide(change(numerator), change(denominator))
        case Power(base, exponent):
            return change(base) ** change(exponent)
        case Negative(value):
            return negative(change(value))
        case Call(function, argument):
            return Call(function, change(argument))
        case Element(vector, index):
            return Element(vector, change(index))
        case Extremum(kind, values):
            return Extremum(kind, tuple(map(change, values)))
        case Cases(left, right, then, otherwise):
            return Cases(change(left), change(right), change(then), change(otherwise))
        case Fold(kind, index, lower, upper, body):
            return Fold(kind, index, change(lower), change(upper), change(body))
        case _:
            return node


def substitute(node: Expression, name: Name, value: Expression) -> Expression:
    """``node`` with ``value`` for each ``name``."""
    return value if node == name else rebuild(node, lambda child: substitute(child, name, value))


def inlined(stated: Stated) -> Expression:
    """The value of a statement with every definition put in its place."""
    value = stated.value
    for definition in reversed(stated.definitions):
        value = replaced(value, definition)
    return value


def replaced(node: Expression, definition: Definition) -> Expression:
    """``node`` with what ``definition`` says in place of its name."""
    match node:
        case Name(text) if definition.index is None and text == definition.name:
            return definition.value
        case Element(vector, index) if definition.index is not None and vector == definition.name:
            return substitute(definition.value, definition.index, replaced(index, definition))
    return rebuild(node, lambda child: replaced(child, definition))


def distance(node: Expression, origin: Expression) -> int | None:
    """The integer ``node - origin``, or None where it is not a fixed integer."""
    if node == origin:
        return 0
    match node, origin:
        case Number(int() as first), Number(int() as second):
            return first - second
        case Add((base, Number(int() as step))), _ if base == origin:
            return step
    return None


def uses(node: Expression, part: Expression) -> bool:
    """Whether ``part`` occurs in ``node``."""
    return any(each == part for each in walk(node))
