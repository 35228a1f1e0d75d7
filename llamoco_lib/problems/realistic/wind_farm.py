"""Wind-farm layout (RC44): place 15 turbines in 2 km by 2 km so that wakes cost as little power as possible.

Jensen's (Park) wake model over 24 wind sectors with Weibull speeds (Wang et al., 2017; Kumar et al., 2020, RC44). The
objective is the negative expected power in kW. Turbines stay five rotor radii apart; the suite's code forgets the
pairs of turbine 15, here all 105 pairs count. A wake has a sharp edge, so the objective jumps where a turbine crosses
one. Lengths in m, speeds in m/s.
"""

import numpy as np

from llamoco_lib.problems.realistic.problem import RealisticProblem

TURBINES = 15
RADIUS = 40.0
SPREAD = 0.01
INDUCTION = 1 - np.sqrt(0.2)  # a = 1 - sqrt(1 - C_T) with thrust coefficient C_T = 0.8
RATED, CUT_OUT = 1500.0, 25.0  # kW, m/s
SCALES = np.array(
    [7, 5, 5, 5, 5, 4, 5, 6, 7, 7, 8, 9.5, 10, 8.5, 8.5, 6.5, 4.6, 2.6, 8, 5, 6.4, 5.2, 4.5, 3.9]
)  # Weibull scale c of each sector, m/s (shape 2)
FREQUENCIES = (
    np.array(
        [
            3,
            72,
            237,
            242,
            222,
            301,
            397,
            268,
            626,
            801,
            1025,
            1445,
            1909,
            1162,
            793,
            82,
            41,
            8,
            10,
            5,
            13,
            31,
            85,
            222,
        ]
    )
    / 1e4
)
FIRST, SECOND = np.triu_indices(TURBINES, 1)
BEST_KNOWN = np.array(
    [
        (1321.634685, 1693.665404),
        (1901.057135, 40.0),
        (242.147467, 602.085765),
        (1201.313235, 40.0),
        (1396.367417, 972.577243),
        (216.507413, 40.0),
        (204.31747, 954.004438),
        (1337.798961, 1960.0),
        (175.475207, 365.551928),
        (265.55945, 1960.0),
        (1345.357322, 364.809737),
        (1519.475441, 1269.530535),
        (40.0, 1320.214566),
        (1345.456851, 612.301587),
        (193.61475, 1705.386367),
    ]
).ravel()  # (30,): the layout of the reference value; all digits count, turbines stand at the edges of wakes
CHUNK = 64  # points at a time: 9 MB of exponentials

_ANGLES = np.radians(15.0 * (np.arange(24) + 0.5))
_SPEEDS = np.append(3.5 + 0.3 * np.arange(36), CUT_OUT)
_MIDDLES = (_SPEEDS[:35] + _SPEEDS[1:36]) / 2
_POWERS = np.append(RATED * np.exp(_MIDDLES - 7.5) / (5 + np.exp(_MIDDLES - 7.5)), RATED)
_WEIGHTS = np.append(_POWERS, 0.0) - np.append(0.0, _POWERS)  # of exp(-(v/c)^2) at each speed: the sum, rearranged


def deficits(points: np.ndarray) -> np.ndarray:
    """Combined relative loss of wind speed, (n, 24, 15): per sector and turbine, of layouts (n, 30)."""
    x, y = points[:, 0::2], points[:, 1::2]
    dx, dy = x[:, :, None] - x[:, None, :], y[:, :, None] - y[:, None, :]
    along = np.cos(_ANGLES)[:, None, None] * dx[:, None] + np.sin(_ANGLES)[:, None, None] * dy[:, None]
    across = np.sqrt(np.maximum((dx**2 + dy**2)[:, None] - along**2, 0.0))
    shadowed = (along > 0) & (SPREAD * along + RADIUS > across - RADIUS)
    single = np.where(shadowed, INDUCTION / (1 + SPREAD * along / RADIUS) ** 2, 0.0)
    return np.sqrt(np.sum(single**2, axis=-1))


def power(loss: np.ndarray) -> np.ndarray:
    """Expected power of the farm in kW, (n,), from the losses (n, 24, 15)."""
    scales = SCALES[:, None] * (1 - loss)
    with np.errstate(divide="ignore"):
        exceed = np.exp(-((_SPEEDS / scales[..., None]) ** 2))
    each = np.sum(_WEIGHTS * exceed, axis=-1)
    return np.sum(FREQUENCIES * np.sum(each, axis=-1), axis=-1)


def rows(points: np.ndarray) -> np.ndarray:
    """Negative expected power (kW) of layouts (n, 30), each (X1, Y1, ..., X15, Y15)."""
    if len(points) == 0:
        return np.zeros(0)
    chunks = [points[i : i + CHUNK] for i in range(0, len(points), CHUNK)]
    return -np.concatenate([power(deficits(chunk)) for chunk in chunks])


def constraint_rows(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Five radii less the distance of each pair, g (n, 105); no equality."""
    x, y = points[:, 0::2], points[:, 1::2]
    distance = np.hypot(x[:, FIRST] - x[:, SECOND], y[:, FIRST] - y[:, SECOND])
    return 5 * RADIUS - distance, np.zeros((len(points), 0))


PYTHON = """\
import numpy as np
# x = (X1, Y1, ..., X15, Y15): turbines of a wind farm; per wind sector, c: Weibull scale, xi: frequency
v = np.append(3.5 + 0.3*np.arange(36), 25)
m = np.exp((v[:35] + v[1:36])/2 - 7.5)
P = np.append(1500*m/(5 + m), 1500)

def f(x):
    X, Y = x[0::2], x[1::2]
    dx, dy = X[:, None] - X, Y[:, None] - Y
    power = 0
    for n in range(24):
        t = np.radians(15*n + 7.5)
        d = np.cos(t)*dx + np.sin(t)*dy
        L = np.sqrt(np.maximum(dx**2 + dy**2 - d**2, 0))
        wake = (d > 0) & (0.01*d + 40 > L - 40)
        D = np.where(wake, (1 - np.sqrt(0.2))/(1 + 0.01*d/40)**2, 0)
        s = c[n]*(1 - np.sqrt(np.sum(D**2, axis=1)))
        E = np.exp(-(v/s[:, None])**2)
        power += xi[n]*np.sum(P*(E[:, :-1] - E[:, 1:]))
    return -power

def constraints(x):
    X, Y = x[0::2], x[1::2]
    i, j = np.triu_indices(15, 1)
    return 200 - np.hypot(X[i] - X[j], Y[i] - Y[j]), np.zeros(0)
"""

PROBLEM = RealisticProblem(
    id="wind_farm",
    title="Wind-farm layout",
    source="Wang et al. (2017); RC44 of Kumar et al. (2020), all 105 distances",
    dimension=2 * TURBINES,
    budget=2000,
    box_lower=40.0,
    box_upper=1960.0,
    rows=rows,
    constraint_rows=constraint_rows,
    n_inequality=len(FIRST),
    reference=-6238.7052,
    reference_source="best of a long search, one turbine at a time; the best of the competition has -6222.51",
    is_optimum=False,
    f0=-4325.467881901907,
    writings={"python": PYTHON},
    data={"c": SCALES, "xi": FREQUENCIES},
)
