"""A user's own problem: Python source, Python functions or LaTeX, as an evaluator and as a prompt.

Whatever is wrong with a statement is said before any model is asked: it is read, and tried in the middle of the box.
Python source is run in this process, as the user's own code. This module knows nothing of models and programs.
"""

import dataclasses
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from llamoco_lib.problems.evaluator import Evaluator
from llamoco_lib.prompts import latex_reader, template

Bound = float | Sequence[float]
OBJECTIVE_NAMES = ("objective", "f")


class StatementError(ValueError):
    """A problem statement that cannot be read or evaluated; the message says which part, and what would be valid."""


@dataclasses.dataclass(frozen=True, eq=False)
class PointEvaluator:
    """A user's Python functions of one point, as the ``Evaluator`` protocol of ``problems.evaluator``.

    ``point_objective`` maps (D,) to a number, ``point_constraints`` maps (D,) to (g, h), each a list or an array.
    """

    id: str
    dimension: int
    budget: int
    lower: np.ndarray
    upper: np.ndarray
    point_objective: Callable[[np.ndarray], float]
    point_constraints: Callable[[np.ndarray], tuple] | None
    n_inequality: int = 0
    n_equality: int = 0

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """f at a point (D,), a float, or at rows (n, D), an array (n,)."""
        if x.ndim == 1:
            return float(self.point_objective(x))
        return np.array([float(self.point_objective(row)) for row in x])

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """g and h at a point (D,): (Mg,), (Mh,); at rows (n, D): (n, Mg), (n, Mh)."""
        if x.ndim == 1:
            return _constraint_values(self.point_constraints, x)
        pairs = [_constraint_values(self.point_constraints, row) for row in x]
        g = np.array([pair[0] for pair in pairs]).reshape(len(x), self.n_inequality)
        h = np.array([pair[1] for pair in pairs]).reshape(len(x), self.n_equality)
        return g, h


def _constraint_values(constraints: Callable | None, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    g, h = ((), ()) if constraints is None else constraints(x)
    return np.atleast_1d(np.asarray(g, float)), np.atleast_1d(np.asarray(h, float))


@dataclasses.dataclass(frozen=True, eq=False)
class UserProblem:
    """A user's problem: what the prompt shows, and the evaluator that its programs run on."""

    name: str
    text: str
    language: str
    lower: Bound
    upper: Bound
    evaluator: Evaluator

    @property
    def prompt(self) -> str:
        """The prompt that the model is given."""
        own = self.evaluator
        constrained = own.n_inequality + own.n_equality > 0
        return template.prompt(
            self.text, self.language, own.dimension, self.lower, self.upper, own.budget, constrained
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

    ``statement`` is Python source that defines ``objective(x)`` (or ``f(x)``) and, if need be, ``constraints(x)``
    which returns (g, h), feasible where g <= 0 and h = 0; or an objective function itself, with ``constraints`` as a
    second one; or, with ``language="latex"``, LaTeX as ``prompts.latex_reader`` takes it. x has shape (D,). ``data``
    holds arrays that the statement uses by name. ``budget`` is in function evaluations (FEs).

    Python source is run in this process, as your own code. Raises StatementError where the statement cannot be read,
    the bounds are not in order, or the middle of the box cannot be evaluated.
    """
    box = _box(name, dimension, lower, upper)
    if budget < 1:
        raise StatementError(f"{name}: budget is {budget} function evaluations; it must be at least 1")
    data = dict(data or {})
    if language == "latex":
        text = statement
        try:
            evaluator = latex_reader.read(text, dimension, lower, upper, budget, data, name)
        except ValueError as error:
            raise StatementError(f"{name}: the LaTeX statement cannot be read: {error}") from error
    elif language == "python":
        if callable(statement):
            objective, text = statement, _source(name, statement, constraints)
        else:
            (objective, constraints), text = _from_source(name, statement, data), statement
        evaluator = PointEvaluator(name, dimension, budget, *box, objective, constraints)
    else:
        raise StatementError(f"{name}: language is {language!r}; valid: python, latex")
    counts = _tried(evaluator)
    if language == "python":
        evaluator = dataclasses.replace(evaluator, n_inequality=counts[0], n_equality=counts[1])
    return UserProblem(name, text, language, lower, upper, evaluator)


def _box(name: str, dimension: int, lower: Bound, upper: Bound) -> tuple[np.ndarray, np.ndarray]:
    for side, bound in (("lower", lower), ("upper", upper)):
        if np.ndim(bound) > 0 and len(bound) != dimension:
            raise StatementError(
                f"{name}: {side} has {len(bound)} numbers; valid: one, or {dimension} (the dimension)"
            )
    box = np.full(dimension, lower, float), np.full(dimension, upper, float)
    if not np.all(np.isfinite(box)) or not np.all(box[0] < box[1]):
        raise StatementError(
            f"{name}: bounds are {lower} and {upper}; valid: finite, each lower one below its upper one"
        )
    return box


def _source(name: str, *functions: Callable | None) -> str:
    try:
        return "\n".join(
            textwrap.dedent(inspect.getsource(function)) for function in functions if function is not None
        )
    except (OSError, TypeError) as error:
        raise StatementError(f"{name}: no source text of a function ({error}); give its source as a string") from None


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
    raise StatementError(f"{name}: no function objective(x) in the statement; its functions: {', '.join(defined)}")


def _tried(evaluator: Evaluator) -> tuple[int, int]:
    """How many constraints of each kind there are, after trying the statement in the middle of the box."""
    x, part = (evaluator.lower + evaluator.upper) / 2, "objective"
    try:
        evaluator.objective(x)
        part = "constraints"
        g, h = evaluator.constraints(x)
    except Exception as error:
        where = f"x = {np.round(x, 6).tolist()}, the middle of the box"
        raise StatementError(
            f"{evaluator.id}: the {part} failed at {where}: {type(error).__name__}: {error}"
        ) from error
    return len(g), len(h)
