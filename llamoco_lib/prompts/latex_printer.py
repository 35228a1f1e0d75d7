"""Expressions as LaTeX: plain or in large brackets, roots or powers, sums of squares or norms, terms in groups.

This module knows nothing of problems: a vector is a name.
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

SUM, PRODUCT, ATOM = 1, 2, 3
TALL = (r"\frac", r"\sum", r"\prod", r"\begin")
FUNCTIONS = {"sin": r"\sin", "cos": r"\cos", "exp": r"\exp", "log": r"\ln", "round": r"\operatorname{round}"}
FOLDS = {"sum": r"\sum", "product": r"\prod"}


def number(value: int | float) -> str:
    """A non-negative number; very large and small ones as ``1.2 \\cdot 10^{-5}``."""
    text = repr(value).removesuffix(".0")
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa.removesuffix('.0')} \\cdot 10^{{{int(exponent)}}}"


class LatexPrinter:
    """``large`` brackets grow with what they hold (``\\left( \\right)``) where that is tall; ``roots`` says whether
    roots and exponentials are written as such, or else as powers; ``norms`` writes sums over all D coordinates as
    norms where they are; ``grouped`` puts the first two of several terms in brackets (associative law).
    """

    def __init__(self, large: bool = False, roots: bool = True, norms: bool = False, grouped: bool = False):
        self.large = large
        self.roots = roots
        self.norms = norms
        self.grouped = grouped

    def text(self, node: Expression) -> str:
        """The LaTeX of ``node``."""
        return self._render(node)[0]

    def _bracket(self, text: str, left: str = "(", right: str = ")") -> str:
        if self.large and any(tall in text for tall in TALL):
            return f"\\left{left}{text}\\right{right}"
        gap = " " if left[-1].isalpha() else ""
        return f"{left}{gap}{text}{gap}{right}"

    def _at(self, node: Expression, strength: int) -> str:
        text, own = self._render(node)
        return text if own >= strength else self._bracket(text)

    def _render(self, node: Expression) -> tuple[str, int]:
        norm = self._norm(node) if self.norms else None
        if norm is not None:
            return norm, ATOM
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
            case Divide(Fold() as numerator, denominator) if not (self.norms and self._norm(numerator)):
                return f"\\frac{{1}}{{{self.text(denominator)}}} {self.text(numerator)}", PRODUCT
            case Divide(numerator, denominator):
                return f"\\frac{{{self.text(numerator)}}}{{{self.text(denominator)}}}", ATOM
            case Power(base, exponent):
                return self._power(base, exponent), ATOM
            case Call(function, argument):
                return self._call(function, argument, ""), ATOM
            case Extremum(kind, values):
                braces = ("(", ")") if kind == "max" else (r"\{", r"\}")
                return f"\\{kind}{self._bracket(', '.join(map(self.text, values)), *braces)}", ATOM
            case Cases():
                return self._cases(node), ATOM
        raise TypeError(f"{node!r} is no expression")

    def _script(self, mark: str, text: str) -> str:
        text = text.replace(" + ", "+").replace(" - ", "-")
        return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"

    def _sum(self, terms: tuple[Expression, ...]) -> str:
        if self.grouped and len(terms) > 2 and not isinstance(terms[1], Number):
            text, rest = self._bracket(self._sum(terms[:2])), terms[2:]
        else:
            text, rest = self._at(terms[0], SUM), terms[1:]
        for term in rest:
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
            elif text and not piece.startswith(("(", "\\left(")) and not (text[-1].isdigit() and piece[0].isalpha()):
                text += " "
            text += piece
        return text

    def _power(self, base: Expression, exponent: Expression) -> str:
        script = self._script("^", self._exponent(exponent))
        if isinstance(base, Call) and base.function in ("sin", "cos"):
            return self._call(base.function, base.argument, script)
        if isinstance(base, Call) and base.function in ("abs", "floor"):
            return self._render(base)[0] + script
        plain = isinstance(base, (Number, Name, Element)) and not is_negative(base)
        plain = plain or (self.norms and self._norm(base) is not None)
        return (self.text(base) if plain else self._bracket(self.text(base))) + script

    def _exponent(self, node: Expression) -> str:
        if isinstance(node, Divide):
            return f"{self._at(node.numerator, PRODUCT)}/{self._at(node.denominator, ATOM)}"
        if isinstance(node, Add):
            first, *rest = node.terms
            text = self._exponent(first)
            for term in rest:
                text += f" - {self._exponent(negative(term))}" if is_negative(term) else f" + {self._exponent(term)}"
            return text
        return self.text(node)

    def _call(self, function: str, argument: Expression, script: str) -> str:
        inner = self.text(argument)
        if function == "abs":
            return self._bracket(inner, "|", "|")
        if function == "floor":
            return self._bracket(inner, r"\lfloor", r"\rfloor")
        if function == "sqrt":
            return f"\\sqrt{{{inner}}}" if self.roots else self._power(argument, Number(1) / 2)
        if function == "exp" and not self.roots:
            return f"e{self._script('^', inner)}"
        return f"{FUNCTIONS[function]}{script}{self._bracket(inner)}"

    def _fold(self, node: Fold) -> str:
        lower, upper = self.text(node.lower), self.text(node.upper)
        if node.kind == "max":
            return f"\\max_{{{lower} \\le {node.index.text} \\le {upper}}} {self._at(node.body, PRODUCT)}"
        span = f"_{{{node.index.text}={lower}}}{self._script('^', upper)}"
        return f"{FOLDS[node.kind]}{span} {self._at(node.body, PRODUCT)}"

    def _cases(self, node: Cases) -> str:
        rows, rest = [], node
        while isinstance(rest, Cases):
            condition = f"{self.text(rest.left)} \\le {self.text(rest.right)}"
            rows.append(f"{self.text(rest.then)} & \\text{{if }} {condition}")
            rest = rest.otherwise
        rows.append(f"{self.text(rest)} & \\text{{otherwise}}")
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"

    def _norm(self, node: Expression) -> str | None:
        """The root of a sum of squares, a sum of squares, a sum or the maximum of absolute values, over 1 to D."""
        match node:
            case Call("sqrt", Fold("sum", index, Number(1), Name("D"), Power(base, Number(2)))):
                return self._norm_of(base, index, "_2")
            case Fold("sum", index, Number(1), Name("D"), Power(base, Number(2))):
                return self._norm_of(base, index, "_2^2")
            case Fold("sum", index, Number(1), Name("D"), Call("abs", base)):
                return self._norm_of(base, index, "_1")
            case Fold("max", index, Number(1), Name("D"), Call("abs", base)):
                return self._norm_of(base, index, r"_\infty")
        return None

    def _norm_of(self, base: Expression, index: Name, scripts: str) -> str | None:
        match base:
            case Element(vector, place) if place == index:
                inside = vector
            case Add((Element(vector, place), Number(value))) if place == index:
                times = "" if abs(value) == 1 else f"{number(abs(value))} \\cdot "
                inside = f"{vector} {'-' if value < 0 else '+'} {times}\\mathbf{{1}}"
            case _:
                return None
        return f"\\|{inside}\\|{scripts}"
