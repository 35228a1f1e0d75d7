"""Configurations, grids, and programs with their constants filled in and read back."""

import dataclasses
import pickle

import pytest

from llamoco_lib.optimizers import Configuration, constants, grid, identify, load, optimizer, pool, program
from llamoco_lib.optimizers.pool_files import Hyperparameter


@pytest.mark.parametrize("entry", pool(), ids=lambda entry: entry.name)
@pytest.mark.parametrize("granularity", ["default", "small", "normal"])
def test_grid_starts_with_the_default_and_has_each_configuration_once(entry, granularity):
    found = grid(entry, granularity)
    keys = [configuration.key for configuration in found]
    sizes = [len(values.values) for values in entry.hyperparameters.values()]
    full = 1
    for size in sizes:
        full *= size
    expected = {"default": 1, "small": 1 + sum(size - 1 for size in sizes), "normal": full}[granularity]
    assert keys[0] == Configuration(entry.name).key
    assert len(set(keys)) == len(keys) == expected
    assert all(Configuration.parse(key) == configuration for key, configuration in zip(keys, found, strict=True))


@pytest.mark.parametrize("entry", pool(), ids=lambda entry: entry.name)
def test_half_lies_in_normal_and_normal_in_double(entry):
    half, normal, double = ({c.key for c in grid(entry, word)} for word in ("half", "normal", "double"))
    assert Configuration(entry.name).key in half
    assert half < normal <= double if len(normal) > 1 else half == normal == double
    for word in ("half", "double"):
        assert grid(entry, word)[0] == Configuration(entry.name)


@pytest.mark.parametrize(
    ("values", "default", "half", "double"),
    [
        ((1, 2, 4, 8), 2, (1, 2, 8), (1, 2, 3, 4, 6, 8)),  # geometric: 1.41 is 1 again, 2.83 and 5.66
        ((0.2, 0.4, 0.6, 0.8), 0.2, (0.2, 0.8), (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)),  # the paper's example, E.4
        ((0.1, 0.3, 0.5), 0.3, (0.1, 0.3, 0.5), (0.1, 0.2, 0.3, 0.4, 0.5)),
        ((1e-8, 1e-6, 1e-4), 1e-8, (1e-8, 1e-4), (1e-8, 1e-7, 1e-6, 1e-5, 1e-4)),
        ((0.0, 0.1, 0.3), 0.0, (0.0, 0.3), (0.0, 0.05, 0.1, 0.2, 0.3)),
        ((1, 10), 10, (10,), (1, 3, 10)),
        (("a", "b", "c"), "c", ("a", "c"), ("a", "b", "c")),
    ],
)
def test_half_and_double_by_hand(values, default, half, double):
    base = optimizer("samr_ga")
    entry = dataclasses.replace(base, hyperparameters={"NP": Hyperparameter(values, default)})
    for word, expected in (("half", half), ("double", double)):
        assert sorted(c.hyperparameters["NP"] for c in grid(entry, word)) == sorted(expected)


def test_an_unknown_granularity_optimizer_or_hyperparameter_is_named():
    with pytest.raises(ValueError, match="'medium'.*'small'"):
        grid(optimizer("samr_ga"), "medium")
    with pytest.raises(KeyError, match="no_such.*samr_ga"):
        Configuration("no_such")
    with pytest.raises(ValueError, match="NPP.*NP, SIGMA"):
        Configuration("samr_ga", {"NPP": 3})


@pytest.mark.parametrize("text", ["samr_ga(3)", "samr_ga(NP=f(2))", "samr_ga(", "1 + 1"])
def test_parse_refuses_what_is_no_key(text):
    with pytest.raises(ValueError, match="no configuration key"):
        Configuration.parse(text)


def test_parse_fills_in_defaults_and_configurations_survive_pickling():
    configuration = Configuration.parse("samr_ga(NP=20)")
    assert configuration.key == "samr_ga(NP=20,SIGMA=0.1,META=2.0,ELITE=0.5)"
    assert pickle.loads(pickle.dumps(configuration)) == configuration
    assert hash(configuration) == hash(Configuration.parse(configuration.key))


@pytest.mark.filterwarnings("ignore:A class named:RuntimeWarning")  # deap's creator is global
@pytest.mark.parametrize("entry", pool(), ids=lambda entry: entry.name)
@pytest.mark.parametrize("box", [(-100.0, 20.5), ([-5.0, -1.25, -3e-05], [5.0, 1.0, 1e20])])
def test_program_holds_this_problem_s_constants_first_and_in_order(entry, box):
    configuration = grid(entry, "small")[-1]
    source = program(configuration, 3, box[0], box[1], 12345)
    found = constants(source)
    expected = {"DIM": 3, "LOWER": box[0], "UPPER": box[1], "BUDGET": 12345, **configuration.hyperparameters}
    assert list(found.items()) == list(expected.items())
    assert callable(load(source))


def test_program_refuses_bounds_of_another_length():
    with pytest.raises(ValueError, match="lower has 2 numbers for dimension 3"):
        program(Configuration("samr_ga"), 3, [0.0, 0.0], 1.0, 100)


def test_load_refuses_a_source_without_optimize():
    with pytest.raises(ValueError, match="optimize"):
        load("DIM = 3\n")


@pytest.mark.parametrize("entry", pool(), ids=lambda entry: entry.name)
def test_identify_sees_through_constants_comments_and_docstrings(entry):
    source = program(grid(entry, "small")[-1], 4, [-1.0] * 4, [2.0] * 4, 77)
    without_title = "# another title\n" + source.split('"""', 2)[2]
    assert identify(source) == entry.name
    assert identify(without_title) == entry.name
    assert identify(source.replace("rng", "generator")) in (None, entry.name)


@pytest.mark.parametrize("source", ["", "def optimize(objective, constraints, seed):\n    return 0\n", "def (", "\0"])
def test_identify_says_none_for_other_programs(source):
    assert identify(source) is None


def test_identify_is_none_when_the_algorithm_was_changed():
    source = optimizer("samr_ga").source
    assert identify(source.replace("np.argsort(f)", "np.argsort(-f)")) is None
