"""Optimizer against optimizer: each by its best configuration, on the same problems.

The best configuration of an optimizer is chosen by the label runs on train problems; what is compared are its score
runs, on seeds that nothing was decided with, on all problems that have some: eval, held-out, and the instances of the
reference set. This module knows nothing of figures.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import scikit_posthocs
from scipy import stats

from llamoco_lib.benchmark.labels import comparable, scored
from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS, TAGS
from llamoco_lib.problems.spec import Problem

HARDER = {  # of two opposite tags, the one that a sum has as soon as one of its terms has it
    "unimodal": "multimodal",
    "separable": "nonseparable",
    "symmetric": "asymmetric",
    "differentiable": "nondifferentiable",
}
DIMENSION_EDGES = (2, 6, 11, 21, 51)  # each bin begins at one of them


@dataclasses.dataclass(frozen=True, eq=False)
class Ranking:
    """How the optimizers of a group rank over its problems (Demsar, 2006, section 3.2).

    ``mean_ranks`` by optimizer, 1 is best, equals share their ranks. ``friedman`` is the p value that all are the
    same (nan with fewer than three optimizers or two problems). ``pairs`` (optimizers, optimizers) holds the p values
    of Wilcoxon's signed-rank test after Holm's correction; by Nemenyi's test it would depend on who else takes part
    whether two optimizers differ (Benavoli et al., 2016). ``n_problems`` stand behind them.
    """

    mean_ranks: pd.Series
    friedman: float
    pairs: pd.DataFrame
    n_problems: int


def compared_runs(runs: pd.DataFrame, labels: pd.DataFrame, portfolio: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The runs by which optimizers are compared, with log-regret: one configuration of each optimizer and group.

    The configuration is the one of ``portfolio`` with the least mean log-regret over the comparable label runs of the
    train problems. Its runs are score runs; in a group without any, its label runs in the repetitions that all
    optimizers have, which flatter whoever had more configurations to choose from.
    """
    known = scored(runs[runs["purpose"].isin(("label", "score"))], labels)
    parts = []
    for group, of_group in known.groupby("group", sort=False):
        label_runs = comparable(of_group[of_group["purpose"] == "label"], portfolio[group])
        train = label_runs[label_runs["split"] == "train"]
        by_problem = train.groupby(["optimizer", "configuration", "problem_id"])["log_regret"].mean()
        means = by_problem.groupby(["optimizer", "configuration"]).mean()
        chosen = [key for _, key in means.groupby("optimizer").idxmin()]
        fresh = of_group[(of_group["purpose"] == "score") & of_group["configuration"].isin(chosen)]
        parts.append(fresh if len(fresh) else comparable(label_runs, chosen))
    return pd.concat(parts, ignore_index=True)


def mean_log_regrets(compared: pd.DataFrame, group: str) -> pd.DataFrame:
    """Mean log-regret of the runs of ``compared_runs``: (problems of the group, optimizers)."""
    own = compared[compared["group"] == group]
    return own.pivot_table(index="problem_id", columns="optimizer", values="log_regret", sort=False)


def ranking(compared: pd.DataFrame, group: str) -> Ranking:
    """Ranks of the optimizers of a group by mean log-regret, and whether they can be told apart."""
    means = mean_log_regrets(compared, group)
    names = list(means.columns)
    pairs = pd.DataFrame(1.0, names, names)  # one problem tells nobody apart
    if len(means) > 1:
        # two optimizers with the same mean on a problem are a tie, half of it counted for each (zsplit)
        long = means.melt(var_name="optimizer")
        pairs = scikit_posthocs.posthoc_wilcoxon(long, "value", "optimizer", p_adjust="holm", zero_method="zsplit")
    testable = len(means) > 1 and len(names) > 2 and (means.nunique(axis=1) > 1).any()
    friedman = float(stats.friedmanchisquare(*means.to_numpy().T).pvalue) if testable else float("nan")
    return Ranking(means.rank(axis=1).mean(), friedman, pairs.loc[names, names], len(means))


def won(means: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Who won which problem, in the shape of ``means``: whoever is within ``tolerance`` decades of the best mean.

    A problem can have several winners, and has none where nobody made progress.
    """
    best = means.min(axis=1)
    return means.le(best + tolerance, axis=0) & (best < 0.0).to_numpy()[:, None]


def standings(compared: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """One row an optimizer and group, by mean rank: its configuration, mean log-regret and share of problems won.

    ``friedman_p`` is that of the group: how likely ranks so different are if all optimizers were equally good.
    """
    rows = []
    for group in compared["group"].unique():
        means, found = mean_log_regrets(compared, group), ranking(compared, group)
        own = compared[compared["group"] == group].groupby("optimizer")
        table = pd.DataFrame(
            {
                "configuration": own["configuration"].first(),
                "n_problems": own["problem_id"].nunique(),
                "n_runs": own.size(),
                "mean_rank": found.mean_ranks,
                "log_regret": means.mean(),
                "won": won(means, tolerance).mean(),
                "friedman_p": found.friedman,
            }
        )
        table = table.rename_axis("optimizer").sort_values("mean_rank", kind="stable").reset_index()
        table.insert(0, "group", group)
        rows.append(table)
    return pd.concat(rows, ignore_index=True)


def wins(compared: pd.DataFrame, problems: Iterable[Problem], tolerance: float) -> pd.DataFrame:
    """Who wins where: one row a group, kind of problem (aspect and level) and optimizer.

    Columns group, aspect, level, n_problems, optimizer, won (share of those problems), log_regret (mean), behind
    (mean decades behind the best optimizer of the problem). Aspects are those of ``levels``; a problem counts under
    each of its levels, and levels without a problem do not appear.
    """
    by_id = {problem.id: problem for problem in problems}
    order = {level: place for place, level in enumerate(_all_levels())}
    rows = []
    for group in compared["group"].unique():
        means = mean_log_regrets(compared, group)
        winners, behind = won(means, tolerance), means.sub(means.min(axis=1), axis=0)
        members: dict[tuple[str, str], list[str]] = {}
        for problem_id in means.index:
            for level in levels(by_id[problem_id]):
                members.setdefault(level, []).append(problem_id)
        for (aspect, level), ids in sorted(members.items(), key=lambda item: order[item[0]]):
            table = pd.DataFrame(
                {
                    "won": winners.loc[ids].mean(),
                    "log_regret": means.loc[ids].mean(),
                    "behind": behind.loc[ids].mean(),
                }
            ).reset_index(names="optimizer")
            rows.append(table.assign(group=group, aspect=aspect, level=level, n_problems=len(ids)))
    columns = ["group", "aspect", "level", "n_problems", "optimizer", "won", "log_regret", "behind"]
    return pd.concat(rows, ignore_index=True)[columns]


def winners(table: pd.DataFrame) -> pd.DataFrame:
    """The result of ``wins`` in one row a group, aspect and level: who wins most problems, who is best on average."""
    keys = ["group", "aspect", "level", "n_problems"]
    most = table.sort_values(["won", "log_regret"], ascending=[False, True], kind="stable").drop_duplicates(keys)
    best = table.sort_values("log_regret", kind="stable").drop_duplicates(keys)
    most = most[[*keys, "optimizer", "won"]].rename(columns={"optimizer": "wins_most"})
    best = best[[*keys, "optimizer", "log_regret"]].rename(columns={"optimizer": "best_on_average"})
    return table[keys].drop_duplicates().merge(most, on=keys).merge(best, on=keys)


def levels(problem: Problem) -> list[tuple[str, str]]:
    """The kinds of problem that this one is, as pairs of aspect and level.

    Aspects: ``all``; ``landscape``, the tags of its functions, of two opposite ones that which their sum has (a sum
    with one multimodal term is multimodal), and nonseparable also when rotated; ``dimension``, in bins; with
    constraints ``constraints``, their kinds, and ``family``, each constraint family.
    """
    tags = {tag for component in problem.components for tag in FUNCTIONS[component.function].tags}
    if problem.rotation_seed is not None:
        tags.add("nonseparable")
    tags -= {easier for easier, harder in HARDER.items() if harder in tags}
    found = [("all", "all problems"), *(("landscape", tag) for tag in tags)]
    found.append(("dimension", _bins()[int(np.searchsorted(DIMENSION_EDGES, problem.dimension, side="right")) - 1]))
    families = {constraint.family for constraint in problem.constraints}
    if families:
        equality = any(FAMILIES[name].kind == "equality" for name in families)
        found.append(("constraints", "with equality" if equality else "inequality only"))
    return found + [("family", name) for name in families]


def _all_levels() -> list[tuple[str, str]]:
    """Every pair of aspect and level, in the order of tables and figures."""
    found = [("all", "all problems"), *(("landscape", tag) for tag in TAGS)]
    found += [("dimension", name) for name in _bins()]
    found += [("constraints", "inequality only"), ("constraints", "with equality")]
    return found + [("family", name) for name in FAMILIES]


def _bins() -> list[str]:
    ends = [f"D = {low} to {high - 1}" for low, high in zip(DIMENSION_EDGES[:-1], DIMENSION_EDGES[1:], strict=True)]
    return [*ends, f"D over {DIMENSION_EDGES[-1] - 1}"]
