"""LaTeX formulas as functions of arrays, with our reading of names and scripts.

The reader of a formula has its text, for messages, and the names it may use; what stands between two brackets is read
by a Piece of its own. This module knows nothing of objectives and constraints.
"""

from llamoco_lib.prompts.latex_pieces import Piece
from llamoco_lib.prompts.latex_scope import Evaluate, Names, constant
from llamoco_lib.prompts.latex_text import (
    FRACTIONS,
    TRANSPOSES,
    LatexError,
    Token,
    Tokens,
    closing,
    literal,
    text_of,
    tokens_of,
)


def compile_formula(latex: str, names: Names, bound: frozenset[str] = frozenset()) -> Evaluate:
    """The function of a scope that ``latex`` stands for, a number at each point.

    ``bound`` are the indices that are set from outside. Raises LatexError that points at the token for what cannot be
    read, is ambiguous, or names something unknown.
    """
    return Reader(latex, names).number(tokens_of(latex), bound)


class Reader:
    """Compiles the tokens of one formula; ``latex`` is its text, which messages show."""

    def __init__(self, latex: str, names: Names):
        self.latex = latex
        self.names = names

    def error(self, problem: str, token: Token | int | None) -> LatexError:
        """A LatexError that points at ``token``."""
        return LatexError(problem, self.latex, token.place if isinstance(token, Token) else token)

    def number(self, tokens: Tokens, bound: frozenset[str]) -> Evaluate:
        """A number at each point. Raises LatexError for a vector."""
        if len(tokens) == 1 and tokens[0].text[0].isdigit():
            return constant(literal(tokens[0].text))
        if not tokens:
            raise self.error("there is no formula here", len(self.latex))
        return Piece(self, tokens, bound).compiled()

    def group(self, tokens: Tokens, place: int) -> tuple[Tokens, int]:
        """The tokens of a braced group or of a single token at ``place``, and where it ends."""
        if place >= len(tokens):
            raise self.error("cannot read this LaTeX: something is missing at the end", len(self.latex) - 1)
        if tokens[place].text == "{":
            end = closing(tokens, place)
            return tokens[place + 1 : end], end + 1
        token = tokens[place]
        if token.text in FRACTIONS:
            _, end = self.group(tokens, place + 1)
            _, end = self.group(tokens, end)
            return tokens[place:end], end
        if token.text[0].isdigit() and len(token.text) > 1:
            raise self.error(f"a script or argument {token.text} has two readings; put it in braces", token)
        return tokens[place : place + 1], place + 1

    def name(self, tokens: Tokens, place: int) -> tuple[str, Tokens, int]:
        """The name at ``place`` with its primes, the tokens of its subscript, and where it ends."""
        base, place = tokens[place].text, place + 1
        while place < len(tokens) and tokens[place].text == "'":
            base, place = base + "'", place + 1
        if place < len(tokens) and tokens[place].text == "_":
            script, end = self.group(tokens, place + 1)
            if end == place + 2 and end < len(tokens) and tokens[end].text[0].isdigit():
                raise self.error("a subscript of several digits has two readings; put it in braces", tokens[end])
            return base, script, end
        if place < len(tokens) and tokens[place].text[0].isdigit():
            pair, digits = base + tokens[place].text, tokens[place].text
            raise self.error(
                f"{pair} has two readings; write {base}_{digits} or {base} \\cdot {digits}", tokens[place - 1]
            )
        return base, (), place

    def is_transpose(self, tokens: Tokens, place: int) -> int:
        """Where a transpose sign at ``place`` ends, or ``place`` where there is none."""
        if place + 1 < len(tokens) and tokens[place].text == "^" and "T" not in self.names:
            script, end = self.group(tokens, place + 1)
            if text_of(script) in TRANSPOSES:
                return end
        return place

    def unknown(self, name: str, token: Token, bound: frozenset[str]) -> LatexError:
        """The error for a name that stands for nothing."""
        listed = ", ".join(sorted({*self.names.shapes, *bound}))
        hint = "; an index counts only inside its own sum, so put a summand of several terms in brackets"
        return self.error(
            f"{name} is not defined; known here: {listed}{hint if name in tuple('ijkl') else ''}", token
        )
