"""Good sets, portfolio order and labels, from the table of runs (DESIGN section 4, "Label").

The score of a run is its log-regret; a run that failed or was stopped counts 0, no progress. No time stands
in these tables, so that they are the same bytes for any number of workers. This module knows nothing of how runs were
made.
"""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

from llamoco_lib.benchmark.reference import f_star
from llamoco_lib.benchmark.regret import log_regret
from llamoco_lib.optimizers import Configuration
from llamoco_lib.problems.spec import Problem


@dataclasses.dataclass(frozen=True)
class Rule:
    """When a configuration cannot be told from the best one of a problem.

    Either its mean log-regret is within ``tolerance`` decades of the best mean, or Welch's one-sided t test over the
    seeds does not find it worse at level ``alpha``.
    """

    tolerance: float
    alpha: float


def references(problems: Sequence[Problem], runs: pd.DataFrame) -> pd.DataFrame:
    """What each problem's values are normalised by: columns problem_id, f0, f_star, f_star_source."""
    by_problem = dict(list(runs.groupby("problem_id")))
    rows = []
    for problem in problems:
        best, source = f_star(problem, by_problem[problem.id])
        rows.append({"problem_id": problem.id, "f0": problem.f0, "f_star": best, "f_star_source": source})
    return pd.DataFrame(rows)


def scored(runs: pd.DataFrame, references: pd.DataFrame) -> pd.DataFrame:
    """The runs with a column ``log_regret``, by the f0 and f* of ``references`` (the label table will do)."""
    frame = runs.merge(references[["problem_id", "f0", "f_star"]], on="problem_id", validate="many_to_one")
    values = np.where(frame["status"] == "ok", frame["best_value"], np.inf)
    return frame.assign(log_regret=log_regret(values, frame["f0"], frame["f_star"])).drop(columns=["f0", "f_star"])


def comparable(label_runs: pd.DataFrame, configurations: Sequence[str]) -> pd.DataFrame:
    """The label runs of these configurations (keys), of each problem only the repetitions that all of them have.

    A race gives more runs to those that began well, so means over all runs would not compare like with like.
    """
    runs = label_runs[label_runs["configuration"].isin(set(configurations))]
    counts = runs.groupby(["problem_id", "configuration"]).size().groupby("problem_id").min()
    return runs[runs["repetition"] < runs["problem_id"].map(counts)]


def good_set(samples: Mapping[str, np.ndarray], rule: Rule) -> list[str]:
    """The configurations of one problem that cannot be told from the best, in the order of ``samples``.

    ``samples`` maps a configuration's key to its log-regrets, one a seed. The best is the lowest mean, the first of
    equals.
    """
    means = {key: float(np.mean(values)) for key, values in samples.items()}
    best = min(means, key=means.get)
    return [
        key
        for key, values in samples.items()
        if means[key] - means[best] <= rule.tolerance or _p_worse(values, samples[best]) > rule.alpha
    ]


def _p_worse(values: np.ndarray, best: np.ndarray) -> float:
    """p of Welch's test that ``values`` have no higher mean than ``best``; 0 with single seeds or no variance."""
    if len(values) < 2 or len(best) < 2:
        return 0.0
    errors = np.array([np.var(values, ddof=1) / len(values), np.var(best, ddof=1) / len(best)])
    if errors.sum() == 0.0:
        return 0.0
    freedom = errors.sum() ** 2 / (errors**2 / [len(values) - 1, len(best) - 1]).sum()
    return float(special.stdtr(freedom, (np.mean(best) - np.mean(values)) / np.sqrt(errors.sum())))


def cover(means: np.ndarray, size: int) -> tuple[list[int], list[float]]:
    """Columns of ``means`` (problems, configurations) in portfolio order, and the mean of the best after each choice.

    Next is the column that makes the mean over the problems of the best chosen log-regret least; between equals (to
    nine decimals) the one with the lower mean of its own, then the first.
    """
    order: list[int] = []
    losses: list[float] = []
    own = np.round(means.mean(axis=0), 9)
    best = np.zeros(len(means))  # log-regret of no progress
    while len(order) < min(size, means.shape[1]):
        together = np.round(np.minimum(best[:, None], means).mean(axis=0), 9)
        left = [place for place in range(means.shape[1]) if place not in order]
        chosen = min(left, key=lambda place: (together[place], own[place], place))
        order.append(chosen)
        best = np.minimum(best, means[:, chosen])
        losses.append(float(together[chosen]))
    return order, losses


def label_table(
    problems: Sequence[Problem], runs: pd.DataFrame, configurations: Sequence[Configuration], rule: Rule
) -> tuple[pd.DataFrame, list[str], str]:
    """The labels of the problems of one group, the portfolio order and the single best solver (SBS).

    ``runs`` holds all runs of these problems; labels come from purpose ``label`` and from ``configurations`` alone.
    After a race only a configuration with as many runs on the problem as the one with most can be good on it or best.
    Portfolio order and SBS (the lowest mean log-regret over the ``comparable`` runs) come from train problems only.
    The label is the member of the good set that comes first in portfolio order (``cover``); ``argmax_label`` is the
    paper's: the best mean, the first of equals in the order of ``configurations``. Raises ValueError without a train
    problem.
    """
    known = references(problems, runs)
    label_runs = scored(runs[runs["purpose"] == "label"], known)
    samples = {
        problem_id: {c.key: rows.loc[rows["configuration"] == c.key, "log_regret"].to_numpy() for c in configurations}
        for problem_id, rows in label_runs.groupby("problem_id")
    }
    whole = {problem_id: _with_all_runs(of_problem) for problem_id, of_problem in samples.items()}
    good_sets = {problem.id: good_set(whole[problem.id], rule) for problem in problems}
    train = [problem.id for problem in problems if problem.split == "train"]
    if not train:
        raise ValueError("no train problem among those to label, so there is no portfolio order")
    fewest = {i: min(len(values) for values in samples[i].values()) for i in train}
    keys = [c.key for c in configurations]
    means = np.array([[samples[i][key][: fewest[i]].mean() for key in keys] for i in train])
    order = [keys[place] for place in cover(means, len(keys))[0]]
    rows = []
    for problem, (_, facts) in zip(problems, known.iterrows(), strict=True):
        of_problem = {key: float(values.mean()) for key, values in whole[problem.id].items()}
        label = next(key for key in order if key in good_sets[problem.id])
        rows.append(
            {
                "problem_id": problem.id,
                "group": problem.group,
                "split": problem.split,
                "optimizer": Configuration.parse(label).optimizer,
                "label": label,
                "argmax_label": min(of_problem, key=of_problem.get),
                "good_set": [key for key in order if key in good_sets[problem.id]],
                "f0": facts["f0"],
                "f_star": facts["f_star"],
                "f_star_source": facts["f_star_source"],
                "label_log_regret": of_problem[label],
            }
        )
    return pd.DataFrame(rows), order, keys[int(means.mean(axis=0).argmin())]


def _with_all_runs(samples: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The configurations that were not dropped from a race; all of them where there was none."""
    most = max(len(values) for values in samples.values())
    return {key: values for key, values in samples.items() if len(values) == most}
