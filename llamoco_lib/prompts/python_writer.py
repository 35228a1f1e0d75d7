"""A whole problem as Python source, in seven styles (paper, App. B, Fig. 5), and how a source is called.

- ``numpy``: one function on whole arrays;
- ``loop``: explicit loops that fill temporary variables;
- ``functions``: each part in a function of its own;
- ``generator``: sums as generator expressions over Python's ``math``;
- ``temporaries``: NumPy with names for its main parts, one a line;
- ``class``: a class ``Problem`` that keeps the data;
- ``renamed``: one of the first five under another author's names, chosen on the problem's own id.

Every source takes x of shape (D,) and stands for itself but for the arrays of ``transforms.data``, which a comment
names. This module knows nothing of how a statement becomes lines, nor of LaTeX.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from llamoco_lib import seeds
from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts import python_layout, python_styles
from llamoco_lib.prompts.python_names import other_names, rewritten

STYLES = (*python_styles.STYLES, "renamed")
_RENAMED_FROM = ("numpy", "loop", "functions", "generator", "temporaries")

Objective = Callable[[np.ndarray], float]
Constraints = Callable[[np.ndarray], tuple[Sequence[float], Sequence[float]]]


def write(problem: Problem, style: str) -> str:
    """The source of ``problem`` in ``style``. Raises KeyError that names the styles for an unknown one."""
    base, names = _author(problem, style)
    head, blocks = python_styles.STYLES[base](problem)
    if head == python_styles.NUMPY and "np" not in python_layout.words("\n".join(blocks)):
        head = ""
    data = {names.get(name, name): python_styles.DATA[name] for name in python_styles.given(problem)}
    comment = ", ".join(name if name == meaning else f"{name}: {meaning}" for name, meaning in data.items())
    blocks = [rewritten(block, names) for block in blocks]
    return python_layout.wrapped(python_layout.source([head, comment and f"# {comment}"], blocks))


def load(source: str, style: str, problem: Problem, data: Mapping[str, np.ndarray]) -> tuple[Objective, Constraints]:
    """The objective and the constraints, x (D,) -> (g, h), that ``source``, written in ``style``, defines.

    ``data`` are the arrays of ``transforms.data(problem)``. This is the one place that knows what a style calls its
    entries: ``f`` and ``constraints``, or g1, h1, ... in ``functions``, or the methods of ``Problem`` in ``class``.
    The source is executed here, so it must be one of ours.
    """
    base, names = _author(problem, style)
    scope: dict = {names.get(name, name): array for name, array in data.items()}
    exec(compile(source, f"<{problem.id} {style}>", "exec"), scope)
    if base == "class":
        instance = scope["Problem"](**data)
        methods = [getattr(instance, name, lambda x: []) for name in ("inequalities", "equalities")]
        return instance.objective, lambda x: (methods[0](x), methods[1](x))
    objective = scope[names.get("f", "f")]
    if base != "functions":
        return objective, scope.get(names.get("constraints", "constraints"), lambda x: ([], []))
    parts = {
        letter: [scope[names.get(f"{letter}{count}", f"{letter}{count}")] for count in range(1, number + 1)]
        for letter, number in zip("gh", python_styles.constraint_counts(problem), strict=True)
    }
    return objective, lambda x: ([part(x) for part in parts["g"]], [part(x) for part in parts["h"]])


def _author(problem: Problem, style: str) -> tuple[str, dict[str, str]]:
    """The style that ``style`` stands on, and the names that it changes."""
    if style not in STYLES:
        raise KeyError(f"no Python style {style!r}; there are: {', '.join(STYLES)}")
    if style != "renamed":
        return style, {}
    base = _RENAMED_FROM[seeds.integer(0, "style of names", problem.id) % len(_RENAMED_FROM)]
    return base, other_names("\n".join(python_styles.STYLES[base](problem)[1]), problem.id)
