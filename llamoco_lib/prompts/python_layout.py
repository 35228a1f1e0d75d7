"""How lines of Python become a source that reads well: functions, methods, blank lines, and long lines broken.

This module knows nothing of what the lines compute.
"""

import re
from collections.abc import Sequence

STEP = "    "
WIDTH = 96  # a longer line is broken, as PEP 8 has it: before an operator or after a comma, aligned with its bracket
# where a line may be broken, in order of preference; marks of one row are as good as each other
_BREAKS = ((", ",), (" for ",), (" else ",), (" if ",), (" + ", " - "), (" * ",), (" / ",))


def words(source: str) -> set[str]:
    """The names, and the words like names, in ``source``."""
    return set(re.findall(r"[A-Za-z_]\w*", source))


def function(head: str, lines: Sequence[str], argument: str = "x") -> str:
    """``def head:`` with ``lines`` as its body, after ``D = len(argument)`` where they use D."""
    body = [f"D = len({argument})", *lines] if "D" in words("\n".join(lines)) else lines
    return "\n".join([f"def {head}:", *(STEP + line for line in body)])


def class_of(name: str, methods: Sequence[str]) -> str:
    """``class name:`` with ``methods``, each as ``function`` gives it."""
    inside = "\n\n".join(methods)
    return f"class {name}:\n" + "\n".join(STEP + line if line else line for line in inside.split("\n"))


def source(head: Sequence[str], blocks: Sequence[str]) -> str:
    """Import and comment lines, and after two empty lines each the blocks. Empty head lines are left out."""
    return "\n\n\n".join(part for part in ("\n".join(filter(None, head)), *blocks) if part) + "\n"


def wrapped(text: str) -> str:
    """``text`` with every line of code longer than WIDTH broken where its brackets allow."""
    return "\n".join(broken for line in text.split("\n") for broken in _broken(line))


def _broken(line: str) -> list[str]:
    if len(line) <= WIDTH or line.lstrip().startswith("#"):
        return [line]
    start = re.match(r" *(return |[\w.\[\]]+ [+*]?= )?", line).end()
    if any(depth == 0 and cut >= start for cut, depth, *_ in _places(line)):
        line = f"{line[:start]}({line[start:]})"
    lines, columns = [], []
    while len(line) > WIDTH:
        chosen = _choice(line, columns)
        if chosen is None:
            break
        cut, open_columns = chosen
        lines.append(line[:cut].rstrip())
        line = " " * open_columns[-1] + line[cut:].lstrip()
        columns = open_columns
    return [*lines, line]


def _places(line: str, columns: Sequence[int] = ()) -> list[tuple[int, int, int, list[int]]]:
    """Where ``line`` may be broken: the place, how deep in brackets, its row in _BREAKS, and the columns where the
    brackets open there begin. ``columns`` are those of brackets open from the lines before.
    """
    open_columns, places = list(columns), []
    for column, char in enumerate(line):
        if char in "([{":
            open_columns.append(column + 1)
        elif char in ")]}":
            open_columns.pop()
        for rank, marks in enumerate(_BREAKS):
            if line.startswith(marks, column):
                cut = column + (2 if char == "," else 1)
                places.append((cut, len(open_columns), rank, list(open_columns)))
    return places


def _choice(line: str, columns: Sequence[int]) -> tuple[int, list[int]] | None:
    """The place in the fewest brackets that leaves a first part within WIDTH, the last of them."""
    possible = [place for place in _places(line, columns) if place[3] and place[3][-1] < place[0] <= WIDTH]
    if not possible:
        return None
    cut, *_, open_columns = min(possible, key=lambda place: (place[1], place[2], -place[0]))
    return cut, open_columns
