"""Haverly's pooling problem (RC05): blend three crudes through one pool into two products at least cost.

Bilinear in the pool's quality x9, with four equalities (Floudas and Pardalos, 1990; Kumar et al., 2020, RC05). Flows
are in hundred barrels a day, the objective is the negative profit.
"""

import numpy as np

from llamoco_lib.problems.realistic.problem import RealisticProblem


def rows(points: np.ndarray) -> np.ndarray:
    """Negative profit at points (n, 9)."""
    x1, x2, x3, x4, x5, x6, _, _, _ = points.T
    return -(9 * x1 + 15 * x2 - 6 * x3 - 16 * x4 - 10 * (x5 + x6))


def constraint_rows(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Product qualities g (n, 2) and mass and quality balances h (n, 4)."""
    x1, x2, x3, x4, x5, x6, x7, x8, x9 = points.T
    g = np.stack([x9 * x7 + 2 * x5 - 2.5 * x1, x9 * x8 + 2 * x6 - 1.5 * x2], axis=1)
    h = np.stack([x7 + x8 - x3 - x4, x1 - x7 - x5, x2 - x8 - x6, x9 * x7 + x9 * x8 - 3 * x3 - x4], axis=1)
    return g, h


PYTHON = """\
import numpy as np

def f(x):
    return -(9*x[0] + 15*x[1] - 6*x[2] - 16*x[3] - 10*(x[4] + x[5]))

def constraints(x):
    g = [x[8]*x[6] + 2*x[4] - 2.5*x[0],
         x[8]*x[7] + 2*x[5] - 1.5*x[1]]
    h = [x[6] + x[7] - x[2] - x[3],
         x[0] - x[6] - x[4],
         x[1] - x[7] - x[5],
         x[8]*x[6] + x[8]*x[7] - 3*x[2] - x[3]]
    return np.array(g), np.array(h)
"""

LATEX = r"""\min_{x} f(x) = -(9 x_1 + 15 x_2 - 6 x_3 - 16 x_4 - 10 (x_5 + x_6))
\text{s.t. } x_9 x_7 + 2 x_5 - 2.5 x_1 \le 0
x_9 x_8 + 2 x_6 - 1.5 x_2 \le 0
x_7 + x_8 - x_3 - x_4 = 0
x_1 - x_7 - x_5 = 0
x_2 - x_8 - x_6 = 0
x_9 x_7 + x_9 x_8 - 3 x_3 - x_4 = 0
"""

PROBLEM = RealisticProblem(
    id="haverly_pooling",
    title="Haverly's pooling",
    source="Floudas and Pardalos (1990); RC05 of Kumar et al. (2020)",
    dimension=9,
    budget=2000,
    box_lower=0.0,
    box_upper=(100.0, 200.0, 100.0, 100.0, 100.0, 100.0, 200.0, 100.0, 200.0),
    rows=rows,
    constraint_rows=constraint_rows,
    n_inequality=2,
    n_equality=4,
    reference=-400.0056,
    reference_source="proven optimum -400, less what the tolerance |h| <= 1e-4 gives (Kumar et al., 2020)",
    is_optimum=True,
    f0=270.0478898846279,
    writings={"python": PYTHON, "latex": LATEX},
)
