"""A program for a problem of your own: its statement goes in, an optimizer program and its result come out.

This is what the tuned model is for (paper, Figs 7 to 9). The statement is Python source, Python functions, or LaTeX;
with dimension, bounds and budget it becomes the same prompt as in training. The model answers with a program, which runs
confined while the objective is evaluated here. A program that fails gets one repair turn; if that fails too, the
solution says what went wrong and carries no result: nothing is put in its place.
"""

import dataclasses
import inspect
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from llamoco_lib import records, seeds
from llamoco_lib.evaluation import repair
from llamoco_lib.problems.counting import RunResult
from llamoco_lib.programs import generate, runner
from llamoco_lib.programs.confine import Limits
from llamoco_lib.prompts import latex_reader, template
from llamoco_lib.training import store

Bound = float | Sequence[float]
OBJECTIVE_NAMES = ("objective", "f")


class StatementError(ValueError):
    """A problem statement that cannot be read or evaluated; the message says which part, and what would be valid."""


@dataclasses.dataclass(frozen=True, eq=False)
class UserProblem:
    """A user's problem; it meets the ``Evaluator`` protocol of ``problems.evaluator``.

    ``text`` is what the prompt shows. ``point_objective`` maps a point (D,) to a number; ``point_constraints`` maps it to
    (g, h) or is None. ``box_lower`` and ``box_upper`` are one number for all coordinates or D of them.
    """

    id: str
    text: str
    language: str
    dimension: int
    budget: int
    box_lower: Bound
    box_upper: Bound
    point_objective: Callable[[np.ndarray], float]
    point_constraints: Callable[[np.ndarray], tuple] | None
    n_inequality: int
    n_equality: int
    lower: np.ndarray
    upper: np.ndarray

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """f at a point (D,), a float, or at rows (n, D), an array (n,)."""
        if x.ndim == 1:
            return float(self.point_objective(x))
        return np.array([self.point_objective(row) for row in x], dtype=float)

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """g and h at a point (D,): (Mg,), (Mh,); at rows (n, D): (n, Mg), (n, Mh)."""
        if x.ndim == 1:
            return _constraint_values(self.point_constraints, x)
        pairs = [_constraint_values(self.point_constraints, row) for row in x]
        g = np.array([pair[0] for pair in pairs]).reshape(len(x), self.n_inequality)
        h = np.array([pair[1] for pair in pairs]).reshape(len(x), self.n_equality)
        return g, h

    @property
    def prompt(self) -> str:
        """The prompt that the model is given."""
        constrained = self.n_inequality + self.n_equality > 0
        return template.prompt(
            self.text, self.language, self.dimension, self.box_lower, self.box_upper, self.budget, constrained
        )


def read_problem(
    statement: str | Callable,
    dimension: int,
    lower: Bound,
    upper: Bound,
    budget: int,
    *,
    language: str = "python",
    constraints: Callable | None = None,
    data: Mapping[str, np.ndarray] | None = None,
    name: str = "problem",
) -> UserProblem:
    """A user's problem from its statement.

    ``statement`` is Python source that defines ``objective(x)`` (or ``f(x)``) and, with constraints, ``constraints(x)``
    which returns (g, h), feasible where g <= 0 and h = 0; or such functions themselves (``constraints`` is then the
    second one); or, with ``language="latex"``, LaTeX as ``prompts.latex_reader`` takes it. x has shape (D,). ``data``
    holds arrays that the statement uses by name. ``budget`` is in function evaluations (FEs).

    Python source is run in this process, as your own code. Raises StatementError where the statement cannot be
    read, bounds are not in order, or the middle of the box cannot be evaluated.
    """
    box = _box(dimension, lower, upper)
    if budget < 1:
        raise StatementError(f"{name}: budget is {budget} function evaluations; it must be at least 1")
    if callable(statement):
        objective, text = statement, _source(name, statement, constraints)
    elif language == "python":
        objective, constraints = _from_source(name, statement, data or {})
        text = statement
    elif language == "latex":
        objective, constraints = _from_latex(name, statement, dimension, data or {})
        text = statement
    else:
        raise StatementError(f"{name}: language is {language!r}; valid: python, latex")
    n_inequality, n_equality = _tried(name, objective, constraints, (box[0] + box[1]) / 2)
    return UserProblem(
        id=name,
        text=text,
        language=language,
        dimension=dimension,
        budget=budget,
        box_lower=lower,
        box_upper=upper,
        point_objective=objective,
        point_constraints=constraints,
        n_inequality=n_inequality,
        n_equality=n_equality,
        lower=box[0],
        upper=box[1],
    )


def _box(dimension: int, lower: Bound, upper: Bound) -> tuple[np.ndarray, np.ndarray]:
    for side, bound in (("lower", lower), ("upper", upper)):
        if np.size(bound) not in (1, dimension):
            raise StatementError(f"{side} has {np.size(bound)} numbers; valid: one, or {dimension} (the dimension)")
    box = np.full(dimension, lower, float), np.full(dimension, upper, float)
    if not np.all(np.isfinite(box)) or not np.all(box[0] < box[1]):
        raise StatementError(f"bounds are {lower} and {upper}; valid: finite, each lower one below its upper one")
    return box


def _source(name: str, *functions: Callable | None) -> str:
    try:
        sources = [textwrap.dedent(inspect.getsource(function)) for function in functions if function is not None]
    except (OSError, TypeError) as error:
        raise StatementError(f"{name}: no source text for the function ({error}); give its source as a string") from None
    return "\n".join(sources)


def _from_source(name: str, source: str, data: Mapping[str, np.ndarray]) -> tuple[Callable, Callable | None]:
    namespace: dict[str, object] = {"__name__": name, **data}
    try:
        exec(compile(source, f"<{name}>", "exec"), namespace)
    except Exception as error:
        raise StatementError(f"{name}: the Python statement does not run: {type(error).__name__}: {error}") from error
    for candidate in OBJECTIVE_NAMES:
        if callable(namespace.get(candidate)):
            return namespace[candidate], namespace.get("constraints")
    defined = sorted(key for key, value in namespace.items() if inspect.isfunction(value)) or ["none"]
    raise StatementError(f"{name}: no function objective(x) in the statement; it defines: {', '.join(defined)}")


def _constraint_values(constraints: Callable, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    g, h = constraints(x)
    return np.atleast_1d(np.asarray(g, float)), np.atleast_1d(np.asarray(h, float))


def _tried(name: str, objective: Callable, constraints: Callable | None, x: np.ndarray) -> tuple[int, int]:
    """How many constraints of each kind there are, after trying the statement at ``x``."""
    part = "objective"
    try:
        value = objective(x)
        if np.ndim(value) != 0:
            raise StatementError(f"{name}: the objective gave shape {np.shape(value)} for a point; valid: one number")
        float(value)
        part = "constraints"
        g, h = ((), ()) if constraints is None else _constraint_values(constraints, x)
    except StatementError:
        raise
    except Exception as error:
        at = f"the middle of the box, x = {np.round(x, 6).tolist()}"
        raise StatementError(f"{name}: the {part} failed at {at}: {type(error).__name__}: {error}") from error
    return len(g), len(h)
