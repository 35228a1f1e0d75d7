"""The runner on a stand-in workbook: what runs, what is skipped, what is said, what is kept."""

import io

import pytest

from llamoco_lib import records
from llamoco_lib.params.base import ParamsError
from llamoco_lib.pipeline import runner
from llamoco_lib.pipeline.__main__ import EXIT_PARAMS, main


def run(**choice):
    said = io.StringIO()
    return runner.run(runner.Choice("quick", **choice), said), said.getvalue()


def test_runs_then_skips_then_runs_what_changed(workbook):
    ran, said = run()
    assert ran == 2
    assert (workbook / "out/02_second/sum.txt").read_text() == "12.0"
    assert "[1/2] 01_first  runs: it has not run yet" in said
    record = records.read_json(workbook / "out/02_second/record.json")
    assert record["status"] == "ok"
    assert set(record["inputs"]) == {"01_first/numbers.json"}
    assert set(record["outputs"]) == {"02_second/sum.txt", "tables/table1.csv", "tables/table1.md"}
    assert "Sums" in (workbook / "out/report.html").read_text()

    ran, said = run(jobs=2)
    assert ran == 0, "nothing changed but the number of workers"
    assert said.count("skipped: unchanged") == 2

    ran, said = run(settings=["02.factor=3.0"])
    assert ran == 1
    assert "factor is now 3.0" in said
    assert (workbook / "out/02_second/sum.txt").read_text() == "18.0"
    assert "left: about" in said or "done in" in said

    (workbook / "out/01_first/numbers.json").write_text("[1]")
    ran, said = run(settings=["02.factor=3.0"])
    assert "01_first/numbers.json changed or went missing since" in said
    assert ran == 1, "the first stage restores its file, so the second is unchanged"


def test_failed_notebook_is_kept_and_named(workbook):
    with pytest.raises(runner.StageFailed) as failure:
        run(settings=["02.fail=true"])
    message = str(failure.value)
    kept = workbook / "out/notebooks/02_second.failed.ipynb"
    assert "02_second failed in cell 5 of 10" in message
    assert "AssertionError: asked to fail" in message
    assert str(kept) in message
    assert "asked to fail" in kept.read_text()
    assert records.read_json(workbook / "out/02_second/record.json")["status"] == "failed"
    _, said = run(dry_run=True)
    assert "01_first  unchanged" in said
    assert "02_second  would run: its last run did not end well" in said


def test_dry_run_runs_nothing(workbook):
    ran, said = run(dry_run=True)
    assert said.count("would run") == 2
    assert ran == 2
    assert not (workbook / "out").exists()


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"settings": ["02.factr=3.0"]}, ["--set 02.factr=3.0", "unknown key 'factr'", "did you mean 'factor'?"]),
        ({"settings": ["02.factor=high"]}, ["--set 02.factor=high", "factor = 'high' (str)", "valid number"]),
        ({"settings": ["seeed=3"]}, ["no key 'seeed'", "did you mean 'seed'?"]),
        ({"settings": ["02.factor"]}, ["expected STAGE.KEY=VALUE"]),
        ({"settings": ["02.factor=3.0"], "only": ["01"]}, ["02_second is not among the stages chosen"]),
        ({"jobs": 0}, ["--jobs 0", "greater than or equal to 1"]),
        ({"only": ["secnd"]}, ["no stage 'secnd'", "did you mean '02_second'?"]),
        ({"only": ["02"]}, ["02_second reads", "01_first/numbers.json, which is not there; run stage 01 first"]),
        ({"first": "02", "last": "01"}, ["no stage lies from 02 to 01"]),
        ({"first": "02", "only": ["01"]}, ["--only"]),
    ],
)
def test_wrong_choice_is_refused_before_anything_runs(workbook, choice, expected):
    with pytest.raises(ParamsError) as refusal:
        run(**choice)
    for text in expected:
        assert text in str(refusal.value)
    assert not (workbook / "out").exists()


def test_misspelt_key_in_a_file_names_file_and_nearest(workbook, capsys):
    file = workbook / "params/quick/02_second.yaml"
    file.write_text(file.read_text().replace("factor:", "facter:"))
    assert main(["run"]) == EXIT_PARAMS
    said = capsys.readouterr().err
    assert "Nothing was run." in said
    assert "quick/02_second.yaml: unknown key 'facter'; did you mean 'factor'?" in said
    assert "quick/02_second.yaml: key 'factor' is missing" in said
    assert not (workbook / "out").exists()


def test_unknown_profile_names_the_nearest(workbook):
    with pytest.raises(ParamsError, match="no profile 'quik'; did you mean 'quick'?"):
        runner.run(runner.Choice("quik"), io.StringIO())
