"""Standard test functions under the library's evaluator protocol: BBOB by ioh, CEC 2021 by minionpy's compiled code.

This module knows nothing of optimizers or of tables.
"""

from typing import Protocol

import numpy as np

BBOB = {  # the functions in use, by their number in the suite
    1: "sphere",
    2: "ellipsoid, separable",
    3: "Rastrigin, separable",
    8: "Rosenbrock",
    10: "ellipsoid, rotated",
    15: "Rastrigin, rotated",
    21: "Gallagher, 101 peaks",
}
CEC2021 = {2: 1100.0, 3: 700.0, 5: 1700.0}  # number -> optimum, with bias, shift and rotation (configuration 111)


class Standard(Protocol):
    """An evaluator (``llamoco_lib.problems.evaluator``) whose optimum value is known."""

    optimum: float


class _Base:
    """What the functions have in common: a box with equal bounds and no constraints."""

    n_inequality = 0
    n_equality = 0

    def __init__(self, name: str, dimension: int, budget: int, bound: float, optimum: float):
        self.id = f"{name} D{dimension}"
        self.dimension, self.budget, self.optimum = dimension, budget, optimum
        self.lower, self.upper = np.full(dimension, -bound), np.full(dimension, bound)

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """The objective: (D,) -> float, (n, D) -> (n,)."""
        values = np.asarray(self.values(np.atleast_2d(x).tolist()), float)
        return float(values[0]) if np.ndim(x) == 1 else values

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """None at all, in the shapes of the protocol."""
        none = np.empty((*np.shape(x)[:-1], 0))
        return none, none


class Bbob(_Base):
    """A noiseless BBOB function, instance 1 (Hansen et al., 2009), on [-5, 5]^D."""

    def __init__(self, number: int, dimension: int, budget: int):
        import ioh

        self.values = ioh.get_problem(number, 1, dimension, ioh.ProblemClass.BBOB)
        super().__init__(f"BBOB f{number}", dimension, budget, 5.0, self.values.optimum.y)


class Cec2021(_Base):
    """A function of CEC 2021 with bias, shift and rotation (the same as CEC 2020's), on [-100, 100]^D, D 10 or 20."""

    def __init__(self, number: int, dimension: int, budget: int):
        from minionpy.cec import CEC2020Functions

        self.values = CEC2020Functions(number, dimension)
        super().__init__(f"CEC 2021 F{number}", dimension, budget, 100.0, CEC2021[number])


def title(suite: str, number: int) -> str:
    """A function as a table names it, such as ``BBOB f1 sphere``."""
    return f"BBOB f{number} {BBOB[number]}" if suite == "bbob" else f"CEC 2021 F{number}"


def standard(suite: str, number: int, dimension: int, budget: int) -> Standard:
    """The evaluator of a function of ``bbob`` or ``cec2021``."""
    return {"bbob": Bbob, "cec2021": Cec2021}[suite](number, dimension, budget)
