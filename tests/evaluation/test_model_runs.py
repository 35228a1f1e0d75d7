"""A model on problems: questions, confined runs, the repair turn, choices and the learning curve."""

import types

import numpy as np
import pytest

from llamoco_lib.evaluation import choices, curve, model_runs
from llamoco_lib.evaluation.comparison import final_runs, program_costs
from llamoco_lib.evaluation.model_runs import RunSettings, evaluate_model, questions
from llamoco_lib.evaluation.repair import CLASSES, repair_prompt
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.runner import STATUSES
from llamoco_lib.prompts.template import answer

SETTINGS = RunSettings(root=1, n_seeds=2, limits=Limits(wall_seconds=20), jobs=1)


def a_model(replies):
    """A model that answers each prompt by the first reply whose key it holds, and remembers what it was asked."""

    def generate(prompts):
        generate.asked.append(prompts)
        texts = [next(text for key, text in replies.items() if key in prompt) for prompt in prompts]
        return [
            types.SimpleNamespace(text=t, n_prompt_tokens=len(p), n_new_tokens=len(t), finished=True)
            for p, t in zip(prompts, texts, strict=True)
        ]

    generate.asked = []
    return generate


def test_questions_are_drawn_by_the_problem(world):
    asked = questions(world.pairs, ["eval", "heldout"], 2, 10, root=5)
    assert len(asked) == 8 * 2 and set(asked["split"]) == {"eval", "heldout"}
    assert asked.groupby("problem_id")["prompt"].nunique().eq(2).all()
    fewer = questions(world.pairs, ["eval"], 2, 1, root=5)
    assert len(fewer) == 4
    both = asked.merge(fewer, on=["problem_id", "question"])
    assert (both["prompt_x"] == both["prompt_y"]).all()  # how many are asked does not change what is asked
    shuffled = questions(world.pairs.sample(frac=1, random_state=1), ["eval", "heldout"], 2, 10, root=5)
    assert sorted(shuffled["prompt"]) == sorted(asked["prompt"])


def test_questions_of_a_split_without_pairs(world):
    with pytest.raises(ValueError, match="'heldout'.*eval"):
        questions(world.pairs[world.pairs["split"] == "eval"], ["heldout"], 1, 1, root=5)


@pytest.fixture(scope="module")
def evaluated(world):
    asked = questions(world.pairs, ["eval"], 1, 10, root=5)
    program = {
        i: world.program(world.labels.set_index("problem_id")["optimizer"][i], p) for i, p in world.problems.items()
    }
    model = a_model(
        {
            "does not work": answer(program["u-eval-2"]),
            "u-eval-1": answer(program["u-eval-1"]),
            "u-eval-2": answer(program["u-eval-2"].replace("import numpy as np", "import numpi as np")),
            "c-eval-1": "I do not know.",
            "c-eval-2": answer(program["c-eval-2"].replace("DIM = 4", "DIM = 5")),
        }
    )
    return model, asked, *evaluate_model("LLaMoCo", model, asked, world.problems, SETTINGS)


def test_evaluation_and_repair(evaluated, world):
    model, asked, generations, runs = evaluated
    first = runs[runs["attempt"] == 0].groupby("problem_id")["status"].agg(list)
    assert first["u-eval-1"] == ["ok", "ok"]
    assert first["u-eval-2"] == ["import", "import"]
    assert first["c-eval-1"] == ["no_code", "no_code"]
    assert set(first["c-eval-2"]) == {"runtime"}
    again = runs[runs["attempt"] == 1].groupby("problem_id")["status"].agg(list)
    assert set(again.index) == {"u-eval-2", "c-eval-1", "c-eval-2"} and again["u-eval-2"] == ["ok", "ok"]
    assert len(model.asked) == 2 and len(model.asked[1]) == 3
    prompt = next(p for p in model.asked[1] if "u-eval-2" in p)
    assert (
        "numpi" in prompt
        and "an import fails" in prompt
        and prompt.endswith(asked.loc[asked["problem_id"] == "u-eval-2", "prompt"].item())
    )
    scored = final_runs(runs, world.labels).set_index("problem_id")
    assert (scored["err"]["u-eval-2"] == 1).all() and (scored["perf"]["u-eval-2"] > 0).all()
    costs = program_costs(generations, runs).set_index("problem_id")
    assert 0 < costs["rec"]["u-eval-2"] < 0.2 and np.isnan(costs["rec"]["u-eval-1"])


def test_runs_do_not_depend_on_the_worker_count(evaluated, world):
    _, asked, _, runs = evaluated
    program = world.program(world.labels.set_index("problem_id")["optimizer"]["u-eval-1"], world.problems["u-eval-1"])
    model = a_model({"": answer(program)})
    one = asked[asked["problem_id"] == "u-eval-1"]
    settings = RunSettings(root=1, n_seeds=2, limits=SETTINGS.limits, jobs=2)
    _, again = evaluate_model("LLaMoCo", model, one, world.problems, settings)
    before = runs[(runs["problem_id"] == "u-eval-1")]
    assert again["best_value"].tolist() == before["best_value"].tolist()


def test_choices(evaluated, world):
    _, _, generations, _ = evaluated
    table = choices.choice_table(generations, world.labels, world.problems).set_index("problem_id")
    assert table["is_label"]["u-eval-1"] and table["in_good_set"]["u-eval-1"]
    assert table["optimizer"]["c-eval-1"] == choices.OTHER and not table["copied_dim"]["c-eval-1"]
    assert table["optimizer"]["u-eval-2"] == choices.OTHER and table["copied_budget"]["u-eval-2"]
    assert not table["copied_dim"]["c-eval-2"] and table["copied_lower"]["c-eval-2"] and table["is_label"]["c-eval-2"]
    shares = choices.choice_shares(table.reset_index())
    assert shares["n_programs"].tolist() == [4] and shares["copied_dim"].tolist() == [0.5]


@pytest.mark.parametrize("program", [None, "def (", "x = [" * 5000, "DIM = open('x')", float("nan")])
def test_choices_survive_any_program(program, world):
    assert choices.configuration_key(program) == (choices.OTHER, None)
    assert not any(choices.copied(program, world.problems["u-eval-1"]).values())


@pytest.mark.parametrize("status", sorted(set(STATUSES) - {"ok"}))
def test_every_error_class_has_a_repair_prompt(status):
    text = repair_prompt("Budget: 200", "x = 1", status, "m" * 1000, 3)
    assert CLASSES[status] in text and "(line 3)" in text and "x = 1" in text and text.endswith("Budget: 200")
    assert len(text) < 500


def test_curve_steps():
    assert curve.curve_steps(100, 4) == (25, 50, 75, 100)
    assert curve.curve_steps(2, 9) == (1, 2)


def test_curve_callback(tmp_path):
    model = types.SimpleNamespace(training=True, modes=[])
    model.eval = lambda: model.modes.append("eval")
    model.train = lambda mode: model.modes.append(mode)
    measured = iter([{"perf": 0.1}, {"perf": 0.5}, {"perf": 0.9}])

    def a_callback():
        return curve.CurveCallback((1, 2, 4), lambda model: next(measured), 4, tmp_path / "curve.csv")

    def step(callback, event, number):
        getattr(callback, event)(None, types.SimpleNamespace(global_step=number), None, model=model)

    callback = a_callback()
    step(callback, "on_train_begin", 0)
    for number in (1, 2, 3):
        step(callback, "on_step_end", number)
    resumed = a_callback()
    step(resumed, "on_train_begin", 2)
    for number in (3, 4):
        step(resumed, "on_step_end", number)
    assert [(row["step"], row["examples"], row["perf"]) for row in resumed.rows] == [
        (1, 4, 0.1),
        (2, 8, 0.5),
        (4, 16, 0.9),
    ]
    assert model.modes == ["eval", True] * 3
    assert len((tmp_path / "curve.csv").read_text().splitlines()) == 4


def test_measure(world):
    problem = world.problems["u-eval-1"]
    asked = questions(world.pairs, ["eval"], 1, 1, root=5)
    asked = asked[asked["problem_id"] == problem.id]
    model = a_model({"": answer(world.program("vanilla_de", problem))})
    found = curve.measure(model, asked, world.problems, world.labels, SETTINGS)
    assert found["err"] == 0 and 0 < found["perf"] <= 1 and found["feasible"] == 1
    assert set(found) == set(curve.CURVE_METRICS)
    assert model_runs.GENERATION_COLUMNS[0] == "method"
