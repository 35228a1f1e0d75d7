"""What users write by hand is read right, or refused with a mark under the token."""

import numpy as np
import pytest

from llamoco_lib.prompts.latex_reader import LatexError, read

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
    (r"f(x) = \sum_{i=1}^{D} z_i^2, z = M^\top (x - o), y_i = z_{p_i}, y_1 \le 3", None, None),
]


@pytest.mark.parametrize(("text", "objective", "constraints"), READ)
def test_reads_what_users_write(text, objective, constraints):
    rng = np.random.default_rng(1)
    data = {"M": rng.normal(size=(4, 4)), "o": rng.normal(size=4), "p": np.array([2, 0, 3, 1])}
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
    (r"f(x) = \|x\|^2", "norms are not read", r"\|"),
    (r"f(x) = 3 + f_2(x_1)", "f_2 is not defined", "f_2"),
    (r"f(x) = \int x_1 dx", "nothing that can be evaluated", None),
    (r"x_1 \le 3", "one objective", None),
    (r"f(x) = x_1, f(x) = x_2", "found 2", None),
    (r"f(x) = x_1, g_1(x) = x_1 - 3", "defined but never used", None),
    (r"\max f(x) = x_1", "to be minimized", r"\max"),
    (r"f(x) = x", "a vector, not a number", None),
    (r"f(x) = z_1, z = M^T (x - o)", "M is not defined", "M"),
    (r"f(x) = w_1 x_1, w = w + x", "defined by itself", None),
    (r"f(x) = x_1, x_i + x_{i+1} \le 3", "i is not defined", "x_i"),
    (r"f(x) = x_1, x \in \mathbb{Z}^D", "cannot read this set", r"\in"),
    (r"f(x) = \sum_i x_i", "cannot read this LaTeX", "i x_i"),
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
