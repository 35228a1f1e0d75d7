"""Parameters of stage 02: which configurations run on every instance, how often, and how a label is decided."""

from typing import Annotated, Literal

from pydantic import Field

from llamoco_lib.params.base import StageConfig


class BenchmarkingConfig(StageConfig):
    """The grid, the seeds of each purpose, and the rule of the good set (DESIGN section 4, "Label")."""

    # pools (paper, extended, portfolio), optimizers, or single configurations such as glpso(NP=20)
    unconstrained: list[str] = Field(min_length=1)
    constrained: list[str] = Field(min_length=1)  # the same for problems with constraints
    # the grid of each optimizer that is named without parentheses, in a pool or by itself
    granularity: Literal["default", "small", "half", "normal", "double"]
    search: Literal["exhaustive", "portfolio"]  # the whole grid on every problem, or a portfolio drawn from it
    portfolio_problems: int = Field(ge=1)  # train problems of each group on which the whole grid runs for a portfolio
    sample_seeds: int = Field(ge=1)  # runs a configuration and problem of that sample
    portfolio_size: int = Field(ge=1)  # configurations that a portfolio keeps for each group
    n_label_seeds: int = Field(ge=1)  # runs a configuration and problem that decide the label
    n_score_seeds: int = Field(ge=1)  # fresh runs a configuration and eval or held-out problem, for reported scores
    reference_factor: int = Field(ge=1)  # budgets of each reference run where no optimum is known in closed form
    fes_caps: dict[str, Annotated[int, Field(ge=1)]]  # slow optimizer -> most FEs of a run that decides a label
    wall_limit: float = Field(gt=0.0)  # seconds after which a run is stopped and counts as no progress
    memory_limit_gib: float = Field(gt=0.0)  # GiB that a run may take beyond its libraries
    good_set_tolerance: float = Field(ge=0.0)  # decades of mean log-regret that make no difference
    good_set_alpha: float = Field(ge=0.0, lt=1.0)  # level of the one-sided Welch test against the best configuration
    # "" for `jobs` processes on this machine, or the address of a dask scheduler, tcp://host:port
    scheduler: str = Field(pattern=r"^$|^(tcp|tls|ws|wss)://\S+:\d+$")
    reference_labels: str = Field(min_length=1)  # folder of the reference set, with the runs on its instances
