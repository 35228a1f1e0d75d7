"""A problem in LaTeX, ours or written by hand, as an evaluator: an objective and constraints that can be called.

The text is cut into statements: the objective, definitions of vectors (``z = M^T (x - o)``, ``y_i = z_{p_i}``), of
functions (``f_1(u) = ...``) and of numbers, constraints, bounds. The decision vector is ``x``, the dimension ``D`` or
``n``, indices count from 1. Nothing is guessed: what has no reading or two raises LatexError, which points at the
token. This module knows nothing of the writers, so that it tests them independently.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from llamoco_lib.prompts.latex_document import Document
from llamoco_lib.prompts.latex_statements import statements
from llamoco_lib.prompts.latex_text import LatexError

__all__ = ["LatexError", "LatexProblem", "read"]


@dataclasses.dataclass(frozen=True)
class LatexProblem:
    """A problem read from LaTeX; it meets the Evaluator protocol of ``problems.evaluator``."""

    id: str
    dimension: int
    budget: int
    lower: np.ndarray
    upper: np.ndarray
    n_inequality: int
    n_equality: int
    _evaluate: Callable[[np.ndarray, str], list[np.ndarray]] = dataclasses.field(repr=False)

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """f at one point (D,) as a float, or at n points (n, D) as (n,)."""
        points = self._points(x)
        values = self._evaluate(points, "objective")[0]
        return float(values[0]) if np.ndim(x) == 1 else values

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(g, h) at one point, (Mg,) and (Mh,), or at n points, (n, Mg) and (n, Mh)."""
        points = self._points(x)
        g, h = (
            np.stack(columns, axis=1) if columns else np.empty((len(points), 0))
            for columns in (self._evaluate(points, "inequality"), self._evaluate(points, "equality"))
        )
        return (g[0], h[0]) if np.ndim(x) == 1 else (g, h)

    def _points(self, x: np.ndarray) -> np.ndarray:
        points = np.atleast_2d(np.asarray(x, float))
        if points.ndim != 2 or points.shape[1] != self.dimension:
            raise ValueError(f"x has shape {np.shape(x)}; valid: ({self.dimension},) or (n, {self.dimension})")
        return points


def read(
    text: str,
    dimension: int,
    lower: float | Sequence[float] | None = None,
    upper: float | Sequence[float] | None = None,
    budget: int = 1000,
    data: Mapping[str, np.ndarray] | None = None,
    id: str = "latex",
) -> LatexProblem:
    """The problem that ``text`` states.

    ``lower`` and ``upper`` are one number or D; where None they are taken from the text (``-5 \\le x_i \\le 5``
    or ``x_i \\in [-5, 5]``). ``data`` are the arrays and numbers that the text uses by name (``W``, or ``W_0``,
    ``W_1``); an integer array holds positions from 0, as in Python, and is read as positions from 1. Raises
    LatexError for what cannot be read, and ValueError for missing bounds.
    """
    document = Document(dimension, data or {})
    for statement in statements(text):
        document.take(statement)
    evaluate, counts = document.finish()
    box = []
    for side, given in enumerate((lower, upper)):
        bound = document.bounds[side] if given is None else np.full(dimension, given, float)
        if np.isnan(bound).any():
            name = ("lower", "upper")[side]
            raise ValueError(
                f"the text gives no {name} bound for every coordinate; pass {name}, or write -5 \\le x_i \\le 5"
            )
        box.append(bound)
    problem = LatexProblem(id, dimension, budget, box[0], box[1], *counts, evaluate)
    middle = (box[0] + box[1]) / 2
    problem.objective(middle)  # shows an index out of range or a vector without end before anything is run
    problem.constraints(middle)
    return problem
