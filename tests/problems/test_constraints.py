import numpy as np
import pytest

from llamoco_lib.problems.constraints import FAMILIES, around, rounded
from llamoco_lib.problems.spec import FEASIBILITY_TOLERANCE

names = pytest.mark.parametrize("name", FAMILIES)
LOWER, UPPER = np.full(6, -20.0), np.full(6, 20.0)


@names
@pytest.mark.parametrize("active", [True, False])
def test_the_point_it_is_built_around_satisfies_it(name, active):
    family = FAMILIES[name]
    for seed in range(30):
        generator = np.random.default_rng(seed)
        point = generator.uniform(-16, 16, 6)
        constraint = around(name, point, LOWER, UPPER, active, generator)
        assert tuple(constraint.parameters) == family.parameters
        value = family.kernel(point[None, :], **constraint.parameters)[0]
        level = abs(constraint.parameters.get("r", constraint.parameters.get("b")))
        if family.kind == "equality":
            assert abs(value) <= 1e-5 * max(level, 1.0)
        else:
            assert value <= 0.0
            if active and name != "outside_ball":
                assert value >= -2e-5 * max(level, 1.0)


@names
def test_numbers_have_six_significant_digits(name):
    generator = np.random.default_rng(3)
    constraint = around(name, generator.uniform(-16, 16, 6), LOWER, UPPER, False, generator)
    for value in constraint.parameters.values():
        assert value == float(f"{value:.6g}")


@names
def test_batch_equals_single_rows(name):
    generator = np.random.default_rng(4)
    parameters = around(name, np.ones(6), LOWER, UPPER, True, generator).parameters
    x = generator.uniform(-20, 20, (15, 6))
    kernel = FAMILIES[name].kernel
    np.testing.assert_allclose(kernel(x, **parameters), [kernel(r[None, :], **parameters)[0] for r in x], rtol=1e-9)


@names
def test_some_points_of_the_box_violate_it(name):
    generator = np.random.default_rng(5)
    parameters = around(name, generator.uniform(-16, 16, 6), LOWER, UPPER, True, generator).parameters
    values = FAMILIES[name].kernel(generator.uniform(LOWER, UPPER, (2000, 6)), **parameters)
    assert np.any(np.abs(values) > FEASIBILITY_TOLERANCE if FAMILIES[name].kind == "equality" else values > 0.0)


# x = (1, -2, 3), numbers worked out by hand.
@pytest.mark.parametrize(
    ("name", "parameters", "value"),
    [
        ("linear_sum", {"b": 0.5}, 1.5),
        ("weighted_sum", {"b": 1.0}, 1 - 4 + 9 - 1.0),
        ("ball", {"c": 1.0, "r": 4.0}, 0 + 9 + 4 - 4.0),
        ("outside_ball", {"c": 1.0, "r": 4.0}, 4.0 - 13.0),
        ("l1_norm", {"b": 2.0}, 4.0),
        ("sine_sum", {"w": 0.5, "b": 0.1}, np.sin(0.5) + np.sin(-1.0) + np.sin(1.5) - 0.1),
        ("product_sum", {"b": 1.0}, -2 - 6 - 1.0),
        ("eq_sum", {"b": 0.5}, 1.5),
        ("eq_sphere", {"c": 0.0, "r": 4.0}, 10.0),
        ("eq_alternating", {"b": 1.0}, -1 - 2 - 3 - 1.0),
    ],
)
def test_values_worked_out_by_hand(name, parameters, value):
    assert FAMILIES[name].kernel(np.array([[1.0, -2.0, 3.0]]), **parameters)[0] == pytest.approx(value)


@pytest.mark.parametrize("value", [0.0, 1.0, -123.4567891, 123.4567891, 9999995.1, 3.3333333e-7, -2.00000049])
def test_rounding_to_one_side(value):
    assert rounded(value, "up") >= value
    assert rounded(value, "down") <= value
    for direction in ("nearest", "up", "down"):
        assert rounded(value, direction) == pytest.approx(value, rel=1.01e-5)
