"""Parameters of stage 06: which problems are asked, how programs are generated and run, how metrics are estimated."""

from typing import Literal

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class EvaluationConfig(StageConfig):
    """Tuned model, its backbone and the pool on problems that tuning never saw (paper 4.1, 4.2, App. D)."""

    backbone: str = Field(min_length=1)  # the backbone that tuning started from: smollm2-135m, tiny-llama, or a name
    splits: list[Literal["eval", "heldout"]] = Field(min_length=1)  # problems asked: eval, heldout
    most_problems: int = Field(ge=1)  # at most so many problems of each split and group, the first by id
    backbone_problems: int = Field(ge=1)  # the same for the backbone, whose answers run to the token limit
    prompts_per_problem: int = Field(ge=1)  # writings asked of each problem, drawn by the problem's own seed
    n_seeds: int = Field(ge=1)  # runs of each program, each with its own seed
    repair: bool  # one more turn for a program that failed (Rec.)
    max_new_tokens: int = Field(ge=1)  # longest program that is generated, in tokens
    batch_size: int = Field(ge=1)  # prompts generated at once
    wall_seconds: float = Field(gt=0)  # limit of one run of a program, evaluations included
    memory_megabytes: int = Field(ge=256)  # limit of one run of a program (address space)
    bootstrap_resamples: int = Field(ge=100)  # behind each 95 % interval
    allow_unconfined: bool  # run generated code where no confinement backend exists
