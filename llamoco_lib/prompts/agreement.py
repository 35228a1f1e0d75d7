"""Whether a writing says what its problem says: both evaluated at the same points, to what rounding allows.

This module knows nothing of how writings are made; Python is run, LaTeX is read by ``latex_reader``.
"""

import numpy as np

from llamoco_lib.problems import transforms
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts import latex_reader, python_writer
from llamoco_lib.prompts.writings import Writing

TOLERANCE = 1e-9  # relative to the value
STEP = 1e-13  # relative change of a point whose effect on a value is rounding's: about a thousand units of it
DIRECTIONS = 4  # changed points for each point

Values = tuple[np.ndarray, np.ndarray, np.ndarray]  # f (n,), g (n, Mg), h (n, Mh)


def values(problem: Problem, writing: Writing, points: np.ndarray) -> Values:
    """What ``writing`` of ``problem`` says at ``points`` (n, D)."""
    data = transforms.data(problem)
    if writing.language == "latex":
        read = latex_reader.read(writing.text, problem.dimension, problem.lower, problem.upper, problem.budget, data)
        return (np.asarray(read.objective(points)), *map(np.asarray, read.constraints(points)))
    objective, constraints = python_writer.load(writing.text, writing.style, problem, data)
    g, h = zip(*map(constraints, points), strict=True)
    return np.array([objective(x) for x in points]), np.array(g, float), np.array(h, float)


def expected(problem: Problem, points: np.ndarray) -> tuple[Values, Values]:
    """What the evaluator says at ``points`` (n, D), and by how much another's rounding may differ from it.

    The margin is TOLERANCE of the value, and the largest change of the value when every coordinate of the point moves
    by STEP of itself: where a function is ill-conditioned (cos of 10^8, a difference of large sums), two correct
    programs differ by more than any fixed tolerance would allow.
    """
    evaluator = evaluator_of(problem)
    exact = (evaluator.objective(points), *evaluator.constraints(points))
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(DIRECTIONS, *points.shape))
    margins = [TOLERANCE * np.abs(value) for value in exact]
    for sign in signs:
        moved = points * (1.0 + STEP * sign)
        changed = (evaluator.objective(moved), *evaluator.constraints(moved))
        margins = [
            np.maximum(margin, TOLERANCE * np.abs(value) + np.abs(other - value))
            for margin, value, other in zip(margins, exact, changed, strict=True)
        ]
    return exact, tuple(margins)


def mismatch(problem: Problem, writing: Writing, points: np.ndarray, reference: tuple[Values, Values]) -> str | None:
    """The first value of ``writing`` that differs from ``reference``, what ``expected`` gives; None if none does."""
    for what, got, want, margin in zip("fgh", values(problem, writing, points), *reference, strict=True):
        if got.shape != want.shape and got.size != want.size:
            return f"{what} of {writing.language} {writing.style} has shape {got.shape}, the evaluator's {want.shape}"
        wrong = np.argwhere(~(np.abs(got.reshape(want.shape) - want) <= margin))
        if len(wrong):
            place = tuple(int(each) for each in wrong[0])
            return (
                f"{what}{list(place)} of {writing.language} {writing.style} is {got.reshape(want.shape)[place]!r}, "
                f"the evaluator's {want[place]!r}, margin {margin[place]!r}"
            )
    return None
