"""The portfolio search: its sample, its choice, its two phases, its shards, and the labels that come of it."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from llamoco_lib import records
from llamoco_lib.benchmark import Part, benchmark, comparable, compute_part
from llamoco_lib.benchmark.__main__ import configure, main
from llamoco_lib.benchmark.labels import Rule, label_table
from llamoco_lib.benchmark.search import cover, stratified
from llamoco_lib.optimizers import Configuration
from llamoco_lib.params.base import ParamsError

NAMES = ["samr_ga", "vanilla_de(CR=0.3)", "multistart_l_bfgs_b"]


@pytest.fixture
def portfolio_config(config):
    return config.model_copy(update={"search": "portfolio", "n_label_seeds": 3})


def files_of(config):
    folder = Path(config.run_dir) / "02_benchmarking"
    return {name: folder / name for name in ("labels.parquet", "portfolio.json", "search.json", "runs.parquet")}


def test_cover_by_hand():
    means = np.array([[-8.0, -1.0, -4.0, -4.0], [-1.0, -7.0, -4.0, -4.0], [0.0, -2.0, -4.0, -4.0]])
    # Alone: -3, -3.33, -4, -4: column 2, the first of equals. With it: 0 gives (8 + 4 + 4) / 3, 1 gives 5; then 1.
    order, losses = cover(means, 3)
    assert order == [2, 0, 1]
    assert losses == pytest.approx([-4.0, -16 / 3, -19 / 3])
    assert cover(means, 9)[0] == [2, 0, 1, 3]  # what helps no more comes last, and no more than there are


def test_cover_takes_the_better_of_those_that_help_alike():
    means = np.array([[-8.0, -1.0, -2.0], [-8.0, -1.0, -2.0]])
    assert cover(means, 3)[0] == [0, 2, 1]


def test_stratified_is_an_order_of_the_problems_with_like_shares_in_every_beginning(problems):
    many = [
        dataclasses.replace(problems[0], id=f"q{i}", dimension=d, budget=b)
        for i, (d, b) in enumerate([(2, 100)] * 40 + [(30, 100)] * 40 + [(2, 900)] * 20)
    ]
    order = stratified(many)
    assert sorted(p.id for p in order) == sorted(p.id for p in many)
    assert stratified(many[::-1]) == order
    first = pd.Series([(p.dimension, p.budget) for p in order[:10]]).value_counts()
    assert first.to_dict() == pytest.approx({(2, 100): 4, (30, 100): 4, (2, 900): 2}, abs=1)
    assert [p.id for p in order] != [p.id for p in many]


@pytest.mark.parametrize("text", ["0/10", "11/10", "1/0"])
def test_a_shard_that_is_none_says_which_are(text):
    with pytest.raises(ValueError, match=r"valid: 1/1"):
        Part.parse(text)


@pytest.mark.parametrize("text", ["x/y", "3", "1/2/3", "-1/2", "1.5/2", ""])
def test_a_shard_of_another_form_says_what_is_expected(text):
    with pytest.raises(ValueError, match="expected i/n, such as 3/10"):
        Part.parse(text)


def test_parts_share_out_all_units_once():
    units = dict.fromkeys("abcdefg")
    parts = [Part(index, 3).of(units) for index in (1, 2, 3)]
    assert [list(part) for part in parts] == [["a", "d", "g"], ["b", "e"], ["c", "f"]]


def test_labels_come_from_the_portfolio_and_every_member_is_scored(portfolio_config, problems):
    files = benchmark(portfolio_config)
    runs, labels = pd.read_parquet(files["runs"]), pd.read_parquet(files["labels"])
    portfolio, found = (
        records.read_json(files["portfolio"]),
        records.read_json(files_of(portfolio_config)["search.json"]),
    )
    assert list(found) == ["unconstrained"]  # the grid of the constrained group is no larger than a portfolio
    members = found["unconstrained"]["portfolio"]
    assert sorted(portfolio["unconstrained"]) == sorted(members) and len(members) == 2
    assert len(portfolio["constrained"]) == 2
    [sampled] = found["unconstrained"]["sample"]
    assert set(labels["problem_id"]) == {problem.id for problem in problems}
    for row in labels.itertuples():
        assert {row.label, row.argmax_label, *row.good_set} <= set(portfolio[row.group])
        of_problem = runs[runs["problem_id"] == row.problem_id]
        counts = of_problem[of_problem["purpose"] == "label"].groupby("configuration").size()
        assert set(counts.index) >= set(portfolio[row.group])
        assert len(counts) == (3 if row.problem_id == sampled else 2)
        all_runs = portfolio_config.sample_seeds if row.problem_id == sampled else 3
        assert counts.max() == all_runs and (row.problem_id != sampled or counts.min() == all_runs)
        assert (counts[list(row.good_set)] == all_runs).all(), "who was dropped is not good"
        if row.split != "train":
            scored = of_problem[of_problem["purpose"] == "score"]
            assert sorted(scored["configuration"]) == sorted(portfolio[row.group])
    assert runs.loc[runs["purpose"] == "reference", "problem_id"].nunique() == 4


def test_grids_no_larger_than_their_portfolios_need_no_sample(portfolio_config, problems):
    benchmark(portfolio_config.model_copy(update={"portfolio_size": 9}))
    assert records.read_json(files_of(portfolio_config)["search.json"]) == {}
    assert len(pd.read_parquet(files_of(portfolio_config)["labels.parquet"])) == len(problems)


def test_shards_of_an_array_then_the_stage_give_the_same_files(portfolio_config, tmp_path, capsys):
    benchmark(portfolio_config)
    array = portfolio_config.model_copy(update={"run_dir": str(tmp_path / "array")})
    shards = tmp_path / "array" / "02_benchmarking" / "shards"
    compute_part(array, Part(2, 2))
    assert list(shards.iterdir()) == [] and "1 of 1 units" in capsys.readouterr().out  # the sample is the other's
    compute_part(array, Part(1, 2))
    assert len(list(shards.iterdir())) == 1 + 4  # the sample, and its part of the other seven
    compute_part(array, Part(2, 2))
    assert len(list(shards.iterdir())) == 8
    assert not files_of(array)["labels.parquet"].exists()
    before = {path: path.stat().st_mtime_ns for path in shards.iterdir()}
    benchmark(array)
    assert {path: path.stat().st_mtime_ns for path in shards.iterdir()} == before
    for name in ("labels.parquet", "portfolio.json", "search.json"):
        assert files_of(array)[name].read_bytes() == files_of(portfolio_config)[name].read_bytes()


def test_another_portfolio_runs_anew_and_the_sample_stays(portfolio_config):
    benchmark(portfolio_config)
    shards = Path(portfolio_config.run_dir) / "02_benchmarking" / "shards"
    before = set(shards.iterdir())
    benchmark(portfolio_config.model_copy(update={"portfolio_size": 1}))
    found = records.read_json(files_of(portfolio_config)["search.json"])
    anew = {path.name.rpartition("-")[0] for path in set(shards.iterdir()) - before}
    assert list(found) == ["unconstrained", "constrained"] and len(found["constrained"]["portfolio"]) == 1
    assert anew == {f"p-{index}" for index in range(8)} - set(found["unconstrained"]["sample"])


A, B = (Configuration.parse(f"samr_ga(NP={n})") for n in (20, 50))


def test_who_was_dropped_from_a_race_is_neither_good_nor_best_nor_flattered(problems):
    problem = dataclasses.replace(problems[0], f0=1.0)
    values = {A: [1e-1, 1e-1, 1e-1], B: [1e-6]}  # the table says so, though no race would have dropped B
    rows = [
        {"problem_id": problem.id, "configuration": c.key, "purpose": "label", "repetition": r, "best_value": v}
        for c, own in values.items()
        for r, v in enumerate(own)
    ]
    runs = pd.DataFrame(rows).assign(status="ok")
    table, order, sbs = label_table([problem], runs, [A, B], Rule(0.1, 0.1))
    assert table["label"].tolist() == table["argmax_label"].tolist() == [A.key]
    assert table["good_set"].tolist() == [[A.key]]
    assert sbs == B.key  # by the one repetition that both have
    assert order == [A.key, B.key]
    both = comparable(runs, [A.key, B.key])
    assert both.groupby("configuration").size().to_dict() == {A.key: 1, B.key: 1}
    assert len(comparable(runs, [A.key])) == 3


def test_the_command_reads_a_profile_and_settings():
    config = configure("smoke", ["n_label_seeds=1", "unconstrained=[samr_ga]"])
    assert (config.n_label_seeds, config.unconstrained, config.run_dir) == (1, ["samr_ga"], "outputs/smoke")
    with pytest.raises(ParamsError, match="no profile 'smok'; did you mean 'smoke'"):
        configure("smok", [])
    with pytest.raises(ParamsError, match="--set n_label_seed=1: unknown key 'n_label_seed'; did you mean"):
        configure("smoke", ["n_label_seed=1"])
    with pytest.raises(ParamsError, match="expected KEY=VALUE"):
        configure("smoke", ["jobs"])


def test_the_command_computes_its_shard_and_refuses_others(config, capsys):
    places = [f"--set={name}={getattr(config, name)}" for name in ("run_dir", "source_dir")]
    small = [
        "--set=unconstrained=[samr_ga]",
        "--set=constrained=[ga_tdx]",
        "--set=reference_factor=1",
        "--set=jobs=1",
    ]
    assert main(["--profile=smoke", "--shard=4/4", *places, *small]) == 0
    folder = Path(config.run_dir) / "02_benchmarking"
    assert [path.name for path in folder.iterdir()] == ["shards"] and len(list((folder / "shards").iterdir())) == 2
    with pytest.raises(SystemExit):
        main(["--shard=11/10"])
    assert "there is no shard 11 of 10; valid: 1/10 to 10/10" in capsys.readouterr().err
    assert main(["--profile=smoke", "--set=source_dir=/nowhere"]) == 2
    assert "run 01_synthesis" in capsys.readouterr().err
