"""The learning curve of stage 05, from its parameters: what is asked, how it is run, and the file it is kept in.

Knows the names of the files; what is measured is the business of ``curve``.
"""

import functools

import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.stage import read_problems
from llamoco_lib.evaluation.curve import CurveCallback, curve_steps, measure
from llamoco_lib.evaluation.model_runs import RunSettings, questions
from llamoco_lib.params.tuning import TuningConfig
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.generate import generate
from llamoco_lib.training.stage import TUNING, Session, of_groups, read_pairs


def callback(config: TuningConfig, session: Session) -> CurveCallback:
    """The callback that measures Err. and Perf. of ``session``'s model at ``config.curve_points`` steps.

    It writes ``<run_dir>/05_tuning/curve.csv``. Raises FileNotFoundError if a file of an earlier stage is missing.
    """
    labels = records.resolve(config.source_dir) / "02_benchmarking" / "labels.parquet"
    if not labels.exists():
        raise FileNotFoundError(f"{labels} is missing; run 02_benchmarking with this run_dir first")
    pairs = of_groups(read_pairs(config.source_dir), config.groups)
    asked = questions(pairs, ["eval"], 1, config.curve_problems, config.seed)
    limits = Limits(
        wall_seconds=config.wall_seconds,
        cpu_seconds=max(1, round(config.wall_seconds)),
        memory_bytes=config.memory_megabytes << 20,
    )
    measure_model = functools.partial(
        _measure,
        tokenizer=session.tokenizer,
        config=config,
        asked=asked,
        problems={problem.id: problem for problem in read_problems(config.source_dir)},
        references=pd.read_parquet(labels),
        settings=RunSettings(config.seed, config.curve_seeds, limits, config.jobs, config.allow_unconfined),
    )
    steps = curve_steps(session.steps, config.curve_points)
    path = records.resolve(config.run_dir) / TUNING / "curve.csv"
    return CurveCallback(steps, measure_model, config.batch_size * config.accumulation, path)


def table(config: TuningConfig) -> pd.DataFrame:
    """The curve as far as it was measured, one row a point."""
    return pd.read_csv(records.resolve(config.run_dir) / TUNING / "curve.csv")


def _measure(model: object, tokenizer: object, config: TuningConfig, **what: object) -> dict[str, float]:
    def answers(prompts: list[str]) -> list:
        return generate(model, tokenizer, prompts, config.max_new_tokens, config.generation_batch)

    return measure(answers, **what)
