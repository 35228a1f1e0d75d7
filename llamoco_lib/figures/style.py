"""What all figures share: one style, one colour a method or optimizer everywhere, PNG and PDF side by side.

The colours are Okabe and Ito's set (2008), made for colour-blind readers, then Paul Tol's 'muted' set for the pool.
This module knows nothing of what a figure shows.
"""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from llamoco_lib import records

METHOD_COLOURS = {
    "LLaMoCo": "#D55E00",
    "backbone": "#999999",
    "SBS": "#0072B2",
    "VBS": "#000000",
    "random configuration": "#CC79A7",
    "always dual annealing": "#009E73",
    "always BIPOP-CMA-ES": "#56B4E9",
    "with warm-up": "#D55E00",
    "without warm-up": "#0072B2",
}
OPTIMIZER_COLOURS = {
    "dual_annealing": "#009E73",
    "bipop_cma_es": "#56B4E9",
    "sep_cma_es": "#332288",
    "vanilla_de": "#DDCC77",
    "deap_de": "#999933",
    "vanilla_pso": "#CC6677",
    "glpso": "#882255",
    "samr_ga": "#AA4499",
    "simulated_annealing": "#661100",
    "multistart_l_bfgs_b": "#E69F00",
    "slsqp": "#0072B2",
    "multistart_slsqp": "#88CCEE",
    "trust_constr": "#117733",
    "cobyla": "#44AA99",
    "l_bfgs_b": "#F0A000",
    "ga_tdx": "#6699CC",
    "heco_de": "#994455",
    "madde": "#EE3377",
    "amcde": "#8A6D00",
    "sdms_pso": "#EE8866",
    "dtpso": "#B07AA1",
    "bo": "#444444",
    "mmes": "#3366CC",
    "la_mcts": "#3C7A3C",
    "nsa": "#8C8C8C",
}
_DASHED, _DASH_DOT, _DOTTED = (0, (5, 1.6)), (0, (6, 1.6, 1.3, 1.6)), (0, (1.3, 1.3))
LINE_STYLES = {  # solid but for these: no two of a group with the same line look alike, to the colour-blind neither
    "glpso": _DASHED,
    "mmes": _DASHED,
    "sdms_pso": _DASHED,
    "vanilla_pso": _DASHED,
    "ga_tdx": _DASHED,
    "heco_de": _DASHED,
    "deap_de": _DASH_DOT,
    "madde": _DASH_DOT,
    "samr_ga": _DASH_DOT,
    "simulated_annealing": _DASH_DOT,
    "cobyla": _DASH_DOT,
    "la_mcts": _DOTTED,
    "nsa": _DOTTED,
    "sep_cma_es": _DOTTED,
    "vanilla_de": _DOTTED,
    "l_bfgs_b": _DOTTED,
    "dtpso": _DOTTED,
}
_SPARE = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377", "#BBBBBB")


def colour(name: str) -> str:
    """The colour of a method or an optimizer; the same name has the same colour in every figure."""
    known = METHOD_COLOURS | OPTIMIZER_COLOURS
    return known.get(name) or _SPARE[sum(name.encode()) % len(_SPARE)]


def line(name: str) -> dict[str, object]:
    """Colour and line style of an optimizer's curve, as matplotlib's keywords: seventeen stay told apart by both."""
    return {"color": colour(name), "linestyle": LINE_STYLES.get(name, "-")}


def use() -> None:
    """Set the style of all figures drawn from here on."""
    matplotlib.rcParams.update(
        {
            "figure.figsize": (7.0, 4.0),
            "figure.dpi": 110,
            "figure.constrained_layout.use": True,
            "savefig.dpi": 200,
            "font.size": 10,
            "axes.titlesize": 10,
            "axes.labelsize": 10,
            "legend.fontsize": 8.5,
            "legend.frameon": False,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#DDDDDD",
            "grid.linewidth": 0.6,
            "lines.linewidth": 1.6,
            "pdf.fonttype": 42,
        }
    )


def save(figure: Figure, run_dir: str | Path, name: str) -> Path:
    """Write ``<run_dir>/figures/<name>.png`` (200 dpi) and ``.pdf``; return the PNG's path, leave the figure open."""
    target = records.resolve(run_dir) / "figures" / f"{name}.png"
    with records.atomic(target) as temporary:
        figure.savefig(temporary, format="png")
    with records.atomic(target.with_suffix(".pdf")) as temporary:
        figure.savefig(temporary, format="pdf", metadata={"CreationDate": None})
    return target
