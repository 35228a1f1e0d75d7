"""Figures of stage 06: performance by method, regret by problem, choices against labels, how runs ended.

Each function takes what ``evaluation.stage`` gives and returns a matplotlib figure; nothing is computed here but
orders, means and counts.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from llamoco_lib.evaluation.choices import OTHER
from llamoco_lib.figures import style

AXES = {
    "err": "Err. (share of failed runs)",
    "rec": "Rec. (share of lines changed)",
    "perf": "Perf. (1 is f*, 0 is f0)",
    "comp": "Comp. (tokens a problem)",
    "log_regret": r"log-regret, $\log_{10}\,(f-f^*)/(f_0-f^*)$",
    "feasible": "share of runs with a feasible point",
    "gap_closed": "share of the SBS-VBS gap closed",
}
STATUS_COLOURS = {
    "ok": "#009E73",
    "no_code": "#BBBBBB",
    "syntax": "#0072B2",
    "contract": "#56B4E9",
    "import": "#CC79A7",
    "runtime": "#D55E00",
    "timeout": "#E69F00",
    "memory": "#882255",
    "no_evaluation": "#000000",
}


def comparison(table: pd.DataFrame, metric: str) -> Figure:
    """One metric of the comparison table, a panel a split, a method a line, with 95 % intervals."""
    shown = table[table[metric].notna()]
    splits = list(shown["split"].unique())
    methods = list(shown["method"].unique())
    columns = min(2, len(splits))
    height = -(-len(splits) // columns)
    size = (7.4, height * (0.9 + 0.26 * len(methods)))
    figure, grid = plt.subplots(height, columns, figsize=size, squeeze=False, sharex=True, sharey=True)
    for axes in grid.flat[len(splits) :]:
        axes.set_visible(False)
    for axes, split in zip(grid.flat, splits, strict=False):
        rows = shown[shown["split"] == split].set_index("method")
        for y, method in enumerate(methods):
            if method in rows.index:
                row = rows.loc[method]
                spread = [[row[metric] - row[f"{metric}_lo"]], [row[f"{metric}_hi"] - row[metric]]]
                axes.errorbar(row[metric], y, xerr=spread, fmt="o", ms=5, capsize=3, color=style.colour(method))
        n = rows["n_problems"]
        count = f"{n.max()}" if n.min() == n.max() else f"{n.min()} to {n.max()}"
        axes.set_title(f"{split} ({count} problems)")
        axes.set_yticks(range(len(methods)), methods)
        axes.set_ylim(len(methods) - 0.5, -0.5)
        axes.grid(axis="y", visible=False)
    figure.supxlabel(AXES[metric], fontsize=10)
    return figure


def regret_distribution(scored: pd.DataFrame) -> Figure:
    """The share of problems whose mean log-regret is at most a value: rows are splits, columns groups."""
    means = scored.groupby(["split", "group", "method", "problem_id"], sort=False)["log_regret"].mean().reset_index()
    splits, groups = list(means["split"].unique()), sorted(means["group"].unique(), reverse=True)
    figure, grid = plt.subplots(
        len(splits), len(groups), figsize=(7.4, 1.2 + 2.3 * len(splits)), squeeze=False, sharex=True, sharey=True
    )
    for row, split in zip(grid, splits, strict=True):
        for axes, group in zip(row, groups, strict=True):
            panel = means[(means["split"] == split) & (means["group"] == group)]
            for method, own in panel.groupby("method", sort=False):
                values = np.sort(own["log_regret"])
                axes.step(
                    np.r_[-8.2, values, 0.2],
                    np.r_[0, np.arange(1, len(values) + 1) / len(values), 1],
                    where="post",
                    color=style.colour(method),
                    lw=2.4 if method == "LLaMoCo" else 1.4,
                    label=method,
                )
            axes.set_title(f"{split} {group}")
            axes.set_xlim(-8.2, 0.2)
        row[0].set_ylabel("share of problems")
    for axes in grid[-1]:
        axes.set_xlabel("mean log-regret of a problem")
    handles = {h.get_label(): h for axes in grid.flat for h in axes.get_legend_handles_labels()[0]}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
    return figure


def choices(table: pd.DataFrame, method: str) -> Figure:
    """Which optimizer a model chose (columns) where the label says which (rows): counts of programs.

    The panel on the right gives, by label, the share of choices that lie in the problem's good set.
    """
    own = table[table["method"] == method]
    names = sorted(set(own["label_optimizer"]))
    picked = names + sorted(set(own["optimizer"]) - set(names) - {OTHER}) + [OTHER]
    counts = pd.crosstab(own["label_optimizer"], own["optimizer"]).reindex(index=names, columns=picked, fill_value=0)
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7.4, 1.9 + 0.28 * len(names)), width_ratios=[2.6, 1], sharey=True
    )
    left.imshow(counts, cmap="Blues", aspect="auto", vmin=0)
    for y, x in np.argwhere(counts.to_numpy() > 0):
        value = counts.iat[y, x]
        dark = value > 0.6 * counts.to_numpy().max()
        left.text(x, y, str(value), ha="center", va="center", fontsize=8, color="white" if dark else "black")
    left.set_xticks(range(len(picked)), picked, rotation=45, ha="right")
    left.set_yticks(range(len(names)), names)
    left.set_xlabel(f"chosen by {method}")
    left.set_ylabel("optimizer of the label")
    left.grid(visible=False)
    shares = own.groupby("label_optimizer")["in_good_set"].mean().reindex(names)
    right.barh(range(len(names)), shares, color=[style.colour(name) for name in names])
    right.set_xlim(0, 1)
    right.set_xlabel("share in the good set")
    right.grid(axis="y", visible=False)
    return figure


def copied_literals(shares: pd.DataFrame) -> Figure:
    """The share of programs with each literal copied right from the prompt, by method and split."""
    columns = [name for name in shares.columns if name.startswith("copied_")]
    figure, axes = plt.subplots(figsize=(7.0, 3.2))
    width = 0.8 / len(shares)
    splits = list(shares["split"].unique())
    for i, row in enumerate(shares.itertuples()):
        x = np.arange(len(columns)) + width * (i + 0.5) - 0.4
        hatch = "//" if splits.index(row.split) else None
        label = f"{row.method}, {row.split}"
        values = [getattr(row, name) for name in columns]
        axes.bar(x, values, width, color=style.colour(row.method), hatch=hatch, edgecolor="white", label=label)
    names = [name.removeprefix("copied_").upper() for name in columns]
    axes.set_xticks(range(len(columns)), names)
    axes.set_xlabel("constant of the program")
    axes.set_ylabel("share copied right")
    axes.set_ylim(0, 1.05)
    axes.grid(axis="x", visible=False)
    figure.legend(loc="outside lower center", ncols=4)
    return figure


def endings(shares: pd.DataFrame, split: str, methods: list[str]) -> Figure:
    """How the runs of the methods ended: one bar a method and turn, one colour an error class."""
    own = shares[(shares["split"] == split) & shares["method"].isin(methods)]
    bars = list(own[["method", "attempt"]].drop_duplicates().itertuples(index=False, name=None))
    figure, axes = plt.subplots(figsize=(7.0, 1.4 + 0.32 * len(bars)))
    left = np.zeros(len(bars))
    for status, colour in STATUS_COLOURS.items():
        values = own[own["status"] == status].set_index(["method", "attempt"])["share"].reindex(bars).fillna(0)
        if values.any():
            axes.barh(range(len(bars)), values, left=left, color=colour, label=status.replace("_", " "))
            left += values.to_numpy()
    names = [method if attempt == 0 else f"{method}, repaired" for method, attempt in bars]
    axes.set_yticks(range(len(bars)), names)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, 1)
    axes.set_xlabel(f"share of runs ({split})")
    axes.grid(axis="y", visible=False)
    figure.legend(loc="outside lower center", ncols=5)
    return figure
