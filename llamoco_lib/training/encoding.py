"""Pairs as token ids: prompt in the tokenizer's chat format, answer with its end, padded to few lengths.

Sequences start at the left and are padded at the right, so that causal attention needs no mask and padding cannot
change a value. Lengths are rounded up to multiples of a bucket, since a CPU compiles its products for each shape.
This module knows nothing of models.
"""

import dataclasses
from collections.abc import Sequence

import pandas as pd
import torch
from transformers import PreTrainedTokenizerBase

from llamoco_lib.prompts import template

IGNORED = -100  # label of a token that has no loss
BUCKET = 64  # lengths are multiples of it


@dataclasses.dataclass(frozen=True)
class Encoded:
    """One pair as token ids; the answer ends with the end-of-sequence token."""

    prompt: tuple[int, ...]
    answer: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prompt) + len(self.answer)


def prompt_text(tokenizer: PreTrainedTokenizerBase, prompt: str) -> str:
    """What the model reads: the prompt as a user's turn of the tokenizer's chat format, or itself and a line feed."""
    if tokenizer.chat_template is None:
        return prompt + "\n"
    turns = [{"role": "user", "content": prompt}]
    return tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)


def encode_prompts(tokenizer: PreTrainedTokenizerBase, prompts: Sequence[str]) -> list[tuple[int, ...]]:
    """Token ids of each prompt, as the model reads it."""
    texts = [prompt_text(tokenizer, prompt) for prompt in prompts]
    return [tuple(ids) for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]] if texts else []


def encode_pairs(tokenizer: PreTrainedTokenizerBase, pairs: pd.DataFrame) -> list[Encoded]:
    """Token ids of each pair (columns ``prompt``, ``program``), in order."""
    if pairs.empty:
        return []
    answers = [template.answer(program) for program in pairs["program"]]
    ids = tokenizer(answers, add_special_tokens=False)["input_ids"]
    prompts = encode_prompts(tokenizer, pairs["prompt"].tolist())
    end = tokenizer.eos_token_id
    return [Encoded(prompt, (*answer, end)) for prompt, answer in zip(prompts, ids, strict=True)]


def fitting(rows: Sequence[Encoded], max_tokens: int) -> list[int]:
    """Places of the rows of at most ``max_tokens`` tokens; the others are to be dropped and counted, never cut.

    Raises ValueError if none is left.
    """
    kept = [place for place, row in enumerate(rows) if len(row) <= max_tokens]
    if rows and not kept:
        shortest = min(map(len, rows))
        raise ValueError(f"max_tokens = {max_tokens} drops all {len(rows)} pairs; the shortest has {shortest} tokens")
    return kept


def rounded(length: int) -> int:
    """``length`` rounded up to a multiple of BUCKET."""
    return -(-length // BUCKET) * BUCKET


def padded(sequences: Sequence[Sequence[int]], fill: int) -> torch.Tensor:
    """The sequences as rows of one tensor (n, T), T a multiple of BUCKET, filled up with ``fill`` at the right."""
    length = rounded(max(map(len, sequences)))
    return torch.tensor([[*ids, *[fill] * (length - len(ids))] for ids in sequences])


def collate(rows: Sequence[Encoded]) -> dict[str, torch.Tensor]:
    """A batch: ``input_ids`` (B, T) and ``labels`` (B, T), which ignore all but the answer's tokens.

    Padding has id 0: no position before it sees it, and it has no loss.
    """
    return {
        "input_ids": padded([row.prompt + row.answer for row in rows], 0),
        "labels": padded([(IGNORED,) * len(row.prompt) + row.answer for row in rows], IGNORED),
    }
