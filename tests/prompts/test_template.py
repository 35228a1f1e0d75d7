import ast

import pytest

from llamoco_lib.optimizers import Configuration, constants, pool, program
from llamoco_lib.prompts import template


def make(**changes):
    values = {
        "problem_text": "f(x) = x_1",
        "language": "latex",
        "dimension": 3,
        "lower": -5.0,
        "upper": 5.0,
        "budget": 2000,
        "constrained": False,
    }
    return template.prompt(**(values | changes))


def test_prompt_ends_in_dimension_bounds_budget():
    end = make().splitlines()[-4:]
    assert end == ["Dimension: 3", "Lower bounds: -5.0", "Upper bounds: 5.0", "Budget: 2000"]


@pytest.mark.parametrize("lower", [-5.0, -100.0, (-1.5, 0.0, 2.0)])
def test_bounds_are_the_literals_of_the_program(lower):
    upper = 100.0 if isinstance(lower, float) else (3.0, 4.25, 1e3)
    text = make(lower=lower, upper=upper)
    lines = dict(line.split(": ") for line in text.splitlines()[-4:])
    for optimizer in pool():
        source = program(Configuration(optimizer.name), 3, lower, upper, 2000)
        assert f"LOWER = {lines['Lower bounds']}\n" in source
        assert f"UPPER = {lines['Upper bounds']}\n" in source
        assert constants(source)["DIM"] == int(lines["Dimension"])
        assert constants(source)["BUDGET"] == int(lines["Budget"])


def test_prompt_states_the_program_contract():
    text = make(constrained=True)
    assert "optimize(objective, constraints, seed)" in text
    assert "(g, h)" in text and "None" not in text
    assert "constraints is None" in make()
    assert "f(x) = x_1" in text and "Problem (LaTeX):" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"language": "fortran"}, "fortran"),
        ({"problem_text": "  \n"}, "empty"),
        ({"lower": (1.0, 2.0)}, "2 bounds"),
    ],
)
def test_prompt_refuses(changes, words):
    with pytest.raises(ValueError, match=words):
        make(**changes)


@pytest.mark.parametrize("optimizer", pool(), ids=lambda optimizer: optimizer.name)
def test_answer_and_extraction_are_inverse(optimizer):
    source = program(Configuration(optimizer.name), 4, -1.0, 1.0, 100)
    extracted = template.extract_program(template.answer(source))
    assert extracted == source
    ast.parse(extracted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Here:\n```python\nx = 1\n```\nand\n```python\ny = 2\n```", "x = 1\n"),
        ("```bash\npip install cma\n```\n```py\nx = 1\n```", "x = 1\n"),
        ("```\nx = 1\n```", "x = 1\n"),
        ("```c\nint x;\n```", "int x;\n"),
        ("```python\nx = 1\ny = ", "x = 1\ny = "),
        ("import numpy as np\nx = 1", "import numpy as np\nx = 1"),
        ("Sure", None),
        ("I cannot do that.", None),
        ("", None),
        ("```python\n\n```", None),
        ("x = 1\0", None),
    ],
)
def test_extract_program(text, expected):
    assert template.extract_program(text) == expected
