"""The statements of a LaTeX problem, sorted into objective, definitions, constraints and bounds, and compiled.

Names may be used before they are defined, so nothing is compiled before all statements are there. This module knows
nothing of how a text is cut into statements.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping

import numpy as np

from llamoco_lib.prompts import latex_vectors
from llamoco_lib.prompts.latex_compiler import Reader, compile_formula
from llamoco_lib.prompts.latex_scope import Evaluate, Names, Rule, Scope, Sequence, Shape, Value
from llamoco_lib.prompts.latex_statements import relations_of
from llamoco_lib.prompts.latex_text import GREEK, LatexError, plain, tokens_of

_NAME = r"\\?[A-Za-z]+'*(?:_(?:\{[^{}]+\}|\w))?"
_LABEL = re.compile(r"^\s*(?:[A-Za-z](?:_\{?\w+\}?)?\s*(?:\(\s*x\s*\))?|\(?[A-Za-z]?\d+\)?)\s*:")
_CALL = re.compile(rf"^\s*({_NAME})\s*(?:\\left)?\(\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*(?:\\right)?\)\s*$")
_TARGET = re.compile(r"^\s*(\\?[A-Za-z]+'*)(?:_(?:\{([^{}]+)\}|(\w)))?\s*$")
_OBJECTIVE = re.compile(r"^\s*([A-Za-z](?:_\{?\w+\}?)?)\s*((?:\\left)?\([^=]*\))?\s*$")
_BOUNDED = re.compile(r"x(?:_(?:\{(\w+)\}|(\w)))?")
Range = tuple[str, str, str]  # an index, its first and its last value


@dataclasses.dataclass(frozen=True)
class _Constraint:
    left: str
    right: str
    relation: str  # \le or =
    ranges: list[Range]
    statement: str


class Document:
    """Collects the statements of a text and compiles them when all names are known."""

    def __init__(self, dimension: int, data: Mapping[str, np.ndarray]):
        self.dimension = dimension
        self.bounds = np.full((2, dimension), np.nan)
        self.values: dict[str, Value] = {"D": dimension, "n": dimension}
        for name, array in data.items():
            array = np.asarray(array)
            self.values[name] = array + 1 if array.dtype.kind in "iu" and array.ndim else array
        self.objective_name = "f"
        self.objectives: list[str] = []
        self.definitions: dict[str, str] = {}  # numbers and whole vectors
        self.elements: dict[str, tuple[tuple[str, ...], str, list[Range]]] = {}  # y_i = ...
        self.functions: dict[str, tuple[tuple[str, ...], str]] = {}
        self.constraints: list[_Constraint] = []
        self.boxes: list[tuple[str, str, list[tuple[str, int]], list[Range]]] = []

    def take(self, statement: str) -> None:
        """Sort one statement in. Raises LatexError where it is none that a problem has."""
        ranges = re.findall(r"@(\w)\|(\w+)\|([^@]*)@", statement)
        statement = re.sub(r"\s*@[^@]*@\s*", " ", statement).strip(" ,")
        if not statement:
            return
        is_objective = statement.startswith(r"\min ")
        statement = _LABEL.sub("", statement.removeprefix(r"\min ") if is_objective else statement).strip()
        if re.match(r"\s*(?:\\text\s*\{\s*)?maximi[sz]e", statement, re.IGNORECASE):
            raise LatexError("the problem is to be minimized; write the objective with the other sign", statement, 0)
        if re.match(r"\\max(?:\s|_\{?x|$)(?!.*(?:\\le|\\ge|[=<>])\s*[-\d.]+\s*$)", statement):
            raise LatexError(
                "the problem is to be minimized; write the objective with the other sign", statement, r"\max"
            )
        sides, relations = relations_of(statement)
        named = _OBJECTIVE.match(sides[0])
        if is_objective and not relations and named and named.group(2):
            self.objective_name = plain(named.group(1))  # "min f(x)": the formula is given elsewhere
        elif is_objective or (relations == ["="] and named and plain(named.group(1)) == self.objective_name):
            self.objectives.append(sides[-1])
        elif r"\in" in relations:
            self._membership(statement, sides, ranges)
        elif not relations:
            raise LatexError("this is neither an objective nor a definition nor a constraint", statement, 0)
        elif relations == ["="] and self._define(sides[0], sides[1], ranges):
            return
        else:
            self._constrain(statement, sides, relations, ranges)

    def _membership(self, statement: str, sides: list[str], ranges: list[Range]) -> None:
        interval = re.fullmatch(r"\[(.*),(.*)\](?:\^\{?[A-Za-z0-9]+\}?)?", sides[1])
        if interval and _BOUNDED.fullmatch(sides[0]):
            low, high = interval.groups()
            self.boxes.append((statement, sides[0], [(low, 0), (high, 1)], ranges))
        elif not re.match(r"^\\mathbb\s*\{?R\}?|^R\b|^\\Re|^\\mathcal\s*\{?R\}?", sides[1]):
            raise LatexError("cannot read this set; valid: [lower, upper] or \\mathbb{R}^D", statement, r"\in")

    def _define(self, left: str, right: str, ranges: list[Range]) -> bool:
        call = _CALL.match(left)
        if call and not call.group(1).startswith("x") and _is_name(call.group(1)):
            parameters = tuple(plain(parameter) for parameter in call.group(2).split(","))
            self._refuse_second(plain(call.group(1)), left, right)
            self.functions[plain(call.group(1))] = (parameters, right)
            return True
        target = _TARGET.match(left)
        if not target or target.group(1) == "x" or not _is_name(target.group(1)):
            return False
        name, script = target.group(1), target.group(2) or target.group(3)
        if name in ("D", "n") and not script and right.strip() == str(self.dimension):
            return True
        indices = tuple(each for each in re.findall(r"\w", script or ""))
        free = {token.text for token in tokens_of(right)} | {index for index, _, _ in ranges} | set("ijkl")
        if script and re.fullmatch(r"[a-z](?:\s*,?\s*[a-z])?", script) and set(indices) <= free:
            self._refuse_second(name, left, right)
            self.elements[name] = (indices, right, ranges)
        else:
            self._refuse_second(plain(left), left, right)
            self.definitions[plain(left)] = right
        return True

    def _refuse_second(self, name: str, left: str, right: str) -> None:
        given = {"D": f"the dimension, {self.dimension}", "n": f"the dimension, {self.dimension}"}.get(name, "data")
        before = "defined before" if name in {*self.definitions, *self.elements, *self.functions} else None
        before = f"given as {given}" if name in self.values else before
        if before:
            raise LatexError(f"{name} is {before}; a name stands for one thing", f"{left} = {right}", 0)

    def _constrain(self, statement: str, sides: list[str], relations: list[str], ranges: list[Range]) -> None:
        is_chain = len(sides) == 3 and relations[0] == relations[1] != "="
        if is_chain and _BOUNDED.fullmatch(sides[1]) and not re.search(r"x(?![A-Za-z])", sides[0] + sides[2]):
            order = (0, 1) if relations[0] == r"\le" else (1, 0)
            self.boxes.append((statement, sides[1], [(sides[0], order[0]), (sides[2], order[1])], ranges))
            return
        is_label = _CALL.match(sides[0]) or re.fullmatch(r"[gh](?:_\{?\w+\}?)?", sides[0])
        if len(sides) == 3 and is_label and relations[0] == "=":  # g_1(x) = ... <= 0
            sides, relations = sides[1:], relations[1:]
        for left, right, relation in zip(sides[:-1], sides[1:], relations, strict=True):
            first, second = (right, left) if relation == r"\ge" else (left, right)
            kind = "=" if relation == "=" else r"\le"
            self.constraints.append(_Constraint(first, second, kind, ranges, statement))

    def finish(self) -> tuple[Callable[[np.ndarray, str], list[np.ndarray]], tuple[int, int]]:
        """The evaluation of all formulas, and how many inequalities and equalities there are."""
        if len(self.objectives) != 1:
            found = "; ".join(self.objectives) or "none"
            raise LatexError(
                f"a problem has one objective, f(x) = ... or \\min ...; found {len(self.objectives)}", found
            )
        names = self._names()
        definitions = self._compiled_definitions(names)
        sequences = {
            name: Sequence(indices, names.shapes[name][0], compile_formula(formula, names, frozenset(indices)))
            for name, (indices, formula, _) in self.elements.items()
        }
        rules = {
            name: Rule(parameters, compile_formula(formula, names))
            for name, (parameters, formula) in self.functions.items()
        }
        formulas: dict[str, list[Evaluate]] = {"objective": [compile_formula(self.objectives[0], names)]}
        formulas[r"\le"], formulas["="] = [], []
        for constraint in self.constraints:
            formulas[constraint.relation] += self._compiled_constraint(constraint, names)
        self._refuse_unused()
        self._bound(names)
        values, key = self.values, {"objective": "objective", "inequality": r"\le", "equality": "="}

        def evaluate(points: np.ndarray, what: str) -> list[np.ndarray]:
            scope = Scope({**values, "x": points}, definitions, sequences, rules)
            with np.errstate(all="ignore"):
                results = [np.asarray(formula(scope), float) for formula in formulas[key[what]]]
            for result in results:
                if result.ndim > 1:
                    raise LatexError(
                        "an objective or constraint is a vector, not a number", "; ".join(self.objectives)
                    )
            return [np.broadcast_to(result, len(points)).copy() for result in results]

        return evaluate, (len(formulas[r"\le"]), len(formulas["="]))

    def _names(self) -> Names:
        shapes: dict[str, Shape] = {name: np.shape(value) for name, value in self.values.items()}
        shapes["x"] = (self.dimension,)
        names = Names(shapes, {name: parameters for name, (parameters, _) in self.functions.items()})
        for name, (indices, _, ranges) in self.elements.items():
            ends = {index: self._end(last, names) for index, _, last in ranges}
            names.shapes[name] = tuple(ends.get(index, self.dimension) for index in indices)
        formulas = {name: formula for name, (_, formula, _) in self.elements.items()} | self.definitions
        formulas |= {f"{name}()": formula for name, (_, formula) in self.functions.items()}
        names.uses = {name: _used(formula) for name, formula in formulas.items()}
        for name in self.functions:
            names.uses[f"{name}()"] |= {
                each for used in list(names.uses[f"{name}()"]) for each in names.uses.get(f"{used}()", ())
            }
        return names

    def _end(self, formula: str, names: Names) -> int:
        return int(compile_formula(formula, names)(Scope(self.values, {}, {}, {})))

    def _compiled_definitions(self, names: Names) -> dict[str, Evaluate]:
        """The definitions, compiled in an order in which the shape of a name is known before it is used."""
        waiting, compiled = dict(self.definitions), {}
        while waiting:
            ready = [name for name in waiting if not names.uses[name] & set(waiting)]
            if not ready:
                name = next(iter(waiting))
                raise LatexError(f"{name} is defined by itself", waiting[name], 0)
            for name in ready:
                formula = waiting.pop(name)
                reader, tokens = Reader(formula, names), tokens_of(formula)
                if latex_vectors.is_linear(reader, tokens):
                    names.shapes[name], compiled[name] = latex_vectors.array(reader, tokens, frozenset())
                else:
                    names.shapes[name], compiled[name] = (), reader.number(tokens, frozenset())
        return compiled

    def _compiled_constraint(self, constraint: _Constraint, names: Names) -> list[Evaluate]:
        """The left less the right side: one formula, one for each value of the ranges, or one for each row."""
        indices = frozenset(index for index, _, _ in constraint.ranges)
        sides, sizes = [], []
        for text in (constraint.left, constraint.right):
            reader, tokens = Reader(text, names), tokens_of(text)
            if latex_vectors.is_linear(reader, tokens):
                shape, value = latex_vectors.array(reader, tokens, indices)
                sides.append(value)
                sizes += shape
            else:
                sides.append(reader.number(tokens, indices))
        if sizes:
            return self._rows(constraint, sides, sizes)
        copies: list[dict[str, int]] = [{}]
        for index, first, last in constraint.ranges:
            ends = [self._end(end, names) for end in (first, last)]
            copies = [{**copy, index: value} for copy in copies for value in range(ends[0], ends[1] + 1)]
        left, right = sides
        if not indices:
            return [lambda scope: left(scope) - right(scope)]
        return [lambda scope, copy=copy: left(inner := scope.within(copy)) - right(inner) for copy in copies]

    def _rows(self, constraint: _Constraint, sides: list[Evaluate], sizes: list[int | None]) -> list[Evaluate]:
        known = {size for size in sizes if size is not None}
        if len(known) != 1:
            raise LatexError(f"the two sides of this have {sizes} rows", constraint.statement, 0)
        left, right = sides

        return [lambda scope, row=row: (left(scope) - right(scope))[..., row] for row in range(known.pop())]

    def _bound(self, names: Names) -> None:
        """The box, from what the text says of single coordinates or of all of them."""
        for statement, name, ends, ranges in self.boxes:
            script = plain(name).partition("_")[2]
            if script.isdigit() and not 1 <= int(script) <= self.dimension:
                raise LatexError(f"{plain(name)} is bounded, but x has 1 to {self.dimension}", statement, name)
            places = slice(int(script) - 1, int(script)) if script.isdigit() else slice(None)
            for index, first, last in ranges:
                if index == script:
                    places = slice(self._end(first, names) - 1, self._end(last, names))
            for text, side in ends:
                reader, tokens = Reader(text, names), tokens_of(text)
                scope = Scope(self.values, {}, {}, {})
                linear = latex_vectors.is_linear(reader, tokens)
                value = (
                    latex_vectors.array(reader, tokens, frozenset())[1]
                    if linear
                    else reader.number(tokens, frozenset())
                )
                self.bounds[side, places] = value(scope)

    def _refuse_unused(self) -> None:
        formulas = [
            *self.objectives,
            *self.definitions.values(),
            *(formula for _, formula, _ in self.elements.values()),
        ]
        formulas += [formula for _, formula in self.functions.values()]
        formulas += [side for constraint in self.constraints for side in (constraint.left, constraint.right)]
        used = plain(" ".join(formulas)).replace(r"\left", "")
        for name, (_, formula) in self.functions.items():
            family = name.rpartition("_")[0]
            called = f"{name}(" in used or (family and re.search(rf"{re.escape(family)}_[a-z]\(", used))
            if not called:
                raise LatexError(f"{name} is defined but never used; a constraint ends in \\le 0 or = 0", formula)


def _is_name(text: str) -> bool:
    base = text.partition("_")[0].rstrip("'").strip()
    return len(base) == 1 or base in GREEK


def _used(formula: str) -> set[str]:
    """The names in a formula, with and without their subscripts."""
    bases = set(re.findall(r"(?:\\[A-Za-z]+|[A-Za-z])'*", formula))
    whole = {
        plain(each) for each in re.findall(_NAME, re.sub(r"(?<![\\A-Za-z])([A-Za-z])(?=[A-Za-z])", r"\1 ", formula))
    }
    return bases | whole
