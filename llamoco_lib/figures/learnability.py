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

LEARNT = {  # colour and name in the legend
    "portfolio order": ("#D55E00", "portfolio order labels"),
    "argmax": ("#CC79A7", "argmax labels"),
    "good set": ("#0072B2", "whole good sets"),
}
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
    """Shares of right choices (above) and decades behind the VBS (below), with 95 % intervals, by what is learnt.

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
    marks = [Line2D([], [], color=colour, marker="o", label=name) for colour, name in LEARNT.values()]
    figure.legend(handles=marks, loc="outside upper center", ncols=len(marks))
    return figure


def _intervals(axis: Axes, table: pd.DataFrame, measures: dict[tuple[str, str], str]) -> None:
    """A line a measure, the first on top, with a point and an interval for each that is learnt and has it."""
    places = np.arange(len(measures))[::-1]
    for offset, (name, (colour, _)) in zip((0.22, 0.0, -0.22), LEARNT.items(), strict=True):
        own = table[table["labels"] == name]
        if name == "good set":  # what all have in common is drawn for the labels
            own = own[own["measure"].isin(["in_good_set", "behind_vbs"])]
        found = own.set_index(["weights", "measure"]).reindex(list(measures))
        axis.hlines(places + offset, found["lo"], found["hi"], color=colour)
        axis.plot(found["value"], places + offset, "o", color=colour, markersize=5)
    axis.set_yticks(places, list(measures.values()))
    axis.set_ylim(-0.5, len(measures) - 0.5)
    axis.grid(axis="y", visible=False)
