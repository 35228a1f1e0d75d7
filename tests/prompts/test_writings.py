"""Every writing is held equal to the evaluator: Python by running it, LaTeX by an independent parser."""

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llamoco_lib.problems import constraints, functions, transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Component, Constraint, Problem
from llamoco_lib.prompts import latex_reader, latex_writer, python_writer, statements
from llamoco_lib.prompts.writings import STYLES, drawn, write

PARAMETERS = {"b": -3.25, "c": 1.5, "r": 12.4, "w": 0.75}
DIMENSION = 6


def family_constraint(name, **changes):
    values = PARAMETERS | changes
    return Constraint(name, {key: values[key] for key in constraints.FAMILIES[name].parameters})


def problem_of(**changes):
    base = Problem("t", "basic", DIMENSION, -5.0, 5.0, (Component("sphere"),), 1000, shift_seed=3, rotation_seed=4)
    return dataclasses.replace(base, **changes)


def values_python(problem, style, points):
    scope = dict(transforms.data(problem))
    exec(python_writer.write(problem, style), scope)
    objective = [scope["f"](x) for x in points]
    if "constraints" in scope:
        g, h = zip(*(scope["constraints"](x) for x in points), strict=True)
    else:
        names = {
            letter: sorted(name for name in scope if name[0] == letter and name[1:].isdigit()) for letter in "gh"
        }
        g, h = ([[scope[name](x) for name in names[letter]] for x in points] for letter in "gh")
    return np.array(objective), np.array(g, float), np.array(h, float)


def values_latex(problem, style, points):
    text = latex_writer.write(problem, style)
    read = latex_reader.read(
        text, problem.dimension, problem.lower, problem.upper, problem.budget, transforms.data(problem)
    )
    g, h = read.constraints(points)
    return read.objective(points), g, h


def assert_equal(problem, language, style, n_points=4):
    evaluator = evaluator_of(problem)
    points = np.random.default_rng(7).uniform(*problem.box, size=(n_points, problem.dimension))
    values = (values_python if language == "python" else values_latex)(problem, style, points)
    g, h = evaluator.constraints(points)
    expected = (evaluator.objective(points), g, h)
    for got, want, what in zip(values, expected, ("f", "g", "h"), strict=True):
        np.testing.assert_allclose(got.reshape(want.shape), want, rtol=1e-8, atol=1e-7, err_msg=f"{what} of {style}")


def test_every_function_and_family_has_a_statement():
    assert set(statements.FUNCTIONS) == set(functions.FUNCTIONS)
    assert set(statements.CONSTRAINTS) == set(constraints.FAMILIES)


def test_there_are_the_styles_asked_for():
    assert len(python_writer.STYLES) >= 3
    assert len(latex_writer.STYLES) >= 2


@pytest.mark.parametrize(("language", "style"), STYLES)
@pytest.mark.parametrize("name", functions.FUNCTIONS)
def test_every_function_in_every_style(name, language, style):
    assert_equal(problem_of(components=(Component(name),)), language, style)


@pytest.mark.parametrize(("language", "style"), STYLES)
@pytest.mark.parametrize("name", functions.FUNCTIONS)
def test_every_function_on_a_segment(name, language, style):
    """In a hybrid, indices count from the segment's start and D is its length; the shortest segment has length 2."""
    parts = (Component("sphere", 0.25, 0, 4), Component(name, 0.75, 4, 6))
    assert_equal(
        problem_of(kind="hybrid", components=parts, permutation_seed=5, rotation_seed=None), language, style, 2
    )


@pytest.mark.parametrize(("language", "style"), STYLES)
@pytest.mark.parametrize("name", constraints.FAMILIES)
def test_every_constraint_in_every_style(name, language, style):
    assert_equal(problem_of(constraints=(family_constraint(name),), rotation_seed=None), language, style)


@pytest.mark.parametrize(("language", "style"), STYLES)
@pytest.mark.parametrize(
    "changes",
    [{"b": 0.0, "c": 0.0, "w": 1.0}, {"b": 1.23457e-05, "c": -1.0, "r": 1234570.0}, {"b": -98765.4, "w": -2.0}],
)
def test_awkward_numbers(language, style, changes):
    rows = tuple(
        family_constraint(name, **changes) for name in ("sine_sum", "outside_ball", "eq_sphere", "linear_sum")
    )
    assert_equal(problem_of(constraints=rows, shift_seed=None, rotation_seed=None), language, style)


@st.composite
def problems(draw):
    dimension = draw(st.integers(2, 9))
    kind = draw(st.sampled_from(["basic", "composition", "hybrid"]))
    most = 1 if kind == "basic" else min(3, dimension // 2 if kind == "hybrid" else 3)
    count = draw(st.integers(1, most))
    names = draw(st.lists(st.sampled_from(sorted(functions.FUNCTIONS)), min_size=count, max_size=count))
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
    families = draw(st.lists(st.sampled_from(sorted(constraints.FAMILIES)), max_size=3, unique=True))
    number = st.floats(-50, 50).map(lambda value: float(f"{value:.6g}"))
    return Problem(
        "random",
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


@settings(max_examples=80, **RANDOM)
@given(problems())
def test_random_problems_in_every_python_style(problem):
    for style in python_writer.STYLES:
        assert_equal(problem, "python", style, 2)


@settings(max_examples=20, **RANDOM)
@given(problems(), st.sampled_from(sorted(latex_writer.STYLES)))
def test_random_problems_in_latex(problem, style):
    assert_equal(problem, "latex", style, 2)


def test_drawn_writings_differ_and_mix_languages():
    firsts = set()
    for number in range(40):
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
    with pytest.raises(KeyError, match="direct, named"):
        write(problem_of(), "latex", "numpy")
    with pytest.raises(KeyError, match="python, latex"):
        write(problem_of(), "matlab", "numpy")
    with pytest.raises(KeyError, match="sphere"):
        write(problem_of(components=(Component("spehre"),)), "python", "numpy")
