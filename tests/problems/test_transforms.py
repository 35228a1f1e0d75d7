import dataclasses

import numpy as np

from llamoco_lib.problems import transforms
from llamoco_lib.problems.spec import Component, Problem

PROBLEM = Problem("t", "hybrid", 6, -10.0, 30.0, (Component("sphere", 1.0, 0, 6),), 100, 1, 2, 3)


def test_shift_lies_in_the_inner_box():
    for seed in range(200):
        o = transforms.shift(dataclasses.replace(PROBLEM, shift_seed=seed))
        assert o.shape == (6,)
        assert np.all((o >= -6.0) & (o <= 26.0))


def test_rotation_is_orthogonal_and_its_own_seeds():
    m = transforms.rotation(PROBLEM)
    np.testing.assert_allclose(m.T @ m, np.eye(6), atol=1e-12)
    np.testing.assert_array_equal(m, transforms.rotation(PROBLEM))
    assert not np.allclose(m, transforms.rotation(dataclasses.replace(PROBLEM, rotation_seed=9)))


def test_rotations_are_haar_distributed():
    # Under Haar measure each entry has mean 0 and variance 1 / D; a QR without its signs fixed has a biased diagonal.
    matrices = [transforms.rotation(dataclasses.replace(PROBLEM, rotation_seed=s)) for s in range(2000)]
    entries = np.array([m[0, 0] for m in matrices])
    assert abs(entries.mean()) < 4 * np.sqrt(1 / 6 / 2000)
    assert abs(entries.var() - 1 / 6) < 0.02


def test_permutation_deals_every_coordinate_once():
    assert sorted(transforms.permutation(PROBLEM)) == list(range(6))


def test_data_holds_only_what_is_there():
    assert set(transforms.data(PROBLEM)) == {"o", "M", "p"}
    assert set(transforms.data(dataclasses.replace(PROBLEM, rotation_seed=None, permutation_seed=None))) == {"o"}
    plain = dataclasses.replace(PROBLEM, shift_seed=None, rotation_seed=None, permutation_seed=None)
    assert transforms.data(plain) == {}
    np.testing.assert_array_equal(transforms.shift(plain), np.zeros(6))
