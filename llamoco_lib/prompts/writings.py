"""The writings of a problem: which styles there are and which ones an instance gets (paper 3.1, App. B).

This module knows nothing of optimizers or prompts.
"""

import dataclasses
from collections.abc import Sequence
from typing import Literal

from llamoco_lib import seeds
from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts import latex_writer, python_writer

Language = Literal["python", "latex"]
_WRITERS = {"python": python_writer, "latex": latex_writer}
STYLES: tuple[tuple[Language, str], ...] = tuple(
    (language, style) for language, writer in _WRITERS.items() for style in writer.STYLES
)


@dataclasses.dataclass(frozen=True)
class Writing:
    """One way to write a problem: its language, its style and the text of objective and constraints."""

    language: Language
    style: str
    text: str


def write(problem: Problem, language: Language, style: str) -> Writing:
    """``problem`` in one style. Raises KeyError that names the valid ones for an unknown language or style."""
    if language not in _WRITERS:
        raise KeyError(f"no language {language!r}; there are: {', '.join(_WRITERS)}")
    return Writing(language, style, _WRITERS[language].write(problem, style))


def drawn(
    problem: Problem,
    root: int,
    fewest: int,
    most: int,
    python_styles: Sequence[str],
    latex_styles: Sequence[str],
) -> list[Writing]:
    """``fewest`` to ``most`` writings of ``problem`` in different styles, drawn on the instance's own stream.

    With two writings or more both languages are among them. The first one is in any style, each language as likely.
    """
    generator = seeds.generator(root, "writings", problem.id)
    number = int(generator.integers(fewest, most + 1))
    by_language = {
        "python": [("python", style) for style in generator.permutation(python_styles)],
        "latex": [("latex", style) for style in generator.permutation(latex_styles)],
    }
    languages = list(generator.permutation(list(by_language)))
    firsts = [by_language[language].pop(0) for language in languages]
    rest = [chosen for styles in by_language.values() for chosen in styles]
    rest = [rest[place] for place in generator.permutation(len(rest))]
    return [write(problem, language, str(style)) for language, style in (firsts + rest)[:number]]
