"""Run the stages that have changed, in order, and leave a record of each (DESIGN section 4, Runner).

Nothing runs before every parameter of every chosen stage is valid and every input is there or about to be made. This
module knows nothing of what happens inside a notebook.
"""

import dataclasses
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import yaml

from llamoco_lib import params, records
from llamoco_lib.params.base import ParamsError, StageConfig, nearest, read, validate
from llamoco_lib.pipeline import ablation, keys, report
from llamoco_lib.pipeline.execute import run_notebook
from llamoco_lib.pipeline.progress import Progress, duration
from llamoco_lib.pipeline.stages import STAGES, Stage, find, select

PARAMS = records.REPOSITORY / "params"
REFERENCE = records.REPOSITORY / "outputs" / "reference"


class StageFailed(RuntimeError):
    """A notebook raised or its process died; the message says in which cell, and where the notebook is kept."""


@dataclasses.dataclass(frozen=True)
class Choice:
    """What the command line asked for. ``settings`` are texts like ``05.epochs=3`` or ``seed=2`` (every stage)."""

    profile: str
    only: Sequence[str] = ()
    first: str | None = None
    last: str | None = None
    settings: Sequence[str] = ()
    jobs: int | None = None
    force: bool = False
    dry_run: bool = False


def run(choice: Choice, stream: TextIO = sys.stdout) -> int:
    """Run what ``choice`` asks for; return how many stages ran.

    Raises ParamsError before anything runs, StageFailed when a notebook fails.
    """
    stages = select(choice.only, choice.first, choice.last)
    configs = configure(choice, stages)
    hashes = keys.Hashes()
    _check_inputs(stages, configs, hashes)
    earlier = _earlier_durations(configs[stages[0].name], choice.profile)
    progress = Progress([stage.name for stage in stages], earlier, stream)
    ran: list[str] = []
    try:
        for stage in stages:
            config = configs[stage.name]
            key = keys.stage_key(stage, config, hashes, ablation.rerun_params(config) if stage.reruns else None)
            reason = "forced" if choice.force else _reason(stage, config, key, hashes)
            if choice.dry_run:
                upstream = [name for name in ran if set(STAGES[name].writes) & set(stage.reads)]
                if upstream and reason is None:
                    reason = f"if {', '.join(upstream)} changes what it reads"
                progress.line(f"{stage.name}  {f'would run: {reason}' if reason else 'unchanged'}")
                ran += [stage.name] if reason else []
            elif reason is None:
                progress.skip(stage.name, "unchanged")
            else:
                _run_stage(stage, config, key, reason, progress)
                hashes.forget()
                ran.append(stage.name)
    finally:
        if not choice.dry_run:
            for run_dir in sorted({config.run_dir for config in configs.values()}):
                _report(run_dir, progress)
    return len(ran)


def configure(choice: Choice, stages: Sequence[Stage]) -> dict[str, StageConfig]:
    """The valid configuration of each stage.

    Raises ParamsError with every fault of every stage's file, of ``--set`` and of ``--jobs``.
    """
    folder = PARAMS / choice.profile
    if not folder.is_dir():
        profiles = sorted(path.name for path in PARAMS.iterdir() if path.is_dir())
        raise ParamsError(f"no profile {choice.profile!r}; {nearest(choice.profile, profiles)}")
    settings = [_parse(setting, stages) for setting in choice.settings]
    configs, faults = {}, []
    for stage in stages:
        file = folder / f"{stage.name}.yaml"
        shown = f"params/{choice.profile}/{stage.name}.yaml"
        try:
            values = read(file)
            origin = dict.fromkeys(values, shown) | {"": shown}
            for text, target, name, value in settings:
                if target in (None, stage.name):
                    values[name], origin[name] = value, f"--set {text}"
            if choice.jobs is not None:
                values["jobs"], origin["jobs"] = choice.jobs, f"--jobs {choice.jobs}"
            origin |= {name: shown for name in params.STAGES[stage.name].model_fields if name not in origin}
            configs[stage.name] = validate(params.STAGES[stage.name], values, origin)
            if stage.reruns:
                ablation.plan(configs[stage.name])
        except ParamsError as error:
            faults += str(error).splitlines()
    if faults:
        raise ParamsError("\n".join(dict.fromkeys(faults)))
    return configs


def _parse(setting: str, stages: Sequence[Stage]) -> tuple[str, str | None, str, object]:
    """``05.epochs=3`` as (text, stage or None, key, value); the value is read as YAML reads it."""
    left, equals, right = setting.partition("=")
    if not equals or not left:
        raise ParamsError(f"--set {setting}: expected STAGE.KEY=VALUE, such as 05.epochs=3")
    head, dot, name = left.partition(".")
    if not dot:
        if head not in StageConfig.model_fields:
            hint = nearest(head, StageConfig.model_fields)
            raise ParamsError(
                f"--set {setting}: no key {head!r} that all stages share; {hint}; or give a stage, 05.{head}"
            )
        return setting, None, head, yaml.safe_load(right)
    stage = find(head)
    if stage not in stages:
        raise ParamsError(f"--set {setting}: stage {stage.name} is not among the stages chosen")
    return setting, stage.name, name, yaml.safe_load(right)


def _check_inputs(stages: Sequence[Stage], configs: dict[str, StageConfig], hashes: keys.Hashes) -> None:
    faults = []
    made: set[Path] = set()
    for stage in stages:
        config = configs[stage.name]
        for name in stage.reads:
            path = records.resolve(config.source_dir) / name
            if path not in made and not path.exists():
                faults.append(f"{stage.name} reads {path}, which is not there; run stage {name[:2]} first")
        made |= {records.resolve(config.run_dir) / name for name in stage.writes}
        if not stage.notebook.is_file():
            faults.append(f"{stage.name}: no notebook {stage.notebook}")
    if faults:
        raise ParamsError("\n".join(faults))


def _record_file(stage: str, run_dir: str) -> Path:
    return records.resolve(run_dir) / stage / "record.json"


def _reason(stage: Stage, config: StageConfig, key: str, hashes: keys.Hashes) -> str | None:
    """Why the stage has to run, or None if its results stand."""
    file = _record_file(stage.name, config.run_dir)
    if not file.is_file():
        return "it has not run yet"
    record = records.read_json(file)
    if record["status"] != "ok":
        return "its last run did not end well"
    if record["key"] == key:
        run_dir = records.resolve(config.run_dir)
        changed = [name for name, known in record["outputs"].items() if hashes.of(run_dir / name) != known]
        return f"{', '.join(changed)} changed or went missing since" if changed else None
    now = keys.params_of(config)
    changed = [f"{name} is now {value!r}" for name, value in now.items() if record["params"].get(name) != value]
    source = records.resolve(config.source_dir)
    inputs = [name for name in stage.reads if record["inputs"].get(name) != hashes.of(source / name)]
    why = [*changed, *(f"{name} is new" for name in inputs)]
    return "; ".join(why) or "the source of its notebook or of its library changed"


def _run_stage(stage: Stage, config: StageConfig, key: str, reason: str, progress: Progress) -> None:
    run_dir = records.resolve(config.run_dir)
    started = time.time()
    progress.start(stage.name, reason)
    executed = run_dir / "notebooks" / f"{stage.name}.ipynb"
    before = _results(run_dir)
    outcome = run_notebook(stage.notebook, executed, config.model_dump(), stage.threads, progress.event)
    after = _results(run_dir)
    written = sorted(name for name, stamp in after.items() if before.get(name) != stamp)
    missing = [name for name in stage.writes if not (run_dir / name).exists()]
    error = outcome.error
    if not error and missing:
        error = f"the notebook ended, but did not write {', '.join(missing)}, as the table of stages says it does"
    records.write_record(
        run_dir / stage.name,
        stage=stage.name,
        params=config.model_dump(),
        inputs={name: records.resolve(config.source_dir) / name for name in stage.reads},
        outputs={name: run_dir / name for name in [*stage.writes, *written]},
        key=key,
        started=started,
        status="failed" if error else "ok",
    )
    if error:
        progress.failed(stage.name, outcome.seconds)
        raise StageFailed(
            f"{stage.name} failed in {error}\n"
            f"The notebook, with its traceback: {outcome.notebook}\n"
            "Mend the cause and give the same command again: the stages that are done will be skipped."
        )
    progress.done(stage.name, outcome.seconds)
    durations = _read_durations(run_dir)
    records.write_json(run_dir / "durations.json", {**durations, stage.name: outcome.cell_seconds})


def _results(run_dir: Path) -> dict[str, tuple[int, int]]:
    """Every figure and table of the run, with a stamp that changes when it is written."""
    files = [file for folder in ("figures", "tables") for file in (run_dir / folder).glob("*") if file.is_file()]
    stats = {file: file.stat() for file in files if not file.name.startswith(".")}
    return {str(file.relative_to(run_dir)): (stat.st_mtime_ns, stat.st_ino) for file, stat in stats.items()}


def _read_durations(run_dir: Path) -> dict[str, list[float]]:
    file = run_dir / "durations.json"
    return records.read_json(file) if file.is_file() else {}


def _earlier_durations(config: StageConfig, profile: str) -> dict[str, list[float]]:
    """Seconds a cell from this folder's last run, else from the reference run of the profile."""
    return {**_read_durations(REFERENCE / profile), **_read_durations(records.resolve(config.run_dir))}


def _report(run_dir: str, progress: Progress) -> None:
    found = [records.read_json(file) for name in STAGES if (file := _record_file(name, run_dir)).is_file()]
    if found:
        page = report.write(records.resolve(run_dir), found)
        total = sum(record["seconds"] for record in found)
        progress.line(f"report: {page} ({len(found)} of {len(STAGES)} stages, {duration(total)} when they last ran)")
