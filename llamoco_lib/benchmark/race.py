"""A race over seeds: no more runs for a configuration that can no longer be good (DESIGN section 4, "Label").

Members are dropped between runs by a bound that loses nobody, never by what they reached with fewer evaluations:
methods that shrink their population win late. This module knows numbers and names only.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

Member = TypeVar("Member", bound=Hashable)
Row = Mapping[str, object]


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
    ``floor``. The next run is always of the member with the lowest mean so far, the first of equals. A member stops
    after ``n_seeds`` runs, or as soon as its mean could not come within ``tolerance`` of the lowest completed mean
    even if all its further runs scored ``floor``. So whoever is within ``tolerance`` of the best has all its runs.
    """
    done: dict[Member, list[Row]] = {member: [row] for member, row in first.items()}
    while True:
        scores = np.split(
            regret([row for rows in done.values() for row in rows]), np.cumsum([*map(len, done.values())])
        )
        by_member = dict(zip(done, scores, strict=False))  # the last piece of a split at its end is empty
        completed = [values.mean() for values in by_member.values() if len(values) == n_seeds]
        highest = n_seeds * (min(completed, default=np.inf) + tolerance)
        left = [
            member
            for member, values in by_member.items()
            if len(values) < n_seeds and values.sum() + (n_seeds - len(values)) * floor <= highest
        ]
        if not left:
            return [row for rows in done.values() for row in rows]
        promising = min(left, key=lambda member: by_member[member].mean())
        done[promising].append(run(promising, len(done[promising])))
