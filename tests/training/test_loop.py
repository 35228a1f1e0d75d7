import os
import signal

import pytest
import torch
from conftest import tuning_values, warm_up_values
from transformers import TrainerCallback

from llamoco_lib.params.base import validate
from llamoco_lib.params.tuning import TuningConfig
from llamoco_lib.params.warm_up import WarmUpConfig
from llamoco_lib.programs.generate import generate
from llamoco_lib.training import loop, precision, stage, store


def tuning(source_dir, **changes):
    return validate(TuningConfig, tuning_values(source_dir, **changes), "test")


def warm_up(source_dir, **changes):
    return validate(WarmUpConfig, warm_up_values(source_dir, **changes), "test")


class StopAt(TrainerCallback):
    """An interrupt in the middle of training."""

    def __init__(self, step):
        self.step = step

    def on_step_begin(self, args, state, control, **_):
        if state.global_step == self.step:
            os.kill(os.getpid(), signal.SIGINT)


def weights(folder):
    model, _ = store.load_model(folder, "fp32")
    return model.state_dict()


@pytest.mark.parametrize(
    "changes", [{}, {"method": "lora", "learning_rate": 0.02, "lora_dropout": 0.1}, {"precision": "bf16"}]
)
def test_resumed_training_equals_an_uninterrupted_one(source_dir, changes):
    config = tuning(source_dir, checkpoint_steps=2, log_steps=2, **changes)
    straight = stage.tune(config, stage.start_tuning(config))
    expected = weights(source_dir / "05_tuning" / "model")
    with pytest.raises(KeyboardInterrupt):
        stage.tune(config, stage.start_tuning(config), [StopAt(5)])
    assert (source_dir / "05_tuning" / "checkpoints" / "checkpoint-4").exists()
    resumed = stage.tune(config, stage.start_tuning(config))
    found = weights(source_dir / "05_tuning" / "model")
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    columns = [name for name in loop.HISTORY if name != "tokens_per_second"]
    assert resumed[columns].equals(straight[columns])
    assert not (source_dir / "05_tuning" / "checkpoints").exists()


def test_checkpoints_of_other_parameters_are_not_taken_up(source_dir):
    config = tuning(source_dir, checkpoint_steps=2)
    with pytest.raises(KeyboardInterrupt):
        stage.tune(config, stage.start_tuning(config), [StopAt(5)])
    other = tuning(source_dir, checkpoint_steps=2, learning_rate=0.001)
    history = stage.tune(other, stage.start_tuning(other))
    assert history["step"].min() == 1


@pytest.mark.parametrize("method", ["full", "lora"])
def test_tuning_lowers_the_loss(source_dir, method):
    rate = 0.003 if method == "full" else 0.02
    config = tuning(source_dir, method=method, max_steps=25, epochs=9.0, learning_rate=rate, log_steps=5)
    history = stage.tune(config, stage.start_tuning(config))
    assert history["loss"].iloc[-1] < 0.95 * history["loss"].iloc[0]
    assert history["eval_loss"].iloc[-1] < history["eval_loss"].dropna().iloc[0]
    assert (source_dir / "05_tuning" / "model" / "adapter").exists() == (method == "lora")


def test_warm_up_lowers_the_contrastive_loss(source_dir):
    config = warm_up(source_dir, max_steps=40, epochs=99.0, batch_size=8, log_steps=10, learning_rate=0.1)
    session = stage.start_warm_up(config)
    before = stage.latents(session)
    history = stage.warm_up(config, session)
    assert history["loss"].iloc[-1] < 0.3 * history["loss"].iloc[0]
    assert stage.latents(session).shape == before.shape == (3, 128)


def test_every_kind_of_backbone_goes_through_all_phases(local_backbone, source_dir):
    shared = {"backbone": str(local_backbone), "max_steps": 2}
    config = warm_up(source_dir, **shared)
    stage.warm_up(config, stage.start_warm_up(config))
    config = tuning(source_dir, warm_up=True, **shared)
    session = stage.start_tuning(config)
    stage.tune(config, session)
    model, tokenizer = store.load_model(source_dir / "05_tuning" / "model", "fp32")
    prompts = session.evaluation["prompt"].tolist()
    together = generate(model, tokenizer, prompts, max_new_tokens=6, batch_size=4)
    alone = [generate(model, tokenizer, [prompt], max_new_tokens=6, batch_size=1)[0] for prompt in prompts]
    assert together == alone
    assert all(answer.n_new_tokens > 0 for answer in together)


@pytest.mark.parametrize("run", ["tuning", "warm_up"])
def test_long_pairs_are_dropped_and_counted(source_dir, run):
    start, make = (stage.start_tuning, tuning) if run == "tuning" else (stage.start_warm_up, warm_up)
    everything = start(make(source_dir))
    lengths = sorted(len(row) if run == "tuning" else len(row.prompt) for row in everything.rows)
    session = start(make(source_dir, max_tokens=lengths[-1] - 1))
    assert everything.dropped == 0
    assert session.dropped == sum(length == lengths[-1] for length in lengths)
    assert len(session.pairs) == len(session.rows) == len(everything.pairs) - session.dropped


def test_eval_problems_are_not_trained_on(source_dir):
    session = stage.start_tuning(tuning(source_dir))
    assert set(session.pairs["split"]) == {"train"}
    assert set(session.evaluation["split"]) == {"eval"}
    assert session.order.max() < len(session.pairs)


def test_missing_inputs_name_the_stage(tmp_path, source_dir):
    with pytest.raises(FileNotFoundError, match="run 03_augmentation"):
        stage.start_warm_up(warm_up(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="no model in .*04_warm_up"):
        stage.start_tuning(tuning(source_dir, warm_up=True))


def test_steps_follow_epochs_up_to_the_limit(source_dir):
    assert stage.steps_of(tuning(source_dir, epochs=2.0, max_steps=0, batch_size=4, accumulation=2), 41) == 11
    assert stage.steps_of(tuning(source_dir, epochs=2.0, max_steps=5), 41) == 5


def test_small_steps_are_not_lost_in_bfloat16():
    """200 steps of 1e-4 on a weight of 1: each would round to nothing."""
    weight = torch.nn.Parameter(torch.ones(4, dtype=torch.bfloat16))
    optimizer = precision.MasterWeights([{"params": [weight]}], torch.optim.SGD, lr=1e-4)
    for _ in range(200):
        weight.grad = torch.ones_like(weight)
        optimizer.step()
    torch.testing.assert_close(weight.float(), torch.full((4,), 0.98), atol=0.004, rtol=0)


def test_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="fp8.*auto, bf16, fp32"):
        precision.dtype("fp8")


def test_tuning_on_one_group_takes_its_pairs_only_and_the_vocabulary_of_all(source_dir):
    pairs = stage.read_pairs(source_dir)
    group = pairs["group"].iloc[0]
    session = stage.start_tuning(tuning(source_dir, groups=[group]))
    whole = stage.start_tuning(tuning(source_dir))
    assert set(session.pairs["group"]) == {group} and set(session.evaluation["group"]) <= {group}
    assert len(session.tokenizer) == len(whole.tokenizer)
