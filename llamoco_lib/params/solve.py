"""Parameters of stage 09: how the tuned model is put to work on a user's own problems."""

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class SolveConfig(StageConfig):
    """One program a problem, generated in one turn, with one repair turn if it fails (paper, Figs 7 to 9)."""

    budget: int = Field(ge=1)  # function evaluations (FEs) that a program may use on each problem
    repetitions: int = Field(ge=1)  # runs of the program, each with its own seed
    max_new_tokens: int = Field(ge=1)  # longest program that is generated, in tokens
    wall_seconds: float = Field(gt=0)  # limit of one run of a program, evaluations included
    memory_megabytes: int = Field(ge=256)  # limit of one run of a program
    allow_unconfined: bool  # run generated code where no confinement backend exists
