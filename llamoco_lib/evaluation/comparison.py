"""The comparison table: one row a method and split, each metric with its 95 % interval (DESIGN section 5).

Err. counts every run of the first programs (App. D). For Perf., log-regret and the feasible rate a failed run is
replaced by the same repetition of the repaired program; if that failed too it counts as no progress. This module
knows nothing of how runs were made.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from llamoco_lib import seeds
from llamoco_lib.benchmark.regret import log_regret, perf
from llamoco_lib.evaluation import metrics

SPLITS = {
    "eval unconstrained": {"split": "eval", "group": "unconstrained"},
    "eval constrained": {"split": "eval", "group": "constrained"},
    "eval": {"split": "eval"},
    "heldout": {"split": "heldout"},
}
METRICS = ("err", "rec", "perf", "comp", "log_regret", "feasible", "gap_closed")


UNIT = ["method", "problem_id", "question"]  # one first program


def final_runs(runs: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    """One row a first run, scored: ``err`` of the first attempt; perf, log_regret, feasible of what came of it.

    ``runs`` as in ``methods.RUN_COLUMNS``; ``references`` has problem_id, f0 and f_star (the label table does).
    """
    keys = [*UNIT, "repetition"]
    first = runs[runs["attempt"] == 0]
    repaired = runs.loc[(runs["attempt"] == 1) & (runs["status"] == "ok"), [*keys, "best_value", "feasible"]]
    frame = first.merge(repaired, on=keys, how="left", suffixes=("", "_repaired"), validate="one_to_one")
    frame = frame.merge(references[["problem_id", "f0", "f_star"]], on="problem_id", validate="many_to_one")
    err = (frame["status"] != "ok").to_numpy()
    after_repair = frame["best_value_repaired"].fillna(np.inf)
    value = np.where(err, after_repair, frame["best_value"])
    feasible = np.where(err, frame["feasible_repaired"].eq(True), frame["feasible"])
    return frame.drop(columns=["best_value_repaired", "feasible_repaired"]).assign(
        err=err.astype(float),
        final_value=value,
        perf=perf(value, frame["f0"], frame["f_star"]),
        log_regret=log_regret(value, frame["f0"], frame["f_star"]),
        feasible=feasible.astype(float),
    )


def program_costs(generations: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """One row a first program: ``comp``, its tokens (prompt and answer, repair turn included), and ``rec``.

    ``rec`` is nan for a program without a failed run, and where no repair turn was made.
    """
    failed = runs[runs["status"] != "ok"]
    erroneous = {
        attempt: set(map(tuple, failed.loc[failed["attempt"] == attempt, UNIT].values)) for attempt in (0, 1)
    }
    rows = []
    for unit, turns in generations.sort_values("attempt").groupby(UNIT, sort=False):
        comp = int(turns["n_prompt_tokens"].sum() + turns["n_new_tokens"].sum())
        rec = float("nan")
        if unit in erroneous[0] and len(turns) == 2:
            first, repaired = turns.iloc[0], turns.iloc[1]
            text = first["program"] if isinstance(first["program"], str) else first["text"]
            rec = metrics.recovery_cost(text, None if unit in erroneous[1] else repaired["program"])
        rows.append((*unit, turns["split"].iloc[0], turns["group"].iloc[0], comp, rec))
    return pd.DataFrame(rows, columns=[*UNIT, "split", "group", "comp", "rec"])


def _of_split(frame: pd.DataFrame, conditions: Mapping[str, str]) -> pd.DataFrame:
    for column, value in conditions.items():
        frame = frame[frame[column] == value]
    return frame


def _by_problem(frame: pd.DataFrame, column: str) -> dict[str, np.ndarray]:
    """The values of each problem, problems in order of id, nan left out."""
    frame = frame[frame[column].notna()].sort_values(["problem_id", "question"], kind="stable")
    return {problem_id: own[column].to_numpy(float) for problem_id, own in frame.groupby("problem_id")}


def comparison_table(
    scored: pd.DataFrame,
    costs: pd.DataFrame,
    n_resamples: int,
    root: int,
    splits: Mapping[str, Mapping[str, str]] = SPLITS,
) -> pd.DataFrame:
    """The tidy table of DESIGN section 5: method, split, n_problems, n_runs, and each metric with ``_lo``, ``_hi``.

    ``scored`` is what ``final_runs`` gives for all methods, ``costs`` what ``program_costs`` gives for the models. A
    method has a row in a split if it has runs in each of the split's groups. ``splits`` maps a row's name to the
    column values that select it. nan where a metric does not apply.
    """
    rows = []
    for split, conditions in splits.items():
        of_split, costs_of_split = _of_split(scored, conditions), _of_split(costs, conditions)
        groups = set(of_split["group"])
        for method in of_split["method"].unique():
            own = of_split[of_split["method"] == method]
            if set(own["group"]) != groups:
                continue
            own_costs = costs_of_split[costs_of_split["method"] == method]
            row = {"method": method, "split": split, "n_problems": own["problem_id"].nunique(), "n_runs": len(own)}
            for metric in METRICS:
                seed = seeds.sequence(root, "bootstrap", split, metric)
                if metric == "gap_closed":
                    estimate = _gap_closed(of_split, own, n_resamples, seed)
                else:
                    source = own_costs if metric in ("rec", "comp") else own
                    estimate = metrics.estimate(list(_by_problem(source, metric).values()), n_resamples, seed)
                row |= {metric: estimate.value, f"{metric}_lo": estimate.lo, f"{metric}_hi": estimate.hi}
            rows.append(row)
    return pd.DataFrame(rows)


def _gap_closed(
    of_split: pd.DataFrame, own: pd.DataFrame, n_resamples: int, seed: np.random.SeedSequence
) -> metrics.Interval:
    method = _by_problem(own, "log_regret")
    sbs, vbs = (_by_problem(of_split[of_split["method"] == name], "log_regret") for name in ("SBS", "VBS"))
    shared = [problem_id for problem_id in method if problem_id in sbs and problem_id in vbs]
    return metrics.gap_closed(*([table[i] for i in shared] for table in (method, sbs, vbs)), n_resamples, seed)


def status_shares(runs: pd.DataFrame, splits: Mapping[str, Mapping[str, str]] = SPLITS) -> pd.DataFrame:
    """How the runs of each method and attempt ended: columns method, split, attempt, status, n, share."""
    parts = []
    for split, conditions in splits.items():
        counts = (
            _of_split(runs, conditions)
            .groupby(["method", "attempt", "status"], sort=False)
            .size()
            .rename("n")
            .reset_index()
        )
        totals = counts.groupby(["method", "attempt"])["n"].transform("sum")
        parts.append(counts.assign(split=split, share=counts["n"] / totals))
    return pd.concat(parts, ignore_index=True)[["method", "split", "attempt", "status", "n", "share"]]
