"""Statements with more definitions: inner folds taken out of outer ones, and main parts given names.

This module knows nothing of how a statement is written out.
"""

from llamoco_lib.prompts.expression import (
    Call,
    Definition,
    Element,
    Expression,
    Fold,
    Name,
    Number,
    Power,
    Stated,
)
from llamoco_lib.prompts.expression_tree import rebuild, walk
from llamoco_lib.prompts.python_names import Names

LONG = 12  # nodes of a body from which on it gets a name of its own
_FOLDS = {"product": "product", "max": "largest"}
_CALLS = {"sin": "sines", "cos": "cosines", "abs": "sizes"}


def flat(stated: Stated) -> Stated:
    """The statement with definitions for folds inside folds, but for running sums; its value stays the same."""
    names = Names()
    definitions = list(stated.definitions)

    def without_inner(node: Expression, outer: Fold | None) -> Expression:
        if not isinstance(node, Fold):
            return rebuild(node, lambda child: without_inner(child, outer))
        if outer is None:
            body = without_inner(node.body, node)
            return Fold(node.kind, node.index, node.lower, node.upper, body)
        if isinstance(node.body, Element) or outer.lower != Number(1):
            return node
        name = names.fresh("inner")
        definitions.append(Definition(name, node, outer.index, outer.upper))
        return Element(name, outer.index)

    value = without_inner(stated.value, None)  # fills definitions
    return Stated(tuple(definitions), value)


def named(stated: Stated) -> Stated:
    """The statement with definitions for its outermost folds and for their long bodies; its value stays the same."""
    names = Names()
    definitions = list(stated.definitions)
    found: dict[Fold, Name] = {}

    def with_terms(fold: Fold) -> Fold:
        if fold.lower != Number(1) or isinstance(fold.body, Element):
            return fold
        name = names.fresh(_of_terms(fold.body))
        definitions.append(Definition(name, fold.body, fold.index, fold.upper))
        return Fold(fold.kind, fold.index, fold.lower, fold.upper, Element(name, fold.index))

    def without_folds(node: Expression) -> Expression:
        if not isinstance(node, Fold):
            return rebuild(node, without_folds)
        if node not in found:
            found[node] = Name(names.fresh(_of_fold(node)))
            long = sum(1 for _ in walk(node.body)) >= LONG
            value = with_terms(node) if long else node
            definitions.append(Definition(found[node].text, value))
        return found[node]

    value = with_terms(stated.value) if isinstance(stated.value, Fold) else without_folds(stated.value)
    return Stated(tuple(definitions), value)


def _of_fold(fold: Fold) -> str:
    if fold.kind != "sum":
        return _FOLDS[fold.kind]
    if isinstance(fold.body, Power) and fold.body.exponent == Number(2):
        return "square_sum"
    return f"{fold.body.function}_sum" if isinstance(fold.body, Call) else "total"


def _of_terms(body: Expression) -> str:
    if isinstance(body, Power) and body.exponent == Number(2):
        return "squares"
    return _CALLS.get(body.function, "terms") if isinstance(body, Call) else "terms"
