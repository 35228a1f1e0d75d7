"""Expressions as Python source: operators, precedence and numbers, which all Python writings share.

What is a writing's own, elements of vectors and folds over an index, is a subclass's: ``array_printer`` writes whole
NumPy arrays, ``scalar_printer`` generators and explicit loops. This module knows nothing of problems.
"""

from llamoco_lib.prompts.expression import (
    Add,
    Call,
    Cases,
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
    is_negative,
    negative,
)

CHOICE, SUM, PRODUCT, POWER, ATOM = range(5)  # how strongly the outermost operator of a piece of source binds


def number(value: int | float) -> str:
    """A non-negative literal in the fewest digits that give the same number back."""
    return repr(value).removesuffix(".0")


class Printer:
    """What all Python writings share. Elements and folds are a subclass's own."""

    module = "np."  # before the name of a function or constant

    def text(self, node: Expression) -> str:
        """The source of ``node``. Raises TypeError for what this printer does not write."""
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
                return self._element(node), ATOM
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
                return f"{self._base(base, exponent)}**{self._at(exponent, ATOM)}", POWER
            case Call(function, argument):
                return f"{self._function(function)}({self.text(argument)})", ATOM
            case Extremum(kind, values):
                return self._extremum(kind, [self.text(value) for value in values]), ATOM
            case Cases():
                return self._cases(node)
        raise TypeError(f"{node!r} is no expression")

    def _factor(self, factor: Expression, place: int) -> str:
        return self._at(factor, POWER if place and isinstance(factor, Divide) else PRODUCT)

    def _base(self, base: Expression, exponent: Expression) -> str:
        return self._at(base, ATOM)

    def _name(self, text: str) -> str:
        return f"{self.module}{text}" if text in ("pi", "e") else text

    def _function(self, name: str) -> str:
        return f"{self.module}{name}"

    def _extremum(self, kind: str, values: list[str]) -> str:
        return f"{kind}({', '.join(values)})"

    def _cases(self, node: Cases) -> tuple[str, int]:
        condition = f"{self.text(node.left)} <= {self.text(node.right)}"
        return f"{self._at(node.then, SUM)} if {condition} else {self.text(node.otherwise)}", CHOICE

    def _element(self, node: Element) -> str:
        raise TypeError(f"{type(self).__name__} writes no elements of vectors: {node!r}; a subclass does")

    def _fold(self, node: Fold) -> str:
        raise TypeError(f"{type(self).__name__} writes no folds over an index: {node!r}; a subclass does")
