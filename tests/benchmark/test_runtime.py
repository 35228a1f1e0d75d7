"""Runtimes to targets on traces made by hand, and the curves that come of them."""

import numpy as np
import pandas as pd
import pytest

from llamoco_lib.benchmark.runtime import (
    BEST,
    SIMULATED,
    TARGETS,
    expected,
    runtime_ecdf,
    runtimes,
    with_restarts,
)
from llamoco_lib.problems.counting import trace_fes
from llamoco_lib.problems.spec import Component, Problem

BUDGET = 1000
CHECKPOINTS = trace_fes(BUDGET)
REFERENCES = pd.DataFrame({"problem_id": ["p", "q"], "f0": [12.0, 12.0], "f_star": [2.0, 2.0]})


def problem(name, dimension=10):
    return Problem(name, "basic", dimension, -1.0, 1.0, (Component("sphere"),), BUDGET)


def run(optimizer, problem_id, steps, fes=BUDGET, status="ok", checkpoints=CHECKPOINTS):
    """A run whose best value falls to ``value`` at FE ``at``, for (at, value) in ``steps``; inf before."""
    trace = [min((value for at, value in steps if at <= min(count, fes)), default=np.inf) for count in checkpoints]
    return {
        "group": "unconstrained",
        "optimizer": optimizer,
        "configuration": f"{optimizer}()",
        "problem_id": problem_id,
        "purpose": "label",
        "fes": fes,
        "status": status,
        "trace": trace,
    }


def times_of(*rows, caps=None):
    found = runtimes(pd.DataFrame(rows), REFERENCES, [problem("p"), problem("q")], caps or {})
    return [dict(zip(TARGETS, row, strict=True)) for row in found]


def test_a_runtime_is_the_first_checkpoint_at_which_the_target_was_reached():
    at = CHECKPOINTS[12]
    (time,) = times_of(run("a", "p", [(1, 15.0), (3, 12.0), (at, 3.0), (at + 1, 2.0)]))
    assert time[0.0] == 3  # worse than f0 is not there yet
    assert time[-0.2] == time[-1.0] == at
    assert time[-1.2] == time[-8.0] == CHECKPOINTS[13]


def test_unreached_targets_and_runs_without_a_feasible_point_or_with_a_failure_have_none():
    half, nothing, failed = times_of(
        run("a", "p", [(1, 3.0)]), run("a", "p", []), run("a", "p", [(1, 2.0)], status="failed")
    )
    assert np.isfinite(half[-1.0]) and np.isinf(half[-1.2])
    assert np.isinf(list(nothing.values())).all() and np.isinf(list(failed.values())).all()


def test_a_run_that_ended_between_two_checkpoints_reached_its_last_value_at_its_end():
    end = CHECKPOINTS[20] + 1
    assert end < CHECKPOINTS[21]
    (time,) = times_of(run("a", "p", [(1, 12.0), (end, 2.0)], fes=end))
    assert time[-8.0] == end


def test_a_cap_says_at_which_fes_the_trace_was_taken():
    capped = run("a", "p", [(1, 12.0), (100, 2.0)], fes=100, checkpoints=trace_fes(100))
    (time,) = times_of(capped, caps={"a": 100})
    score = run("a", "p", [(1, 12.0), (100, 2.0)]) | {"purpose": "score"}  # has the whole budget
    (whole,) = times_of(score, caps={"a": 100})
    assert min(whole.values()) >= 1 and max(whole.values()) <= BUDGET
    assert time[-8.0] == 100
    with pytest.raises(ValueError, match=r"a\(\) on p has \d+ values.*give the caps"):
        times_of(capped)


def test_restarts_pay_for_the_runs_before_in_whole():
    times = np.tile([[10.0], [np.inf]], 400)  # one run of two reaches 400 targets after 10 FEs, the other took 100
    drawn = with_restarts(times, np.array([70.0, 100.0]), np.random.default_rng(1))
    assert drawn.shape == (SIMULATED, 400)
    assert set(np.unique(drawn % 100)) == {10.0}
    assert drawn.mean() == pytest.approx(110.0, rel=0.05)
    assert expected(times, np.array([70.0, 100.0]))[0] == pytest.approx(110.0)
    never = np.full((2, 1), np.inf)
    assert np.isinf(with_restarts(never, np.ones(2), np.random.default_rng(1))).all()
    assert np.isinf(expected(never, np.ones(2))).all()


def test_curves_count_pairs_by_fes_per_dimension_and_the_vbs_takes_the_best_of_each():
    fast, slow = CHECKPOINTS[5], CHECKPOINTS[15]
    rows = [
        run("a", "p", [(fast, 2.0)]),
        run("a", "q", []),
        run("b", "p", [(slow, 2.0)]),
        run("b", "q", [(slow, 2.0)]),
    ]
    problems = [problem("p", dimension=2), problem("q", dimension=4)]
    curves = runtime_ecdf(pd.DataFrame(rows), REFERENCES, problems, {}, root=1)

    def share(name, fes_per_dimension):
        own = curves[(curves["optimizer"] == name) & (curves["fes_per_dimension"] <= fes_per_dimension)]
        return own["share"].max()

    far = 10 * BUDGET
    assert [share(name, far) for name in ("a", "b", BEST)] == [0.5, 1.0, 1.0]
    assert (share("a", fast / 2 * 0.9), share("a", fast / 2 * 1.1)) == (0.0, 0.5)
    assert (share("b", slow / 4 * 0.9), share("b", slow / 4 * 1.1), share("b", slow / 2 * 1.1)) == (0.0, 0.5, 1.0)
    assert share(BEST, fast / 2 * 1.1) == 0.5
    about = curves.drop_duplicates("optimizer").set_index("optimizer")
    assert (about["n_problems"] == 2).all()
    assert about.loc["a", "length_per_dimension"] == (BUDGET / 2 + BUDGET / 4) / 2
    again = runtime_ecdf(pd.DataFrame(rows[::-1]), REFERENCES, problems, {}, root=1)
    order = ["optimizer", "fes_per_dimension"]
    pd.testing.assert_frame_equal(*(t.sort_values(order, ignore_index=True) for t in (curves, again)))
