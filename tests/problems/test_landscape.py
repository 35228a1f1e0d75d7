import numpy as np
import pandas as pd
import pytest

from llamoco_lib.problems import coverage, landscape
from llamoco_lib.problems.spec import Component, Problem

POINTS, SEED, D = 50, 7, 3
LOWER, UPPER = np.full(D, -5.0), np.full(D, 5.0)


def rastrigin(x):
    return (x**2 - 10.0 * np.cos(2.0 * np.pi * x) + 10.0).sum(axis=1)


def ellipsoid(x):
    return (x - 1.0) ** 2 @ np.array([1.0, 30.0, 900.0])


def slope(x):
    return x.sum(axis=1)


def noise(x):
    return np.sin(1e6 * x).sum(axis=1)


def features(objective, lower=LOWER, upper=UPPER):
    return landscape.features(objective, lower, upper, POINTS, SEED)


# Computed by pflacco 1.2.2, which nobody here wrote, on the same points and with the same start of the tour.
PFLACCO = {
    rastrigin: {
        "meta_model.linear_r2": -0.012693,
        "meta_model.linear_interact_r2": -0.026987,
        "meta_model.quadratic_r2": 0.416163,
        "meta_model.condition": np.log10(1.088229),
        "dispersion.best_5%": 0.741732,
        "dispersion.best_10%": 0.668542,
        "dispersion.best_25%": 0.794943,
        "information.partial": 0.635135,
        "nearest_better.sd_ratio": 0.547401,
        "nearest_better.mean_ratio": 0.722095,
        "nearest_better.correlation": 0.439414,
        "nearest_better.variation": 0.314323,
        "nearest_better.value_correlation": -0.594623,
    },
    ellipsoid: {
        "meta_model.linear_r2": 0.365577,
        "meta_model.linear_interact_r2": 0.364975,
        "meta_model.quadratic_r2": 1.0,
        "meta_model.condition": np.log10(900.0),
        "dispersion.best_5%": 0.748319,
        "dispersion.best_10%": 0.760510,
        "dispersion.best_25%": 0.809886,
        "information.partial": 0.540541,
        "nearest_better.sd_ratio": 0.559222,
        "nearest_better.mean_ratio": 0.753324,
        "nearest_better.correlation": 0.442093,
        "nearest_better.variation": 0.296859,
        "nearest_better.value_correlation": -0.299800,
    },
}
# These depend on a grid of slopes, ours in steps of 0.04, or on how a moment is corrected for the size of the sample.
PFLACCO_ROUGHLY = {
    rastrigin: {
        "distribution.skewness": np.log10(1.154050),
        "distribution.kurtosis": np.log10(3.0 - 0.613186),
        "information.highest": 0.863831,
        "information.settled_slope": 0.865866,
        "information.half_slope": 0.225225,
    },
    ellipsoid: {
        "distribution.skewness": np.log10(2.101529),
        "distribution.kurtosis": np.log10(3.0 + 0.254067),
        "information.highest": 0.767389,
        "information.settled_slope": 0.405405,
        "information.half_slope": -0.355355,
    },
}


@pytest.mark.parametrize("objective", PFLACCO, ids=lambda f: f.__name__)
def test_features_equal_those_of_pflacco(objective):
    found = features(objective)
    for name, value in PFLACCO[objective].items():
        assert found[name] == pytest.approx(value, abs=2e-6), name
    for name, value in PFLACCO_ROUGHLY[objective].items():
        assert found[name] == pytest.approx(value, abs=0.05), name


def test_names_are_those_of_the_features_in_their_order():
    assert tuple(features(rastrigin)) == landscape.NAMES


@pytest.mark.parametrize("objective", [rastrigin, slope, noise], ids=lambda f: f.__name__)
def test_scale_and_place_of_values_and_box_do_not_matter(objective):
    moved = features(lambda x: 1024.0 * objective(x / 8.0) - 4096.0, 8.0 * LOWER, 8.0 * UPPER)
    assert moved == pytest.approx(features(objective), abs=1e-6)


def test_features_tell_landscapes_apart():
    straight, rough, bowl = features(slope), features(noise), features(lambda x: (x**2).sum(axis=1))
    assert straight["meta_model.linear_r2"] == pytest.approx(1.0) and rough["meta_model.quadratic_r2"] < 0.1
    assert bowl["meta_model.linear_r2"] < 0.1 < bowl["meta_model.quadratic_r2"]
    assert bowl["meta_model.condition"] == pytest.approx(0.0, abs=1e-6)
    assert bowl["fitness_distance.correlation"] > 0.8 > abs(rough["fitness_distance.correlation"])
    assert bowl["dispersion.best_5%"] < 0.6 < rough["dispersion.best_5%"]
    assert straight["information.partial"] < rough["information.partial"]


def test_values_that_are_not_finite_count_as_the_worst():
    holed = features(lambda x: np.where(x[:, 0] > 4.0, np.nan, rastrigin(x)))
    filled = features(lambda x: np.where(x[:, 0] > 4.0, 1e9, rastrigin(x)))
    assert np.isfinite(list(holed.values())).all()
    assert holed["nearest_better.variation"] == pytest.approx(filled["nearest_better.variation"], rel=0.2)


def test_a_plateau_has_no_features():
    assert np.isnan(list(features(lambda x: np.ones(len(x))).values())).all()


def test_too_few_points_name_the_number_that_is_enough():
    with pytest.raises(ValueError, match="take at least 12"):
        landscape.design(20, 10, SEED)
    assert landscape.design(20, 12, SEED).points.shape == (240, 20)


@pytest.fixture(scope="module")
def frame():
    functions = ("sphere", "rastrigin", "ackley", "rosenbrock")
    problems = [
        Problem(f"nc-{i}", "basic", 2 + i, -5.0, 5.0, (Component(name),), 100, shift_seed=i + 1, split="train")
        for i, name in enumerate(functions)
    ]
    problems.append(Problem("nc-4", "basic", 60, -5.0, 5.0, (Component("sphere"),), 100, split="eval"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage, "BBOB_INSTANCES", (1,))
        return coverage.measured(problems, 60, 20, SEED)


def test_sets_are_measured_up_to_the_largest_dimension(frame):
    counts = frame["set"].value_counts()
    assert counts["BBOB"] == 24 * len(coverage.BBOB_DIMENSIONS)
    assert counts["train"] == 4 and "eval" not in counts and counts["realistic"] >= 4
    assert np.isfinite(frame[list(landscape.NAMES)].to_numpy()).all()


def test_fewer_instances_are_spread_over_the_set(monkeypatch):
    monkeypatch.setattr(coverage, "BBOB_DIMENSIONS", (2,))
    problems = [Problem(f"nc-{i}", "basic", 2, -5.0, 5.0, (Component("sphere"),), 100) for i in range(9)]
    found = coverage.measured(problems, 3, 20, SEED)
    assert set(found["name"][found["set"] == "train"]) == {"nc-0", "nc-4", "nc-8"}


def test_neighbours_name_the_pairs_of_sets_that_there_are(frame):
    rows = coverage.neighbours(frame).set_index(["landscapes of", "nearest among"])
    by_dimension = {(f"BBOB, D = {dimension}", "P") for dimension in coverage.BBOB_DIMENSIONS}
    assert set(rows.index) == {("BBOB", "P"), *by_dimension, ("realistic", "P"), ("P", "BBOB")}
    assert rows["share covered"].between(0.0, 1.0).all()
    assert rows["landscapes"]["P", "BBOB"] == 4


def test_a_set_with_twins_of_bbob_covers_it(frame):
    bbob = frame[frame["set"] == "BBOB"]
    twins = pd.concat([frame, bbob.assign(set="train")], ignore_index=True)
    rows = coverage.neighbours(twins).set_index(["landscapes of", "nearest among"])
    assert rows["share covered"]["BBOB", "P"] == 1.0
    assert rows["median distance"]["BBOB", "P"] == pytest.approx(0.0, abs=1e-6)
    assert rows["typical distance"]["BBOB", "P"] > 0.5


def test_embedding_says_what_its_axes_mean(frame):
    embedded = coverage.embedding(frame)
    assert embedded.coordinates.shape == (len(frame), 2)
    assert 1.0 > embedded.explained[0] >= embedded.explained[1] > 0.0
    assert [*landscape.NAMES, coverage.LOG_DIMENSION] == list(embedded.loadings.index)
    assert (embedded.loadings.abs() <= 1.0 + 1e-9).all(axis=None)
    assert (embedded.loadings.loc[coverage.LOG_DIMENSION] >= 0.0).all()
