"""Features of a problem's statement, for plain learners: numbers that a reader of the prompt can see.

Nothing is evaluated, and what a prompt does not show is left out: known optimum, f0, the values of shifts and
rotations. This module knows nothing of runs, labels or learners.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS, TAGS
from llamoco_lib.problems.spec import Problem

KINDS = ("basic", "composition", "hybrid")


def feature_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """The features of the problems: one row a problem (index ``problem_id``, in the given order), float columns.

    The columns are the same for every problem set, since they come from the tables of functions, tags and constraint
    families. ``function_<name>`` is the share of a basic function in the objective: its weight, times its segment's
    share of the coordinates, as a part of the sum over all components; ``tag_<name>`` is the share of the functions
    with that landscape tag. ``family_<name>`` counts constraints. Widths of the box and budgets are log10. Raises
    ValueError which names the problem, where it has a function or constraint family that is not in those tables.
    """
    index = pd.Index([problem.id for problem in problems], name="problem_id", dtype="str")
    return pd.DataFrame([_features(problem) for problem in problems], index=index, columns=_columns(), dtype=float)


def _columns() -> list[str]:
    numbers = ["dimension", "log_budget", "log_budget_a_coordinate", "components", "rotated", "shifted"]
    box = ["log_width_min", "log_width_mean", "log_width_max", "per_coordinate_bounds"]
    counts = ["constraints", "inequalities", "equalities"]
    named = [("kind", KINDS), ("function", FUNCTIONS), ("tag", TAGS), ("family", FAMILIES)]
    return [*numbers, *box, *counts, *(f"{prefix}_{name}" for prefix, names in named for name in names)]


def _features(problem: Problem) -> dict[str, float]:
    lower, upper = problem.box
    log_widths = np.log10(upper - lower)
    found = dict.fromkeys(_columns(), 0.0) | {
        "dimension": problem.dimension,
        "log_budget": np.log10(problem.budget),
        "log_budget_a_coordinate": np.log10(problem.budget / problem.dimension),
        "components": len(problem.components),
        "rotated": problem.rotation_seed is not None,
        "shifted": problem.shift_seed is not None,
        "log_width_min": log_widths.min(),
        "log_width_mean": log_widths.mean(),
        "log_width_max": log_widths.max(),
        "per_coordinate_bounds": isinstance(problem.lower, tuple),
        f"kind_{problem.kind}": 1.0,
    }
    for name, share in _shares(problem).items():
        found[f"function_{name}"] = share
        for tag in FUNCTIONS[name].tags:
            found[f"tag_{tag}"] += share
    for constraint in problem.constraints:
        if constraint.family not in FAMILIES:
            known = ", ".join(FAMILIES)
            raise ValueError(f"problem {problem.id}: no constraint family {constraint.family!r}; known: {known}")
        found["constraints"] += 1
        found["equalities" if FAMILIES[constraint.family].kind == "equality" else "inequalities"] += 1
        found[f"family_{constraint.family}"] += 1
    return found


def _shares(problem: Problem) -> dict[str, float]:
    """The part of each basic function in the objective; the parts add up to 1."""
    parts: dict[str, float] = {}
    for component in problem.components:
        if component.function not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise ValueError(f"problem {problem.id}: no basic function {component.function!r}; known: {known}")
        stop = problem.dimension if component.stop is None else component.stop
        part = component.weight * (stop - component.start) / problem.dimension
        parts[component.function] = parts.get(component.function, 0.0) + part
    return {name: part / sum(parts.values()) for name, part in parts.items()}
