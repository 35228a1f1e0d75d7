"""Batched generation: prompts to texts, greedy or sampled, sorted by length, finished rows taken out of the batch.

This module knows nothing of what is asked for or what becomes of the answers.
"""

import dataclasses
from collections.abc import Sequence

import torch
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerBase
from transformers.cache_utils import DynamicLayer

from llamoco_lib.training.encoding import encode_prompts, rounded

_KEPT_SHARE = 0.75  # a batch shrinks when no more than this share of its rows is still at work


@dataclasses.dataclass(frozen=True)
class Generation:
    """One answer: its text, the tokens read and written, and whether it came to its end within the limit."""

    text: str
    n_prompt_tokens: int
    n_new_tokens: int
    finished: bool


class _Layer(DynamicLayer):
    """Keys and values of one layer in memory that grows by buckets, unused places at its end hidden by the mask.

    So a token costs no copy of all before it, and products see one shape for a whole bucket.
    """

    def __init__(self):
        super().__init__()
        self.length = 0

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: object, **__: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append (B, K, T, d) keys and values; return the memory, (B, K, capacity, d)."""
        start, self.length = self.length, self.length + key_states.shape[2]
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self.keys, self.values = key_states[:, :, :0], value_states[:, :, :0]
        if self.length > self.keys.shape[2]:
            self.keys, self.values = (_grown(old, self.length) for old in (self.keys, self.values))
        self.keys[:, :, start : self.length] = key_states
        self.values[:, :, start : self.length] = value_states
        return self.keys, self.values

    def get_seq_length(self) -> int:
        """Positions in use."""
        return self.length

    def get_mask_sizes(self, query_length: int) -> tuple[int, int]:
        """Length that the mask must have for the next ``query_length`` tokens, and its offset."""
        return rounded(self.length + query_length), 0

    def batch_select_indices(self, indices: torch.Tensor) -> None:
        """Keep only some rows of the batch."""
        self.keys, self.values = self.keys[indices], self.values[indices]


def _grown(old: torch.Tensor, length: int) -> torch.Tensor:
    batch, heads, before, size = old.shape
    grown = old.new_zeros(batch, heads, rounded(length), size)
    grown[:, :, :before] = old
    return grown


def generate(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Sequence[str],
    max_new_tokens: int,
    batch_size: int,
    temperature: float = 0.0,
    seed: int = 0,
) -> list[Generation]:
    """One answer to each prompt, in order.

    ``temperature`` 0 is greedy, else tokens are drawn from ``seed``. Prompts of like length share a batch. An
    answer ends at the tokenizer's end token, which is not part of its text, or after ``max_new_tokens``. Raises
    ValueError for a negative temperature.
    """
    if temperature < 0:
        raise ValueError(f"temperature is {temperature}; valid: 0 (greedy) or above")
    rows = encode_prompts(tokenizer, prompts)
    order = sorted(range(len(rows)), key=lambda place: -len(rows[place]))
    random = torch.Generator().manual_seed(seed)
    answers: dict[int, list[int]] = {}
    training = model.training
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(order), batch_size):
            places = order[start : start + batch_size]
            found = _decode(
                model, [rows[p] for p in places], tokenizer.eos_token_id, max_new_tokens, temperature, random
            )
            answers.update(zip(places, found, strict=True))
    model.train(training)
    return [_generation(tokenizer, rows[place], answers[place]) for place in range(len(rows))]


def _generation(tokenizer: PreTrainedTokenizerBase, prompt: Sequence[int], answer: list[int]) -> Generation:
    finished = bool(answer) and answer[-1] == tokenizer.eos_token_id
    text = tokenizer.decode(answer[:-1] if finished else answer, skip_special_tokens=True)
    return Generation(text, len(prompt), len(answer), finished)


def _decode(
    model: PreTrainedModel,
    prompts: list[Sequence[int]],
    end: int,
    max_new_tokens: int,
    temperature: float,
    random: torch.Generator,
) -> list[list[int]]:
    """The answers of one batch as token ids, the end token included where it came."""
    device = model.device
    width = rounded(max(map(len, prompts)))
    ids = torch.tensor([[*[end] * (width - len(prompt)), *prompt] for prompt in prompts], device=device)
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    cache = DynamicCache()
    cache.layer_class_to_replicate = _Layer
    answers: list[list[int]] = [[] for _ in prompts]
    alive = list(range(len(prompts)))  # the answer that each row of the batch belongs to
    for _ in range(max_new_tokens):
        output = model(
            input_ids=ids,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        chosen = _choose(output.logits[:, -1], temperature, random)
        written = chosen.tolist()
        for row, place in enumerate(alive):
            if not answers[place] or answers[place][-1] != end:
                answers[place].append(written[row])
        at_work = [row for row, place in enumerate(alive) if answers[place][-1] != end]
        if not at_work:
            break
        positions = positions[:, -1:] + 1
        mask = torch.cat([mask, mask.new_ones(len(alive), 1)], 1)
        if len(at_work) <= _KEPT_SHARE * len(alive):
            rows = torch.tensor(at_work, device=device)
            cache.batch_select_indices(rows)
            chosen, positions, mask = chosen[rows], positions[rows], mask[rows]
            alive = [alive[row] for row in at_work]
        ids = chosen[:, None]
    return answers


def _choose(logits: torch.Tensor, temperature: float, random: torch.Generator) -> torch.Tensor:
    """The next token of each row, (B, V) -> (B,)."""
    if temperature == 0.0:
        return logits.argmax(-1)
    chances = torch.softmax(logits.float().cpu() / temperature, -1)
    return torch.multinomial(chances, 1, generator=random)[:, 0].to(logits.device)
