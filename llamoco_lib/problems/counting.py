"""The truth about a run: budget, bounds, function evaluations (FEs), feasibility, best value, trace.

One FE is one point, its objective and all its constraints together (DESIGN principle 3). This module knows nothing of
who asks: the benchmark calls it in process, the confined runner on behalf of a program that it does not trust.
"""

import dataclasses
import functools
import math
import time

import numpy as np

from llamoco_lib.problems.evaluator import Evaluator
from llamoco_lib.problems.spec import FEASIBILITY_TOLERANCE

TRACE_POINTS = 30

Evaluated = tuple[np.ndarray, np.ndarray, np.ndarray]  # objective (n,), g (n, Mg), h (n, Mh)
_NONE = np.empty(0)


class BudgetExhausted(BaseException):
    """No FE is left. A BaseException, so that a program's ``except Exception`` cannot swallow it."""


@dataclasses.dataclass(frozen=True)
class RunResult:
    """What a run reached.

    ``best_value`` is the best feasible value (inf if there was none). ``best_point`` is where it was seen, or where
    the total violation was smallest if no point was feasible (None without an evaluation). ``violation`` is the
    smallest total violation seen. ``trace`` holds the best feasible value after each of ``trace_fes(budget)`` FEs;
    where the run ended earlier, its last value stays. ``seconds`` were spent in here, evaluating and counting.
    """

    best_value: float
    best_point: tuple[float, ...] | None
    violation: float
    feasible: bool
    fes: int
    trace: tuple[float, ...]
    seconds: float = dataclasses.field(compare=False)


@functools.cache
def trace_fes(budget: int) -> tuple[int, ...]:
    """The FEs at which a trace is taken: 30 log-spaced numbers from 1 to ``budget``, rounded, without repeats."""
    return tuple(int(fes) for fes in np.unique(np.round(np.geomspace(1, budget, TRACE_POINTS))))


def violation(g: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Total violation of rows of constraints: (n, Mg), (n, Mh) -> (n,); zero where feasible, inf where not finite."""
    excess = np.maximum(np.abs(h) - FEASIBILITY_TOLERANCE, 0.0)
    total = np.maximum(g, 0.0).sum(axis=1) + excess.sum(axis=1)
    return np.where(np.isfinite(total), total, np.inf)


class CountingEvaluator:
    """Wraps an evaluator for one run.

    Points outside the box are projected on it; a non-finite value counts as +inf; a repeat of the point or batch just
    evaluated is free, be it asked for its objective or its constraints. ``budget`` (FEs) is the problem's own unless
    given.
    """

    def __init__(self, evaluator: Evaluator, budget: int | None = None):
        self.evaluator = evaluator
        self.budget = evaluator.budget if budget is None else budget
        if self.budget < 1:
            raise ValueError(f"budget of {evaluator.id} is {self.budget} FEs; it must be at least 1")
        self.fes = 0
        self._seconds = 0.0
        self._constrained = evaluator.n_inequality + evaluator.n_equality > 0
        self._best_value = math.inf
        self._best_point: np.ndarray | None = None
        self._violation = math.inf
        self._checkpoints = trace_fes(self.budget)
        self._next_checkpoint: int | None = self._checkpoints[0]
        self._trace: list[float] = []
        self._last_key: bytes | None = None
        self._last: Evaluated | None = None

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """The objective, (D,) -> float or (n, D) -> (n,).

        Raises BudgetExhausted where no FE is left for it, ValueError for another shape.
        """
        rows, single = self._rows(x)
        values = self._evaluated(rows)[0]
        return float(values[0]) if single else values.copy()

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The constraints, (D,) -> (g (Mg,), h (Mh,)) or (n, D) -> (g (n, Mg), h (n, Mh)).

        Raises as ``objective`` does.
        """
        rows, single = self._rows(x)
        _, g, h = self._evaluated(rows)
        return (g[0].copy(), h[0].copy()) if single else (g.copy(), h.copy())

    def result(self) -> RunResult:
        """What the run has reached by now."""
        padding = [self._best_value] * (len(self._checkpoints) - len(self._trace))
        return RunResult(
            best_value=self._best_value,
            best_point=None if self._best_point is None else tuple(self._best_point.tolist()),
            violation=self._violation,
            feasible=self._best_value < math.inf,
            fes=self.fes,
            trace=tuple(self._trace + padding),
            seconds=self._seconds,
        )

    def _rows(self, x: np.ndarray) -> tuple[np.ndarray, bool]:
        """``x`` as rows (n, D) projected on the box, and whether it was a single point."""
        x = np.asarray(x, dtype=float)
        dimension = self.evaluator.dimension
        if x.ndim not in (1, 2) or x.shape[-1] != dimension:
            raise ValueError(
                f"x has shape {x.shape}; problem {self.evaluator.id} takes ({dimension},) or (n, {dimension})"
            )
        projected = np.minimum(np.maximum(x, self.evaluator.lower), self.evaluator.upper)
        return (projected[None, :], True) if x.ndim == 1 else (projected, False)

    def _evaluated(self, rows: np.ndarray) -> Evaluated:
        """Objective (n,) and constraints (n, Mg), (n, Mh) of projected rows: from memory, or for n FEs."""
        key = rows.tobytes()
        if key == self._last_key:
            return self._last
        started = time.perf_counter()
        affordable = rows[: self.budget - self.fes]
        evaluated = self._count_point(affordable[0]) if len(affordable) == 1 else self._count_batch(affordable)
        self._seconds += time.perf_counter() - started
        if len(affordable) < len(rows):
            raise BudgetExhausted(f"the budget of {self.budget} FEs is used up")
        self._last_key, self._last = key, evaluated
        return evaluated

    def _count_point(self, x: np.ndarray) -> Evaluated:
        """Evaluate and book one point (D,): ``_count_batch`` for one row, without its array overhead."""
        value = float(self.evaluator.objective(x))
        value = value if math.isfinite(value) else math.inf
        g = h = _NONE
        total = 0.0
        if self._constrained:
            g, h = self.evaluator.constraints(x)
            total = sum(max(v, 0.0) for v in g.tolist())
            total += sum(max(abs(v) - FEASIBILITY_TOLERANCE, 0.0) for v in h.tolist())
            if not math.isfinite(total):
                g, h, total = np.where(np.isnan(g), np.inf, g), np.where(np.isnan(h), np.inf, h), math.inf
        self._book(x, value if total == 0.0 else math.inf, total)
        self.fes += 1
        if self._next_checkpoint == self.fes:
            self._trace_reached(self._best_value)
        return np.array([value]), g[None, :], h[None, :]

    def _count_batch(self, rows: np.ndarray) -> Evaluated:
        """Evaluate and book n rows (n, D), n of 0 included."""
        if not len(rows):
            return np.empty(0), np.empty((0, self.evaluator.n_inequality)), np.empty((0, self.evaluator.n_equality))
        before = self._best_value
        values = np.asarray(self.evaluator.objective(rows), dtype=float)
        values = np.where(np.isfinite(values), values, np.inf)
        g = h = np.empty((len(rows), 0))
        if self._constrained:
            g, h = (np.where(np.isnan(c), np.inf, c) for c in self.evaluator.constraints(rows))
        totals = violation(g, h)
        feasible_values = np.where(totals == 0.0, values, np.inf)
        best = int(feasible_values.argmin()) if np.isfinite(feasible_values).any() else int(totals.argmin())
        self._book(rows[best], float(feasible_values[best]), float(totals.min()))
        first, self.fes = self.fes, self.fes + len(rows)
        running = np.minimum(np.minimum.accumulate(feasible_values), before)
        while self._next_checkpoint is not None and self._next_checkpoint <= self.fes:
            self._trace_reached(float(running[self._next_checkpoint - first - 1]))
        return values, g, h

    def _book(self, x: np.ndarray, feasible_value: float, total: float) -> None:
        """Keep a better feasible value with its point; until there is one, the point of the smallest violation."""
        if feasible_value < self._best_value:
            self._best_value, self._best_point = feasible_value, x.copy()
        elif self._best_point is None or (self._best_value == math.inf and total < self._violation):
            self._best_point = x.copy()
        self._violation = min(self._violation, total)

    def _trace_reached(self, best_value: float) -> None:
        self._trace.append(best_value)
        left = self._checkpoints[len(self._trace) :]
        self._next_checkpoint = left[0] if left else None
