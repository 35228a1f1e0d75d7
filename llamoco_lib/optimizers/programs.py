"""Programs: an optimizer's source with a problem's constants filled in, and back (DESIGN, "Program").

The constants are the assignments ``NAME = literal`` in capitals at the top level of the source. This module knows
nothing of evaluators and does not run anything by itself.
"""

import ast
import functools
import re
from collections.abc import Callable, Sequence

from llamoco_lib.optimizers.grids import Configuration
from llamoco_lib.optimizers.pool_files import names, optimizer

Bound = float | Sequence[float]
_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")


def _constant_nodes(tree: ast.Module) -> dict[str, ast.Assign]:
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if _CONSTANT.fullmatch(name):
                found[name] = node
    return found


def _bound(value: Bound) -> str:
    return repr([float(v) for v in value]) if isinstance(value, Sequence) else repr(float(value))


def program(configuration: Configuration, dimension: int, lower: Bound, upper: Bound, budget: int) -> str:
    """The answer a_p: the optimizer's source with the constants of this problem and configuration (paper, 3.1).

    ``lower`` and ``upper`` are one number for all coordinates or a sequence of ``dimension`` numbers. Numbers are
    written by ``repr``, text in double quotes. Raises ValueError where a sequence has another length.
    """
    for name, bound in (("lower", lower), ("upper", upper)):
        if isinstance(bound, Sequence) and len(bound) != dimension:
            raise ValueError(f"{name} has {len(bound)} numbers for dimension {dimension}; give one or {dimension}")
    literals = {
        "DIM": repr(int(dimension)),
        "LOWER": _bound(lower),
        "UPPER": _bound(upper),
        "BUDGET": repr(int(budget)),
    }
    for name, value in configuration.hyperparameters.items():
        literals[name] = f'"{value}"' if isinstance(value, str) else repr(value)
    source = optimizer(configuration.optimizer).source
    lines = source.splitlines()
    nodes = _constant_nodes(ast.parse(source))
    for name, literal in literals.items():
        lines[nodes[name].lineno - 1] = f"{name} = {literal}"
    return "\n".join(lines) + "\n"


def constants(source: str) -> dict[str, object]:
    """The top-level constants in capitals of a program, by name, where they are literals.

    Raises SyntaxError if the source does not parse.
    """
    found = {}
    for name, node in _constant_nodes(ast.parse(source)).items():
        try:
            found[name] = ast.literal_eval(node.value)
        except ValueError:
            continue
    return found


def load(source: str) -> Callable:
    """The function ``optimize(objective, constraints, seed)`` of a program, run in this process.

    For trusted code only, that is the pool's own programs; generated code belongs into the confined runner. Raises
    ValueError if the source defines no ``optimize``, and whatever the source itself raises.
    """
    namespace: dict[str, object] = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), namespace)
    if not callable(namespace.get("optimize")):
        raise ValueError("the program defines no function optimize(objective, constraints, seed)")
    return namespace["optimize"]


def shape(source: str) -> str:
    """The syntax tree of a program as text, without docstrings and with the values of its constants blanked.

    Raises SyntaxError if the source does not parse.
    """
    tree = ast.parse(source)
    for node in _constant_nodes(tree).values():
        node.value = ast.Constant(None)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


@functools.cache
def _pool_shapes() -> dict[str, str]:
    return {shape(optimizer(name).source): name for name in names()}


def identify(source: str) -> str | None:
    """Which optimizer of the pool a program is, whatever its constants, comments and layout; None if no one."""
    try:
        return _pool_shapes().get(shape(source))
    except (SyntaxError, ValueError, RecursionError):
        return None
