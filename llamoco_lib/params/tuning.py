"""Parameters of notebook 05: instruction tuning (paper 3.2, App. C) and its learning curve."""

from typing import Literal

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class TuningConfig(StageConfig):
    """How the model is tuned. The paper: 20 epochs, AdamW, 5e-4 after 1,000 steps, cosine to 0, batch 4, S full."""

    backbone: str = Field(min_length=1)  # smollm2-135m, tiny-llama, a folder, or a name on the hub
    warm_up: bool  # start from the warmed-up model of stage 04, or from the plain backbone
    prune_vocabulary: bool  # keep only the tokens that the train pairs use; of the plain backbone
    precision: Literal["auto", "bf16", "fp32"]  # auto: bfloat16 where this machine is fast at it
    method: Literal["full", "lora"]  # all weights, or low-rank adapters
    lora_rank: int = Field(ge=1)  # rank of the adapters
    lora_alpha: float = Field(gt=0.0)  # scaling factor of the adapters
    lora_dropout: float = Field(ge=0.0, lt=1.0)  # dropout of the adapters
    epochs: float = Field(gt=0.0)  # pairs seen in all, in numbers of train pairs
    max_steps: int = Field(ge=0)  # most optimizer steps; 0: as many as the epochs give
    batch_size: int = Field(ge=1)  # pairs a batch
    accumulation: int = Field(ge=1)  # batches an optimizer step
    learning_rate: float = Field(gt=0.0)  # highest, of AdamW
    learning_rate_steps: int = Field(ge=0)  # optimizer steps in which it rises from 0
    schedule: Literal["constant_with_warmup", "linear", "cosine"]  # what follows; the last two go to 0
    weight_decay: float = Field(ge=0.0)  # of AdamW, on matrices
    beta2: float = Field(gt=0.0, lt=1.0)  # of AdamW
    max_gradient_norm: float = Field(gt=0.0)  # longer gradients are scaled down to it
    groups: list[Literal["unconstrained", "constrained"]] = Field(min_length=1)  # of the problems seen and asked
    balanced: bool  # sample by eq. 5
    homogeneous: bool  # batches of one instance's writings (App. C)
    max_tokens: int = Field(ge=16)  # longer pairs are left out and counted
    log_steps: int = Field(ge=1)  # optimizer steps between two rows of the history
    checkpoint_steps: int = Field(ge=0)  # optimizer steps between two checkpoints; 0: none
    eval_pairs: int = Field(ge=0)  # eval pairs behind the eval loss, one a problem
    curve_points: int = Field(ge=1)  # points of the learning curve, the last at the end
    curve_problems: int = Field(ge=1)  # eval problems of each group behind a point
    curve_seeds: int = Field(ge=1)  # runs of each program behind a point
    max_new_tokens: int = Field(ge=1)  # longest answer
    generation_batch: int = Field(ge=1)  # prompts answered together
    wall_seconds: float = Field(gt=0.0)  # limit of one program's run
    memory_megabytes: int = Field(ge=64)  # limit of one program's run
    allow_unconfined: bool  # run programs even where no confinement is to be had
