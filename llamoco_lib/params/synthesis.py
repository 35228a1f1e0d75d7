"""Parameters of notebook 01: how many instances of which kinds, and what quality control asks of them."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from llamoco_lib.params.base import StageConfig

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class SynthesisConfig(StageConfig):
    """What the problem set P is made of (paper 3.1, A.3, App. C). Counts are of accepted instances."""

    n_unconstrained: int = Field(ge=1)  # train and eval instances without constraints
    n_constrained: int = Field(ge=1)  # train and eval instances with constraints
    n_heldout_unconstrained: int = Field(ge=0)  # instances of held-out functions or dimensions, without constraints
    n_heldout_constrained: int = Field(ge=0)  # the same with constraints, which may be what is held out
    n_reference: int = Field(ge=0)  # labelled instances of each group that are taken from the reference set, to train
    reference_labels: str = Field(min_length=1)  # folder of the reference set
    eval_share: Share  # share of train and eval instances that go to eval, by problem
    dimension_min: int = Field(ge=2)  # smallest D
    dimension_max: int = Field(ge=2, le=1000)  # largest D
    max_components: int = Field(ge=1, le=16)  # K is uniform on 1 .. max_components
    budgets: list[Annotated[int, Field(ge=20)]] = Field(min_length=1)  # FEs, one drawn an instance
    half_widths: list[Annotated[float, Field(gt=0.0)]] = Field(min_length=1)  # of the box, centred at the origin
    rotated_share: Share  # share of instances with a rotation M
    per_coordinate_share: Share  # share of instances of D <= 10 whose bounds differ by coordinate
    max_constraints: int = Field(ge=1, le=6)  # constraints are uniform on 1 .. max_constraints
    equality_share: Share  # share of constrained instances with one equality
    known_optimum_share: (
        Share  # share of constrained instances whose constraints are built around the optimum o itself
    )
    heldout_functions: list[str]  # basic functions that train and eval never show
    heldout_constraints: list[str]  # constraint families that train and eval never show
    heldout_dimensions: list[Annotated[int, Field(ge=2)]]  # dimensions that train and eval never show
    quality_runs: int = Field(ge=1, le=50)  # runs of the search for a feasible point before an instance is rejected
    landscape_instances: int = Field(ge=1)  # instances in the figure of landscape coverage
    landscape_points: int = Field(ge=20)  # sample points a dimension, from which landscape features are computed

    @field_validator("heldout_functions", "heldout_constraints", "heldout_dimensions")
    @classmethod
    def _no_repeats(cls, values: list) -> list:
        if len(set(values)) < len(values):
            raise ValueError(f"{values} names one twice; each may stand once")
        return values

    @model_validator(mode="after")
    def _possible(self) -> "SynthesisConfig":
        if self.dimension_min > self.dimension_max:
            raise ValueError(f"dimension_min {self.dimension_min} is above dimension_max {self.dimension_max}")
        if not set(range(self.dimension_min, self.dimension_max + 1)) - set(self.heldout_dimensions):
            raise ValueError(f"heldout_dimensions {self.heldout_dimensions} leave no dimension to train on")
        novel = self.heldout_functions or self.heldout_dimensions
        if self.n_heldout_unconstrained and not novel:
            wanted = f"n_heldout_unconstrained = {self.n_heldout_unconstrained}"
            raise ValueError(f"{wanted} needs heldout_functions or heldout_dimensions")
        if self.n_heldout_constrained and not (novel or self.heldout_constraints):
            wanted = f"n_heldout_constrained = {self.n_heldout_constrained}"
            raise ValueError(f"{wanted} needs heldout_functions, heldout_constraints or heldout_dimensions")
        return self
