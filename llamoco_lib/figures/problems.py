"""Figures of notebook 01: the basic functions, the landscapes of instances, and what the problem set is made of.

This module knows nothing of how instances are drawn or judged.
"""

from collections import Counter
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llamoco_lib.problems import transforms
from llamoco_lib.problems.counting import violation
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Problem

SPLIT_COLOURS = {"train": "#0072B2", "eval": "#E69F00", "heldout": "#CC79A7"}
GRID = 121  # points along one axis of a slice
CONTOURS = 14


def basic_functions(half_width: float = 5.0) -> Figure:
    """Every basic function on [-half_width, half_width]^2, as log10 of its value; the cross is the optimum z = 0."""
    names = sorted(FUNCTIONS)
    figure, axes = plt.subplots(4, -(-len(names) // 4), figsize=(9.0, 9.0), sharex=True, sharey=True, squeeze=False)
    axis = np.linspace(-half_width, half_width, GRID)
    first, second = np.meshgrid(axis, axis)
    points = np.column_stack([first.ravel(), second.ravel()])
    for panel, name in zip(axes.flat, names, strict=False):
        values = FUNCTIONS[name].kernel(points).reshape(GRID, GRID)
        _landscape(panel, axis, axis, values)
        panel.plot(0.0, 0.0, "+", color="white", markersize=9, markeredgewidth=1.8)
        panel.set_title(name)
    for panel in axes.flat[len(names) :]:
        panel.set_axis_off()
    figure.supxlabel("$z_1$")
    figure.supylabel("$z_2$")
    return figure


def landscapes(problems: Sequence[Problem], count: int = 12) -> Figure:
    """Slices of ``count`` instances, those of different kinds first.

    Each is cut along x_1 and x_2 through a point x*: the optimum where it is closed-form, else the best feasible of
    random points (equalities apart). Colour is log10 of f above its smallest value in the slice. Where an inequality
    does not hold the slice is veiled; an equality is drawn as a line.
    """
    chosen = _varied(problems, count)
    rows = -(-len(chosen) // 4)
    figure, axes = plt.subplots(rows, 4, figsize=(10.0, 2.75 * rows), squeeze=False)
    for panel, problem in zip(axes.flat, chosen, strict=False):
        _slice(panel, problem)
    for panel in axes.flat[len(chosen) :]:
        panel.set_axis_off()
    figure.supxlabel("$x_1$")
    figure.supylabel("$x_2$")
    return figure


def distributions(problems: Sequence[Problem]) -> Figure:
    """How many instances of each dimension, K and kind, box, budget, basic function and constraint family, by split."""
    figure, axes = plt.subplots(2, 3, figsize=(10.5, 7.0))
    _bars(axes[0, 0], problems, lambda p: [p.dimension], "dimension $D$")
    _bars(axes[0, 1], problems, lambda p: [f"{p.kind}, K={len(p.components)}"], "kind and number of components", True)
    _bars(axes[0, 2], problems, lambda p: [p.budget], "budget (FEs)", True)
    _bars(axes[1, 0], problems, lambda p: {c.function for c in p.components}, "basic function", True)
    _bars(axes[1, 1], problems, lambda p: [c.family for c in p.constraints], "constraint family", True)
    _bars(axes[1, 2], problems, lambda p: [_box_name(p)], "half-width of the box", True)
    axes[0, 0].legend(title="split")
    return figure


def _landscape(panel: Axes, across: np.ndarray, up: np.ndarray, values: np.ndarray) -> None:
    """Filled contours of log10 of ``values`` above the smallest one; six decades at most, so that wells stay visible."""
    above = values - values.min()
    shown = np.log10(np.maximum(above, above.max() * 1e-6))
    panel.contourf(across, up, shown, levels=CONTOURS, cmap="viridis")
    panel.grid(False)


def _slice(panel: Axes, problem: Problem) -> None:
    evaluator = evaluator_of(problem)
    centre, known = _centre(problem)
    lower, upper = problem.box
    across, up = (np.linspace(lower[i], upper[i], GRID) for i in (0, 1))
    first, second = np.meshgrid(across, up)
    points = np.tile(centre, (GRID * GRID, 1))
    points[:, 0], points[:, 1] = first.ravel(), second.ravel()
    _landscape(panel, across, up, evaluator.objective(points).reshape(GRID, GRID))
    g, h = evaluator.constraints(points)
    if g.shape[1]:
        worst = g.max(axis=1).reshape(GRID, GRID)
        panel.contourf(across, up, worst, levels=[0.0, np.inf], colors=["white"], alpha=0.65)
        panel.contour(across, up, worst, levels=[0.0], colors="black", linewidths=1.0)
    for column in h.T:
        panel.contour(across, up, column.reshape(GRID, GRID), levels=[0.0], colors="#D55E00", linewidths=1.6)
    panel.plot(centre[0], centre[1], "*" if known else "o", color="#D55E00", markeredgecolor="white", markersize=11)
    names = " + ".join(component.function for component in problem.components)
    panel.set_title(f"{problem.id}, D={problem.dimension}\n{problem.kind}: {names}", fontsize=6.8)
    panel.tick_params(labelsize=7)


def _centre(problem: Problem) -> tuple[np.ndarray, bool]:
    """The point that a slice goes through, and whether it is the closed-form optimum."""
    if problem.optimum is not None:
        return transforms.shift(problem), True
    evaluator = evaluator_of(problem)
    points = np.random.default_rng(0).uniform(*problem.box, (4000, problem.dimension))
    g, _ = evaluator.constraints(points)
    totals = violation(g, np.empty((len(points), 0)))
    return points[np.lexsort((evaluator.objective(points), totals))[0]], False


def _varied(problems: Sequence[Problem], count: int) -> list[Problem]:
    """``count`` instances: in turn one of each kind and group, in the order given."""
    queues: dict[tuple, list[Problem]] = {}
    for problem in problems:
        queues.setdefault((problem.group, problem.kind), []).append(problem)
    chosen: list[Problem] = []
    while len(chosen) < min(count, len(problems)):
        for queue in queues.values():
            chosen += [queue.pop(0)] if queue else []
    order = ("unconstrained", "constrained")
    return sorted(chosen[:count], key=lambda problem: order.index(problem.group))


def _box_name(problem: Problem) -> object:
    return "by coordinate" if isinstance(problem.lower, tuple) else problem.upper


def _bars(panel: Axes, problems: Sequence[Problem], values: object, label: str, names: bool = False) -> None:
    """Stacked bars of how often each value occurs, by split; across for ``names``, else upright on a number axis."""
    counts = {s: Counter(v for p in problems if p.split == s for v in values(p)) for s in SPLIT_COLOURS}
    keys = sorted(set().union(*counts.values()), key=lambda key: (isinstance(key, str), key), reverse=names)
    base = np.zeros(len(keys))
    for split, colour in SPLIT_COLOURS.items():
        heights = np.array([counts[split][key] for key in keys], float)
        if names:
            panel.barh([_short(key) for key in keys], heights, left=base, color=colour, label=split)
        else:
            panel.bar(keys, heights, bottom=base, color=colour, label=split)
        base += heights
    panel.tick_params(labelsize=8)
    (panel.set_ylabel if names else panel.set_xlabel)(label)
    (panel.set_xlabel if names else panel.set_ylabel)("instances")


def _short(key: object) -> str:
    return f"{key:g}" if isinstance(key, float) else f"{key:,}" if isinstance(key, int) else str(key)
