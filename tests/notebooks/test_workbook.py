"""The whole workbook at the smoke profile, by the runner and by plain papermill."""

import subprocess
import sys
import time

import nbformat
import pandas as pd
import pytest

from llamoco_lib import records
from llamoco_lib.pipeline.stages import STAGES

FIGURES = ("fig3_left",)
TABLES = ("table1", "table3", "table5", "table6")


def run(run_dir):
    """The runner on the command line, writing to ``run_dir``; returns what it said and the seconds it took."""
    settings = ["--set", f"run_dir={run_dir}", "--set", f"source_dir={run_dir}"]
    command = [sys.executable, "-m", "llamoco_lib.pipeline", "run", "--profile", "smoke", *settings]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=run_dir)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout, time.monotonic() - started


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    """The results of one whole smoke run."""
    run_dir = tmp_path_factory.mktemp("smoke")
    run(run_dir)
    return run_dir


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_stage_left_its_files_and_record(smoke, stage):
    record = records.read_json(smoke / stage.name / "record.json")
    assert record["status"] == "ok"
    assert set(stage.writes) <= set(record["outputs"])
    assert None not in record["outputs"].values()
    executed = nbformat.read(smoke / "notebooks" / f"{stage.name}.ipynb", as_version=4)
    assert all(cell.execution_count for cell in executed.cells if cell.cell_type == "code")


def test_figures_tables_and_report(smoke):
    for name in FIGURES:
        assert (smoke / f"figures/{name}.png").stat().st_size > 5000
        assert (smoke / f"figures/{name}.pdf").read_bytes().startswith(b"%PDF")
    for name in TABLES:
        assert len(pd.read_csv(smoke / f"tables/{name}.csv")) > 0
        assert (smoke / f"tables/{name}.md").is_file() and (smoke / f"tables/{name}.tex").is_file()
    page = (smoke / "report.html").read_text()
    for file in [*(smoke / "figures").glob("*.png"), *(smoke / "tables").glob("*.csv")]:
        assert f"<h3>{file.stem}</h3>" in page
    for stage in STAGES:
        assert f'href="#{stage}"' in page


def test_second_run_skips_every_stage_in_seconds(smoke):
    said, seconds = run(smoke)
    assert said.count("skipped: unchanged") == len(STAGES), said
    assert seconds < 30


def test_plain_papermill_runs_a_notebook_from_any_folder(tmp_path):
    arguments = [
        str(records.REPOSITORY / "notebooks" / "01_synthesis.ipynb"),
        "out.ipynb",
        *("-f", str(records.REPOSITORY / "params" / "smoke" / "01_synthesis.yaml")),
        *("-p", "run_dir", str(tmp_path / "run")),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "papermill", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "01_synthesis" / "problems.jsonl").is_file()
