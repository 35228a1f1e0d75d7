"""Figures of notebook 01: the basic functions, and slices of whole instances with their feasible regions.

This module knows nothing of how instances are drawn or judged.
"""

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from llamoco_lib.problems import feasibility, transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Problem

EQUALITY_COLOUR = "#D55E00"
GRID = 150  # points along one axis of a slice
FEASIBLE_STARTS = 4  # searches for a feasible point of an instance without a closed-form optimum
SEARCH_RUNS = 50  # of each search, as many as quality control may take
COLUMNS = 9  # of the panels of basic functions
WIDER = {"modified_schwefel": 100}
COLOURS = "viridis"
SHADES = 16  # colours of a landscape, each over the same area


def basic_functions(half_width: float = 4.0) -> Figure:
    """Every basic function on [-half_width, half_width]^2, coloured by rank; the cross is the optimum z = 0.

    A function whose structure is wider is shown over a multiple of z, which its title names.
    """
    rows = -(-len(FUNCTIONS) // COLUMNS)
    figure, axes = plt.subplots(
        rows, COLUMNS, figsize=(13.0, 0.3 + 1.62 * rows), sharex=True, sharey=True, squeeze=False
    )
    axis = np.linspace(-half_width, half_width, GRID)
    first, second = np.meshgrid(axis, axis)
    points = np.column_stack([first.ravel(), second.ravel()])
    for panel, (name, function) in zip(axes.flat, FUNCTIONS.items(), strict=False):
        scale = WIDER.get(name, 1)
        _landscape(panel, axis, axis, function.kernel(scale * points).reshape(GRID, GRID))
        panel.plot(0.0, 0.0, "+", color="white", markersize=8, markeredgewidth=1.4)
        panel.set_title(name if scale == 1 else f"{name}, {scale} z", fontsize=8)
        panel.tick_params(labelsize=7)
    for panel in axes.flat[len(FUNCTIONS) :]:
        panel.set_axis_off()
    figure.supxlabel("$z_1$")
    figure.supylabel("$z_2$")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laid out once for all its files: so many panels take a second each time
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
    marker = {"color": "none", "markerfacecolor": EQUALITY_COLOUR}
    keys = [
        Line2D([], [], marker="*", markersize=11, label="known optimum", **marker),
        Line2D([], [], marker="o", markersize=8, label="feasible point", **marker),
        Line2D([], [], color=EQUALITY_COLOUR, label="equality holds"),
        Patch(facecolor="#EEEEEE", edgecolor="black", label="an inequality is violated"),
        Patch(facecolor=plt.get_cmap(COLOURS)(0.0), label="f is low"),
        Patch(facecolor=plt.get_cmap(COLOURS)(1.0), label="f is high"),
    ]
    figure.legend(handles=keys, loc="outside upper center", ncols=len(keys))
    return figure


def _landscape(panel: Axes, across: np.ndarray, up: np.ndarray, values: np.ndarray) -> None:
    """Colour by rank, so that every shade covers the same area: wells, ridges and plains show at any scale of f."""
    ranks = np.searchsorted(np.sort(values, axis=None), values) / values.size
    extent = (across[0], across[-1], up[0], up[-1])
    colours = plt.get_cmap(COLOURS, SHADES)
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
    shape = {"marker": "*" if known else "o", "markersize": 11, "markeredgecolor": "white"}
    panel.plot(*centre[:2], color=EQUALITY_COLOUR, clip_on=False, zorder=5, **shape)
    names = textwrap.fill(" + ".join(component.function for component in problem.components), 44)
    panel.set_title(f"{problem.id}, {problem.kind}, D = {problem.dimension}\n{names}", fontsize=7)
    panel.tick_params(labelsize=7)


def _centre(problem: Problem) -> tuple[np.ndarray, bool]:
    """The point that a slice goes through, and whether it is the closed-form optimum."""
    if problem.optimum is not None:
        return transforms.shift(problem), True
    evaluator = evaluator_of(problem)
    found = [feasibility.search(evaluator, root, SEARCH_RUNS) for root in range(1, FEASIBLE_STARTS + 1)]
    feasible = [each.point for each in found if each is not None]
    if not feasible:
        raise ValueError(
            f"problem {problem.id}: no feasible point in {FEASIBLE_STARTS} searches of {SEARCH_RUNS} runs"
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
