"""The contrastive warm-up on and off, over several seeds: papermill re-runs of the tuning notebook (paper 4.3, E.5).

Each run writes into a folder of its own and leaves a record, so that a run which is done is not repeated after an
interrupt. This module knows nothing of how the notebook tunes, only which files it leaves.
"""

import concurrent.futures
import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.params import STAGES as CONFIGS
from llamoco_lib.params.ablations import AblationsConfig
from llamoco_lib.params.base import ParamsError, StageConfig, read, validate
from llamoco_lib.pipeline import keys
from llamoco_lib.pipeline.execute import run_notebook
from llamoco_lib.pipeline.progress import duration
from llamoco_lib.pipeline.stages import STAGES, Stage

TUNING = STAGES["05_tuning"]
CAPTION = (
    "What the contrastive warm-up brings: mean over training runs (and standard deviation over them) at the last "
    "checkpoint of the tuning. Perf. and Err. on problems that training never saw, loss in nats per token."
)
OURS = ("warm_up", "seed", "jobs", "run_dir", "source_dir")  # set here, for each run


@dataclasses.dataclass(frozen=True)
class TuningRun:
    """One re-run of the tuning notebook."""

    name: str
    variant: str
    config: StageConfig

    @property
    def folder(self) -> Path:
        """Where the run writes."""
        return records.resolve(self.config.run_dir)


def plan(config: AblationsConfig) -> list[TuningRun]:
    """The runs that make up the ablation, seeds inner.

    Raises ParamsError if the tuning params file, or what ``overrides`` changes in it, is not valid.
    """
    file = records.resolve(config.tuning_params)
    values = read(file)
    taken = [name for name in OURS if name in config.overrides]
    if taken:
        raise ParamsError(f"overrides of 07_ablations: {', '.join(taken)} is set for each run by the ablation itself")
    tuning_class = CONFIGS[TUNING.name]
    origin = dict.fromkeys(tuning_class.model_fields, str(file))
    origin |= {"": str(file)} | dict.fromkeys(config.overrides, "overrides of 07_ablations")
    runs = []
    for warm_up in config.warm_up_variants:
        for seed in config.seeds:
            name = f"warm_up_{'on' if warm_up else 'off'}_seed_{seed}"
            own = {
                "warm_up": warm_up,
                "seed": seed,
                "jobs": 1,
                "run_dir": f"{config.run_dir}/07_ablations/runs/{name}",
                "source_dir": config.source_dir,
            }
            tuning = validate(tuning_class, {**values, **config.overrides, **own}, origin)
            runs.append(TuningRun(name, "with warm-up" if warm_up else "without warm-up", tuning))
    return runs


def rerun_params(config: AblationsConfig) -> list[dict]:
    """The params of all runs that can change a number, for the key of the stage."""
    return [keys.params_of(run.config) for run in plan(config)]


def run(config: AblationsConfig, tuning: Stage = TUNING) -> list[TuningRun]:
    """Run what is missing of the ablation, ``jobs`` runs at once with ``threads`` threads each; return all runs.

    Raises RuntimeError, once the others have ended, if a run failed; the message names the notebook that is kept.
    """
    runs = plan(config)
    hashes = keys.Hashes()
    wanted = {each.name: keys.stage_key(tuning, each.config, hashes) for each in runs}
    missing = [each for each in runs if not _done(each, wanted[each.name])]
    for each in runs:
        if each not in missing:
            print(f"{each.name}: done before, kept", flush=True)
    with concurrent.futures.ThreadPoolExecutor(config.jobs) as pool:
        waiting = [pool.submit(_run_one, each, tuning, wanted[each.name], config.threads) for each in missing]
        errors = []
        for count, future in enumerate(concurrent.futures.as_completed(waiting), start=1):
            name, seconds, error = future.result()
            errors += [f"{name} failed in {error}"] if error else []
            end = "FAILED" if error else "done"
            print(f"{name}: {end} in {duration(seconds)} ({count} of {len(missing)} runs)", flush=True)
    if errors:
        raise RuntimeError("\n\n".join(errors))
    return runs


def collect(runs: list[TuningRun], file: str) -> pd.DataFrame:
    """``05_tuning/<file>`` of every run, one below the other, with the columns run, variant and seed in front."""
    frames = []
    for each in runs:
        frame = pd.read_csv(each.folder / TUNING.name / file)
        own = pd.DataFrame({"run": each.name, "variant": each.variant, "seed": each.config.seed}, index=frame.index)
        frames.append(own.join(frame.drop(columns=own.columns, errors="ignore")))
    return pd.concat(frames, ignore_index=True)


def write(frame: pd.DataFrame, config: AblationsConfig, name: str) -> Path:
    """Write a collected frame as ``<run_dir>/07_ablations/<name>.csv``; return its path."""
    return records.write_text(
        records.resolve(config.run_dir) / "07_ablations" / f"{name}.csv", frame.to_csv(index=False)
    )


def summary(curves: pd.DataFrame, histories: pd.DataFrame) -> pd.DataFrame:
    """One row a variant: mean and standard deviation over seeds, at the last checkpoint, of Perf., Err. and loss."""
    last = curves.sort_values("step").groupby(["variant", "run"], sort=False).last()
    last["eval_loss"] = (
        histories.dropna(subset=["eval_loss"]).sort_values("step").groupby(["variant", "run"])["eval_loss"].last()
    )
    groups = last.groupby("variant")[["perf", "err", "eval_loss"]]
    table = pd.concat([groups.mean(), groups.std().add_suffix("_std")], axis=1)
    table.insert(0, "n_runs", groups.size())
    ordered = ["n_runs", "perf", "perf_std", "err", "err_std", "eval_loss", "eval_loss_std"]
    return table[ordered].reset_index()


def _done(each: TuningRun, key: str) -> bool:
    file = each.folder / TUNING.name / "record.json"
    if not file.is_file():
        return False
    record: Mapping = records.read_json(file)
    if record["status"] != "ok" or record["key"] != key:
        return False
    return all(records.file_hash(each.folder / name) == known for name, known in record["outputs"].items())


def _run_one(each: TuningRun, tuning: Stage, key: str, threads: int) -> tuple[str, float, str]:
    started = time.time()
    output = each.folder / "notebooks" / f"{tuning.name}.ipynb"
    outcome = run_notebook(tuning.notebook, output, each.config.model_dump(), threads, lambda event: None)
    error = f"{outcome.error}\nThe notebook, with its traceback: {outcome.notebook}" if outcome.error else ""
    records.write_record(
        each.folder / tuning.name,
        stage=tuning.name,
        params=each.config.model_dump(),
        inputs={name: records.resolve(each.config.source_dir) / name for name in tuning.reads},
        outputs={name: each.folder / name for name in tuning.writes if (each.folder / name).exists()},
        key=key,
        started=started,
        status="failed" if error else "ok",
    )
    return each.name, outcome.seconds, error
