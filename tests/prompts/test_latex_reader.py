"""What users write by hand is read right, or refused with a mark under the token."""

import numpy as np
import pytest
from latex_problems import HEAT_EXCHANGER, PROBLEMS, heat_exchanger

from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Problem
from llamoco_lib.prompts.latex_reader import LatexError, read
from llamoco_lib.prompts.latex_text import parse

RNG = np.random.default_rng(8)
A, B, C, Q = RNG.normal(size=(2, 4)), RNG.normal(size=2), RNG.normal(size=4), RNG.normal(size=(4, 4))

READ = [
    (
        r"\min_{x} f(x) = (x_1-1)^2 + 100(x_2 - x_1^2)^2 \\ \text{s.t. } x_1 + x_2 \leq 3 \\ -5 \le x_i \le 5",
        lambda x: (x[0] - 1) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2,
        lambda x: ([x[0] + x[1] - 3], []),
    ),
    (
        r"$$f(x) = \sum_{i=1}^{D-1} \left( 100 (x_{i+1} - x_i^2)^2 + (1-x_i)^2 \right)$$"
        r" subject to $\sum_{i=1}^{D} x_i = 1$",
        lambda x: sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(3)),
        lambda x: ([], [sum(x) - 1]),
    ),
    (  # the paper's realistic example (App. F.3), shortened
        "Minimize: f(x) = 35x_1^{0.6} + 35x_2^{0.6}\ns.t. : h_1(x): 200 x_1x_4 - x_3 = 0\n"
        r"h_2(x) = x_4 \ln(x_3 + 100) - x_4 \ln(600 - x_2) - x_1 + 500 = 0",
        lambda x: 35 * x[0] ** 0.6 + 35 * x[1] ** 0.6,
        lambda x: (
            [],
            [
                200 * x[0] * x[3] - x[2],
                x[3] * np.log(x[2] + 100) - x[3] * np.log(600 - x[1]) - x[0] + 500,
            ],
        ),
    ),
    (
        r"""\begin{equation*}\begin{aligned}
        \underset{x}{\text{minimize}} \quad & \frac{1}{2}\left|x_1\right| + \sqrt{x_2^2 + 1} + \max(x_1, x_2) \\
        \text{subject to} \quad & x_i x_{i+1} \le 4, \quad i = 1, \dots, D-1 \\
        & x_1 \ge 0
        \end{aligned}\end{equation*}""",
        lambda x: 0.5 * abs(x[0]) + np.sqrt(x[1] ** 2 + 1) + max(x[0], x[1]),
        lambda x: ([x[0] * x[1] - 4, x[1] * x[2] - 4, x[2] * x[3] - 4, -x[0]], []),
    ),
    (
        r"f(\mathbf{x}) = a\, x_1^2 + e^{-x_2} + 1e3 \cdot x_1 + \frac12 x_2, \quad a = 2.5",
        lambda x: 2.5 * x[0] ** 2 + np.exp(-x[1]) + 1e3 * x[0] + 0.5 * x[1],
        None,
    ),
    (
        r"\min f(x) = \prod_{i=1}^D (1 + w_i), \text{ where } w_i = \frac{x_i}{i}",
        lambda x: np.prod([1 + x[i] / (i + 1) for i in range(4)]),
        None,
    ),
    (
        r"\min_{x \in \mathbb{R}^n} \sum_{i=1}^{n} i x_i^2 + 3",
        lambda x: sum((i + 1) * x[i] ** 2 for i in range(4)) + 3,
        None,
    ),
    (
        r"f(x) = q(x_1 + x_2) - \operatorname{round}(2 x_1), q(t) = t^2 + \sin t",
        lambda x: (x[0] + x[1]) ** 2 + np.sin(x[0] + x[1]) - np.round(2 * x[0]),
        None,
    ),
    (
        r"f(x) = -\sum_{i=1}^{D} x_i \sin\left(\sqrt{|x_i|}\right)",
        lambda x: -sum(v * np.sin(np.sqrt(abs(v))) for v in x),
        None,
    ),
    (r"f(x) = 1/2 \cdot x_1 + x_2/4 + \tfrac{1}{2} x_3", lambda x: x[0] / 2 + x[1] / 4 + x[2] / 2, None),
    (
        r"f(x) = \sum_{i=1}^{D} \sum_{j=1}^{i} x_j x_i",
        lambda x: sum(x[i] * x[j] for i in range(4) for j in range(i + 1)),
        None,
    ),
    (
        r"\text{Minimize } f(x) = x_1 + x_2 \text{ s.t. } g_1(x) = x_1 - 1 \le 0, g_2(x) = 1 - x_2 < 0"
        r" \text{ and } x_3 = 2",
        lambda x: x[0] + x[1],
        lambda x: ([x[0] - 1, 1 - x[1]], [x[2] - 2]),
    ),
    (
        "f(x) = x_1^2\n  + 3 x_2 -\n  x_3",
        lambda x: x[0] ** 2 + 3 * x[1] - x[2],
        None,
    ),
    # norms and vectors
    (r"f(x) = \|x\|^2", lambda x: x @ x, None),
    (r"\min \lVert x \rVert_1 + \left\| x - c \right\|_2^2", lambda x: sum(abs(x)) + np.sum((x - C) ** 2), None),
    (
        r"f(x) = \|x - 2\mathbf{1}\|_\infty + \| x \|_{3}",
        lambda x: np.max(abs(x - 2)) + np.sum(x**3) ** (1 / 3),
        None,
    ),
    (r"f(x) = \frac{1}{2} \|A x - b\|_2^2 + 0.1 \|x\|_1", lambda x: 0.5 * sum((A @ x - B) ** 2) + 0.1 * sum(x), None),
    (
        r"\min_x \frac{1}{2} x^T Q x + c^\top x \quad \text{s.t.} \quad A x \leq b, \quad"
        r" \mathbf{1}^T x = 1, \quad x \ge 0",
        lambda x: 0.5 * x @ Q @ x + C @ x,
        lambda x: ([*(A @ x - B), *(-x)], [sum(x) - 1]),
    ),
    (r"f(x) = (x - c)^T Q (x - c) + \langle c, x \rangle", lambda x: (x - C) @ Q @ (x - C) + C @ x, None),
    (r"f(x) = \sqrt{x^{\top} x + 1} + (x^T x)^2", lambda x: np.sqrt(x @ x + 1) + (x @ x) ** 2, None),
    (r"f(x) = (Q x)_1 + \sum_{i=1}^{n} Q_{ii} x_i + Q_{12}", lambda x: (Q @ x)[0] + np.diag(Q) @ x + Q[0, 1], None),
    (r"f(x) = q(x - c), q(u) = \|u\|_2 + u_1", lambda x: np.linalg.norm(x - C) + x[0] - C[0], None),
    (r"f(x) = c^T x, (Q x)_i \le 1, \quad i = 1, \dots, 2", lambda x: C @ x, lambda x: (list((Q @ x)[:2] - 1), [])),
    (r"f(x) = \|A x - \mathbf{1}\|^2_2 + x_1^\frac{1}{2}", lambda x: sum((A @ x - 1) ** 2) + np.sqrt(x[0]), None),
    (
        r"f(x) = \frac{x^T Q x}{x^T x} + \sum_{i=1}^{D} 2 x^T x x_i",
        lambda x: x @ Q @ x / (x @ x) + 2 * x @ x * sum(x),
        None,
    ),
    # extrema, rounding, absolute values
    (r"f(x) = \max\{x_1, x_2\} - \min\left(x_3, 1, x_4\right)", lambda x: max(x[:2]) - min(x[2], 1, x[3]), None),
    (r"f(x) = \max_{i=1,\dots,D} |x_i - 1| + 2", lambda x: max(abs(x - 1)) + 2, None),
    (r"f(x) = \max_{1 \le i \le D-1} x_i x_{i+1} - x_1", lambda x: max(x[:-1] * x[1:]) - x[0], None),
    (r"f(x) = \max_{i} x_i + \min_{i \in \{1, \dots, 3\}} x_i", lambda x: max(x) + min(x[:3]), None),
    (r"f(x) = \sum_{i} x_i^2 + \sum_{i} i c_i", lambda x: x @ x + np.arange(1, 5) @ C, None),
    (
        r"f(x) = \lfloor x_1 + \frac12 \rfloor^2 + \lceil 2 x_2 \rceil",
        lambda x: np.floor(x[0] + 0.5) ** 2 + np.ceil(2 * x[1]),
        None,
    ),
    (r"f(x) = ||x_1 - 1| - 2| \cdot |x_2||x_3|", lambda x: abs(abs(x[0] - 1) - 2) * x[1] * x[2], None),
    (r"f(x) = \left\lvert x_1 - \lvert x_2 \rvert \right\rvert^{3}", lambda x: abs(x[0] - x[1]) ** 3, None),
    (r"\min_{x} f(x), \quad f(x) = \sum_{i=1}^{D} \max(0, x_i - 1)", lambda x: sum(np.maximum(0, x - 1)), None),
    # functions
    (
        r"f(x) = \sin^2 x_1 + \cos 2\pi x_2 + \sin(x_1)^2 \cos(x_2)",
        lambda x: np.sin(x[0]) ** 2 * (1 + np.cos(x[1])) + np.cos(2 * np.pi * x[1]),
        None,
    ),
    (
        r"f(x) = \log_{10}(x_1 + 1) + \log_2 x_2 + \ln x_3",
        lambda x: np.log10(x[0] + 1) + np.log2(x[1]) + np.log(x[2]),
        None,
    ),
    (
        r"f(x) = \sqrt[3]{x_1} + \tanh(x_2) + \arctan x_3 + \exp\{-x_4\}",
        lambda x: np.cbrt(x[0]) + np.tanh(x[1]) + np.arctan(x[2]) + np.exp(-x[3]),
        None,
    ),
    (
        r"f(x) = 2e^{x_1} - e x_2 + \mathrm{e}^{-x_3/2}",
        lambda x: 2 * np.exp(x[0]) - np.e * x[1] + np.exp(-x[2] / 2),
        None,
    ),
    # sums
    (
        r"f(x) = \sum\limits_{1 \le i < j \le D} x_i x_j",
        lambda x: sum(x[i] * x[j] for i in range(4) for j in range(i + 1, 4)),
        None,
    ),
    (r"f(x) = \sum_{i,j=1}^{D} Q_{ij} x_i x_j", lambda x: x @ Q @ x, None),
    (
        r"f(x) = \sum^{D}_{i=1} \left[ x_i^2 - \prod_{j=1}^{i} x_j \right]",
        lambda x: sum(x**2) - sum(np.cumprod(x)),
        None,
    ),
    # cases, primes, words in subscripts
    (
        r"f(x) = \sum_{i=1}^{D} w_i, \quad w_i = \begin{cases} x_i^2 & \text{if } x_i < 1, \\"
        r" 2x_i - 1, & \text{otherwise} \end{cases}",
        lambda x: sum(np.where(x < 1, x**2, 2 * x - 1)),
        None,
    ),
    (
        r"f(x) = \left\{ \begin{array}{ll} x_1 & \text{if } 0 \le x_1 \le 1 \\ x_1^2 &"
        r" \text{if } x_1 > 1 \end{array} \right.",
        lambda x: x[0] if x[0] <= 1 else x[0] ** 2,
        None,
    ),
    (
        r"f(x) = \tau'^2 + 2\tau'\tau'' + k_{\text{spring}}, \tau' = x_1, \tau^{\prime\prime}"
        r" = x_2 + \tau', k_{\mathrm{spring}} = 10{,}000",
        lambda x: x[0] ** 2 + 2 * x[0] * (x[1] + x[0]) + 10000,
        None,
    ),
    # layout
    (
        r"""\begin{align*}
        \min \quad & x_1^2 \\ & \quad + 3 x_2 \\ & \quad - x_3 \\
        \text{s.t.} \quad & -x_1 + x_2 \leq 3, \tag{1} \\ & -x_2 \geq -5 \\ & x_1 +
        x_4 = 2
        \end{align*}""",
        lambda x: x[0] ** 2 + 3 * x[1] - x[2],
        lambda x: ([-x[0] + x[1] - 3, -5 + x[1]], [x[0] + x[3] - 2]),
    ),
    (
        "\\min f(x) = x_1\n\\text{s.t. } -x_1 + x_2 \\le 0\n-x_2 + 2 x_3 \\le 0\n- x_4 \\ge -3",
        lambda x: x[0],
        lambda x: ([-x[0] + x[1], -x[1] + 2 * x[2], -3 + x[3]], []),
    ),
    (
        r"minimize f(x) = x_1 subject to: \begin{cases} x_1 + x_2 \ge 1 \\ x_3 - x_4 = 0 \end{cases}",
        lambda x: x[0],
        lambda x: ([1 - x[0] - x[1]], [x[2] - x[3]]),
    ),
    (
        r"f(x) = x_1, \quad x_{i+1} - x_i \le 1 \quad \forall i \in \{1, \dots, D-1\}, \quad"
        r" x_i x_{i+1} = 1, i = 1, 2",
        lambda x: x[0],
        lambda x: (list(x[1:] - x[:-1] - 1), [x[0] * x[1] - 1, x[1] * x[2] - 1]),
    ),
    (
        r"f(x) = x_1, \min\{x_1, x_2\} \ge 1, \max(x_3, x_4) \le 2",
        lambda x: x[0],
        lambda x: ([1 - min(x[:2]), max(x[2:]) - 2], []),
    ),
    (
        r"\operatorname*{minimize}_{x \in \mathbb{R}^4} \; x_1 / (x_2 + 1) + x_3/2 + 1.5e-3 x_4",
        lambda x: x[0] / (x[1] + 1) + x[2] / 2 + 1.5e-3 * x[3],
        None,
    ),
    (r"f(x) = \sum_{i=1}^{D} z_i^2, z = M^\top (x - o), y_i = z_{p_i}, y_1 \le 3", None, None),
]


@pytest.mark.parametrize(("text", "objective", "constraints"), READ)
def test_reads_what_users_write(text, objective, constraints):
    rng = np.random.default_rng(1)
    data = {"M": rng.normal(size=(4, 4)), "o": rng.normal(size=4), "p": np.array([2, 0, 3, 1])}
    data |= {"A": A, "b": B, "c": C, "Q": Q}
    problem = read(text, 4, 0.0, 2.0, 100, data)
    points = rng.uniform(0.2, 1.8, (5, 4))
    if objective is None:
        z = (points - data["o"]) @ data["M"]
        np.testing.assert_allclose(problem.objective(points), (z**2).sum(axis=1))
        np.testing.assert_allclose(problem.constraints(points)[0][:, 0], z[:, 2] - 3)
        return
    np.testing.assert_allclose(problem.objective(points), [objective(x) for x in points])
    np.testing.assert_allclose(problem.objective(points[0]), objective(points[0]))
    g, h = problem.constraints(points[0])
    expected = ([], []) if constraints is None else constraints(points[0])
    np.testing.assert_allclose(g, expected[0])
    np.testing.assert_allclose(h, expected[1])
    assert (problem.n_inequality, problem.n_equality) == (len(expected[0]), len(expected[1]))


REFUSED = [
    (r"f(x) = x1 + 2", "x1 has two readings", "x1"),
    (r"f(x) = 3 + \log(x_1)", r"\\log has two readings", r"\log"),
    (r"f(x) = 1/2 x_1", "slash has two readings", "x_1"),
    (r"f(x) = 2\frac{1}{2} x_1", "two readings", "2"),
    (r"f(x) = \sum_{i=1}^{D} x_i + x_i^2", "brackets", "x_i"),
    (r"f(x) = x_1 + x_5", "element 5 of x, which has 1 to 2", "x_5"),
    (r"f(x) = x_1 + q x_2", "q is not defined; known here: D, n, x", "q"),
    (r"f(x) = 2 + \foo{x_1}", "cannot read this LaTeX", r"\foo"),
    (r"f(x) = (x_1", "cannot read this LaTeX", None),
    (r"f(x) = 3 + f_2(x_1)", "f_2 is not defined", "f_2"),
    (r"f(x) = 2 + \int x_1 dx", "cannot read this LaTeX: unknown sign", r"\int"),
    (r"x_1 \le 3", "one objective", None),
    (r"f(x) = x_1, f(x) = x_2", "found 2", None),
    (r"f(x) = x_1, g_1(x) = x_1 - 3", "defined but never used", None),
    (r"\max f(x) = x_1", "to be minimized", r"\max"),
    (r"f(x) = x", "a vector, not a number", None),
    (r"f(x) = z_1, z = M^T (x - o)", "o is not defined", "o"),
    (r"f(x) = w_1 x_1, w = w + x", "defined by itself", None),
    (r"f(x) = x_1, x_i + x_{i+1} \le 3", "i is not defined", "x_i"),
    (r"f(x) = x_1, x \in \mathbb{Z}^D", "cannot read this set", r"\in"),
    (r"f(x) = x_10", "several digits has two readings|has two readings", "10"),
    (r"f(x) = x_1^10", "several digits|has two readings", "10"),
    (r"f(x) = x_1^2^3", "two exponents", "^3"),
    (r"f(x) = 2 3 x_1", "two readings", "3"),
    (r"f(x) = \sin^{-1}(x_1)", "two readings", r"\sin"),
    (r"f(x) = 3 + x", "a vector, not a number", "x"),
    (r"f(x) = x^2", "vector", "x"),
    (r"f(x) = 1 + x x", "two vectors has two readings", "x"),
    (r"f(x) = \|x - 1\|_2", r"mathbf\{1\}", "1"),
    (r"f(x) = \|x_1\|_2", "a norm is of a vector", r"\|"),
    (r"f(x) = \|x\|_q", "norm's index is q", r"\|"),
    (r"f(x) = \|x\|_2 + |x_1", "never closed", "|x_1"),
    (r"f(x) = x_1) + 2", "never opened", ") + 2"),
    (r"f(x) = \sum_{i<j} x_i x_j", "range of this", r"\sum"),
    (r"f(x) = \sum_i x_i x_{i+1}", "range of this", r"\sum"),
    (r"f(x) = \max x_1", "needs a list", r"\max"),
    (r"f(x) = \max(x_1)", "of one value", r"\max"),
    (r"f(x) = \max_{3 \le i \le 2} x_i", "of nothing", r"\max"),
    (r"f(x) = (x_1, x_2)", "a list stands", ","),
    (r"f(x) = x_{1,2}", "no subscript 1,2", "x"),
    (r"f(x) = x_1! + 2", "factorials", "!"),
    (r"f(x) = \operatorname{foo}(x_1)", "the function foo is not known", r"\operatorname"),
    (r"f(x) = \sqrt", "something is missing", None),
    (r"f(x) = \frac{1}{}", "a fraction needs two parts", r"\frac"),
    (r"f(x) = q(x_1, x_2), q(u) = u^2", "takes 1 arguments, not 2", "q"),
    (r"f(x) = q(z), q(x) = w_1 + x_1, w_i = x_i^2, z = x + x", "two readings; give the argument", "q"),
    (r"f(x) = u_1 + q(x), q(u) = u_1", "has no value outside it", "u"),
    (r"f(x) = \begin{cases} x_1 & \text{if } x_2 \\ 3 & \text{otherwise} \end{cases}", "compares two sides", "x_2"),
    (r"f(x) = x_1 \pm x_2", "unknown sign", r"\pm"),
    (r"f(x) = x_1 + a_i, a_1 = 2", "i is not defined", "a_i"),
    (r"f(x) = x_1, x + 1 \le 3", r"mathbf\{1\}", "1"),
    (r"\min f(x)", "one objective", None),
    (r"f(x) = \ln x_1 x_2", "two readings; write brackets", "x_2"),
    (r"f(x) = \sin x_1 \cdot x_2", "two readings; write brackets", r"\cdot"),
    (r"\text{maximize } f(x) = x_1", "to be minimized", None),
    (r"f(x) = a + x_1, a = 1, a = 2", "a is defined before", "a = 2"),
    (r"f(x) = x_1, D = 10", "D is given as the dimension, 2", "D"),
    (r"f(x) = x_1 +", "cannot read this LaTeX", None),
]


@pytest.mark.parametrize(("text", "message", "token"), REFUSED)
def test_refuses_and_points_at_the_token(text, message, token):
    with pytest.raises(LatexError, match=message) as caught:
        read(text, 2, 0.0, 2.0)
    if token is not None:
        _, statement, mark = str(caught.value).splitlines()
        place = mark.index("^")
        assert statement[place:].startswith(token), str(caught.value)


def test_bounds_come_from_the_text_or_the_caller():
    text = r"f(x) = x_1 + x_2, -5 \le x_i \le 5, 0 \le x_2 \le 1.5"
    problem = read(text, 2)
    np.testing.assert_array_equal(problem.lower, [-5.0, 0.0])
    np.testing.assert_array_equal(problem.upper, [5.0, 1.5])
    np.testing.assert_array_equal(read(r"f(x) = x_1, x \in [-2, 3]^D", 2).upper, [3.0, 3.0])
    np.testing.assert_array_equal(read(text, 2, lower=-1.0).lower, [-1.0, -1.0])
    with pytest.raises(ValueError, match="no lower bound"):
        read("f(x) = x_1", 2)
    with pytest.raises(LatexError, match="x_3 is bounded"):
        read(r"f(x) = x_1, 0 \le x_3 \le 1", 2)


def test_wrong_shapes_are_refused():
    problem = read("f(x) = x_1", 2, 0.0, 1.0)
    with pytest.raises(ValueError, match=r"valid: \(2,\) or \(n, 2\)"):
        problem.objective(np.zeros(3))


def test_real_arithmetic_gives_nan_and_inf_not_errors():
    problem = read(r"f(x) = (x_1 - 5)^{0.5} + \frac{1}{x_2}", 2, -1.0, 1.0)
    assert np.isnan(problem.objective(np.zeros(2)))
    assert np.isinf(read(r"f(x) = \frac{1}{x_2}", 2, -1.0, 1.0).objective(np.zeros(2)))


@pytest.mark.parametrize("real", PROBLEMS, ids=[problem.name for problem in PROBLEMS])
def test_reads_real_problems(real):
    """At random points of the box a text equals its transcription; at the best point known, the published value."""
    problem = read(real.text, real.dimension, real.lower, real.upper)
    points = np.random.default_rng(5).uniform(problem.lower, problem.upper, (4, real.dimension))
    for x in points if real.best is None else [*points, np.array(real.best)]:
        with np.errstate(invalid="ignore"):  # RC01 takes logarithms of negative numbers in parts of its box
            f, g, h = real.values(x)
        np.testing.assert_allclose(problem.objective(x), f, rtol=1e-10)
        np.testing.assert_allclose(problem.constraints(x)[0], g, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(problem.constraints(x)[1], h, rtol=1e-9, atol=1e-7)
    if real.best is not None:
        np.testing.assert_allclose(problem.objective(np.array(real.best)), real.f_best, rtol=1e-6)
        g, h = problem.constraints(np.array(real.best))
        assert max([*g, *abs(h)], default=0.0) <= real.slack


def test_reads_the_heat_exchanger_where_its_logarithms_exist():
    lower, upper = (0, 0, 0, 0, 1000, 0, 100, 100.1, 400), (10, 200, 100, 200, 2000000, 600, 400, 600, 900)
    problem = read(HEAT_EXCHANGER, 9, lower, upper)
    points = np.random.default_rng(6).uniform(lower, upper, (20, 9))
    h = problem.constraints(points)[1]
    assert np.isfinite(h).all()
    np.testing.assert_allclose(h, [heat_exchanger(x)[2] for x in points], rtol=1e-10)


# The paper's App. F.1, as printed; F.3 is the heat exchanger among the real problems.
PAPER_F1 = r"""Minimize:
$$
f(x) = \sum_{i=0}^{1} W_i f_i(z), z = \mathbf{M}^{T} x, x \in R^D, \mathbf{M} \in R^{D \times D}
$$
Where: $f_0(\mathbf{x}) = -20 \exp\left(-0.2 \sqrt{(1/D) \sum_{i=1}^{D} x_i^2}\right) - \exp\left((1/D)
\sum_{i=1}^{D} \cos(2\pi x_i)\right) + 20 + e$
$f_1(\mathbf{x}) = \sum_{i=1}^{D} \left(\sqrt{|x_i|} + 2\sin(x_i^3)\right)$"""


def test_reads_the_papers_composition():
    rng = np.random.default_rng(3)
    matrix = np.linalg.qr(rng.normal(size=(16, 16)))[0]
    problem = read(PAPER_F1, 16, -5.0, 5.0, data={"M": matrix, "W_0": 0.3, "W_1": 0.7})
    points = rng.uniform(-5, 5, (10, 16))
    z = points @ matrix
    ackley = -20 * np.exp(-0.2 * np.sqrt(np.mean(z**2, axis=1))) - np.exp(np.mean(np.cos(2 * np.pi * z), axis=1))
    second = np.sum(np.sqrt(abs(z)) + 2 * np.sin(z**3), axis=1)
    np.testing.assert_allclose(problem.objective(points), 0.3 * (ackley + 20 + np.e) + 0.7 * second)


# The formula of F.2 is lost in the text of the paper that we have. This one is ours, with what its caption says: a
# basic function of 23 dimensions and two quadratic constraints.
LIKE_F2 = r"""Minimize: $f(x) = \sum_{i=1}^{D-1} \left(100 (x_i^2 - x_{i+1})^2 + (x_i - 1)^2\right), x \in R^D$
s.t.: $g_1(x): \sum_{i=1}^{D} (x_i - 2)^2 - 50 \leq 0$
$g_2(x): \mathbf{x}^T \mathbf{Q} \mathbf{x} - 100 \leq 0$"""


def test_reads_a_problem_like_the_papers_constrained_one():
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(23, 23))
    problem = read(LIKE_F2, 23, -5.0, 5.0, data={"Q": matrix})
    points = rng.uniform(-5, 5, (10, 23))
    valley = 100 * (points[:, :-1] ** 2 - points[:, 1:]) ** 2 + (points[:, :-1] - 1) ** 2
    np.testing.assert_allclose(problem.objective(points), valley.sum(axis=1))
    g, h = problem.constraints(points)
    expected = [((points - 2) ** 2).sum(axis=1) - 50, np.einsum("ni,ij,nj->n", points, matrix, points) - 100]
    np.testing.assert_allclose(g, np.transpose(expected))
    assert h.shape == (10, 0)


KATSUURA = r"""Minimize:
$$
f(x) = \frac{10}{D^2} \prod_{i=1}^{D} \left(1 + i \sum_{j=1}^{32} \frac{|2^j x_i - \text{round}(2^j x_i)|}{2^j}
\right)^{EXPONENT} - \frac{10}{D^2}, X \in R^D
$$"""


@pytest.mark.parametrize("exponent", [r"\frac{10}{D^{1.2}}", "10/D^{1.2}", r"\frac{10}{D+2}"])
def test_reads_the_papers_katsuura(exponent):
    """App. B; its exponent 10 / D^1.2 came out of the conversion as 10 / (D + 2)."""
    problem = read(KATSUURA.replace("EXPONENT", exponent), 6, -5.0, 5.0)
    points = np.random.default_rng(4).uniform(-5, 5, (10, 6))
    if "1.2" in exponent:
        expected = evaluator_of(Problem("t", "basic", 6, -5.0, 5.0, (Component("katsuura"),), 1000)).objective(points)
    else:
        two = 2.0 ** np.arange(1, 33)
        inner = np.sum(abs(two * points[..., None] - np.round(two * points[..., None])) / two, axis=-1)
        expected = 10 / 36 * np.prod((1 + np.arange(1, 7) * inner) ** (10 / 8), axis=1) - 10 / 36
    np.testing.assert_allclose(problem.objective(points), expected, rtol=1e-9)


@pytest.mark.parametrize("count", [30, 60, 100])
def test_a_formula_may_have_many_parts(count):
    """More numbers, powers and sums than the alphabet has letters."""
    parts = [rf"{k}.5 x_1^{{{k % 5 + 2}}} \sin({k}.25 x_2)" for k in range(1, count)]
    problem = read(rf"f(x) = {' + '.join(parts)} + \sum_{{i=1}}^{{2}} i x_i", 2, -1.0, 1.0)
    x = np.array([0.3, 0.7])
    expected = sum((k + 0.5) * x[0] ** (k % 5 + 2) * np.sin((k + 0.25) * x[1]) for k in range(1, count))
    assert problem.objective(x) == pytest.approx(expected + x[0] + 2 * x[1])


def test_reads_again_what_it_read_before_quickly():
    """Equal shapes are parsed once: the second problem of a kind takes no parsing."""
    text = r"f(x) = \sum_{i=1}^{D} a \left(x_i^2 - %d \cos(2\pi x_i)\right) + \|x\|_1, a = 3"
    read(text % 10, 4, 0.0, 1.0)
    misses = parse.cache_info().misses
    read(text.replace("x_i", "x_{i}") % 25, 6, 0.0, 1.0)
    assert parse.cache_info().misses == misses
