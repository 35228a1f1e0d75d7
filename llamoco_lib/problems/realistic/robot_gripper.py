"""Robot gripper (RC24): lengths and angle of a gripper whose force changes least over its stroke.

The objective is the range of the gripping force F(z) over the actuator's displacement z (Osyczka et al., 1999). The
benchmark suite's own code finds that range with a local search (MATLAB's ``fminbnd``), which can miss it by a factor
of 28 at its published best point; here it is taken on a grid of 401 displacements. Where the linkage cannot close
(the geometry is not real) f or g is 1e4, as in the suite (Kumar et al., 2020, RC24). Lengths in mm, angles in rad.
"""

import numpy as np

from llamoco_lib.problems.realistic.problem import RealisticProblem

FORCE = 100.0
Y_MIN, Y_MAX, Y_GRIP = 50.0, 100.0, 150.0
Z_MAX = 99.9999
NOT_REAL = 1e4
Z = np.linspace(0.0, Z_MAX, 401)


def linkage(points: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gripping force F and opening y, each (n, k), of points (n, 7) at displacements ``z`` (k,); NaN where not
    real."""
    a, b, c, e, f, length, delta = (column[:, None] for column in points.T)
    with np.errstate(invalid="ignore", divide="ignore"):
        g = np.sqrt((length - z) ** 2 + e**2)
        phi = np.arctan(e / (length - z))
        alpha = np.arccos((a**2 + g**2 - b**2) / (2 * a * g)) + phi
        beta = np.arccos((b**2 + g**2 - a**2) / (2 * b * g)) - phi
        force = FORCE * b * np.sin(alpha + beta) / (2 * c * np.cos(alpha))
        opening = 2 * (e + f + c * np.sin(beta + delta))
    return force, opening


def rows(points: np.ndarray) -> np.ndarray:
    """Range of the gripping force (N) at points (n, 7)."""
    force, _ = linkage(points, Z)
    return np.nan_to_num(force.max(axis=1) - force.min(axis=1), nan=NOT_REAL, posinf=NOT_REAL)


def constraint_rows(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Openings at both ends of the stroke and reach of the linkage, g (n, 7); no equality."""
    a, b, _, e, _, length, _ = points.T
    _, opening = linkage(points, np.array([0.0, Z_MAX]))
    y_0, y_end = opening.T
    g = [
        y_end - Y_MIN,
        -y_end,
        Y_MAX - y_0,
        y_0 - Y_GRIP,
        length**2 + e**2 - (a + b) ** 2,
        b**2 - (a - e) ** 2 - (length - Z_MAX) ** 2,
        Z_MAX - length,
    ]
    return np.nan_to_num(np.stack(g, axis=1), nan=NOT_REAL), np.zeros((len(points), 0))


PYTHON = """\
import numpy as np

def linkage(x, z):
    a, b, c, e, f, l, delta = x
    g = np.sqrt((l - z)**2 + e**2)
    phi = np.arctan(e / (l - z))
    alpha = np.arccos((a**2 + g**2 - b**2) / (2*a*g)) + phi
    beta = np.arccos((b**2 + g**2 - a**2) / (2*b*g)) - phi
    F = 100 * b * np.sin(alpha + beta) / (2*c*np.cos(alpha))
    y = 2 * (e + f + c*np.sin(beta + delta))
    return F, y

def f(x):
    F, y = linkage(x, np.linspace(0, 99.9999, 401))
    return np.nan_to_num(F.max() - F.min(), nan=1e4)

def constraints(x):
    a, b, c, e, f, l, delta = x
    F, y = linkage(x, np.array([0, 99.9999]))
    g = [y[1] - 50, -y[1], 100 - y[0], y[0] - 150,
         l**2 + e**2 - (a + b)**2,
         b**2 - (a - e)**2 - (l - 99.9999)**2,
         99.9999 - l]
    return np.nan_to_num(g, nan=1e4), np.zeros(0)
"""

PROBLEM = RealisticProblem(
    id="robot_gripper",
    title="Robot gripper",
    source="Osyczka et al. (1999); RC24 of Kumar et al. (2020), exact range of the force",
    dimension=7,
    budget=2000,
    box_lower=(10.0, 10.0, 100.0, 0.0, 10.0, 100.0, 1.0),
    box_upper=(150.0, 150.0, 200.0, 50.0, 150.0, 300.0, 3.14),
    rows=rows,
    constraint_rows=constraint_rows,
    n_inequality=7,
    reference=4.289321881341067,
    reference_source="best known design, a corner of the box at (150, 150, 200, 0, ., 100, .); not proven",
    is_optimum=False,
    f0=105.41390099053712,
    writings={"python": PYTHON},
)
