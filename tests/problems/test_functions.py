import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from reference_functions import REFERENCES

from llamoco_lib.problems import kernels
from llamoco_lib.problems.functions import FUNCTIONS, TAGS

names = pytest.mark.parametrize("name", FUNCTIONS)

# Equal to the reference to 1e-12 relative, except to 1e-10 where the formula itself loses digits.
ILL_CONDITIONED = {
    "exponential": "1 - exp(-s) for small s: the reference loses the digits, the kernel does not",
    "schaffer_f7": "sin near -1, plus 1: what is left has few digits",
    "root_sine": "w^3 is 1e6 at w = 100, so the sine of it sees the last digits of w^3",
    "modified_schwefel": "418.98 d minus a sum that is nearly as large, near the optimum",
}
BEST = {"dixon_price": 1e-28, "styblinski_tang": 1e-12, "root_sine": 1e-12}  # |f(0)| by rounding; others: exactly 0


def test_the_kernels_the_table_and_the_reference_have_the_same_functions():
    assert list(FUNCTIONS) == list(kernels.CODES) == list(REFERENCES)
    assert len(FUNCTIONS) >= 32


@names
@pytest.mark.parametrize("bound", [5.0, 100.0])
@pytest.mark.parametrize("d", [2, 3, 10, 50])
def test_kernel_equals_the_reference(name, d, bound):
    z = np.random.default_rng(d).uniform(-bound, bound, (300, d))
    tolerance = 1e-10 if name in ILL_CONDITIONED else 1e-12
    np.testing.assert_allclose(FUNCTIONS[name].kernel(z), REFERENCES[name](z), rtol=tolerance)


@names
@pytest.mark.parametrize("d", [2, 100])
def test_near_the_optimum_and_far_away_it_equals_the_reference_up_to_the_size_of_its_terms(name, d):
    generator = np.random.default_rng(d)
    near = generator.uniform(-1, 1, (300, d)) * 10.0 ** generator.uniform(-6, -1, (300, 1))
    np.testing.assert_allclose(FUNCTIONS[name].kernel(near), REFERENCES[name](near), rtol=1e-10, atol=1e-12 * 500 * d)
    far = generator.uniform(-300, 300, (300, d))
    tolerance = 1e-9 if name == "root_sine" else 1e-10  # w^3 is 3e7 there
    np.testing.assert_allclose(FUNCTIONS[name].kernel(far), REFERENCES[name](far), rtol=tolerance)


@names
@pytest.mark.parametrize("d", [2, 3, 10, 50, 100])
def test_value_at_the_origin_is_zero(name, d):
    assert abs(FUNCTIONS[name].kernel(np.zeros((1, d)))[0]) <= BEST.get(name, 1e-18)


@names
@settings(max_examples=40, deadline=None)
@given(z=st.integers(2, 12).flatmap(lambda d: arrays(float, d, elements=st.floats(-300, 300))))
def test_zero_is_the_least_value(name, z):
    assert FUNCTIONS[name].kernel(z[None, :])[0] >= -1e-10


@names
@pytest.mark.parametrize("d", [2, 3, 10, 50])
def test_random_points_are_worse_than_the_origin(name, d):
    generator = np.random.default_rng(d)
    z = 10.0 ** generator.uniform(-3, 2, (500, 1)) * generator.uniform(-1, 1, (500, d))
    values = FUNCTIONS[name].kernel(z)
    if name == "step":  # flat within half a step of the origin
        values = values[np.abs(z).max(axis=1) > 0.5]
    assert np.all(values > 0.0)


@names
def test_a_point_has_the_same_value_in_any_batch(name):
    z = np.random.default_rng(1).uniform(-100, 100, (2 * kernels.BLOCK + 3, 7))
    kernel = FUNCTIONS[name].kernel
    assert kernel(z).shape == (len(z),)
    np.testing.assert_array_equal(kernel(z), [kernel(row[None, :])[0] for row in z])


@names
def test_input_is_left_alone(name):
    z = np.random.default_rng(2).uniform(-5, 5, (4, 3))
    before = z.copy()
    FUNCTIONS[name].kernel(z)
    np.testing.assert_array_equal(z, before)


@names
def test_a_value_that_is_not_a_number_stays_so(name):
    z = np.ones((3, 4))
    z[1, 2] = np.nan
    values = FUNCTIONS[name].kernel(z)
    assert np.isnan(values[1])
    assert np.isfinite(values[[0, 2]]).all()


@names
def test_each_names_itself_its_source_its_optimum_and_its_landscape(name):
    function = FUNCTIONS[name]
    assert function.name == name
    assert any(character.isdigit() for character in function.citation)
    assert ", " in function.optimum
    assert set(function.tags) <= set(TAGS)
    for pair in (
        {"unimodal", "multimodal"},
        {"separable", "nonseparable"},
        {"symmetric", "asymmetric"},
        {"differentiable", "nondifferentiable"},
    ):
        assert len(pair & set(function.tags)) == 1


@names
def test_symmetric_means_that_permuted_coordinates_give_the_same_value(name):
    generator = np.random.default_rng(3)
    z = generator.uniform(-20, 20, (50, 5))
    permuted = z[:, [2, 0, 4, 1, 3]]
    same = np.isclose(FUNCTIONS[name].kernel(z), FUNCTIONS[name].kernel(permuted), rtol=1e-9)
    assert same.all() if "symmetric" in FUNCTIONS[name].tags else not same.all()


@names
def test_separable_means_that_which_half_is_better_does_not_depend_on_the_other_half(name):
    """For an increasing function of a sum; a function that is none changes its mind somewhere."""
    kernel, generator = FUNCTIONS[name].kernel, np.random.default_rng(4)
    trials, d = 4000, 4
    scale = 10.0 ** generator.uniform(-1.5, 1.5, (trials, 1))

    def draw():
        return scale * generator.uniform(-1, 1, (trials, d // 2))

    one, other, rest, another_rest = draw(), draw(), draw(), draw()

    def gain(tail):
        """Which of the two is better: -1, 1, or 0 where they are the same; nan where rounding may have decided."""
        a, b = kernel(np.hstack([one, tail])), kernel(np.hstack([other, tail]))
        clear = np.abs(a - b) > 1e-9 * (np.abs(a) + np.abs(b)) + 1e-10
        return np.where(clear | (a == b), np.sign(a - b), np.nan)

    first, second = gain(rest), gain(another_rest)
    assert ((first != second) & ~np.isnan(first) & ~np.isnan(second)).any() == (
        "nonseparable" in FUNCTIONS[name].tags
    )


@names
def test_unimodal_means_that_every_way_to_the_optimum_goes_down(name):
    kernel, generator = FUNCTIONS[name].kernel, np.random.default_rng(5)
    ends = generator.uniform(-1, 1, (200, 1, 4)) * 10.0 ** generator.uniform(1, 2.4, (200, 1, 1))
    values = kernel((ends * np.linspace(0, 1, 300)[:, None]).reshape(-1, 4)).reshape(200, 300)
    climbs = (np.diff(values, axis=1) < -1e-9).any()
    assert climbs == ("multimodal" in FUNCTIONS[name].tags)


KINKS_AT_THE_OPTIMUM = {
    *("different_powers", "sharp_ridge", "schwefel_2_21", "schwefel_2_22", "ackley", "salomon", "alpine"),
    *("katsuura", "happycat", "hgbat"),
}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name != "weierstrass"])  # smooth below 1e-10 only
def test_differentiable_functions_are_flat_at_their_optimum(name):
    """The slope over 1e-9 away from the optimum; where a function has a kink elsewhere, it is flat here, too."""
    directions = np.random.default_rng(6).uniform(0.2, 1.0, (50, 4))
    slopes = np.abs(FUNCTIONS[name].kernel(1e-9 * directions)) / 1e-9
    assert slopes.min() > 0.01 if name in KINKS_AT_THE_OPTIMUM else slopes.max() < 0.01
    assert name not in KINKS_AT_THE_OPTIMUM or "nondifferentiable" in FUNCTIONS[name].tags


# Worked out by hand at z = (1, 2), or z = (1, -1) where cosines would not be whole numbers.
@pytest.mark.parametrize(
    ("name", "z", "value"),
    [
        ("sphere", (1, 2), 5.0),
        ("bent_cigar", (1, 2), 1 + 4e6),
        ("discus", (1, 2), 1e6 + 4),
        ("ellipsoid", (1, 2), 1 + 4e6),
        ("different_powers", (1, 2), np.sqrt(1 + 2**6)),
        ("sharp_ridge", (1, 2), 1 + 200),
        ("sum_squares", (1, 2), 1 + 8),
        ("quartic", (1, 2), 1 + 32),
        ("rosenbrock", (1, 2), 100 * (4 - 3) ** 2 + 1),
        ("dixon_price", (1, 0), 1 + 2 * (1 - 2) ** 2),
        ("rastrigin", (1, 2), 5.0),
        ("noncontinuous_rastrigin", (1.1, 0.0), 1.0),
        ("schwefel_1_2", (1, 2), 1 + 9),
        ("schwefel_2_21", (1, -2), 2.0),
        ("schwefel_2_22", (1, -2), 3 + 2),
        ("zakharov", (1, 2), 5 + 2.5**2 + 2.5**4),
        ("exponential", (60, 80), 1 - np.exp(-0.5)),
        ("step", (0.6, -1.6), 1 + 4),
        ("salomon", (3, 4), 0.5),
        ("bohachevsky", (1, 1), 3 + 0.6),
        ("alpine", (np.pi, 0), 0.1 * np.pi),
        ("levy", (4, 4), (1 + 10 * np.sin(1.0) ** 2) + 1.0),
        ("happycat", (1, 2), abs(0 + 1 - 2) ** 0.25 + (0.5 * 1 + 1) / 2 + 0.5),
        ("hgbat", (1, 2), 0 + (0.5 * 1 + 1) / 2 + 0.5),
        ("weierstrass", (1, 2), 0.0),
        ("katsuura", (1, 2), 0.0),
        ("katsuura", (0.25, 0.0), 10 / 4 * (1.25 ** (10 / 2**1.2) - 1)),
        ("ackley", (1, 1), 20 - 20 * np.exp(-0.2)),
    ],
)
def test_values_worked_out_by_hand(name, z, value):
    assert FUNCTIONS[name].kernel(np.array([z], float))[0] == pytest.approx(value, rel=1e-9, abs=1e-9)
