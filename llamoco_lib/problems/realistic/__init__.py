"""Realistic problems for the zero-shot test (paper 4.2, Table 3): nothing like them is in the training set.

One module a problem; ``PROBLEMS`` finds them by listing the folder, so a new problem is one new file with a
``PROBLEM``.
"""

import importlib
import pkgutil

from llamoco_lib.problems.realistic.problem import RealisticProblem

_NOT_PROBLEMS = {"problem", "start"}


def _listed() -> dict[str, RealisticProblem]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _NOT_PROBLEMS)
    problems = [importlib.import_module(f"{__name__}.{name}").PROBLEM for name in names]
    return {problem.id: problem for problem in problems}


PROBLEMS: dict[str, RealisticProblem] = _listed()


def select(names: list[str]) -> list[RealisticProblem]:
    """The problems of these ids, in this order.

    Raises KeyError that names an unknown id and the known ones.
    """
    unknown = [name for name in names if name not in PROBLEMS]
    if unknown:
        raise KeyError(f"unknown realistic problem(s) {unknown}; known: {sorted(PROBLEMS)}")
    return [PROBLEMS[name] for name in names]
