"""Random streams belong to the unit of work; files are written whole or not at all."""

import numpy as np
import pandas as pd
import pytest

from llamoco_lib import records, seeds, tables


def test_a_stream_depends_on_root_and_unit_only():
    first = seeds.generator(7, "label", "nc-0001", 3).random(4)
    seeds.generator(7, "label", "nc-0002", 3).random(100)
    assert np.array_equal(first, seeds.generator(7, "label", "nc-0001", 3).random(4))
    assert not np.array_equal(first, seeds.generator(8, "label", "nc-0001", 3).random(4))
    assert not np.array_equal(first, seeds.generator(7, "label", "nc-0001", 4).random(4))


def test_units_are_not_confused_by_how_their_parts_join():
    assert seeds.integer(1, "ab", "c") != seeds.integer(1, "a", "bc")


def test_integer_seeds_are_positive_and_fixed_across_processes():
    values = {seeds.integer(0, "unit", k) for k in range(1000)}
    assert len(values) == 1000 and min(values) >= 1 and max(values) < 2**31
    assert seeds.integer(0, "unit", 0) == seeds.integer(0, "unit", 0)


def test_atomic_leaves_the_old_file_and_no_temporary_when_the_block_fails(tmp_path):
    path = records.write_text(tmp_path / "value.txt", "old")
    with pytest.raises(RuntimeError), records.atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError("interrupted")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_equal_frames_give_equal_bytes(tmp_path):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [[1.0], [2.0, 3.0]]})
    first = records.write_parquet(tmp_path / "one.parquet", frame).read_bytes()
    assert first == records.write_parquet(tmp_path / "two.parquet", frame.copy()).read_bytes()


def test_file_hash_sees_names_and_contents_but_not_hidden_files(tmp_path):
    records.write_text(tmp_path / "a" / "x.txt", "1")
    before = records.file_hash(tmp_path)
    records.write_text(tmp_path / "a" / ".hidden", "2")
    assert records.file_hash(tmp_path) == before
    (tmp_path / "a" / "x.txt").rename(tmp_path / "a" / "y.txt")
    assert records.file_hash(tmp_path) != before


def test_record_names_inputs_outputs_versions_and_commit(tmp_path):
    source = records.write_text(tmp_path / "in.txt", "1")
    record = records.write_record(
        tmp_path,
        stage="x",
        params={"a": 1},
        inputs={"in": source},
        outputs={"none": tmp_path / "absent"},
        key="k",
        started=0.0,
        status="ok",
    )
    assert record == records.read_json(tmp_path / "record.json")
    assert record["inputs"]["in"] == records.file_hash(source) and record["outputs"]["none"] is None
    assert record["packages"]["numpy"] == np.__version__


def test_tables_are_exact_in_csv_and_rounded_for_readers(tmp_path):
    frame = pd.DataFrame({"method": ["a_b"], "perf": [1 / 3], "missing": [None]})
    path = tables.save(frame, tmp_path, "table1", "Caption.")
    assert pd.read_csv(path).perf[0] == 1 / 3
    assert "| a_b | 0.3333 |  |" in path.with_suffix(".md").read_text()
    assert r"a\_b & 0.3333 &  \\" in path.with_suffix(".tex").read_text()
