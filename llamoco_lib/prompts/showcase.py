"""The writings of one basic function, as the paper shows them on the Katsuura function (App. B, Figs 4 and 5)."""

from llamoco_lib.problems.spec import Component, Problem
from llamoco_lib.prompts.writings import STYLES, Language, write


def instance(function: str, dimension: int = 10) -> Problem:
    """The shifted and rotated basic function alone, in the box [-5, 5]."""
    return Problem(
        id=function,
        kind="basic",
        dimension=dimension,
        lower=-5.0,
        upper=5.0,
        components=(Component(function),),
        budget=1000,
        shift_seed=1,
        rotation_seed=1,
    )


def writings(function: str, language: Language) -> dict[str, str]:
    """The text of ``function`` in every style of ``language``, by style."""
    return {style: write(instance(function), language, style).text for each, style in STYLES if each == language}
