"""A whole problem as LaTeX, in three styles (paper, App. B, Fig. 4).

- ``direct``: one formula, the parts in place;
- ``named``: aligned lines, each part a function of its own;
- ``rewritten``: the same after the commutative and distributive laws, roots as powers, constraints with their
  number on the right.

The data of an instance go by name: shift ``o``, rotation ``M``, permutation ``p`` (from 1). This module knows
nothing of Python.
"""

from collections.abc import Callable

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.spec import Component, Problem
from llamoco_lib.prompts import statements
from llamoco_lib.prompts.expression import Add, Expression, Name, Number, Vector, add, is_negative, negative, scaled
from llamoco_lib.prompts.latex_printer import LatexPrinter, rewrite

D = Name("D")


def write(problem: Problem, style: str) -> str:
    """The LaTeX of ``problem`` in ``style``. Raises KeyError that names the styles for an unknown one."""
    if style not in STYLES:
        raise KeyError(f"no LaTeX style {style!r}; there are: {', '.join(STYLES)}")
    return STYLES[style](problem)


def _direct(problem: Problem) -> str:
    printer = LatexPrinter()
    lines = [
        rf"\min_{{x}} f(x) = {printer.text(_total(problem, _parts(problem)))}",
        *_transform(problem, elements=False),
    ]
    for number, (node, relation) in enumerate(_constraints(problem), 1):
        lines.append(rf"{_mark(number)}{printer.text(node)} {relation} 0")
    return "\n".join(lines)


def _named(problem: Problem) -> str:
    printer = LatexPrinter(large=True)
    calls: list[Expression] = []
    definitions = []
    for number, component in enumerate(problem.components, 1):
        argument = statements.argument(problem)
        if problem.kind == "hybrid":
            argument += f"_{{{component.start + 1}:{component.stop}}}"
        calls.append(Name(f"f_{number}({argument})"))
        name = "u" if problem.kind == "hybrid" else argument
        length = _length(component) if problem.kind == "hybrid" else D
        part = statements.function(component.function, Vector(name), length)
        definitions.append(f"f_{number}({name}) &= {printer.text(part)}")
    lines = [rf"\min_x f(x) &= {printer.text(_total(problem, calls))}"]
    lines += [line.replace(" = ", " &= ", 1) for line in _transform(problem, elements=False)]
    lines += definitions
    counts = {r"\le": 0, "=": 0}
    for number, (node, relation) in enumerate(_constraints(problem), 1):
        counts[relation] += 1
        name = f"{'h' if relation == '=' else 'g'}_{counts[relation]}(x)"
        lines.append(rf"{_mark(number)}{name} &= {printer.text(node)} {relation} 0")
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def _rewritten(problem: Problem) -> str:
    printer = LatexPrinter(roots=False)
    parts = [rewrite(part) for part in _parts(problem)]
    lines = [rf"\text{{minimize }} f(x) = {printer.text(_total(problem, parts[::-1], reverse=True))}"]
    lines[0] += "".join(f", {line}" for line in _transform(problem, elements=True))
    for number, (node, relation) in enumerate(_constraints(problem), 1):
        left, relation, right = _moved(node, relation)
        lines.append(f"{_mark(number)}{printer.text(rewrite(left))} {relation} {printer.text(right)}")
    return "\n".join(lines)


STYLES: dict[str, Callable[[Problem], str]] = {"direct": _direct, "named": _named, "rewritten": _rewritten}


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
        (statements.constraint(each.family, each.parameters), relations[FAMILIES[each.family].kind])
        for each in problem.constraints
    ]
    return [row for row in rows if row[1] != "="] + [row for row in rows if row[1] == "="]


def _parts(problem: Problem) -> list[Expression]:
    hybrid = problem.kind == "hybrid"
    return [
        statements.function(
            component.function,
            Vector(statements.argument(problem), component.start if hybrid else 0),
            _length(component) if hybrid else D,
        )
        for component in problem.components
    ]


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
