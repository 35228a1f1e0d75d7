"""Expressions as NumPy source on whole arrays: ``np.sum(z**2)``, ``np.where``, slices for neighbouring elements.

A vector is a name, its length an expression. This module knows nothing of problems.
"""

from llamoco_lib.prompts.expression import (
    Add,
    Cases,
    Definition,
    Element,
    Expression,
    Fold,
    Name,
    Number,
    Stated,
    is_negative,
)
from llamoco_lib.prompts.expression_tree import distance, uses, walk
from llamoco_lib.prompts.python_printer import ATOM, Printer

FOLDS = {"sum": "np.sum", "product": "np.prod", "max": "np.max"}
EXTREMA = {"min": "np.minimum", "max": "np.maximum"}


def element_uses(body: Expression, index: Name) -> bool:
    """Whether ``index`` selects elements of a vector in ``body``."""
    return any(isinstance(node, Element) and uses(node.index, index) for node in walk(body))


class ArrayPrinter(Printer):
    """NumPy on vectors of length ``length``; a vector that a definition fills has the length it says.

    ``needs`` tells which index vectors the source takes for granted.
    """

    def __init__(self, length: Expression):
        self.length = length
        self.needs: dict[str, str] = {}  # index name -> the source of its values
        self._lengths: dict[str, Expression] = {}
        self._ranges: list[Fold] = []

    def lines(self, stated: Stated, start: str) -> list[str]:
        """The lines of a statement: its definitions, and the value after ``start``, such as "f1 = "."""
        lines = [self._definition(definition) for definition in stated.definitions]
        return [*lines, f"{start}{self.text(stated.value)}"]

    def complete(self, lines: list[str]) -> list[str]:
        """``lines`` after those of the index vectors that everything written so far takes for granted."""
        return [*(f"{name} = {values}" for name, values in self.needs.items()), *lines]

    def _definition(self, definition: Definition) -> str:
        if definition.index is None:
            return f"{definition.name} = {self.text(definition.value)}"
        self._lengths[definition.name] = definition.upper
        self._ranges.append(Fold("sum", definition.index, Number(1), definition.upper, definition.value))
        line = f"{definition.name} = {self.text(definition.value)}"
        self._ranges.pop()
        return line

    def _element(self, node: Element) -> str:
        if self._ranges:
            outer = self._ranges[0]
            shift = distance(node.index, outer.index)
            if shift is not None:
                return self._column(self._slice(node.vector, outer, shift))
        if node.index == self._lengths.get(node.vector, self.length):
            return f"{node.vector}[-1]"
        if isinstance(node.index, Number):
            return f"{node.vector}[{node.index.value - 1}]"
        raise ValueError(f"{node} has no place in a whole-array writing; its index must be that of the outermost sum")

    def _slice(self, vector: str, fold: Fold, shift: int) -> str:
        length = self._lengths.get(vector, self.length)
        start = fold.lower.value - 1 + shift
        missing = distance(fold.upper, length)
        if missing is None:
            raise ValueError(f"a sum up to {fold.upper} is no slice of {vector} of length {length}")
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

    def _base(self, base: Expression, exponent: Expression) -> str:
        # NumPy refuses a negative power of an integer, which an exponent like 1 - i may be
        falling = isinstance(exponent, Add) and any(is_negative(term) for term in exponent.terms)
        whole = isinstance(base, Number) and isinstance(base.value, int)
        return f"{base.value}.0" if falling and whole else super()._base(base, exponent)

    def _extremum(self, kind: str, values: list[str]) -> str:
        if not self._ranges:
            return super()._extremum(kind, values)
        text = values[0]
        for value in values[1:]:
            text = f"{EXTREMA[kind]}({text}, {value})"
        return text

    def _cases(self, node: Cases) -> tuple[str, int]:
        if not self._ranges:
            return super()._cases(node)
        condition = f"{self.text(node.left)} <= {self.text(node.right)}"
        return f"np.where({condition}, {self.text(node.then)}, {self.text(node.otherwise)})", ATOM

    def _fold(self, node: Fold) -> str:
        if self._ranges:
            outer = self._ranges[0]
            running = isinstance(node.body, Element) and node.body.index == node.index and node.upper == outer.index
            if running and node.lower == Number(1) and node.kind == "sum":
                return f"np.cumsum({self._slice(node.body.vector, outer, 0)})"
        axis = ", axis=1" if self._ranges else ""
        self._ranges.append(node)
        text = f"{FOLDS[node.kind]}({self.text(node.body)}{axis})"
        self._ranges.pop()
        return text
