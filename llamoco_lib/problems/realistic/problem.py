"""What a realistic problem is: an evaluator on rows, its writings, its budget and the values it is measured against.

It meets the ``Evaluator`` protocol of ``problems.evaluator``, so the counting wrapper, the confined runner and the
metrics treat it like a synthetic instance. Unlike a synthetic instance it has no spec: formula and writings are
written side by side in one module a problem, and a test holds them equal on random points. This module knows nothing
of how any of them is solved.
"""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

Rows = np.ndarray


@dataclasses.dataclass(frozen=True, eq=False)
class RealisticProblem:
    """One realistic problem: minimize f(x) over a box, with g(x) <= 0 and h(x) = 0.

    ``box_lower`` and ``box_upper`` are literals as a prompt prints them: one number for all coordinates or a tuple of
    D. ``rows`` maps points (n, D) to values (n,); ``constraint_rows`` maps them to g (n, Mg) and h (n, Mh).
    ``reference`` is f* and ``is_optimum`` says whether that is proven; ``f0`` is the value that Perf. and log-regret
    start from, found by ``problems.realistic.start``. ``writings`` maps a language ("python", "latex") to the problem
    as a user would write it; ``data`` holds the arrays that a writing names instead of printing.
    """

    id: str
    title: str
    source: str
    dimension: int
    budget: int
    box_lower: float | tuple[float, ...]
    box_upper: float | tuple[float, ...]
    rows: Callable[[Rows], np.ndarray]
    reference: float
    reference_source: str
    is_optimum: bool
    f0: float
    writings: Mapping[str, str]
    constraint_rows: Callable[[Rows], tuple[np.ndarray, np.ndarray]] | None = None
    n_inequality: int = 0
    n_equality: int = 0
    data: Mapping[str, np.ndarray] = dataclasses.field(default_factory=dict)

    @property
    def group(self) -> Literal["unconstrained", "constrained"]:
        """Which group of the optimizer pool solves it (paper, A.1)."""
        return "constrained" if self.n_inequality + self.n_equality else "unconstrained"

    @functools.cached_property
    def lower(self) -> np.ndarray:
        """Lower bounds, shape (D,)."""
        return np.full(self.dimension, self.box_lower, float)

    @functools.cached_property
    def upper(self) -> np.ndarray:
        """Upper bounds, shape (D,)."""
        return np.full(self.dimension, self.box_upper, float)

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """f at one point (D,), a float, or at points (n, D), an array (n,)."""
        x = np.asarray(x, float)
        return float(self.rows(x[None])[0]) if x.ndim == 1 else self.rows(x)

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """g and h at one point (D,): shapes (Mg,), (Mh,); at points (n, D): shapes (n, Mg), (n, Mh)."""
        x = np.asarray(x, float)
        points = np.atleast_2d(x)
        if self.constraint_rows is None:
            g, h = np.zeros((len(points), 0)), np.zeros((len(points), 0))
        else:
            g, h = self.constraint_rows(points)
        return (g[0], h[0]) if x.ndim == 1 else (g, h)

    def with_budget(self, budget: int) -> "RealisticProblem":
        """The same problem with another budget in function evaluations (FEs)."""
        return dataclasses.replace(self, budget=budget)
