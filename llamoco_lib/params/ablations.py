"""Parameters of stage 07: which runs of the tuning notebook are repeated, and with what changed."""

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class AblationsConfig(StageConfig):
    """The contrastive warm-up on and off (paper 4.3, Fig. 3 left), each over the same seeds."""

    tuning_params: str = Field(min_length=1)  # params file of stage 05 that every run starts from
    seeds: list[int] = Field(min_length=2)  # one run with and one without warm-up for each
    warm_up_variants: list[bool] = Field(min_length=1)  # settings of the tuning's warm_up that are compared
    overrides: dict[str, bool | int | float | str | list[str]]  # tuning parameters changed in every run, {} for none
    threads: int = Field(ge=1)  # torch threads of one run; jobs runs are at work at once
