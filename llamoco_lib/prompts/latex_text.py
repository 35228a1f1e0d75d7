"""LaTeX formulas as tokens that know their place, brackets in pairs, and the parser of what is left between them.

``latex2sympy2_extended`` reads sums, products, powers, fractions and the reach of ``\\sum`` and ``\\sin`` in a
formula whose names, numbers and brackets are single letters; so equal shapes are parsed once. This module knows
nothing of what a name stands for.
"""

import dataclasses
import functools
import re
from collections.abc import Sequence

import sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig, latex2sympy

_CONVERSION = ConversionConfig(
    interpret_as_mixed_fractions=False,
    interpret_simple_eq_as_assignment=False,
    interpret_contains_as_eq=False,
    lowercase_symbols=False,
)
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]|\S")
_SILENT = re.compile(r"\\(?:limits|nolimits|displaystyle|textstyle|[bB]igg?[lrm]?|quad|qquad|,|;|:|!| )$|~$")
PAIRS = {
    "(": ")",
    "[": "]",
    "{": "}",
    r"\{": r"\}",
    r"\lbrace": r"\rbrace",
    r"\lfloor": r"\rfloor",
    r"\lceil": r"\rceil",
    r"\lvert": r"\rvert",
    r"\lVert": r"\rVert",
    r"\langle": r"\rangle",
}
_CLOSERS = frozenset(PAIRS.values())
_BARS = {"|": r"\lvert", r"\vert": r"\lvert", r"\mid": r"\lvert", r"\|": r"\lVert", r"\Vert": r"\lVert"}
GREEK = frozenset(
    rf"\{name}"
    for name in (
        *("alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "kappa"),
        *("lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "phi", "varphi", "chi", "psi", "omega", "ell"),
        *("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega"),
    )
)
FRACTIONS = (r"\frac", r"\tfrac", r"\dfrac", r"\cfrac")
TRANSPOSES = ("T", r"\top", r"\intercal")


class LatexError(ValueError):
    """What cannot be read, in which statement, with a mark under the token."""

    def __init__(self, problem: str, statement: str, token: str | int | None = None):
        self.problem = problem
        place = statement.find(token) if isinstance(token, str) else token
        mark = "" if place is None or place < 0 else f"\n    {' ' * place}^"
        super().__init__(f"{problem}\n    {statement}{mark}")


@dataclasses.dataclass(frozen=True)
class Token:
    """A token and where it starts in its statement."""

    text: str
    place: int


Tokens = Sequence[Token]


def plain(name: str) -> str:
    """A name without braces and spaces: ``f_{1}`` is ``f_1``."""
    return re.sub(r"[{}\s]", "", name)


def literal(text: str) -> float | int:
    """The number that digits stand for."""
    return int(text) if text.isdigit() else float(text)


def text_of(tokens: Tokens) -> str:
    """The tokens' text without spaces."""
    return "".join(token.text for token in tokens)


@functools.lru_cache(maxsize=4096)
def tokens_of(latex: str) -> tuple[Token, ...]:
    """The tokens of a formula: sizes of brackets and spacing left out, bars turned into opening and closing ones.

    Raises LatexError that points at a bracket without its counterpart.
    """
    found: list[Token] = []
    opened: list[Token] = []
    sized = ""
    for match in _TOKEN.finditer(latex):
        text = match.group()
        if text in (r"\left", r"\right"):
            sized = text
            continue
        if _SILENT.match(text):
            continue
        if sized and text == ".":
            sized = ""
            continue
        if text in _BARS:
            closing = bool(opened) and opened[-1].text == _BARS[text] and found[-1] is not opened[-1]
            closing = closing and _ends_operand(found[-1].text)
            closing = sized == r"\right" or (closing and sized != r"\left")
            text = PAIRS[_BARS[text]] if closing else _BARS[text]
        sized = ""
        token = Token(text, match.start())
        found.append(token)
        if text in PAIRS:
            opened.append(token)
        elif text in _CLOSERS:
            if not opened or PAIRS[opened[-1].text] != text:
                raise LatexError("cannot read this LaTeX: this bracket is never opened", latex, token.place)
            opened.pop()
    if opened:
        raise LatexError("cannot read this LaTeX: this bracket is never closed", latex, opened[-1].place)
    return tuple(found)


def _ends_operand(text: str) -> bool:
    return text[-1].isalnum() and text[0] != "\\" or text in GREEK or text in _CLOSERS or text in ("'", "!")


def closing(tokens: Tokens, start: int) -> int:
    """Where the bracket that opens at ``start`` closes."""
    depth = 0
    for place in range(start, len(tokens)):
        depth += (tokens[place].text in PAIRS) - (tokens[place].text in _CLOSERS)
        if depth == 0:
            return place
    raise ValueError("brackets of a token list are always paired")


def split(tokens: Tokens, separators: Sequence[str]) -> tuple[list[Tokens], list[Token]]:
    """The parts of a token list between separators outside brackets, and the separators."""
    parts, found, start, place = [], [], 0, 0
    while place < len(tokens):
        if tokens[place].text in PAIRS:
            place = closing(tokens, place)
        elif tokens[place].text in separators:
            parts.append(tokens[start:place])
            found.append(tokens[place])
            start = place + 1
        place += 1
    return [*parts, tokens[start:]], found


@functools.lru_cache(maxsize=4096)
def parse(shape: str) -> sympy.Basic:
    """The sympy tree of a formula of single letters, sums not evaluated.

    Raises ParseError with the place in ``shape`` that has no reading.
    """
    try:
        return latex2sympy(shape, normalization_config=None, conversion_config=_CONVERSION)
    except Exception as error:  # the parser raises bare Exception, with a ruler under the offending token
        lines = str(error).splitlines() or ["no reading"]
        place = len(lines[-1]) - 1 if set(lines[-1]) <= {"~", "^"} else len(shape)
        raise ParseError(lines[0], place) from error


class ParseError(Exception):
    """What the parser says, and at which character of the shape."""

    def __init__(self, reason: str, place: int):
        super().__init__(reason)
        self.reason = reason
        self.place = place
