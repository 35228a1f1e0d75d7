"""A small expression tree in which the statement of every function and constraint is written once.

Numbers, names (D, pi, e, an index), elements of a vector such as z_{i+1}, sums, products, quotients, powers,
functions of one argument, the smaller or larger of some values, a choice between two cases, and folds (sum, product
or maximum over an index). Indices count from 1, as in mathematics.
Python's operators build the tree and fold integer arithmetic, so that ``(i + 1) - 1`` is ``i``. This module knows
nothing of how a tree is walked through (``expression_tree``) or written out.
"""

import dataclasses
from typing import Literal

FUNCTION_NAMES = ("sin", "cos", "exp", "log", "sqrt", "abs", "round", "floor")  # log is the natural one


class Expression:
    """A node of the tree. Arithmetic with other nodes, integers and floats gives new nodes."""

    def __add__(self, other: "Operand") -> "Expression":
        return add(self, as_expression(other))

    def __radd__(self, other: "Operand") -> "Expression":
        return add(as_expression(other), self)

    def __sub__(self, other: "Operand") -> "Expression":
        return add(self, negative(as_expression(other)))

    def __rsub__(self, other: "Operand") -> "Expression":
        return add(as_expression(other), negative(self))

    def __mul__(self, other: "Operand") -> "Expression":
        return multiply(self, as_expression(other))

    def __rmul__(self, other: "Operand") -> "Expression":
        return multiply(as_expression(other), self)

    def __truediv__(self, other: "Operand") -> "Expression":
        return divide(self, as_expression(other))

    def __rtruediv__(self, other: "Operand") -> "Expression":
        return divide(as_expression(other), self)

    def __pow__(self, other: "Operand") -> "Expression":
        exponent = as_expression(other)
        return self if exponent == Number(1) else Power(self, exponent)

    def __rpow__(self, other: "Operand") -> "Expression":
        return Power(as_expression(other), self)

    def __neg__(self) -> "Expression":
        return negative(self)


Operand = Expression | int | float


@dataclasses.dataclass(frozen=True)
class Number(Expression):
    """A literal: an int, or a float that is written with the digits of its ``repr``."""

    value: int | float


@dataclasses.dataclass(frozen=True)
class Name(Expression):
    """A scalar that goes by a name: ``D``, ``pi``, ``e``, or the index of a fold."""

    text: str


@dataclasses.dataclass(frozen=True)
class Element(Expression):
    """The element of a vector at an index that counts from 1."""

    vector: str
    index: Expression


@dataclasses.dataclass(frozen=True)
class Negative(Expression):
    """Minus ``value``."""

    value: Expression


@dataclasses.dataclass(frozen=True)
class Add(Expression):
    """The sum of at least two terms, none of them an Add; a term to be taken away is a Negative or a negative
    Number.
    """

    terms: tuple[Expression, ...]


@dataclasses.dataclass(frozen=True)
class Multiply(Expression):
    """The product of at least two factors, none of them a Multiply."""

    factors: tuple[Expression, ...]


@dataclasses.dataclass(frozen=True)
class Divide(Expression):
    """``numerator / denominator``."""

    numerator: Expression
    denominator: Expression


@dataclasses.dataclass(frozen=True)
class Power(Expression):
    """``base`` to the ``exponent``."""

    base: Expression
    exponent: Expression


@dataclasses.dataclass(frozen=True)
class Call(Expression):
    """A function of one argument, one of FUNCTION_NAMES."""

    function: str
    argument: Expression


@dataclasses.dataclass(frozen=True)
class Extremum(Expression):
    """The smallest or the largest of at least two values."""

    kind: Literal["min", "max"]
    values: tuple[Expression, ...]


@dataclasses.dataclass(frozen=True)
class Cases(Expression):
    """``then`` where ``left <= right``, else ``otherwise`` (which may be Cases again)."""

    left: Expression
    right: Expression
    then: Expression
    otherwise: Expression


@dataclasses.dataclass(frozen=True)
class Fold(Expression):
    """The sum, product or maximum of ``body`` for ``index`` from ``lower`` to ``upper``, both included."""

    kind: Literal["sum", "product", "max"]
    index: Name
    lower: Expression
    upper: Expression
    body: Expression


@dataclasses.dataclass(frozen=True)
class Vector:
    """A vector as a statement sees it: ``vector[i]`` is its i-th element, that is element ``i + offset`` of
    ``name``.
    """

    name: str
    offset: int = 0

    def __getitem__(self, index: Operand) -> Element:
        return Element(self.name, as_expression(index) + self.offset)


@dataclasses.dataclass(frozen=True)
class Definition:
    """A name for a part of a statement: the scalar ``name``, or with an ``index`` the elements ``name_index`` of a
    vector, for index from 1 to ``upper``.
    """

    name: str
    value: Expression
    index: Name | None = None
    upper: Expression | None = None


@dataclasses.dataclass(frozen=True)
class Stated:
    """A statement: definitions, each of which may use those before it, and the value, which uses them.

    A writing either shows the definitions or takes ``inlined``, which has none.
    """

    definitions: tuple[Definition, ...]
    value: Expression


PI = Name("pi")
E = Name("e")


def as_expression(value: Operand) -> Expression:
    """The node of a number; a node is given back as it is. Raises TypeError for anything else."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Number(value)
    raise TypeError(f"{value!r} is no expression; valid: a node, an int or a float")


def sin(argument: Operand) -> Call:
    """The sine."""
    return Call("sin", as_expression(argument))


def cos(argument: Operand) -> Call:
    """The cosine."""
    return Call("cos", as_expression(argument))


def exp(argument: Operand) -> Call:
    """The exponential."""
    return Call("exp", as_expression(argument))


def sqrt(argument: Operand) -> Call:
    """The square root."""
    return Call("sqrt", as_expression(argument))


def absolute(argument: Operand) -> Call:
    """The absolute value."""
    return Call("abs", as_expression(argument))


def nearest(argument: Operand) -> Call:
    """The nearest integer."""
    return Call("round", as_expression(argument))


def log(argument: Operand) -> Call:
    """The natural logarithm."""
    return Call("log", as_expression(argument))


def floor(argument: Operand) -> Call:
    """The largest integer that is not larger."""
    return Call("floor", as_expression(argument))


def smallest(*values: Operand) -> Extremum:
    """The smallest of at least two values."""
    return Extremum("min", tuple(map(as_expression, values)))


def largest(*values: Operand) -> Extremum:
    """The largest of at least two values."""
    return Extremum("max", tuple(map(as_expression, values)))


def cases(left: Operand, right: Operand, then: Operand, otherwise: Operand) -> Cases:
    """``then`` where ``left <= right``, else ``otherwise``."""
    return Cases(*map(as_expression, (left, right, then, otherwise)))


def total(index: Name, lower: Operand, upper: Operand, body: Operand) -> Fold:
    """The sum of ``body`` over ``index``."""
    return Fold("sum", index, as_expression(lower), as_expression(upper), as_expression(body))


def product(index: Name, lower: Operand, upper: Operand, body: Operand) -> Fold:
    """The product of ``body`` over ``index``."""
    return Fold("product", index, as_expression(lower), as_expression(upper), as_expression(body))


def maximum(index: Name, lower: Operand, upper: Operand, body: Operand) -> Fold:
    """The maximum of ``body`` over ``index``."""
    return Fold("max", index, as_expression(lower), as_expression(upper), as_expression(body))


def negative(node: Expression) -> Expression:
    """Minus ``node``, with the sign in the number where it is one."""
    if isinstance(node, Number):
        return Number(-node.value)
    return node.value if isinstance(node, Negative) else Negative(node)


def is_negative(node: Expression) -> bool:
    """Whether a term is taken away rather than added."""
    return isinstance(node, Negative) or (isinstance(node, Number) and node.value < 0)


def add(*nodes: Expression) -> Expression:
    """The sum of the nodes, flat, its integers gathered into one term at the end; zero terms vanish."""
    terms: list[Expression] = []
    integer = 0
    for node in nodes:
        for term in node.terms if isinstance(node, Add) else (node,):
            if isinstance(term, Number) and isinstance(term.value, int):
                integer += term.value
            elif term != Number(0.0):
                terms.append(term)
    if integer:
        # an integer that comes first stays first ("1 + i"), so that statements keep the order they are written in
        first = nodes[0].terms[0] if isinstance(nodes[0], Add) else nodes[0]
        terms.insert(0 if first == Number(integer) else len(terms), Number(integer))
    if not terms:
        return Number(0)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def multiply(*nodes: Expression) -> Expression:
    """The product of the nodes, flat; integers are gathered in front, ones vanish, signs come out."""
    factors: list[Expression] = []
    integer = 1
    for node in nodes:
        if isinstance(node, Negative):
            integer, node = -integer, node.value
        for factor in node.factors if isinstance(node, Multiply) else (node,):
            if isinstance(factor, Number) and isinstance(factor.value, int):
                integer *= factor.value
            elif isinstance(factor, Number) and factor.value < 0:
                integer = -integer
                factors.append(Number(-factor.value))
            elif factor != Number(1.0):
                factors.append(factor)
    if not factors or integer == 0:
        return Number(integer)
    if abs(integer) != 1:
        place = 1 if isinstance(factors[0], Number) else 0
        factors.insert(place, Number(abs(integer)))
    node = factors[0] if len(factors) == 1 else Multiply(tuple(factors))
    return negative(node) if integer < 0 else node


def divide(numerator: Expression, denominator: Expression) -> Expression:
    """The quotient; division by one vanishes, and the numerator's sign comes out."""
    if denominator == Number(1):
        return numerator
    if isinstance(numerator, Negative):
        return Negative(Divide(numerator.value, denominator))
    return Divide(numerator, denominator)


def scaled(weight: float, part: Expression) -> Expression:
    """``weight`` times ``part``; a weight of one is not written."""
    return part if weight == 1 else multiply(Number(float(weight)), part)
