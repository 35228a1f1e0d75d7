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


def portfolio(good_sets: Mapping[str, Sequence[str]], means: Mapping[str, float]) -> list[str]:
    """All configurations in portfolio order: greedily, the next is good on most problems not yet covered.

    ``good_sets`` maps a problem to its good set; ``means`` maps each configuration to its mean log-regret over those
    problems, which decides between equals and, once all problems are covered, orders the rest (then the key does).
    """
    order: list[str] = []
    uncovered = dict(good_sets)
    while len(order) < len(means):
        left = [key for key in means if key not in order]
        chosen = min(left, key=lambda key: (-sum(key in good for good in uncovered.values()), means[key], key))
        order.append(chosen)
        uncovered = {problem: good for problem, good in uncovered.items() if chosen not in good}
    return order


def label_table(
    problems: Sequence[Problem], runs: pd.DataFrame, configurations: Sequence[Configuration], rule: Rule
) -> tuple[pd.DataFrame, list[str], str]:
    """The labels of the problems of one group, the portfolio order and the single best solver (SBS).

    ``runs`` holds all runs of these problems; labels come from purpose ``label`` and from ``configurations`` alone.
    After a race only a configuration with as many runs on the problem as the one with most can be good on it or best.
    Portfolio order and SBS (the lowest mean log-regret over the ``comparable`` runs) come from train problems only.
    The label is the member of the good set that comes first in portfolio order; ``argmax_label`` is the paper's: the
    best mean, the first of equals in the order of ``configurations``. Raises ValueError without a train problem.
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
    means = {c.key: float(np.mean([samples[i][c.key][: fewest[i]].mean() for i in train])) for c in configurations}
    order = portfolio({i: good_sets[i] for i in train}, means)
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
    return pd.DataFrame(rows), order, min(means, key=lambda key: (means[key], key))


def _with_all_runs(samples: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The configurations that were not dropped from a race; all of them where there was none."""
    most = max(len(values) for values in samples.values())
    return {key: values for key, values in samples.items() if len(values) == most}
