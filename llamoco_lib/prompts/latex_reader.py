"""A problem in LaTeX, ours or written by hand, as an evaluator: an objective and constraints that can be called.

The text is cut into statements: the objective, definitions of vectors (``z = M^T (x - o)``, ``y_i = z_{p_i}``),
of functions (``f_1(u) = ...``) and of numbers, constraints, bounds. The decision vector is ``x``, the dimension
``D`` or ``n``, indices count from 1. Nothing is guessed: what has no reading or two raises LatexError, which
points at the token. This module knows nothing of the writers, so that it tests them independently.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from llamoco_lib.prompts.latex_compiler import Evaluate, Rule, Scope, Value, compile_expression
from llamoco_lib.prompts.latex_statements import relations_of, statements
from llamoco_lib.prompts.latex_text import LatexError, plain

_NUMBER = r"[-+]?\s*\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_LABEL = re.compile(r"^\s*[A-Za-z](?:_\{?\w+\}?)?\s*(?:\(\s*x\s*\))?\s*:")
_CALL = re.compile(r"^\s*([A-Za-z](?:_\{?\w+\}?)?)\s*(?:\\left)?\(([^()]*?)(?:\\right)?\)\s*$")
_TARGET = re.compile(r"^\s*(\\?[A-Za-z]+)(?:_(?:\{([^{}]+)\}|(\w)))?\s*$")


@dataclasses.dataclass(frozen=True)
class LatexProblem:
    """A problem read from LaTeX; it meets the Evaluator protocol of ``problems.evaluator``."""

    id: str
    dimension: int
    budget: int
    lower: np.ndarray
    upper: np.ndarray
    n_inequality: int
    n_equality: int
    _evaluate: Callable[[np.ndarray, str], list[np.ndarray]] = dataclasses.field(repr=False)

    def objective(self, x: np.ndarray) -> float | np.ndarray:
        """f at one point (D,) as a float, or at n points (n, D) as (n,)."""
        points = self._points(x)
        values = self._evaluate(points, "objective")[0]
        return float(values[0]) if np.ndim(x) == 1 else values

    def constraints(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(g, h) at one point, (Mg,) and (Mh,), or at n points, (n, Mg) and (n, Mh)."""
        points = self._points(x)
        g, h = (
            np.stack(columns, axis=1) if columns else np.empty((len(points), 0))
            for columns in (self._evaluate(points, "inequality"), self._evaluate(points, "equality"))
        )
        return (g[0], h[0]) if np.ndim(x) == 1 else (g, h)

    def _points(self, x: np.ndarray) -> np.ndarray:
        points = np.atleast_2d(np.asarray(x, float))
        if points.ndim != 2 or points.shape[1] != self.dimension:
            raise ValueError(f"x has shape {np.shape(x)}; valid: ({self.dimension},) or (n, {self.dimension})")
        return points


def read(
    text: str,
    dimension: int,
    lower: float | Sequence[float] | None = None,
    upper: float | Sequence[float] | None = None,
    budget: int = 1000,
    data: Mapping[str, np.ndarray] | None = None,
    id: str = "latex",
) -> LatexProblem:
    """The problem that ``text`` states.

    ``lower`` and ``upper`` are one number or D; where None they are taken from the text (``-5 \\le x_i \\le 5``
    or ``x_i \\in [-5, 5]``). ``data`` are the arrays that the text uses by name; an integer array holds positions
    from 0, as in Python, and is read as positions from 1. Raises LatexError for what cannot be read, and
    ValueError for missing bounds.
    """
    document = _Document(dimension, data or {})
    for statement in statements(text):
        document.take(statement)
    box = []
    for side, given in enumerate((lower, upper)):
        bound = document.bounds[side] if given is None else np.full(dimension, given, float)
        if np.isnan(bound).any():
            name = ("lower", "upper")[side]
            raise ValueError(
                f"the text gives no {name} bound for every coordinate; pass {name}, or write -5 \\le x_i \\le 5"
            )
        box.append(bound)
    evaluate, counts = document.finish()
    problem = LatexProblem(id, dimension, budget, box[0], box[1], *counts, evaluate)
    middle = (box[0] + box[1]) / 2
    problem.objective(middle)  # shows an index out of range or a vector without end before anything is run
    problem.constraints(middle)
    return problem


class _Document:
    """Collects the statements of a text and compiles them when all names are known."""

    def __init__(self, dimension: int, data: Mapping[str, np.ndarray]):
        self.dimension = dimension
        self.bounds = np.full((2, dimension), np.nan)
        self.values: dict[str, Value] = {"D": dimension, "n": dimension}
        for name, array in data.items():
            array = np.asarray(array)
            self.values[name] = array + 1 if array.dtype.kind in "iu" else array
        self.objectives: list[str] = []
        self.vectors: dict[str, str] = {}  # z = M^T (x - o)
        self.elements: dict[str, tuple[str, str]] = {}  # y_i = ...: index and formula
        self.numbers: dict[str, str] = {}
        self.functions: dict[str, tuple[tuple[str, ...], str]] = {}
        self.constraints: list[tuple[str, str, str, list[tuple[str, str, str]]]] = []

    def take(self, statement: str) -> None:
        """Sort one statement in. Raises LatexError where it is none that a problem has."""
        ranges = re.findall(r"@(\w)\|(\w+)\|([^@]*)@", statement)
        statement = re.sub(r"\s*@[^@]*@\s*", " ", statement).strip(" ,")
        if not statement:
            return
        is_objective = statement.startswith(r"\min ")
        statement = _LABEL.sub("", statement.removeprefix(r"\min ")).strip()
        if re.match(r"\\max(?![a-z(])", statement):
            raise LatexError(
                "the problem is to be minimized; write the objective with the other sign", statement, r"\max"
            )
        sides, relations = relations_of(statement)
        if is_objective or (relations == ["="] and re.match(r"^f\s*(\(|\\left|$)", sides[0])):
            self.objectives.append(sides[-1])
        elif r"\in" in relations:
            self._membership(statement, sides)
        elif not relations:
            raise LatexError("this is neither an objective nor a definition nor a constraint", statement, 0)
        elif relations == ["="] and self._define(sides[0], sides[1]):
            return
        else:
            self._constrain(statement, sides, relations, ranges)

    def _membership(self, statement: str, sides: list[str]) -> None:
        interval = re.fullmatch(rf"\[\s*({_NUMBER})\s*,\s*({_NUMBER})\s*\](?:\^\{{?[A-Za-z0-9]+\}}?)?", sides[1])
        if interval and re.fullmatch(r"x(_\{?\w+\}?)?", sides[0]):
            self._bound(statement, sides[0], *(float(each.replace(" ", "")) for each in interval.groups()))
        elif not re.match(r"^\\mathbb\s*\{?R\}?|^R\b|^\\Re", sides[1]):
            raise LatexError("cannot read this set; valid: [lower, upper] or \\mathbb{R}^D", statement, r"\in")

    def _bound(self, statement: str, name: str, lower: float, upper: float) -> None:
        script = plain(name).partition("_")[2]
        if script.isdigit() and not 1 <= int(script) <= self.dimension:
            raise LatexError(f"{plain(name)} is bounded, but x has 1 to {self.dimension}", statement, name)
        places = slice(int(script) - 1, int(script)) if script.isdigit() else slice(None)
        self.bounds[0, places], self.bounds[1, places] = lower, upper

    def _define(self, left: str, right: str) -> bool:
        call = _CALL.match(left)
        if call:
            arguments = tuple(plain(argument) for argument in call.group(2).split(","))
            self.functions[plain(call.group(1))] = (arguments, right)
            return True
        target = _TARGET.match(left)
        if not target or target.group(1) == "x":
            return False
        name, script = target.group(1), target.group(2) or target.group(3)
        if script and re.fullmatch("[a-z]", script):
            self.elements[name] = (script, right)
        elif script:
            self.numbers[plain(left)] = right
        elif self._is_vector(right):
            self.vectors[name] = right
        else:
            self.numbers[name] = right
        return True

    def _is_vector(self, formula: str) -> bool:
        """Whether a formula names a whole vector or matrix outside any function and without a subscript."""
        names = {"x", *self.vectors, *self.elements, *(name for name, value in self.values.items() if np.ndim(value))}
        letters = re.findall(
            r"(?<![A-Za-z\\_])([A-Za-z])(?![A-Za-z_])", re.sub(r"_\{[^{}]*\}|_\w|\\[A-Za-z]+", "_", formula)
        )
        return "\\sum" not in formula and any(letter in names for letter in letters)

    def _constrain(self, statement: str, sides: list[str], relations: list[str], ranges: list) -> None:
        if len(sides) == 3:
            numbers = [re.fullmatch(_NUMBER, side) for side in (sides[0], sides[2])]
            if all(numbers) and relations[0] == relations[1] != "=" and re.fullmatch(r"x(_(\{\w+\}|\w))?", sides[1]):
                ends = sorted(float(side.replace(" ", "")) for side in (sides[0], sides[2]))
                self._bound(statement, sides[1], *ends)
                return
            if _CALL.match(sides[0]) and relations[0] == "=":  # g_1(x) = ... <= 0
                sides, relations = sides[1:], relations[1:]
        for left, right, relation in zip(sides[:-1], sides[1:], relations, strict=True):
            first, second = (right, left) if relation == r"\ge" else (left, right)
            self.constraints.append((first, second, "=" if relation == "=" else r"\le", ranges))

    def finish(self) -> tuple[Callable[[np.ndarray, str], list[np.ndarray]], tuple[int, int]]:
        """The evaluation of all formulas, and how many inequalities and equalities there are."""
        if len(self.objectives) != 1:
            found = "; ".join(self.objectives) or "none"
            raise LatexError(
                f"a problem has one objective, f(x) = ... or \\min ...; found {len(self.objectives)}", found
            )
        names = {"x", *self.values, *self.vectors, *self.elements, *self.numbers}
        known = frozenset(names | {f"{name}()" for name in self.functions})
        definitions: dict[str, Evaluate] = {}
        for name, formula in self.vectors.items():
            definitions[name] = _vector(formula, known)
        for name, (index, formula) in self.elements.items():
            definitions[name] = self._stack(index, compile_expression(formula, known, frozenset(index)))
        for name, formula in self.numbers.items():
            definitions[name] = compile_expression(formula, known)
        rules = {
            name: Rule(arguments, compile_expression(formula, known | frozenset(arguments)))
            for name, (arguments, formula) in self.functions.items()
        }
        formulas: dict[str, list[Evaluate]] = {"objective": [compile_expression(self.objectives[0], known)]}
        formulas["inequality"], formulas["equality"] = self._compiled_constraints(known)
        self._refuse_unused()
        values = self.values

        def evaluate(points: np.ndarray, what: str) -> list[np.ndarray]:
            scope = Scope({**values, "x": points}, definitions, rules)
            with np.errstate(all="ignore"):
                results = [np.asarray(formula(scope), float) for formula in formulas[what]]
            for result in results:
                if result.ndim > 1:
                    raise LatexError(
                        "an objective or constraint is a vector, not a number", "; ".join(self.objectives)
                    )
            return [np.broadcast_to(result, len(points)).copy() for result in results]

        return evaluate, (len(formulas["inequality"]), len(formulas["equality"]))

    def _stack(self, index: str, element: Evaluate) -> Evaluate:
        def vector(scope: Scope) -> np.ndarray:
            columns = [element(scope.within(**{index: place})) for place in range(1, self.dimension + 1)]
            return np.stack(np.broadcast_arrays(*columns), axis=-1)

        return vector

    def _compiled_constraints(self, known: frozenset[str]) -> tuple[list[Evaluate], list[Evaluate]]:
        groups: dict[str, list[Evaluate]] = {r"\le": [], "=": []}
        for left, right, relation, ranges in self.constraints:
            indices = frozenset(index for index, _, _ in ranges)
            sides = [compile_expression(side, known, indices) for side in (left, right)]
            copies: list[dict[str, int]] = [{}]
            for index, first, last in ranges:
                scope = Scope(self.values, {}, {})
                ends = [int(compile_expression(end, known)(scope)) for end in (first, last)]
                copies = [{**copy, index: value} for copy in copies for value in range(ends[0], ends[1] + 1)]
            for copy in copies:
                groups[relation].append(
                    lambda scope, sides=sides, copy=copy: (
                        (inner := scope.within(**copy)) and sides[0](inner) - sides[1](inner)
                    )
                )
        return groups[r"\le"], groups["="]

    def _refuse_unused(self) -> None:
        formulas = [*self.objectives, *self.vectors.values(), *self.numbers.values()]
        formulas += [formula for _, formula in [*self.elements.values(), *self.functions.values()]]
        formulas += [side for constraint in self.constraints for side in constraint[:2]]
        used = plain(" ".join(formulas))
        for name, (_, formula) in self.functions.items():
            if f"{name}(" not in used.replace(r"\left", ""):
                raise LatexError(f"{name} is defined but never used; a constraint ends in \\le 0 or = 0", formula)


def _vector(formula: str, known: frozenset[str]) -> Evaluate:
    """A vector as a sum of terms: a name, a difference in brackets, or a matrix (transposed or not) times one of
    them.
    """
    text = re.sub(r"\\left|\\right|\\cdot|\\times|\s", "", formula)
    term = r"([-+]?)(?:([A-Za-z])(?:\^\{?(T|\\top|\\intercal)\}?)?(?=[(A-Za-z]))?(?:\(([^()]*)\)|([A-Za-z](?:_\w)?))"
    terms = list(re.finditer(term, text))
    if "".join(match.group() for match in terms) != text or not terms:
        raise LatexError(
            "cannot read this vector; valid: z = x - o, z = M^T (x - o), or element by element z_i = ...", formula, 0
        )
    parts: list[tuple[float, str | None, bool, Evaluate]] = []
    for match in terms:
        sign, matrix, transposed, inner, name = match.groups()
        for each in (matrix, name):
            if each and each not in known:
                raise LatexError(f"{each} is not defined; known here: {', '.join(sorted(known))}", formula, each)
        vector = _vector(inner, known) if inner else _named(name)
        parts.append((-1.0 if sign == "-" else 1.0, matrix, bool(transposed), vector))

    def evaluate(scope: Scope) -> np.ndarray:
        total: Value = 0.0
        for sign, matrix, transposed, vector in parts:
            value = vector(scope)
            if matrix:
                value = value @ (scope.get(matrix) if transposed else scope.get(matrix).T)
            total = total + sign * value
        return total

    return evaluate


def _named(name: str) -> Evaluate:
    return lambda scope: scope.get(name)
