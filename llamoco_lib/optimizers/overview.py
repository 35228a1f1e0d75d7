"""The pool as tables: what each optimizer is made of and licensed under, and its grid (paper, Tables 5 and 6).

This module knows nothing of how optimizers do.
"""

import importlib.metadata

import pandas as pd

from llamoco_lib.optimizers.grids import grid
from llamoco_lib.optimizers.pool_files import pool

PERMISSIVE = ("BSD-3-Clause", "Apache-2.0", "MIT")


def asset_table() -> pd.DataFrame:
    """One row an optimizer: where it comes from, under which licence (paper, Table 5).

    ``permissive libraries`` says whether a program of this optimizer needs libraries under permissive licences only.
    """
    rows = [
        {
            "optimizer": entry.title,
            "group": entry.group,
            "provider": entry.provider,
            "version": "" if entry.provider == "own" else importlib.metadata.version(entry.provider),
            "licence": entry.licence,
            "permissive libraries": entry.provider == "own" or entry.licence in PERMISSIVE,
            "in the paper's pool": entry.origin == "paper",
            "citation": entry.citation,
        }
        for entry in pool()
    ]
    return pd.DataFrame(rows).sort_values(["group", "optimizer"], ascending=[False, True], ignore_index=True)


def grid_table() -> pd.DataFrame:
    """One row a hyper-parameter: its values, its default and the size of the optimizer's normal grid (Table 6)."""
    rows = [
        {
            "optimizer": entry.title,
            "group": entry.group,
            "hyperparameter": name,
            "values": ", ".join(str(value) for value in values.values),
            "default": str(values.default),
            "configurations": len(grid(entry, "normal")),
        }
        for entry in pool()
        for name, values in entry.hyperparameters.items()
    ]
    return pd.DataFrame(rows).sort_values(
        ["group", "optimizer"], ascending=[False, True], kind="stable", ignore_index=True
    )
