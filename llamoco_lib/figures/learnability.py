"""Figure of stage 02: whether a plain classifier learns the labels, and what following its choice loses.

Takes the table of ``benchmark.learnability`` and returns a matplotlib figure; nothing is written here.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from llamoco_lib.problems.spec import GROUPS

RULES = {"portfolio order": "#D55E00", "argmax": "#CC79A7"}
SHARES = {  # (weighting of the forest, measure)
    ("alike", "accuracy"): "forest: is the label",
    ("eq. 5", "accuracy"): "forest by eq. 5: is the label",
    ("alike", "majority_accuracy"): "most frequent: is the label",
    ("alike", "in_good_set"): "forest: in the good set",
    ("eq. 5", "in_good_set"): "forest by eq. 5: in the good set",
}
DECADES = {
    ("alike", "sbs_behind_vbs"): "SBS",
    ("alike", "majority_behind_vbs"): "most frequent label",
    ("alike", "behind_vbs"): "forest's choice",
    ("eq. 5", "behind_vbs"): "forest's choice by eq. 5",
    ("alike", "label_behind_vbs"): "the label itself",
}


def learnability(table: pd.DataFrame) -> Figure:
    """Shares of right choices (above) and decades behind the VBS (below), with 95 % intervals, by label rule.

    A group that is not in ``table``, for want of problems, has empty panels that say so.
    """
    figure, axes = plt.subplots(2, 2, figsize=(9.0, 5.4), sharex="row", sharey="row")
    for column, group in zip(axes.T, GROUPS, strict=True):
        of_group = table[table["group"] == group]
        for axis, measures in zip(column, (SHARES, DECADES), strict=True):
            _intervals(axis, of_group, measures)
        count = of_group["n_problems"].iloc[0] if len(of_group) else "too few"
        column[0].set(title=f"{group} ({count} problems)", xlabel="share of problems", xlim=(0.0, 1.0))
        column[1].set(xlabel="decades behind the VBS (left is better)")
    axes[1, 0].set_xlim(left=0.0)
    marks = [Line2D([], [], color=colour, marker="o", label=f"{rule} labels") for rule, colour in RULES.items()]
    figure.legend(handles=marks, loc="outside upper center", ncols=len(marks))
    return figure


def _intervals(axis: Axes, table: pd.DataFrame, measures: dict[tuple[str, str], str]) -> None:
    """A line a measure, the first on top, with a point and an interval a label rule."""
    places = np.arange(len(measures))[::-1]
    for offset, (rule, colour) in zip((0.15, -0.15), RULES.items(), strict=True):
        found = table[table["labels"] == rule].set_index(["weights", "measure"]).reindex(list(measures))
        axis.hlines(places + offset, found["lo"], found["hi"], color=colour)
        axis.plot(found["value"], places + offset, "o", color=colour, markersize=5)
    axis.set_yticks(places, list(measures.values()))
    axis.set_ylim(-0.5, len(measures) - 0.5)
    axis.grid(axis="y", visible=False)
