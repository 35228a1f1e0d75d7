"""Stage 06 as a whole: from the tuned model and the pairs to generations, runs and the comparison table.

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import dataclasses
import functools
import gc
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.evaluation.choices import choice_table
from llamoco_lib.evaluation.comparison import comparison_table, final_runs, program_costs
from llamoco_lib.evaluation.methods import pool_runs
from llamoco_lib.evaluation.model_runs import RunSettings, evaluate_model, questions
from llamoco_lib.params.evaluation import EvaluationConfig
from llamoco_lib.problems.spec import Problem
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.generate import generate
from llamoco_lib.training.backbones import load_backbone
from llamoco_lib.training.store import load_model

BACKBONE, TUNED = "backbone", "LLaMoCo"
STAGE = "06_evaluation"


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What earlier stages wrote: problems by id, label table, runs of the pool, portfolio, pairs."""

    problems: dict[str, Problem]
    labels: pd.DataFrame
    runs: pd.DataFrame
    portfolio: dict
    pairs: pd.DataFrame


def read_inputs(config: EvaluationConfig) -> Inputs:
    """Read what stages 01 to 03 left in ``source_dir``.

    Raises FileNotFoundError that names the stage to run first.
    """
    source = records.resolve(config.source_dir)
    names = ("01_synthesis/problems.jsonl", "02_benchmarking/labels.parquet", "02_benchmarking/runs.parquet")
    names += ("02_benchmarking/portfolio.json", "03_augmentation/pairs.parquet")
    for name in names:
        if not (source / name).exists():
            raise FileNotFoundError(f"{source / name} is missing; run {name.partition('/')[0]} first")
    problems = [Problem.from_json(row) for row in records.read_jsonl(source / names[0])]
    return Inputs(
        problems={problem.id: problem for problem in problems},
        labels=pd.read_parquet(source / names[1]),
        runs=pd.read_parquet(source / names[2]),
        portfolio=records.read_json(source / names[3]),
        pairs=pd.read_parquet(source / names[4]),
    )


def run_settings(config: EvaluationConfig) -> RunSettings:
    """How programs are run, from the parameters."""
    limits = Limits(
        wall_seconds=config.wall_seconds,
        cpu_seconds=max(1, round(config.wall_seconds)),
        memory_bytes=config.memory_megabytes << 20,
    )
    return RunSettings(config.seed, config.n_seeds, limits, config.jobs, config.allow_unconfined)


def ask(config: EvaluationConfig, inputs: Inputs, method: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Evaluate one model, ``BACKBONE`` or ``TUNED``; its generations and runs (``model_runs.evaluate_model``).

    Raises ValueError for another method, FileNotFoundError where stage 05 left no model.
    """
    if method == BACKBONE:
        pairs = inputs.pairs[inputs.pairs["split"] == "train"]
        texts = [*pairs["prompt"], *pairs["program"]]
        model, tokenizer = load_backbone(config.backbone, texts, config.seed, prune=False)
        most = config.backbone_problems
    elif method == TUNED:
        model, tokenizer = load_model(records.resolve(config.source_dir) / "05_tuning" / "model")
        most = config.most_problems
    else:
        raise ValueError(f"no model is called {method!r}; valid: {BACKBONE!r}, {TUNED!r}")

    answers = functools.partial(
        generate, model, tokenizer, max_new_tokens=config.max_new_tokens, batch_size=config.batch_size
    )
    asked = questions(inputs.pairs, config.splits, config.prompts_per_problem, most, config.seed)
    tables = evaluate_model(method, answers, asked, inputs.problems, run_settings(config), config.repair)
    del model, answers
    gc.collect()
    return tables


@dataclasses.dataclass(frozen=True)
class Results:
    """The tables of stage 06: generations, runs of all methods, scored first runs, comparison, choices."""

    generations: pd.DataFrame
    runs: pd.DataFrame
    scored: pd.DataFrame
    comparison: pd.DataFrame
    choices: pd.DataFrame


def compare(config: EvaluationConfig, inputs: Inputs, models: list[tuple[pd.DataFrame, pd.DataFrame]]) -> Results:
    """Put the models' tables beside the pool's and score them all.

    ``models`` are the values of ``ask``. The pool's methods are taken on all problems that any model was asked.
    """
    generations = pd.concat([table for table, _ in models], ignore_index=True)
    asked = sorted(set(generations["problem_id"]))
    pool = pool_runs(inputs.runs, inputs.labels, inputs.portfolio, asked)
    runs = pd.concat([*(table for _, table in models), pool], ignore_index=True)
    scored = final_runs(runs, inputs.labels)
    costs = program_costs(generations, runs)
    return Results(
        generations=generations,
        runs=runs,
        scored=scored,
        comparison=comparison_table(scored, costs, config.bootstrap_resamples, config.seed),
        choices=choice_table(generations, inputs.labels, inputs.problems),
    )


def write(config: EvaluationConfig, results: Results) -> list[Path]:
    """Write generations, runs and choices into ``<run_dir>/06_evaluation``; the paths written."""
    folder = records.resolve(config.run_dir) / STAGE
    return [
        records.write_parquet(folder / "generations.parquet", results.generations),
        records.write_parquet(folder / "runs.parquet", results.runs.astype({"line": "Int64"})),
        records.write_parquet(folder / "choices.parquet", results.choices),
    ]
