"""Figures of the realistic problems and of a user's own: Table 3, convergence, wind-farm layouts, prompt and program.

Each function takes what a stage wrote and returns a matplotlib figure; nothing is computed here but medians and
quartiles.
"""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from llamoco_lib.benchmark.regret import log_regret
from llamoco_lib.figures import style
from llamoco_lib.problems.counting import trace_fes
from llamoco_lib.problems.realistic import RealisticProblem, wind_farm


def table3(table: pd.DataFrame, metric: str = "perf", label: str = "Perf. (1 is the best known value)") -> Figure:
    """Table 3 as points with 95 % intervals: one band a problem, one colour a method.

    ``metric`` is a column of the table that has its ``_lo`` and ``_hi``; ``label`` is its axis.
    """
    problems, methods = [name for name in table["split"].unique() if name != "all"], list(table.method.unique())
    figure, axes = plt.subplots(figsize=(7.0, 0.8 + 0.95 * len(problems)))
    for i, method in enumerate(methods):
        rows = table[table.method == method].set_index("split").reindex(problems)
        y = np.arange(len(problems)) + 0.7 * (i + 0.5) / len(methods) - 0.35
        errors = np.abs(np.stack([rows[metric] - rows[f"{metric}_lo"], rows[f"{metric}_hi"] - rows[metric]]))
        colour = style.colour(method)
        axes.errorbar(rows[metric], y, xerr=errors, fmt="o", ms=4, capsize=2, color=colour, label=method)
    for edge in np.arange(len(problems) - 1) + 0.5:
        axes.axhline(edge, color="#BBBBBB", lw=0.8)
    axes.set_yticks(range(len(problems)), problems)
    axes.set_ylim(len(problems) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(label)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def convergence(
    runs: pd.DataFrame, references: pd.DataFrame, problems: list[RealisticProblem], methods: list[str]
) -> Figure:
    """Median and quartiles of the log-regret against FEs, one panel a problem, one colour a method.

    ``runs`` has a row a run with ``method``, ``problem_id``, ``status`` and ``trace``; a failed run makes no
    progress. ``references`` has ``problem_id``, ``f0`` and ``f_star``.
    """
    columns = 2 if len(problems) > 1 else 1
    height = -(-len(problems) // columns)
    figure, grid = plt.subplots(height, columns, figsize=(7.4, 2.6 * height + 0.5), squeeze=False)
    for axes in grid.flat[len(problems) :]:
        axes.set_visible(False)
    scale = references.set_index("problem_id")
    for axes, problem in zip(grid.flat, problems, strict=False):
        fes, own = trace_fes(problem.budget), scale.loc[problem.id]
        for method in methods:
            chosen = runs[(runs.method == method) & (runs.problem_id == problem.id)]
            nothing = np.full(len(fes), np.inf)
            traces = [
                trace if status == "ok" else nothing
                for trace, status in zip(chosen.trace, chosen.status, strict=True)
            ]
            if traces:
                regret = log_regret(np.array(traces, dtype=float), own.f0, own.f_star)
                low, middle, high = np.quantile(regret, [0.25, 0.5, 0.75], axis=0)
                axes.plot(fes, middle, color=style.colour(method), label=method)
                axes.fill_between(fes, low, high, color=style.colour(method), alpha=0.15, lw=0)
        axes.set_xscale("log")
        axes.set(title=problem.title, xlabel="function evaluations (FEs)", ylabel="log-regret (decades)")
    handles = {h.get_label(): h for axes in grid.flat for h in axes.get_legend_handles_labels()[0]}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=5)
    return figure


def layouts(points: dict[str, np.ndarray]) -> Figure:
    """Wind-farm layouts side by side, one a name: turbines coloured by the wind speed that wakes cost them.

    ``points`` maps a title to a layout (30,) in metres. The rose shows how often the wind blows towards each
    sector: 0 degrees along X, 90 along Y.
    """
    figure = plt.figure(figsize=(3.1 * len(points) + 2.6, 3.4))
    widths = [1.0] * len(points) + [0.75]
    grid = figure.add_gridspec(1, len(points) + 1, width_ratios=widths)
    panels = []
    for column, (name, layout) in enumerate(points.items()):
        axes = figure.add_subplot(grid[0, column])
        panels.append(axes)
        loss = np.average(wind_farm.deficits(layout[None])[0], axis=0, weights=wind_farm.FREQUENCIES)
        drawn = axes.scatter(
            layout[0::2], layout[1::2], c=100 * loss, cmap="viridis_r", vmin=0, vmax=15, s=45, zorder=3
        )
        axes.set(
            xlim=(0, 2000), ylim=(0, 2000), aspect="equal", xlabel="X (m)", ylabel="Y (m)" if column == 0 else ""
        )
        axes.set_title(f"{name}\n{-wind_farm.PROBLEM.objective(layout):.0f} kW")
    figure.colorbar(drawn, ax=panels, label="mean loss of wind speed (%)", shrink=0.8, extend="max")
    rose = figure.add_subplot(grid[0, -1], projection="polar")
    angles = np.radians(15.0 * (np.arange(24) + 0.5))
    rose.bar(angles, 100 * wind_farm.FREQUENCIES, width=np.radians(15), color="#0072B2")
    rose.set_title("wind blows towards\n(% of time)")
    rose.tick_params(labelsize=7)
    return figure


def prompt_and_program(prompt: str, program: str, title: str) -> Figure:
    """Prompt on the left and program on the right, as text (the paper's Figs 7 to 9)."""
    left, right = (_wrapped(text) for text in (prompt, program))
    lines = max(len(left), len(right))
    figure, panels = plt.subplots(1, 2, figsize=(11.4, 0.5 + 0.122 * lines))
    for axes, text, name in zip(panels, (left, right), (f"prompt: {title}", "generated program"), strict=True):
        axes.set_axis_off()
        axes.set_title(name, loc="left", fontweight="bold")
        axes.text(0, 1, "\n".join(text), family="monospace", fontsize=7, va="top", parse_math=False)
    return figure


def _wrapped(text: str, width: int = 84) -> list[str]:
    lines = text.rstrip("\n").split("\n")
    return [part for line in lines for part in textwrap.wrap(line, width, subsequent_indent="    ") or [""]]


def solution_convergence(traces: dict[str, list[tuple[float, ...]]], budgets: dict[str, int]) -> Figure:
    """Best feasible value against FEs of a user's problems, one panel a problem, one line a run.

    ``traces`` maps a problem's name to the traces of its runs (empty where no program ran, which the panel says).
    """
    figure, grid = plt.subplots(1, len(traces), figsize=(3.7 * len(traces), 3.0), squeeze=False)
    for axes, (name, runs) in zip(grid.flat, traces.items(), strict=True):
        for trace in runs:
            axes.step(trace_fes(budgets[name]), trace, where="post", color=style.colour("LLaMoCo"), alpha=0.8)
        if not any(np.isfinite(trace).any() for trace in runs):
            axes.text(0.5, 0.5, "no feasible point", ha="center", va="center", transform=axes.transAxes)
        axes.set_xscale("log")
        axes.set_xlim(1, budgets[name])
        axes.set(title=name, xlabel="function evaluations (FEs)", ylabel="best feasible value")
    return figure
