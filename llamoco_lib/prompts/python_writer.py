"""A whole problem as Python source, in four styles (paper, App. B, Fig. 5).

- ``numpy``: one function on whole arrays;
- ``loop``: explicit loops that fill temporary variables;
- ``functions``: each part in a function of its own;
- ``generator``: sums as generator expressions over Python's ``math``.

Every source defines ``f(x)`` for x of shape (D,), and with constraints either ``constraints(x)``, which returns
(g, h), or ``g1(x)``, ``h1(x)`` and so on. The data of an instance go by name: shift ``o``, rotation ``M``,
permutation ``p`` (from 0). This module knows nothing of what the numbers of a problem are, nor of LaTeX.
"""

from collections.abc import Callable

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.spec import Component, Problem
from llamoco_lib.prompts import statements
from llamoco_lib.prompts.expression import Expression, Fold, Name, Number, Vector, add, scaled
from llamoco_lib.prompts.python_printer import ArrayPrinter, GeneratorPrinter, LoopPrinter, Printer

D = Name("D")
BODY = "    "
NUMPY = "import numpy as np"


def write(problem: Problem, style: str) -> str:
    """The source of ``problem`` in ``style``. Raises KeyError that names the styles for an unknown one."""
    if style not in STYLES:
        raise KeyError(f"no Python style {style!r}; there are: {', '.join(STYLES)}")
    return STYLES[style](problem)


def _numpy(problem: Problem) -> str:
    objective = []
    for number, component in enumerate(problem.components, 1):
        vector, length, lines = _argument(problem, component)
        printer = ArrayPrinter(length)
        source = printer.text(statements.function(component.function, vector, length))
        given = [f"{name} = {values}" for name, values in printer.needs.items()]
        objective += lines + [line for line in given if line not in objective or lines]
        objective.append(f"f{number} = {source}")
    parts = [Name(f"f{number}") for number in range(1, len(problem.components) + 1)]
    objective = _joined(objective, Printer().text(_total(problem, parts)), len(parts))
    printer = ArrayPrinter(D)
    g, h = ([printer.text(node) for node in group] for group in _constraints(problem))
    needs = [f"{name} = {values}" for name, values in printer.needs.items()]
    blocks = [_function("f(x)", _transform(problem) + objective)]
    if problem.constraints:
        blocks.append(_function("constraints(x)", [*needs, *_lists(g, h)]))
    return _source(problem, NUMPY, blocks)


def _loop(problem: Problem) -> str:
    printer = LoopPrinter()
    parts: list[Expression] = []
    for number, component in enumerate(problem.components, 1):
        vector, length, lines = _argument(problem, component)
        part = statements.function(component.function, vector, length)
        printer.lines += lines
        printer.prepare(part, "")
        if isinstance(part, Fold):
            parts.append(Name(printer.text(part)))
        else:
            printer.lines.append(f"f{number} = {printer.text(part)}")
            parts.append(Name(f"f{number}"))
    objective = _joined(printer.lines, Printer().text(_total(problem, parts)), len(parts))
    blocks = [_function("f(x)", _transform(problem) + objective)]
    if problem.constraints:
        printer = LoopPrinter()
        groups = _constraints(problem)
        for node in groups[0] + groups[1]:
            printer.prepare(node, "")
        g, h = ([printer.text(node) for node in group] for group in groups)
        blocks.append(_function("constraints(x)", printer.lines + _lists(g, h)))
    return _source(problem, NUMPY, blocks)


def _functions(problem: Problem) -> str:
    blocks = []
    transform = _transform(problem)
    hybrid = problem.kind == "hybrid"
    calls: list[Expression] = []
    for number, component in enumerate(problem.components, 1):
        printer = ArrayPrinter(D)
        source = printer.text(statements.function(component.function, Vector("u"), D))
        needs = [f"{name} = {values}" for name, values in printer.needs.items()]
        blocks.append(_function(f"f{number}(u)", [*needs, f"return {source}"], "u"))
        argument = statements.argument(problem) + (_segment(problem, component) if hybrid else "")
        calls.append(Name(f"f{number}({argument})"))
    blocks.append(_function("f(x)", [*transform, f"return {Printer().text(_total(problem, calls))}"]))
    for letter, group in zip("gh", _constraints(problem), strict=True):
        for number, node in enumerate(group, 1):
            printer = ArrayPrinter(D)
            source = printer.text(node)
            needs = [f"{name} = {values}" for name, values in printer.needs.items()]
            blocks.append(_function(f"{letter}{number}(x)", [*needs, f"return {source}"]))
    return _source(problem, NUMPY, blocks)


def _generator(problem: Problem) -> str:
    printer = GeneratorPrinter()
    objective, parts = [], []
    for number, component in enumerate(problem.components, 1):
        vector, length, lines = _argument(problem, component)
        part = statements.function(component.function, vector, length)
        objective += [*lines, f"f{number} = {printer.text(part)}"]
        parts.append(Name(f"f{number}"))
    objective = _joined(objective, Printer().text(_total(problem, parts)), len(parts))
    blocks = [_function("f(x)", _transform_elements(problem) + objective)]
    if problem.constraints:
        g, h = ([printer.text(node) for node in group] for group in _constraints(problem))
        blocks.append(_function("constraints(x)", [f"return [{', '.join(g)}], [{', '.join(h)}]"]))
    names = ", ".join(sorted(printer.needs))
    return _source(problem, f"from math import {names}" if names else "", blocks)


STYLES: dict[str, Callable[[Problem], str]] = {
    "numpy": _numpy,
    "loop": _loop,
    "functions": _functions,
    "generator": _generator,
}


def _constraints(problem: Problem) -> tuple[list[Expression], list[Expression]]:
    groups: dict[str, list[Expression]] = {"inequality": [], "equality": []}
    for constraint in problem.constraints:
        node = statements.constraint(constraint.family, constraint.parameters)
        groups[FAMILIES[constraint.family].kind].append(node)
    return groups["inequality"], groups["equality"]


def _total(problem: Problem, parts: list[Expression]) -> Expression:
    weights = [component.weight for component in problem.components]
    return add(*(scaled(weight, part) for weight, part in zip(weights, parts, strict=True)))


def _transform(problem: Problem) -> list[str]:
    moved = "x" if problem.shift_seed is None else "x - o"
    lines = []
    if problem.rotation_seed is not None:
        lines.append(f"z = M.T @ {'x' if moved == 'x' else f'({moved})'}")
    elif moved != "x":
        lines.append(f"z = {moved}")
    if problem.permutation_seed is not None:
        lines.append(f"y = {'z' if lines else 'x'}[p]")
    return lines


def _transform_elements(problem: Problem) -> list[str]:
    lines = []
    moved = "x[{0}]" if problem.shift_seed is None else "x[{0}] - o[{0}]"
    if problem.rotation_seed is not None:
        factor = moved if problem.shift_seed is None else f"({moved})"
        lines.append(f"z = [sum(M[j][i] * {factor.format('j')} for j in range(D)) for i in range(D)]")
    elif problem.shift_seed is not None:
        lines.append(f"z = [{moved.format('i')} for i in range(D)]")
    if problem.permutation_seed is not None:
        lines.append(f"y = [{'z' if lines else 'x'}[i] for i in p]")
    return lines


def _segment(problem: Problem, component: Component) -> str:
    stop = "" if component.stop == problem.dimension else component.stop
    return f"[{component.start or ''}:{stop}]"


def _argument(problem: Problem, component: Component) -> tuple[Vector, Expression, list[str]]:
    """The vector a component takes, its length, and the line that cuts it out of y in a hybrid."""
    if problem.kind != "hybrid":
        return Vector(statements.argument(problem)), D, []
    cut = f"u = {statements.argument(problem)}{_segment(problem, component)}"
    return Vector("u"), Number(component.stop - component.start), [cut]


def _joined(lines: list[str], result: str, parts: int) -> list[str]:
    """The lines and the return of ``result``; a single part without weight is returned where it is computed."""
    if parts == 1 and result == "f1":
        return [*lines[:-1], f"return {lines[-1].removeprefix('f1 = ')}"]
    return [*lines, f"return {result}"]


def _lists(g: list[str], h: list[str]) -> list[str]:
    return [f"g = [{', '.join(g)}]", f"h = [{', '.join(h)}]", "return g, h"]


def _function(head: str, lines: list[str], argument: str = "x") -> str:
    source = "\n".join(BODY + line for line in lines)
    if "D" in _words(source):
        source = f"{BODY}D = len({argument})\n{source}"
    return f"def {head}:\n{source}"


def _words(source: str) -> set[str]:
    return set("".join(char if char.isalnum() or char == "_" else " " for char in source).split())


def _source(problem: Problem, imports: str, blocks: list[str]) -> str:
    """The imports that the blocks use, a comment on what is given, and the blocks."""
    text = "\n\n".join(blocks)
    given = [
        name
        for name, seed in (
            ("o: shift", problem.shift_seed),
            ("M: rotation", problem.rotation_seed),
            ("p: permutation", problem.permutation_seed),
        )
        if seed is not None
    ]
    head = imports if imports != NUMPY or "np" in _words(text) else ""
    comment = f"# {', '.join(given)}" if given else ""
    return "\n".join(line for line in (head, comment) if line) + ("\n\n" if head or comment else "") + text + "\n"
