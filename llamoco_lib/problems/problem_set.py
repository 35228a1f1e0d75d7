"""The problem set P as files and as tables: what was kept, what was rejected and why, what the set is made of.

This module knows nothing of how instances are drawn or judged.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from llamoco_lib import records
from llamoco_lib.problems import synthesis
from llamoco_lib.problems.spec import Problem


def write(accepted: Sequence[synthesis.Accepted], folder: str | Path) -> list[Path]:
    """Write ``problems.jsonl``, ``rejected.csv`` and ``quality.csv`` into ``folder``.

    Returns their paths, in that order.
    """
    folder = records.resolve(folder)
    rejected = [dataclasses.asdict(rejection) for each in accepted for rejection in each.rejected]
    rejected_frame = pd.DataFrame(rejected, columns=["id", "attempt", "reason"])
    return [
        records.write_jsonl(folder / "problems.jsonl", (each.problem.to_json() for each in accepted)),
        records.write_text(folder / "rejected.csv", rejected_frame.to_csv(index=False)),
        records.write_text(folder / "quality.csv", quality_frame(accepted).to_csv(index=False)),
    ]


def read(folder: str | Path) -> list[Problem]:
    """The problem set that ``write`` left in ``folder``."""
    return [Problem.from_json(value) for value in records.read_jsonl(records.resolve(folder) / "problems.jsonl")]


def summary(problems: Sequence[Problem]) -> pd.DataFrame:
    """One row a split and group: instances, dimensions, components, constraints, budgets and known optima."""
    rows = []
    for split in ("train", "eval", "heldout"):
        for group in ("unconstrained", "constrained"):
            chosen = [p for p in problems if (p.split, p.group) == (split, group)]
            if chosen:
                rows.append({"split": split, "group": group, **_statistics(chosen)})
    return pd.DataFrame(rows)


def rejections(accepted: Sequence[synthesis.Accepted]) -> pd.DataFrame:
    """How many draws were rejected for each reason, the most frequent first; which twin a draw had is left out."""
    reasons = [r.reason.split(" as ")[0] for each in accepted for r in each.rejected]
    return pd.Series(reasons, name="reason", dtype=str).value_counts().rename("draws").reset_index()


def quality_frame(accepted: Sequence[synthesis.Accepted]) -> pd.DataFrame:
    """One row a kept instance: draws it took, start value, optimum, and the run and seed that found it feasible."""
    rows = [
        {
            "id": each.problem.id,
            "draws": each.attempt + 1,
            "f0": each.verdict.f0,
            "optimum": each.verdict.optimum,
            "feasible_in_run": each.verdict.runs,
            "feasible_seed": each.verdict.seed,
        }
        for each in accepted
    ]
    return pd.DataFrame(rows).astype({"feasible_in_run": "Int64", "feasible_seed": "Int64", "optimum": "float64"})


def _statistics(problems: Sequence[Problem]) -> dict[str, object]:
    dimensions, budgets = [p.dimension for p in problems], [p.budget for p in problems]
    return {
        "instances": len(problems),
        "D": f"{min(dimensions)} to {max(dimensions)}",
        "mean K": round(float(np.mean([len(p.components) for p in problems])), 2),
        "rotated": sum(p.rotation_seed is not None for p in problems),
        "with an equality": sum(any(c.family in synthesis.EQUALITIES for c in p.constraints) for p in problems),
        "mean constraints": round(float(np.mean([len(p.constraints) for p in problems])), 2),
        "budget (FEs)": f"{min(budgets)} to {max(budgets)}",
        "known optimum": sum(p.optimum is not None for p in problems),
    }
