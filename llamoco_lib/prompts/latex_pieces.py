"""What stands between two brackets of a LaTeX formula, read token by token.

Each number, name with its subscripts, bracket, norm and call becomes one letter with a meaning; what is left between
the letters is read by the parser. Signs that people read in two ways (``a/b c``, ``\\log``, ``x1``) are refused. This
module knows nothing of what names stand for.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from llamoco_lib.prompts import latex_calls, latex_folds, latex_vectors
from llamoco_lib.prompts.latex_scope import Evaluate, constant
from llamoco_lib.prompts.latex_text import (
    FRACTIONS,
    GREEK,
    PAIRS,
    TRANSPOSES,
    ParseError,
    Token,
    Tokens,
    closing,
    literal,
    parse,
    plain,
    split,
    text_of,
)
from llamoco_lib.prompts.latex_trees import COMMANDS, UNARY, Compile, TreeError, applied, tree_function

if TYPE_CHECKING:
    from llamoco_lib.prompts.latex_compiler import Reader

_LETTERS = "abcfghjklmnopqrstuvwxyzABCFGHJKLMPQRUVWXYZ"
_BRACKETS: dict[str, Callable] = {r"\lvert": np.abs, r"\lfloor": np.floor, r"\lceil": np.ceil}
WORDS = (r"\operatorname", r"\operatorname*", r"\text", r"\textrm", r"\mathrm", r"\mathop", r"\rm")
_OPERATORS = {"+": "+", "-": "-", "/": "/", "*": r"\cdot", r"\cdot": r"\cdot", r"\times": r"\cdot", r"\div": "/"}


class Piece:
    """A formula between brackets: its shape in letters, and what the letters mean."""

    def __init__(self, reader: Reader, tokens: Tokens, bound: frozenset[str]):
        self.reader = reader
        self.names = reader.names
        self.tokens = tokens
        self.bound = bound
        self.meanings: dict[str, Compile] = {}
        self.letters: dict[str, str] = {}  # the letter of a name or number that came before
        self.folds: dict[str, Callable] = {}  # of the letter of a fold's upper end: what it makes of its body
        self.indices: dict[str, str] = {}  # the letter of an index: its name
        self.shape = ""
        self.places: list[tuple[int, Token]] = []  # where in the shape which token starts
        self.last = "start"  # atom, script, operator, sign or function: what was written last
        self.argument = ""  # open: after a function without brackets; closed: after the name it is of
        self.slash: str = ""  # "" no slash before; "/" just now; "atom": a slash and what it divides by

    def compiled(self) -> Evaluate:
        """The function of a scope that the tokens stand for. Raises LatexError for what has no reading, or two."""
        place = 0
        while place < len(self.tokens):
            place = self._step(place)
        try:
            tree = parse(self.shape.strip())
        except ParseError as error:
            raise self.reader.error(f"cannot read this LaTeX: {error.reason}", self._token_at(error.place)) from error
        try:
            return tree_function(tree, self.meanings, self.indices, self.folds, self.bound)
        except TreeError as error:
            raise self.reader.error(str(error), self.tokens[0]) from error

    def _token_at(self, place: int) -> Token | int:
        before = [token for start, token in self.places if start <= place]
        return len(self.reader.latex.rstrip()) - 1 if place >= len(self.shape) or not before else before[-1]

    # reading tokens into the shape

    def _step(self, place: int) -> int:
        """Read what starts at ``place``; the place after it."""
        tokens, token = self.tokens, self.tokens[place]
        text = token.text
        if text in PAIRS or text in GREEK or text.isalpha() or text in (r"\mathbf", r"\mathbb"):
            end = latex_vectors.product_end(self.reader, tokens, place)
            if end > place:
                part = tokens[place:end]
                self._atom(token, lambda bound: latex_vectors.scalar_product(self.reader, part, bound))
                return end
        if text[0].isdigit() or text[0] == ".":
            return self._number(place)
        if text in _OPERATORS:
            self._write(_OPERATORS[text], token, "operator")
            return place + 1
        if text in PAIRS:
            return self._bracket(place)
        if text == "^":
            return self._power(place)
        if text in FRACTIONS:
            return self._fraction(place)
        if text == r"\sqrt":
            return self._root(place)
        if text in (r"\sum", r"\prod") or text in (r"\max", r"\min"):
            return self._fold_or_list(place)
        if text in COMMANDS or text == r"\log" or text in WORDS:
            return self._function(place)
        if text == r"\casesblock":
            end = closing(tokens, place + 1)
            rows = tokens[place + 2 : end]
            self._atom(token, lambda bound: latex_folds.cases(self.reader, rows, bound))
            return end + 1
        if text == r"\pi" and "\\pi" not in self.names:
            self._atom(token, lambda bound: constant(math.pi), r"\pi")
            return place + 1
        if text.isalpha() or text in GREEK:
            return self._name(place)
        reasons = {"&": "a column mark outside an environment", "!": "factorials are not read"}
        raise self.reader.error(f"cannot read this LaTeX: {reasons.get(text, 'unknown sign ' + text)}", token)

    def _write(self, fragment: str, token: Token, kind: str) -> None:
        if kind in ("atom", "sign", "function") and self.slash == "atom":
            raise self.reader.error(
                r"a product after a slash has two readings; write \frac{...}{...} or brackets", token
            )
        self._follow_argument(fragment, token, kind)
        if kind == "operator":
            self.slash = "/" if fragment == "/" else ""
        elif kind != "script":
            self.slash = "atom" if self.slash == "/" else self.slash
        self.places.append((len(self.shape), token))
        self.shape += fragment + " "
        self.last = kind

    def _follow_argument(self, fragment: str, token: Token, kind: str) -> None:
        """Refuse ``\\sin x_1 x_2``; ``\\sin 2 \\pi x_1`` has one reading."""
        if kind == "function":
            self.argument = "open"
        elif self.argument == "closed" and (kind in ("atom", "sign") or fragment in (r"\cdot", "/")):
            raise self.reader.error("what the function before is of has two readings; write brackets", token)
        elif kind == "atom" and self.argument == "open":
            constant_factor = token.text[0].isdigit() or token.text == r"\pi"
            self.argument = "open" if constant_factor else "closed"
        elif fragment in ("+", "-") and self.last != "function":
            self.argument = ""

    def _letter(self, meaning: Compile) -> str:
        subscript, place = divmod(len(self.meanings), len(_LETTERS))
        if subscript > 9:  # letters without a subscript come first, then those with 1 to 9
            raise self.reader.error("this formula has too many parts; put some of them in brackets", self.tokens[0])
        letter = _LETTERS[place] + (f"_{{{subscript}}}" if subscript else "")
        self.meanings[plain(letter)] = meaning  # the parser's name of ``a_{1}`` is ``a_1``
        return letter

    def _atom(self, token: Token, meaning: Compile, key: str | None = None) -> None:
        if key is not None and key in self.letters:
            letter = self.letters[key]
        else:
            letter = self._letter(meaning)
            if key is not None:
                self.letters[key] = letter
        self._write(letter, token, "atom")

    def _part(self, tokens: Tokens) -> str:
        """The letter of a part that is compiled on its own, with the indices that hold where it stands."""
        return self._letter(lambda bound: self.reader.number(tokens, bound))

    def _number(self, place: int) -> int:
        token = self.tokens[place]
        before = self.tokens[place - 1] if place else None
        if before is not None and self.last == "atom" and before.text not in (")", "]", "}", r"\}", "|"):
            pair = f"{before.text}{token.text}"
            raise self.reader.error(
                f"{pair} has two readings; write {before.text}_{token.text} or {before.text} \\cdot {token.text}",
                before if before.text[-1].isalpha() else token,
            )
        value = literal(token.text)
        after = self.tokens[place + 1 : place + 8]
        if after and after[0].text.endswith("frac") and _numeric_fraction(after):
            raise self.reader.error(
                "a number before a fraction of numbers has two readings; write + or \\cdot", token
            )
        self._atom(token, lambda bound: constant(value), token.text)
        return place + 1

    def _bracket(self, place: int) -> int:
        token, end = self.tokens[place], closing(self.tokens, place)
        inner = self.tokens[place + 1 : end]
        if token.text in _BRACKETS:
            function = _BRACKETS[token.text]
            self._atom(token, lambda bound: applied(function, self.reader.number(inner, bound)))
        else:
            if not inner:
                raise self.reader.error("cannot read this LaTeX: there is nothing in this bracket", token)
            parts, commas = split(inner, (",",))
            if commas:
                raise self.reader.error("cannot read this LaTeX: a list stands where a number should", commas[0])
            self._atom(token, lambda bound: self.reader.number(inner, bound))
        return end + 1

    def _power(self, place: int) -> int:
        token = self.tokens[place]
        if self.last == "script":
            raise self.reader.error("two exponents in a row have two readings; write brackets", token)
        script, end = self.reader.group(self.tokens, place + 1)
        if text_of(script) in TRANSPOSES and "T" not in self.names:
            before = self.tokens[place - 1] if place else token
            if before.text.isalpha() and before.text not in self.names:
                raise self.reader.unknown(before.text, before, self.bound)
            raise self.reader.error("only a vector or a matrix is transposed", token)
        if not script:
            raise self.reader.error("cannot read this LaTeX: an empty exponent", token)
        if text_of(script) == "*":
            raise self.reader.error("a star as exponent is not read", token)
        follows = end < len(self.tokens) and self.tokens[end].text[0].isdigit()
        if follows and self.tokens[place + 1].text != "{":
            raise self.reader.error("an exponent of several digits has two readings; put it in braces", token)
        self._write(f"^{{{self._part(script)}}}", token, "script")
        return end

    def _fraction(self, place: int) -> int:
        token, tokens = self.tokens[place], self.tokens
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after is not None and len(after.text) == 2 and after.text.isdigit():
            parts = [[Token(after.text[0], after.place)], [Token(after.text[1], after.place + 1)]]
            end = place + 2
        else:
            above, end = self.reader.group(tokens, place + 1)
            below, end = self.reader.group(tokens, end)
            parts = [above, below]
        if not parts[0] or not parts[1]:
            raise self.reader.error("cannot read this LaTeX: a fraction needs two parts", token)
        letters = [self._part(part) for part in parts]
        self._write(f"\\frac{{{letters[0]}}}{{{letters[1]}}}", token, "atom")
        return end

    def _root(self, place: int) -> int:
        token, tokens, place = self.tokens[place], self.tokens, place + 1
        degree = None
        if place < len(tokens) and tokens[place].text == "[":
            end = closing(tokens, place)
            degree, place = self._part(tokens[place + 1 : end]), end + 1
        inner, end = self.reader.group(tokens, place)
        order = f"[{degree}]" if degree else ""
        self._write(f"\\sqrt{order}{{{self._part(inner)}}}", token, "atom")
        return end

    def _fold_or_list(self, place: int) -> int:
        token, tokens = self.tokens[place], self.tokens
        scripts, end = latex_folds.scripts(self.reader, tokens, place + 1)
        if not scripts and token.text in (r"\max", r"\min"):
            if end >= len(tokens) or tokens[end].text not in ("(", r"\{", "[", r"\lbrace", "{"):
                raise self.reader.error(f"{token.text} needs a list in brackets or a range of an index", token)
            close = closing(tokens, end)
            parts, _ = split(tokens[end + 1 : close], (",",))
            choose = np.maximum if token.text == r"\max" else np.minimum
            if len(parts) == 1:
                raise self.reader.error(f"{token.text} of one value; valid: a list, or a range of an index", token)

            def meaning(bound: frozenset[str]) -> Evaluate:
                values = [self.reader.number(part, bound) for part in parts]
                return lambda scope: functools.reduce(choose, (value(scope) for value in values))

            self._atom(token, meaning)
            return close + 1
        rest = tokens[end:]
        for index, lower, upper in latex_folds.spans(self.reader, token, scripts, rest, self.bound):
            if index not in self.letters:
                self.letters[index] = self._letter(self._index_meaning(index, token))
            letter = self.letters[index]
            self.indices[plain(letter)] = index
            ends = [self._letter(each) for each in (lower, upper)]
            self.folds[plain(ends[1])] = functools.partial(latex_folds.fold, self.reader, token)
            self._write(f"\\sum_{{{letter}={ends[0]}}}^{{{ends[1]}}}", token, "sign")
        return end

    def _index_meaning(self, index: str, token: Token) -> Compile:
        def meaning(bound: frozenset[str]) -> Evaluate:
            if index not in bound and index not in self.names:
                raise self.reader.unknown(index, token, bound)
            return lambda scope: scope.get(index)

        return meaning

    def _function(self, place: int) -> int:
        token, tokens = self.tokens[place], self.tokens
        name, place = token.text.removeprefix("\\"), place + 1
        if token.text in WORDS:
            inner, place = self.reader.group(tokens, place)
            name = text_of(inner).removeprefix("\\")
            if name == "e":
                self._atom(token, lambda bound: constant(math.e), "e")
                return place
            if name in ("max", "min"):
                raise self.reader.error(f"write \\{name}", token)
            if name not in UNARY:
                raise self.reader.error(f"cannot read this LaTeX: the function {name} is not known", token)
        base = None
        if name == "log":
            if place >= len(tokens) or tokens[place].text != "_":
                raise self.reader.error(r"\log has two readings; write \ln or \log_{10}", token)
            base, place = self.reader.group(tokens, place + 1)
        power = None
        if place < len(tokens) and tokens[place].text == "^":
            power, place = self.reader.group(tokens, place + 1)
            if text_of(power) == "-1":
                raise self.reader.error(
                    f"{token.text}^{{-1}} has two readings; write \\arc{name} or a fraction", token
                )
        if place < len(tokens) and tokens[place].text in ("(", "[", r"\{", r"\lvert", r"\lfloor", "{"):
            end = closing(tokens, place) + 1
            argument = tokens[place:end] if tokens[place].text in _BRACKETS else tokens[place + 1 : end - 1]
            if not argument:
                raise self.reader.error(f"{name} of nothing", token)
            self._atom(token, lambda bound: self._called(name, argument, base, bound))
            if power is not None:
                self._write(f"^{{{self._part(power)}}}", token, "script")
            return end
        if name not in ("exp", "ln", "log") and token.text not in COMMANDS or token.text == r"\lg":
            raise self.reader.error(f"{name} needs its argument in brackets", token)
        fragment = f"\\{name}" + (f"_{{{self._part(base)}}}" if base is not None else "")
        self._write(fragment + (f"^{{{self._part(power)}}}" if power is not None else ""), token, "function")
        return place

    def _called(self, name: str, argument: Tokens, base: Tokens | None, bound: frozenset[str]) -> Evaluate:
        value = self.reader.number(argument, bound)
        if base is None:
            return applied(UNARY[name], value)
        divisor = self.reader.number(base, bound)
        return lambda scope: np.log(value(scope)) / np.log(divisor(scope))

    def _name(self, place: int) -> int:
        token, tokens = self.tokens[place], self.tokens
        base, script, end = self.reader.name(tokens, place)
        if end < len(tokens) and tokens[end].text == "(":
            close = closing(tokens, end)
            call = latex_calls.call(self.reader, token, base, script, tokens[end + 1 : close])
            if call is not None:
                self._atom(token, call)
                return close + 1
        key = base + ("_" + text_of(script) if script else "")
        self._atom(token, lambda bound: latex_calls.name(self.reader, token, base, script, bound), key)
        return end


def _numeric_fraction(tokens: Tokens) -> bool:
    return re.match(r"\\[tdc]?frac(\d\d|\{\d+\}\{\d+\})", text_of(tokens)) is not None
