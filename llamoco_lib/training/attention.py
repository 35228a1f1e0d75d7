"""Causal attention for CPUs, in blocks of queries, for models on transformers' attention interface.

On a CPU with bfloat16 products torch's own attention takes two fifths of a training step, more than it should by the
count of its operations; plain products over the causal blocks take a fifth of that time. The result is the same.
This module knows nothing of what is trained.
"""

import torch
import torch.nn.functional as F
from transformers import PreTrainedModel
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, sdpa_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

NAME = "causal_blocks"
_BLOCK = 128  # queries a block


def causal_blocks(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **_: object,
) -> tuple[torch.Tensor, None]:
    """Attention of ``query`` (B, H, T, d) to ``key`` and ``value`` (B, K, L, d), L >= T, K a divisor of H.

    Without a mask the queries are the last T of the L positions, and causal; else ``attention_mask`` is boolean,
    (B, 1, T, L), True where a query may look. Returns (B, T, H, d), and None for the weights, which nobody asks for.
    """
    batch, heads, new, size = query.shape
    groups, length = key.shape[1], key.shape[2]
    share = heads // groups
    scaling = size**-0.5 if scaling is None else scaling
    query = (query * scaling).reshape(batch * groups, share, new, size)
    turned = key.reshape(batch * groups, length, size).transpose(1, 2)
    value = value.reshape(batch * groups, length, size)
    lowest = torch.finfo(query.dtype).min
    blocks = []
    for start in range(0, new, _BLOCK):
        stop = min(start + _BLOCK, new)
        rows, seen = stop - start, length - new + stop
        scores = torch.bmm(query[:, :, start:stop].reshape(batch * groups, -1, size), turned[:, :, :seen])
        if attention_mask is not None:
            hidden = ~attention_mask[:, :, start:stop, :seen].unsqueeze(2)
            scores = scores.view(batch, groups, share, rows, seen).masked_fill(hidden, lowest)
        elif rows > 1:
            scores = scores.view(batch, groups, share, rows, seen)
            scores[..., seen - rows :] += torch.full((rows, rows), lowest, dtype=query.dtype).triu(1)
        weights = F.dropout(torch.softmax(scores, -1), dropout, module.training)
        product = torch.bmm(weights.view(batch * groups, share * rows, seen), value[:, :seen])
        blocks.append(product.view(batch, heads, rows, size))
    return torch.cat(blocks, 2).transpose(1, 2), None


ALL_ATTENTION_FUNCTIONS.register(NAME, causal_blocks)
ALL_MASK_ATTENTION_FUNCTIONS.register(NAME, sdpa_mask)


def use_blocks(model: PreTrainedModel) -> None:
    """Let ``model`` work with this attention if it is on a CPU and of a kind that takes one; else leave it alone."""
    if (
        model.device.type == "cpu"
        and model._supports_attention_backend
        and model.config._attn_implementation == "sdpa"
    ):
        model.set_attn_implementation(NAME)
