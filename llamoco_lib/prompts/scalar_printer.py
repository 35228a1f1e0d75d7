"""Expressions as Python source that takes elements one by one: generators over ``math``, or explicit loops.

Indices count from 0, as Python does. This module knows nothing of problems: a vector is a name, its length an
expression.
"""

import dataclasses

from llamoco_lib.prompts.array_printer import element_uses
from llamoco_lib.prompts.expression import Call, Cases, Definition, Element, Expression, Fold, Name, Number, Stated
from llamoco_lib.prompts.expression_tree import children, distance, rebuild, uses, walk
from llamoco_lib.prompts.python_names import Names
from llamoco_lib.prompts.python_printer import Printer

BUILTIN = ("abs", "round")
STEP = "    "


def outer_folds(node: Expression) -> list[Fold]:
    """The outermost folds in ``node``, each once, in reading order."""
    if isinstance(node, Fold):
        return [node]
    found: list[Fold] = []
    for child in children(node):
        found += [fold for fold in outer_folds(child) if fold not in found]
    return found


class ScalarPrinter(Printer):
    """Elements of vectors of length ``length``; a vector that a definition fills has the length it says."""

    def __init__(self, length: Expression):
        self.length = length
        self.lengths: dict[str, Expression] = {}

    def _element(self, node: Element) -> str:
        if node.index == self.lengths.get(node.vector, self.length):
            return f"{node.vector}[-1]"
        return f"{node.vector}[{self.text(node.index - 1)}]"

    def _function(self, name: str) -> str:
        return name if name in BUILTIN else f"{self.module}{name}"

    def span(self, fold: Fold) -> tuple[Fold, str]:
        """The fold with its index as Python counts it, and the source of its range."""
        if element_uses(fold.body, fold.index):
            body = _from_zero(fold.body, fold.index)
            fold = dataclasses.replace(fold, lower=fold.lower - 1, upper=fold.upper - 1, body=body)
        start = "" if fold.lower == Number(0) else f"{self.text(fold.lower)}, "
        return fold, f"range({start}{self.text(fold.upper + 1)})"

    def filling(self, definition: Definition) -> Fold:
        """The definition of a vector as a fold: the same index, range and body."""
        self.lengths[definition.name] = definition.upper
        return Fold("sum", definition.index, Number(1), definition.upper, definition.value)


class GeneratorPrinter(ScalarPrinter):
    """``sum(... for i in range(D))`` and ``prod(...)``, with the names of Python's ``math`` imported; ``needs``
    are those names.
    """

    module = ""

    def __init__(self, length: Expression):
        super().__init__(length)
        self.needs: set[str] = set()

    def lines(self, stated: Stated, start: str) -> list[str]:
        """The lines of a statement: its definitions, and the value after ``start``, such as "f1 = "."""
        lines = []
        for definition in stated.definitions:
            if definition.index is None:
                lines.append(f"{definition.name} = {self.text(definition.value)}")
            else:
                lines.append(f"{definition.name} = [{self._each(self.filling(definition))}]")
        return [*lines, f"{start}{self.text(stated.value)}"]

    def _name(self, text: str) -> str:
        self.needs |= {text} & {"pi", "e"}
        return text

    def _function(self, name: str) -> str:
        if name not in BUILTIN:
            self.needs.add(name)
        return name

    def _fold(self, node: Fold) -> str:
        name = {"sum": "sum", "product": "prod", "max": "max"}[node.kind]
        self.needs |= {name} & {"prod"}
        vector = self._whole(node)
        return f"{name}({vector if vector and isinstance(node.body, Element) else self._each(node)})"

    def _each(self, fold: Fold) -> str:
        vector = self._whole(fold)
        if vector is not None:
            item = Name(f"{vector[0]}i")  # zi for the elements of z, ti for those of t or t2
            return f"{self.text(_item(fold.body, Element(vector, fold.index), item))} for {item.text} in {vector}"
        fold, span = self.span(fold)
        return f"{self.text(fold.body)} for {fold.index.text} in {span}"

    def _whole(self, fold: Fold) -> str | None:
        """The vector whose every element ``fold`` takes once, by its index and by nothing else."""
        own = [node for node in walk(fold.body) if isinstance(node, Element)]
        vectors = {node.vector for node in own if node.index == fold.index}
        plain = sum(node == fold.index for node in walk(fold.body)) == sum(node.index == fold.index for node in own)
        if len(vectors) != 1 or not plain or fold.lower != Number(1):
            return None
        vector = vectors.pop()
        return vector if distance(fold.upper, self.lengths.get(vector, self.length)) == 0 else None


def _from_zero(node: Expression, index: Name) -> Expression:
    """``node`` for an index that counts from 0: index + 1 in place of index, and so -index in place of 1 - index."""
    if node == 1 - index:
        return -index
    return index + 1 if node == index else rebuild(node, lambda child: _from_zero(child, index))


def _item(node: Expression, element: Element, item: Name) -> Expression:
    """``node`` with ``item`` in place of ``element``."""
    return item if node == element else rebuild(node, lambda child: _item(child, element, item))


class LoopPrinter(ScalarPrinter):
    """Every sum, product and maximum filled by a loop into a temporary variable (s1, p1, m1, ...) before its use."""

    def __init__(self, length: Expression, names: Names):
        super().__init__(length)
        self._names = names
        self._variables: dict[Fold, str] = {}

    def lines(self, stated: Stated) -> list[str]:
        """The lines that the value of a statement takes for granted: definitions and loops; ``text`` writes it."""
        lines, waiting = [], []  # neighbouring definitions that are folds wait, to share loops
        for definition in stated.definitions:
            value, name = definition.value, Name(definition.name)
            summed = definition.index is None and isinstance(value, Fold)
            if not summed or any(uses(value, Name(self._variables[fold])) for fold in waiting):
                lines += self.loops(waiting)
                waiting = []
            if summed:
                waiting.append(value)
                self._variables[value] = name.text
            elif definition.index is None:
                lines += [*self.loops([value]), f"{name.text} = {self.text(value)}"]
            else:
                lines += self._vector(definition)
        return lines + self.loops(waiting) + self.loops([stated.value])

    def _vector(self, definition: Definition) -> list[str]:
        fold, span = self.span(self.filling(definition))
        lines = [f"{definition.name} = np.zeros({self.text(definition.upper)})", f"for {fold.index.text} in {span}:"]
        target = f"{definition.name}[{self.text(fold.index)}] = "
        return lines + [STEP + line for line in [*self.loops([fold.body]), *self._assigned(target, fold.body)]]

    def _assigned(self, target: str, value: Expression) -> list[str]:
        if not isinstance(value, Cases):
            return [f"{target}{self.text(value)}"]
        lines, word = [], "if"
        while isinstance(value, Cases):
            lines.append(f"{word} {self.text(value.left)} <= {self.text(value.right)}:")
            lines.append(f"{STEP}{target}{self.text(value.then)}")
            value, word = value.otherwise, "elif"
        return [*lines, "else:", f"{STEP}{target}{self.text(value)}"]

    def loops(self, values: list[Expression]) -> list[str]:
        """The loops that ``values`` take for granted, those over the same range in one."""
        waiting: list[Fold] = []
        for value in values:
            waiting += [fold for fold in outer_folds(value) if fold not in waiting]
        lines = []
        while waiting:
            first = waiting[0]
            group = [fold for fold in waiting if self._range(fold) == self._range(first)]
            waiting = [fold for fold in waiting if fold not in group]
            lines += self._loop(group)
        return lines

    def _range(self, fold: Fold) -> tuple[Name, str]:
        return fold.index, self.span(fold)[1]

    def _loop(self, group: list[Fold]) -> list[str]:
        starts: dict[str, list[str]] = {}
        for fold in group:
            if fold not in self._variables:
                self._variables[fold] = self._names.numbered(fold.kind[0])
            starts.setdefault(_start(fold), []).append(self._variables[fold])
        lines = [f"{' = '.join(names)} = {start}" for start, names in starts.items()]
        lines.append(f"for {group[0].index.text} in {self.span(group[0])[1]}:")
        bodies = [self.span(fold)[0].body for fold in group]
        inner = self.loops(bodies)
        inner += [self._update(fold, body) for fold, body in zip(group, bodies, strict=True)]
        return lines + [STEP + line for line in inner]

    def _update(self, fold: Fold, body: Expression) -> str:
        variable = self._variables[fold]
        if fold.kind == "max":
            return f"{variable} = max({variable}, {self.text(body)})"
        return f"{variable} {'+' if fold.kind == 'sum' else '*'}= {self.text(body)}"

    def _fold(self, node: Fold) -> str:
        return self._variables[node]


def _start(fold: Fold) -> str:
    if fold.kind == "max":
        never_negative = isinstance(fold.body, Call) and fold.body.function == "abs"
        return "0" if never_negative else "-np.inf"
    return "0" if fold.kind == "sum" else "1"
