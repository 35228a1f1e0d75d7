"""What f* is: the optimum in closed form where it is known, else the best value of any run (DESIGN, "Metrics").

Among the runs are reference runs of many times the budget, by optimizers that do not depend on what is compared. With
too weak ones f* is what the luckiest of the compared runs found, and that run is scored as if it had solved the
problem. This module knows nothing of labels.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from llamoco_lib.optimizers import Configuration, grid, optimizer
from llamoco_lib.problems.spec import Problem

# Runs of each optimizer of the pool, a global and a local method a group, both fast enough for such budgets.
SOLVERS = {
    "unconstrained": {"bipop_cma_es": 2, "multistart_l_bfgs_b": 1},
    "constrained": {"heco_de": 2, "multistart_slsqp": 1},
}


def needs_reference(problem: Problem) -> bool:
    """Whether the problem's optimum is not known in closed form."""
    return problem.optimum is None


def reference_solvers(group: str) -> dict[Configuration, int]:
    """The configurations that make the reference runs of a group, at their defaults, and how many runs of each."""
    return {grid(optimizer(name), "default")[0]: runs for name, runs in SOLVERS[group].items()}


def best_known(problem: Problem, values: Iterable[float]) -> float:
    """The optimum in closed form, else the least of the problem's f0 and these feasible values (inf: none).

    Raises ValueError where the problem has no f0.
    """
    if problem.f0 is None:
        raise ValueError(f"problem {problem.id} has no f0; synthesis and its quality control give one")
    return float(min([problem.f0, *values]) if problem.optimum is None else problem.optimum)


def f_star(problem: Problem, runs: pd.DataFrame) -> tuple[float, str]:
    """f* of a problem and where it comes from: ``closed form``, ``reference run`` or ``best run``.

    ``runs`` are all runs of this problem. Every feasible value counts, of failed runs too, and so does the problem's
    f0 (the first feasible point), named ``best run`` as well. Raises as ``best_known``.
    """
    best = best_known(problem, runs["best_value"])
    if problem.optimum is not None:
        return best, "closed form"
    reference = runs.loc[runs["purpose"] == "reference", "best_value"].min()
    return best, "reference run" if np.isfinite(reference) and reference <= best else "best run"
