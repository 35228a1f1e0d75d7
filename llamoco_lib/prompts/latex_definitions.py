"""Which definitions of a statement a LaTeX writing shows, and under which names, so that no two of them clash.

This module knows nothing of how an expression is written out.
"""

from collections.abc import Callable

from llamoco_lib.prompts.expression import Definition, Element, Expression, Name, Stated
from llamoco_lib.prompts.expression_tree import replaced, walk

SPARE_NAMES = ("w", "v", "t", "s", "a", "b", "c", "q", "r", "m", "l", r"\xi", r"\eta", r"\zeta", r"\nu", r"\kappa")
SHORT = 18  # nodes: what all uses of a definition, put in place, may add to a formula

Keep = Callable[[Definition, int], bool]  # of a definition and how often it is used


def all_shown(definition: Definition, times: int) -> bool:
    """Show every definition."""
    return True


def long_shown(definition: Definition, times: int) -> bool:
    """Show a definition that would make the formula long."""
    return times * sum(1 for _ in walk(definition.value)) > SHORT


def shown(stated: Stated, taken: set[str], keep: Keep) -> Stated:
    """The statement with the definitions that ``keep`` wants, under names not in ``taken``; the others are put in
    their places. The names used are added to ``taken``.
    """
    waiting, value, kept = list(stated.definitions), stated.value, []
    while waiting:
        definition = waiting.pop(0)
        change = definition
        if keep(definition, sum(_uses(node, definition) for node in (value, *(each.value for each in waiting)))):
            name = _free_name(definition.name, taken, {each.name for each in waiting})
            taken.add(name)
            kept.append(Definition(name, definition.value, definition.index, definition.upper))
            renamed = Name(name) if definition.index is None else Element(name, definition.index)
            change = Definition(definition.name, renamed, definition.index, definition.upper)
        value = replaced(value, change)
        waiting = [Definition(each.name, replaced(each.value, change), each.index, each.upper) for each in waiting]
    return Stated(tuple(kept), value)


def _free_name(name: str, taken: set[str], waiting: set[str]) -> str:
    """``name``, or a spare one where it is taken; never one that a definition still ``waiting`` has."""
    return name if name not in taken else next(each for each in SPARE_NAMES if each not in taken | waiting)


def _uses(node: Expression, definition: Definition) -> int:
    if definition.index is None:
        return sum(each == Name(definition.name) for each in walk(node))
    return sum(isinstance(each, Element) and each.vector == definition.name for each in walk(node))
