"""Metrics against cases worked by hand, and the properties of the bootstrap."""

import numpy as np
import pytest

from llamoco_lib.evaluation import metrics


def seed(number=1):
    return np.random.SeedSequence(number)


@pytest.mark.parametrize(
    "before, after, cost",
    [
        ("a\nb\nc\nd", "a\nb\nc\nd", 0.0),
        ("a\nb\nc\nd", "a\nX\nc\nd", 1 / 4),
        ("a\nb\nc\nd", "a\nc\nd", 1 / 4),  # a line removed
        ("a\nb\nc\nd", "a\nb\nX\nY\nc\nd", 2 / 4),  # two lines added
        ("a\nb\nc\nd", "a\nX\nY\nd", 2 / 4),
        ("a\nb", "X\nY\nZ\nW", 1.0),  # never above 1
        ("a\nb", None, 1.0),  # still erroneous
        ("", "a\nb", 1.0),
    ],
)
def test_recovery_cost(before, after, cost):
    assert metrics.recovery_cost(before, after) == cost


def test_mean_weighs_problems_alike():
    assert metrics.mean([np.array([1.0, 0.0]), np.array([1.0, 1.0, 1.0, 1.0])]) == 0.75


def test_interval_is_deterministic_in_its_seed():
    values = [np.random.default_rng(i).random(5) for i in range(12)]
    assert metrics.estimate(values, 500, seed(1)) == metrics.estimate(values, 500, seed(1))
    assert metrics.estimate(values, 500, seed(1)) != metrics.estimate(values, 500, seed(2))


@pytest.mark.parametrize("n", [1, 2, 10, 80])
def test_interval_contains_the_mean(n):
    values = [np.random.default_rng(i).random(1 + i % 5) for i in range(n)]
    found = metrics.estimate(values, 500, seed())
    assert found.lo <= found.value <= found.hi
    assert found.value == metrics.mean(values)


def test_interval_shrinks_with_problems():
    def width(n):
        values = [np.random.default_rng(i).random(5) + np.random.default_rng(1000 + i).random() for i in range(n)]
        found = metrics.estimate(values, 1000, seed())
        return found.hi - found.lo

    assert width(400) < 0.5 * width(40) < width(40) < width(5)


def test_interval_covers_the_truth_about_as_often_as_it_says():
    covered = 0
    for trial in range(200):
        rng = np.random.default_rng(trial)
        values = [rng.normal(rng.normal(0, 1), 1, 5) for _ in range(40)]
        found = metrics.estimate(values, 300, seed(trial))
        covered += found.lo <= 0 <= found.hi
    assert 0.88 <= covered / 200 <= 0.99


def test_runs_within_a_problem_count_too():
    """With one problem the interval is that of its runs."""
    found = metrics.estimate([np.array([0.0, 1.0] * 20)], 1000, seed())
    assert 0.25 < found.lo < 0.45 < 0.55 < found.hi < 0.75


def test_ragged_runs_draw_only_real_ones():
    replicates = metrics.resampled_means(
        [np.array([5.0]), np.full(7, 5.0)], metrics.draws(2, 50, np.random.default_rng(1)), np.random.default_rng(2)
    )
    assert (replicates == 5.0).all()


def test_nothing_measured_is_nan():
    found = metrics.estimate([], 100, seed())
    assert np.isnan([found.value, found.lo, found.hi]).all()


def gap(method, sbs=(-1.0, -2.0), vbs=(-5.0, -4.0)):
    return metrics.gap_closed(*[[np.array([v]) for v in values] for values in (method, sbs, vbs)], 400, seed())


def test_gap_closed_by_hand():
    assert gap((-1.0, -2.0)).value == 0.0  # the SBS itself
    assert gap((-5.0, -4.0)).value == 1.0  # the VBS itself
    assert gap((-3.0, -3.0)).value == 0.5  # mean -3 between -1.5 and -4.5
    assert gap((0.0, 0.0)).value == -0.5  # worse than the SBS
    assert gap((-8.0, -8.0)).value > 1.0  # better than the best of the pool


def test_gap_closed_compares_on_the_same_problems():
    found = gap((-5.0, -4.0))
    assert (found.lo, found.hi) == (1.0, 1.0)  # equal to the VBS on every problem, so in every replicate


def test_gap_closed_by_the_sbs_itself_is_zero_in_every_replicate():
    sbs, vbs = [np.array([-1.0, -3.0]), np.array([-2.0, 0.0])], [np.array([-5.0, -6.0]), np.array([-4.0, -8.0])]
    found = metrics.gap_closed(sbs, sbs, vbs, 400, seed())
    assert (found.value, found.lo, found.hi) == (0.0, 0.0, 0.0)
    found = metrics.gap_closed(vbs, sbs, vbs, 400, seed())
    assert (found.value, found.lo, found.hi) == (1.0, 1.0, 1.0)


def test_gap_closed_without_a_gap_is_nan():
    assert np.isnan(gap((-3.0, -3.0), sbs=(-4.0, -4.0), vbs=(-4.0, -4.0)).value)


def test_gap_closed_refuses_other_problems():
    with pytest.raises(ValueError, match="same problems"):
        metrics.gap_closed([np.zeros(1)], [np.zeros(1)] * 2, [np.zeros(1)] * 2, 100, seed())
