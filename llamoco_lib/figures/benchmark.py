"""Figures of stage 02: who wins where, how far each optimizer gets, and what there is to choose.

Each function takes tables of stage 02 and returns a matplotlib figure; nothing is written here.
"""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from llamoco_lib.figures import style
from llamoco_lib.problems.spec import GROUPS, Problem

CHOICES = {"SBS": "#0072B2", "argmax label": "#CC79A7", "label": "#D55E00"}


def label_counts(labels: pd.DataFrame) -> Figure:
    """How many problems each optimizer is the label of, by the portfolio rule and by the paper's argmax."""
    figure, axes = plt.subplots(1, 2)
    rows = 0
    for axis, group in zip(axes, GROUPS, strict=True):
        table = labels[labels["group"] == group]
        counts = pd.DataFrame(
            {
                "in the good set": table["good_set"]
                .explode()
                .map(_optimizer)
                .groupby(level=0)
                .unique()
                .explode()
                .value_counts(),
                "argmax label": table["argmax_label"].map(_optimizer).value_counts(),
                "label": table["optimizer"].value_counts(),
            }
        )
        counts = counts.fillna(0).sort_values(["label", "argmax label", "in the good set"])
        places = np.arange(len(counts))
        for offset, (name, colour) in zip(
            (0.26, 0.0, -0.26),
            {
                "label": CHOICES["label"],
                "argmax label": CHOICES["argmax label"],
                "in the good set": "#BBBBBB",
            }.items(),
            strict=True,
        ):
            axis.barh(places + offset, counts[name], height=0.26, color=colour, label=name)
        axis.set_yticks(places, counts.index)
        rows = max(rows, len(counts))
        axis.set(title=f"{group} ({len(table)} problems)", xlabel="problems")
        axis.grid(axis="y", visible=False)
    figure.set_size_inches(9.0, 1.4 + 0.36 * rows)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def loss_by_function(scored: pd.DataFrame, problems: Sequence[Problem]) -> Figure:
    """Mean decades behind the best optimizer of the problem, by basic function and optimizer.

    ``scored`` are runs with log-regret; those of several configurations of an optimizer count as one sample. A
    problem counts under each function that it is composed of; an empty cell has no problem.
    """
    means = scored.groupby(["group", "problem_id", "optimizer"])["log_regret"].mean().rename("value").reset_index()
    means["behind"] = means["value"] - means.groupby("problem_id")["value"].transform("min")
    pairs = [(p.id, name) for p in problems for name in dict.fromkeys(c.function for c in p.components)]
    table = means.merge(pd.DataFrame(pairs, columns=["problem_id", "function"]), on="problem_id")
    rows = sorted(table["function"].unique())
    widths = [2 + means.loc[means["group"] == group, "optimizer"].nunique() for group in GROUPS]
    figure, axes = plt.subplots(1, 2, figsize=(10.0, 1.8 + 0.22 * len(rows)), width_ratios=widths, sharey=True)
    top = max(1.0, float(table.groupby(["function", "optimizer", "group"])["behind"].mean().max()))
    for axis, group in zip(axes, GROUPS, strict=True):
        cells = table[table["group"] == group].pivot_table(index="function", columns="optimizer", values="behind")
        cells = cells.reindex(rows)[cells.mean().sort_values().index]
        image = axis.imshow(cells, aspect="auto", cmap="viridis_r", vmin=0.0, vmax=top)
        for (row, column), value in np.ndenumerate(cells.to_numpy()):
            if np.isfinite(value):
                colour = "w" if value > 0.5 * top else "k"
                axis.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=7, color=colour)
        axis.set_xticks(
            range(cells.shape[1]), cells.columns, rotation=55, ha="right", rotation_mode="anchor", fontsize=8.5
        )
        axis.set_yticks(range(len(rows)), rows, fontsize=8.5)
        axis.set_title(_title(scored, group))
        axis.grid(visible=False)
    figure.colorbar(image, ax=axes, label="decades of log-regret behind the best", shrink=0.8)
    return figure


def ecdf(scored: pd.DataFrame) -> Figure:
    """Share of runs that reached a log-regret or better, one curve an optimizer, best mean first in the legend."""
    figure, axes = plt.subplots(2, 1, figsize=(9.0, 7.4), sharex=True)
    for axis, group in zip(axes, GROUPS, strict=True):
        table = scored[scored["group"] == group]
        for name, values in sorted(table.groupby("optimizer")["log_regret"], key=lambda item: item[1].mean()):
            axis.ecdf(values, label=name, **style.line(name))
        axis.set(title=_title(scored, group), ylabel="share of runs", xlim=(-8.1, 0.1), ylim=(0.0, 1.0))
        axis.set_xlabel("log-regret (decades; left is better)")
        axis.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=3.4)
    return figure


def gap(chosen: pd.DataFrame) -> Figure:
    """Decades lost to the virtual best solver on each eval and held-out problem, sorted, by way of choosing."""
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 3.6), sharey=True)
    for axis, group in zip(axes, GROUPS, strict=True):
        table = chosen[chosen["group"] == group].pivot(index="problem_id", columns="choice", values="log_regret")
        for name, colour in CHOICES.items():
            lost = np.sort((table[name] - table["VBS"]).to_numpy())[::-1]
            axis.stairs(
                lost,
                np.linspace(0.0, 100.0, len(lost) + 1),
                baseline=None,
                color=colour,
                linewidth=1.6,
                linestyle="--" if name == "argmax label" else "-",
                label=f"{name}: mean {lost.mean():.2f}",
            )
        axis.set(title=f"{group} ({len(table)} problems)", xlabel="problems, worst first (%)", xlim=(0, 100))
        axis.legend()
    axes[0].set_ylabel("decades behind the VBS")
    return figure


def _title(scored: pd.DataFrame, group: str) -> str:
    return f"{group} ({scored.loc[scored['group'] == group, 'problem_id'].nunique()} problems)"


def _optimizer(key: str) -> str:
    return key.split("(", 1)[0]
