"""The table of stages holds together, and a key changes exactly with what a result depends on."""

import pytest

from llamoco_lib import params, records
from llamoco_lib.params.base import StageConfig
from llamoco_lib.pipeline import keys, stages

CONFIG = {"run_dir": "a", "source_dir": "b", "seed": 1, "jobs": 1}


@pytest.mark.parametrize("stage", stages.STAGES.values(), ids=lambda stage: stage.name)
def test_stage_reads_what_an_earlier_one_writes(stage):
    names = list(stages.STAGES)
    earlier = {file for name in names[: names.index(stage.name)] for file in stages.STAGES[name].writes}
    assert set(stage.reads) <= earlier
    assert stage.name in params.STAGES
    assert stage.notebook.is_file()
    assert all(path.startswith(stage.name) for path in stage.writes)
    for name in (*stage.also, *stages.COMMON):
        assert (keys.LIBRARY / name).exists(), f"{stage.name} depends on {name}, which is not there"


def test_rooms_exist():
    for room in stages.ROOMS:
        assert (keys.LIBRARY / room).is_dir()
    for name in stages.APART:
        assert (keys.LIBRARY / name).exists()


def test_new_realistic_problems_do_not_repeat_the_tuning():
    realistic = keys.LIBRARY / "problems" / "realistic"
    for name, stage in stages.STAGES.items():
        depends = any(realistic in file.parents for file in keys.library_files(stage))
        # 01 only draws their landscapes: its problem set, which the stages after it read, stays the same
        assert depends == (name in ("01_synthesis", "08_realistic_zero_shot", "09_solve_your_problem")), name


def test_key_depends_on_params_and_inputs_not_on_place_or_workers(tmp_path, make_notebook, monkeypatch):
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    notebook = make_notebook(tmp_path / "01_first.ipynb", {"seed": 1}, {"one": "1"})
    source = tmp_path / "input.txt"
    source.write_text("x")
    stage = stages.Stage("01_first", "problems", ("input.txt",), (), ())

    def key(**changed):
        config = StageConfig(**{**CONFIG, "source_dir": str(tmp_path), **changed})
        return keys.stage_key(stage, config, keys.Hashes())

    first = key()
    assert key(run_dir="elsewhere", jobs=8) == first
    assert key(seed=2) != first
    source.write_text("y")
    assert key() != first
    source.write_text("x")
    assert key() == first
    cells = records.read_json(notebook)
    cells["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    records.write_json(notebook, cells)
    assert key() == first, "outputs are no part of a notebook's source"
    cells["cells"][-1]["source"] = "2"
    records.write_json(notebook, cells)
    assert key() != first


def test_reruns_are_part_of_the_key(tmp_path, make_notebook, monkeypatch):
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    make_notebook(tmp_path / "02_again.ipynb", {"seed": 1}, {"one": "1"})
    make_notebook(tmp_path / "01_first.ipynb", {"seed": 1}, {"one": "1"})
    stage = stages.Stage("02_again", "problems", (), (), (), reruns="01_first")
    config, hashes = StageConfig(**CONFIG), keys.Hashes()
    first = keys.stage_key(stage, config, hashes, [{"size": 1}])
    assert keys.stage_key(stage, config, hashes, [{"size": 2}]) != first
    make_notebook(tmp_path / "01_first.ipynb", {"seed": 1}, {"one": "2"})
    assert keys.stage_key(stage, config, hashes, [{"size": 1}]) != first
