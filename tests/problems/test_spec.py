import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem

numbers = st.floats(allow_nan=False, allow_infinity=False)
seeds = st.none() | st.integers(1, 2**31)
components = st.builds(
    Component, st.sampled_from(sorted(FUNCTIONS)), numbers, st.integers(0, 9), st.none() | st.integers(1, 9)
)


@st.composite
def constraints(draw):
    family = FAMILIES[draw(st.sampled_from(sorted(FAMILIES)))]
    return Constraint(family.name, {name: draw(numbers) for name in family.parameters})


@st.composite
def problems(draw):
    dimension = draw(st.integers(2, 10))
    bound = numbers | st.lists(numbers, min_size=dimension, max_size=dimension).map(tuple)
    return Problem(
        id=draw(st.text(max_size=12)),
        kind=draw(st.sampled_from(["basic", "composition", "hybrid"])),
        dimension=dimension,
        lower=draw(bound),
        upper=draw(bound),
        components=tuple(draw(st.lists(components, min_size=1, max_size=4))),
        budget=draw(st.integers(1, 10**6)),
        shift_seed=draw(seeds),
        rotation_seed=draw(seeds),
        permutation_seed=draw(seeds),
        constraints=tuple(draw(st.lists(constraints(), max_size=3))),
        optimum=draw(st.none() | numbers),
        f0=draw(st.none() | numbers),
        split=draw(st.sampled_from(["train", "eval", "heldout"])),
    )


@settings(max_examples=100, deadline=None)
@given(problems())
def test_json_round_trip(problem):
    assert Problem.from_json(json.loads(json.dumps(problem.to_json()))) == problem


@settings(max_examples=50, deadline=None)
@given(problems())
def test_group_and_box(problem):
    assert problem.group == ("constrained" if problem.constraints else "unconstrained")
    lower, upper = problem.box
    assert lower.shape == upper.shape == (problem.dimension,)


def test_an_unknown_field_is_named():
    value = Problem("a", "basic", 2, -1.0, 1.0, (Component("sphere"),), 10).to_json()
    with pytest.raises(TypeError, match="dimensions"):
        Problem.from_json({**value, "dimensions": 2})
