import numpy as np
import pandas as pd
import pytest

from llamoco_lib import records
from llamoco_lib.figures import instructions as figures
from llamoco_lib.optimizers import Configuration, identify, pool
from llamoco_lib.params import base
from llamoco_lib.params.augmentation import AugmentationConfig
from llamoco_lib.problems.spec import Component, Constraint, Problem
from llamoco_lib.prompts import instruction_set, showcase, stage, template, tokens

VALUES = {
    "run_dir": "unused",
    "source_dir": "unused",
    "seed": 5,
    "jobs": 1,
    "min_writings": 4,
    "max_writings": 6,
    "python_styles": ["numpy", "loop", "functions", "generator"],
    "latex_styles": ["direct", "named", "rewritten"],
    "split_by": "problem",
    "label": "label",
    "tokenizers": ["smollm2-135m"],
    "max_prompt_tokens": 800,
    "max_answer_tokens": 900,
}


def config_of(**changes):
    return base.validate(AugmentationConfig, VALUES | changes, "test")


def some_problems(count=40):
    functions = ["sphere", "rastrigin", "ackley", "griewank", "katsuura"]
    splits = ["train", "train", "train", "eval"]
    problems = []
    for number in range(count):
        constrained = number % 2 == 1
        problems.append(
            Problem(
                id=f"{'c' if constrained else 'nc'}-{number:04d}",
                kind="basic",
                dimension=2 + number % 7,
                lower=-5.0 - number,
                upper=tuple(float(i) for i in range(1, 3 + number % 7)) if number % 10 == 0 else 5.0,
                components=(Component(functions[number % len(functions)]),),
                budget=1000 + number,
                shift_seed=number + 1,
                constraints=(Constraint("linear_sum", {"b": 1.0 + number}),) if constrained else (),
                split="heldout"
                if number >= count - 4
                else splits[number % 4 if not constrained else (number // 2) % 4],
            )
        )
    return problems


@pytest.fixture(scope="module")
def problems():
    return some_problems()


@pytest.fixture(scope="module")
def labels(problems):
    rows = []
    for number, problem in enumerate(problems):
        names = [optimizer.name for optimizer in pool(group=problem.group)]
        key = Configuration(names[number % 3]).key
        rows.append({"problem_id": problem.id, "label": key, "argmax_label": Configuration(names[-1]).key})
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def pairs(problems, labels):
    return instruction_set.build(problems, labels, config_of())


def test_pairs_join_each_writing_with_the_labels_program(problems, labels, pairs):
    assert list(pairs.columns) == instruction_set.COLUMNS
    assert pairs["pair_id"].is_unique
    counts = pairs.groupby("problem_id").size()
    assert set(counts.index) == {problem.id for problem in problems}
    assert counts.between(4, 6).all() and counts.nunique() > 1
    label_of = dict(zip(labels["problem_id"], labels["label"], strict=True))
    by_id = {problem.id: problem for problem in problems}
    for row in pairs.itertuples():
        problem = by_id[row.problem_id]
        assert row.configuration == label_of[row.problem_id]
        assert identify(row.program) == row.optimizer
        assert row.split == problem.split and row.group == problem.group
        assert row.prompt.endswith(f"Budget: {problem.budget}")
        assert f"Upper bounds: {template.literal(problem.upper)}\n" in row.prompt
        assert f"UPPER = {template.literal(problem.upper)}\n" in row.program


def test_pairs_do_not_depend_on_other_problems(problems, labels, pairs):
    alone = instruction_set.build(problems[7:8], labels, config_of())
    same = pairs[pairs["problem_id"] == problems[7].id].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)


def test_argmax_label_is_there_under_its_name(problems, labels):
    pairs = instruction_set.build(problems[:4], labels, config_of(label="argmax_label"))
    assert set(pairs["configuration"]) <= set(labels["argmax_label"])


def test_instance_without_label_is_named(problems, labels):
    with pytest.raises(KeyError, match=problems[3].id):
        instruction_set.build(problems[:5], labels.drop(index=3), config_of())


def test_split_by_problem_does_not_leak(pairs):
    assert pairs.groupby("problem_id")["split"].nunique().eq(1).all()
    assert instruction_set.leak(pairs) == {"problems": 0.0, "prompts": 0.0}


def test_split_by_pair_leaks_and_keeps_the_counts(problems, labels, pairs):
    by_pair = instruction_set.build(problems, labels, config_of(split_by="pair"))
    assert by_pair["split"].value_counts().to_dict() == pairs["split"].value_counts().to_dict()
    leaked = instruction_set.leak(by_pair)
    evaluation = by_pair[by_pair["split"] == "eval"]["problem_id"].unique()
    train = set(by_pair[by_pair["split"] == "train"]["problem_id"])
    assert leaked["problems"] == pytest.approx(np.mean([each in train for each in evaluation]))
    assert leaked["problems"] > 0.8
    held = [set(frame[frame["split"] == "heldout"]["pair_id"]) for frame in (pairs, by_pair)]
    assert held[0] == held[1]
    table = instruction_set.leak_table(pairs, config_of())
    assert table["split_by"].tolist() == ["problem", "pair"]
    assert table["problems"].tolist() == [0.0, leaked["problems"]]


def test_leak_finds_the_same_prompt_in_train():
    frame = pd.DataFrame(
        {"problem_id": ["a", "b", "c"], "split": ["train", "eval", "eval"], "prompt": ["q", "q", "r"]}
    )
    assert instruction_set.leak(frame) == {"problems": 0.0, "prompts": 0.5}
    assert np.isnan(instruction_set.leak(frame[frame["split"] == "train"])["problems"])


def test_drop_rule_counts_everything_and_cuts_nothing(pairs):
    prompt_tokens = np.arange(len(pairs)) + 100
    answer_tokens = np.full(len(pairs), 200)
    answer_tokens[:10] = 1000
    limit = 100 + len(pairs) - 6
    kept = instruction_set.drop_long(pairs, prompt_tokens, answer_tokens, limit, 900)
    train = (pairs["split"] == "train").to_numpy()
    assert len(kept.pairs) + len(kept.dropped) == len(pairs)
    assert len(kept.dropped) == 5 + int(train[:10].sum())
    reasons = kept.dropped["reason"].value_counts().to_dict()
    assert reasons == {
        f"prompt longer than {limit} tokens": 5,
        "answer longer than 900 tokens": int(train[:10].sum()),
    }
    left = pairs.set_index("pair_id").loc[kept.pairs["pair_id"]]
    assert left["prompt"].tolist() == kept.pairs["prompt"].tolist()


def test_balance_gives_each_optimizer_the_same_share(pairs):
    frame = instruction_set.balance(pairs)
    assert frame["pairs"].sum() == (pairs["split"] == "train").sum()
    assert frame["share"].sum() == pytest.approx(1.0)
    assert frame["balanced"].sum() == pytest.approx(1.0) and frame["balanced"].nunique() == 1


@pytest.mark.parametrize(
    "changes",
    [{"min_writings": 7}, {"max_writings": 8}, {"split_by": "group"}, {"min_writings": 0}, {"label": "best"}],
)
def test_config_refuses(changes):
    with pytest.raises(base.ParamsError):
        config_of(**changes)


def test_stage_writes_what_the_next_ones_read(problems, labels, tmp_path):
    records.write_jsonl(tmp_path / "01_synthesis" / "problems.jsonl", [problem.to_json() for problem in problems])
    config = config_of(run_dir=str(tmp_path), source_dir=str(tmp_path))
    with pytest.raises(FileNotFoundError, match="run 02_benchmarking"):
        stage.augment(config)
    records.write_parquet(tmp_path / "02_benchmarking" / "labels.parquet", labels)
    done = stage.augment(config)
    files = stage.write(done, config)
    pairs = pd.read_parquet(files["pairs"])
    assert list(pairs.columns) == instruction_set.COLUMNS
    assert records.read_jsonl(files["pairs_jsonl"]) == pairs.to_dict("records")
    prompts, answers = done.lengths["smollm2-135m"]
    assert len(prompts) == len(answers) == len(pairs)
    assert np.median(prompts) <= 350
    summary = instruction_set.summary(done.instructions, done.lengths)
    assert summary["pairs"].sum() == len(pairs)
    for figure in (
        figures.lengths(done.pairs, prompts, answers, (800, 900)),
        figures.balance(instruction_set.balance(done.pairs)),
        figures.coverage(done.pairs),
        figures.writings(showcase.writings("katsuura", "latex")),
    ):
        figure.canvas.draw()
    with pytest.raises(ValueError, match="leave no train pair"):
        stage.augment(config.model_copy(update={"max_prompt_tokens": 20}))


def test_tokens_of_equal_texts_are_equal():
    tokenizer = tokens.load("smollm2-135m")
    counted = tokens.counts(tokenizer, ["a b", "sum of squares", "a b"])
    assert counted[0] == counted[2] > 0
    assert tokens.counts(tokenizer, []).shape == (0,)
