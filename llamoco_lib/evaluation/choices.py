"""What a model chose: which optimizer and configuration its program is, and whether the literals were copied right.

A choice is good if it lies in the problem's good set, the configurations that cannot be told from the best (DESIGN
section 4, "Label"). This module knows nothing of how well a program did.
"""

from collections.abc import Mapping

import pandas as pd

from llamoco_lib.optimizers import Configuration, constants, identify, optimizer
from llamoco_lib.problems.spec import Problem

COPIED = ("DIM", "LOWER", "UPPER", "BUDGET")
OTHER = "other program"


def literals(program: str | None) -> dict[str, object]:
    """The top-level constants of a program; none where it does not parse."""
    try:
        return constants(program) if isinstance(program, str) else {}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}


def configuration_key(program: str | None) -> tuple[str, str | None]:
    """The optimizer of the pool that a program is, and its configuration's key.

    (``OTHER``, None) for a program that is none of the pool.
    """
    name = identify(program) if isinstance(program, str) else None
    if name is None:
        return OTHER, None
    found = literals(program)
    values = {parameter: found[parameter] for parameter in optimizer(name).hyperparameters if parameter in found}
    return name, Configuration(name, values).key


def copied(program: str | None, problem: Problem) -> dict[str, bool]:
    """Whether dimension, bounds and budget stand in the program as the prompt gave them, by constant."""
    found = literals(program)
    bounds = {
        name: list(b) if isinstance(b, tuple) else b
        for name, b in (("LOWER", problem.lower), ("UPPER", problem.upper))
    }
    wanted = {"DIM": problem.dimension, **bounds, "BUDGET": problem.budget}
    return {name: name in found and found[name] == wanted[name] for name in COPIED}


def choice_table(generations: pd.DataFrame, labels: pd.DataFrame, problems: Mapping[str, Problem]) -> pd.DataFrame:
    """One row a first program: what was chosen, what the label says, and the four literals.

    Columns method, problem_id, group, split, question, optimizer, configuration, label_optimizer, is_label,
    in_good_set, optimizer_in_good_set, and copied_dim, copied_lower, copied_upper, copied_budget.
    """
    by_problem = labels.set_index("problem_id")
    rows = []
    for row in generations[generations["attempt"] == 0].itertuples():
        label = by_problem.loc[row.problem_id]
        name, key = configuration_key(row.program)
        good = list(label["good_set"])
        right = copied(row.program, problems[row.problem_id])
        rows.append(
            {
                "method": row.method,
                "problem_id": row.problem_id,
                "group": row.group,
                "split": row.split,
                "question": row.question,
                "optimizer": name,
                "configuration": key,
                "label_optimizer": label["optimizer"],
                "is_label": key == label["label"],
                "in_good_set": key in good,
                "optimizer_in_good_set": name in {Configuration.parse(member).optimizer for member in good},
                **{f"copied_{constant.lower()}": right[constant] for constant in COPIED},
            }
        )
    return pd.DataFrame(rows)


def choice_shares(choices: pd.DataFrame) -> pd.DataFrame:
    """The shares of a choice table by method and split: identified, label, good set, each literal copied."""
    measured = choices.assign(identified=choices["optimizer"] != OTHER)
    columns = ["identified", "is_label", "in_good_set", "optimizer_in_good_set"]
    columns += [f"copied_{constant.lower()}" for constant in COPIED]
    grouped = measured.groupby(["method", "split"], sort=False)
    shares = grouped[columns].mean().reset_index()
    shares.insert(2, "n_programs", grouped.size().to_numpy())
    return shares
