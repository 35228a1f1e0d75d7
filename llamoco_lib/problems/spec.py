"""The statement of a problem: a small JSON-able value from which evaluator and writings come (DESIGN principle 2).

A problem minimizes f(x) over a box, with g(x) <= 0 and h(x) = 0 (paper, eq. 1). With the shift ``o`` and the
rotation ``M``, both drawn from their seeds, z = M^T (x - o). The objective is, by ``kind`` (paper, eq. 2):

- basic:        f(x) = f_1(z)
- composition:  f(x) = sum_k w_k f_k(z)
- hybrid:       f(x) = sum_k w_k f_k(y[start_k:stop_k]),  y = z[p], p a permutation drawn from its seed

Every basic function has its optimum at z = 0 with value 0, so an instance without constraints has its optimum at o,
with value 0, in closed form. Constraints are functions of x itself. This module knows nothing of how anything is
computed.
"""

import dataclasses
from collections.abc import Mapping
from typing import Literal

import numpy as np

Kind = Literal["basic", "composition", "hybrid"]
Split = Literal["train", "eval", "heldout"]

GROUPS = ("unconstrained", "constrained")  # the groups of problems, each with optimizers of its own (paper, A.1)
FEASIBILITY_TOLERANCE = 1e-4  # |h| <= 1e-4, as in the CEC competitions on constrained optimization


@dataclasses.dataclass(frozen=True)
class Component:
    """One basic function: its name, its weight and, in a hybrid, its segment [start, stop) of y."""

    function: str
    weight: float = 1.0
    start: int = 0
    stop: int | None = None


@dataclasses.dataclass(frozen=True)
class Constraint:
    """One constraint: its family (a key of ``problems.constraints.FAMILIES``) and that family's numbers."""

    family: str
    parameters: Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class Problem:
    """One instance p of the problem set P.

    ``lower`` and ``upper`` are one number for all coordinates or a tuple of D. ``budget`` is in function evaluations
    (FEs). ``optimum`` is f at the optimum where it is known in closed form, else None. ``f0`` is the value that Perf.
    and log-regret start from: the best of 20 seeded uniform points, or with constraints the value of the first
    feasible point that quality control found (DESIGN section 4). ``split`` is decided by problem at synthesis.
    """

    id: str
    kind: Kind
    dimension: int
    lower: float | tuple[float, ...]
    upper: float | tuple[float, ...]
    components: tuple[Component, ...]
    budget: int
    shift_seed: int | None = None
    rotation_seed: int | None = None
    permutation_seed: int | None = None
    constraints: tuple[Constraint, ...] = ()
    optimum: float | None = None
    f0: float | None = None
    split: Split = "train"

    @property
    def group(self) -> Literal["unconstrained", "constrained"]:
        """Which group of the optimizer pool solves it (paper, A.1)."""
        return "constrained" if self.constraints else "unconstrained"

    @property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bounds, each of shape (D,)."""
        return np.full(self.dimension, self.lower, float), np.full(self.dimension, self.upper, float)

    def to_json(self) -> dict:
        """A value that ``json.dumps`` takes and ``from_json`` gives back."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: Mapping) -> "Problem":
        """The problem of a JSON value.

        Raises TypeError where a field is missing or unknown (the message names it).
        """
        value = dict(value)
        for bound in ("lower", "upper"):
            if isinstance(value.get(bound), list):
                value[bound] = tuple(value[bound])
        value["components"] = tuple(Component(**component) for component in value["components"])
        value["constraints"] = tuple(Constraint(**constraint) for constraint in value.get("constraints", ()))
        return cls(**value)
