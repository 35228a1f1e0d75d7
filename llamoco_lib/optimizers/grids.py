"""Configurations (an optimizer with fixed hyper-parameters) and the grids of them (paper, A.1, Table 6).

This module knows nothing of how a configuration is run.
"""

import ast
import dataclasses
import itertools
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from llamoco_lib.optimizers.pool_files import Hyperparameter, Optimizer, Value, optimizer

Granularity = Literal["default", "small", "half", "normal", "double"]


@dataclasses.dataclass(frozen=True)
class Configuration:
    """An optimizer of the pool with a value for each of its hyper-parameters.

    Hyper-parameters left out take their default. Raises KeyError for an unknown optimizer and ValueError for an
    unknown hyper-parameter. Values outside the grid are allowed: the grid is a search set, not a law.
    """

    optimizer: str
    hyperparameters: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        known = optimizer(self.optimizer).hyperparameters
        unknown = sorted(set(self.hyperparameters) - set(known))
        if unknown:
            raise ValueError(
                f"{self.optimizer} has no hyper-parameter {unknown[0]}; it has {', '.join(known) or 'none'}"
            )
        values = {name: self.hyperparameters.get(name, entry.default) for name, entry in known.items()}
        object.__setattr__(self, "hyperparameters", MappingProxyType(values))

    def __hash__(self) -> int:
        return hash(self.key)

    def __reduce__(self) -> tuple:
        return Configuration, (self.optimizer, dict(self.hyperparameters))

    @property
    def key(self) -> str:
        """The name of the configuration everywhere, such as ``dual_annealing(INITIAL_TEMP=5230.0,VISIT=2.62)``."""
        return f"{self.optimizer}({','.join(f'{name}={value!r}' for name, value in self.hyperparameters.items())})"

    @classmethod
    def parse(cls, key: str) -> "Configuration":
        """The configuration of a key; a bare optimizer name gives its defaults.

        Raises ValueError where the text is no key, KeyError for an unknown optimizer.
        """
        try:
            node = ast.parse(key.strip(), mode="eval").body
            if isinstance(node, ast.Name):
                return cls(node.id)
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.args:
                raise ValueError(key)
            values = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
        except (SyntaxError, ValueError) as error:
            raise ValueError(f"{key!r} is no configuration key; write optimizer(NAME=value,...)") from error
        return cls(node.func.id, values)


def grid(chosen: Optimizer, granularity: Granularity) -> list[Configuration]:
    """The configurations of one optimizer, the default one first, each once (paper, E.4 and Table 10).

    ``default``: that one only; ``small``: the default and every one that differs from it in a single value;
    ``normal``: the product of all values (the paper's grid search); ``half``: the product of half of the values of
    each hyper-parameter, of four the two outer ones; ``double``: the product with a value between each two
    neighbours.
    Raises ValueError for another word.
    """
    entries = chosen.hyperparameters
    default = {name: entry.default for name, entry in entries.items()}
    products = {"half": _half, "normal": lambda entry: entry.values, "double": _with_midpoints}
    if granularity == "default":
        settings = [default]
    elif granularity == "small":
        settings = [default] + [default | {name: value} for name, entry in entries.items() for value in entry.values]
    elif granularity in products:
        product = itertools.product(*(products[granularity](entry) for entry in entries.values()))
        settings = [default] + [dict(zip(entries, values, strict=True)) for values in product]
    else:
        raise ValueError(f"granularity {granularity!r}; valid: 'default', 'small', {', '.join(map(repr, products))}")
    return list(
        {
            configuration.key: configuration for configuration in (Configuration(chosen.name, s) for s in settings)
        }.values()
    )


def _half(entry: Hyperparameter) -> tuple[Value, ...]:
    """Half of the values, rounded up, spread evenly from the first to the last; the default where that leaves one."""
    count = math.ceil(len(entry.values) / 2)
    if count == 1:
        return (entry.default,)
    return tuple(entry.values[round(place)] for place in np.linspace(0, len(entry.values) - 1, count))


def _with_midpoints(entry: Hyperparameter) -> tuple[Value, ...]:
    """The values with one between each two neighbours, if they are numbers.

    The geometric mean where the values' logarithms are spaced more evenly than the values (two values: where one is
    ten times the other), else the arithmetic mean. Integers are rounded, and left out where they repeat a neighbour;
    others are rounded to four digits.
    """
    if isinstance(entry.default, str) or len(entry.values) < 2:
        return entry.values
    geometric = _is_geometric(np.array(entry.values, float))
    found = [entry.values[0]]
    for left, right in itertools.pairwise(entry.values):
        middle = math.sqrt(left * right) if geometric else (left + right) / 2
        whole = all(isinstance(value, int) for value in entry.values)
        middle = math.floor(middle + 0.5) if whole else float(f"{middle:.4g}")
        found += [middle, right]
    return tuple(dict.fromkeys(found))


def _is_geometric(values: np.ndarray) -> bool:
    if values.min() <= 0.0:
        return False
    if len(values) == 2:
        return values.max() >= 10.0 * values.min()
    steps, log_steps = np.diff(values), np.diff(np.log(values))
    return bool(log_steps.std() / log_steps.mean() < steps.std() / steps.mean())
