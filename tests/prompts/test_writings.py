"""Every writing is held equal to the evaluator: Python by running it, LaTeX by an independent parser.

A check is a triple (style, function, constraint family) in one form of problem: a problem of K functions and m
constraints, written in one style, makes K m of them.
"""

import ast
import dataclasses
import functools
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llamoco_lib.problems import constraints, functions
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem
from llamoco_lib.prompts import (
    agreement,
    constraint_statements,
    latex_writer,
    python_layout,
    python_writer,
    statements,
)
from llamoco_lib.prompts.writings import STYLES, Writing, drawn, write

FUNCTIONS = tuple(functions.FUNCTIONS)
FAMILIES = tuple(constraints.FAMILIES)
PARAMETERS = {"b": -3.25, "c": 1.5, "r": 12.4, "w": 0.75}
SEGMENTS = (3, 2, 4)  # lengths, in turn
FORMS = ("alone", "composition", "hybrid")
GROUP = {"python": 3, "latex": 6}  # functions a problem; reading LaTeX takes longer, so fewer texts


@dataclasses.dataclass(frozen=True)
class Case:
    """One writing of the covering design; its problem has every constraint family."""

    language: str
    style: str
    form: str
    names: tuple[str, ...]

    def __str__(self):
        return f"{self.language}-{self.style}-{self.form}-{self.names[0]}"


def design():
    cases = []
    for form in FORMS:
        for language, style in STYLES:
            size = 1 if form == "alone" else GROUP[language]
            groups = [FUNCTIONS[first : first + size] for first in range(0, len(FUNCTIONS), size)]
            cases += [Case(language, style, form, names) for names in groups]
    return cases


def family_constraint(name, **changes):
    values = PARAMETERS | changes
    return Constraint(name, {key: values[key] for key in constraints.FAMILIES[name].parameters})


def problem_of(**changes):
    base = Problem("t", "basic", 6, -5.0, 5.0, (Component("sphere"),), 1000, shift_seed=3, rotation_seed=4)
    return dataclasses.replace(base, **changes)


def points_of(problem, count=4):
    return np.random.default_rng(7).uniform(*problem.box, size=(count, problem.dimension))


def balanced(problem):
    """The problem with weights that make its parts about as large as each other, so that none hides another."""
    points = points_of(problem)
    sizes = [
        np.median(np.abs(evaluator_of(dataclasses.replace(problem, components=(part,))).objective(points)))
        for part in problem.components
    ]
    parts = [
        dataclasses.replace(part, weight=float(f"{1.0 / size:.3g}"))
        for part, size in zip(problem.components, sizes, strict=True)
    ]
    return dataclasses.replace(problem, components=tuple(parts))


@functools.cache
def reference(form, names):
    """The problem of a case, its points, and what the evaluator says there."""
    half_width = 100.0 if form == "composition" else 5.0
    lengths = [SEGMENTS[place % len(SEGMENTS)] for place in range(len(names))]
    dimension = sum(lengths) if form == "hybrid" else 7
    generator = np.random.default_rng(len(names[0]))
    lower = np.full(dimension, -half_width)
    rows = tuple(
        constraints.around(family, generator.uniform(lower, -lower), lower, -lower, False, generator)
        for family in FAMILIES
    )
    problem = problem_of(
        id=f"{form}-{names[0]}", dimension=dimension, lower=-half_width, upper=half_width, constraints=rows
    )
    if form == "hybrid":
        starts = np.cumsum([0, *lengths])
        parts = [Component(name, 1.0, int(a), int(b)) for name, a, b in zip(names, starts, starts[1:], strict=False)]
        problem = balanced(dataclasses.replace(problem, kind="hybrid", components=tuple(parts), permutation_seed=5))
    else:
        problem = dataclasses.replace(problem, components=tuple(map(Component, names)))
        if form == "composition":
            problem = balanced(dataclasses.replace(problem, kind="composition", rotation_seed=None))
    points = points_of(problem)
    return problem, points, agreement.expected(problem, points)


def assert_equal(problem, language, style, count=4):
    points = points_of(problem, count)
    writing = write(problem, language, style)
    assert agreement.mismatch(problem, writing, points, agreement.expected(problem, points)) is None, writing.text


def test_every_function_and_family_has_a_statement():
    assert set(statements.FUNCTIONS) == set(functions.FUNCTIONS)
    assert set(constraint_statements.CONSTRAINTS) == set(constraints.FAMILIES)


def test_there_are_the_styles_asked_for():
    assert len(python_writer.STYLES) >= 6
    assert len(latex_writer.STYLES) >= 4


def test_the_design_covers_every_triple_and_has_20000_checks():
    checks = {
        (case.language, case.style, name, family, case.form)
        for case in design()
        for name in case.names
        for family in FAMILIES
    }
    assert len({check[:4] for check in checks}) == len(STYLES) * len(FUNCTIONS) * len(FAMILIES)
    assert len(checks) >= 20_000


@pytest.mark.parametrize("case", design(), ids=str)
def test_writings_equal_the_evaluator(case):
    problem, points, expected = reference(case.form, case.names)
    writing = write(problem, case.language, case.style)
    assert agreement.mismatch(problem, writing, points, expected) is None, writing.text


@pytest.mark.parametrize(
    ("right", "wrong"), [("10 * np.cos", "10.0001 * np.cos"), ("(x - o)", "(x + o)"), ("- 12.4", "- 12.40001")]
)
def test_a_wrong_writing_is_found(right, wrong):
    problem = problem_of(components=(Component("rastrigin"),), constraints=(family_constraint("ball"),))
    text = python_writer.write(problem, "numpy")
    assert right in text
    points = points_of(problem)
    writing = Writing("python", "numpy", text.replace(right, wrong))
    assert "margin" in agreement.mismatch(problem, writing, points, agreement.expected(problem, points))


@pytest.mark.parametrize(("language", "style"), STYLES)
@pytest.mark.parametrize(
    "changes",
    [{"b": 0.0, "c": 0.0, "w": 1.0}, {"b": 1.23457e-05, "c": -1.0, "r": 1234570.0}, {"b": -98765.4, "w": -2.0}],
)
def test_awkward_numbers(language, style, changes):
    rows = tuple(family_constraint(name, **changes) for name in FAMILIES)
    assert_equal(problem_of(constraints=rows, shift_seed=None, rotation_seed=None), language, style)


@st.composite
def problems(draw):
    dimension = draw(st.integers(2, 9))
    kind = draw(st.sampled_from(["basic", "composition", "hybrid"]))
    most = 1 if kind == "basic" else min(4, dimension // 2 if kind == "hybrid" else 4)
    count = draw(st.integers(1, most))
    names = draw(st.lists(st.sampled_from(sorted(FUNCTIONS)), min_size=count, max_size=count))
    weights = draw(st.lists(st.integers(1, 999).map(lambda value: value / 1000), min_size=count, max_size=count))
    if kind == "hybrid":
        cuts = sorted(draw(st.permutations(range(1, dimension // 2))))[: count - 1] if count > 1 else []
        edges = [0, *(2 * cut for cut in cuts), dimension]
        parts = [
            Component(name, weight, start, stop)
            for name, weight, start, stop in zip(names, weights, edges[:-1], edges[1:], strict=True)
        ]
    else:
        parts = [Component(name, weight) for name, weight in zip(names, weights, strict=True)]
    seed = st.one_of(st.none(), st.integers(1, 99))
    families = draw(st.lists(st.sampled_from(sorted(FAMILIES)), max_size=4, unique=True))
    number = st.floats(-50, 50).map(lambda value: float(f"{value:.6g}"))
    return Problem(
        f"random {draw(st.integers(1, 99))}",
        kind,
        dimension,
        -5.0,
        tuple(float(value) for value in range(1, dimension + 1)) if draw(st.booleans()) else 5.0,
        tuple(parts),
        1000,
        shift_seed=draw(seed),
        rotation_seed=draw(seed),
        permutation_seed=draw(st.integers(1, 99)) if kind == "hybrid" else None,
        constraints=tuple(
            Constraint(family, {key: draw(number) for key in constraints.FAMILIES[family].parameters})
            for family in families
        ),
    )


RANDOM = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=120, **RANDOM)
@given(problems())
def test_random_problems_in_every_python_style(problem):
    for style in python_writer.STYLES:
        assert_equal(problem, "python", style, 2)


@settings(max_examples=30, **RANDOM)
@given(problems(), st.sampled_from(sorted(latex_writer.STYLES)))
def test_random_problems_in_latex(problem, style):
    assert_equal(problem, "latex", style, 2)


@settings(max_examples=40, **RANDOM)
@given(problems(), st.sampled_from(python_writer.STYLES))
def test_python_is_tidy(problem, style):
    """Lines are short, and every name that a function gives a value is used in it."""
    source = python_writer.write(problem, style)
    assert max(map(len, source.split("\n"))) <= python_layout.WIDTH
    for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        assert stored <= {node.id for node in names if isinstance(node.ctx, ast.Load)}, source


def test_renamed_writings_differ_by_problem_and_do_not_change():
    texts = {}
    for number in range(40):
        problem = problem_of(id=f"nc-{number:04d}", constraints=(family_constraint("linear_sum"),))
        texts[problem.id] = python_writer.write(problem, "renamed")
        assert texts[problem.id] == python_writer.write(problem, "renamed")
    assert len(set(texts.values())) >= 35


def test_drawn_writings_differ_and_mix_languages():
    firsts = set()
    for number in range(120):
        problem = problem_of(id=f"nc-{number:04d}")
        chosen = drawn(problem, 1, 4, 6, list(python_writer.STYLES), list(latex_writer.STYLES))
        assert 4 <= len(chosen) <= 6
        assert len({(each.language, each.style) for each in chosen}) == len(chosen)
        assert {each.language for each in chosen} == {"python", "latex"}
        assert chosen == drawn(problem, 1, 4, 6, list(python_writer.STYLES), list(latex_writer.STYLES))
        firsts.add((chosen[0].language, chosen[0].style))
    assert len(firsts) == len(STYLES)


def test_writings_show_no_data():
    """Shift, rotation and permutation go by name: a writing does not depend on their seeds' values."""
    first, second = problem_of(), problem_of(shift_seed=8, rotation_seed=9)
    for language, style in STYLES:
        assert write(first, language, style) == write(second, language, style)


def test_unknown_names_are_refused_with_the_valid_ones():
    with pytest.raises(KeyError, match="numpy, loop"):
        write(problem_of(), "python", "haskell")
    with pytest.raises(KeyError, match=re.escape(", ".join(latex_writer.STYLES))):
        write(problem_of(), "latex", "numpy")
    with pytest.raises(KeyError, match="python, latex"):
        write(problem_of(), "matlab", "numpy")
    with pytest.raises(KeyError, match="sphere"):
        write(problem_of(components=(Component("spehre"),)), "python", "numpy")
