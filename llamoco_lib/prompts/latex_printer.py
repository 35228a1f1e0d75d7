"""Expressions as LaTeX, plain or in large brackets, and the laws of arithmetic by which they are rewritten.

``rewrite`` applies the commutative, distributive and associative laws that set the LaTeX habits of the paper's
survey apart (App. B, Fig. 4). This module knows nothing of problems: a vector is a name.
"""

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
    add,
    is_negative,
    multiply,
    negative,
    rebuild,
    uses,
)

SUM, PRODUCT, ATOM = 1, 2, 3
TALL = (r"\frac", r"\sum", r"\prod")
FUNCTIONS = {"sin": r"\sin", "cos": r"\cos", "exp": r"\exp", "round": r"\operatorname{round}"}


def number(value: int | float) -> str:
    """A non-negative number; very large and small ones as ``1.2 \\cdot 10^{-5}``."""
    text = repr(value).removesuffix(".0")
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa.removesuffix('.0')} \\cdot 10^{{{int(exponent)}}}"


class LatexPrinter:
    """``large`` brackets grow with what they hold (``\\left( \\right)``) where that is tall; ``roots`` says
    whether roots and exponentials are written as such, or else as powers.
    """

    def __init__(self, large: bool = False, roots: bool = True):
        self.large = large
        self.roots = roots

    def text(self, node: Expression) -> str:
        """The LaTeX of ``node``."""
        return self._render(node)[0]

    def _bracket(self, text: str, marks: str = "()") -> str:
        if self.large and any(tall in text for tall in TALL):
            return f"\\left{marks[0]}{text}\\right{marks[1]}"
        return f"{marks[0]}{text}{marks[1]}"

    def _at(self, node: Expression, strength: int) -> str:
        text, own = self._render(node)
        return text if own >= strength else self._bracket(text)

    def _render(self, node: Expression) -> tuple[str, int]:
        match node:
            case Number(value):
                text = number(abs(value))
                return (f"-{text}", SUM) if value < 0 else (text, PRODUCT if "cdot" in text else ATOM)
            case Name(text):
                return (r"\pi" if text == "pi" else text), ATOM
            case Element(vector, index):
                return f"{vector}{self._script('_', self.text(index))}", ATOM
            case Fold():
                return self._fold(node), PRODUCT
            case Negative(value):
                return f"-{self._at(value, PRODUCT)}", SUM
            case Add(terms):
                return self._sum(terms), SUM
            case Multiply(factors):
                return self._product(factors), PRODUCT
            case Divide(Fold() as numerator, denominator):
                return f"\\frac{{1}}{{{self.text(denominator)}}} {self.text(numerator)}", PRODUCT
            case Divide(numerator, denominator):
                return f"\\frac{{{self.text(numerator)}}}{{{self.text(denominator)}}}", ATOM
            case Power(base, exponent):
                return self._power(base, exponent), ATOM
            case Call(function, argument):
                return self._call(function, argument, ""), ATOM
        raise TypeError(f"{node!r} is no expression")

    def _script(self, mark: str, text: str) -> str:
        text = text.replace(" + ", "+").replace(" - ", "-")
        return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        text = self._at(terms[0], SUM)
        for term in terms[1:]:
            sign, size = ("-", negative(term)) if is_negative(term) else ("+", term)
            text += f" {sign} {self._at(size, PRODUCT)}"
        return text

    def _product(self, factors: tuple[Expression, ...]) -> str:
        text = ""
        for place, factor in enumerate(factors):
            last = place == len(factors) - 1
            piece = self._at(factor, ATOM if isinstance(factor, Fold) and not last else PRODUCT)
            if text and (piece[0].isdigit() or text[-1].isdigit() and piece.startswith(r"\frac")):
                text += r" \cdot "
            elif text and not piece.startswith(("(", "\\left")) and not (text[-1].isdigit() and piece[0].isalpha()):
                text += " "
            text += piece
        return text

    def _power(self, base: Expression, exponent: Expression) -> str:
        script = self._script("^", self._exponent(exponent))
        if isinstance(base, Call) and base.function in ("sin", "cos"):
            return self._call(base.function, base.argument, script)
        if isinstance(base, Call) and base.function == "abs":
            return self._render(base)[0] + script
        plain = isinstance(base, (Number, Name, Element)) and not is_negative(base)
        return (self.text(base) if plain else self._bracket(self.text(base))) + script

    def _exponent(self, node: Expression) -> str:
        if isinstance(node, Divide):
            return f"{self._at(node.numerator, PRODUCT)}/{self._at(node.denominator, ATOM)}"
        return self.text(node)

    def _call(self, function: str, argument: Expression, script: str) -> str:
        inner = self.text(argument)
        if function == "abs":
            return self._bracket(inner, "||")
        if function == "sqrt":
            return f"\\sqrt{{{inner}}}" if self.roots else self._power(argument, Number(1) / 2)
        if function == "exp" and not self.roots:
            return f"e{self._script('^', inner)}"
        return f"{FUNCTIONS[function]}{script}{self._bracket(inner)}"

    def _fold(self, node: Fold) -> str:
        sign = r"\sum" if node.kind == "sum" else r"\prod"
        span = f"_{{{node.index.text}={self.text(node.lower)}}}{self._script('^', self.text(node.upper))}"
        return f"{sign}{span} {self._at(node.body, PRODUCT)}"


def rewrite(node: Expression) -> Expression:
    """An equal expression: sums split and their constant factors taken out (distributive law), terms in the
    reverse order (commutative law), a common factor taken out.
    """
    match node:
        case Fold("sum", _, _, _, Add(terms)) if not any(isinstance(term, Fold) for term in terms):
            return rewrite(_gathered([_constant_out(node, term) for term in terms]))
        case Add((Multiply(factors), Negative(common))) if common in factors:
            rest = multiply(*(factor for factor in factors if factor != common))
            return multiply(common, add(rewrite(rest), Number(-1)))
        case Add(terms):
            return _gathered([rewrite(term) for term in reversed(terms)])
        case Element():
            return node
        case _:
            return rebuild(node, rewrite)


def _gathered(terms: list[Expression]) -> Expression:
    positive = [term for term in terms if not is_negative(term)]
    return add(*positive, *(term for term in terms if is_negative(term)))


def _constant_out(fold: Fold, term: Expression) -> Expression:
    """The sum of one term, its factors that do not depend on the index before the sign of the sum."""
    if isinstance(term, Negative):
        return negative(_constant_out(fold, term.value))
    if not uses(term, fold.index):
        return multiply(term, add(fold.upper, negative(fold.lower), Number(1)))
    factors = term.factors if isinstance(term, Multiply) else (term,)
    outside = [factor for factor in factors if not uses(factor, fold.index)]
    inside = [factor for factor in factors if uses(factor, fold.index)]
    return multiply(*outside, Fold("sum", fold.index, fold.lower, fold.upper, multiply(*inside)))
