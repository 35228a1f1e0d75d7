"""Err., Rec., Perf., Comp. of a comparison worked by hand, and the pool's methods."""

import numpy as np
import pandas as pd
import pytest

from llamoco_lib.evaluation import comparison, methods
from llamoco_lib.evaluation.comparison import METRICS, comparison_table, final_runs, program_costs, status_shares


def a_run(problem, repetition, status, value, attempt=0, method="LLaMoCo", group="unconstrained", split="eval"):
    return {
        "method": method,
        "problem_id": problem,
        "group": group,
        "split": split,
        "question": 0,
        "attempt": attempt,
        "repetition": repetition,
        "status": status,
        "message": "",
        "line": None,
        "best_value": value,
        "violation": 0.0,
        "feasible": np.isfinite(value),
        "fes": 10,
        "seconds": 0.1,
        "backend": "bubblewrap",
        "trace": [],
    }


# p1: both runs well; p2: one run fails and is repaired, the other stays; p3: fails, and fails again
RUNS = pd.DataFrame(
    [
        a_run("p1", 0, "ok", 0.0),
        a_run("p1", 1, "ok", 5.0),
        a_run("p2", 0, "ok", 1.0),
        a_run("p2", 1, "runtime", 2.0),
        a_run("p2", 0, "ok", 9.0, attempt=1),
        a_run("p2", 1, "ok", 0.1, attempt=1),
        a_run("p3", 0, "syntax", np.inf),
        a_run("p3", 1, "syntax", np.inf),
        a_run("p3", 0, "import", np.inf, attempt=1),
        a_run("p3", 1, "import", np.inf, attempt=1),
    ]
)
REFERENCES = pd.DataFrame({"problem_id": ["p1", "p2", "p3"], "f0": 10.0, "f_star": 0.0})
GENERATIONS = pd.DataFrame(
    [
        {"problem_id": "p1", "attempt": 0, "program": "a", "text": "a", "n_prompt_tokens": 100, "n_new_tokens": 50},
        {
            "problem_id": "p2",
            "attempt": 0,
            "program": "a\nb\nc\nd",
            "text": "",
            "n_prompt_tokens": 100,
            "n_new_tokens": 60,
        },
        {
            "problem_id": "p3",
            "attempt": 0,
            "program": None,
            "text": "x\ny",
            "n_prompt_tokens": 100,
            "n_new_tokens": 70,
        },
        {
            "problem_id": "p2",
            "attempt": 1,
            "program": "a\nb\nX\nd",
            "text": "",
            "n_prompt_tokens": 200,
            "n_new_tokens": 60,
        },
        {
            "problem_id": "p3",
            "attempt": 1,
            "program": "import z",
            "text": "",
            "n_prompt_tokens": 200,
            "n_new_tokens": 10,
        },
    ]
).assign(method="LLaMoCo", group="unconstrained", split="eval", question=0)


def test_final_runs_by_hand():
    scored = final_runs(RUNS, REFERENCES)
    assert scored["err"].tolist() == [0, 0, 0, 1, 1, 1]
    assert scored["final_value"].tolist() == [0.0, 5.0, 1.0, 0.1, np.inf, np.inf]
    np.testing.assert_allclose(scored["perf"], [1.0, 0.5, 0.9, 0.99, 0.0, 0.0])
    np.testing.assert_allclose(scored["log_regret"], [-8, np.log10(0.5), -1, -2, 0, 0])
    assert scored["feasible"].tolist() == [1, 1, 1, 1, 0, 0]


def test_program_costs_by_hand():
    costs = program_costs(GENERATIONS, RUNS).set_index("problem_id")
    assert costs["comp"].to_dict() == {"p1": 150, "p2": 420, "p3": 380}
    assert np.isnan(costs["rec"]["p1"]) and costs["rec"]["p2"] == 0.25 and costs["rec"]["p3"] == 1.0


def test_comparison_table_by_hand():
    pool = pd.DataFrame(
        [
            a_run(problem, 0, "ok", value, method=method)
            for method, value in (("SBS", 1.0), ("VBS", 0.01))
            for problem in ("p1", "p2", "p3")
        ]
    )
    runs = pd.concat([RUNS, pool], ignore_index=True)
    table = comparison_table(final_runs(runs, REFERENCES), program_costs(GENERATIONS, runs), 200, 1)
    row = table[(table["method"] == "LLaMoCo") & (table["split"] == "eval")].iloc[0]
    assert (row["n_problems"], row["n_runs"]) == (3, 6)
    assert row["err"] == pytest.approx(3 / 6)
    assert row["rec"] == pytest.approx((0.25 + 1.0) / 2)
    assert row["perf"] == pytest.approx((0.75 + 0.945 + 0.0) / 3)
    assert row["comp"] == pytest.approx((150 + 420 + 380) / 3)
    log_regret = ((-8 + np.log10(0.5)) / 2 - 1.5 + 0) / 3
    assert row["log_regret"] == pytest.approx(log_regret)
    assert row["feasible"] == pytest.approx(2 / 3)
    assert row["gap_closed"] == pytest.approx((-1 - log_regret) / (-1 + 3))
    for metric in METRICS:
        assert row[f"{metric}_lo"] <= row[metric] <= row[f"{metric}_hi"]
    sbs = table[(table["method"] == "SBS") & (table["split"] == "eval")].iloc[0]
    assert sbs["gap_closed"] == 0.0 and np.isnan(sbs["comp"]) and np.isnan(sbs["rec"])


def test_table_is_deterministic_and_does_not_depend_on_the_order_of_rows():
    once = comparison_table(final_runs(RUNS, REFERENCES), program_costs(GENERATIONS, RUNS), 100, 1)
    shuffled = RUNS.sample(frac=1, random_state=3).reset_index(drop=True)
    again = comparison_table(final_runs(shuffled, REFERENCES), program_costs(GENERATIONS[::-1], shuffled), 100, 1)
    columns = [name for name in once.columns if not name.endswith(("_lo", "_hi"))]
    pd.testing.assert_frame_equal(once[columns], again[columns])


def test_a_method_without_runs_in_a_group_has_no_row_for_both():
    rows = [
        a_run("p1", 0, "ok", 1.0),
        a_run("p2", 0, "ok", 1.0, group="constrained"),
        a_run("p1", 0, "ok", 1.0, method="always BIPOP-CMA-ES"),
    ]
    runs = pd.DataFrame(rows)
    table = comparison_table(final_runs(runs, REFERENCES), program_costs(GENERATIONS[:0], runs), 100, 1)
    assert set(table.loc[table["method"] == "always BIPOP-CMA-ES", "split"]) == {"eval unconstrained"}
    assert set(table.loc[table["method"] == "LLaMoCo", "split"]) == {"eval unconstrained", "eval constrained", "eval"}


def test_status_shares():
    shares = status_shares(RUNS)
    own = shares[(shares["split"] == "eval") & (shares["attempt"] == 0)].set_index("status")["share"]
    assert own["ok"] == 3 / 6 and own["syntax"] == 2 / 6 and own["runtime"] == 1 / 6


@pytest.mark.parametrize("method", methods.POOL_METHODS)
def test_pool_methods(world, method):
    ids = [i for i, p in world.problems.items() if p.split == "eval"]
    runs = methods.pool_runs(world.runs, world.labels, world.portfolio, ids)
    own = runs[runs["method"] == method]
    picked = methods.chosen(method, world.labels[world.labels["problem_id"].isin(ids)], world.portfolio)
    assert set(own["problem_id"]) == set(picked)
    for problem_id, keys in picked.items():
        source = world.runs[(world.runs["problem_id"] == problem_id) & world.runs["configuration"].isin(keys)]
        assert sorted(own.loc[own["problem_id"] == problem_id, "best_value"]) == sorted(source["best_value"])
    assert not own.duplicated(["problem_id", "repetition"]).any()
    assert list(own.columns) == list(methods.RUN_COLUMNS)


def test_vbs_is_as_good_as_sbs_and_closes_the_gap(world):
    ids = [i for i, p in world.problems.items() if p.split == "eval"]
    scored = final_runs(methods.pool_runs(world.runs, world.labels, world.portfolio, ids), world.labels)
    table = comparison_table(scored, program_costs(GENERATIONS[:0], scored), 200, 1).set_index(["method", "split"])
    assert table["gap_closed"]["VBS", "eval"] == 1.0
    assert table["gap_closed"]["SBS", "eval"] == 0.0
    assert table["log_regret"]["VBS", "eval"] < table["log_regret"]["random configuration", "eval"]


def test_missing_score_runs_are_named(world):
    with pytest.raises(ValueError, match="u-eval-1 has no score runs of .* SBS"):
        methods.pool_runs(world.runs[:0], world.labels, world.portfolio, ["u-eval-1"])


def test_unknown_pool_method_is_named(world):
    with pytest.raises(ValueError, match="'BEST'.*SBS"):
        methods.chosen("BEST", world.labels, world.portfolio)


def test_every_split_of_the_table_is_known():
    assert list(comparison.SPLITS) == ["eval unconstrained", "eval constrained", "eval", "heldout"]
