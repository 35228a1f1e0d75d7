"""Instruction tuning: next-token loss on the answer (paper 3.2). Knows nothing of files."""

import torch
from transformers import PreTrainedModel

from llamoco_lib.training.adapters import bare
from llamoco_lib.training.encoding import IGNORED
from llamoco_lib.training.loop import hidden_states


def answer_loss(model: PreTrainedModel, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Mean cross-entropy, in nats a token, over the answers' tokens, their end included.

    ``batch`` is what ``encoding.collate`` makes. The word table is applied where an answer's token is due and
    nowhere else.
    """
    logits, wanted = answer_logits(model, batch)
    return torch.nn.functional.cross_entropy(logits.float(), wanted)


def answer_logits(model: PreTrainedModel, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits (n, V) at the n places of the batch where an answer's token is due, and those tokens (n,)."""
    due = batch["labels"][:, 1:] != IGNORED
    hidden = hidden_states(model, batch["input_ids"])[:, :-1]
    return bare(model).get_output_embeddings()(hidden[due]), batch["labels"][:, 1:][due]
