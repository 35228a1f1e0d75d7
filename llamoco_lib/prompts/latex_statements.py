"""A LaTeX document cut into statements: one formula, definition, constraint or bound each.

Lines, commas, ``\\quad`` and words such as "subject to" separate statements; environments, spacing and bold type
are stripped. This module knows nothing of what a statement means.
"""

import re

_RELATION = re.compile(r"\\le(?![a-z])|\\ge(?![a-z])|\\in(?![a-z])|[=<>]")
_ENVIRONMENT = re.compile(
    r"\\(?:begin|end)\s*\{[^}]*\}(?:\{[lcr@{}\s]*\})?|\$\$?|(?<!\\)\\[\[\]]|\\nonumber|\\notag|&"
)
_SPACE = re.compile(r"(?<!\\)\\[,;:! ]|~|\\displaystyle")
_BOLD = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|vec|mathrm)\s*\{\s*(\\?[A-Za-z]+)\s*\}|\\(?:mathbf|boldsymbol|bm)\s+([A-Za-z])\b"
)
_WORD = r"(?:subject\s+to|such\s+that|s\.\s*t\.|where|with|and|for\s+all|for)"
_MINIMIZE = r"(?:minimi[sz]e|minimum\s+of|min)"
_TEXT = r"\\(?:text|textrm|textbf|mathrm|operatorname)\s*\{\s*%s\s*[:,.]?\s*\}"
_RANGE = re.compile(
    r"(?:[,\s&]|\\q?quad)*(?:\\forall\s*)?(?<![A-Za-z\\])([a-z])\s*(?:=|\\in\s*\\\{)\s*(\d+)\s*,\s*(?:\d+\s*,\s*)?\\[lc]?dots[cb]?\s*,\s*"
    r"([A-Z0-9a-z][-+A-Z0-9a-z ]*?)\s*(?:\\\}|(?=[,;.\n]|\\\\|\\quad|\\qquad|$))"
)
_FORALL = re.compile(r"(?:[,\s&]|\\q?quad)*\\forall\s*([a-z])(?![A-Za-z])")


def statements(text: str) -> list[str]:
    """The statements of a text, each on one line, in order; the objective is marked by a leading ``\\min``."""
    text = re.sub(_TEXT % _MINIMIZE, r"; \\min ", text, flags=re.IGNORECASE)
    text = re.sub(_TEXT % _WORD, "; ", text, flags=re.IGNORECASE)
    text = re.sub(rf"(?<![\\A-Za-z]){_MINIMIZE}(?![A-Za-z])\s*:?", r"; \\min ", text, flags=re.IGNORECASE)
    text = re.sub(rf"(?<![\\A-Za-z]){_WORD}(?![A-Za-z])\s*:?", "; ", text, flags=re.IGNORECASE)
    text = re.sub(r"\\underset\s*\{[^{}]*\}\s*\{\s*[;\s]*\\min\s*\}", r"; \\min ", text)
    text = re.sub(r"\\min\s*_\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w)", r"\\min ", text)
    text = re.sub(r"\\\\\s*\[[\d.]+[a-z]+\]", r"\\\\ ", text)
    text = _BOLD.sub(lambda match: _unbold(match), text)
    text = _SPACE.sub(" ", _ENVIRONMENT.sub(" ", text))
    text = re.sub(r"\\(?:leqslant|leqq|leq)(?![a-z])", r"\\le ", text)
    text = re.sub(r"\\(?:geqslant|geqq|geq)(?![a-z])", r"\\ge ", text)
    text = _RANGE.sub(r" @\1|\2|\3@ ", text)
    text = _FORALL.sub(r" @\1|1|D@ ", text)
    if r"\\" in text:
        text = re.sub(r"\s*\n\s*", " ", text).replace(r"\\", "\n")
    else:
        text = re.sub(r"\s*\n\s*(?=[-+=]|\\le|\\ge|\\cdot|\\times)", " ", text)
        text = re.sub(r"([-+=(]|\\le|\\ge|\\cdot)\s*\n\s*", r"\1 ", text)
    text = re.sub(r"\\q?quad", "\n", text)
    text = re.sub(r"\\min\s+", r"\\min ", text)
    pieces = [piece for line in text.splitlines() for piece in _split(line)]
    return [piece for piece in (re.sub(r"\s+", " ", piece).strip(" ,.:") for piece in pieces) if piece]


def _unbold(match: re.Match) -> str:
    name = match.group(1) or match.group(2)
    return name if len(name) == 1 else match.group(0)


def _split(line: str) -> list[str]:
    """The parts between commas and semicolons outside brackets."""
    parts, depth, current = [], 0, ""
    for char in line:
        depth += (char in "({[") - (char in ")}]")
        if char in ",;" and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


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
