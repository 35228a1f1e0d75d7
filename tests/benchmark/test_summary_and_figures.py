"""Summaries by hand, and every figure drawn from a small real benchmark."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from scipy import stats

from llamoco_lib import records
from llamoco_lib.benchmark import benchmark, choices, contest, cost_table, f_star_table, gap_table, runtime, scored
from llamoco_lib.figures import benchmark as figures
from llamoco_lib.figures import performance, style
from llamoco_lib.optimizers import pool
from llamoco_lib.problems.spec import Component, Constraint, Problem


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


def run_rows(values):
    """Runs with f0 = 1 and f* = 0 from {(problem, split, purpose, configuration): [best values]}."""
    rows = [
        {
            "problem_id": problem,
            "group": "g",
            "split": split,
            "optimizer": key.split("(")[0],
            "configuration": key,
            "purpose": purpose,
            "repetition": repetition,
            "best_value": value,
            "status": "ok",
        }
        for (problem, split, purpose, key), of_key in values.items()
        for repetition, value in enumerate(of_key)
    ]
    runs = pd.DataFrame(rows)
    return runs, pd.DataFrame({"problem_id": runs["problem_id"].unique(), "f0": 1.0, "f_star": 0.0})


def test_an_optimizer_is_its_best_configuration_on_train_problems_seen_in_fresh_runs():
    runs, references = run_rows(
        {
            ("t", "train", "label", "a(x=1)"): [1e-2, 1e-8],  # better by its second run alone, which a(x=2) has not
            ("t", "train", "label", "a(x=2)"): [1e-3],
            ("t", "train", "label", "b()"): [1e-4, 1e-4],
            ("e", "eval", "label", "a(x=1)"): [1e-7],
            ("e", "eval", "label", "a(x=2)"): [1e-1],
            ("e", "eval", "label", "b()"): [1e-1],
            ("e", "eval", "score", "a(x=1)"): [1e-7],
            ("e", "eval", "score", "a(x=2)"): [1e-1, 1e-2],
            ("e", "eval", "score", "b()"): [1e-5],
        }
    )
    order = {"g": ["b()", "a(x=1)", "a(x=2)"]}
    compared = contest.compared_runs(runs, references, order)
    assert set(compared["purpose"]) == {"score"}
    assert compared.set_index("configuration")["log_regret"].round(9).to_dict() == {"a(x=2)": -2.0, "b()": -5.0}
    assert contest.mean_log_regrets(compared, "g").loc["e"].round(9).to_dict() == {"a": -1.5, "b": -5.0}
    unscored = contest.compared_runs(runs[runs["purpose"] == "label"], references, order)
    assert set(zip(unscored["configuration"], unscored["problem_id"], unscored["repetition"], strict=True)) == {
        ("a(x=2)", "t", 0),  # the repetitions that both have
        ("b()", "t", 0),
        ("a(x=2)", "e", 0),
        ("b()", "e", 0),
    }


def test_f_star_is_confirmed_by_a_second_run_and_needs_none_in_closed_form():
    runs, references = run_rows(
        {
            ("p", "train", "label", "a()"): [1e-7, 1e-2],
            ("p", "train", "reference", "b()"): [0.0],
            ("q", "train", "label", "a()"): [1e-5],
            ("q", "train", "reference", "b()"): [0.0, np.inf],
            ("r", "train", "label", "a()"): [0.0],
            ("s", "train", "label", "a()"): [0.5],
        }
    )
    sources = ["reference run", "reference run", "best run", "closed form"]
    table = f_star_table(runs, references.assign(group="g", f_star_source=sources)).set_index("f_star_source")
    assert table["problems"].to_dict() == {"reference run": 2, "best run": 1, "closed form": 1}
    assert table["confirmed"].to_dict() == pytest.approx(
        {"reference run": 0.5, "best run": 0.0, "closed form": np.nan}, nan_ok=True
    )


def test_a_problem_can_be_shared_and_is_nobodys_without_progress():
    means = pd.DataFrame({"a": [-3.0, -3.0, 0.0], "b": [-2.95, -1.0, 0.0]}, index=["near", "far", "stuck"])
    assert contest.won(means, tolerance=0.1).to_numpy().tolist() == [[True, True], [True, False], [False, False]]


def example(functions, dimension=12, families=(), rotation_seed=None):
    parts = tuple(Component(name) for name in functions)
    kept = tuple(Constraint(name, {}) for name in families)
    return Problem("p", "composition", dimension, -1.0, 1.0, parts, 100, 1, rotation_seed, constraints=kept)


def test_levels_are_those_of_the_sum_of_functions():
    both = contest.levels(example(["sphere", "rastrigin"]))
    assert ("landscape", "multimodal") in both and ("landscape", "unimodal") not in both
    assert ("landscape", "separable") in both and ("dimension", "D = 11 to 20") in both
    assert ("landscape", "nonseparable") in contest.levels(example(["sphere"], rotation_seed=1))
    assert [contest.levels(example(["sphere"], dimension))[-1][1] for dimension in (2, 5, 6, 50, 51)] == [
        "D = 2 to 5",
        "D = 2 to 5",
        "D = 6 to 10",
        "D = 21 to 50",
        "D over 50",
    ]
    aspects = dict(contest.levels(example(["sphere"], families=["ball", "eq_sum"])))
    assert aspects["constraints"] == "with equality" and aspects["family"] in {"ball", "eq_sum"}
    assert ("constraints", "inequality only") in contest.levels(example(["sphere"], families=["ball"]))
    assert not {"constraints", "family"} & {aspect for aspect, _ in both}


def test_ranks_and_their_tests_are_those_of_scipy():
    generator = np.random.default_rng(3)
    table = pd.DataFrame(generator.normal([-5.0, -4.5, -1.0], 1.0, (12, 3)), columns=["c", "a", "b"])
    compared = table.rename_axis("problem_id").reset_index().melt("problem_id", var_name="optimizer")
    compared = compared.rename(columns={"value": "log_regret"}).assign(group="g")
    found = contest.ranking(compared, "g")
    assert found.mean_ranks.to_dict() == pytest.approx(table.rank(axis=1).mean().to_dict())
    assert found.friedman == pytest.approx(stats.friedmanchisquare(*table.to_numpy().T).pvalue)
    raw = {pair: stats.wilcoxon(table[pair[0]], table[pair[1]]).pvalue for pair in itertools.combinations("abc", 2)}
    smallest = min(raw, key=raw.get)
    assert found.pairs.loc[smallest] == pytest.approx(3 * raw[smallest])  # Holm's first step
    assert found.pairs.loc["a", "c"] > 0.05
    alone = contest.ranking(compared[compared["problem_id"] == 0], "g")
    assert np.isnan(alone.friedman) and (alone.pairs == 1.0).all(axis=None)


def test_time_outside_the_objective_is_what_is_left_of_all_runs_but_the_reference_ones():
    runs = pd.DataFrame(
        {
            "group": "g",
            "optimizer": ["a", "a", "b"],
            "purpose": ["label", "score", "reference"],
            "fes": [100, 300, 9000],
            "seconds": [1.0, 3.0, 1.0],
            "evaluation_seconds": [1.0, 0.0, 1.0],
            "feasible": [True, False, True],
            "status": ["ok", "timeout", "ok"],
        }
    )
    table = cost_table(runs)
    assert table["optimizer"].tolist() == ["a"]
    row = table.iloc[0]
    assert (row["share_outside"], row["fes_per_second"], row["seconds"]) == (0.75, 100.0, 2.0)
    assert (row["microseconds_per_fe"], row["fes"], row["stopped"]) == (10000.0, 200.0, 1)


def test_no_choice_beats_the_vbs_and_costs_add_up(tables_of_stage):
    runs, labels, portfolio = tables_of_stage
    chosen = choices(runs, labels, portfolio)
    means = chosen.pivot(index="problem_id", columns="choice", values="log_regret")
    assert len(means) == 4
    assert (means.ge(means["VBS"], axis=0)).all(axis=None)
    costs = cost_table(runs)
    assert costs["runs"].sum() == (runs["purpose"] != "reference").sum()
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


def test_figures_that_compare_optimizers(tables_of_stage, problems, config):
    runs, labels, portfolio = tables_of_stage
    compared = contest.compared_runs(runs, labels, portfolio)
    assert set(compared["purpose"]) == {"score"} and compared["problem_id"].nunique() == 4
    standings = contest.standings(compared, 0.1)
    assert len(standings) == 5 and (standings["n_problems"] == 2).all()
    wins = contest.wins(compared, problems, 0.1)
    best = contest.winners(wins)
    assert len(best) == len(wins[["group", "aspect", "level"]].drop_duplicates())
    assert set(best.loc[best["group"] == "constrained", "aspect"]) == {*best["aspect"]}
    rankings = {group: contest.ranking(compared, group) for group in figures.GROUPS}
    curves = runtime.runtime_ecdf(compared, labels, problems, config.fes_caps, config.seed)
    time = performance.wall_time(cost_table(runs))
    drawn = [performance.runtime_ecdf(curves), performance.critical_difference(rankings)]
    drawn += [performance.wins(wins, group) for group in figures.GROUPS]
    for figure in drawn:
        titles = [axis.get_title() for axis in figure.axes] + [figure.get_suptitle()]
        assert any("2 problems" in title for title in titles)
    rows = [text.get_text() for text in drawn[-1].axes[0].get_yticklabels()]
    assert "all problems (2*)" in rows and "linear_sum (2*)" in rows
    legend = [text.get_text() for text in drawn[0].axes[0].get_legend().get_texts()]
    assert set(legend) == {"samr_ga", "vanilla_de", "multistart_l_bfgs_b", runtime.BEST}
    assert "µs" in time.axes[-2].get_xlabel()
    for figure in [*drawn, time]:
        plt.close(figure)


def test_critical_differences_of_a_single_optimizer_can_be_drawn():
    alone = pd.DataFrame({"group": "g", "problem_id": ["p", "q"], "optimizer": "a", "log_regret": [-1.0, -2.0]})
    figure = performance.critical_difference({"g": contest.ranking(alone, "g")})
    assert "Friedman" not in figure.axes[0].get_title()
    assert "too few" not in figure.axes[0].get_title()
    plt.close(figure)


@pytest.mark.parametrize(("n", "few"), [(5, True), (6, False)])
def test_critical_differences_say_when_problems_are_too_few_to_find_any(n, few):
    """With six problems that all say the same, the two-sided p is 2 / 2^6 < 0.05; with five it is above."""
    rows = [(f"p{i}", name, value - 0.01 * i) for i in range(n) for name, value in (("a", -1.0), ("b", -5.0 - i))]
    compared = pd.DataFrame(rows, columns=["problem_id", "optimizer", "log_regret"]).assign(group="g")
    found = contest.ranking(compared, "g")
    assert (found.pairs.loc["a", "b"] > 0.05) == few
    figure = performance.critical_difference({"g": found})
    assert ("too few" in figure.axes[0].get_title()) == few
    plt.close(figure)


# what colours become without green or red cones (Machado et al., 2009, severity 1), on linear RGB
SIGHTS = {
    "full": np.eye(3),
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
}


def cie_lab(colour, sight):
    """CIE L*a*b* of a colour (D65) as that sight has it."""
    value = np.array(to_rgb(colour))
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0.0, 1.0)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ seen / [0.9505, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("group", figures.GROUPS)
def test_curves_of_a_group_stay_told_apart(group):
    names = [entry.name for entry in pool(group=group)]
    assert set(names) <= set(style.OPTIMIZER_COLOURS)
    for one, other in itertools.combinations(names, 2):
        if style.line(one)["linestyle"] == style.line(other)["linestyle"]:
            for sight in SIGHTS:
                distance = np.linalg.norm(cie_lab(style.colour(one), sight) - cie_lab(style.colour(other), sight))
                assert distance > 20.0, (one, other, sight)
