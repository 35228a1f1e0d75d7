"""LaTeX formulas as text: what is refused because it has two readings, what the parser would misread, and the
parser.

``latex2sympy2_extended`` reads a formula into a sympy tree. Signs that people read in two ways (``a/b c``,
``\\log``, ``x1``) are refused here, never guessed; calls of functions are taken out, since the parser takes most
of them for products. This module knows nothing of what a name stands for.
"""

import functools
import re

import numpy as np
import sympy
from latex2sympy2_extended import latex2sympy
from latex2sympy2_extended.latex2sympy2 import ConversionConfig

_CONVERSION = ConversionConfig(
    interpret_as_mixed_fractions=False,
    interpret_simple_eq_as_assignment=False,
    interpret_contains_as_eq=False,
    lowercase_symbols=False,
)
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]|\S|\s+")
FUNCTION_NAMES = ("round", "sign", "sgn", "floor", "ceil", "abs")
_GREEK = ("alpha", "beta", "gamma", "delta", "epsilon", "theta", "lambda", "mu", "rho", "sigma", "omega", "pi", "phi")
_NAMED = ("sin", "cos", "tan", "exp", "ln", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan")


class LatexError(ValueError):
    """What cannot be read, in which statement, with a mark under the token."""

    def __init__(self, problem: str, statement: str, token: str | int | None = None):
        self.problem = problem
        place = statement.find(token) if isinstance(token, str) else token
        mark = "" if place is None or place < 0 else f"\n    {' ' * place}^"
        super().__init__(f"{problem}\n    {statement}{mark}")


def plain(name: str) -> str:
    """A name without braces and spaces: ``f_{1}`` is ``f_1``."""
    return re.sub(r"[{}\s]", "", name)


def without_calls(latex: str, known: frozenset[str]) -> tuple[str, dict[str, tuple[str, list[str]]]]:
    """The text with a symbol for each call of a known function, and what the symbols stand for: a name and the
    arguments.

    The parser takes ``f_1(z)`` for a call and ``f_1(2 z_i)`` for a product; here both are calls.
    """
    names = [re.escape(name[:-2]).replace("_", r"\s*_\s*\{?") + r"\}?" for name in known if name.endswith("()")]
    words = "|".join(FUNCTION_NAMES)
    pattern = rf"(?:\\(?:operatorname|text|textrm|mathrm)\s*\{{\s*(?:{words})\s*\}}"
    pattern += "".join(rf"|(?<![A-Za-z\\_]){name}" for name in names) + r")\s*(?:\\left\s*)?\("
    calls: dict[str, tuple[str, list[str]]] = {}
    text, position = "", 0
    for match in re.finditer(pattern, latex):
        if match.start() < position:
            continue
        end = _closing(latex, match.end() - 1)
        if end is None:
            raise LatexError("this bracket is never closed", latex, match.end() - 1)
        word = re.search(rf"\{{\s*({words})\s*\}}", match.group())
        name = word.group(1) if word else plain(re.sub(r"\s*(\\left\s*)?\($", "", match.group()))
        inner = re.sub(r"\\right\s*$", "", latex[match.end() : end])
        symbol = f"Q_{{{900 + len(calls)}}}"
        calls[symbol] = (name, _arguments(inner))
        text += latex[position : match.start()] + symbol
        position = end + 1
    return text + latex[position:], calls


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    return None


def _arguments(text: str) -> list[str]:
    parts, depth = [""], 0
    for char in text:
        depth += (char in "({[") - (char in ")}]")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


@functools.lru_cache(maxsize=4096)
def parse(latex: str) -> sympy.Basic:
    """The sympy tree of a formula; subscripted names are symbols such as ``x_{i+1}``, sums are not evaluated.

    Raises LatexError that points at the token which has no reading, or two.
    """
    prepared = _prepared(latex)
    if not prepared.strip():
        raise LatexError("there is no formula here", latex)
    try:
        return latex2sympy(prepared, conversion_config=_CONVERSION)
    except Exception as error:  # the parser raises bare Exception, with a ruler under the offending token
        ruler = str(error).splitlines()[-1]
        reason = str(error).splitlines()[0]
        place = len(ruler) - 1 if set(ruler) <= {"~", "^"} else None
        raise LatexError(f"cannot read this LaTeX: {reason}", prepared, place) from error


def _prepared(latex: str) -> str:
    """The text with what the parser would misread written out, after the refusal of what has two readings."""
    tokens = _TOKEN.findall(latex)
    places = np.cumsum([0] + [len(token) for token in tokens])
    text = ""
    for number, token in enumerate(tokens):
        before = tokens[number - 1] if number else ""
        after = next((each for each in tokens[number + 1 :] if not each.isspace()), "")
        if token[0].isdigit() and len(before) == 1 and before.isalpha():
            raise LatexError(
                f"{before}{token} has two readings; write {before}_{token} or {before} \\cdot {token}",
                latex,
                int(places[number - 1]),
            )
        if token == r"\log" and after != "_":
            raise LatexError(r"\log has two readings; write \ln or \log_{10}", latex, int(places[number]))
        if token in (r"\|", r"\lVert", r"\Vert"):
            raise LatexError(r"norms are not read; write \sqrt{\sum_{i=1}^{D} x_i^2}", latex, int(places[number]))
        if token == "/":
            _refuse_product_after_slash(latex, tokens, number, places)
        if token[0].isdigit() and before == r"\frac" and len(token) == 2:
            token = f"{{{token[0]}}}{{{token[1]}}}"
        elif token[0].isdigit() and re.search("[eE]", token):
            mantissa, exponent = re.split("[eE]", token)
            token = rf"({mantissa} \cdot 10^{{{int(exponent)}}})"
        elif token[0].isdigit() and after == r"\frac":
            if re.match(r"\s*\\frac\s*\{\d+\}\s*\{\d+\}", latex[places[number + 1] :]):
                raise LatexError(
                    "a number before a fraction of numbers has two readings; write + or \\cdot",
                    latex,
                    int(places[number]),
                )
            token += r" \cdot "
        text += token
    return text


def _refuse_product_after_slash(latex: str, tokens: list[str], number: int, places: np.ndarray) -> None:
    rest = [
        (place, token)
        for place, token in zip(places[number + 1 :], tokens[number + 1 :], strict=False)
        if not token.isspace()
    ]
    position = _after_atom([token for _, token in rest], 0)
    if position is None or position >= len(rest):
        return
    place, token = rest[position]
    starts = token[0].isalnum() or token in ("(", r"\left", r"\frac", r"\sqrt", r"\sum", r"\prod")
    if starts or token.removeprefix("\\") in _GREEK + _NAMED:
        raise LatexError(
            r"a product after a slash has two readings; write \frac{...}{...} or brackets", latex, int(place)
        )


def _after_atom(tokens: list[str], position: int) -> int | None:
    """Where the atom that starts at ``position`` ends, its sub- and superscripts included; None if it is no plain
    atom.
    """
    if position >= len(tokens):
        return None
    if tokens[position] in ("(", "{", r"\left"):
        position = _after_group(tokens, position)
    elif tokens[position][0].isalnum() or tokens[position].removeprefix("\\") in _GREEK:
        position += 1
    else:
        return None
    while position + 1 < len(tokens) and tokens[position] in ("_", "^"):
        position = _after_group(tokens, position + 1) if tokens[position + 1] == "{" else position + 2
    return position


def _after_group(tokens: list[str], position: int) -> int:
    depth = 0
    for place in range(position, len(tokens)):
        depth += tokens[place] in ("(", "{", "[")
        depth -= tokens[place] in (")", "}", "]")
        if depth == 0 and tokens[place] in (")", "}", "]"):
            return place + 1
    return len(tokens)
