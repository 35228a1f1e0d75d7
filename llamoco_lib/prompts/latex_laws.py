"""The laws of arithmetic by which an expression is rewritten for another LaTeX habit (paper, App. B, Fig. 4).

This module knows nothing of how an expression is written out.
"""

from llamoco_lib.prompts.expression import (
    Add,
    Element,
    Expression,
    Fold,
    Multiply,
    Negative,
    Number,
    add,
    is_negative,
    multiply,
    negative,
)
from llamoco_lib.prompts.expression_tree import rebuild, uses


def rewrite(node: Expression) -> Expression:
    """An equal expression: sums split and their constant factors taken out (distributive law), terms in the
    reverse order (commutative law), a common factor taken out.
    """
    match node:
        case Fold("sum", _, _, _, Add(terms)) if not any(isinstance(term, Fold) for term in terms):
            return rewrite(_gathered([_constant_out(node, term) for term in terms]))
        case Add((Multiply(factors), Negative(common))) if common in factors:
            rest = multiply(*(factor for factor in factors if factor != common))
            return multiply(common, add(rewrite(rest), Number(-1)))
        case Add(terms):
            return _gathered([rewrite(term) for term in reversed(terms)])
        case Element():
            return node
        case _:
            return rebuild(node, rewrite)


def _gathered(terms: list[Expression]) -> Expression:
    positive = [term for term in terms if not is_negative(term)]
    return add(*positive, *(term for term in terms if is_negative(term)))


def _constant_out(fold: Fold, term: Expression) -> Expression:
    """The sum of one term, its factors that do not depend on the index before the sign of the sum."""
    if isinstance(term, Negative):
        return negative(_constant_out(fold, term.value))
    if not uses(term, fold.index):
        return multiply(term, add(fold.upper, negative(fold.lower), Number(1)))
    factors = term.factors if isinstance(term, Multiply) else (term,)
    outside = [factor for factor in factors if not uses(factor, fold.index)]
    inside = [factor for factor in factors if uses(factor, fold.index)]
    return multiply(*outside, Fold("sum", fold.index, fold.lower, fold.upper, multiply(*inside)))
