"""Products and norms of vectors and matrices, as functions of a scope.

Points come in rows, so a vector that depends on x has shape (n, m) and a given one (m,); a matrix is always given.
This module knows nothing of LaTeX.
"""

import numpy as np

from llamoco_lib.prompts.latex_scope import Evaluate, Scope, Value


def turned(matrix: Evaluate) -> Evaluate:
    """A matrix transposed."""
    return lambda scope: matrix(scope).T


def scaled(right: Evaluate, left: Evaluate, right_is_array: bool, left_is_array: bool) -> Evaluate:
    """A number times an array, or times a number, at each point."""

    def evaluate(scope: Scope) -> Value:
        first, second = left(scope), right(scope)
        if right_is_array and np.ndim(first):
            first = np.asarray(first)[..., None]
        if left_is_array and np.ndim(second):
            second = np.asarray(second)[..., None]
        return first * second

    return evaluate


def inner(left: Evaluate, right: Evaluate) -> Evaluate:
    """The inner product of two vectors."""
    return lambda scope: np.sum(left(scope) * right(scope), axis=-1)


def mapped(matrix: Evaluate, vector: Evaluate, columns: int | None) -> Evaluate:
    """A matrix times a vector; ``columns`` is the length of a vector of equal numbers, given as one number."""

    def evaluate(scope: Scope) -> Value:
        values = vector(scope)
        values = np.full(columns, values) if np.ndim(values) == 0 else values
        return values @ matrix(scope).T

    return evaluate


def composed(first: Evaluate, second: Evaluate) -> Evaluate:
    """A matrix times a matrix."""
    return lambda scope: first(scope) @ second(scope)


def norm(vector: Evaluate, order: float) -> Evaluate:
    """The norm of a vector: Euclidean for 2, the largest absolute value for infinity, else the p-norm."""
    if order == np.inf:
        return lambda scope: np.max(np.abs(vector(scope)), axis=-1)
    if order == 2:
        return lambda scope: np.sqrt(np.sum(vector(scope) ** 2, axis=-1))
    return lambda scope: np.sum(np.abs(vector(scope)) ** order, axis=-1) ** (1 / order)
