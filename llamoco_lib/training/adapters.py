"""Which weights learn: all of them, or low-rank adapters (LoRA, Hu et al., 2022). Knows nothing of data."""

from peft import LoraConfig, get_peft_model
from transformers import PreTrainedModel

METHODS = ("full", "lora")


def adapt(model: PreTrainedModel, method: str, rank: int, alpha: float, dropout: float) -> PreTrainedModel:
    """The model ready to be tuned: as it is with ``full``, with adapters on all its linear layers with ``lora``.

    ``rank``, ``alpha`` (scaling factor) and ``dropout`` are LoRA's. Raises ValueError for another method.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; valid: {', '.join(METHODS)}")
    if method == "full":
        return model
    config = LoraConfig(
        r=rank, lora_alpha=alpha, lora_dropout=dropout, target_modules="all-linear", task_type="CAUSAL_LM"
    )
    return get_peft_model(model, config, autocast_adapter_dtype=False)


def bare(model: PreTrainedModel) -> PreTrainedModel:
    """The model below the adapters, which work in it in place."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model
