"""Parameters of notebook 04: the contrastive warm-up of the backbone (paper 3.2, App. C)."""

from typing import Literal

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class WarmUpConfig(StageConfig):
    """Which backbone, how many triplets, how they are learnt. The paper: 5 epochs, SGD, 5e-4, margin 0.3, batch 4."""

    backbone: str = Field(min_length=1)  # smollm2-135m, tiny-llama, a folder, or a name on the hub
    prune_vocabulary: bool  # keep only the tokens that the train pairs use (byte-level vocabularies)
    precision: Literal["auto", "bf16", "fp32"]  # auto: bfloat16 where this machine is fast at it
    method: Literal["full", "lora"]  # all weights, or low-rank adapters
    lora_rank: int = Field(ge=1)  # rank of the adapters
    lora_alpha: float = Field(gt=0.0)  # scaling factor of the adapters
    lora_dropout: float = Field(ge=0.0, lt=1.0)  # dropout of the adapters
    epochs: float = Field(gt=0.0)  # anchors in all, in numbers of train pairs
    max_steps: int = Field(ge=0)  # most optimizer steps; 0: as many as the epochs give
    batch_size: int = Field(ge=1)  # triplets a step
    learning_rate: float = Field(gt=0.0)  # of SGD, constant
    momentum: float = Field(ge=0.0, lt=1.0)  # of SGD
    margin: float = Field(gt=0.0, le=1.0)  # phi of eq. 4
    max_gradient_norm: float = Field(gt=0.0)  # longer gradients are scaled down to it
    balanced: bool  # sample anchors by eq. 5
    max_tokens: int = Field(ge=16)  # pairs with a longer prompt are left out and counted
    log_steps: int = Field(ge=1)  # steps between two rows of the history
    checkpoint_steps: int = Field(ge=0)  # steps between two checkpoints; 0: none
    latent_problems: int = Field(ge=2)  # eval problems whose latents are drawn before and after
