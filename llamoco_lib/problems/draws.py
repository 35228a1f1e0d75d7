"""Drawing one instance of P (paper 3.1 and App. C): dimension, functions, box, transforms, budget, constraints.

A draw belongs to a slot and an attempt and comes from their own stream, so that order, worker count and the size of
the set cannot change it. This module knows nothing of quality control: a draw may be unsolvable or trivial.
"""

import dataclasses
from typing import Literal

import numpy as np

from llamoco_lib import seeds
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import constraints, transforms
from llamoco_lib.problems.constraint_kernels import CODES
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem, Split

MIN_SEGMENT = 2  # coordinates in a segment of a hybrid: rosenbrock and others need two
INEQUALITIES = tuple(name for name, family in constraints.FAMILIES.items() if family.kind == "inequality")
EQUALITIES = tuple(name for name, family in constraints.FAMILIES.items() if family.kind == "equality")

Novelty = Literal["functions", "constraints", "dimensions"]


@dataclasses.dataclass(frozen=True)
class Slot:
    """One place in P: the id, the split, and what of it train and eval never show (only in the held-out split)."""

    id: str
    split: Split
    constrained: bool
    novelties: tuple[Novelty, ...] = ()


def check_names(config: SynthesisConfig) -> None:
    """Refuse held-out names that are not there, and held-out sets that leave nothing to train on, by ValueError."""
    _check_known("heldout_functions", "basic function", config.heldout_functions, FUNCTIONS)
    _check_known("heldout_constraints", "constraint family", config.heldout_constraints, constraints.FAMILIES)
    if set(FUNCTIONS) <= set(config.heldout_functions):
        raise ValueError("heldout_functions holds out every basic function; leave some to train on")
    if set(INEQUALITIES) <= set(config.heldout_constraints):
        raise ValueError("heldout_constraints holds out every inequality family; leave some to train on")


def draw(config: SynthesisConfig, slot: Slot, attempt: int) -> Problem:
    """One draw of the slot, on the stream of its id and attempt; not yet judged, so without optimum and f0."""
    generator = seeds.generator(config.seed, "instance", slot.id, attempt)
    dimension = _dimension(config, slot, generator)
    names = _shown(FUNCTIONS, config.heldout_functions, "functions" in slot.novelties)
    k = int(generator.integers(1, min(config.max_components, len(names)) + 1))
    kind = "basic" if k == 1 else str(generator.choice(["composition", "hybrid"]))
    if kind == "hybrid" and dimension < 2 * MIN_SEGMENT:
        kind = "composition"
    if kind == "hybrid":
        k = min(k, dimension // MIN_SEGMENT)
    functions = [str(name) for name in generator.choice(names, size=k, replace=False)]
    lower, upper = _bounds(config, dimension, generator)
    problem = Problem(
        id=slot.id,
        kind=kind,
        dimension=dimension,
        lower=lower,
        upper=upper,
        components=_components(kind, functions, dimension, generator),
        budget=int(generator.choice(config.budgets)),
        shift_seed=_seed(generator),
        rotation_seed=_seed(generator) if generator.random() < config.rotated_share else None,
        permutation_seed=_seed(generator) if kind == "hybrid" else None,
        split=slot.split,
    )
    if slot.constrained:
        problem = dataclasses.replace(problem, constraints=_constraints(config, slot, problem, generator))
    return problem


def _check_known(key: str, what: str, names: list[str], known: dict) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ValueError(f"{key}: no {what} {unknown}; known: {', '.join(sorted(known))}")


def _seed(generator: np.random.Generator) -> int:
    return int(generator.integers(1, 2**31))


def _shown(names: dict | tuple[str, ...], heldout: list[str], new: bool) -> list[str]:
    """Those of the names that a slot may show: the held-out ones where they are its novelty, else the others."""
    return [name for name in names if (name in heldout) == new]


def _dimension(config: SynthesisConfig, slot: Slot, generator: np.random.Generator) -> int:
    if "dimensions" in slot.novelties:
        return int(generator.choice(config.heldout_dimensions))
    shown = set(range(config.dimension_min, config.dimension_max + 1)) - set(config.heldout_dimensions)
    return int(generator.choice(sorted(shown)))


def _bounds(config: SynthesisConfig, dimension: int, generator: np.random.Generator) -> tuple:
    """One number for all coordinates, or for some instances of D <= 10 a tuple: as many as a prompt can list."""
    if dimension <= 10 and generator.random() < config.per_coordinate_share:
        widths = [float(width) for width in generator.choice(config.half_widths, size=dimension)]
        return tuple(-width for width in widths), tuple(widths)
    width = float(generator.choice(config.half_widths))
    return -width, width


def _components(kind: str, functions: list[str], dimension: int, generator: np.random.Generator) -> tuple:
    """Eq. 2: a composition weighs its functions, w uniform on (0, 1]; a hybrid sums them over random segments."""
    if kind == "basic":
        return (Component(functions[0]),)
    if kind == "composition":
        weights = [float(f"{1.0 - generator.random():.3g}") for _ in functions]
        return tuple(Component(name, weight) for name, weight in zip(functions, weights, strict=True))
    spare = dimension - MIN_SEGMENT * len(functions)
    cuts = np.sort(generator.integers(0, spare + 1, size=len(functions) - 1))
    ends = [int(cut) + MIN_SEGMENT * (i + 1) for i, cut in enumerate(cuts)] + [dimension]
    starts = [0, *ends[:-1]]
    return tuple(Component(name, 1.0, a, b) for name, a, b in zip(functions, starts, ends, strict=True))


def _constraints(
    config: SynthesisConfig, slot: Slot, problem: Problem, generator: np.random.Generator
) -> tuple[Constraint, ...]:
    """1 .. max_constraints different families around one point of the box, at most one of them an equality.

    The point is the optimum o itself for ``known_optimum_share`` of the instances, with every inequality active
    there, so that the constrained optimum is closed-form; else it is uniform in the inner 80 % of the box.
    """
    lower, upper = problem.box
    at_optimum = generator.random() < config.known_optimum_share
    inner = generator.uniform(-transforms.SHIFT_SHARE, transforms.SHIFT_SHARE, problem.dimension)
    point = transforms.shift(problem) if at_optimum else (lower + upper) / 2.0 + inner * (upper - lower) / 2.0
    families = _families(config, slot, generator)
    active = [at_optimum or generator.random() < 0.5 for _ in families]
    return tuple(
        constraints.around(name, point, lower, upper, is_active, generator)
        for name, is_active in zip(families, active, strict=True)
    )


def _families(config: SynthesisConfig, slot: Slot, generator: np.random.Generator) -> list[str]:
    """The families of a constrained instance: inequalities, the last one an equality for ``equality_share``.

    An equality fixes its left-hand side, so no inequality on the same left-hand side stands beside it.
    """
    new = "constraints" in slot.novelties
    inequalities = _shown(INEQUALITIES, config.heldout_constraints, new)
    equalities = _shown(EQUALITIES, config.heldout_constraints, new)
    count = int(generator.integers(1, config.max_constraints + 1))
    equality = []
    if equalities and (generator.random() < config.equality_share or not inequalities):
        equality = [str(generator.choice(equalities))]
        inequalities = [name for name in inequalities if CODES[name] != CODES[equality[0]]]
    count = min(count - len(equality), len(inequalities))
    chosen = generator.choice(inequalities, size=count, replace=False) if count else []
    return [str(name) for name in chosen] + equality
