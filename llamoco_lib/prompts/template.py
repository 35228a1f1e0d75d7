"""The prompt and the answer: how a writing becomes a question, and a program the text of a reply.

The prompt states the Program contract (DESIGN section 4), then the problem, and ends in a fixed order: dimension,
bounds, budget, each printed exactly as the literal that the program carries. This module knows nothing of how a
problem is written, of optimizers or of models.
"""

import ast
import re
from collections.abc import Sequence

LANGUAGES = {"python": "Python", "latex": "LaTeX"}

_TASK = "Write a Python program that minimizes f(x) within the bounds{subject}."
_ENTRY = "It defines optimize(objective, constraints, seed) and returns the best x, of shape (D,)."
_OBJECTIVE = "objective(x) takes shape (D,) or (n, D)"
_UNCONSTRAINED = "constraints is None."
_CONSTRAINED = "constraints(x) returns (g, h), feasible if g <= 0 and h = 0."
_LIMITS = (
    "Dimension, bounds and budget (function evaluations) are constants in it. "
    "Allowed imports: numpy, scipy, sklearn, pypop7, deap, cma."
)
_FENCE = re.compile(r"^[ \t]*```[ \t]*([\w+.-]*)[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.DOTALL | re.MULTILINE)
_PYTHON_TAGS = ("", "python", "python3", "py")


def literal(bound: float | Sequence[float]) -> str:
    """A bound as Python source: ``-5.0``, or ``[-5.0, 0.0]`` where every coordinate has its own."""
    if isinstance(bound, (int, float)):
        return repr(float(bound))
    return repr([float(value) for value in bound])


def prompt(
    problem_text: str,
    language: str,
    dimension: int,
    lower: float | Sequence[float],
    upper: float | Sequence[float],
    budget: int,
    constrained: bool,
) -> str:
    """The whole prompt of one writing.

    ``lower`` and ``upper`` are one number or D of them; ``budget`` is in function evaluations. Raises ValueError
    for a language other than ``python`` and ``latex``, an empty problem text, or bounds of another length than
    ``dimension``.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language of a writing is {language!r}; valid: {', '.join(LANGUAGES)}")
    if not problem_text.strip():
        raise ValueError("the problem text of a prompt is empty; it must state f(x)")
    for name, bound in (("lower", lower), ("upper", upper)):
        if not isinstance(bound, (int, float)) and len(bound) != dimension:
            raise ValueError(f"{name} has {len(bound)} bounds; valid: one number, or {dimension} (the dimension)")
    subject = " subject to the constraints" if constrained else ""
    contract = [
        _TASK.format(subject=subject),
        _ENTRY,
        f"{_OBJECTIVE}; {_CONSTRAINED if constrained else _UNCONSTRAINED}",
        _LIMITS,
    ]
    return "\n".join(
        [
            *contract,
            "",
            f"Problem ({LANGUAGES[language]}):",
            problem_text.strip("\n"),
            "",
            f"Dimension: {int(dimension)}",
            f"Lower bounds: {literal(lower)}",
            f"Upper bounds: {literal(upper)}",
            f"Budget: {int(budget)}",
        ]
    )


def answer(program: str) -> str:
    """The reply that carries ``program``: one fenced block and nothing else."""
    return "```python\n" + program.rstrip("\n") + "\n```"


def extract_program(text: str) -> str | None:
    """The program in a model's reply, or None where there is none.

    It is the first fenced block marked Python or not marked, else the first block of any mark; an opened block
    that never ends is taken to the end of the text. Without a block it is the whole text, if that parses as
    Python and defines, imports or assigns something.
    """
    blocks = [(tag.lower(), body) for tag, body in _FENCE.findall(text)]
    chosen = [body for tag, body in blocks if tag in _PYTHON_TAGS] or [body for _, body in blocks]
    if chosen:
        return chosen[0] if chosen[0].strip() else None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    meaningful = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign)
    return text if any(isinstance(statement, meaningful) for statement in tree.body) else None
