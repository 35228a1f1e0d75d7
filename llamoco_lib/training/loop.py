"""The training loop both phases share, on transformers' Trainer: batches in a given order, resumed where it stopped.

What a batch is and what its loss is comes from outside; this module knows nothing of prompts and programs.
"""

import math
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import torch
from torch.utils.data import Dataset, SequentialSampler
from transformers import PreTrainedModel, Trainer, TrainerCallback, TrainingArguments

from llamoco_lib import records
from llamoco_lib.training import precision
from llamoco_lib.training.adapters import bare

Loss = Callable[[PreTrainedModel, dict[str, torch.Tensor]], torch.Tensor]
SCHEDULES = ("constant", "constant_with_warmup", "linear", "cosine")
HISTORY = ("step", "examples", "epoch", "loss", "eval_loss", "learning_rate", "tokens_per_second")


class Items(Dataset):
    """A sequence as a torch dataset."""

    def __init__(self, items: Sequence):
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, place: int) -> object:
        return self.items[place]


class _Clock(TrainerCallback):
    """Counts the tokens of training steps and the time in them, evaluations and other callbacks apart."""

    def __init__(self):
        self.tokens, self.seconds, self.started = 0, 0.0, 0.0

    def on_step_begin(self, *_: object, **__: object) -> None:
        self.started = time.perf_counter()

    def on_step_end(self, *_: object, **__: object) -> None:
        self.seconds += time.perf_counter() - self.started

    def rate(self) -> float:
        """Tokens per second since the last call."""
        rate = self.tokens / max(self.seconds, 1e-9)
        self.tokens, self.seconds = 0, 0.0
        return rate


class _Loop(Trainer):
    """Trainer with batches in the order given, a loss from outside, and an optimizer with float32 copies."""

    def __init__(self, *args: object, loss: Loss, optimizer: Callable, weight_decay: float, **kwargs: object):
        super().__init__(*args, **kwargs)
        self.loss, self.inner, self.decay = loss, optimizer, weight_decay
        self.model_accepts_loss_kwargs = False
        self.clock = _Clock()
        self.callback_handler.callbacks.insert(0, self.clock)

    def compute_loss(self, model: PreTrainedModel, inputs: dict, return_outputs: bool = False, **_: object) -> object:
        if model.training:
            self.clock.tokens += inputs["input_ids"].numel()
        value = self.loss(model, inputs)
        return (value, {}) if return_outputs else value

    def _get_train_sampler(self, train_dataset: Dataset | None = None) -> SequentialSampler:
        return SequentialSampler(self.train_dataset if train_dataset is None else train_dataset)

    def create_optimizer(self, model: PreTrainedModel | None = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            learns = [p for p in (model or self.model).parameters() if p.requires_grad]
            groups = [
                {"params": [p for p in learns if p.ndim > 1], "weight_decay": self.decay},
                {"params": [p for p in learns if p.ndim <= 1], "weight_decay": 0.0},
            ]
            groups = [group for group in groups if group["params"]]
            self.optimizer = precision.MasterWeights(groups, self.inner, self.args.learning_rate)
        return self.optimizer

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "loss" in logs:
            logs["tokens_per_second"] = self.clock.rate()
        super().log(logs, start_time)


def run(
    model: PreTrainedModel,
    items: Sequence,
    collate: Callable[[list], dict[str, torch.Tensor]],
    loss: Loss,
    optimizer: Callable[[list[dict]], torch.optim.Optimizer],
    folder: Path,
    *,
    key: str,
    batch_size: int,
    accumulation: int,
    learning_rate: float,
    schedule: str,
    warm_up_steps: int,
    weight_decay: float,
    max_gradient_norm: float,
    log_steps: int,
    checkpoint_steps: int,
    seed: int,
    epoch_examples: int,
    evaluation: Sequence = (),
    callbacks: Sequence[TrainerCallback] = (),
) -> pd.DataFrame:
    """Train ``model`` in place, once through ``items`` in their order; return the history (columns HISTORY).

    ``folder`` keeps the checkpoints: a run that was stopped goes on from the last one of the same ``key`` and ends
    as if it had not been stopped; another key starts anew. They are removed at the end. ``epoch_examples`` is the
    number of examples that the history calls an epoch. Raises FloatingPointError if the loss is no number at the
    end.
    """
    _claim(folder, key)
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=1,
        per_device_train_batch_size=batch_size,
        per_device_eval_batch_size=batch_size,
        gradient_accumulation_steps=accumulation,
        learning_rate=learning_rate,
        lr_scheduler_type=schedule,
        warmup_steps=warm_up_steps,
        max_grad_norm=max_gradient_norm,
        logging_steps=log_steps,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        eval_strategy="steps" if len(evaluation) else "no",
        eval_steps=log_steps,
        prediction_loss_only=True,
        label_names=["labels"],
        save_strategy="steps" if checkpoint_steps else "no",
        save_steps=max(1, checkpoint_steps),
        save_total_limit=1,
        seed=seed,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        use_cpu=model.device.type == "cpu",
        report_to=[],
        disable_tqdm=True,
        log_level="error",
    )
    trainer = _Loop(
        model=model,
        args=arguments,
        train_dataset=Items(items),
        eval_dataset=Items(evaluation) if len(evaluation) else None,
        data_collator=collate,
        callbacks=list(callbacks),
        loss=loss,
        optimizer=optimizer,
        weight_decay=weight_decay,
    )
    trainer.train(resume_from_checkpoint=_last_checkpoint(folder))
    shutil.rmtree(folder)
    return _history(trainer.state.log_history, batch_size * accumulation, epoch_examples)


def hidden_states(model: PreTrainedModel, input_ids: torch.Tensor) -> torch.Tensor:
    """The last layer's output at each position, (B, T) -> (B, T, d). Padding must stand at the right."""
    return bare(model).base_model(input_ids=input_ids, use_cache=False).last_hidden_state


def _claim(folder: Path, key: str) -> None:
    """Make ``folder`` the checkpoints' of ``key``, without those of another key."""
    mark = folder / "key.txt"
    if folder.exists() and not (mark.exists() and mark.read_text() == key):
        shutil.rmtree(folder)
    records.write_text(mark, key)


def _last_checkpoint(folder: Path) -> str | None:
    """The latest checkpoint that was written to its end: the trainer's state comes last."""
    done = [path for path in folder.glob("checkpoint-*") if (path / "trainer_state.json").exists()]
    return str(max(done, key=lambda path: int(path.name.split("-")[1]))) if done else None


def _history(log: list[dict], examples_per_step: int, epoch_examples: int) -> pd.DataFrame:
    losses = [entry["loss"] for entry in log if "loss" in entry]
    if not losses or not math.isfinite(losses[-1]):
        raise FloatingPointError(f"the training loss ended at {losses[-1:]}; a smaller learning_rate may help")
    rows: dict[int, dict[str, float]] = {}
    for entry in log:
        if "loss" in entry or "eval_loss" in entry:
            rows.setdefault(entry["step"], {}).update(entry)
    frame = pd.DataFrame([rows[step] for step in sorted(rows)])
    frame["examples"] = frame["step"] * examples_per_step
    frame["epoch"] = frame["examples"] / epoch_examples
    return frame.reindex(columns=list(HISTORY))
