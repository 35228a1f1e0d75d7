"""Stage 08 with stand-in models: prompts, pool runs, Table 3, and what is told of a model's answers."""

import ast
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from llamoco_lib import params, records
from llamoco_lib.evaluation import zero_shot, zero_shot_stage
from llamoco_lib.figures import realistic as figures
from llamoco_lib.optimizers import Configuration, grid, optimizer, program
from llamoco_lib.problems import realistic
from llamoco_lib.prompts.template import answer

PROBLEMS = realistic.PROBLEMS


def default(name):
    return grid(optimizer(name), "default")[0].key


PORTFOLIO = {
    "unconstrained": [default("glpso"), default("vanilla_de"), default("dual_annealing")],
    "constrained": [default("multistart_slsqp"), default("l_bfgs_b"), default("slsqp")],
    "sbs": {"unconstrained": default("dual_annealing"), "constrained": default("l_bfgs_b")},
}


def test_questions_state_problem_and_end_in_its_numbers():
    problems = [PROBLEMS["haverly_pooling"], PROBLEMS["wind_farm"]]
    asked = zero_shot.questions(problems, ["python", "latex"])
    assert list(zip(asked.problem_id, asked.language, asked.question, strict=True)) == [
        ("haverly_pooling", "python", 0),
        ("haverly_pooling", "latex", 1),
        ("wind_farm", "python", 0),
    ]
    upper = list(problems[0].box_upper)
    assert asked.prompt[1].endswith(f"Dimension: 9\nLower bounds: 0.0\nUpper bounds: {upper}\nBudget: 2000")
    assert asked.prompt[2].endswith("Dimension: 30\nLower bounds: 40.0\nUpper bounds: 1960.0\nBudget: 2000")
    with pytest.raises(ValueError, match="wind_farm has no writing in"):
        zero_shot.questions([PROBLEMS["wind_farm"]], ["latex"])


def test_portfolio_part_keeps_the_single_best_solver():
    part = zero_shot.portfolio_part(PORTFOLIO, 1)
    assert part["unconstrained"] == [default("glpso"), default("dual_annealing")]
    assert part["constrained"] == [default("multistart_slsqp"), default("l_bfgs_b")]


def test_references_and_best_of_pool():
    problems = [PROBLEMS["haverly_pooling"], PROBLEMS["wind_farm"]]
    rows = [
        ("haverly_pooling", "a", "label", -390.0, "ok"),
        ("haverly_pooling", "b", "label", -400.5, "failed"),  # a failed run proves nothing
        ("wind_farm", "a", "label", -6000.0, "ok"),
        ("wind_farm", "b", "label", -7000.0, "ok"),
        ("wind_farm", "a", "score", -7100.0, "ok"),  # score runs do not choose
    ]
    pool = pd.DataFrame(rows, columns=["problem_id", "configuration", "purpose", "best_value", "status"])
    pool["group"] = "constrained"
    references = zero_shot.best_of_pool(pool, zero_shot.references(problems, pool))
    assert list(references.f_star) == [PROBLEMS["haverly_pooling"].reference, -7100.0]
    assert list(references.argmax_label) == ["a", "b"]


@pytest.fixture
def stage(tmp_path, monkeypatch):
    """Stage 08 on two problems, with a backbone that talks and a tuned model that answers from the pool."""
    records.write_json(tmp_path / zero_shot_stage.PORTFOLIO, PORTFOLIO)
    pairs = pd.DataFrame({"split": ["train"], "prompt": ["a prompt"], "program": ["a program"]})
    records.write_parquet(tmp_path / zero_shot_stage.PAIRS, pairs)
    (tmp_path / zero_shot_stage.MODEL).mkdir(parents=True)
    loaded = []

    def generate(model, tokenizer, prompts, max_new_tokens, batch_size):
        loaded.append(model)
        texts = [answer(from_pool(prompt)) if model == "tuned" else "I would use CMA-ES." for prompt in prompts]
        return [SimpleNamespace(text=text, n_prompt_tokens=300, n_new_tokens=50, finished=True) for text in texts]

    def from_pool(prompt):
        values = {
            key: ast.literal_eval(value) for key, value in re.findall(r"^([A-Z][\w ]+): (\S.*)$", prompt, re.M)[-4:]
        }
        name = "multistart_slsqp" if "(g, h)" in prompt else "glpso"
        bounds = values["Lower bounds"], values["Upper bounds"]
        return program(Configuration.parse(default(name)), values["Dimension"], *bounds, values["Budget"])

    monkeypatch.setattr(zero_shot_stage, "load_model", lambda folder: ("tuned", None))
    monkeypatch.setattr(zero_shot_stage, "load_backbone", lambda name, texts, seed: ("backbone", None))
    monkeypatch.setattr(zero_shot_stage, "generate", generate)
    path = records.REPOSITORY / "params" / "smoke" / "08_realistic_zero_shot.yaml"
    config = params.load(path, params.STAGES["08_realistic_zero_shot"])
    return config.model_copy(update={"run_dir": str(tmp_path), "source_dir": str(tmp_path), "jobs": 1})


def test_stage_gives_table3(stage, tmp_path):
    inputs = zero_shot_stage.read_inputs(stage)
    assert [problem.budget for problem in inputs.problems] == [200, 5]
    models = [zero_shot_stage.ask(stage, inputs, name) for name in ("backbone", "LLaMoCo")]
    pool = zero_shot_stage.run_pool(stage, inputs)
    results = zero_shot_stage.compare(stage, inputs, models, pool)
    table = results.table3.set_index(["split", "method"])
    assert list(results.table3.columns[:4]) == ["method", "split", "n_problems", "n_runs"]
    methods = ["backbone", "random configuration", "SBS", "VBS", "LLaMoCo"]
    titles = [problem.title for problem in inputs.problems]
    assert list(table.index) == [(split, method) for split in [*titles, "all"] for method in methods]
    assert table.loc[("all", "backbone"), "err"] == 1 and table.loc[("all", "backbone"), "perf"] == 0
    assert table.loc[("all", "LLaMoCo"), "err"] == 0
    assert table.loc[("all", "LLaMoCo"), "n_runs"] == stage.score_seeds * 3  # Haverly's is asked in two languages
    for metric in ("err", "perf", "log_regret", "feasible"):
        assert (table[f"{metric}_lo"] <= table[metric]).all() and (table[metric] <= table[f"{metric}_hi"]).all()
    assert ((table["perf"] >= 0) & (table["perf"] <= 1)).all()
    assert set(results.runs.loc[results.runs["method"] == "LLaMoCo", "backend"]) == {"bubblewrap"}
    answers = zero_shot_stage.answers_table(results)
    assert list(answers["optimizer"]) == ["multistart_slsqp", "multistart_slsqp", "glpso"]
    assert set(answers["runs"]) == {f"ok {stage.score_seeds}"}
    names = {path.name for path in zero_shot_stage.write(stage, results)}
    assert names == {"generations.parquet", "runs.parquet", "pool.parquet", "references.parquet"}
    again = zero_shot_stage.run_pool(stage, inputs)
    times = ["seconds", "evaluation_seconds"]
    pd.testing.assert_frame_equal(pool.drop(columns=times), again.drop(columns=times))
    figure = figures.table3(results.table3)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == titles
    figure = figures.convergence(results.runs, results.references, inputs.problems, list(zero_shot_stage.METHODS))
    assert len(figure.axes) == 2 and all(len(axes.lines) == len(methods) for axes in figure.axes)


def test_missing_stage_is_named(stage, tmp_path):
    (tmp_path / zero_shot_stage.PORTFOLIO).unlink()
    with pytest.raises(FileNotFoundError, match="run 02_benchmarking first"):
        zero_shot_stage.read_inputs(stage)
    with pytest.raises(ValueError, match="no model is called 'gpt'"):
        zero_shot_stage.ask(stage, None, "gpt")


def test_pool_run_is_the_programs_run():
    problem = PROBLEMS["haverly_pooling"].with_budget(60)
    settings = zero_shot.PoolSettings(5, 1, 1, 1, 20.0, 1)
    pool = zero_shot.pool_runs([problem], PORTFOLIO, settings)
    assert list(pool["purpose"]) == ["label", "score"] * 2 and set(pool["status"]) == {"ok"}
    assert (pool["fes"] <= 60).all() and np.isfinite(pool["violation"]).all()
