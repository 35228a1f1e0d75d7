"""What the names of a LaTeX document stand for: their shapes while formulas are compiled, their values while they are
evaluated.

This module knows nothing of LaTeX but the names.
"""

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from llamoco_lib.prompts.latex_text import LatexError

Value = np.ndarray | float | int  # (n,) for a scalar at n points, (n, m) for a vector, else a number or given data
Evaluate = Callable[["Scope"], Value]
Shape = tuple[int | None, ...]  # () a number, (m,) a vector, (m, k) a matrix; None where a size is not known

_PENDING = object()  # stands for a definition while it is being evaluated


class Names:
    """The names that a formula may use, and their shapes: those given, those defined, the functions, and the
    parameters of functions, whose shape is None.
    """

    def __init__(self, shapes: Mapping[str, Shape], functions: Mapping[str, tuple[str, ...]]):
        self.shapes: dict[str, Shape | None] = dict(shapes)
        self.functions = dict(functions)
        for parameters in functions.values():
            for name in parameters:
                self.shapes.setdefault(name, None)
        self.uses: dict[str, set[str]] = {}  # of a definition: the names in its formula

    def __contains__(self, name: str) -> bool:
        return name in self.shapes

    def shape(self, name: str) -> Shape | None:
        """The shape of a name; None for a parameter."""
        return self.shapes[name]

    def numbered(self, base: str) -> dict[int, str]:
        """The names ``base_0``, ``base_1``, ... by their number."""
        return _numbered(base, self.shapes)

    def numbered_functions(self, base: str) -> dict[int, str]:
        """The functions ``base_0``, ``base_1``, ... by their number."""
        return _numbered(base, self.functions)

    def dependent(self, names: Iterable[str]) -> frozenset[str]:
        """The definitions whose value changes with one of ``names``."""
        found, grown = set(), set(names)
        while grown:
            grown = {each for each, used in self.uses.items() if used & (grown | found) and each not in found}
            found |= grown
        return frozenset(found)

    def listed(self) -> str:
        """The names, for a message."""
        return ", ".join(sorted(self.shapes))


def _numbered(base: str, names: Iterable[str]) -> dict[int, str]:
    ends = {name: name[len(base) + 1 :] for name in names if name.startswith(f"{base}_")}
    return {int(end): name for name, end in ends.items() if end.isdigit()}


class Rule:
    """A function that the text defines: the names of its parameters and its formula."""

    def __init__(self, parameters: tuple[str, ...], evaluate: Evaluate):
        self.parameters = parameters
        self.evaluate = evaluate


class Sequence:
    """A vector that is defined element by element: the names of its indices, its length, and an element's formula."""

    def __init__(self, indices: tuple[str, ...], length: int, element: Evaluate):
        self.indices = indices
        self.length = length
        self.element = element


class Scope:
    """What names stand for while a formula is evaluated: given arrays, definitions (evaluated once, when first asked
    for), elements of sequences, and the indices of the sums around.
    """

    def __init__(
        self,
        values: Mapping[str, Value],
        definitions: Mapping[str, Evaluate],
        sequences: Mapping[str, Sequence],
        rules: Mapping[str, Rule],
    ):
        self.values = dict(values)
        self.definitions = definitions
        self.sequences = sequences
        self.rules = rules
        self.elements: dict[tuple[str, tuple[int, ...]], Value] = {}

    def get(self, name: str) -> Value:
        """The value of ``name``. Raises LatexError where it is defined by itself, or has no value here."""
        if name not in self.values:
            self.values[name] = _PENDING
            if name in self.definitions:
                self.values[name] = self.definitions[name](self)
            elif name in self.sequences:
                length = self.sequences[name].length
                columns = [self.element(name, (place,)) for place in range(1, length + 1)]
                self.values[name] = np.stack(np.broadcast_arrays(*columns), axis=-1)
            else:
                raise LatexError(f"{name} is the argument of a function and has no value outside it", name, 0)
        if self.values[name] is _PENDING:
            raise LatexError("this name is defined by itself", name, 0)
        return self.values[name]

    def element(self, name: str, places: tuple[int, ...]) -> Value:
        """An element of a sequence, indices from 1."""
        key = (name, places)
        if key not in self.elements:
            self.elements[key] = _PENDING
            sequence = self.sequences[name]
            self.elements[key] = sequence.element(self.within(dict(zip(sequence.indices, places, strict=True))))
        if self.elements[key] is _PENDING:
            raise LatexError("this name is defined by itself", name, 0)
        return self.elements[key]

    def within(self, values: Mapping[str, Value], stale: frozenset[str] = frozenset()) -> "Scope":
        """A scope with some names bound anew; what was evaluated before is kept, but for what is ``stale``."""
        scope = Scope(self.values, self.definitions, self.sequences, self.rules)
        scope.values.update(values)
        if stale:
            scope.elements = {key: value for key, value in self.elements.items() if key[0] not in stale}
            for name in stale:
                scope.values.pop(name, None)
        else:
            scope.elements = self.elements
        return scope


def constant(value: float | int) -> Evaluate:
    """A formula that is a number."""
    return lambda scope: value


def integer(value: Value) -> int | None:
    """The integer that an index stands for, or None."""
    if isinstance(value, (int, np.integer)):
        return int(value)
    number = np.asarray(value, float)
    if number.ndim == 0 and math.isclose(number, round(float(number)), abs_tol=1e-9):
        return round(float(number))
    return None


def power(base: Value, exponent: Value) -> Value:
    """base ** exponent in real numbers: nan instead of a complex number, inf instead of a division by zero."""
    if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0:
        return base**exponent
    if np.ndim(base) and isinstance(exponent, int) and 0 <= exponent <= 4:
        return math.prod([base] * exponent, start=1.0)
    return np.power(np.asarray(base, float), exponent)
