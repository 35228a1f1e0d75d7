"""Stages 04 and 05 as a whole: from the instruction set to the warmed-up and the tuned model (files of DESIGN 2).

Knows the names of the files; what is in them is the business of the other modules of this room.
"""

import dataclasses
import functools
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase, TrainerCallback

from llamoco_lib import records, seeds
from llamoco_lib.params.tuning import TuningConfig
from llamoco_lib.params.warm_up import WarmUpConfig
from llamoco_lib.prompts import template
from llamoco_lib.training import adapters, contrastive, encoding, loop, sampler, store, tuning
from llamoco_lib.training.backbones import load_backbone

WARM_UP = "04_warm_up"
TUNING = "05_tuning"


@dataclasses.dataclass(frozen=True)
class Session:
    """A training about to start: the model, what it learns from, and in which order.

    ``pairs`` are the train pairs kept and ``rows`` their token ids; ``dropped`` counts those left out as too long.
    ``order`` holds places in ``pairs``: (n, 3) triplets for the warm-up, (n_batches, batch_size) for tuning.
    """

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    pairs: pd.DataFrame
    rows: list[encoding.Encoded]
    evaluation: pd.DataFrame
    dropped: int
    order: np.ndarray
    steps: int


def read_pairs(source_dir: str | Path) -> pd.DataFrame:
    """The instruction set that stage 03 wrote. Raises FileNotFoundError, naming the stage to run first."""
    path = records.resolve(source_dir) / "03_augmentation" / "pairs.parquet"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing; run 03_augmentation with this run_dir first")
    return pd.read_parquet(path)


def of_groups(pairs: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """The pairs of problems of these groups: ``unconstrained``, ``constrained`` or both (paper, Fig. 6)."""
    return pairs[pairs["group"].isin(groups)].reset_index(drop=True)


def steps_of(config: WarmUpConfig | TuningConfig, n_pairs: int) -> int:
    """Optimizer steps of a training on ``n_pairs`` pairs."""
    examples = config.batch_size * getattr(config, "accumulation", 1)
    steps = max(1, math.ceil(config.epochs * n_pairs / examples))
    return min(steps, config.max_steps) if config.max_steps else steps


def one_per_problem(pairs: pd.DataFrame, split: str, most: int, root: int) -> pd.DataFrame:
    """One pair of each of at most ``most`` problems of ``split``, groups in turn, drawn by the problem's own seed."""
    of_split = pairs[pairs["split"] == split]
    drawn = [
        own.iloc[int(seeds.generator(root, "one pair", problem_id).integers(len(own)))]
        for problem_id, own in of_split.groupby("problem_id")
    ]
    frame = pd.DataFrame(drawn, columns=pairs.columns)
    turn = frame.groupby("group").cumcount()
    order = frame.assign(turn=turn).sort_values(["turn", "problem_id"]).index
    return frame.loc[order[:most]].reset_index(drop=True)


def _train_pairs(
    pairs: pd.DataFrame, tokenizer: PreTrainedTokenizerBase, max_tokens: int, prompts_only: bool
) -> tuple[pd.DataFrame, list[encoding.Encoded], int]:
    """The train pairs that fit, their token ids, and the number of those that do not."""
    train = pairs[pairs["split"] == "train"].reset_index(drop=True)
    if train.empty:
        raise ValueError("the instruction set has no train pairs; look at eval_share of 01_synthesis")
    rows = encoding.encode_pairs(tokenizer, train)
    measured = [dataclasses.replace(row, answer=()) for row in rows] if prompts_only else rows
    kept = encoding.fitting(measured, max_tokens)
    return train.iloc[kept].reset_index(drop=True), [rows[place] for place in kept], len(rows) - len(kept)


def _backbone(
    config: WarmUpConfig | TuningConfig, pairs: pd.DataFrame
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    train = pairs[pairs["split"] == "train"]
    texts = [*train["prompt"], *map(template.answer, train["program"])]
    return load_backbone(config.backbone, texts, config.seed, config.prune_vocabulary, config.precision)


def start_warm_up(config: WarmUpConfig) -> Session:
    """The backbone and the triplets of the warm-up.

    Raises FileNotFoundError without an instruction set, ValueError if all prompts are too long or of one optimizer.
    """
    pairs = read_pairs(config.source_dir)
    model, tokenizer = _backbone(config, pairs)
    train, rows, dropped = _train_pairs(pairs, tokenizer, config.max_tokens, prompts_only=True)
    steps = steps_of(config, len(train))
    order = contrastive.triplets(train, steps * config.batch_size, config.balanced, config.seed)
    evaluation = one_per_problem(pairs, "eval", config.latent_problems, config.seed)
    return Session(model, tokenizer, train, rows, evaluation, dropped, order, steps)


def warm_up(config: WarmUpConfig, session: Session, callbacks: Sequence[TrainerCallback] = ()) -> pd.DataFrame:
    """Warm up ``session.model`` in place, write ``04_warm_up/history.csv`` and ``model``; the history is returned."""
    folder = records.resolve(config.run_dir) / WARM_UP
    model = _adapted(session.model, config)
    history = loop.run(
        model,
        session.order.tolist(),
        functools.partial(_collate_triplets, session.rows),
        functools.partial(contrastive.warm_up_loss, margin=config.margin),
        functools.partial(torch.optim.SGD, momentum=config.momentum),
        folder / "checkpoints",
        key=_key(config, session),
        batch_size=config.batch_size,
        accumulation=1,
        learning_rate=config.learning_rate,
        schedule="constant",
        warm_up_steps=0,
        weight_decay=0.0,
        max_gradient_norm=config.max_gradient_norm,
        log_steps=config.log_steps,
        checkpoint_steps=config.checkpoint_steps,
        seed=config.seed,
        epoch_examples=len(session.pairs),
        callbacks=callbacks,
    )
    return _write(history, model, session.tokenizer, folder)


def start_tuning(config: TuningConfig) -> Session:
    """The model that tuning starts from, warmed up or plain, and its batches.

    Raises FileNotFoundError without an instruction set or, with ``warm_up``, without stage 04's model; ValueError if
    no pair fits.
    """
    everything = read_pairs(config.source_dir)
    pairs = of_groups(everything, config.groups)
    if config.warm_up:
        model, tokenizer = store.load_model(records.resolve(config.source_dir) / WARM_UP / "model", config.precision)
    else:
        model, tokenizer = _backbone(config, everything)  # the vocabulary of all, as stage 04's
    train, rows, dropped = _train_pairs(pairs, tokenizer, config.max_tokens, prompts_only=False)
    steps = steps_of(config, len(train))
    order = sampler.schedule(
        train, steps * config.accumulation, config.batch_size, config.balanced, config.homogeneous, config.seed
    )
    evaluation = one_per_problem(pairs, "eval", config.eval_pairs, config.seed)
    return Session(model, tokenizer, train, rows, evaluation, dropped, order, steps)


def tune(config: TuningConfig, session: Session, callbacks: Sequence[TrainerCallback] = ()) -> pd.DataFrame:
    """Tune the model of ``session`` in place, and write ``05_tuning/history.csv`` and ``model``; return the history.

    ``callbacks`` are the Trainer's, for a learning curve.
    """
    folder = records.resolve(config.run_dir) / TUNING
    model = _adapted(session.model, config)
    history = loop.run(
        model,
        [session.rows[place] for place in session.order.ravel()],
        encoding.collate,
        tuning.answer_loss,
        functools.partial(torch.optim.AdamW, betas=(0.9, config.beta2), fused=True),
        folder / "checkpoints",
        key=_key(config, session),
        batch_size=config.batch_size,
        accumulation=config.accumulation,
        learning_rate=config.learning_rate,
        schedule=config.schedule,
        warm_up_steps=config.learning_rate_steps,
        weight_decay=config.weight_decay,
        max_gradient_norm=config.max_gradient_norm,
        log_steps=config.log_steps,
        checkpoint_steps=config.checkpoint_steps,
        seed=config.seed,
        epoch_examples=len(session.pairs),
        evaluation=encoding.encode_pairs(session.tokenizer, session.evaluation),
        callbacks=callbacks,
    )
    return _write(history, model, session.tokenizer, folder)


def latents(session: Session) -> np.ndarray:
    """Latents of the prompts of ``session.evaluation``, shape (n, d), with the model as it now is."""
    prompts = encoding.encode_prompts(session.tokenizer, session.evaluation["prompt"].tolist())
    session.model.eval()
    found = []
    with torch.no_grad():
        for prompt in prompts:
            batch = _prompt_batch([prompt], session.model.device)
            hidden = loop.hidden_states(session.model, batch["input_ids"])
            found.append(contrastive.latent(hidden, batch["last"])[0].cpu().numpy())
    return np.array(found)


def _collate_triplets(rows: Sequence[encoding.Encoded], triplets: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
    """A batch of n triplets: anchors, then positives, then negatives, 3 n prompts."""
    return _prompt_batch([rows[triplet[role]].prompt for role in range(3) for triplet in triplets], None)


def _prompt_batch(prompts: Sequence[tuple[int, ...]], device: torch.device | None) -> dict[str, torch.Tensor]:
    last = torch.tensor([len(prompt) - 1 for prompt in prompts])
    return {"input_ids": encoding.padded(prompts, 0).to(device), "last": last.to(device)}


def _adapted(model: PreTrainedModel, config: WarmUpConfig | TuningConfig) -> PreTrainedModel:
    with torch.random.fork_rng():
        torch.manual_seed(config.seed)
        return adapters.adapt(model, config.method, config.lora_rank, config.lora_alpha, config.lora_dropout)


def _key(config: WarmUpConfig | TuningConfig, session: Session) -> str:
    """What checkpoints depend on: the parameters but for folders and workers, the pairs, and their order."""
    params = config.model_dump(exclude={"run_dir", "source_dir", "jobs"})
    ids = [[list(row.prompt), list(row.answer)] for row in session.rows]
    return records.content_key([params, ids, session.order.tolist()])


def _write(
    history: pd.DataFrame, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path
) -> pd.DataFrame:
    records.write_text(folder / "history.csv", history.to_csv(index=False))
    store.save_model(model, tokenizer, folder / "model")
    return history
