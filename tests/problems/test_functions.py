import numpy as np
import pytest

from llamoco_lib.problems.functions import FUNCTIONS

names = pytest.mark.parametrize("name", FUNCTIONS)


@names
@pytest.mark.parametrize("d", [2, 3, 10, 50])
def test_optimum_is_zero_at_the_origin(name, d):
    kernel = FUNCTIONS[name].kernel
    assert kernel(np.zeros((1, d)))[0] == pytest.approx(0.0, abs=1e-12)
    generator = np.random.default_rng(d)
    scales = 10.0 ** generator.uniform(-3, 2, (500, 1))
    assert np.all(kernel(scales * generator.uniform(-1, 1, (500, d))) > 0.0)


@names
def test_batch_equals_single_rows(name):
    z = np.random.default_rng(1).uniform(-100, 100, (20, 7))
    kernel = FUNCTIONS[name].kernel
    assert kernel(z).shape == (20,)
    np.testing.assert_allclose(kernel(z), [kernel(row[None, :])[0] for row in z], rtol=1e-9)


@names
def test_input_is_left_alone(name):
    z = np.random.default_rng(2).uniform(-5, 5, (4, 3))
    before = z.copy()
    FUNCTIONS[name].kernel(z)
    np.testing.assert_array_equal(z, before)


@names
def test_each_names_itself_and_its_source(name):
    function = FUNCTIONS[name]
    assert function.name == name
    assert function.citation
    assert {"unimodal", "multimodal"} & set(function.tags)


# Worked out by hand at z = (1, 2), or z = (1, -1) where cosines would not be whole numbers.
@pytest.mark.parametrize(
    ("name", "z", "value"),
    [
        ("sphere", (1, 2), 5.0),
        ("bent_cigar", (1, 2), 1 + 4e6),
        ("discus", (1, 2), 1e6 + 4),
        ("ellipsoid", (1, 2), 1 + 4e6),
        ("rosenbrock", (1, 2), 100 * (4 - 3) ** 2 + 1),
        ("rastrigin", (1, 2), 5.0),
        ("griewank", (0, 0), 0.0),
        ("schwefel_1_2", (1, 2), 1 + 9),
        ("zakharov", (1, 2), 5 + 2.5**2 + 2.5**4),
        ("salomon", (3, 4), 0.5),
        ("levy", (4, 4), (1 + 10 * np.sin(1.0) ** 2) + 1.0),
        ("happycat", (1, 2), abs(0 + 1 - 2) ** 0.25 + (0.5 * 1 + 1) / 2 + 0.5),
        ("weierstrass", (1, 2), 0.0),
        ("katsuura", (1, 2), 0.0),
        ("katsuura", (0.25, 0.0), 10 / 4 * (1.25 ** (10 / 2**1.2) - 1)),
        ("schwefel_2_22", (1, -2), 3 + 2),
        ("ackley", (1, 1), 20 - 20 * np.exp(-0.2)),
    ],
)
def test_values_worked_out_by_hand(name, z, value):
    assert FUNCTIONS[name].kernel(np.array([z], float))[0] == pytest.approx(value, rel=1e-9, abs=1e-9)
