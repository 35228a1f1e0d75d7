"""Figure of notebook 01: what the problem set is made of.

This module knows nothing of how instances are drawn or judged.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Problem

SPLIT_COLOURS = {"train": "#0072B2", "eval": "#E69F00", "heldout": "#CC79A7"}

Values = Callable[[Problem], Iterable[Hashable]]


def distributions(problems: Sequence[Problem]) -> Figure:
    """How many instances have each function, constraint family, dimension, kind and K, budget and box, by split.

    Functions and families stand in the order of their registries, those that no instance has included.
    """
    figure = plt.figure(figsize=(11.0, 8.6))
    tall, small = figure.add_gridspec(1, 2, width_ratios=(2, 1.25))
    left, middle = tall.subgridspec(1, 2).subplots()
    _bars(left, problems, lambda p: {c.function for c in p.components}, "basic function", tuple(FUNCTIONS))
    _bars(middle, problems, lambda p: [c.family for c in p.constraints], "constraint family", tuple(FAMILIES))
    dimension, kind, budget, box = small.subgridspec(4, 1, height_ratios=(3, 4, 2.5, 2.5)).subplots()
    _columns(dimension, problems, lambda p: [p.dimension], "dimension $D$")
    _bars(kind, problems, lambda p: [f"{p.kind}, K={len(p.components)}"], "kind and K")
    _bars(budget, problems, lambda p: [p.budget], "budget (FEs)")
    _bars(box, problems, lambda p: [_box_name(p)], "half-width of the box")
    figure.legend(*dimension.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _box_name(problem: Problem) -> object:
    return "by coordinate" if isinstance(problem.lower, tuple) else problem.upper


def _bars(panel: Axes, problems: Sequence[Problem], values: Values, label: str, keys: Sequence = ()) -> None:
    """Stacked bars across of how often each value occurs, by split; of ``keys`` from above, else of all in order."""
    counts = _counts(problems, values)
    keys = list(keys) or sorted(set().union(*counts.values()), key=lambda key: (isinstance(key, str), key))
    base = np.zeros(len(keys))
    for split, colour in SPLIT_COLOURS.items():
        lengths = np.array([counts[split][key] for key in keys], float)
        panel.barh([_short(key) for key in keys], lengths, left=base, color=colour, label=split)
        base += lengths
    panel.tick_params(labelsize=7.5)
    panel.set_ylim(len(keys) - 0.4, -0.6)
    panel.grid(False, axis="y")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    panel.set_ylabel(label, fontsize=9)
    panel.set_xlabel("instances", fontsize=8.5)


def _columns(panel: Axes, problems: Sequence[Problem], values: Values, label: str) -> None:
    """Stacked bars upright on a number axis of how often each value occurs, by split."""
    counts = _counts(problems, values)
    keys = sorted(set().union(*counts.values()))
    base = np.zeros(len(keys))
    for split, colour in SPLIT_COLOURS.items():
        heights = np.array([counts[split][key] for key in keys], float)
        panel.bar(keys, heights, bottom=base, color=colour, label=split)
        base += heights
    panel.tick_params(labelsize=7.5)
    panel.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    panel.set_xlabel(label, fontsize=9)
    panel.set_ylabel("instances", fontsize=8.5)


def _counts(problems: Sequence[Problem], values: Values) -> dict[str, Counter]:
    return {split: Counter(v for p in problems if p.split == split for v in values(p)) for split in SPLIT_COLOURS}


def _short(key: object) -> str:
    return f"{key:g}" if isinstance(key, float) else f"{key:,}" if isinstance(key, int) else str(key)
