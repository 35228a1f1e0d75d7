"""The stage as a whole: same labels for any worker count and after kill -9, failures not fatal."""

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from llamoco_lib import records
from llamoco_lib.benchmark import benchmark, plan, run
from llamoco_lib.benchmark.plan import COLUMNS
from llamoco_lib.benchmark.settings import plan_of

RUN_CONFIG = """
import sys
from llamoco_lib.benchmark import benchmark
from llamoco_lib.params.benchmarking import BenchmarkingConfig
benchmark(BenchmarkingConfig.model_validate_json(sys.argv[1]))
"""


@pytest.fixture
def one_worker(config):
    benchmark(config)
    return Path(config.run_dir) / "02_benchmarking"


def test_labels_survive_kill_9_and_do_not_depend_on_workers(config, one_worker, tmp_path):
    two = config.model_copy(update={"run_dir": str(tmp_path / "two")})
    shards = Path(two.run_dir) / "02_benchmarking" / "shards"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_CONFIG, two.model_dump_json()], start_new_session=True, stdout=subprocess.DEVNULL
    )
    deadline = time.time() + 60
    while time.time() < deadline and len(list(shards.glob("*.parquet"))) < 2:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    finished = {path: path.stat().st_mtime_ns for path in shards.glob("[!.]*.parquet")}
    assert len(finished) >= 2
    assert not (shards.parent / "labels.parquet").exists()
    benchmark(two.model_copy(update={"jobs": 2}))
    assert all(path.stat().st_mtime_ns == written for path, written in finished.items())
    assert (shards.parent / "labels.parquet").read_bytes() == (one_worker / "labels.parquet").read_bytes()
    assert (shards.parent / "portfolio.json").read_bytes() == (one_worker / "portfolio.json").read_bytes()
    columns = [name for name in COLUMNS if not name.endswith("seconds")]
    ours, theirs = (pd.read_parquet(folder / "runs.parquet")[columns] for folder in (shards.parent, one_worker))
    pd.testing.assert_frame_equal(ours, theirs)


def test_the_files_hold_what_later_stages_read(one_worker, problems):
    runs, labels = (pd.read_parquet(one_worker / f"{name}.parquet") for name in ("runs", "labels"))
    portfolio = records.read_json(one_worker / "portfolio.json")
    assert list(runs.columns) == list(COLUMNS)
    assert labels["problem_id"].tolist() == sorted(labels["problem_id"], key=lambda i: (int(i[2:]) % 2, i))
    assert set(labels["problem_id"]) == {problem.id for problem in problems}
    assert len(portfolio["unconstrained"]) == 3 and len(portfolio["constrained"]) == 2
    assert set(portfolio["sbs"]) == {"unconstrained", "constrained"}
    whole = {problem.id: problem.budget for problem in problems}
    counts = runs.groupby(["group", "split", "purpose"]).size()
    assert counts["unconstrained", "train", "label"] == 2 * 3 * 2
    assert counts["constrained", "train", "reference"] == 2 * 3
    reference = runs[runs["purpose"] == "reference"]
    assert (reference["fes"] > 5 * reference["problem_id"].map(whole)).all()
    assert counts["unconstrained", "heldout", "score"] == 1 * 3 * 1
    assert ("unconstrained", "train", "score") not in counts and ("unconstrained", "train", "reference") not in counts
    capped = runs[(runs["optimizer"] == "ga_tdx")]
    assert (capped["fes"] == capped["problem_id"].map(whole).where(capped["purpose"] == "score", 60)).all()


def test_changed_parameters_do_not_reuse_old_shards(config, one_worker):
    before = set((one_worker / "shards").iterdir())
    benchmark(config.model_copy(update={"n_label_seeds": 1}))
    assert len(set((one_worker / "shards").iterdir()) - before) == 8


def test_one_failing_optimizer_does_not_end_the_benchmark(config, monkeypatch):
    whole = run.program

    def broken(configuration, *rest):
        source = whole(configuration, *rest)
        return source.replace("x = rng", "x = no_such_name") if configuration.optimizer == "samr_ga" else source

    monkeypatch.setattr(run, "program", broken)
    monkeypatch.setattr(plan, "run_apart", lambda *arguments, memory_gib: run.run_configuration(*arguments))
    files = benchmark(config)
    runs, labels = pd.read_parquet(files["runs"]), pd.read_parquet(files["labels"])
    failed = runs[runs["status"] == "failed"]
    assert set(failed["optimizer"]) == {"samr_ga"} and failed["reason"].str.contains("no_such_name").all()
    assert "samr_ga" not in set(labels["optimizer"])


def test_a_missing_problem_set_names_the_stage_to_run(config, tmp_path):
    with pytest.raises(FileNotFoundError, match="01_synthesis"):
        benchmark(config.model_copy(update={"source_dir": str(tmp_path / "nowhere")}))


def test_reference_runs_do_not_depend_on_what_is_compared(config, problems):
    problem = next(p for p in problems if p.group == "constrained" and p.split == "train")
    whole = dataclasses.replace(plan_of(config), n_label_seeds=1)
    tables = [
        dataclasses.replace(whole, constrained=chosen).runs(problem)
        for chosen in (whole.constrained, whole.constrained[:1])
    ]
    columns = ["configuration", "repetition", "best_value", "fes"]
    ours, theirs = (table.loc[table["purpose"] == "reference", columns] for table in tables)
    assert len(ours) == 3
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), theirs.reset_index(drop=True))
