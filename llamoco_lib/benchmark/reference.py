"""What f* is: the optimum in closed form where it is known, else the best value of any run (DESIGN, "Metrics").

Among the runs is a reference run of several times the budget, so that f* is not just what the compared methods
themselves found. This module knows nothing of labels.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from llamoco_lib.optimizers import Configuration
from llamoco_lib.problems.spec import Problem


def needs_reference(problem: Problem) -> bool:
    """Whether the problem's optimum is not known in closed form."""
    return problem.optimum is None


def best_of(rows: Sequence[Mapping[str, object]], chosen: Sequence[Configuration]) -> Configuration:
    """The configuration that a reference run repeats: best on average rank over the repetitions of the label runs.

    Runs are ranked by feasible value, those without one by violation behind all others; the first of equals wins.
    """
    frame = pd.DataFrame(rows)[["configuration", "repetition", "best_value", "violation"]]
    order = frame.sort_values(["repetition", "best_value", "violation"], kind="stable")
    ranks = order.assign(rank=order.groupby("repetition").cumcount()).groupby("configuration")["rank"].mean()
    return min(chosen, key=lambda configuration: ranks[configuration.key])


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
