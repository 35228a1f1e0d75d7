"""Figures of notebook 03: writings as text, lengths in tokens, and the optimizers that the pairs teach.

This module knows nothing of how pairs are made.
"""

import textwrap
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from llamoco_lib.figures import style

ONE_COLUMN = 5  # most texts that stand in one column
LINE_INCHES = 0.14  # of one line of monospaced text at 7.5 pt
TEXT_WIDTH = 108  # characters a line
SPLIT_COLOURS = {"train": "#0072B2", "eval": "#E69F00", "heldout": "#CC79A7"}


def writings(texts: Mapping[str, str]) -> Figure:
    """Source texts one under the other, each under its style's name; long lines go on indented.

    More than ONE_COLUMN texts stand in two columns.
    """
    blocks = {name: _wrapped(text) for name, text in texts.items()}
    lines = {name: block.count("\n") + 4 for name, block in blocks.items()}
    columns = [list(blocks)]
    if len(blocks) > ONE_COLUMN:
        reached = np.cumsum(list(lines.values()))
        first = int(np.argmin(np.maximum(reached, reached[-1] - reached))) + 1
        columns = [columns[0][:first], columns[0][first:]]
    rows = max(sum(lines[name] for name in column) for column in columns)
    figure = plt.figure(figsize=(7.6 * len(columns), LINE_INCHES * rows + 0.1), layout="none")
    unit = 1.0 / (rows + 0.1 / LINE_INCHES)
    for place, column in enumerate(columns):
        left, top = place / len(columns), 1.0
        for name in column:
            figure.text(left + 0.015, top - 1.2 * unit, name, fontsize=9, fontweight="bold", va="top")
            source = {"fontsize": 7.5, "family": "monospace", "parse_math": False, "linespacing": 1.3}
            figure.text(left + 0.03, top - 2.6 * unit, blocks[name], va="top", **source)
            top -= lines[name] * unit
    return figure


def lengths(
    pairs: pd.DataFrame, prompt_tokens: np.ndarray, answer_tokens: np.ndarray, limits: Sequence[int]
) -> Figure:
    """Tokens of the prompts by style and of the answers by optimizer, as boxes over all pairs (whiskers: 5 % and
    95 %).

    ``prompt_tokens`` and ``answer_tokens`` have shape (n_pairs,); ``limits`` are the drop rule's for prompt and
    answer.
    """
    names = pairs["language"].map({"python": "Python", "latex": "LaTeX"}) + " " + pairs["style"]
    figure, axes = plt.subplots(1, 2, figsize=(9.0, 4.2))
    panels = (
        (axes[0], names, prompt_tokens, limits[0], "prompt"),
        (axes[1], pairs["optimizer"], answer_tokens, limits[1], "answer"),
    )
    for panel, labels, tokens, limit, what in panels:
        labels = labels.to_numpy()
        groups = sorted(
            {str(label) for label in labels},
            key=lambda label, labels=labels, tokens=tokens: np.median(tokens[labels == label]),
        )
        boxes = panel.boxplot(
            [tokens[labels == group] for group in groups],
            orientation="horizontal",
            tick_labels=groups,
            whis=(5, 95),
            widths=0.6,
            patch_artist=True,
            flierprops={"marker": ".", "markersize": 3, "markeredgecolor": "#666666"},
            medianprops={"color": "black"},
        )
        for box, group in zip(boxes["boxes"], groups, strict=True):
            box.set_facecolor(_face(group))
        panel.axvline(limit, color="#D55E00", linestyle="--", linewidth=1.2)
        panel.set_xlim(0, max(limit, int(tokens.max())) * 1.06)
        panel.set_xlabel(f"tokens of the {what} (dashed: limit)")
        panel.grid(axis="y", visible=False)
    return figure


def balance(frame: pd.DataFrame) -> Figure:
    """The share of each optimizer among the train pairs as they are, and under balanced sampling (paper, eq. 5).

    ``frame`` is that of ``prompts.instruction_set.balance``.
    """
    frame = frame.sort_values("share")
    places = np.arange(len(frame))
    figure, axes = plt.subplots(figsize=(7.0, 0.32 * len(frame) + 1.1))
    axes.barh(places, frame["share"], color=[style.colour(name) for name in frame["optimizer"]], height=0.65)
    for place, count in zip(places, frame["pairs"], strict=True):
        axes.annotate(
            str(count),
            (frame["share"].iloc[place], place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )
    axes.axvline(
        frame["balanced"].iloc[0], color="black", linestyle="--", linewidth=1.2, zorder=1.5, label="balanced sampling"
    )
    axes.set_yticks(places, frame["optimizer"])
    axes.set_xlim(0, max(frame["share"].max(), frame["balanced"].iloc[0]) * 1.12)
    axes.set_xlabel("share of the train pairs (beside the bar: number of pairs)")
    axes.grid(axis="y", visible=False)
    axes.legend(loc="lower right")
    return figure


def coverage(pairs: pd.DataFrame) -> Figure:
    """Pairs by style and split, as shares of the split, so that styles can be compared between splits."""
    names = pairs["language"].map({"python": "Python", "latex": "LaTeX"}) + " " + pairs["style"]
    table = pd.crosstab(names, pairs["split"], normalize="columns")
    splits = [split for split in SPLIT_COLOURS if split in table]
    places = np.arange(len(table))
    figure, axes = plt.subplots(figsize=(7.0, 3.4))
    for number, split in enumerate(splits):
        offset = (number - (len(splits) - 1) / 2) * 0.8 / len(splits)
        axes.bar(places + offset, table[split], width=0.8 / len(splits), color=SPLIT_COLOURS[split], label=split)
    axes.set_xticks(places, table.index, rotation=35, ha="right")
    axes.set_ylabel("share of the split's pairs")
    axes.grid(axis="x", visible=False)
    axes.legend(ncols=len(splits), loc="lower right", bbox_to_anchor=(1.0, 1.0))
    return figure


def _face(group: str) -> str:
    if group.startswith(("Python ", "LaTeX ")):
        return "#9ECAE1" if group.startswith("Python") else "#F5C28B"
    return style.colour(group)


def _wrapped(text: str) -> str:
    lines = []
    for line in text.rstrip("\n").splitlines():
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        lines += textwrap.wrap(line, TEXT_WIDTH, subsequent_indent=indent, break_long_words=False) or [""]
    return "\n".join(lines)
