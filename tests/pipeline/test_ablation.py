"""The ablation on a stand-in for the tuning notebook: its runs, their resumption, what is made of them."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import yaml

from llamoco_lib import params
from llamoco_lib.figures import ablations
from llamoco_lib.params.base import ParamsError, StageConfig
from llamoco_lib.pipeline import ablation, stages


class StandInConfig(StageConfig):
    warm_up: bool
    steps: int


TUNING = {"run_dir": "x", "source_dir": "x", "seed": 1, "jobs": 1, "warm_up": True, "steps": 3}
CELLS = {
    "folder": "import pathlib\nfolder = pathlib.Path(run_dir) / '05_tuning'",
    "mkdir": "(folder / 'model').mkdir(parents=True, exist_ok=True)",
    "fail": "assert (pathlib.Path(source_dir) / 'allowed').exists() or warm_up, 'not allowed'",
    "model": "(folder / 'model/weights').write_text(f'{seed} {warm_up}')",
    "curve": "rows = [f'{i},{i * 10},{0.1 * i * (1 + warm_up) + 0.01 * seed},0.5' for i in range(steps)]\n"
    "(folder / 'curve.csv').write_text('\\n'.join(['step,examples,perf,err', *rows]))",
    "history": "rows = [f'{i},{i * 10},1.0,{2.0 - 0.1 * i if i % 2 == 0 else str()}' for i in range(steps)]\n"
    "(folder / 'history.csv').write_text('\\n'.join(['step,examples,loss,eval_loss', *rows]))",
}


@pytest.fixture
def config(tmp_path, make_notebook, monkeypatch):
    monkeypatch.setitem(params.STAGES, "05_tuning", StandInConfig)
    monkeypatch.setattr(stages, "NOTEBOOKS", tmp_path)
    make_notebook(tmp_path / "05_tuning.ipynb", TUNING, CELLS)
    (tmp_path / "05_tuning.yaml").write_text(yaml.safe_dump(TUNING))
    (tmp_path / "allowed").touch()
    return params.AblationsConfig(
        run_dir=str(tmp_path / "out"),
        source_dir=str(tmp_path),
        seed=1,
        jobs=2,
        threads=1,
        tuning_params=str(tmp_path / "05_tuning.yaml"),
        seeds=[1, 2],
        warm_up_variants=[True, False],
        overrides={"steps": 5},
    )


def test_plan_crosses_variants_and_seeds(config):
    runs = ablation.plan(config)
    assert [run.name for run in runs] == [
        "warm_up_on_seed_1",
        "warm_up_on_seed_2",
        "warm_up_off_seed_1",
        "warm_up_off_seed_2",
    ]
    assert {run.config.steps for run in runs} == {5}
    assert [run.config.warm_up for run in runs] == [True, True, False, False]
    assert len({run.config.run_dir for run in runs}) == 4


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"stepz": 5}, "overrides of 07_ablations: unknown key 'stepz'; did you mean 'steps'?"),
        ({"steps": "many"}, "overrides of 07_ablations: steps = 'many'"),
        ({"seed": 5}, "seed is set for each run by the ablation itself"),
    ],
)
def test_wrong_overrides_are_refused(config, overrides, message):
    with pytest.raises(ParamsError) as refusal:
        ablation.plan(config.model_copy(update={"overrides": overrides}))
    assert message in str(refusal.value)


def test_failed_run_is_named_and_only_what_is_missing_runs_again(config, tmp_path, capsys):
    (tmp_path / "allowed").unlink()
    with pytest.raises(RuntimeError) as failure:
        ablation.run(config)
    assert "warm_up_off_seed_1 failed in cell 5 of 8" in str(failure.value)
    assert "not allowed" in str(failure.value)
    assert "warm_up_off_seed_2/notebooks/05_tuning.failed.ipynb" in str(failure.value)
    (tmp_path / "allowed").touch()
    capsys.readouterr()

    runs = ablation.run(config)
    said = capsys.readouterr().out
    assert said.count("done before, kept") == 2
    assert "(2 of 2 runs)" in said
    curves, histories = (ablation.collect(runs, file) for file in ("curve.csv", "history.csv"))
    assert len(curves) == 4 * 5
    assert list(curves.columns[:3]) == ["run", "variant", "seed"]
    assert ablation.write(curves, config, "curves") == tmp_path / "out/07_ablations/curves.csv"

    summary = ablation.summary(curves, histories).set_index("variant")
    assert summary.loc["with warm-up", "perf"] == pytest.approx(0.8 + 0.015)
    assert summary.loc["without warm-up", "perf"] == pytest.approx(0.4 + 0.015)
    assert summary.loc["with warm-up", "perf_std"] == pytest.approx(0.01 / 2**0.5)
    assert summary.loc["with warm-up", "eval_loss"] == pytest.approx(1.6)
    assert list(summary["n_runs"]) == [2, 2]

    (runs[0].folder / "05_tuning/curve.csv").write_text("")
    ablation.run(config.model_copy(update={"seeds": [1, 3], "warm_up_variants": [True]}))
    said = capsys.readouterr().out
    assert "kept" not in said, "a run whose file was changed is repeated, and seed 3 is new"


def test_figure_shows_mean_and_spread_of_each_variant():
    rows = [
        {"variant": variant, "run": f"{variant} {seed}", "examples": 10 * step, "perf": 0.1 * step + 0.02 * seed}
        for variant in ("with warm-up", "without warm-up")
        for seed in (1, 2)
        for step in range(4)
    ]
    curves = pd.DataFrame(rows)
    histories = curves.assign(eval_loss=2.0 - curves["perf"])
    figure = ablations.warm_up(curves, histories)
    left, right = figure.axes
    assert [container.get_label() for container in left.containers] == ["with warm-up", "without warm-up"]
    assert left.containers[0].lines[0].get_ydata() == pytest.approx([0.03, 0.13, 0.23, 0.33])
    assert left.get_xlabel() and left.get_ylabel() and right.get_xlabel() and right.get_ylabel()
    plt.close(figure)
