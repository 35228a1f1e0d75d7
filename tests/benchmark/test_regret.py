"""Perf. and log-regret against values worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llamoco_lib.benchmark import log_regret, perf

finite = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("f", "w", "log"),
    [
        (100.0, 0.0, 0.0),
        (10.0, 0.9, -1.0),
        (0.0, 1.0, -8.0),
        (1e-12, 1.0, -8.0),
        (200.0, 0.0, 0.0),
        (-1.0, 1.0, -8.0),
    ],
)
def test_by_hand(f, w, log):
    assert perf(f, 100.0, 0.0) == pytest.approx(w)
    assert log_regret(f, 100.0, 0.0) == pytest.approx(log)


@pytest.mark.parametrize("f", [np.inf, np.nan])
def test_no_feasible_value_is_no_progress(f):
    assert perf(f, 3.0, 1.0) == 0.0
    assert log_regret(f, 3.0, 1.0) == 0.0


def test_f0_equal_to_f_star_leaves_reached_or_not():
    assert perf([1.0, 2.0], 1.0, 1.0).tolist() == [1.0, 0.0]
    assert log_regret([1.0, 2.0], 1.0, 1.0).tolist() == [-8.0, 0.0]


def test_shapes_broadcast_and_unknown_references_are_refused():
    assert perf(np.ones((3, 4)), 2.0, np.zeros(4)).shape == (3, 4)
    with pytest.raises(ValueError, match="finite"):
        perf(1.0, np.inf, 0.0)


@given(f=finite, f_star=finite, span=st.floats(1e-3, 1e6), step=st.floats(0.0, 1e6))
def test_bounded_and_no_better_value_scores_worse(f, f_star, span, step):
    f0 = f_star + span
    assert 0.0 <= perf(f, f0, f_star) <= 1.0
    assert -8.0 <= log_regret(f, f0, f_star) <= 0.0
    assert perf(f + step, f0, f_star) <= perf(f, f0, f_star)
    assert log_regret(f + step, f0, f_star) >= log_regret(f, f0, f_star)
