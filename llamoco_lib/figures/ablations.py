"""Figures of stage 07: what the contrastive warm-up changes along the tuning.

This module knows nothing of how the runs were made.
"""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llamoco_lib.figures.style import colour


def warm_up(curves: pd.DataFrame, histories: pd.DataFrame) -> Figure:
    """Fig. 3 left: Perf. along the tuning with and without warm-up; beside it the loss on programs of eval problems.

    ``curves`` has columns variant, run, examples, perf; ``histories`` variant, run, examples, eval_loss (NaN where it
    was not measured). Lines are means over the runs of a variant, error bars one standard deviation.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.4))
    _mean_and_bars(left, curves, "perf")
    left.set(xlabel="training examples seen", ylabel="Perf. on eval problems", ylim=(-0.03, 1.03))
    _mean_and_bars(right, histories.dropna(subset=["eval_loss"]), "eval_loss")
    right.set(xlabel="training examples seen", ylabel="loss on eval problems (nats per token)")
    runs = curves.groupby("variant")["run"].nunique().min()
    figure.suptitle(f"mean and standard deviation over {runs} runs each", fontsize=9)
    left.legend(loc="best")
    return figure


def _mean_and_bars(axes: Axes, frame: pd.DataFrame, column: str) -> None:
    """One line a variant; the variants stand a little apart so that their bars do not hide each other."""
    variants = list(dict.fromkeys(frame["variant"]))
    apart = 0.006 * (frame["examples"].max() - frame["examples"].min())
    for place, variant in enumerate(variants):
        points = frame[frame["variant"] == variant].groupby("examples")[column]
        mean, spread = points.mean(), points.std().fillna(0.0)
        moved = mean.index + apart * (place - (len(variants) - 1) / 2)
        axes.errorbar(
            moved, mean, yerr=spread, label=variant, color=colour(variant), marker="o", markersize=3.5, capsize=3
        )
