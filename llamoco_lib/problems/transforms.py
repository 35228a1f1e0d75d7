"""Shift, rotation and permutation of a problem, from their seeds: z = M^T (x - o), y = z[p] (paper A.3, CEC 2021).

The same arrays go to the evaluator and, as data by name, to whoever runs a writing. This module knows nothing of
functions or constraints.
"""

import numpy as np

from llamoco_lib.problems.spec import Problem

SHIFT_SHARE = 0.8  # the optimum lies in the inner 80 % of the box, as in CEC's suites


def shift(problem: Problem) -> np.ndarray:
    """The shift o, shape (D,): uniform in the inner 80 % of the box, or the origin where the problem has no shift."""
    if problem.shift_seed is None:
        return np.zeros(problem.dimension)
    lower, upper = problem.box
    offset = np.random.default_rng(problem.shift_seed).uniform(-SHIFT_SHARE, SHIFT_SHARE, problem.dimension)
    return (lower + upper) / 2.0 + offset * (upper - lower) / 2.0


def rotation(problem: Problem) -> np.ndarray | None:
    """The rotation M, shape (D, D): orthogonal, Haar-distributed (QR of a Gaussian matrix, signs fixed), or None."""
    if problem.rotation_seed is None:
        return None
    gaussian = np.random.default_rng(problem.rotation_seed).standard_normal((problem.dimension, problem.dimension))
    q, r = np.linalg.qr(gaussian)
    return q * np.sign(np.diag(r))


def permutation(problem: Problem) -> np.ndarray | None:
    """The permutation p of 0 .. D - 1 that deals the coordinates to a hybrid's segments, or None."""
    if problem.permutation_seed is None:
        return None
    return np.random.default_rng(problem.permutation_seed).permutation(problem.dimension)


def data(problem: Problem) -> dict[str, np.ndarray]:
    """The arrays that a writing of the problem refers to by name: those present of ``o``, ``M`` and ``p``."""
    arrays = {
        "o": shift(problem) if problem.shift_seed is not None else None,
        "M": rotation(problem),
        "p": permutation(problem),
    }
    return {name: array for name, array in arrays.items() if array is not None}
