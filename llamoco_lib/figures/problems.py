"""Figures of notebook 01: the basic functions, the landscapes of instances, and what the problem set is made of.

This module knows nothing of how instances are drawn or judged.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from llamoco_lib.problems import quality, transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Problem

SPLIT_COLOURS = {"train": "#0072B2", "eval": "#E69F00", "heldout": "#CC79A7"}
EQUALITY_COLOUR = "#D55E00"
GRID = 150  # points along one axis of a slice
FEASIBLE_STARTS = 8  # searches for a feasible point of an instance without a closed-form optimum
SHADES = 16  # colours of a landscape, each over the same area


def basic_functions(half_width: float = 4.0) -> Figure:
    """Every basic function on [-half_width, half_width]^2, coloured by rank; the cross is the optimum z = 0."""
    names = sorted(FUNCTIONS)
    figure, axes = plt.subplots(4, -(-len(names) // 4), figsize=(9.0, 9.0), sharex=True, sharey=True, squeeze=False)
    axis = np.linspace(-half_width, half_width, GRID)
    first, second = np.meshgrid(axis, axis)
    points = np.column_stack([first.ravel(), second.ravel()])
    for panel, name in zip(axes.flat, names, strict=False):
        values = FUNCTIONS[name].kernel(points).reshape(GRID, GRID)
        _landscape(panel, axis, axis, values)
        panel.plot(0.0, 0.0, "+", color="white", markersize=9, markeredgewidth=1.6)
        panel.set_title(name)
    for panel in axes.flat[len(names) :]:
        panel.set_axis_off()
    figure.supxlabel("$z_1$")
    figure.supylabel("$z_2$")
    return figure


def landscapes(problems: Sequence[Problem], count: int = 12) -> Figure:
    """Slices of ``count`` instances, those of different kinds first.

    Each is cut along x_1 and x_2 through one point: the optimum where it is closed-form, else the best of a few
    feasible points. Colour is the rank of f in the slice, dark is low. Where an inequality does not hold the slice is
    veiled; an equality is drawn as a line.
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
    keys = [
        Line2D(
            [], [], marker="*", color="none", markerfacecolor=EQUALITY_COLOUR, markersize=11, label="known optimum"
        ),
        Line2D(
            [], [], marker="o", color="none", markerfacecolor=EQUALITY_COLOUR, markersize=8, label="feasible point"
        ),
        Line2D([], [], color=EQUALITY_COLOUR, label="equality holds"),
        Patch(facecolor="#EEEEEE", edgecolor="black", label="an inequality is violated"),
    ]
    figure.legend(handles=keys, loc="outside upper center", ncols=4)
    return figure


def distributions(problems: Sequence[Problem]) -> Figure:
    """How many instances have each dimension, kind and K, budget, function, constraint family and box, by split."""
    figure, axes = plt.subplots(2, 3, figsize=(10.5, 7.0))
    _bars(axes[0, 0], problems, lambda p: [p.dimension], "dimension $D$")
    _bars(axes[0, 1], problems, lambda p: [f"{p.kind}, K={len(p.components)}"], "kind and number of components", True)
    _bars(axes[0, 2], problems, lambda p: [p.budget], "budget (FEs)", True)
    _bars(axes[1, 0], problems, lambda p: {c.function for c in p.components}, "basic function", True)
    _bars(axes[1, 1], problems, lambda p: [c.family for c in p.constraints], "constraint family", True)
    _bars(axes[1, 2], problems, lambda p: [_box_name(p)], "half-width of the box", True)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return figure


def _landscape(panel: Axes, across: np.ndarray, up: np.ndarray, values: np.ndarray) -> None:
    """Colour by rank, so that every shade covers the same area: wells, ridges and plains show at any scale of f."""
    ranks = np.searchsorted(np.sort(values, axis=None), values) / values.size
    extent = (across[0], across[-1], up[0], up[-1])
    colours = plt.get_cmap("viridis", SHADES)
    panel.imshow(ranks, origin="lower", extent=extent, aspect="auto", cmap=colours, interpolation="bilinear")
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
        panel.contour(across, up, column.reshape(GRID, GRID), levels=[0.0], colors=EQUALITY_COLOUR, linewidths=1.6)
    panel.plot(
        centre[0], centre[1], "*" if known else "o", color=EQUALITY_COLOUR, markeredgecolor="white", markersize=11
    )
    names = " + ".join(component.function for component in problem.components)
    panel.set_title(f"{problem.id}, {problem.kind}, D = {problem.dimension}\n{names}", fontsize=7)
    panel.tick_params(labelsize=7)


def _centre(problem: Problem) -> tuple[np.ndarray, bool]:
    """The point that a slice goes through, and whether it is the closed-form optimum."""
    if problem.optimum is not None:
        return transforms.shift(problem), True
    evaluator = evaluator_of(problem)
    found = [quality.feasible_point(evaluator, seed) for seed in range(1, FEASIBLE_STARTS + 1)]
    feasible = [point for point in found if point is not None]
    if not feasible:
        raise ValueError(
            f"problem {problem.id}: no feasible point in {FEASIBLE_STARTS} searches; quality control finds one"
        )
    return min(feasible, key=evaluator.objective), False


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


def _bars(
    panel: Axes,
    problems: Sequence[Problem],
    values: Callable[[Problem], Iterable[Hashable]],
    label: str,
    names: bool = False,
) -> None:
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
