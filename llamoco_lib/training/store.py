"""Models on disk: a folder with safetensors and tokenizer, renamed into place. Knows nothing of how they are made."""

import os
import shutil
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from llamoco_lib import records
from llamoco_lib.training import backbones, precision


def save_model(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: str | Path) -> Path:
    """Write model and tokenizer into ``folder``, which is replaced; return it.

    A model with LoRA adapters comes with their weights merged in, and the adapters beside it in ``adapter``.
    """
    folder = records.resolve(folder)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    logging.disable_progress_bar()
    if hasattr(model, "merge_and_unload"):
        model.save_pretrained(temporary / "adapter")
        model = model.merge_and_unload()
    model.save_pretrained(temporary)
    tokenizer.save_pretrained(temporary)
    if folder.exists():
        shutil.rmtree(folder)
    temporary.rename(folder)
    return folder


def load_model(folder: str | Path, number_format: str = "auto") -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Model and tokenizer of a folder that ``save_model`` wrote, on torch's device, in evaluation mode.

    Raises FileNotFoundError if there is no model in it.
    """
    folder = records.resolve(folder)
    if not (folder / "config.json").exists():
        raise FileNotFoundError(f"no model in {folder}; run the stage that writes it first")
    logging.disable_progress_bar()
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=precision.dtype(number_format))
    return backbones.placed(model).eval(), AutoTokenizer.from_pretrained(folder)
