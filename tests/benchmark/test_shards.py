"""Units over processes: what is done stays done, a worker that dies takes nothing with it, dask gives the same."""

import os
import signal
from pathlib import Path

import pandas as pd
import pytest
from distributed import LocalCluster
from joblib.externals.loky.process_executor import TerminatedWorkerError

from llamoco_lib.benchmark import benchmark, shards


def silent(line):
    """Take a line of progress."""


def unit(value):
    return lambda: pd.DataFrame({"x": [value]})


def test_what_was_finished_stays_when_a_unit_fails(tmp_path):
    def bad():
        raise RuntimeError("unit b")

    with pytest.raises(RuntimeError, match="unit b"):
        shards.compute({"a": unit(1), "b": bad}, tmp_path, 1, progress=silent)
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]
    assert shards.missing(["a", "b"], tmp_path) == ["b"]


def test_results_come_in_the_order_of_the_units_and_are_not_computed_twice(tmp_path):
    shards.compute({"a": unit(1), "b": unit(2)}, tmp_path, 1, progress=silent)
    said = []
    shards.compute({"a": unit(3), "b": unit(4)}, tmp_path, 1, progress=said.append)
    assert said == ["2 of 2 units were done before"]
    assert shards.collect(["b", "a"], tmp_path)["x"].tolist() == [2, 1]


def test_units_left_by_a_killed_worker_are_done_by_another(tmp_path):
    marker = tmp_path / "was killed once"

    def killed_once():
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return pd.DataFrame({"x": [0]})

    said = []
    units = {"killed": killed_once, **{f"u{i}": unit(i) for i in range(6)}}
    shards.compute(units, tmp_path / "shards", 2, progress=said.append)
    assert sorted(shards.collect(units, tmp_path / "shards")["x"]) == [0, 0, 1, 2, 3, 4, 5]
    assert any("a worker process died" in line for line in said)


def test_a_unit_that_always_kills_its_worker_ends_the_work_in_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "MOST_DEATHS", 2)

    def killer():
        os.kill(os.getpid(), signal.SIGKILL)

    with pytest.raises(TerminatedWorkerError):
        shards.compute({"killer": killer}, tmp_path, 2, progress=silent)


def test_two_dask_workers_give_the_same_labels_byte_for_byte(config, tmp_path):
    one = config.model_copy(update={"search": "portfolio"})
    benchmark(one)
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        two = one.model_copy(update={"run_dir": str(tmp_path / "dask"), "scheduler": address})
        benchmark(two)
    for name in ("labels.parquet", "portfolio.json", "search.json"):
        ours, theirs = (Path(each.run_dir) / "02_benchmarking" / name for each in (one, two))
        assert ours.read_bytes() == theirs.read_bytes()


def test_a_scheduler_that_does_not_answer_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(shards, "CONNECT_SECONDS", 1)
    with pytest.raises(ConnectionError, match=r"no dask scheduler answered at tcp://127.0.0.1:9"):
        shards.compute({"a": unit(1)}, tmp_path, 1, "tcp://127.0.0.1:9", progress=silent)
