"""The six ways to write a whole problem as Python source under our own names (paper, App. B, Fig. 5).

Every style gives the head lines (an import, or nothing) and the blocks of a source, its lines not yet broken. The
data of an instance go by name: shift ``o``, rotation ``M``, permutation ``p``. This module knows nothing of what
the numbers of a problem are, nor of LaTeX.
"""

from collections.abc import Callable, Iterator

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.spec import Component, Problem
from llamoco_lib.prompts import constraint_statements, python_layout, statements, temporaries
from llamoco_lib.prompts.array_printer import ArrayPrinter
from llamoco_lib.prompts.expression import Expression, Fold, Name, Number, Stated, Vector, add, scaled
from llamoco_lib.prompts.python_names import Names, distinct
from llamoco_lib.prompts.python_printer import Printer
from llamoco_lib.prompts.scalar_printer import GeneratorPrinter, LoopPrinter

Parts = tuple[str, list[str]]  # the import and the blocks

D = Name("D")
NUMPY = "import numpy as np"
DATA = {"o": "shift", "M": "rotation", "p": "permutation"}  # what a source takes by name


def given(problem: Problem) -> list[str]:
    """The names, keys of DATA, of the arrays that a writing of ``problem`` takes for granted."""
    seeds = (problem.shift_seed, problem.rotation_seed, problem.permutation_seed)
    return [name for name, seed in zip(DATA, seeds, strict=True) if seed is not None]


def constraint_counts(problem: Problem) -> tuple[int, int]:
    """How many inequalities and how many equalities ``problem`` has."""
    inequalities, equalities = _constraints(problem)
    return len(inequalities), len(equalities)


def numpy(problem: Problem) -> Parts:
    """One function on whole arrays, and one for the constraints, which returns (g, h)."""
    blocks = [python_layout.function("f(x)", _moved(problem) + _array_objective(problem))]
    if problem.constraints:
        printer = ArrayPrinter(D)
        g, h = ([printer.text(node) for node in group] for group in _constraints(problem))
        blocks.append(python_layout.function("constraints(x)", printer.complete(_lists(g, h))))
    return NUMPY, blocks


def loop(problem: Problem) -> Parts:
    """Explicit loops that fill temporary variables."""
    names, lines, values = Names(), _moved(problem), []
    for component, vector, length, cut in _arguments(problem):
        printer = LoopPrinter(length, names)
        stated = distinct(statements.function(component.function, vector, length), names)
        lines += cut + printer.lines(stated)
        values.append(printer.text(stated.value))
        if not _alone(problem) and not isinstance(stated.value, Fold):
            lines.append(f"f{len(values)} = {values[-1]}")
            values[-1] = f"f{len(values)}"
    blocks = [python_layout.function("f(x)", [*lines, f"return {_total(problem, values)}"])]
    if problem.constraints:
        printer = LoopPrinter(D, Names())
        inequalities, equalities = _constraints(problem)
        lines = printer.loops(inequalities + equalities)
        g, h = ([printer.text(node) for node in group] for group in (inequalities, equalities))
        blocks.append(python_layout.function("constraints(x)", lines + _lists(g, h)))
    return NUMPY, blocks


def functions(problem: Problem) -> Parts:
    """Each part in a function of its own: f1(u), f2(u), ..., and g1(x), h1(x), ... for the constraints."""
    blocks, calls = [], []
    for count, component in enumerate(problem.components, 1):
        stated = temporaries.flat(statements.function(component.function, Vector("u"), D))
        blocks.append(_array_function(f"f{count}", "u", stated))
        segment = _segment(problem, component) if problem.kind == "hybrid" else ""
        calls.append(f"f{count}({statements.argument(problem)}{segment})")
    blocks.append(python_layout.function("f(x)", [*_moved(problem), f"return {_total(problem, calls)}"]))
    for letter, group in zip("gh", _constraints(problem), strict=True):
        blocks += [
            _array_function(f"{letter}{count}", "x", statements.plain(node)) for count, node in enumerate(group, 1)
        ]
    return NUMPY, blocks


def generator(problem: Problem) -> Parts:
    """Sums as generator expressions over Python's ``math``."""
    names, lines, used = Names(), _moved_elements(problem), set()
    for count, (component, vector, length, cut) in enumerate(_arguments(problem), 1):
        printer = GeneratorPrinter(length)
        stated = distinct(temporaries.flat(statements.function(component.function, vector, length)), names)
        lines += cut + printer.lines(stated, _start(problem, count))
        used |= printer.needs
    blocks = [python_layout.function("f(x)", _closed(problem, lines))]
    if problem.constraints:
        printer = GeneratorPrinter(D)
        g, h = ([printer.text(node) for node in group] for group in _constraints(problem))
        blocks.append(python_layout.function("constraints(x)", _lists(g, h)))
        used |= printer.needs
    return f"from math import {', '.join(sorted(used))}" if used else "", blocks


def with_temporaries(problem: Problem) -> Parts:
    """NumPy with a name for every sum and every long part, one a line."""
    moved = _moved(problem)
    if problem.shift_seed is not None and problem.rotation_seed is not None:
        moved = ["shifted = x - o", *(line.replace("(x - o)", "shifted") for line in moved)]
    blocks = [
        python_layout.function(
            "f(x)", moved + _array_objective(problem, lambda stated: temporaries.named(temporaries.flat(stated)))
        )
    ]
    if problem.constraints:
        names, printer, lines = Names(), ArrayPrinter(D), []
        results: dict[str, list[str]] = {"g": [], "h": []}
        for letter, group in zip("gh", _constraints(problem), strict=True):
            for count, node in enumerate(group, 1):
                stated = distinct(temporaries.named(statements.plain(node)), names)
                lines += printer.lines(stated, f"{letter}{count} = ")
                results[letter].append(f"{letter}{count}")
        lines.append(f"return [{', '.join(results['g'])}], [{', '.join(results['h'])}]")
        blocks.append(python_layout.function("constraints(x)", printer.complete(lines)))
    return NUMPY, blocks


def with_class(problem: Problem) -> Parts:
    """A class that keeps the data, with methods for the objective and for each kind of constraints."""
    names = given(problem)
    methods = []
    if names:
        lines = [f"self.{name} = {name}" for name in names]
        methods.append(python_layout.function(f"__init__(self, {', '.join(names)})", lines))
    lines = _moved(problem, "self.") + _array_objective(problem)
    methods.append(python_layout.function("objective(self, x)", lines))
    for kind, group in zip(("inequalities", "equalities"), _constraints(problem), strict=True):
        if group:
            printer = ArrayPrinter(D)
            values = ", ".join([printer.text(node) for node in group])
            methods.append(
                python_layout.function(f"{kind}(self, x)", printer.complete([f"return np.array([{values}])"]))
            )
    return NUMPY, [python_layout.class_of("Problem", methods)]


STYLES: dict[str, Callable[[Problem], Parts]] = {
    "numpy": numpy,
    "loop": loop,
    "functions": functions,
    "generator": generator,
    "temporaries": with_temporaries,
    "class": with_class,
}


def _constraints(problem: Problem) -> tuple[list[Expression], list[Expression]]:
    """The inequalities and the equalities."""
    groups: dict[str, list[Expression]] = {"inequality": [], "equality": []}
    for constraint in problem.constraints:
        node = constraint_statements.constraint(constraint.family, constraint.parameters)
        groups[FAMILIES[constraint.family].kind].append(node)
    return groups["inequality"], groups["equality"]


def _array_function(name: str, argument: str, stated: Stated) -> str:
    printer = ArrayPrinter(D)
    lines = printer.lines(stated, "return ")
    return python_layout.function(f"{name}({argument})", printer.complete(lines), argument)


def _array_objective(problem: Problem, change: Callable[[Stated], Stated] = temporaries.flat) -> list[str]:
    """The lines of the objective after its argument is moved, every statement changed by ``change``."""
    names, printer, lines = Names(), ArrayPrinter(D), []
    for count, (component, vector, length, cut) in enumerate(_arguments(problem), 1):
        stated = distinct(change(statements.function(component.function, vector, length)), names)
        if problem.kind == "hybrid":  # every segment has its own length, and so its own index vectors
            printer = ArrayPrinter(length)
            written = printer.lines(stated, _start(problem, count))
            lines += printer.complete(cut + written)
        else:
            lines += printer.lines(stated, _start(problem, count))
    return _closed(problem, lines if problem.kind == "hybrid" else printer.complete(lines))


def _arguments(problem: Problem) -> Iterator[tuple[Component, Vector, Expression, list[str]]]:
    """Each component with the vector it takes, its length, and the line that cuts it out of y in a hybrid."""
    moved = statements.argument(problem)
    for count, component in enumerate(problem.components, 1):
        if problem.kind == "hybrid":
            name = f"u{count}"
            length = Number(component.stop - component.start)
            yield component, Vector(name), length, [f"{name} = {moved}{_segment(problem, component)}"]
        else:
            yield component, Vector(moved), D, []


def _segment(problem: Problem, component: Component) -> str:
    stop = "" if component.stop == problem.dimension else component.stop
    return f"[{component.start or ''}:{stop}]"


def _moved(problem: Problem, owner: str = "") -> list[str]:
    """The lines that shift, rotate and permute x as a whole; ``owner`` stands before the names of the data."""
    moved = "x" if problem.shift_seed is None else f"x - {owner}o"
    lines = []
    if problem.rotation_seed is not None:
        lines.append(f"z = {owner}M.T @ {'x' if moved == 'x' else f'({moved})'}")
    elif moved != "x":
        lines.append(f"z = {moved}")
    if problem.permutation_seed is not None:
        lines.append(f"y = {'z' if lines else 'x'}[{owner}p]")
    return lines


def _moved_elements(problem: Problem) -> list[str]:
    """The same, element by element."""
    lines = []
    if problem.rotation_seed is not None:
        factor = "x[j]" if problem.shift_seed is None else "(x[j] - o[j])"
        lines.append(f"z = [sum(M[j][i] * {factor} for j in range(D)) for i in range(D)]")
    elif problem.shift_seed is not None:
        lines.append("z = [xi - oi for xi, oi in zip(x, o)]")
    if problem.permutation_seed is not None:
        lines.append(f"y = [{'z' if lines else 'x'}[i] for i in p]")
    return lines


def _alone(problem: Problem) -> bool:
    """Whether the objective is one part without weight, which is then returned where it is computed."""
    return len(problem.components) == 1 and problem.components[0].weight == 1


def _start(problem: Problem, count: int) -> str:
    """What stands before the value of the ``count``-th component."""
    return "return " if _alone(problem) else f"f{count} = "


def _closed(problem: Problem, lines: list[str]) -> list[str]:
    """``lines``, which compute the parts, and the return of their weighted sum."""
    if _alone(problem):
        return lines
    return [*lines, f"return {_total(problem, [f'f{count + 1}' for count in range(len(problem.components))])}"]


def _total(problem: Problem, parts: list[str]) -> str:
    """The sum of the sources ``parts``, each times its weight."""
    if _alone(problem):
        return parts[0]
    terms = [scaled(part.weight, Name(source)) for part, source in zip(problem.components, parts, strict=True)]
    return Printer().text(add(*terms))


def _lists(g: list[str], h: list[str]) -> list[str]:
    return [f"g = [{', '.join(g)}]", f"h = [{', '.join(h)}]", "return g, h"]
