"""The reference set: batches are appended and never touched again, stage 02 takes their runs and nothing else."""

import pandas as pd
import pytest

from llamoco_lib import params, records
from llamoco_lib.benchmark import append, benchmark, reference_labels, stage
from llamoco_lib.benchmark.run import run_apart
from llamoco_lib.benchmark.settings import plan_of
from llamoco_lib.optimizers import Configuration, pools
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import problem_set, reference_set

FEW = {"unconstrained": ["samr_ga", "vanilla_de(CR=0.3)"], "constrained": ["multistart_slsqp", "l_bfgs_b"]}


@pytest.fixture
def recipe(tmp_path):
    file = records.REPOSITORY / "params" / "smoke" / "01_synthesis.yaml"
    few = {"n_unconstrained": 2, "n_constrained": 2, "n_heldout_unconstrained": 0, "n_heldout_constrained": 0}
    rest = {"eval_share": 0.0, "jobs": 1, "budgets": [60], "reference_labels": str(tmp_path / "set")}
    return params.load(file, SynthesisConfig).model_copy(update=few | rest)


@pytest.fixture
def labelling(config, tmp_path, monkeypatch):
    """Parameters of stage 02 with a portfolio of four configurations."""
    records.write_text(tmp_path / "portfolio.yaml", str(FEW))
    monkeypatch.setattr(pools, "PORTFOLIO", tmp_path / "portfolio.yaml")
    pool = {"unconstrained": ["portfolio"], "constrained": ["portfolio"], "search": "portfolio"}
    return config.model_copy(update=pool | {"reference_labels": str(tmp_path / "set"), "fes_caps": {}})


@pytest.fixture
def labelled(recipe, labelling, tmp_path):
    """The folder of a set of two batches."""
    for _ in range(2):
        append.append(tmp_path / "set", tmp_path / "work", recipe, labelling, score_seeds=1)
    return tmp_path / "set"


def test_batches_hold_new_instances_with_all_their_runs(labelled):
    first, second = reference_set.batches(labelled)
    ids = [problem.id for batch in (first, second) for problem in problem_set.read(batch)]
    assert len(set(ids)) == len(ids) == 8
    assert {problem_id[:5] for problem_id in ids} == {"r001-", "r002-"}
    for batch in (first, second):
        runs = pd.read_parquet(batch / "runs.parquet")
        assert set(runs["problem_id"]) == {problem.id for problem in problem_set.read(batch)}
        assert (runs[runs["purpose"] == "score"].groupby("problem_id")["configuration"].nunique() == 2).all()
        record = records.read_json(batch / "record.json")
        assert record["outputs"]["runs"] == records.file_hash(batch / "runs.parquet")
        assert len(record["programs"]) == 4
    statements = [problem.to_json() | {"id": ""} for batch in (first, second) for problem in problem_set.read(batch)]
    assert all(left != right for left in statements[:4] for right in statements[4:])


def test_an_interrupted_batch_goes_on_and_is_the_same(labelled, recipe, labelling, tmp_path):
    again = tmp_path / "again"
    append.append(again, tmp_path / "work", recipe, labelling, score_seeds=1)
    for name in ("problems.jsonl", "runs.parquet"):  # from the shards that the first one left, times included
        assert (again / "batch_001" / name).read_bytes() == (labelled / "batch_001" / name).read_bytes()


def test_stage_02_takes_the_runs_and_labels_the_rest(labelled, labelling, problems, tmp_path, capsys):
    known = problem_set.read(labelled / "batch_001")
    both = [*problems, *known]
    records.write_jsonl(tmp_path / "01_synthesis" / "problems.jsonl", [problem.to_json() for problem in both])
    files = benchmark(labelling)
    assert f"8 instances are labelled here, 4 by {labelled}" in capsys.readouterr().out
    runs, labels = pd.read_parquet(files["runs"]), pd.read_parquet(files["labels"])
    assert list(labels["problem_id"].sort_values()) == sorted(problem.id for problem in both)
    stored = pd.read_parquet(labelled / "batch_001" / "runs.parquet")
    taken = runs[runs["problem_id"].isin({problem.id for problem in known})]
    pd.testing.assert_frame_equal(
        taken.drop(columns="trace").sort_values(
            ["problem_id", "configuration", "purpose", "repetition"], ignore_index=True
        ),
        stored.sort_values(["problem_id", "configuration", "purpose", "repetition"], ignore_index=True),
    )
    shards = list((tmp_path / "one" / "02_benchmarking" / "shards").glob("*.parquet"))
    assert len(shards) == len(problems)


def test_other_configurations_are_refused(labelled, labelling):
    plan = plan_of(labelling.model_copy(update={"unconstrained": ["samr_ga"]}))
    with pytest.raises(
        ValueError, match=r"other configurations than this plan's \(such as vanilla_de\(.*n_reference: 0"
    ):
        reference_labels.known_runs(labelled, problem_set.read(labelled / "batch_001"), plan)


def test_a_changed_program_is_refused(labelled, labelling):
    file = labelled / "batch_001" / "record.json"
    record = records.read_json(file)
    key = next(iter(record["programs"]))
    records.write_json(file, record | {"programs": record["programs"] | {key: "of another program"}})
    with pytest.raises(ValueError, match=f"the program of {key.split('(')[0]} has changed since"):
        reference_labels.known_runs(labelled, problem_set.read(labelled / "batch_001"), plan_of(labelling))


def test_an_instance_that_is_not_the_labelled_one_is_labelled_here(labelled, labelling):
    known = problem_set.read(labelled / "batch_001")
    other = type(known[0]).from_json(known[0].to_json() | {"budget": 61})
    runs = reference_labels.known_runs(labelled, [other, *known[1:]], plan_of(labelling))
    assert set(runs["problem_id"]) == {problem.id for problem in known[1:]}


def test_the_whole_set_is_labelled_by_the_rule_of_the_configuration(labelled, labelling, tmp_path):
    problems, runs, labels, portfolio = stage.reference_set(labelling)
    assert len(problems) == 8 and labels["problem_id"].tolist() == [
        problem.id for group in reference_set.GROUPS for problem in problems if problem.group == group
    ]
    label_runs = runs[runs["purpose"] == "label"]  # those who only make reference runs are in no portfolio
    for group in reference_set.GROUPS:
        assert set(portfolio[group]) == set(label_runs.loc[label_runs["group"] == group, "configuration"])
        assert set(labels.loc[labels["group"] == group, "label"]) <= set(portfolio[group])
    with pytest.raises(FileNotFoundError, match=r"no batch in .*nothing; `python -m llamoco_lib.benchmark.append`"):
        stage.reference_set(labelling.model_copy(update={"reference_labels": str(tmp_path / "nothing")}))


def test_only_instances_that_fit_are_taken(labelled, recipe):
    asked = recipe.model_copy(update={"n_reference": 2})
    everything = reference_set.fitting(recipe.model_copy(update={"n_reference": 4}), [])
    assert len(everything) == 8
    assert [problem.id for problem in reference_set.fitting(asked, [])] == [
        problem.id for group in reference_set.GROUPS for problem in [p for p in everything if p.group == group][:2]
    ]
    assert reference_set.fitting(recipe, []) == []
    left = reference_set.fitting(asked, [everything[0]])
    assert everything[0].id not in {problem.id for problem in left}
    some = everything[0]
    for change in (
        {"heldout_functions": [some.components[0].function]},
        {"heldout_dimensions": [some.dimension]},
        {"budgets": [61]},
        {"dimension_min": some.dimension + 1, "dimension_max": 20},
    ):
        with pytest.raises(ValueError, match="n_reference = 4, but only [0-3] (un)?constrained instances in"):
            reference_set.fitting(recipe.model_copy(update={"n_reference": 4} | change), [])


def test_the_command_names_what_is_wrong(capsys):
    assert append.main(["--profile", "quik"]) == 2
    assert "no profile 'quik'; did you mean 'quick'?" in capsys.readouterr().err


class TestCommittedSet:
    """The set that is kept in git still belongs to this code."""

    FOLDER = records.REPOSITORY / "outputs" / "reference" / "labels"

    def test_stage_02_of_quick_can_use_all_of_it(self):
        config = params.load(records.REPOSITORY / "params/quick/02_benchmarking.yaml", params.BenchmarkingConfig)
        problems = [problem for batch in reference_set.batches(self.FOLDER) for problem in problem_set.read(batch)]
        for group in reference_set.GROUPS:
            assert sum(problem.group == group for problem in problems) >= 600
        runs = reference_labels.known_runs(self.FOLDER, problems, plan_of(config))
        assert set(runs["problem_id"]) == {problem.id for problem in problems}

    def test_a_run_of_it_can_be_repeated(self):
        """The same seed gives the same best value: neither the problems nor the programs have changed since.

        Of two optimizers only, whose arithmetic is that of single elements: where matrix products or differences of
        values steer the search, its last digits and then its course depend on the machine.
        """
        for batch in reference_set.batches(self.FOLDER):
            record = records.read_json(batch / "record.json")
            runs = pd.read_parquet(batch / "runs.parquet")
            by_id = {problem.id: problem for problem in problem_set.read(batch)}
            chosen = runs[runs["optimizer"].isin(("vanilla_pso", "ga_tdx")) & (runs["purpose"] == "score")]
            for row in chosen.groupby("configuration").head(3).itertuples():
                again = run_apart(
                    by_id[row.problem_id],
                    Configuration.parse(row.configuration),
                    record["benchmarking"]["seed"],
                    row.purpose,
                    row.repetition,
                    60.0,
                    memory_gib=2.0,
                )
                assert again["best_value"] == pytest.approx(row.best_value, rel=1e-6, abs=1e-9), row.configuration
                assert again["fes"] == row.fes
