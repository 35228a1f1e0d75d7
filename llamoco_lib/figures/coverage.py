"""Figure of notebook 01: the landscapes of the problem set beside BBOB's and the realistic ones, in two dimensions.

This module knows nothing of how features are measured.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from llamoco_lib.figures.problems import SPLIT_COLOURS
from llamoco_lib.problems.coverage import Embedding

KIND_MARKERS = {"basic": "o", "composition": "^", "hybrid": "s"}
BBOB_COLOUR = "#888888"
REALISTIC_COLOUR = "#D55E00"
LOADING_COLOURS = ("#332288", "#44AA99")


def coverage(frame: pd.DataFrame, embedded: Embedding) -> Figure:
    """Left every landscape of ``frame`` in the plane of ``embedded``, right what the two axes are made of.

    A BBOB instance is the number of its function, an instance of P a marker by kind in the colour of its split.
    """
    figure, (plane, bars) = plt.subplots(1, 2, figsize=(10.5, 6.2), width_ratios=(2.6, 1.0))
    across, up = embedded.coordinates.T
    plane.scatter(across, up, s=0)  # sets the limits: texts do not
    of = frame["set"].to_numpy()
    for place in np.flatnonzero(of == "BBOB"):
        number = frame["name"][place]
        plane.text(across[place], up[place], number, color=BBOB_COLOUR, fontsize=6.5, ha="center", va="center")
    for split, colour in SPLIT_COLOURS.items():
        for kind, marker in KIND_MARKERS.items():
            chosen = (of == split) & (frame["kind"].to_numpy() == kind)
            plane.scatter(
                across[chosen], up[chosen], s=30, color=colour, marker=marker, edgecolor="white", linewidth=0.6
            )
    chosen = of == "realistic"
    plane.scatter(across[chosen], up[chosen], s=130, color=REALISTIC_COLOUR, marker="*", edgecolor="black", zorder=3)
    for place in np.flatnonzero(chosen):
        plane.annotate(
            frame["name"][place],
            (across[place], up[place]),
            xytext=(0, -11),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            bbox={"boxstyle": "round,pad=0.1", "facecolor": "white", "alpha": 0.75, "edgecolor": "none"},
        )
    first, second = embedded.explained
    plane.set_xlabel(f"first component ({first:.0%} of the variance)")
    plane.set_ylabel(f"second component ({second:.0%} of the variance)")
    _loadings(bars, embedded.loadings)
    figure.legend(handles=_keys(), loc="outside upper center", ncols=4)
    return figure


def _loadings(panel: Axes, loadings: pd.DataFrame) -> None:
    """Bars of each feature's correlation with the two components, features in the order of the first."""
    ordered = loadings.sort_values(1)
    places = np.arange(len(ordered))
    for component, colour, offset in zip((1, 2), LOADING_COLOURS, (0.2, -0.2), strict=True):
        panel.barh(places + offset, ordered[component], 0.4, color=colour, label=("first", "second")[component - 1])
    panel.set_yticks(places, [_short(name) for name in ordered.index], fontsize=7)
    panel.set_xlim(-1.0, 1.0)
    panel.set_ylim(-0.6, len(ordered) - 0.4)
    panel.set_xlabel("correlation with the component")
    panel.legend(loc="upper left", title="component", handlelength=1.0, fontsize=7.5, title_fontsize=8)


def _short(name: str) -> str:
    return name.replace(".", ": ").replace("_r2", " R²").replace("_", " ")


def _keys() -> list[Line2D]:
    def marker(shape: str, colour: str, label: str, size: float = 7.0) -> Line2D:
        return Line2D([], [], linestyle="none", marker=shape, color=colour, markersize=size, label=label)

    keys = [marker("o", colour, f"P, {split}") for split, colour in SPLIT_COLOURS.items()]
    keys.append(marker("*", REALISTIC_COLOUR, "realistic", 11.0))
    keys += [marker(shape, "black", kind) for kind, shape in KIND_MARKERS.items()]
    return [*keys, marker("$12$", BBOB_COLOUR, "function of BBOB", 10.0)]
