"""The LaTeX writer's styles: read back by the independent reader they equal the evaluator; they read naturally."""

import re

import numpy as np
import pytest

from llamoco_lib.problems import constraints, functions, transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem
from llamoco_lib.prompts import latex_reader, latex_writer, statements
from llamoco_lib.prompts.expression import Vector, absolute, cases, largest, maximum, sqrt, total
from llamoco_lib.prompts.latex_definitions import all_shown, shown
from llamoco_lib.prompts.latex_printer import LatexPrinter

PARAMETERS = {"b": -3.25, "c": 1.5, "r": 12.4, "w": 0.75}
STYLES = list(latex_writer.STYLES)
NAMES = list(functions.FUNCTIONS)
FAMILIES = list(constraints.FAMILIES)
FAMILY_GROUPS = [FAMILIES[start : start + 3] for start in range(0, len(FAMILIES), 3)]


def constraint(family):
    return Constraint(family, {key: PARAMETERS[key] for key in constraints.FAMILIES[family].parameters})


def composition(*names, families=(), dimension=5, **changes):
    parts = tuple(Component(name, round(1 - 0.125 * place, 3)) for place, name in enumerate(names))
    fields = {"shift_seed": 1, "rotation_seed": 2} | changes
    rows = tuple(constraint(family) for family in families)
    kind = "basic" if len(names) == 1 else "composition"
    return Problem("t", kind, dimension, -5.0, 5.0, parts, 1000, constraints=rows, **fields)


def hybrid(first, second):
    parts = (Component(first, 0.25, 0, 2), Component(second, 0.75, 2, 5))
    return Problem("t", "hybrid", 5, -5.0, 5.0, parts, 1000, shift_seed=3, permutation_seed=4)


def assert_reads_back(problem, style):
    text = latex_writer.write(problem, style)
    read = latex_reader.read(text, problem.dimension, problem.lower, problem.upper, 10, transforms.data(problem))
    evaluator = evaluator_of(problem)
    points = np.random.default_rng(7).uniform(-5, 5, (2, problem.dimension))
    np.testing.assert_allclose(
        read.objective(points), evaluator.objective(points), rtol=1e-8, atol=1e-7, err_msg=text
    )
    for got, want in zip(read.constraints(points), evaluator.constraints(points), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-8, atol=1e-7, err_msg=text)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_every_function_in_every_style_reads_back(name, style):
    """Alone, and on a segment of a hybrid, where its length is a number."""
    assert_reads_back(composition(name), style)
    assert_reads_back(hybrid(name, NAMES[NAMES.index(name) - 1]), style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("families", FAMILY_GROUPS)
def test_every_constraint_in_every_style_reads_back(families, style):
    assert_reads_back(composition("sphere", families=families), style)


DEFINING = [name for name in NAMES if statements.function(name, Vector("z"), statements.D).definitions]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("first", range(0, len(DEFINING), 3))
def test_definitions_of_components_do_not_clash(first, style):
    names = [DEFINING[(first + step) % len(DEFINING)] for step in range(5)]
    assert_reads_back(composition(*names, families=("l1_norm", "eq_sphere")), style)


def test_clashing_definitions_get_other_names():
    taken = set(latex_writer.RESERVED)
    names = [
        [
            each.name
            for each in shown(statements.function(name, Vector("z"), statements.D), taken, all_shown).definitions
        ]
        for name in ("levy", "styblinski_tang", "hgbat", "zakharov")
    ]
    flat = [name for group in names for name in group]
    assert len(flat) == len(set(flat)) == 5
    assert names[0] == ["w"]


X, AT, D = Vector("x"), statements.i, statements.D
PRINTED = [
    (largest(0, X[AT] - 1.5), {}, r"\max(0, x_i - 1.5)"),
    (maximum(AT, 1, D, absolute(X[AT])), {}, r"\max_{1 \le i \le D} |x_i|"),
    (maximum(AT, 1, D, absolute(X[AT])), {"norms": True}, r"\|x\|_\infty"),
    (sqrt(total(AT, 1, D, (X[AT] - 1.5) ** 2)), {"norms": True}, r"\|x - 1.5 \cdot \mathbf{1}\|_2"),
    (sqrt(total(AT, 1, D, X[AT] ** 2)), {"roots": False}, r"(\sum_{i=1}^D x_i^2)^{1/2}"),
    (total(AT, 1, D - 1, X[AT] ** 2), {"norms": True}, r"\sum_{i=1}^{D-1} x_i^2"),
    (cases(X[1], 0, X[2], 3), {}, r"\begin{cases} x_2 & \text{if } x_1 \le 0 \\ 3 & \text{otherwise} \end{cases}"),
    (X[1] + X[2] - X[3], {"grouped": True}, "(x_1 + x_2) - x_3"),
]


@pytest.mark.parametrize(("node", "options", "text"), PRINTED)
def test_prints_as_a_user_would(node, options, text):
    assert LatexPrinter(**options).text(node) == text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", NAMES)
def test_writings_have_no_idle_signs(name, style):
    text = latex_writer.write(composition(name, families=("ball", "linear_sum")), style)
    idle = r"(?<![\d.])0 \+|\+ 0(?![.\d])|[-+] -|(?<![\d.])1 \\cdot|\^(?:1(?![\d.])|\{1\})|\(\([^()]*\)\)"
    assert not re.search(idle, text), text


def test_styles_differ():
    texts = {latex_writer.write(composition("ackley", "levy", families=("ball",)), style) for style in STYLES}
    assert len(texts) == len(STYLES) >= 4
