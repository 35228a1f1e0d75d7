"""The problem set P as files and as tables: what was kept, what was rejected and why, what the set is made of.

This module knows nothing of how instances are drawn or judged.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from llamoco_lib import records
from llamoco_lib.problems import draws, feasibility, synthesis
from llamoco_lib.problems.spec import Problem

QUALITY_COLUMNS = ["id", "draws", "f0", "optimum", "feasible_in_run", "feasible_method", "feasible_seed"]


def write(
    accepted: Sequence[synthesis.Accepted], folder: str | Path, reference: Sequence[Problem] = ()
) -> list[Path]:
    """Write ``problems.jsonl``, ``rejected.csv`` and ``quality.csv`` into ``folder``.

    The instances of the reference set, judged when that was made, come last and stand in the first file alone.
    Returns the paths, in that order.
    """
    folder = records.resolve(folder)
    problems = [*(each.problem for each in accepted), *reference]
    rejected = [dataclasses.asdict(rejection) for each in accepted for rejection in each.rejected]
    rejected_frame = pd.DataFrame(rejected, columns=["id", "attempt", "reason"])
    return [
        records.write_jsonl(folder / "problems.jsonl", (problem.to_json() for problem in problems)),
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
    """One row a kept instance: draws it took, start value, optimum, and how its feasible point was found.

    How is the run of the search, its method and its seed.
    """
    rows = [
        {
            "id": each.problem.id,
            "draws": each.attempt + 1,
            "f0": each.verdict.f0,
            "optimum": each.verdict.optimum,
            "feasible_in_run": each.verdict.run,
            "feasible_method": each.verdict.method,
            "feasible_seed": each.verdict.seed,
        }
        for each in accepted
    ]
    frame = pd.DataFrame(rows, columns=QUALITY_COLUMNS)
    return frame.astype({"feasible_in_run": "Int64", "feasible_seed": "Int64", "optimum": "float64"})


def feasibility_runs(accepted: Sequence[synthesis.Accepted]) -> pd.DataFrame:
    """How the feasible points of the kept constrained instances were found, one row a method.

    Columns: method, instances it found a point of, and the median, the 95 % quantile and the largest of the runs that
    those instances took.
    """
    frame = quality_frame(accepted)
    runs = frame[frame["feasible_in_run"].notna()].astype({"feasible_in_run": int}).groupby("feasible_method")
    runs = runs["feasible_in_run"]
    table = pd.DataFrame(
        {
            "instances": runs.size(),
            "median run": runs.median(),
            "95 % of runs": runs.quantile(0.95),
            "largest run": runs.max(),
        }
    )
    order = [name for name in (feasibility.START, *feasibility.METHODS) if name in table.index]
    return table.loc[order].rename_axis("method").reset_index()


def _statistics(problems: Sequence[Problem]) -> dict[str, object]:
    dimensions, budgets = [p.dimension for p in problems], [p.budget for p in problems]
    return {
        "instances": len(problems),
        "D": f"{min(dimensions)} to {max(dimensions)}",
        "mean K": round(float(np.mean([len(p.components) for p in problems])), 2),
        "rotated": sum(p.rotation_seed is not None for p in problems),
        "with an equality": sum(any(c.family in draws.EQUALITIES for c in p.constraints) for p in problems),
        "mean constraints": round(float(np.mean([len(p.constraints) for p in problems])), 2),
        "budget (FEs)": f"{min(budgets)} to {max(budgets)}",
        "known optimum": sum(p.optimum is not None for p in problems),
    }
