"""Parameters of stage 03: how many writings an instance gets, in which styles, and how pairs are split."""

from typing import Literal

import pydantic
from pydantic import Field

from llamoco_lib.params.base import StageConfig


class AugmentationConfig(StageConfig):
    """The writings of each instance and the rules that make pairs of them (paper 3.1 and App. B)."""

    min_writings: int = Field(ge=1)  # fewest writings an instance
    max_writings: int = Field(ge=1)  # most writings an instance, at most one a style
    python_styles: list[str] = Field(min_length=1)  # those of prompts.python_writer.STYLES
    latex_styles: list[str] = Field(min_length=1)  # those of prompts.latex_writer.STYLES
    split_by: Literal[
        "problem", "pair"
    ]  # problem: no instance in train and eval; pair: the paper's split, which leaks
    label: Literal["label", "argmax_label"]  # the good set's first in portfolio order, or the paper's plain argmax
    tokenizers: list[str] = Field(min_length=1)  # token counts are in these; the drop rule uses the first
    max_prompt_tokens: int = Field(ge=1)  # a longer prompt is dropped and counted, never cut
    max_answer_tokens: int = Field(ge=1)  # a train pair with a longer answer is dropped and counted

    @pydantic.model_validator(mode="after")
    def _enough_styles(self) -> "AugmentationConfig":
        styles = len(self.python_styles) + len(self.latex_styles)
        if not self.min_writings <= self.max_writings <= styles:
            raise ValueError(
                f"min_writings = {self.min_writings} and max_writings = {self.max_writings}: valid is "
                f"min_writings <= max_writings <= {styles}, the number of styles"
            )
        return self
