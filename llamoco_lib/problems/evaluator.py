"""The evaluator of a problem: objective and constraints as trusted numbers, for one point or a batch of points.

Float64 throughout; no counting, no projection on the box, no budget: those are ``counting``'s. This module knows
nothing of programs, optimizers or writings.
"""

from typing import Protocol

import numpy as np

from llamoco_lib.problems import kernels, transforms
from llamoco_lib.problems.constraint_kernels import constraint_values
from llamoco_lib.problems.constraints import FAMILIES, arrays
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Problem


class Evaluator(Protocol):
    """What the library asks of a problem: a synthetic one, a realistic one, or the user's own.

    ``objective`` maps (D,) -> float and (n, D) -> (n,); ``constraints`` maps (D,) -> (g (Mg,), h (Mh,)) and
    (n, D) -> (g (n, Mg), h (n, Mh)). A point is feasible where g <= 0 and |h| <= ``spec.FEASIBILITY_TOLERANCE``.
    """

    id: str
    dimension: int
    budget: int
    lower: np.ndarray
    upper: np.ndarray
    n_inequality: int
    n_equality: int

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """The objective at one point or at each row."""

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The inequality and the equality constraints at one point or at each row."""


class ProblemEvaluator:
    """The evaluator of a synthetic problem, from its spec alone (paper, eqs. 1 and 2).

    The arrays of the instance go to one compiled function for all instances (``kernels.objective``).
    """

    def __init__(self, problem: Problem):
        self.id = problem.id
        self.dimension = problem.dimension
        self.budget = problem.budget
        self.lower, self.upper = problem.box
        self._arrays = (*_movement(problem), *_components(problem))
        self._codes, self._numbers, self.n_inequality = _constraints(problem)
        self.n_equality = self._codes.size - self.n_inequality

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """The objective: (D,) -> float, (n, D) -> (n,). Raises ValueError for another shape."""
        rows, single = self._rows(x)
        values = kernels.objective(rows, *self._arrays)
        return values.item() if single else values

    def _rows(self, x: np.ndarray) -> tuple[np.ndarray, bool]:
        """``x`` as rows (n, D) of the one array type that is compiled for, and whether it was a single point."""
        x = np.asarray(x, np.float64)
        if not x.flags.carray:  # contiguous, aligned and writeable
            x = x.copy("C")
        if x.ndim not in (1, 2) or x.shape[-1] != self.dimension:
            raise ValueError(
                f"x has shape {x.shape}; problem {self.id} takes ({self.dimension},) or (n, {self.dimension})"
            )
        return (x[None, :], True) if x.ndim == 1 else (x, False)

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The constraints: (D,) -> (g (Mg,), h (Mh,)), (n, D) -> (g (n, Mg), h (n, Mh))."""
        rows, single = self._rows(x)
        values = constraint_values(rows, self._codes, self._numbers)
        values = values[0] if single else values
        return values[..., : self.n_inequality], values[..., self.n_inequality :]


def _movement(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shift, rotation and permutation as ``kernels.objective`` takes them."""
    rotation, permutation = transforms.rotation(problem), transforms.permutation(problem)
    if rotation is not None and permutation is not None:
        rotation, permutation = rotation[:, permutation], None
    return (
        transforms.shift(problem),
        np.empty((0, 0)) if rotation is None else np.ascontiguousarray(rotation),
        np.empty(0, np.int64) if permutation is None else permutation.astype(np.int64),
    )


def _components(problem: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Codes, weights, starts and stops of the components as ``kernels.objective`` takes them."""
    for component in problem.components:
        if component.function not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise ValueError(f"problem {problem.id}: no basic function {component.function!r}; known: {known}")
    whole = (0, problem.dimension)
    segments = [(part.start, part.stop) if problem.kind == "hybrid" else whole for part in problem.components]
    for start, stop in segments:
        if not 0 <= start <= stop - 2 <= problem.dimension - 2:
            raise ValueError(
                f"problem {problem.id}: segment [{start}, {stop}) is not two or more of the {problem.dimension} "
                "coordinates"
            )
    return (
        np.array([kernels.CODES[part.function] for part in problem.components], np.int64),
        np.array([part.weight for part in problem.components], np.float64),
        np.array([start for start, _ in segments], np.int64),
        np.array([stop for _, stop in segments], np.int64),
    )


def _constraints(problem: Problem) -> tuple[np.ndarray, np.ndarray, int]:
    """Codes and numbers of the constraints, inequalities first, and how many of them are inequalities."""
    try:
        arrays(problem.constraints)  # all families and numbers are right
    except ValueError as error:
        raise ValueError(f"problem {problem.id}: {error}") from error
    inequalities = [part for part in problem.constraints if FAMILIES[part.family].kind == "inequality"]
    equalities = [part for part in problem.constraints if FAMILIES[part.family].kind == "equality"]
    return *arrays(inequalities + equalities), len(inequalities)


def evaluator_of(problem: Problem) -> Evaluator:
    """The evaluator of a problem spec. The first call on a machine compiles for some seconds, then the cache is used.

    Raises ValueError where the spec names an unknown function or constraint family, or a family's numbers are wrong.
    """
    return ProblemEvaluator(problem)
