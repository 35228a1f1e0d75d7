"""Names in Python writings: kept from clashing, and another author's names for the same things.

This module knows nothing of what a name stands for, but for the letters that all writings use.
"""

import re

from llamoco_lib import seeds
from llamoco_lib.prompts.expression import Definition, Element, Expression, Name, Stated
from llamoco_lib.prompts.expression_tree import rebuild

_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")  # a name, but no attribute and no exponent of a literal

# What other authors call what our writings call f, x, ...; "#" stands for the number of f1, g2, ...
CHOICES: dict[str, tuple[str, ...]] = {
    "f": ("objective", "cost", "fitness", "func", "loss", "evaluate", "fun"),
    "constraints": ("constraints", "cons", "constraint_values", "restrictions"),
    "x": ("x", "v", "params", "theta", "sol", "point", "position"),
    "D": ("n", "dim", "d", "N", "size", "n_vars"),
    "o": ("shift", "offset", "x_opt", "xopt", "center", "origin"),
    "M": ("R", "rotation", "Q", "rot", "A"),
    "p": ("perm", "order", "permutation", "idx"),
    "z": ("z", "t", "xs", "moved", "y", "xr"),
    "y": ("y", "mixed", "shuffled", "xp"),
    "u": ("seg", "part", "block", "u"),
    "u#": ("seg#", "part#", "block#", "u#"),
    "f#": ("term#", "obj#", "func#", "val#", "F#", "c#"),
    "g": ("g", "ineq", "G", "leq"),
    "h": ("h", "eq", "H", "eqs"),
    "g#": ("g#", "ineq#", "c#", "leq#"),
    "h#": ("h#", "eq#", "ceq#", "eq#"),
    "s#": ("tmp#", "val#", "S#", "r#"),
    "p#": ("prod#", "mul#", "pr#"),
    "m#": ("max#", "best#", "largest#"),
    "i": ("i", "k", "idx", "n", "r"),
    "j": ("j", "q", "m", "jj"),
    "k": ("k", "m", "level"),
    "w": ("w", "ys", "new", "q"),
    "s": ("s", "S", "tmp", "aux"),
    "t": ("t", "T", "b", "q"),
    **dict.fromkeys(("xi", "zi", "yi", "ui", "wi", "ti", "vi", "ii"), ("v", "val", "a", "c", "el", "xj", "item")),
}
TOGETHER = {"h": "g", "h#": "g#", "u#": "u"}  # the same author names these alike


class Names:
    """The names that one block of source has used, so that a new one can differ."""

    def __init__(self):
        self._taken: set[str] = set()

    def fresh(self, name: str) -> str:
        """``name``, or with the first number from 2 on that makes it new."""
        stem, chosen, count = name.rstrip("0123456789"), name, 1
        while chosen in self._taken:
            count += 1
            chosen = f"{stem}{count}"
        self._taken.add(chosen)
        return chosen

    def numbered(self, letter: str) -> str:
        """``letter`` with the first number from 1 on that makes it new."""
        count = 1
        while f"{letter}{count}" in self._taken:
            count += 1
        self._taken.add(f"{letter}{count}")
        return f"{letter}{count}"


def distinct(stated: Stated, names: Names) -> Stated:
    """The statement with a fresh name for everything it defines."""
    definitions: list[Definition] = []
    chosen: dict[str, str] = {}

    def changed(node: Expression) -> Expression:
        match node:
            case Name(text) if text in chosen:
                return Name(chosen[text])
            case Element(vector, index) if vector in chosen:
                return Element(chosen[vector], changed(index))
        return rebuild(node, changed)

    for definition in stated.definitions:
        value = changed(definition.value)
        chosen[definition.name] = names.fresh(definition.name)
        definitions.append(Definition(chosen[definition.name], value, definition.index, definition.upper))
    return Stated(tuple(definitions), changed(stated.value))


def other_names(source: str, author: str) -> dict[str, str]:
    """The names another author gives what ``source`` names, by ours; those the author keeps are left out.

    ``author`` decides, the same in every process. No two names of ours become one.
    """
    generator = seeds.generator(0, "names", author)
    words = list(dict.fromkeys(_WORD.findall(source)))
    chosen: dict[str, str] = {}
    habits = {key: int(generator.integers(len(choices))) for key, choices in CHOICES.items()}
    habits |= {key: habits[other] for key, other in TOGETHER.items()}
    for word in words:
        key = re.sub(r"\d+$", "#", word) if word not in CHOICES else word
        if key not in CHOICES:
            continue
        digits = word[len(key) - 1 :] if key.endswith("#") else ""
        taken = set(words) - {word} | set(chosen.values())
        candidates = [choice.replace("#", digits) for choice in (CHOICES[key][habits[key]], *CHOICES[key])]
        chosen[word] = next((name for name in candidates if name not in taken), word)
    return {word: name for word, name in chosen.items() if name != word}


def rewritten(source: str, names: dict[str, str]) -> str:
    """``source`` with every name that is a key of ``names`` replaced."""
    return _WORD.sub(lambda match: names.get(match[0], match[0]), source)
