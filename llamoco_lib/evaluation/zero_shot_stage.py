"""Stage 08 as a whole: from the tuned model and the realistic problems to generations, runs and Table 3.

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from llamoco_lib import records
from llamoco_lib.evaluation import zero_shot
from llamoco_lib.evaluation.comparison import comparison_table, final_runs, program_costs
from llamoco_lib.evaluation.methods import pool_runs
from llamoco_lib.evaluation.model_runs import RunSettings, evaluate_model
from llamoco_lib.evaluation.stage import BACKBONE, TUNED
from llamoco_lib.optimizers import identify
from llamoco_lib.params.realistic_zero_shot import RealisticConfig
from llamoco_lib.problems import realistic
from llamoco_lib.problems.realistic import RealisticProblem
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.generate import generate
from llamoco_lib.training.backbones import load_backbone
from llamoco_lib.training.store import load_model

STAGE = "08_realistic_zero_shot"
PORTFOLIO, PAIRS, MODEL = "02_benchmarking/portfolio.json", "03_augmentation/pairs.parquet", "05_tuning/model"
METHODS = (BACKBONE, "random configuration", "SBS", "VBS", TUNED)  # in the order of tables and figures


@dataclasses.dataclass(frozen=True)
class Inputs:
    """The problems with this run's budgets, the prompts to ask, the portfolio, and the texts that tuning saw."""

    problems: list[RealisticProblem]
    asked: pd.DataFrame
    portfolio: dict
    texts: list[str]


def read_inputs(config: RealisticConfig) -> Inputs:
    """The problems of the parameters, and what earlier stages left in ``source_dir``.

    Raises FileNotFoundError that names the stage to run first, KeyError for an unknown problem.
    """
    source = records.resolve(config.source_dir)
    for name in (PORTFOLIO, PAIRS, MODEL):
        if not (source / name).exists():
            raise FileNotFoundError(f"{source / name} is missing; run {name.partition('/')[0]} first")
    problems = [
        problem.with_budget(max(1, round(problem.budget * config.budget_factor)))
        for problem in realistic.select(config.problems)
    ]
    pairs = pd.read_parquet(source / PAIRS, columns=["split", "prompt", "program"])
    pairs = pairs[pairs["split"] == "train"]
    return Inputs(
        problems=problems,
        asked=zero_shot.questions(problems, config.languages),
        portfolio=records.read_json(source / PORTFOLIO),
        texts=[*pairs["prompt"], *pairs["program"]],
    )


def ask(config: RealisticConfig, inputs: Inputs, method: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the prompts to one model, ``backbone`` or ``LLaMoCo``; its generations and confined runs.

    Raises ValueError for another method.
    """
    if method == BACKBONE:
        model, tokenizer = load_backbone(config.backbone, inputs.texts, config.seed)
        most, repair = config.backbone_new_tokens, False
    elif method == TUNED:
        model, tokenizer = load_model(records.resolve(config.source_dir) / MODEL)
        most, repair = config.max_new_tokens, config.repair
    else:
        raise ValueError(f"no model is called {method!r}; valid: {BACKBONE!r}, {TUNED!r}")

    def answers(prompts: list[str]) -> list:
        return generate(model, tokenizer, prompts, most, config.batch_size)

    limits = Limits(
        wall_seconds=config.wall_seconds,
        cpu_seconds=max(1, round(config.wall_seconds)),
        memory_bytes=config.memory_megabytes << 20,
    )
    settings = RunSettings(config.seed, config.score_seeds, limits, config.jobs, config.allow_unconfined)
    problems = {problem.id: problem for problem in inputs.problems}
    return evaluate_model(method, answers, inputs.asked, problems, settings, repair)


def run_pool(config: RealisticConfig, inputs: Inputs) -> pd.DataFrame:
    """The portfolio on every problem; the columns of the benchmark's ``runs.parquet``."""
    settings = zero_shot.PoolSettings(
        root=config.seed,
        configurations=config.pool_configurations,
        selection_seeds=config.selection_seeds,
        score_seeds=config.score_seeds,
        wall_seconds=config.wall_seconds,
        jobs=config.jobs,
    )
    return zero_shot.pool_runs(inputs.problems, inputs.portfolio, settings)


@dataclasses.dataclass(frozen=True)
class Results:
    """The tables of stage 08: prompts, generations, runs of all methods, runs of the pool, references, Table 3."""

    asked: pd.DataFrame
    generations: pd.DataFrame
    runs: pd.DataFrame
    pool: pd.DataFrame
    references: pd.DataFrame
    table3: pd.DataFrame


def compare(
    config: RealisticConfig, inputs: Inputs, models: list[tuple[pd.DataFrame, pd.DataFrame]], pool: pd.DataFrame
) -> Results:
    """Score the models beside the pool: one row a problem and method, and one a method over all problems.

    ``models`` are the values of ``ask``, ``pool`` that of ``run_pool``.
    """
    generations = pd.concat([table for table, _ in models], ignore_index=True)
    model_runs = pd.concat([table for _, table in models], ignore_index=True)
    references = zero_shot.best_of_pool(pool, zero_shot.references(inputs.problems, pool, model_runs))
    portfolio = zero_shot.portfolio_part(inputs.portfolio, config.pool_configurations)
    labels = references.assign(label=references["argmax_label"])
    rivals = pool_runs(pool, labels, portfolio, [problem.id for problem in inputs.problems])
    runs = pd.concat([model_runs, rivals[rivals["method"].isin(METHODS)]], ignore_index=True)
    scored = final_runs(runs, references)
    splits = {problem.title: {"problem_id": problem.id} for problem in inputs.problems} | {"all": {}}
    costs = program_costs(generations, runs)
    table = comparison_table(scored, costs, config.bootstrap_resamples, config.seed, splits)
    best = scored.groupby(["problem_id", "method"])["final_value"].agg(["median", "min"])
    best = best.where(np.isfinite(best))
    names = {problem.title: problem.id for problem in inputs.problems}
    keys = list(zip(table["split"].map(names), table["method"], strict=True))
    table.insert(4, "median_value", [best["median"].get(key) for key in keys])
    table.insert(5, "best_value", [best["min"].get(key) for key in keys])
    order = {name: place for place, name in enumerate([*names, "all"])}
    place = {method: number for number, method in enumerate(METHODS)}
    table = table.sort_values(["split", "method"], key=lambda column: column.map(order | place), ignore_index=True)
    return Results(inputs.asked, generations, runs, pool, references, table)


def answers_table(results: Results) -> pd.DataFrame:
    """What the tuned model answered: one row a program, with its optimizer and the statuses of its runs."""
    unit = ["problem_id", "question", "attempt"]
    own = results.runs[results.runs["method"] == TUNED]
    statuses = own.groupby(unit)["status"].agg(lambda s: ", ".join(f"{k} {n}" for k, n in s.value_counts().items()))
    answers = results.generations[results.generations["method"] == TUNED]
    answers = answers.merge(results.asked[["problem_id", "question", "language"]], on=["problem_id", "question"])
    answers = answers.merge(statuses.rename("runs").reset_index(), on=unit)
    optimizers = [identify(p) if isinstance(p, str) else None for p in answers["program"]]
    answers["optimizer"] = [name or "other" for name in optimizers]
    return answers[["problem_id", "language", "attempt", "optimizer", "n_new_tokens", "runs"]]


def first_answer(results: Results) -> tuple[str, str, str]:
    """Prompt, program (the whole reply where it has none) and problem of the tuned model's first answer."""
    first = results.generations[results.generations["method"] == TUNED].iloc[0]
    reply = first["program"] if isinstance(first["program"], str) else first["text"]
    return first["prompt"], reply, first["problem_id"]


def write(config: RealisticConfig, results: Results) -> list[Path]:
    """Write generations, runs, pool runs and references into ``<run_dir>/08_realistic_zero_shot``; the paths."""
    folder = records.resolve(config.run_dir) / STAGE
    return [
        records.write_parquet(folder / "generations.parquet", results.generations),
        records.write_parquet(folder / "runs.parquet", results.runs.astype({"line": "Int64"})),
        records.write_parquet(folder / "pool.parquet", results.pool),
        records.write_parquet(folder / "references.parquet", results.references),
    ]
