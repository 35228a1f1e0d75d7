"""Synthesis of the problem set P (paper 3.1 and App. C): draw instances, judge them, redraw those that are rejected.

Each instance is drawn on the stream of its own id, so that the first instances of a larger set are those of a smaller
one, and worker count and order cannot change them. This module knows nothing of optimizers or writings.
"""

import dataclasses
import math

import joblib
import numpy as np

from llamoco_lib import records, seeds
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import constraints, quality, transforms
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem, Split

MAX_ATTEMPTS = 200
INSTANCES_A_WORKER = 100  # a worker takes seconds to start, an instance some ten milliseconds
MIN_SEGMENT = 2  # coordinates in a segment of a hybrid: rosenbrock and others need two
INEQUALITIES = tuple(name for name, family in constraints.FAMILIES.items() if family.kind == "inequality")
EQUALITIES = tuple(name for name, family in constraints.FAMILIES.items() if family.kind == "equality")


@dataclasses.dataclass(frozen=True)
class Rejection:
    """A drawn instance that was not kept, and why."""

    id: str
    attempt: int
    reason: str


@dataclasses.dataclass(frozen=True)
class Accepted:
    """A kept instance with the verdict on it, and the rejected draws before it."""

    problem: Problem
    attempt: int
    verdict: quality.Verdict
    rejected: tuple[Rejection, ...]


@dataclasses.dataclass(frozen=True)
class Slot:
    """One place in P: the id, the split and what is drawn there."""

    id: str
    split: Split
    constrained: bool
    heldout: str = ""  # "functions", "dimensions" or "both" in the held-out split


def slots(config: SynthesisConfig) -> list[Slot]:
    """The places in P, in the order of the file: unconstrained, constrained, then the held-out of each.

    Eval takes an even share of the ids. A held-out instance shows new functions, a new dimension, or both, in turn.
    """
    places = []
    for tag, count, constrained in (("nc", config.n_unconstrained, False), ("c", config.n_constrained, True)):
        for i in range(count):
            in_eval = math.floor((i + 1) * config.eval_share) > math.floor(i * config.eval_share)
            places.append(Slot(f"{tag}-{i:04d}", "eval" if in_eval else "train", constrained))
    novelties = ["functions"] if config.heldout_functions else []
    novelties += ["dimensions"] if config.heldout_dimensions else []
    novelties += ["both"] if len(novelties) == 2 else []
    counts = (("h-nc", config.n_heldout_unconstrained, False), ("h-c", config.n_heldout_constrained, True))
    for tag, count, constrained in counts:
        for i in range(count):
            places.append(Slot(f"{tag}-{i:04d}", "heldout", constrained, novelties[i % len(novelties)]))
    return places


def synthesize(config: SynthesisConfig) -> tuple[list[Problem], list[Rejection]]:
    """The problem set P and the rejected draws, both in the order of ``slots``.

    Raises ValueError where ``heldout_functions`` names an unknown function or leaves none to train on, RuntimeError
    where an instance is rejected ``MAX_ATTEMPTS`` times.
    """
    accepted = synthesize_with_verdicts(config)
    return [each.problem for each in accepted], [rejection for each in accepted for rejection in each.rejected]


def synthesize_with_verdicts(config: SynthesisConfig) -> list[Accepted]:
    """As ``synthesize``, with the verdict of quality control on each kept instance.

    No two instances have the same statement (what a prompt can show, that is all but the seeds): an instance whose
    statement an earlier id has is drawn again.
    """
    _check_functions(config)
    places = slots(config)
    work = (joblib.delayed(first_accepted)(config, slot) for slot in places)
    workers = min(config.jobs, 1 + len(places) // INSTANCES_A_WORKER)
    drafts = joblib.Parallel(n_jobs=workers)(work)
    seen: dict[str, str] = {}
    kept = []
    for slot, draft in zip(places, drafts, strict=True):
        while (twin := seen.get(statement(draft.problem))) is not None:
            rejection = Rejection(slot.id, draft.attempt, f"same statement as {twin}")
            again = first_accepted(config, slot, draft.attempt + 1)
            draft = dataclasses.replace(again, rejected=(*draft.rejected, rejection, *again.rejected))
        seen[statement(draft.problem)] = slot.id
        kept.append(draft)
    return kept


def statement(problem: Problem) -> str:
    """What a writing of the problem can show, as a key: all but id, split, known values and the seeds' values."""
    value = problem.to_json()
    for name in ("id", "split", "f0", "optimum"):
        del value[name]
    for name in ("shift_seed", "rotation_seed", "permutation_seed"):
        value[name] = value[name] is not None
    return records.content_key(value)


def first_accepted(config: SynthesisConfig, slot: Slot, attempt: int = 0) -> Accepted:
    """The first draw of the slot, from ``attempt`` on, that passes quality control."""
    rejected = []
    for number in range(attempt, MAX_ATTEMPTS):
        problem = draw(config, slot, number)
        verdict = quality.check(problem, config.seed, config.quality_runs)
        if not verdict.reason:
            problem = dataclasses.replace(problem, optimum=verdict.optimum, f0=verdict.f0)
            return Accepted(problem, number, verdict, tuple(rejected))
        rejected.append(Rejection(slot.id, number, verdict.reason))
    raise RuntimeError(
        f"instance {slot.id}: {MAX_ATTEMPTS} draws were rejected, the last one as: {rejected[-1].reason}; "
        "allow other functions, dimensions, half_widths or constraints"
    )


def draw(config: SynthesisConfig, slot: Slot, attempt: int) -> Problem:
    """One draw of the slot, on the stream of its id and attempt; not yet judged, so without optimum and f0."""
    generator = seeds.generator(config.seed, "instance", slot.id, attempt)
    dimension = _dimension(config, slot, generator)
    names = _function_names(config, slot)
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
        problem = dataclasses.replace(problem, constraints=_constraints(config, problem, generator))
    return problem


def _check_functions(config: SynthesisConfig) -> None:
    unknown = sorted(set(config.heldout_functions) - set(FUNCTIONS))
    if unknown:
        raise ValueError(f"heldout_functions: no basic function {unknown}; known: {', '.join(sorted(FUNCTIONS))}")
    if not set(FUNCTIONS) - set(config.heldout_functions):
        raise ValueError("heldout_functions holds out every basic function; leave some to train on")


def _seed(generator: np.random.Generator) -> int:
    return int(generator.integers(1, 2**31))


def _dimension(config: SynthesisConfig, slot: Slot, generator: np.random.Generator) -> int:
    if slot.heldout in ("dimensions", "both"):
        return int(generator.choice(config.heldout_dimensions))
    shown = set(range(config.dimension_min, config.dimension_max + 1)) - set(config.heldout_dimensions)
    return int(generator.choice(sorted(shown)))


def _function_names(config: SynthesisConfig, slot: Slot) -> list[str]:
    heldout = slot.heldout in ("functions", "both")
    return [name for name in FUNCTIONS if (name in config.heldout_functions) == heldout]


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


def _constraints(config: SynthesisConfig, problem: Problem, generator: np.random.Generator) -> tuple[Constraint, ...]:
    """1 .. max_constraints different families around one point of the box, at most one of them an equality.

    The point is the optimum o itself for ``known_optimum_share`` of the instances, with every inequality active
    there, so that the constrained optimum is closed-form; else it is uniform in the inner 80 % of the box.
    """
    lower, upper = problem.box
    at_optimum = generator.random() < config.known_optimum_share
    inner = generator.uniform(-transforms.SHIFT_SHARE, transforms.SHIFT_SHARE, problem.dimension)
    point = transforms.shift(problem) if at_optimum else (lower + upper) / 2.0 + inner * (upper - lower) / 2.0
    count = int(generator.integers(1, config.max_constraints + 1))
    families = [str(name) for name in generator.choice(INEQUALITIES, size=count, replace=False)]
    if generator.random() < config.equality_share:
        families[-1] = str(generator.choice(EQUALITIES))
    active = [at_optimum or generator.random() < 0.5 for _ in families]
    return tuple(
        constraints.around(name, point, lower, upper, is_active, generator)
        for name, is_active in zip(families, active, strict=True)
    )
