"""Can the labels be learnt? A random forest on the features of the statement predicts them, in cross-validation.

The portfolio-order label is held against the plain argmax label (the paper's), by how often the forest predicts it
and by what following the forest's choice loses in fresh runs. Labels with one frequent value are easy to predict, so
each accuracy stands beside that of always answering the most frequent label. A second forest learns from the labels
as tuning does, with every optimizer equally often (paper, eq. 5), and a third learns no label but whole good sets.
This module knows nothing of how labels were decided, and nothing of language models.
"""

import itertools
from collections.abc import Mapping, Sequence

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.utils import compute_sample_weight

from llamoco_lib import seeds
from llamoco_lib.benchmark.labels import scored
from llamoco_lib.benchmark.spec_features import feature_table
from llamoco_lib.problems.spec import GROUPS, Problem

RULES = {"portfolio order": "label", "argmax": "argmax_label"}
GOOD_SET = "good set"  # no label: how likely each configuration is a member, and the likeliest is the answer
DIFFERENCE = "portfolio order minus argmax"
DIFFERENCES = {DIFFERENCE: (*RULES,), "good set minus argmax": (GOOD_SET, "argmax")}
WEIGHTS = ("alike", "eq. 5")  # of the instances that a forest learns from
MEASURES = {
    "accuracy": "the forest's choice is the label",
    "majority_accuracy": "the most frequent label is the label",
    "accuracy_over_majority": "accuracy minus majority_accuracy",
    "in_good_set": "the forest's choice is in the good set",
    "behind_vbs": "decades that the forest's choice is behind the VBS",
    "behind_sbs": "decades that the forest's choice is behind the SBS; negative is better than it",
    "majority_behind_vbs": "decades that the most frequent label is behind the VBS",
    "label_behind_vbs": "decades that the label itself is behind the VBS",
    "sbs_behind_vbs": "decades that the SBS is behind the VBS",
}
COLUMNS = ["group", "weights", "labels", "measure", "value", "lo", "hi", "n_problems"]
TREES = 100
REPEATS = 3  # of the cross-validation: one alone moves a loss by more than the two rules differ
RESAMPLES = 2000
LEVEL = 0.95


def learnability(
    problems: Sequence[Problem],
    runs: pd.DataFrame,
    labels: pd.DataFrame,
    portfolio: Mapping,
    folds: int,
    root: int,
    jobs: int = 1,
) -> pd.DataFrame:
    """How well the labels of each group are learnt: one row a group, weighting, label rule and measure (COLUMNS).

    ``weights`` is one of WEIGHTS; ``labels`` is a key of RULES, GOOD_SET (of which only what following it loses is
    told), or one of DIFFERENCES, a paired difference. ``measure`` is ``configurations``, the number of distinct
    labels in use, or one of MEASURES, whose ``value`` is the mean over the problems. ``lo`` and ``hi`` are its 95 %
    percentile bootstrap interval over problems (nan for ``configurations``). There is no row of a group that
    ``predictions`` leaves out. Raises as ``predictions``.
    """
    told = predictions(problems, runs, labels, portfolio, folds, root, jobs)
    rows = []
    for (group, weights), own in told.groupby(["group", "weights"], sort=False):
        tables = dict(list(own.groupby("labels", sort=False)))
        used = {name: tables[name]["label"].nunique() for name in RULES}
        used[DIFFERENCE] = used["portfolio order"] - used["argmax"]
        values = {name: table.groupby("problem_id")[list(MEASURES)].mean() for name, table in tables.items()}
        paired = {name: pair for name, pair in DIFFERENCES.items() if values.keys() >= set(pair)}
        values |= {name: values[one] - values[other] for name, (one, other) in paired.items()}
        for name, table in values.items():
            if name in used:
                rows.append((group, weights, name, "configurations", float(used[name]), np.nan, np.nan, len(table)))
            for measure, column in table.dropna(axis="columns").items():
                stream = seeds.generator(root, "learnability interval", group, name, measure)
                bounds = interval(column.to_numpy(), stream)
                rows.append((group, weights, name, measure, column.mean(), *bounds, len(table)))
    return pd.DataFrame(rows, columns=COLUMNS)


def predictions(
    problems: Sequence[Problem],
    runs: pd.DataFrame,
    labels: pd.DataFrame,
    portfolio: Mapping,
    folds: int,
    root: int,
    jobs: int = 1,
) -> pd.DataFrame:
    """What a forest answers on each problem when it is in the test fold: a row a problem, weighting, rule and repeat.

    Columns group, problem_id, weights (one of WEIGHTS), labels (a key of RULES, or GOOD_SET), repeat, label,
    predicted, and the MEASURES of the problem (0 or 1, or decades of log-regret, the mean of the score runs; nan
    where GOOD_SET has no label to measure by). ``runs``, ``labels`` and ``portfolio`` are those of stage 02; VBS and
    SBS are of the configurations in ``portfolio``, and the VBS is the best one on these very score runs. Problems
    without score runs are left out, and so is a group with fewer than ``2 * folds`` others. ``jobs`` worker processes
    change nothing in it. Raises ValueError for fewer than two folds, and where a problem has score runs but not of
    every configuration of its group.
    """
    if folds < 2:
        raise ValueError(f"learnability: folds = {folds}; cross-validation takes at least 2")
    fresh = scored(runs[runs["purpose"] == "score"], labels)
    means = fresh.pivot_table(index="problem_id", columns="configuration", values="log_regret", aggfunc="mean")
    known = labels[labels["problem_id"].isin(means.index)].sort_values("problem_id").set_index("problem_id")
    features = feature_table(problems)
    columns = ["group", "problem_id", "weights", "labels", "repeat", "label", "predicted", *MEASURES]
    tables = [pd.DataFrame(columns=columns)]
    for group in GROUPS:
        of_group = known[known["group"] == group]
        if len(of_group) < 2 * folds:
            continue
        scores = _complete(means.reindex(index=of_group.index, columns=portfolio[group]))
        values = features.loc[of_group.index].to_numpy()
        learners = [*itertools.product(WEIGHTS, RULES), (WEIGHTS[0], GOOD_SET)]
        cases = [(*learner, repeat) for learner in learners for repeat in range(REPEATS)]
        known_labels = {name: of_group[column].to_numpy(object) for name, column in RULES.items()}
        good = [[float(key in good) for key in scores.columns] for good in of_group["good_set"]]
        members = pd.DataFrame(good, columns=scores.columns)
        tasks = []
        for weights, name, repeat in cases:
            unit = (root, "learnability", group, repeat)
            if name == GOOD_SET:
                tasks.append(joblib.delayed(_likeliest_member)(values, members, folds, unit))
            else:
                tasks.append(joblib.delayed(cross_validated)(values, known_labels[name], weights, folds, unit))
        for (weights, name, repeat), predicted in zip(cases, joblib.Parallel(n_jobs=jobs)(tasks), strict=True):
            label = known_labels.get(name)
            measured = _measured(label, predicted, of_group["good_set"], scores, portfolio["sbs"][group])
            told = {"group": group, "weights": weights, "labels": name, "repeat": repeat}
            tables.append(measured.assign(**told, label=label, predicted=predicted).reset_index()[columns])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _complete(scores: pd.DataFrame) -> pd.DataFrame:
    """The scores (problems by configurations) as they are, if none is missing."""
    missing = scores.isna().stack()
    if missing.any():
        problem_id, configuration = missing.idxmax()
        raise ValueError(
            f"learnability: problem {problem_id} has score runs, but none of {configuration}, one of "
            f"{missing.sum()} missing; every configuration of the portfolio order needs score runs on such a problem"
        )
    return scores


def _measured(
    label: np.ndarray | None, predicted: np.ndarray, good_sets: pd.Series, scores: pd.DataFrame, sbs: str
) -> pd.DataFrame:
    """The MEASURES of each problem, on the index of ``scores`` (problems by configurations, in decades).

    Those that need a label are nan without one.
    """
    behind = scores.sub(scores.min(axis=1), axis=0)

    def of(choice: np.ndarray) -> np.ndarray:
        return behind.to_numpy()[np.arange(len(behind)), behind.columns.get_indexer(choice)]

    table = pd.DataFrame(np.nan, index=scores.index, columns=list(MEASURES))
    if label is not None:
        names, counts = np.unique(label, return_counts=True)
        majority = np.full(len(label), names[np.argmax(counts)], object)
        table["accuracy"] = (predicted == label).astype(float)
        table["majority_accuracy"] = (majority == label).astype(float)
        table["accuracy_over_majority"] = table["accuracy"] - table["majority_accuracy"]
        table["majority_behind_vbs"] = of(majority)
        table["label_behind_vbs"] = of(label)
    table["in_good_set"] = [float(choice in good) for choice, good in zip(predicted, good_sets, strict=True)]
    table["behind_vbs"] = of(predicted)
    table["behind_sbs"] = table["behind_vbs"] - behind[sbs]
    table["sbs_behind_vbs"] = behind[sbs]
    return table


def cross_validated(values: np.ndarray, label: np.ndarray, weights: str, folds: int, unit: tuple) -> np.ndarray:
    """The answer on each problem, a row of ``values``, by the forest that was fitted on the other folds.

    One thread, and seeds of the ``unit`` and fold alone, so that both label rules get the same draws and no number of
    workers changes an answer.
    """
    optimizer = np.array([key.split("(")[0] for key in label])
    fold = _folds(label, folds, seeds.generator(*unit, "folds"))
    predicted = np.empty(len(label), object)
    for test in range(folds):
        inside = fold == test
        forest = RandomForestClassifier(TREES, random_state=seeds.integer(*unit, "forest", test), n_jobs=1)
        weight = None if weights == WEIGHTS[0] else compute_sample_weight("balanced", optimizer[~inside])
        predicted[inside] = forest.fit(values[~inside], label[~inside], weight).predict(values[inside])
    return predicted


def _likeliest_member(values: np.ndarray, members: pd.DataFrame, folds: int, unit: tuple) -> np.ndarray:
    """As ``cross_validated``, by a forest of ``members`` (problems, configurations; 1 in the good set, 0 not)."""
    known, likely = members.to_numpy(), np.empty(members.shape)
    fold = seeds.generator(*unit, "folds").permutation(len(known)) % folds
    for test in range(folds):
        inside = fold == test
        forest = RandomForestRegressor(TREES, random_state=seeds.integer(*unit, "forest", test), n_jobs=1)
        likely[inside] = forest.fit(values[~inside], known[~inside]).predict(values[inside])
    return members.columns.to_numpy(object)[likely.argmax(axis=1)]


def _folds(label: np.ndarray, folds: int, generator: np.random.Generator) -> np.ndarray:
    """The fold of each problem, at random; each label is spread as evenly as its number allows, however rare."""
    shuffled = generator.permutation(len(label))
    by_label = shuffled[np.argsort(label[shuffled], kind="stable")]
    fold = np.empty(len(label), int)
    fold[by_label] = np.arange(len(label)) % folds
    return fold


def interval(values: np.ndarray, generator: np.random.Generator) -> tuple[float, float]:
    """The percentile bootstrap interval of the mean."""
    drawn = generator.integers(0, len(values), size=(RESAMPLES, len(values)))
    lo, hi = np.quantile(values[drawn].mean(axis=1), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lo), float(hi)
