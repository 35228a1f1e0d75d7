"""Synthesis of the problem set P (paper 3.1 and App. C): draw instances, judge them, redraw those that are rejected.

Each instance is drawn on the stream of its own id, so that the first instances of a larger set are those of a smaller
one, and worker count and order cannot change them. This module knows nothing of optimizers or writings.
"""

import dataclasses
import functools
import math
from collections.abc import Callable

import joblib
import threadpoolctl

from llamoco_lib import records
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import quality
from llamoco_lib.problems.draws import Novelty, Slot, check_names, draw
from llamoco_lib.problems.spec import Problem

MAX_ATTEMPTS = 200
INSTANCES_A_WORKER = 100  # a worker takes seconds to start, an instance some ten milliseconds

Judge = Callable[[SynthesisConfig, Problem], quality.Verdict]


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


def slots(config: SynthesisConfig) -> list[Slot]:
    """The places in P, in the order of the file: unconstrained, constrained, then the held-out of each.

    Eval takes an even share of the ids. A held-out instance shows in turn new functions, new constraint families
    (where it has constraints), a new dimension, or all of these.
    """
    places = []
    for tag, count, constrained in (("nc", config.n_unconstrained, False), ("c", config.n_constrained, True)):
        for i in range(count):
            in_eval = math.floor((i + 1) * config.eval_share) > math.floor(i * config.eval_share)
            places.append(Slot(f"{tag}-{i:04d}", "eval" if in_eval else "train", constrained))
    counts = (("h-nc", config.n_heldout_unconstrained, False), ("h-c", config.n_heldout_constrained, True))
    for tag, count, constrained in counts:
        turns = _novelties(config, constrained)
        for i in range(count):
            places.append(Slot(f"{tag}-{i:04d}", "heldout", constrained, turns[i % len(turns)]))
    return places


def synthesize(config: SynthesisConfig) -> tuple[list[Problem], list[Rejection]]:
    """The problem set P and the rejected draws, both in the order of ``slots``.

    Raises ValueError where a held-out set names an unknown function or constraint family or leaves none to train on,
    RuntimeError where an instance is rejected ``MAX_ATTEMPTS`` times.
    """
    accepted = synthesize_with_verdicts(config)
    return [each.problem for each in accepted], [rejection for each in accepted for rejection in each.rejected]


def full_control(config: SynthesisConfig, problem: Problem) -> quality.Verdict:
    """Quality control as P needs it."""
    return quality.check(problem, config.seed, config.quality_runs)


def without_search(config: SynthesisConfig, problem: Problem) -> quality.Verdict:
    """Quality control but for the search for a feasible point, which takes most of the time; not enough for P."""
    return quality.check_before_search(problem, config.seed)


def synthesize_with_verdicts(config: SynthesisConfig, judge: Judge = full_control) -> list[Accepted]:
    """As ``synthesize``, with the verdict of quality control on each kept instance.

    No two instances have the same statement (what a prompt can show, that is all but the seeds): an instance whose
    statement an earlier id has is drawn again.
    """
    check_names(config)
    places = slots(config)
    work = (joblib.delayed(first_accepted)(config, slot, 0, judge) for slot in places)
    workers = min(config.jobs, 1 + len(places) // INSTANCES_A_WORKER)
    drafts = joblib.Parallel(n_jobs=workers)(work)
    seen: dict[str, str] = {}
    kept = []
    for slot, draft in zip(places, drafts, strict=True):
        while (twin := seen.get(statement(draft.problem))) is not None:
            rejection = Rejection(slot.id, draft.attempt, f"same statement as {twin}")
            again = first_accepted(config, slot, draft.attempt + 1, judge)
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


def first_accepted(config: SynthesisConfig, slot: Slot, attempt: int = 0, judge: Judge = full_control) -> Accepted:
    """The first draw of the slot, from ``attempt`` on, that passes quality control.

    On one BLAS thread: more round otherwise, and on small matrices they are slower.
    """
    rejected = []
    for number in range(attempt, MAX_ATTEMPTS):
        with _libraries().limit(limits=1):
            problem = draw(config, slot, number)
            verdict = judge(config, problem)
        if not verdict.reason:
            problem = dataclasses.replace(problem, optimum=verdict.optimum, f0=verdict.f0)
            return Accepted(problem, number, verdict, tuple(rejected))
        rejected.append(Rejection(slot.id, number, verdict.reason))
    raise RuntimeError(
        f"instance {slot.id}: {MAX_ATTEMPTS} draws were rejected, the last one as: {rejected[-1].reason}; "
        "allow other functions, dimensions, half_widths or constraints"
    )


@functools.cache
def _libraries() -> threadpoolctl.ThreadpoolController:
    """The numerical libraries of this process; looking for them takes longer than an instance."""
    return threadpoolctl.ThreadpoolController()


def _novelties(config: SynthesisConfig, constrained: bool) -> list[tuple[Novelty, ...]]:
    """What held-out instances show in turn: each novelty there is alone, then all together."""
    held = {
        "functions": config.heldout_functions,
        "constraints": config.heldout_constraints if constrained else [],
        "dimensions": config.heldout_dimensions,
    }
    novel = tuple(name for name, values in held.items() if values)
    return [(name,) for name in novel] + ([novel] if len(novel) > 1 else [])
