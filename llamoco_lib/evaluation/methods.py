"""The methods that a model is held against, from the benchmark's score runs (fresh seeds, so no winner's curse).

- SBS: the configuration that is best on average over the train problems of the group.
- VBS: for each problem the configuration that was best in its label runs.
- label: for each problem its label, what a model that learnt its lesson perfectly would answer.
- random configuration: any configuration of the portfolio, each as often; all their runs stand for it.
- always dual annealing, always BIPOP-CMA-ES: that optimizer's configuration, the first in portfolio order.

This module knows nothing of models.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from llamoco_lib.optimizers import Configuration

ALWAYS = {"always dual annealing": "dual_annealing", "always BIPOP-CMA-ES": "bipop_cma_es"}
POOL_METHODS = ("SBS", "VBS", "label", "random configuration", *ALWAYS)
IN_PROCESS = "in process"

RUN_COLUMNS = (
    "method",
    "problem_id",
    "group",
    "split",
    "question",
    "attempt",
    "repetition",
    "status",
    "message",
    "line",
    "best_value",
    "violation",
    "feasible",
    "fes",
    "seconds",
    "backend",
    "trace",
)


def chosen(method: str, labels: pd.DataFrame, portfolio: Mapping) -> dict[str, list[str]]:
    """The configurations that a pool method runs on each problem: problem id -> keys.

    ``labels`` is the label table and ``portfolio`` the JSON value of stage 02. A problem for whose group the method
    has no configuration is left out. Raises ValueError for an unknown method.
    """
    if method not in POOL_METHODS:
        raise ValueError(f"unknown pool method {method!r}; valid: {', '.join(POOL_METHODS)}")
    picks = {}
    for row in labels.itertuples():
        order = portfolio[row.group]
        if method == "SBS":
            keys = [portfolio["sbs"][row.group]]
        elif method == "VBS":
            keys = [row.argmax_label]
        elif method == "label":
            keys = [row.label]
        elif method == "random configuration":
            keys = list(order)
        else:
            keys = [key for key in order if Configuration.parse(key).optimizer == ALWAYS[method]][:1]
        if keys:
            picks[row.problem_id] = keys
    return picks


def pool_runs(
    runs: pd.DataFrame, labels: pd.DataFrame, portfolio: Mapping, problem_ids: Sequence[str]
) -> pd.DataFrame:
    """The score runs of every pool method on the problems, in ``RUN_COLUMNS``.

    ``runs`` is stage 02's table. A run that failed or hit the wall limit has that as its status. Raises ValueError
    where a problem has no score runs of a configuration that a method wants.
    """
    wanted = labels[labels["problem_id"].isin(set(problem_ids))]
    scores = runs[(runs["purpose"] == "score") & runs["problem_id"].isin(set(problem_ids))]
    groups = dict(list(scores.groupby(["problem_id", "configuration"], sort=False)))
    parts = []
    for method in POOL_METHODS:
        for problem_id, keys in chosen(method, wanted, portfolio).items():
            missing = [key for key in keys if (problem_id, key) not in groups]
            if missing:
                raise ValueError(f"problem {problem_id} has no score runs of {missing[0]}, which {method} needs")
            part = pd.concat([groups[problem_id, key] for key in keys], ignore_index=True)
            parts.append(part.assign(method=method, repetition=range(len(part))))
    frame = pd.concat(parts, ignore_index=True).rename(columns={"reason": "message"})
    frame = frame.assign(
        status=frame["status"].replace("failed", "runtime"), question=0, attempt=0, line=None, backend=IN_PROCESS
    )
    return frame[list(RUN_COLUMNS)]
