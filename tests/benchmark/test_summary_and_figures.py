"""Summaries by hand, and every figure drawn from a small real benchmark."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from llamoco_lib import records
from llamoco_lib.benchmark import benchmark, choices, cost_table, gap_table, scored
from llamoco_lib.figures import benchmark as figures


@pytest.fixture
def tables_of_stage(config):
    files = benchmark(config)
    return pd.read_parquet(files["runs"]), pd.read_parquet(files["labels"]), records.read_json(files["portfolio"])


def test_choices_take_fresh_runs_and_the_vbs_their_best():
    labels = pd.DataFrame(
        [
            {
                "problem_id": "p",
                "group": "g",
                "split": "eval",
                "label": "b()",
                "argmax_label": "c()",
                "f0": 1.0,
                "f_star": 0.0,
            }
        ]
    )
    values = {("label", "a()"): 1e-8, ("score", "a()"): 1e-1, ("score", "b()"): 1e-3, ("score", "c()"): 1e-2}
    runs = pd.DataFrame(
        [
            {"problem_id": "p", "purpose": purpose, "configuration": key, "best_value": value, "status": "ok"}
            for (purpose, key), value in values.items()
        ]
    )
    chosen = choices(runs, labels, {"sbs": {"g": "a()"}})
    assert dict(zip(chosen["choice"], chosen["log_regret"].round(9), strict=True)) == {
        "VBS": -3.0,
        "label": -3.0,
        "argmax label": -2.0,
        "SBS": -1.0,
    }
    assert gap_table(chosen)["gap"].tolist() == pytest.approx([2.0])


def test_no_choice_beats_the_vbs_and_costs_add_up(tables_of_stage):
    runs, labels, portfolio = tables_of_stage
    chosen = choices(runs, labels, portfolio)
    means = chosen.pivot(index="problem_id", columns="choice", values="log_regret")
    assert len(means) == 4
    assert (means.ge(means["VBS"], axis=0)).all(axis=None)
    costs = cost_table(runs)
    assert costs["runs"].sum() == len(runs)
    assert (costs[["failed", "stopped"]] == 0).all(axis=None)


def test_figures_show_every_optimizer_and_label_their_axes(tables_of_stage, problems):
    runs, labels, portfolio = tables_of_stage
    label_runs = scored(runs[runs["purpose"] == "label"], labels)
    drawn = [
        figures.loss_by_function(label_runs, problems),
        figures.ecdf(label_runs),
        figures.label_counts(labels),
        figures.gap(choices(runs, labels, portfolio)),
    ]
    words = [text.get_text() for axis in drawn[0].axes for text in axis.get_xticklabels()]
    assert {"samr_ga", "vanilla_de", "multistart_l_bfgs_b", "multistart_slsqp", "ga_tdx"} <= set(words)
    for figure in drawn[1:]:
        assert all(axis.get_xlabel() for axis in figure.axes)
        plt.close(figure)
    plt.close(drawn[0])
