import numpy as np
import pytest

from llamoco_lib.problems.constraint_kernels import CODES, constraint_values
from llamoco_lib.problems.constraints import FAMILIES, around, arrays, rounded
from llamoco_lib.problems.spec import FEASIBILITY_TOLERANCE, Constraint

names = pytest.mark.parametrize("name", FAMILIES)
inequalities = pytest.mark.parametrize("name", [name for name, f in FAMILIES.items() if f.kind == "inequality"])
BOXES = [(2, 5.0), (2, 100.0), (7, 20.0), (50, 5.0), (50, 100.0)]


def index(x):
    return np.arange(1, x.shape[1] + 1)


def numpy_exp_pairs(x, w, b):
    return np.exp(-w * np.hypot(x[:, :-1], x[:, 1:])).sum(1) - b


def numpy_cosine_of_sum(x, w, b):
    return np.cos(w * x.sum(1)) ** 2 - 0.25 * np.cos(w * x.sum(1)) - b


def numpy_root_sine(x, w, b):
    return (x * np.sin(w * np.sqrt(np.abs(x)))).sum(1) - b


# The families written a second time, in plain numpy.
REFERENCE = {
    "linear_sum": lambda x, b: x.sum(1) - b,
    "weighted_sum": lambda x, b: x @ index(x) - b,
    "alternating_sum": lambda x, b: x @ (-1.0) ** index(x) - b,
    "ball": lambda x, c, r: ((x - c) ** 2).sum(1) - r,
    "outside_ball": lambda x, c, r: r - ((x - c) ** 2).sum(1),
    "ellipsoid_ball": lambda x, c, r: (x - c) ** 2 @ index(x) - r,
    "l1_norm": lambda x, b: np.linalg.norm(x, 1, axis=1) - b,
    "outside_l1": lambda x, b: b - np.linalg.norm(x, 1, axis=1),
    "max_norm": lambda x, b: np.linalg.norm(x, np.inf, axis=1) - b,
    "second_order_cone": lambda x, c, b: np.linalg.norm(x - c, axis=1) - x[:, 0] - b,
    "sine_sum": lambda x, w, b: np.sin(w * x).sum(1) - b,
    "sine_square": lambda x, w, b: (np.sin(w * x) ** 2).sum(1) - b,
    "x_sine": lambda x, w, b: (x * np.sin(w * x)).sum(1) - b,
    "cosine_bowl": lambda x, w, b: (x**2 - 50 * np.cos(w * x)).sum(1) - b,
    "cosine_of_sum": numpy_cosine_of_sum,
    "log_sum_exp": lambda x, w, b: np.logaddexp.reduce(w * x, axis=1) - b,
    "exp_pairs": numpy_exp_pairs,
    "hinge_sum": lambda x, c, b: np.maximum(0, x - c).sum(1) - b,
    "product_sum": lambda x, b: (x[:, :-1] * x[:, 1:]).sum(1) - b,
    "difference_squares": lambda x, b: (np.diff(x) ** 2).sum(1) - b,
    "total_variation": lambda x, b: np.abs(np.diff(x)).sum(1) - b,
    "partial_sums": lambda x, b: (x.cumsum(1) ** 2).sum(1) - b,
    "eq_sum": lambda x, b: x.sum(1) - b,
    "eq_weighted": lambda x, b: x @ index(x) - b,
    "eq_alternating": lambda x, b: x @ (-1.0) ** index(x) - b,
    "eq_sphere": lambda x, c, r: ((x - c) ** 2).sum(1) - r,
    "eq_product_sum": lambda x, b: (x[:, :-1] * x[:, 1:]).sum(1) - b,
    "eq_chain": lambda x, b: (x[:, :-1] ** 2 - x[:, 1:]).sum(1) - b,
    "eq_sine_sum": lambda x, w, b: np.sin(w * x).sum(1) - b,
    "eq_x_sine": lambda x, w, b: (x * np.sin(w * x)).sum(1) - b,
    "eq_x_cosine": lambda x, w, b: (x * np.cos(w * x)).sum(1) - b,
    "eq_x_minus_cosine": lambda x, w, b: (x - 10 * np.cos(w * x)).sum(1) - b,
    "eq_root_sine": numpy_root_sine,
}


def box(dimension, half_width):
    return np.full(dimension, -half_width), np.full(dimension, half_width)


def points(lower, upper, generator, count=4000):
    """Uniform points of the box, half of them drawn in towards its centre (the origin)."""
    x = generator.uniform(lower, upper, (count, lower.size))
    x[: count // 2] *= generator.random((count // 2, 1))
    return x


def drawn(name, dimension, half_width, active, seed):
    generator = np.random.default_rng(seed)
    lower, upper = box(dimension, half_width)
    point = generator.uniform(0.8 * lower, 0.8 * upper)
    return point, around(name, point, lower, upper, active, generator)


def test_at_least_24_families_of_both_kinds_each_with_its_source():
    assert set(FAMILIES) == set(REFERENCE) == set(CODES)
    kinds = [family.kind for family in FAMILIES.values()]
    assert len(kinds) >= 24 and kinds.count("inequality") >= 12 and kinds.count("equality") >= 6
    assert all(name.startswith("eq_") == (family.kind == "equality") for name, family in FAMILIES.items())
    sources = ("Wu, Mallipeddi, Suganthan", "Boyd, Vandenberghe", "ours: ")
    assert all(family.citation.startswith(sources) for family in FAMILIES.values())


@names
@pytest.mark.parametrize("dimension", [2, 3, 50, 100])
def test_kernel_equals_plain_numpy(name, dimension):
    generator = np.random.default_rng(dimension)
    x = generator.uniform(-300, 300, (40, dimension))
    x[0] = 0.0
    numbers = {"c": -3.7, "w": 0.21, "r": 12.5, "b": 4.25}
    numbers = {parameter: numbers[parameter] for parameter in FAMILIES[name].parameters}
    expected = REFERENCE[name](x, **numbers)
    size = np.abs(expected).max()  # where terms cancel, rounding is relative to the terms
    np.testing.assert_allclose(FAMILIES[name].kernel(x, **numbers), expected, rtol=1e-12, atol=1e-12 * size)


def test_many_constraints_at_once_equal_each_alone():
    generator = np.random.default_rng(4)
    lower, upper = box(6, 20.0)
    together = [around(name, np.ones(6), lower, upper, True, generator) for name in FAMILIES]
    x = generator.uniform(lower, upper, (15, 6))
    values = constraint_values(x, *arrays(together))
    assert values.shape == (15, len(FAMILIES))
    for column, constraint in enumerate(together):
        alone = [FAMILIES[constraint.family].kernel(row[None, :], **constraint.parameters)[0] for row in x]
        np.testing.assert_array_equal(values[:, column], alone)


def test_kernels_take_views_and_read_only_arrays():
    x = np.arange(24.0).reshape(4, 6)
    frozen = x.copy()
    frozen.flags.writeable = False
    kernel = FAMILIES["ball"].kernel
    np.testing.assert_array_equal(kernel(frozen, c=1.0, r=2.0), kernel(x, c=1.0, r=2.0))
    np.testing.assert_array_equal(kernel(x[:, ::2], c=1.0, r=2.0), ((x[:, ::2] - 1) ** 2).sum(1) - 2)


@pytest.mark.parametrize(
    ("family", "numbers", "words"),
    [
        ("bal", {"c": 1.0, "r": 2.0}, ["'bal'", "ball"]),
        ("ball", {"c": 1.0}, ["ball takes c, r", "given: c"]),
        ("ball", {"c": 1.0, "r": 2.0, "b": 3.0}, ["given: c, r, b"]),
    ],
)
def test_unknown_families_and_numbers_are_named(family, numbers, words):
    with pytest.raises(ValueError) as error:
        arrays([Constraint(family, numbers)])
    assert all(word in str(error.value) for word in words)


def test_an_unknown_code_is_refused():
    with pytest.raises(ValueError, match="no constraint family"):
        constraint_values(np.zeros((1, 2)), np.array([999]), np.zeros((1, 2)))


def test_log_sum_exp_does_not_overflow():
    value = FAMILIES["log_sum_exp"].kernel(np.array([[5000.0, -5000.0]]), w=1.0, b=0.0)
    assert value[0] == 5000.0


@names
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize(("dimension", "half_width"), BOXES)
def test_the_point_it_is_built_around_satisfies_it(name, active, dimension, half_width):
    family = FAMILIES[name]
    for seed in range(10):
        point, constraint = drawn(name, dimension, half_width, active, seed)
        assert tuple(constraint.parameters) == family.parameters
        assert all(number == float(f"{number:.6g}") for number in constraint.parameters.values())
        value = family.kernel(point[None, :], **constraint.parameters)[0]
        level = max(abs(constraint.parameters[family.level]), 1e-3)
        if family.kind == "equality":
            assert abs(value) <= 1e-5 * level
        else:
            assert value <= 0.0
            assert (value >= -2e-5 * level) == active


@inequalities
@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize(("dimension", "half_width"), BOXES)
def test_an_inequality_cuts_the_box(name, active, dimension, half_width):
    x = points(*box(dimension, half_width), np.random.default_rng(99))
    for seed in range(10):
        _, constraint = drawn(name, dimension, half_width, active, seed)
        violated = np.mean(FAMILIES[name].kernel(x, **constraint.parameters) > 0.0)
        assert 0.0 < violated < 1.0


@names
def test_an_equality_is_met_by_almost_no_point(name):
    x = points(*box(5, 20.0), np.random.default_rng(98))
    _, constraint = drawn(name, 5, 20.0, True, 3)
    values = FAMILIES[name].kernel(x, **constraint.parameters)
    if FAMILIES[name].kind == "equality":
        assert values.min() < 0.0 < values.max()
        assert np.mean(np.abs(values) <= FEASIBILITY_TOLERANCE) < 0.01


@pytest.mark.parametrize("name", ["outside_ball", "outside_l1"])
def test_what_lies_outside_of_something_leaves_something_out(name):
    for seed in range(50):
        _, constraint = drawn(name, 3, 10.0, bool(seed % 2), seed)
        assert constraint.parameters[FAMILIES[name].level] > 0.0


@names
def test_bounds_may_differ_by_coordinate(name):
    generator = np.random.default_rng(6)
    upper = np.array([5.0, 100.0, 20.0])
    point = generator.uniform(-0.8 * upper, 0.8 * upper)
    constraint = around(name, point, -upper, upper, True, generator)
    value = FAMILIES[name].kernel(point[None, :], **constraint.parameters)[0]
    assert abs(value) <= 2e-5 * max(abs(constraint.parameters[FAMILIES[name].level]), 1.0)


# x = (1, -2, 3), numbers worked out by hand.
@pytest.mark.parametrize(
    ("name", "parameters", "value"),
    [
        ("linear_sum", {"b": 0.5}, 1.5),
        ("weighted_sum", {"b": 1.0}, 1 - 4 + 9 - 1.0),
        ("alternating_sum", {"b": 1.0}, -1 - 2 - 3 - 1.0),
        ("ball", {"c": 1.0, "r": 4.0}, 0 + 9 + 4 - 4.0),
        ("outside_ball", {"c": 1.0, "r": 4.0}, 4.0 - 13.0),
        ("ellipsoid_ball", {"c": 1.0, "r": 4.0}, 0 + 18 + 12 - 4.0),
        ("l1_norm", {"b": 2.0}, 4.0),
        ("max_norm", {"b": 2.0}, 1.0),
        ("second_order_cone", {"c": 1.0, "b": 1.0}, np.sqrt(13) - 2.0),
        ("hinge_sum", {"c": 0.5, "b": 1.0}, 0.5 + 2.5 - 1.0),
        ("product_sum", {"b": 1.0}, -2 - 6 - 1.0),
        ("difference_squares", {"b": 1.0}, 9 + 25 - 1.0),
        ("total_variation", {"b": 1.0}, 3 + 5 - 1.0),
        ("partial_sums", {"b": 1.0}, 1 + 1 + 4 - 1.0),
        ("eq_sphere", {"c": 0.0, "r": 4.0}, 10.0),
        ("eq_chain", {"b": 1.0}, (1 + 2) + (4 - 3) - 1.0),
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
