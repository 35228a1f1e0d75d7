"""What the runs of a benchmark say in few numbers: single best and virtual best solver, failures (DESIGN, "Metrics").

Reported scores come from score runs, on seeds that no label was decided with. This module knows nothing of figures.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from llamoco_lib.benchmark.labels import scored

NEAR = 1e-6  # of f0 - f*: so near an f* that nobody proved, a second run confirms it


def choices(runs: pd.DataFrame, labels: pd.DataFrame, portfolio: Mapping) -> pd.DataFrame:
    """Mean log-regret of fresh runs, one row a problem and a way to choose a configuration.

    Columns problem_id, group, split, choice, log_regret; ``choice`` is VBS (the best on these very runs), label,
    argmax label or SBS. Only eval and held-out problems appear, the SBS having been chosen on the others.
    """
    fresh = scored(runs[runs["purpose"] == "score"], labels)
    means = fresh.groupby(["problem_id", "configuration"])["log_regret"].mean()
    rows = []
    for row in labels[(labels["split"] != "train") & labels["problem_id"].isin(fresh["problem_id"])].itertuples():
        of_problem = means[row.problem_id]
        values = {
            "VBS": of_problem.min(),
            "label": of_problem[row.label],
            "argmax label": of_problem[row.argmax_label],
            "SBS": of_problem[portfolio["sbs"][row.group]],
        }
        rows += [
            {
                "problem_id": row.problem_id,
                "group": row.group,
                "split": row.split,
                "choice": name,
                "log_regret": value,
            }
            for name, value in values.items()
        ]
    return pd.DataFrame(rows, columns=["problem_id", "group", "split", "choice", "log_regret"])


def gap_table(chosen: pd.DataFrame) -> pd.DataFrame:
    """Mean log-regret of each choice by group and split, and what is to be gained: ``gap`` = SBS - VBS in decades."""
    means = chosen.pivot_table(index=["group", "split"], columns="choice", values="log_regret", sort=False)
    counts = chosen.groupby(["group", "split"])["problem_id"].nunique().rename("n_problems")
    table = counts.to_frame().join(means).reset_index()
    return table.assign(gap=table["SBS"] - table["VBS"])


def f_star_table(runs: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    """Where f* comes from: one row a group and source, with the number of problems and how sure it is.

    ``confirmed`` is the share of the problems on which a second run came within NEAR of f0 - f* of an f* that is only
    the best of all runs; nan for a closed form.
    """
    known = runs.merge(labels[["problem_id", "f0", "f_star", "f_star_source"]], on="problem_id")
    near = known["best_value"] - known["f_star"] <= NEAR * (known["f0"] - known["f_star"])
    reached = near.groupby(known["problem_id"]).sum()
    table = labels.assign(confirmed=(labels["problem_id"].map(reached) >= 2).astype(float))
    table.loc[table["f_star_source"] == "closed form", "confirmed"] = np.nan
    grouped = table.groupby(["group", "f_star_source"], sort=False)
    return grouped.agg(problems=("problem_id", "size"), confirmed=("confirmed", "mean")).reset_index()


def cost_table(runs: pd.DataFrame) -> pd.DataFrame:
    """One row an optimizer: what its label and score runs cost and how they ended.

    Columns group, optimizer, runs; means over the runs: fes, seconds (wall time); over all its FEs: fes_per_second,
    microseconds_per_fe, and share_outside, the share of the wall time that was not spent evaluating and counting but
    by the optimizer itself; the share that ended feasible; how many failed or were stopped. A run that died or was
    killed counts with the wall time it took and no FE.
    """
    grouped = runs[runs["purpose"] != "reference"].groupby(["group", "optimizer"], sort=False)
    table = grouped.agg(
        runs=("fes", "size"),
        fes=("fes", "mean"),
        seconds=("seconds", "mean"),
        feasible=("feasible", "mean"),
        failed=("status", lambda status: int((status == "failed").sum())),
        stopped=("status", lambda status: int((status == "timeout").sum())),
    )
    total = grouped[["fes", "seconds", "evaluation_seconds"]].sum()
    table.insert(2, "microseconds_per_fe", 1e6 * total["seconds"] / total["fes"])
    table.insert(3, "fes_per_second", total["fes"] / total["seconds"])
    table.insert(5, "share_outside", 1.0 - total["evaluation_seconds"] / total["seconds"])
    return table.reset_index()
