"""Figures of stage 02 that compare optimizers: runtime to target, critical differences, who wins where, wall time.

Each function takes a table of ``benchmark.contest``, ``benchmark.runtime`` or ``benchmark.summary`` and returns a
matplotlib figure; nothing is written here.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import scikit_posthocs
from matplotlib.figure import Figure

from llamoco_lib.benchmark.contest import Ranking
from llamoco_lib.benchmark.runtime import BEST
from llamoco_lib.figures import style

FEW = 3  # problems; a row with fewer is marked
SIGNIFICANT = 0.05


def runtime_ecdf(curves: pd.DataFrame) -> Figure:
    """Share of (problem, target) pairs reached by FEs/D, a panel a group, a curve an optimizer.

    The legend names the curves from the highest end to the lowest. A cross marks the median length of an
    optimizer's runs; what a curve gains far right of it comes from simulated restarts.
    """
    groups = list(curves["group"].unique())
    figure, grid = plt.subplots(len(groups), 1, figsize=(9.0, 4.0 * len(groups)), squeeze=False)
    for axes, group in zip(grid.flat, groups, strict=True):
        own = curves[curves["group"] == group]
        ends = own.groupby("optimizer")["share"].max().sort_values(ascending=False, kind="stable")
        for name in ends.index:
            curve = own[own["optimizer"] == name]
            x, y = curve["fes_per_dimension"].to_numpy(), curve["share"].to_numpy()
            look = {"color": "k", "linewidth": 2.6, "alpha": 0.6} if name == BEST else style.line(name)
            axes.step(x, y, where="post", label=name, **look)
            length = curve["length_per_dimension"].iloc[0]
            if np.isfinite(length):
                reached = y[np.searchsorted(x, length, side="right") - 1]
                axes.plot(length, reached, "x", color=look["color"], markersize=6, markeredgewidth=1.6)
        axes.set(
            title=f"{group} ({_problems(own['n_problems'].max())})",
            xscale="log",
            xlim=(x[0], x[-1]),
            ylim=(0.0, 1.0),
            xlabel="function evaluations / dimension",
            ylabel="share of (problem, target) pairs",
        )
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), handlelength=3.4)
    return figure


def critical_difference(rankings: dict[str, Ranking]) -> Figure:
    """Mean ranks of the optimizers of each group (keys); a bar joins those that cannot be told apart at 5 %.

    A bar has a dot at each optimizer that it joins; it may pass under others.
    """
    sizes = [len(found.mean_ranks) for found in rankings.values()]
    heights = [1.2 + 0.16 * size for size in sizes]
    figure, grid = plt.subplots(
        len(sizes), 1, figsize=(9.0, 0.4 + sum(heights)), height_ratios=heights, squeeze=False
    )
    for axes, (group, found) in zip(grid.flat, rankings.items(), strict=True):
        names = found.mean_ranks.index
        drawn = scikit_posthocs.critical_difference_diagram(
            found.mean_ranks,
            found.pairs,
            alpha=SIGNIFICANT,
            ax=axes,
            label_fmt_left="{label}  {rank:.1f} ",
            label_fmt_right=" {rank:.1f}  {label}",
            label_props={"fontsize": 8.5},
            color_palette={name: style.colour(name) for name in names},
            crossbar_props={"linewidth": 2.0, "color": "#555555", "marker": "o", "markersize": 4.5},
        )
        for label in drawn["labels"]:
            label.set_color("black")  # pale colours cannot be read
        axes.grid(visible=False)
        axes.spines["top"].set_visible(True)
        title = f"{group}: mean rank over {_problems(found.n_problems)} (1 is best)"
        if np.isfinite(found.friedman):
            title += f", Friedman's p = {found.friedman:.1g}"
        # the least p that Wilcoxon's test can give is 2 / 2^n, and Holm's first step multiplies it by the pairs
        if 2.0 ** (1 - found.n_problems) * len(names) * (len(names) - 1) / 2 > SIGNIFICANT:
            title += "\ntoo few problems to tell any two apart"
        axes.set_title(title, pad=10)
    return figure


def wins(table: pd.DataFrame, group: str) -> Figure:
    """Share of problems that each optimizer of a group wins (%), by kind of problem; frames mark the best mean.

    ``table`` is the result of ``contest.wins`` or a part of it. Each row has its number of problems in parentheses;
    where that is less than ``FEW`` the name is grey and starred.
    """
    own = table[table["group"] == group]
    rows = own[["aspect", "level", "n_problems"]].drop_duplicates().reset_index(drop=True)
    shares, means = (
        own.pivot_table(index=["aspect", "level"], columns="optimizer", values=value, sort=False)
        for value in ("won", "log_regret")
    )
    columns = sorted(shares.columns, key=lambda name: (-shares[name].iloc[0], means[name].iloc[0]))
    shares, means = shares[columns], means[columns]
    figure, axes = plt.subplots(figsize=(3.0 + 0.38 * max(len(columns), 7), 1.6 + 0.23 * len(rows)))
    image = axes.imshow(100.0 * shares, aspect="auto", cmap="Blues", vmin=0.0, vmax=100.0)
    for (row, column), share in np.ndenumerate(shares.to_numpy()):
        colour = "white" if share > 0.6 else "black" if share > 0 else "#AAAAAA"
        axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", fontsize=7.5, color=colour)
    for row, column in np.argwhere(means.le(means.min(axis=1) + 1e-9, axis=0).to_numpy()):
        frame = plt.Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, edgecolor="#D55E00", linewidth=1.6)
        axes.add_patch(frame)
    names = [f"{row.level} ({row.n_problems}{'*' if row.n_problems < FEW else ''})" for row in rows.itertuples()]
    axes.set_yticks(range(len(rows)), names, fontsize=8)
    for text, n in zip(axes.get_yticklabels(), rows["n_problems"], strict=True):
        text.set_color("#888888" if n < FEW else "black")
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="right", fontsize=8.5)
    starts = rows.index[rows["aspect"] != rows["aspect"].shift()]
    for start in starts[1:]:
        axes.axhline(start - 0.5, color="black", linewidth=1.0)
    n_all = rows["n_problems"].max()
    figure.suptitle(
        f"{group} ({_problems(n_all)})\nframed: best mean log-regret; * fewer than {FEW} problems", fontsize=10
    )
    axes.grid(visible=False)
    axes.tick_params(length=0)
    shrink = min(1.0, 14.0 / len(rows))
    figure.colorbar(image, ax=axes, label="problems won (%)", shrink=shrink, anchor=(0.0, 1.0), pad=0.02)
    return figure


def wall_time(costs: pd.DataFrame) -> Figure:
    """Wall time by FE of each optimizer, and the share of it spent in the objective and outside of it."""
    groups = list(costs["group"].unique())
    counts = [int((costs["group"] == group).sum()) for group in groups]
    figure, grid = plt.subplots(
        len(groups),
        2,
        figsize=(9.0, 1.3 + 0.23 * sum(counts)),
        height_ratios=counts,
        width_ratios=[1.5, 1.0],
        squeeze=False,
        sharex="col",
        sharey="row",
    )
    start = 0.5 * costs["microseconds_per_fe"].min()
    for (left, right), group in zip(grid, groups, strict=True):
        own = costs[costs["group"] == group].sort_values("microseconds_per_fe", kind="stable")
        places = np.arange(len(own))
        left.hlines(places, start, own["microseconds_per_fe"], color="#BBBBBB", linewidth=1.2)
        left.plot(own["microseconds_per_fe"], places, "o", color="#0072B2", markersize=5)
        inside = 100.0 * (1.0 - own["share_outside"])
        right.barh(places, inside, color="#0072B2", label="evaluating and counting")
        right.barh(places, 100.0 - inside, left=inside, color="#E69F00", label="outside the objective")
        left.set_yticks(places, own["optimizer"], fontsize=8.5)
        left.set(title=f"{group} ({own['runs'].sum():,} runs)", xscale="log", ylim=(len(own) - 0.4, -0.6))
        for axes in (left, right):
            axes.grid(axis="y", visible=False)
    grid[-1, 0].set_xlabel("wall time of a function evaluation (µs)")
    grid[-1, 1].set(xlabel="share of the wall time (%)", xlim=(0, 100))
    figure.legend(*grid[0, 1].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    return figure


def _problems(n: int) -> str:
    return f"{n} problem" if n == 1 else f"{n} problems"
