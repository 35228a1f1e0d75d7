"""Parameters of stage 08: which realistic problems, in which languages, against how much of the pool."""

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class RealisticConfig(StageConfig):
    """Zero-shot test on realistic problems (paper 4.2, Table 3)."""

    problems: list[str] = Field(min_length=1)  # ids of problems.realistic.PROBLEMS
    languages: list[str] = Field(min_length=1)  # writings to prompt with: python, latex (where a problem has one)
    budget_factor: float = Field(gt=0, le=1000)  # times each problem's own budget in function evaluations (FEs)
    pool_configurations: int = Field(ge=1)  # how many of the portfolio's configurations, in its order
    selection_seeds: int = Field(ge=1)  # runs a configuration by which the best of the pool (VBS) is chosen
    score_seeds: int = Field(ge=1)  # fresh runs a program or configuration by which it is scored
    backbone: str = Field(min_length=1)  # the backbone that tuning started from: smollm2-135m, tiny-llama, or a name
    repair: bool  # one more turn for a program of the tuned model that failed (Rec.); the backbone has one turn
    max_new_tokens: int = Field(ge=1)  # longest program that is generated, in tokens
    backbone_new_tokens: int = Field(ge=1)  # the same for the backbone, whose answers mostly run to the limit
    batch_size: int = Field(ge=1)  # prompts generated at once
    wall_seconds: float = Field(gt=0)  # limit of one run of a program, evaluations included
    memory_megabytes: int = Field(ge=256)  # limit of one run of a program
    bootstrap_resamples: int = Field(ge=100)  # behind each 95 % interval
    allow_unconfined: bool  # run generated code where no confinement backend exists
