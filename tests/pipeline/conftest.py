"""A workbook of two small notebooks that stands in for the real one, so that the runner is tested in seconds."""

import nbformat
import pytest
import yaml

from llamoco_lib import params
from llamoco_lib.params.base import StageConfig
from llamoco_lib.pipeline import runner, stages

FIRST = {
    "import": "import json, pathlib\nfolder = pathlib.Path(run_dir) / '01_first'",
    "folder": "folder.mkdir(parents=True, exist_ok=True)",
    "write": "(folder / 'numbers.json').write_text(json.dumps([size] * seed))",
    "table": "print('made', size, 'numbers')",
}
SECOND = {
    "import": "import json, pathlib",
    "read": "numbers = json.loads((pathlib.Path(source_dir) / '01_first/numbers.json').read_text())",
    "fail": "assert not fail, 'asked to fail'",
    "write": "folder = pathlib.Path(run_dir) / '02_second'\nfolder.mkdir(parents=True, exist_ok=True)",
    "sum": "(folder / 'sum.txt').write_text(str(factor * sum(numbers)))",
    "save": "tables = pathlib.Path(run_dir) / 'tables'\ntables.mkdir(exist_ok=True)",
    "csv": "(tables / 'table1.csv').write_text('method,perf\\nours,0.5\\n')",
    "markdown": "(tables / 'table1.md').write_text('Sums\\n\\n|')",
}


class FirstConfig(StageConfig):
    size: int


class SecondConfig(StageConfig):
    factor: float
    fail: bool


def notebook(path, parameters: dict, cells: dict):
    """Write a notebook with a parameters cell and the given code cells."""
    lines = "\n".join(f"{name}: {type(value).__name__} = {value!r}  # {name}" for name, value in parameters.items())
    made = [nbformat.v4.new_markdown_cell(f"# The {path.stem} notebook", id="title")]
    made += [nbformat.v4.new_code_cell(lines, id="parameters", metadata={"tags": ["parameters"]})]
    made += [nbformat.v4.new_code_cell(source, id=name) for name, source in cells.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=kernel), path)
    return path


@pytest.fixture
def make_notebook():
    """The function that writes a small notebook."""
    return notebook


@pytest.fixture
def workbook(tmp_path, monkeypatch):
    """The stand-in workbook below ``tmp_path``; its runs go to ``tmp_path / 'out'``."""
    shared = {"run_dir": str(tmp_path / "out"), "source_dir": str(tmp_path / "out"), "seed": 2, "jobs": 1}
    values = {"01_first": {**shared, "size": 3}, "02_second": {**shared, "factor": 2.0, "fail": False}}
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "params" / "quick").mkdir(parents=True)
    for (stage, given), cells in zip(values.items(), (FIRST, SECOND), strict=True):
        notebook(tmp_path / "notebooks" / f"{stage}.ipynb", given, cells)
        (tmp_path / "params" / "quick" / f"{stage}.yaml").write_text(yaml.safe_dump(given))
    table = {
        "01_first": stages.Stage("01_first", "problems", (), ("01_first/numbers.json",), (), threads=1),
        "02_second": stages.Stage("02_second", "problems", ("01_first/numbers.json",), ("02_second/sum.txt",), ()),
    }
    classes = {"01_first": FirstConfig, "02_second": SecondConfig}
    real = [(stages.STAGES, dict(stages.STAGES)), (params.STAGES, dict(params.STAGES))]
    for (registry, _), stand_in in zip(real, (table, classes), strict=True):
        _fill(registry, stand_in)
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(runner, "PARAMS", tmp_path / "params")
    yield tmp_path
    for registry, content in real:
        _fill(registry, content)


def _fill(registry: dict, content: dict):
    """Replace all that a registry holds, in the order of ``content`` (monkeypatch would not restore the order)."""
    registry.clear()
    registry.update(content)
