"""Expressions as Python source: whole arrays, generators, or explicit loops.

Three ways to write a sum or product, the habits that the paper found among programmers (App. B, Fig. 5):
``ArrayPrinter`` makes NumPy calls on whole vectors, ``GeneratorPrinter`` makes ``sum(... for i in range(D))``,
``LoopPrinter`` makes loops that fill temporary variables. This module knows nothing of problems: a vector is a
name, its length an expression.
"""

import dataclasses

from llamoco_lib.prompts.expression import (
    Add,
    Call,
    Divide,
    Element,
    Expression,
    Fold,
    Multiply,
    Name,
    Negative,
    Number,
    Power,
    distance,
    is_negative,
    negative,
    substitute,
    uses,
    walk,
)

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4  # how strongly the outermost operator of a piece of source binds


def number(value: int | float) -> str:
    """A non-negative literal in the fewest digits that give the same number back."""
    text = repr(value)
    return text.removesuffix(".0")


def element_uses(body: Expression, index: Name) -> bool:
    """Whether ``index`` selects elements of a vector in ``body``."""
    return any(isinstance(node, Element) and uses(node.index, index) for node in walk(body))


def folds(node: Expression) -> list[Fold]:
    """The outermost sums and products in ``node``, each once, in reading order."""
    if isinstance(node, Fold):
        return [node]
    found: list[Fold] = []
    for child in _parts(node):
        found += [fold for fold in folds(child) if fold not in found]
    return found


def _parts(node: Expression) -> tuple[Expression, ...]:
    match node:
        case Add(parts) | Multiply(parts):
            return parts
        case Divide(first, second) | Power(first, second):
            return (first, second)
        case Negative(value) | Call(_, value):
            return (value,)
        case _:
            return ()


class Printer:
    """What all Python writings share: operators, precedence, numbers. Elements and folds are a subclass's own."""

    module = "np."  # before the name of a function

    def text(self, node: Expression) -> str:
        """The source of ``node``."""
        return self._render(node)[0]

    def _at(self, node: Expression, strength: int) -> str:
        text, own = self._render(node)
        return text if own >= strength else f"({text})"

    def _render(self, node: Expression) -> tuple[str, int]:
        match node:
            case Number(value):
                return (number(value), ATOM) if value >= 0 else (f"-{number(-value)}", SUM)
            case Name(text):
                return self._name(text), ATOM
            case Element():
                return self._element(node)
            case Fold():
                return self._fold(node), ATOM
            case Negative(value):
                return f"-{self._at(value, PRODUCT)}", SUM
            case Add(terms):
                text = self._at(terms[0], SUM)
                for term in terms[1:]:
                    sign, size = ("-", negative(term)) if is_negative(term) else ("+", term)
                    text += f" {sign} {self._at(size, PRODUCT)}"
                return text, SUM
            case Multiply(factors):
                return " * ".join(self._factor(factor, place) for place, factor in enumerate(factors)), PRODUCT
            case Divide(numerator, denominator):
                return f"{self._at(numerator, PRODUCT)} / {self._at(denominator, POWER)}", PRODUCT
            case Power(Number(10), Number(int() as exponent)) if exponent > 0:
                return f"1e{exponent}", ATOM
            case Power(base, exponent):
                return f"{self._at(base, ATOM)}**{self._at(exponent, ATOM)}", POWER
            case Call(function, argument):
                return f"{self._function(function)}({self.text(argument)})", ATOM
        raise TypeError(f"{node!r} is no expression")

    def _factor(self, factor: Expression, place: int) -> str:
        return self._at(factor, POWER if place and isinstance(factor, Divide) else PRODUCT)

    def _name(self, text: str) -> str:
        return f"{self.module}{text}" if text in ("pi", "e") else text

    def _function(self, name: str) -> str:
        return f"{self.module}{name}"

    def _element(self, node: Element) -> tuple[str, int]:
        raise TypeError(f"{type(self).__name__} writes no elements of vectors: {node!r}; a subclass does")

    def _fold(self, node: Fold) -> str:
        raise TypeError(f"{type(self).__name__} writes no sums or products over an index: {node!r}; a subclass does")


class ArrayPrinter(Printer):
    """NumPy on whole vectors of length ``length``. ``needs`` tells which index vectors the source takes for
    granted.
    """

    def __init__(self, length: Expression):
        self.length = length
        self.needs: dict[str, str] = {}  # index name -> the source of its values
        self._ranges: list[Fold] = []

    def _element(self, node: Element) -> tuple[str, int]:
        if self._ranges:
            outer = self._ranges[0]
            shift = distance(node.index, outer.index)
            if shift is not None:
                return self._column(self._slice(node.vector, outer, shift)), ATOM
        if node.index == self.length:
            return f"{node.vector}[-1]", ATOM
        if isinstance(node.index, Number):
            return f"{node.vector}[{node.index.value - 1}]", ATOM
        raise ValueError(f"{node} has no place in a whole-array writing; its index must be that of the outermost sum")

    def _slice(self, vector: str, fold: Fold, shift: int) -> str:
        start = fold.lower.value - 1 + shift
        missing = distance(fold.upper, self.length)
        if missing is None:
            raise ValueError(f"a sum up to {fold.upper} is no slice of a vector of length {self.length}")
        stop = missing + shift
        if (start, stop) == (0, 0):
            return vector
        return f"{vector}[{start or ''}:{stop or ''}]"

    def _column(self, text: str) -> str:
        return f"{text}[:, None]" if len(self._ranges) > 1 else text

    def _name(self, text: str) -> str:
        for place, fold in enumerate(self._ranges):
            if fold.index == Name(text):
                if place == 0 and element_uses(fold.body, fold.index):
                    self.needs[text] = f"np.arange(1, {Printer.text(self, self.length + 1)})"
                    return self._column(self._slice(text, fold, 0))
                start = "" if fold.lower == Number(0) else f"{self.text(fold.lower)}, "
                self.needs[text] = f"np.arange({start}{self.text(fold.upper + 1)})"
                return text
        return super()._name(text)

    def _fold(self, node: Fold) -> str:
        name = "np.sum" if node.kind == "sum" else "np.prod"
        if self._ranges:
            outer = self._ranges[0]
            running = isinstance(node.body, Element) and node.body.index == node.index and node.upper == outer.index
            if running and node.lower == Number(1) and node.kind == "sum":
                return f"np.cumsum({self._slice(node.body.vector, outer, 0)})"
        axis = ", axis=1" if self._ranges else ""
        self._ranges.append(node)
        text = f"{name}({self.text(node.body)}{axis})"
        self._ranges.pop()
        return text


class ScalarPrinter(Printer):
    """Elements taken one by one, indices counted from 0, as Python does."""

    def _element(self, node: Element) -> tuple[str, int]:
        if node.index == Name("D"):
            return f"{node.vector}[-1]", ATOM
        return f"{node.vector}[{self.text(node.index - 1)}]", ATOM

    def _function(self, name: str) -> str:
        return name if name in ("abs", "round") else f"{self.module}{name}"

    def span(self, fold: Fold) -> tuple[Fold, str]:
        """The fold with its index as Python counts it, and the source of its range."""
        if element_uses(fold.body, fold.index):
            body = substitute(fold.body, fold.index, fold.index + 1)
            fold = dataclasses.replace(fold, lower=fold.lower - 1, upper=fold.upper - 1, body=body)
        start = "" if fold.lower == Number(0) else f"{self.text(fold.lower)}, "
        return fold, f"range({start}{self.text(fold.upper + 1)})"


class GeneratorPrinter(ScalarPrinter):
    """``sum(... for i in range(D))`` and ``prod(...)``, with the names of Python's ``math`` imported; ``needs``
    are those names.
    """

    module = ""

    def __init__(self):
        self.needs: set[str] = set()

    def _name(self, text: str) -> str:
        self.needs |= {text} & {"pi", "e"}
        return text

    def _function(self, name: str) -> str:
        if name not in ("abs", "round"):
            self.needs.add(name)
        return name

    def _fold(self, node: Fold) -> str:
        fold, span = self.span(node)
        name = "sum" if node.kind == "sum" else "prod"
        self.needs |= {name} - {"sum"}
        return f"{name}({self.text(fold.body)} for {fold.index.text} in {span})"


class LoopPrinter(ScalarPrinter):
    """Every sum and product filled by a loop into a temporary variable (s1, p1, ...) before it is used."""

    def __init__(self):
        self.lines: list[str] = []
        self._counts = {"s": 0, "p": 0}
        self._variables: dict[Fold, str] = {}

    def prepare(self, node: Expression, indent: str) -> None:
        """Append the loops that ``node`` takes for granted; sums over the same range share one loop."""
        waiting = folds(node)
        while waiting:
            first = waiting[0]
            group = [
                fold for fold in waiting if self.span(fold)[1] == self.span(first)[1] and fold.index == first.index
            ]
            waiting = [fold for fold in waiting if fold not in group]
            self._loop(group, indent)

    def _loop(self, group: list[Fold], indent: str) -> None:
        for letter, kind, start in (("s", "sum", 0), ("p", "product", 1)):
            names = []
            for fold in (fold for fold in group if fold.kind == kind):
                self._counts[letter] += 1
                self._variables[fold] = f"{letter}{self._counts[letter]}"
                names.append(self._variables[fold])
            if names:
                self.lines.append(f"{indent}{' = '.join(names)} = {start}")
        self.lines.append(f"{indent}for {group[0].index.text} in {self.span(group[0])[1]}:")
        for fold in group:
            body = self.span(fold)[0].body
            self.prepare(body, indent + "    ")
            self.lines.append(self._update(fold, body, indent + "    "))

    def _update(self, fold: Fold, body: Expression, indent: str) -> str:
        return f"{indent}{self._variables[fold]} {'+' if fold.kind == 'sum' else '*'}= {self.text(body)}"

    def _fold(self, node: Fold) -> str:
        return self._variables[node]
