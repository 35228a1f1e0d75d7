"""What instances are made of, and what making them took, as tables: basic functions F, constraint families Omega.

This module knows nothing of how instances are drawn or judged.
"""

from collections.abc import Collection, Sequence

import pandas as pd

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.synthesis import Accepted


def functions_table(heldout: Collection[str]) -> pd.DataFrame:
    """One row a basic function: tags, where the original has its optimum, citation, and whether it is held out."""
    rows = [
        {
            "function": name,
            "tags": ", ".join(function.tags),
            "optimum of the original": function.optimum,
            "held out": "held out" if name in heldout else "",
            "citation": function.citation,
        }
        for name, function in FUNCTIONS.items()
    ]
    return pd.DataFrame(rows)


def families_table(heldout: Collection[str]) -> pd.DataFrame:
    """One row a constraint family: its kind, its numbers, citation, and whether it is held out."""
    rows = [
        {
            "constraint": name,
            "kind": family.kind,
            "numbers": ", ".join(family.parameters),
            "held out": "held out" if name in heldout else "",
            "citation": family.citation,
        }
        for name, family in FAMILIES.items()
    ]
    return pd.DataFrame(rows)


def effort_table(accepted: Sequence[Accepted], seconds: float, jobs: int) -> pd.DataFrame:
    """One row: instances kept, draws rejected before them, and the wall time (seconds) of ``jobs`` processes."""
    rejected = sum(len(each.rejected) for each in accepted)
    return pd.DataFrame(
        {
            "instances kept": [len(accepted)],
            "draws rejected": [rejected],
            "share rejected": [rejected / (len(accepted) + rejected)],
            "processes at most": [jobs],
            "wall time (s)": [seconds],
            "an instance (ms)": [1000.0 * seconds / len(accepted)],
        }
    )
