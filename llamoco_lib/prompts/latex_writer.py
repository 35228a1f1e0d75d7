"""A whole problem as LaTeX, in five styles (paper, App. B, Fig. 4).

- ``direct``: one formula, long parts after it;
- ``named``: aligned lines, each part a function of its own;
- ``rewritten``: after the commutative and distributive laws, roots as powers, constraints with their number on the
  right;
- ``where``: one formula and what its names stand for, sums over all coordinates as norms;
- ``grouped``: an array, the parts by letters, terms in brackets (associative law), constraints under one brace.

The data of an instance go by name: shift ``o``, rotation ``M``, permutation ``p`` (from 1). This module knows
nothing of Python.
"""

from collections.abc import Callable

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.spec import Component, Problem
from llamoco_lib.prompts import constraint_statements, latex_definitions, statements
from llamoco_lib.prompts.expression import (
    Add,
    Definition,
    Expression,
    Name,
    Number,
    Stated,
    Vector,
    add,
    is_negative,
    negative,
    scaled,
)
from llamoco_lib.prompts.latex_laws import rewrite
from llamoco_lib.prompts.latex_printer import LatexPrinter

D = Name("D")
RESERVED = frozenset("xyzuoMpDefghijkn")
PARTS = "ABCEFGHKLN"  # the letters of the parts in ``grouped``


def write(problem: Problem, style: str) -> str:
    """The LaTeX of ``problem`` in ``style``. Raises KeyError that names the styles for an unknown one."""
    if style not in STYLES:
        raise KeyError(f"no LaTeX style {style!r}; there are: {', '.join(STYLES)}")
    return STYLES[style](problem)


def _direct(problem: Problem) -> str:
    printer = LatexPrinter()
    parts = _parts(problem, latex_definitions.long_shown)
    lines = [
        rf"\min_{{x}} f(x) = {printer.text(_total(problem, [part.value for part in parts]))}",
        *_definitions(parts, printer),
        *_transform(problem, elements=False),
    ]
    for number, (node, relation) in enumerate(_constraints(problem), 1):
        lines.append(rf"{_mark(number)}{printer.text(node)} {relation} 0")
    return "\n".join(lines)


def _named(problem: Problem) -> str:
    printer = LatexPrinter(large=True)
    calls: list[Expression] = []
    lines, taken = [], set(RESERVED)
    for number, component in enumerate(problem.components, 1):
        argument = statements.argument(problem)
        if problem.kind == "hybrid":
            argument += f"_{{{component.start + 1}:{component.stop}}}"
        calls.append(Name(f"f_{number}({argument})"))
        name = "u" if problem.kind == "hybrid" else argument
        length = _length(component) if problem.kind == "hybrid" else D
        part = statements.function(component.function, Vector(name), length)
        part = latex_definitions.shown(part, taken, latex_definitions.all_shown)
        lines.append(f"f_{number}({name}) &= {printer.text(part.value)}")
        lines += [line.replace(" = ", " &= ", 1) for line in _definitions([part], printer)]
    transform = [line.replace(" = ", " &= ", 1) for line in _transform(problem, elements=False)]
    lines = [rf"\min_x f(x) &= {printer.text(_total(problem, calls))}", *transform, *lines]
    counts = {r"\le": 0, "=": 0}
    for number, (node, relation) in enumerate(_constraints(problem), 1):
        counts[relation] += 1
        name = f"{'h' if relation == '=' else 'g'}_{_subscript(counts[relation])}(x)"
        lines.append(rf"{_mark(number)}{name} &= {printer.text(node)} {relation} 0")
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _rewritten(problem: Problem) -> str:
    printer = LatexPrinter(roots=False)
    parts = [_changed(part, rewrite) for part in _parts(problem, latex_definitions.long_shown)]
    values = [part.value for part in parts]
    lines = [rf"\text{{minimize }} f(x) = {printer.text(_total(problem, values[::-1], reverse=True))}"]
    lines += _definitions(parts[::-1], printer)
    lines[-1] += "".join(f", {line}" for line in _transform(problem, elements=True))
    for number, (node, relation) in enumerate(_constraints(problem), 1):
        left, relation, right = _moved(node, relation)
        lines.append(f"{_mark(number)}{printer.text(rewrite(left))} {relation} {printer.text(right)}")
    return "\n".join(lines)


def _where(problem: Problem) -> str:
    printer = LatexPrinter(norms=True)
    parts = _parts(problem, latex_definitions.all_shown)
    lines = [
        rf"\min_{{x \in \mathbb{{R}}^{{{problem.dimension}}}}} \quad "
        + printer.text(_total(problem, [part.value for part in parts]))
    ]
    given = _transform(problem, elements=False) + _definitions(parts, printer)
    if given:
        lines.append(r"\text{where } " + ", \\quad ".join(given))
    rows = [_moved(node, relation) for node, relation in _constraints(problem)]
    if rows:
        texts = [f"{printer.text(left)} {relation} {printer.text(right)}" for left, relation, right in rows]
        lines.append(r"\text{subject to } " + ", \\quad ".join(texts))
    return "\n".join(lines)


def _grouped(problem: Problem) -> str:
    printer = LatexPrinter(large=True, grouped=True)
    parts = _parts(problem, latex_definitions.all_shown)
    names: list[Expression] = [Name(letter) for letter in PARTS[: len(parts)]]
    single = len(parts) == 1
    total = _total(problem, [parts[0].value] if single else names)
    rows = [rf"\text{{minimize}} & f(x) = {printer.text(total)}"]
    given = (
        []
        if single
        else [f"{name.text} = {printer.text(part.value)}" for name, part in zip(names, parts, strict=True)]
    )
    given += _definitions(parts, printer) + _transform(problem, elements=True)
    rows += [("" if number else r"\text{where}") + f" & {line}" for number, line in enumerate(given)]
    plain = LatexPrinter(large=True)
    below = [rf"{plain.text(node)} {relation} 0" for node, relation in _constraints(problem)]
    if len(below) > 1:
        below = [r"\begin{cases} " + r" \\ ".join(below) + r" \end{cases}"]
    rows += [rf"\text{{s.t.}} & {line}" for line in below]
    return "\\begin{array}{rl}\n" + " \\\\\n".join(rows) + "\n\\end{array}"


STYLES: dict[str, Callable[[Problem], str]] = {
    "direct": _direct,
    "named": _named,
    "rewritten": _rewritten,
    "where": _where,
    "grouped": _grouped,
}


def _subscript(number: int) -> str:
    return str(number) if number < 10 else f"{{{number}}}"


def _mark(number: int) -> str:
    return r"\text{s.t. } " if number == 1 else ""


def _moved(node: Expression, relation: str) -> tuple[Expression, str, Expression]:
    """The constraint with its float on the right-hand side, and the relation turned where the left would be
    negative.
    """
    if not isinstance(node, Add):
        return node, relation, Number(0)
    moved = next((term for term in node.terms if isinstance(term, Number)), Number(0))
    left = add(*(term for term in node.terms if term is not moved))
    if is_negative(left):
        return negative(left), r"\ge" if relation == r"\le" else relation, moved
    return left, relation, negative(moved)


def _constraints(problem: Problem) -> list[tuple[Expression, str]]:
    relations = {"inequality": r"\le", "equality": "="}
    rows = [
        (constraint_statements.constraint(each.family, each.parameters), relations[FAMILIES[each.family].kind])
        for each in problem.constraints
    ]
    return [row for row in rows if row[1] != "="] + [row for row in rows if row[1] == "="]


def _parts(problem: Problem, keep: latex_definitions.Keep) -> list[Stated]:
    """The statements of the components, the names of their definitions all different."""
    hybrid = problem.kind == "hybrid"
    taken = set(RESERVED)
    parts = []
    for component in problem.components:
        vector = Vector(statements.argument(problem), component.start if hybrid else 0)
        part = statements.function(component.function, vector, _length(component) if hybrid else D)
        parts.append(latex_definitions.shown(part, taken, keep))
    return parts


def _changed(stated: Stated, change: Callable[[Expression], Expression]) -> Stated:
    return Stated(
        tuple(Definition(each.name, change(each.value), each.index, each.upper) for each in stated.definitions),
        change(stated.value),
    )


def _definitions(parts: list[Stated], printer: LatexPrinter) -> list[str]:
    """The definitions as lines; how far an index runs is said where it is not D."""
    lines = []
    for definition in (each for part in parts for each in part.definitions):
        value = printer.text(definition.value)
        if definition.index is None:
            lines.append(f"{definition.name} = {value}")
            continue
        index = definition.index.text
        span = "" if definition.upper == D else rf" \; ({index} = 1, \dots, {printer.text(definition.upper)})"
        lines.append(f"{definition.name}_{index} = {value}{span}")
    return lines


def _length(component: Component) -> Number:
    return Number(component.stop - component.start)


def _total(problem: Problem, parts: list[Expression], reverse: bool = False) -> Expression:
    weights = [component.weight for component in problem.components]
    if reverse:
        weights = weights[::-1]
    return add(*(scaled(weight, part) for weight, part in zip(weights, parts, strict=True)))


def _transform(problem: Problem, elements: bool) -> list[str]:
    """The definitions of z and y: z as a matrix product, or element by element."""
    lines = []
    shifted, rotated = problem.shift_seed is not None, problem.rotation_seed is not None
    if rotated and elements:
        lines.append(rf"z_i = \sum_{{j=1}}^D M_{{ji}} {'(x_j - o_j)' if shifted else 'x_j'}")
    elif rotated:
        lines.append(rf"z = M^T {'(x - o)' if shifted else 'x'}")
    elif shifted:
        lines.append("z_i = x_i - o_i" if elements else "z = x - o")
    if problem.permutation_seed is not None:
        lines.append(f"y_i = {'z' if lines else 'x'}_{{p_i}}")
    return lines
