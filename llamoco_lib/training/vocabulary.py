"""A smaller vocabulary for a byte-level BPE backbone: what the texts use, single bytes, the special tokens.

A word table of 49,152 rows is a fifth of the default backbone, and its products a fourth of the work. Texts made of
the kept tokens come out in the same pieces; any other text still does, down to single bytes. Knows nothing of
pairs.
"""

import json
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer, pre_tokenizers
from transformers import PreTrainedModel, PreTrainedTokenizerBase, PreTrainedTokenizerFast


def prunable(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the tokenizer is a byte-level BPE."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return False
    parts = json.loads(backend.to_str())
    return parts["model"].get("type") == "BPE" and "ByteLevel" in json.dumps(parts["pre_tokenizer"])


def kept_ids(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[int]:
    """Ids to keep, ascending: those of ``texts`` with all pieces they are merged from, single bytes, added tokens."""
    backend = tokenizer.backend_tokenizer
    vocabulary = backend.get_vocab()
    parts = {"".join(pair): pair for pair in _merges(json.loads(backend.to_str()))}
    name = {index: token for token, index in vocabulary.items()}
    wanted = {name[i] for ids in tokenizer(list(texts), add_special_tokens=False)["input_ids"] for i in set(ids)}
    stack, seen = list(wanted), set()
    while stack:
        token = stack.pop()
        if token not in seen:
            seen.add(token)
            stack.extend(parts.get(token, ()))
    seen |= set(pre_tokenizers.ByteLevel.alphabet()) & vocabulary.keys()
    seen |= {str(token) for token in tokenizer.added_tokens_decoder.values()}
    return sorted(vocabulary[token] for token in seen)


def prune(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The model with the kept rows of its word tables, changed in place, and a tokenizer of the kept tokens.

    Kept tokens keep their order, so that merges win as before. Raises ValueError if the tokenizer is not
    ``prunable``.
    """
    if not prunable(tokenizer):
        raise ValueError(f"the vocabulary of {tokenizer.name_or_path} is not byte-level BPE; set prune to false")
    keep = kept_ids(tokenizer, texts)
    small = _small_tokenizer(tokenizer, keep)
    rows = torch.tensor(keep)
    old = model.get_input_embeddings().weight.detach().clone()
    head = model.get_output_embeddings()
    old_head, old_bias = head.weight.detach().clone(), None if head.bias is None else head.bias.detach().clone()
    model.resize_token_embeddings(len(keep), mean_resizing=False)
    head = model.get_output_embeddings()
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(old[rows])
        head.weight.copy_(old_head[rows])
        if old_bias is not None:
            head.bias.copy_(old_bias[rows])
    for config in (model.config, model.generation_config):
        for field in ("bos_token_id", "eos_token_id", "pad_token_id"):
            setattr(config, field, getattr(small, field))
    return model, small


def _merges(backend: dict) -> list[tuple[str, str]]:
    """The merges of a tokenizer.json, in order; older files write a pair as one text."""
    return [tuple(merge.split(" ") if isinstance(merge, str) else merge) for merge in backend["model"]["merges"]]


def _small_tokenizer(tokenizer: PreTrainedTokenizerBase, keep: Sequence[int]) -> PreTrainedTokenizerBase:
    """A tokenizer of the kept tokens, with new ids in the old order."""
    backend = json.loads(tokenizer.backend_tokenizer.to_str())
    new = {old: index for index, old in enumerate(keep)}
    model = backend["model"]
    model["vocab"] = {token: new[index] for token, index in model["vocab"].items() if index in new}
    model["merges"] = [list(m) for m in _merges(backend) if {*m, "".join(m)} <= model["vocab"].keys()]
    for token in backend["added_tokens"]:
        token["id"] = new[token["id"]]
    _renumber(backend.get("post_processor"), new)
    special = {key: str(value) for key, value in tokenizer.special_tokens_map.items() if isinstance(value, str)}
    small = PreTrainedTokenizerFast(tokenizer_object=Tokenizer.from_str(json.dumps(backend)), **special)
    small.chat_template = tokenizer.chat_template
    small.model_max_length = tokenizer.model_max_length
    return small


def _renumber(node: object, new: dict[int, int]) -> None:
    """Give the ids in a post-processor their new numbers, in place."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "ids" and isinstance(value, list):
                node[key] = [new[i] for i in value]
            else:
                _renumber(value, new)
    elif isinstance(node, list):
        for value in node:
            _renumber(value, new)
