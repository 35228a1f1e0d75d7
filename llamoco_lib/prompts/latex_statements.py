"""A LaTeX document cut into statements: one formula, definition, constraint or bound each.

Lines, commas, ``\\quad`` and words such as "subject to" separate statements; a line that cannot stand alone goes on
with the one before. Environments, spacing and bold type are stripped; a choice between cases is kept as one token.
This module knows nothing of what a statement means.
"""

import re

_RELATION = re.compile(r"\\le(?![a-z])|\\ge(?![a-z])|\\in(?![a-z])|[=<>]")
_ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\s*\{[^}]*\}(?:\[[a-z]\])?(?:\{[lcr@{}\s|]*\})?|\$\$?|(?<!\\)\\[\[\]]|\\nonumber|\\notag|&"
    r"|\\(?:label|tag)\s*\{[^}]*\}"
)
_SPACE = re.compile(r"(?<!\\)\\[,;:! ]|~|\\displaystyle|\\hspace\s*\{[^}]*\}|\\medskip|\\smallskip")
_BOLD = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|vec|mathrm|mathit|mathcal)\s*\{\s*(\\?[A-Za-z]+)\s*\}"
    r"|\\(?:mathbf|boldsymbol|bm|vec)\s+([A-Za-z])\b"
)
_WORD = r"(?:subject\s+to|such\s+that|s\.\s*t\.|where|with(?:\s+bounds)?|(?:variable\s+)?bounds|and|for\s+all|for)"
_MINIMIZE = r"(?:minimi[sz]e|minimum\s+of|min)"
_TEXT = r"\\(?:text|textrm|textbf|mathrm|operatorname\*?|mathop)\s*\{\s*%s\s*[:,.]?\s*\}"
_END = r"([A-Z0-9a-z][-+A-Z0-9a-z ]*?)\s*(?:\\\}|\)|(?=[,;.\n]|\\\\|\\quad|\\qquad|$))"
_BEFORE = r"(?:[,\s&]|\\q?quad)*\(?\s*(?:\\forall\s*)?(?<![A-Za-z\\_{])"
_DOTS = r"(?:\\[lc]?dots[cb]?|\.\.\.)"
_RANGE = re.compile(rf"{_BEFORE}([a-z])\s*(?:=|\\in\s*\\\{{)\s*(\d+)\s*,\s*(?:\d+\s*,\s*)*{_DOTS}\s*,\s*{_END}")
_LIST = re.compile(
    rf"{_BEFORE}([i-l])\s*(?:=|\\in\s*\\\{{)\s*(\d+(?:\s*,\s*\d+)+)\s*(?:\\\}}|\)|(?=[;.\n]|\\\\|\\quad|$))"
)
_ORDERED = re.compile(rf"(?:[,\s&]|\\q?quad)*\\forall\s*(\d+)\s*\\le\s*([a-z])\s*\\le\s*{_END}")
_FORALL = re.compile(r"(?:[,\s&]|\\q?quad)*\\forall\s*([a-z])(?![A-Za-z])")
_LITERAL = r"(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\\pi)"
_NUMBER = rf"[-+]?\s*{_LITERAL}(?:\s*(?:\\times|\\cdot|/)\s*{_LITERAL}|\s*\\pi)*"
_COORDINATE = r"x_(?:\{\w+\}|\w)"
_SHARED = re.compile(
    rf"(?:(?P<low>{_NUMBER}\s*(?:\\le|<))\s*)?(?P<names>{_COORDINATE}(?:\s*,\s*{_COORDINATE})+)"
    rf"\s*(?P<high>(?:\\le|\\ge|=|<|>)\s*{_NUMBER}|\\in\s*\[[^\]]*\])"
)
_CASES = re.compile(r"\\begin\s*\{(?:cases|dcases)\}(.*?)\\end\s*\{(?:cases|dcases)\}", re.DOTALL)
_ARRAY_CASES = re.compile(
    r"\\left\s*\\\{\s*\\begin\s*\{(array|matrix|aligned)\}(?:\{[lcr@{}\s]*\})?(.*?)\\end\s*\{\1\}\s*\\right\s*\.",
    re.DOTALL,
)
_CONDITION = re.compile(
    r"\\(?:text|textrm|mathrm|mbox)\s*\{\s*(?:,\s*)?(?:if|when|for|otherwise|else|in other cases)\s*[:,.]?\s*\}"
)
_JOINS = re.compile(r"^(?:[+=*/<>]|\\(?:le|ge|cdot|times)(?![a-z]))")
_OPEN = re.compile(r"(?:[-+=*/<>(,]|\\(?:le|ge|cdot|times|min))\s*$")
_SIGNS = {"≤": r"\le ", "≥": r"\ge ", "−": "-", "·": r"\cdot ", "×": r"\times ", "π": r"\pi ", "…": r"\dots "}


def statements(text: str) -> list[str]:
    """The statements of a text, each on one line, in order; the objective is marked by a leading ``\\min``."""
    text = re.sub(r"(?<!\\)%.*", "", text)
    for sign, latex in _SIGNS.items():
        text = text.replace(sign, latex)
    text = re.sub(r"\\(?:leqslant|leqq|leq)(?![a-z])", r"\\le ", text)
    text = re.sub(r"\\(?:geqslant|geqq|geq)(?![a-z])", r"\\ge ", text)
    text = _ARRAY_CASES.sub(lambda match: _block(match.group(2)), text)
    text = _CASES.sub(lambda match: _block(match.group(1)), text)
    text = _names(text)
    text = re.sub(_TEXT % _MINIMIZE, r"; \\min ", text, flags=re.IGNORECASE)
    text = re.sub(_TEXT % _WORD, "; ", text, flags=re.IGNORECASE)
    text = re.sub(rf"(?<![\\A-Za-z]){_MINIMIZE}(?![A-Za-z])\s*:?", r"; \\min ", text, flags=re.IGNORECASE)
    text = re.sub(rf"(?<![\\A-Za-z]){_WORD}(?![A-Za-z])\s*:?", "; ", text, flags=re.IGNORECASE)
    text = re.sub(r"\\underset\s*\{[^{}]*\}\s*\{\s*[;\s]*\\min\s*\}", r"; \\min ", text)
    text = re.sub(
        r"(\\min(?:\s*_\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w))?)\s*(?:\\q?quad\s*|\\;\s*|\\,\s*)+", r"\1 ", text
    )
    text = re.sub(r"\\\\\s*\[[\d.]+[a-z]+\]", r"\\\\ ", text)
    text = _BOLD.sub(_unbold, text)
    text = _SPACE.sub(" ", _ENVIRONMENT.sub(" ", text))
    text = _RANGE.sub(r" @\1|\2|\3@ ", text)
    text = _LIST.sub(_listed, text)
    text = _ORDERED.sub(r" @\2|\1|\3@ ", text)
    text = _FORALL.sub(r" @\1|1|D@ ", text)
    text = _SHARED.sub(_spread, text)
    if r"\\" in text:
        text = re.sub(r"\s*\n\s*", " ", text).replace(r"\\", "\n")
    text = re.sub(r"\\q?quad", "\n", text)
    pieces: list[str] = []
    for line in text.splitlines():
        first, *rest = (re.sub(r"\s+", " ", part).strip(" .:") for part in _split(line))
        if not first and not rest:
            continue
        if pieces and first and _goes_on(pieces[-1], first):
            pieces[-1] += f" {first}"
        else:
            pieces.append(first)
        pieces += rest
        pieces = [piece for place, piece in enumerate(pieces) if piece or place == len(pieces) - 1]
    return [_objective(piece) for piece in pieces if piece.strip(" ,.:")]


def _names(text: str) -> str:
    """Words in subscripts without their commands, primes as ``'``, thousands without a comma."""
    text = re.sub(r"_\s*\{\s*\\(?:text|textrm|mathrm|rm|operatorname)\s*\{\s*(\w+)\s*\}\s*\}", r"_{\1}", text)
    text = re.sub(r"_\s*\\(?:text|textrm|mathrm)\s*\{\s*(\w+)\s*\}", r"_{\1}", text)
    text = re.sub(r"_\s*\{?\s*\\(max|min)(?![a-z])\s*\}?", r"_{\1}", text)
    text = re.sub(r"\^\s*\{\s*((?:\\prime\s*)+)\}|\^\s*(\\prime)(?![a-z])", _primes, text)
    text = re.sub(r"(\\\||\\rVert)\s*(\^(?:\{[^{}]*\}|\w))\s*(_(?:\{[^{}]*\}|\w|\\infty))", r"\1\3\2", text)
    return re.sub(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))", "", text)


def _primes(match: re.Match) -> str:
    return "'" * match.group().count("prime")


def _block(body: str) -> str:
    """Rows with a condition as one token; rows that are constraints of their own as lines."""
    rows = [row for row in re.split(r"\\\\(?:\s*\[[^\]]*\])?", body) if row.strip()]
    if not any(_CONDITION.search(row) for row in rows):
        columns = [row.split("&") for row in rows]
        if any(
            len(row) < 2 or _RELATION.search(row[0]) or re.match(r"\s*(?:\\[lg]e|[=<>])", row[1]) for row in columns
        ):
            return r" \\ " + r" \\ ".join(rows) + r" \\ "
    written = []
    for row in rows:
        value, condition, *_ = [*_CONDITION.sub("&", row).replace("&&", "&").split("&", 1), ""]
        condition = re.sub(r"\\(?:text|mathrm)\s*\{\s*and\s*\}", r"\\land ", condition.replace("&", " "))
        written.append(f"{value.strip().rstrip(',')} \\caseif {condition.strip().rstrip(',.')}")
    return r"\casesblock{" + r" \casenext ".join(written) + "}"


def _unbold(match: re.Match) -> str:
    name = match.group(1) or match.group(2)
    return name if len(name) == 1 or name.startswith("\\") else match.group(0)


def _listed(match: re.Match) -> str:
    """``i = 1, 2, 3`` as a range; a list with gaps stays as it is."""
    numbers = [int(number) for number in match.group(2).split(",")]
    if numbers != list(range(numbers[0], numbers[-1] + 1)):
        return match.group()
    return f" @{match.group(1)}|{numbers[0]}|{numbers[-1]}@ "


def _spread(match: re.Match) -> str:
    """``0 \\le x_1, x_2 \\le 1`` as one statement for each name."""
    names = re.findall(_COORDINATE, match.group("names"))
    return "; ".join(f"{match.group('low') or ''} {name} {match.group('high')}" for name in names)


def _split(line: str) -> list[str]:
    """The parts between commas and semicolons outside brackets."""
    parts, depth, current = [], 0, ""
    for piece in re.findall(r"\\[lr]angle|.", line):
        depth += (piece in "({[" or piece == r"\langle") - (piece in ")}]" or piece == r"\rangle")
        if piece in ",;" and depth <= 0:
            parts.append(current)
            current = ""
        else:
            current += piece
    return [*parts, current]


def _goes_on(before: str, line: str) -> bool:
    """Whether ``line`` is the rest of the statement ``before``."""
    if not before:
        return False
    if _JOINS.match(line) or _OPEN.search(before) or any(before.count(a) > before.count(b) for a, b in ("()", "{}")):
        return True
    if not line.startswith("-"):
        return False
    label = re.match(r"^[gh](?:_\{?\w+\}?)?\s*\(x\)\s*=", before)
    unfinished = label is not None and len(relations_of(before)[1]) == 1
    return unfinished or not relations_of(line)[1]


def _objective(piece: str) -> str:
    """A statement; where ``\\min`` leads it and is no minimum of a list or over an index, it marks the objective."""
    piece = piece.strip(" ,.:")
    match = re.match(r"\\min\s*(?:_\s*(\{(?:[^{}]|\{[^{}]*\})*\}|\w))?\s*", piece)
    if not match:
        return piece
    over, rest = match.group(1), piece[match.end() :]
    if over is not None and re.search(r"=|\\le(?![a-z])|<|^\{?[i-l]\}?$", over):
        return piece
    bracket = re.match(r"(?:\\left)?\s*(?:\(|\\\{)", rest)
    if over is None and bracket and _is_list(rest[bracket.end() :]):
        return piece
    return r"\min " + rest.lstrip(" :")


def _is_list(rest: str) -> bool:
    """Whether a comma comes before the bracket closes that was opened before ``rest``."""
    depth = 0
    for char in rest:
        depth += (char in "({[") - (char in ")}]")
        if depth < 0:
            return False
        if char == "," and depth == 0:
            return True
    return False


def relations_of(statement: str) -> tuple[list[str], list[str]]:
    """The sides and the relations of a statement; relations inside brackets and scripts do not count."""
    sides, relations, start = [], [], 0
    for match in _RELATION.finditer(statement):
        before = statement[: match.start()]
        if before.count("{") - before.count("}") or before.count("(") - before.count(")"):
            continue
        sides.append(statement[start : match.start()].strip())
        relations.append(match.group().replace("<", r"\le").replace(">", r"\ge"))
        start = match.end()
    return [*sides, statement[start:].strip()], relations
