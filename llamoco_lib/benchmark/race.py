"""A race over seeds: few configurations get all their runs, the ones that may be good (DESIGN section 4, "Label").

Members are dropped between rungs of seeds, never by what they reached with fewer evaluations: methods that shrink
their population win late. This module knows numbers and names only.
"""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

Member = TypeVar("Member", bound=Hashable)
Row = Mapping[str, object]
FIRST_RUNGS = (1, 2, 3)


def race(
    first: Mapping[Member, Row],
    n_seeds: int,
    run: Callable[[Member, int], Row],
    regret: Callable[[Sequence[Row]], np.ndarray],
    tolerance: float,
    floor: float,
) -> list[Row]:
    """The runs of all members, a member's together, in the order of ``first``, which holds their first ones.

    ``run(member, repetition)`` makes a run; ``regret(rows)`` scores runs by what is known so far, no lower than
    ``floor``. After 1, 2 and 3 seeds each (rungs), the best member by mean so far, the first of equals, gets all of
    its ``n_seeds``; the others go on if they are in the better half (the smaller half is dropped of an odd number) or
    within ``tolerance`` of the best. A member also stops as soon as its mean could not come within ``tolerance`` of
    the lowest completed mean even if all its further runs scored ``floor``. So at least one member has all its runs,
    and only those that have can be in the good set.
    """
    done: dict[Member, list[Row]] = {member: [row] for member, row in first.items()}

    def mean(member: Member, upto: int) -> float:
        return float(np.mean(regret(done[member][:upto])))

    def hopeless(member: Member) -> bool:
        completed = [mean(other, n_seeds) for other, rows in done.items() if len(rows) == n_seeds]
        scores = regret(done[member])
        lowest = (float(np.sum(scores)) + (n_seeds - len(scores)) * floor) / n_seeds
        return bool(completed) and lowest > min(completed) + tolerance

    def advance(member: Member, upto: int) -> None:
        while len(done[member]) < upto and not hopeless(member):
            done[member].append(run(member, len(done[member])))

    alive = list(done)
    for rung in [*(r for r in FIRST_RUNGS if r < n_seeds), n_seeds]:
        for member in alive:
            advance(member, rung)
        alive = sorted((m for m in alive if len(done[m]) >= rung), key=lambda m: mean(m, rung))
        if not alive:
            break
        best = mean(alive[0], rung)
        while len(done[alive[0]]) < n_seeds:
            done[alive[0]].append(run(alive[0], len(done[alive[0]])))
        half = math.ceil(len(alive) / 2)
        alive = [m for place, m in enumerate(alive) if place < half or mean(m, rung) <= best + tolerance]
    return [row for rows in done.values() for row in rows]
