"""Real problems in LaTeX as their authors or an engineer would write them, each with its box, a Python transcription
and the best point known from the literature.

Sources: RC01 to RC32 are problems of the CEC 2020 real-world suite (Kumar et al., 2020), the welded beam and the
speed reducer in their classic form (Coello, 2000; Golinski, 1973); g02 to g13 are of Michalewicz and Schoenauer
(1996); the cantilever beam is Fleury and Braibant's (1986).
"""

import dataclasses
from collections.abc import Callable

import numpy as np

PI, SQRT2 = np.pi, np.sqrt(2.0)


@dataclasses.dataclass(frozen=True)
class RealProblem:
    """``values(x)`` gives f, the inequalities and the equalities; ``best`` is a point with value ``f_best``."""

    name: str
    dimension: int
    text: str
    lower: tuple[float, ...] | float | None  # None: the text says the bounds
    upper: tuple[float, ...] | float | None
    values: Callable[[np.ndarray], tuple[float, list, list]]
    best: tuple[float, ...] | None = None
    f_best: float | None = None
    slack: float = 1.001e-4  # what rounding of the published point leaves of the active constraints


# The paper's F.3, as printed there: labels "h_1(x):" and "h_5(x) =", spaces and all.
HEAT_EXCHANGER = r"""$Minimize: f(x) = 35x_1^{0.6} + 35x_2^{0.6}$ s.t. : $h_1(x)$: 200 $x_1x_4 - x_3 = 0$
$h_2(x)$: 200 $x_2x_6 - x_5 = 0$
$h_3(x)$: $x_3 - 10000(x_7 - 100) = 0$
$h_4(x)$: $x_5 - 10000(300 - x_7) = 0$
$h_5(x) = x_3 - 10000(600 - x_8) = 0$
$h_6(x) = x_5 - 10000(900 - x_9) = 0$
$h_7(x) = x_4 \ln(x_8 - 100) - x_4 \ln(600 - x_7) - x_8 + x_7 + 500 = 0$
$h_8(x) = x_6 \ln(x_9 - x_7) - x_6 \ln(600) - x_9 + x_7 + 600 = 0$"""


def heat_exchanger(x):
    x1, x2, x3, x4, x5, x6, x7, x8, x9 = x
    h = [
        200 * x1 * x4 - x3,
        200 * x2 * x6 - x5,
        x3 - 10000 * (x7 - 100),
        x5 - 10000 * (300 - x7),
        x3 - 10000 * (600 - x8),
        x5 - 10000 * (900 - x9),
        x4 * np.log(x8 - 100) - x4 * np.log(600 - x7) - x8 + x7 + 500,
        x6 * np.log(x9 - x7) - x6 * np.log(600) - x9 + x7 + 600,
    ]
    return 35 * x1**0.6 + 35 * x2**0.6, [], h


HAVERLY = r"""\begin{equation*}
\begin{array}{rl}
\displaystyle\min_{x} & -(9x_1 + 15x_2 - 6x_3 - 16x_4 - 10(x_5 + x_6)) \\
\text{s.t.} & x_9 x_7 + 2 x_5 \leq 2.5 x_1, \\
& x_9 x_8 + 2 x_6 \leq 1.5 x_2, \\
& x_7 + x_8 = x_3 + x_4, \quad x_1 = x_7 + x_5, \quad x_2 = x_8 + x_6, \\
& x_9 (x_7 + x_8) - 3 x_3 - x_4 = 0, \\
& 0 \le x_1, x_3, x_4, x_5, x_6, x_8 \le 100, \quad 0 \le x_2, x_7, x_9 \le 200
\end{array}
\end{equation*}"""


def haverly(x):
    x1, x2, x3, x4, x5, x6, x7, x8, x9 = x
    g = [x9 * x7 + 2 * x5 - 2.5 * x1, x9 * x8 + 2 * x6 - 1.5 * x2]
    h = [x7 + x8 - x3 - x4, x1 - x7 - x5, x2 - x8 - x6, x9 * (x7 + x8) - 3 * x3 - x4]
    return -(9 * x1 + 15 * x2 - 6 * x3 - 16 * x4 - 10 * (x5 + x6)), g, h


SYNTHESIS = r"""Minimize $2 x_1 + y$ subject to $1.25 - x_1^2 - y \le 0$, $x_1 + y \le 1.6$,
where $y = \operatorname{round}(x_2)$, $0 \le x_1 \le 1.6$, $x_2 \in [-0.5, 1.49]$"""


def synthesis(x):
    y = np.round(x[1])
    return 2 * x[0] + y, [1.25 - x[0] ** 2 - y, x[0] + y - 1.6], []


FLOW_SHEET = r"""\begin{align}
\text{Minimize:} \quad & f(\mathbf{x}) = -0.7 x_3 + 0.8 + 5 (0.5 - x_1)^2 \label{eq:f} \\
\text{subject to:} \quad & g_1(\mathbf{x}) = -\exp(x_1 - 0.2) - x_2 \leq 0, \\
& g_2(\mathbf{x}) = x_2 + 1.1 x_3 + 1 \leq 0, \\
& g_3(\mathbf{x}) = x_1 - x_3 - 0.2 \leq 0, \nonumber \\
\text{with bounds:} \quad & 0.2 \leq x_1 \leq 1, \; -2.22554 \leq x_2 \leq -1, \; 0 \leq x_3 \leq 1
\end{align}"""


def flow_sheet(x):
    g = [-np.exp(x[0] - 0.2) - x[1], x[1] + 1.1 * x[2] + 1, x[0] - x[2] - 0.2]
    return -0.7 * x[2] + 0.8 + 5 * (0.5 - x[0]) ** 2, g, []


SPEED_REDUCER = r"""\begin{aligned}
\min_{\vec{x}} \; f(\vec{x}) &= 0.7854 x_1 x_2^2 \left(3.3333 x_3^2 + 14.9334 x_3 - 43.0934\right) \\
&\quad - 1.508 x_1 \left(x_6^2 + x_7^2\right) + 7.4777 \left(x_6^3 + x_7^3\right) \\
&\quad + 0.7854 \left(x_4 x_6^2 + x_5 x_7^2\right) \\
\text{s.t. } & \frac{27}{x_1 x_2^2 x_3} - 1 \le 0 \\
& \frac{397.5}{x_1 x_2^2 x_3^2} - 1 \le 0 \\
& \frac{1.93 x_4^3}{x_2 x_3 x_6^4} - 1 \le 0 \\
& \frac{1.93 x_5^3}{x_2 x_3 x_7^4} - 1 \le 0 \\
& \frac{\sqrt{\left(\dfrac{745 x_4}{x_2 x_3}\right)^2 + 16.9 \times 10^6}}{110 x_6^3} - 1 \le 0 \\
& \frac{\sqrt{\left(\dfrac{745 x_5}{x_2 x_3}\right)^2 + 157.5 \times 10^6}}{85 x_7^3} - 1 \le 0 \\
& \frac{x_2 x_3}{40} - 1 \le 0, \quad \frac{5 x_2}{x_1} - 1 \le 0, \quad \frac{x_1}{12 x_2} - 1 \le 0 \\
& \frac{1.5 x_6 + 1.9}{x_4} - 1 \le 0 \\
& \frac{1.1 x_7 + 1.9}{x_5} - 1 \le 0 \\
& 2.6 \le x_1 \le 3.6,\ 0.7 \le x_2 \le 0.8,\ 17 \le x_3 \le 28,\ 7.3 \le x_4, x_5 \le 8.3, \\
& 2.9 \le x_6 \le 3.9,\ 5 \le x_7 \le 5.5
\end{aligned}"""


def speed_reducer(x):
    x1, x2, x3, x4, x5, x6, x7 = x
    f = 0.7854 * x1 * x2**2 * (3.3333 * x3**2 + 14.9334 * x3 - 43.0934) - 1.508 * x1 * (x6**2 + x7**2)
    f += 7.4777 * (x6**3 + x7**3) + 0.7854 * (x4 * x6**2 + x5 * x7**2)
    g = [
        27 / (x1 * x2**2 * x3) - 1,
        397.5 / (x1 * x2**2 * x3**2) - 1,
        1.93 * x4**3 / (x2 * x3 * x6**4) - 1,
        1.93 * x5**3 / (x2 * x3 * x7**4) - 1,
        np.sqrt((745 * x4 / (x2 * x3)) ** 2 + 16.9e6) / (110 * x6**3) - 1,
        np.sqrt((745 * x5 / (x2 * x3)) ** 2 + 157.5e6) / (85 * x7**3) - 1,
        x2 * x3 / 40 - 1,
        5 * x2 / x1 - 1,
        x1 / (12 * x2) - 1,
        (1.5 * x6 + 1.9) / x4 - 1,
        (1.1 * x7 + 1.9) / x5 - 1,
    ]
    return f, g, []


SPRING = r"""\text{minimize } f(x_1, x_2, x_3) = (x_3 + 2) x_2 x_1^2
\text{subject to}
g_1(x) = 1 - \frac{x_2^3 x_3}{71785 x_1^4} \le 0
g_2(x) = \frac{4 x_2^2 - x_1 x_2}{12566 (x_2 x_1^3 - x_1^4)} + \frac{1}{5108 x_1^2} - 1 \le 0
g_3(x) = 1 - \frac{140.45 x_1}{x_2^2 x_3} \le 0
g_4(x) = \frac{x_1 + x_2}{1.5} - 1 \le 0
0.05 \le x_1 \le 2, 0.25 \le x_2 \le 1.3, 2 \le x_3 \le 15"""


def spring(x):
    d, w, n = x
    g = [
        1 - w**3 * n / (71785 * d**4),
        (4 * w**2 - d * w) / (12566 * (w * d**3 - d**4)) + 1 / (5108 * d**2) - 1,
        1 - 140.45 * d / (w**2 * n),
        (d + w) / 1.5 - 1,
    ]
    return (n + 2) * w * d**2, g, []


VESSEL = r"""\min_{x} f(x) = 0.6224 x_1 x_3 x_4 + 1.7781 x_2 x_3^2 + 3.1661 x_1^2 x_4 + 19.84 x_1^2 x_3
\text{s.t. } -x_1 + 0.0193 x_3 \le 0
-x_2 + 0.00954 x_3 \le 0
-\pi x_3^2 x_4 - \frac{4}{3} \pi x_3^3 + 1{,}296{,}000 \le 0
x_4 \le 240
0.0625 \le x_1, x_2 \le 99 \times 0.0625"""


def vessel(x):
    x1, x2, x3, x4 = x
    f = 0.6224 * x1 * x3 * x4 + 1.7781 * x2 * x3**2 + 3.1661 * x1**2 * x4 + 19.84 * x1**2 * x3
    g = [-x1 + 0.0193 * x3, -x2 + 0.00954 * x3, -PI * x3**2 * x4 - 4 / 3 * PI * x3**3 + 1296000, x4 - 240]
    return f, g, []


WELDED_BEAM = r"""\begin{align*}
\min \quad & f(x) = 1.10471 x_1^2 x_2 + 0.04811 x_3 x_4 (14 + x_2) \\
\text{s.t.} \quad & \tau(x) - \tau_{\max} \le 0 \\
& \sigma(x) - \sigma_{\max} \le 0 \\
& x_1 - x_4 \le 0 \\
& \delta(x) - \delta_{\max} \le 0 \\
& P - P_c(x) \le 0 \\
\text{where} \quad & \tau(x) = \sqrt{(\tau')^2 + 2 \tau' \tau'' \frac{x_2}{2R} + (\tau'')^2}, \\
& \tau' = \frac{P}{\sqrt{2} x_1 x_2}, \quad \tau'' = \frac{MR}{J}, \quad M = P \left(L + \frac{x_2}{2}\right), \\
& R = \sqrt{\frac{x_2^2}{4} + \left(\frac{x_1 + x_3}{2}\right)^2}, \\
& J = 2 \left\{ \sqrt{2} x_1 x_2 \left[ \frac{x_2^2}{12} + \left(\frac{x_1 + x_3}{2}\right)^2 \right] \right\}, \\
& \sigma(x) = \frac{6PL}{x_4 x_3^2}, \quad \delta(x) = \frac{4PL^3}{E x_3^3 x_4}, \\
& P_c(x) = \frac{4.013 E \sqrt{\frac{x_3^2 x_4^6}{36}}}{L^2} \left(1 - \frac{x_3}{2L} \sqrt{\frac{E}{4G}}\right), \\
& P = 6000, \; L = 14, \; E = 30 \times 10^6, \; G = 12 \times 10^6, \\
& \tau_{\max} = 13600, \; \sigma_{\max} = 30000, \; \delta_{\max} = 0.25
\end{align*}"""


def welded_beam(x):
    x1, x2, x3, x4 = x
    load, length, young, shear = 6000.0, 14.0, 30e6, 12e6
    r = np.sqrt(x2**2 / 4 + ((x1 + x3) / 2) ** 2)
    j = 2 * (SQRT2 * x1 * x2 * (x2**2 / 12 + ((x1 + x3) / 2) ** 2))
    first, second = load / (SQRT2 * x1 * x2), load * (length + x2 / 2) * r / j
    tau = np.sqrt(first**2 + 2 * first * second * x2 / (2 * r) + second**2)
    critical = 4.013 * young * np.sqrt(x3**2 * x4**6 / 36) / length**2
    critical *= 1 - x3 / (2 * length) * np.sqrt(young / (4 * shear))
    g = [
        tau - 13600,
        6 * load * length / (x4 * x3**2) - 30000,
        x1 - x4,
        4 * load * length**3 / (young * x3**3 * x4) - 0.25,
        load - critical,
    ]
    return 1.10471 * x1**2 * x2 + 0.04811 * x3 * x4 * (14 + x2), g, []


TRUSS = r"""\begin{aligned}
& \underset{x_1, x_2}{\text{minimize}} & & f(x) = (2\sqrt{2} x_1 + x_2) \cdot l \\
& \text{subject to} & & \frac{\sqrt{2} x_1 + x_2}{\sqrt{2} x_1^2 + 2 x_1 x_2} P - \sigma \leqslant 0, \\
&&& \frac{x_2}{\sqrt{2} x_1^2 + 2 x_1 x_2} P - \sigma \leqslant 0, \\
&&& \frac{1}{x_1 + \sqrt{2} x_2} P - \sigma \leqslant 0,
\end{aligned}
where $l = 100$, $P = 2$ and $\sigma = 2$; $0 \leqslant x_1, x_2 \leqslant 1$."""


def truss(x):
    below = SQRT2 * x[0] ** 2 + 2 * x[0] * x[1]
    g = [(SQRT2 * x[0] + x[1]) / below * 2 - 2, x[1] / below * 2 - 2, 1 / (x[0] + SQRT2 * x[1]) * 2 - 2]
    return (2 * SQRT2 * x[0] + x[1]) * 100, g, []


GEAR_TRAIN = r"""\min f(x) = \left( \frac{1}{6.931}
- \frac{\lfloor x_1 + \frac12 \rfloor \lfloor x_2 + \frac12 \rfloor}
{\lfloor x_3 + \frac12 \rfloor \lfloor x_4 + \frac12 \rfloor} \right)^2, \qquad 12 \le x_i \le 60,\ i = 1, \dots, 4"""


def gear_train(x):
    a, b, c, d = np.floor(x + 0.5)
    return (1 / 6.931 - a * b / (c * d)) ** 2, [], []


HIMMELBLAU = r"""\min_{x} \; 5.3578547 x_3^2 + 0.8356891 x_1 x_5 + 37.293239 x_1 - 40792.141
\text{s.t. }
0 \le 85.334407 + 0.0056858 x_2 x_5 + 0.0006262 x_1 x_4 - 0.0022053 x_3 x_5 \le 92
90 \le 80.51249 + 0.0071317 x_2 x_5 + 0.0029955 x_1 x_2 + 0.0021813 x_3^2 \le 110
20 \le 9.300961 + 0.0047026 x_3 x_5 + 0.0012547 x_1 x_3 + 0.0019085 x_3 x_4 \le 25
78 \le x_1 \le 102
33 \le x_2 \le 45
27 \le x_3, x_4, x_5 \le 45"""


def himmelblau(x):
    x1, x2, x3, x4, x5 = x
    a = 85.334407 + 0.0056858 * x2 * x5 + 0.0006262 * x1 * x4 - 0.0022053 * x3 * x5
    b = 80.51249 + 0.0071317 * x2 * x5 + 0.0029955 * x1 * x2 + 0.0021813 * x3**2
    c = 9.300961 + 0.0047026 * x3 * x5 + 0.0012547 * x1 * x3 + 0.0019085 * x3 * x4
    f = 5.3578547 * x3**2 + 0.8356891 * x1 * x5 + 37.293239 * x1 - 40792.141
    return f, [-a, a - 92, 90 - b, b - 110, 20 - c, c - 25], []


CANTILEVER = r"""Minimize $f(x) = 0.0624 \sum_{i=1}^{5} x_i$ subject to
$$\frac{61}{x_1^3} + \frac{37}{x_2^3} + \frac{19}{x_3^3} + \frac{7}{x_4^3} + \frac{1}{x_5^3} \le 1,$$
with $0.01 \le x_i \le 100$ for all $i = 1, 2, \ldots, 5$."""


def cantilever(x):
    return 0.0624 * sum(x), [61 / x[0] ** 3 + 37 / x[1] ** 3 + 19 / x[2] ** 3 + 7 / x[3] ** 3 + 1 / x[4] ** 3 - 1], []


G02 = r"""\min_x f(x) = -\left| \frac{\sum_{i=1}^{n} \cos^4(x_i) - 2 \prod_{i=1}^{n} \cos^2(x_i)}{
\sqrt{\sum_{i=1}^{n} i x_i^2}} \right|
\text{s.t. } 0.75 - \prod_{i=1}^{n} x_i \le 0, \quad \sum_{i=1}^{n} x_i - 7.5 n \le 0, \quad
0 < x_i \le 10 \quad (i = 1, \dots, n)"""


def g02(x):
    above = np.sum(np.cos(x) ** 4) - 2 * np.prod(np.cos(x) ** 2)
    f = -abs(above / np.sqrt(np.sum(np.arange(1, len(x) + 1) * x**2)))
    return f, [0.75 - np.prod(x), np.sum(x) - 7.5 * len(x)], []


G03 = r"""\min f(x) = -(\sqrt{n})^n \prod_{i=1}^{n} x_i
\quad \text{s.t.} \quad \|x\|_2^2 - 1 = 0, \quad x \in [0, 1]^n"""


def g03(x):
    return -(len(x) ** (len(x) / 2)) * np.prod(x), [], [np.sum(x**2) - 1]


G08 = r"""f(x) = -\frac{\sin^3(2\pi x_1) \sin(2\pi x_2)}{x_1^3 (x_1 + x_2)}
\text{ subject to } x_1^2 - x_2 + 1 \le 0 \text{ and } 1 - x_1 + (x_2 - 4)^2 \le 0,
x_1 \in [0, 10], x_2 \in [0, 10]"""


def g08(x):
    f = -(np.sin(2 * PI * x[0]) ** 3) * np.sin(2 * PI * x[1]) / (x[0] ** 3 * (x[0] + x[1]))
    return f, [x[0] ** 2 - x[1] + 1, 1 - x[0] + (x[1] - 4) ** 2], []


G13 = r"""\begin{gather*}
\min_{x \in \mathbb{R}^5} e^{x_1 x_2 x_3 x_4 x_5} \\
\text{s.t.} \quad \left\{ \begin{array}{l} x^\top x = 10 \\
x_2 x_3 - 5 x_4 x_5 = 0 \\ x_1^3 + x_2^3 + 1 = 0 \end{array} \right. \\
-2.3 \le x_1, x_2 \le 2.3, \quad -3.2 \le x_3, x_4, x_5 \le 3.2
\end{gather*}"""


def g13(x):
    return np.exp(np.prod(x)), [], [x @ x - 10, x[1] * x[2] - 5 * x[3] * x[4], x[0] ** 3 + x[1] ** 3 + 1]


PROBLEMS = [
    RealProblem(
        "heat_exchanger_RC01",
        9,
        HEAT_EXCHANGER,
        (0, 0, 0, 0, 1000, 0, 100, 100, 100),
        (10, 200, 100, 200, 2000000, 600, 600, 600, 900),
        heat_exchanger,
    ),
    RealProblem("haverly_RC05", 9, HAVERLY, None, None, haverly, (0, 200, 0, 100, 0, 100, 0, 100, 1), -400.0),
    RealProblem("synthesis_RC08", 2, SYNTHESIS, None, None, synthesis, (0.5, 1.0), 2.0),
    RealProblem("flow_sheet_RC10", 3, FLOW_SHEET, None, None, flow_sheet, (0.94193737, -2.1, 1.0), 1.0765430833),
    RealProblem(
        "speed_reducer_RC15",
        7,
        SPEED_REDUCER,
        None,
        None,
        speed_reducer,
        (3.5, 0.7, 17.0, 7.3, 7.7153199115, 3.3502146661, 5.2866544650),
        2994.4710661,
    ),
    RealProblem("spring_RC17", 3, SPRING, None, None, spring, (0.0516890610, 0.3567177398, 11.2889660), 0.0126652328),
    RealProblem(
        "vessel_RC18",
        4,
        VESSEL,
        (0.0625, 0.0625, 10, 10),
        (6.1875, 6.1875, 200, 200),
        vessel,
        (0.7781686414, 0.3846491626, 40.3196187241, 200.0),
        5885.3327736,
        1.0,
    ),
    RealProblem(
        "welded_beam_RC19",
        4,
        WELDED_BEAM,
        0.1,
        10.0,
        welded_beam,
        (0.2057296398, 3.4704886656, 9.0366239104, 0.2057296398),
        1.7248523086,
        1e-1,
    ),
    RealProblem("truss_RC20", 2, TRUSS, None, None, truss, (0.7886751346, 0.4082482905), 263.89584338),
    RealProblem("gear_train_RC31", 4, GEAR_TRAIN, None, None, gear_train, (16.0, 19.0, 43.0, 49.0), 2.700857149e-12),
    RealProblem(
        "himmelblau_RC32",
        5,
        HIMMELBLAU,
        None,
        None,
        himmelblau,
        (78.0, 33.0, 29.9952560257, 45.0, 36.7758129058),
        -30665.538671783,
    ),
    RealProblem(
        "cantilever",
        5,
        CANTILEVER,
        None,
        None,
        cantilever,
        (6.0160159, 5.3091739, 4.4943296, 3.5014750, 2.1526653),
        1.3399564,
    ),
    RealProblem("g02", 6, G02, None, None, g02),
    RealProblem("g03", 4, G03, None, None, g03, (0.5, 0.5, 0.5, 0.5), -1.0),
    RealProblem("g08", 2, G08, None, None, g08, (1.2279713, 4.2453733), -0.0958250414),
    RealProblem(
        "g13",
        5,
        G13,
        None,
        None,
        g13,
        (-1.71714224003, 1.59572124049468, 1.8272502406271, -0.763659881912867, -0.76365986736498),
        0.053941514041898,
    ),
]
