"""The optimizers of the pool, read from the folder ``pool/``: one program and one YAML of facts and grid each.

There is no registry: a new optimizer is a new pair of files. This module knows nothing of problems or of running.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml

FOLDER = Path(__file__).parent / "pool"

Group = Literal["unconstrained", "constrained"]
Value = float | int | str


@dataclasses.dataclass(frozen=True)
class Hyperparameter:
    """The values of the grid of one hyper-parameter (a constant of the program) and its default, one of them."""

    values: tuple[Value, ...]
    default: Value


@dataclasses.dataclass(frozen=True)
class Optimizer:
    """One optimizer Λ_j of the pool (paper, A.1).

    ``source`` is the program with its default constants. ``provider`` is the library that carries the algorithm,
    ``own`` where it is written here from its paper; ``licence`` is the provider's. ``origin`` says whether the
    optimizer stands in the paper's pool or is ours.
    """

    name: str
    title: str
    group: Group
    provider: str
    licence: str
    citation: str
    origin: Literal["paper", "ours"]
    source: str
    hyperparameters: Mapping[str, Hyperparameter]


@functools.cache
def _read(name: str) -> Optimizer:
    facts = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    grid = {}
    for constant, entry in facts.pop("hyperparameters").items():
        grid[constant] = Hyperparameter(tuple(entry["values"]), entry["default"])
        if entry["default"] not in entry["values"]:
            raise ValueError(f"{name}.yaml: default {entry['default']!r} of {constant} is not in {entry['values']}")
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    return Optimizer(name=name, source=source, hyperparameters=MappingProxyType(grid), **facts)


def names() -> list[str]:
    """The names of all optimizers of the pool, in alphabetical order."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


def optimizer(name: str) -> Optimizer:
    """The optimizer of that name. Raises KeyError, naming the pool, for an unknown one."""
    if name not in names():
        raise KeyError(f"no optimizer {name!r} in the pool; there are {', '.join(names())}")
    return _read(name)


def pool(chosen: Sequence[str] | None = None, group: Group | None = None) -> list[Optimizer]:
    """The optimizers of the pool, all or only the ``chosen`` names (in their order), of one group or of both."""
    found = [optimizer(name) for name in (names() if chosen is None else chosen)]
    return [entry for entry in found if group is None or entry.group == group]
