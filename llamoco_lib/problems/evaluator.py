"""The evaluator of a problem: objective and constraints as trusted numbers, for one point or a batch of points.

Float64 throughout; no counting, no projection on the box, no budget: those are ``counting``'s. This module knows
nothing of programs, optimizers or writings.
"""

from typing import Protocol

import numpy as np

from llamoco_lib.problems import transforms
from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem


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
    """The evaluator of a synthetic problem, from its spec alone (paper, eqs. 1 and 2)."""

    def __init__(self, problem: Problem):
        self.id = problem.id
        self.dimension = problem.dimension
        self.budget = problem.budget
        self.lower, self.upper = problem.box
        self._shift = transforms.shift(problem)
        self._rotation = transforms.rotation(problem)
        self._permutation = transforms.permutation(problem)
        self._components = [self._component(component, problem) for component in problem.components]
        self._inequalities = _kernels(problem, "inequality")
        self._equalities = _kernels(problem, "equality")
        self.n_inequality = len(self._inequalities)
        self.n_equality = len(self._equalities)

    @staticmethod
    def _component(component: Component, problem: Problem) -> tuple:
        if component.function not in FUNCTIONS:
            known = ", ".join(sorted(FUNCTIONS))
            raise ValueError(f"problem {problem.id}: no basic function {component.function!r}; known: {known}")
        kernel = FUNCTIONS[component.function].kernel
        segment = slice(component.start, component.stop) if problem.kind == "hybrid" else None
        return kernel, component.weight, segment

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """The objective: (D,) -> float, (n, D) -> (n,)."""
        rows = x[None, :] if x.ndim == 1 else x
        with np.errstate(all="ignore"):
            z = rows - self._shift
            if self._rotation is not None:
                z = z @ self._rotation
            if self._permutation is not None:
                z = z[:, self._permutation]
            values = 0.0
            for kernel, weight, segment in self._components:
                values = values + weight * kernel(z if segment is None else z[:, segment])
        return float(values[0]) if x.ndim == 1 else values

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The constraints: (D,) -> (g (Mg,), h (Mh,)), (n, D) -> (g (n, Mg), h (n, Mh))."""
        rows = x[None, :] if x.ndim == 1 else x
        g, h = _columns(self._inequalities, rows), _columns(self._equalities, rows)
        return (g[0], h[0]) if x.ndim == 1 else (g, h)


def _kernels(problem: Problem, kind: str) -> list[tuple]:
    for constraint in problem.constraints:
        _check(constraint, problem.id)
    families = [(FAMILIES[constraint.family], constraint.parameters) for constraint in problem.constraints]
    return [(family.kernel, dict(parameters)) for family, parameters in families if family.kind == kind]


def _check(constraint: Constraint, problem_id: str) -> None:
    if constraint.family not in FAMILIES:
        raise ValueError(
            f"problem {problem_id}: no constraint family {constraint.family!r}; known: {', '.join(sorted(FAMILIES))}"
        )
    wanted = FAMILIES[constraint.family].parameters
    if set(constraint.parameters) != set(wanted):
        given = ", ".join(constraint.parameters) or "none"
        raise ValueError(f"problem {problem_id}: {constraint.family} takes {', '.join(wanted)}; given: {given}")


def _columns(kernels: list[tuple], rows: np.ndarray) -> np.ndarray:
    values = np.empty((len(rows), len(kernels)))
    for column, (kernel, parameters) in enumerate(kernels):
        values[:, column] = kernel(rows, **parameters)
    return values


def evaluator_of(problem: Problem) -> Evaluator:
    """The evaluator of a problem spec.

    Raises ValueError where the spec names an unknown function or constraint family, or a family's numbers are wrong.
    """
    return ProblemEvaluator(problem)
