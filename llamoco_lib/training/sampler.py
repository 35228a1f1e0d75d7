"""Which pairs make up which batch: balanced sampling (paper, eq. 5) and homogeneous batches (App. C).

The whole order is drawn before training, from its own stream, so that a resumed training goes on with the same
batches. This module knows nothing of tokens and models.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from llamoco_lib import seeds


def pair_probabilities(pairs: pd.DataFrame) -> np.ndarray:
    """The probability rho of each pair under eq. 5, shape (n_pairs,), sum 1.

    rho(q, a) = 1 / (N_a N_qa) for an instance, N_a the number of optimizers, N_qa that of instances whose label is a;
    the writings of an instance share its probability equally. ``pairs`` has ``problem_id`` and ``optimizer``.
    """
    writings = pairs.groupby("problem_id")["problem_id"].transform("size").to_numpy(float)
    instances = pairs.groupby("optimizer")["problem_id"].transform("nunique").to_numpy(float)
    return 1.0 / (pairs["optimizer"].nunique() * instances * writings)


def schedule(
    pairs: pd.DataFrame, n_batches: int, batch_size: int, balanced: bool, homogeneous: bool, root: int
) -> np.ndarray:
    """Places in ``pairs`` of each batch, shape (n_batches, batch_size).

    ``balanced``: every optimizer comes equally often, then every instance of it (eq. 5), else every pair alike.
    ``homogeneous``: a batch is of one instance's writings, each used once before any is repeated.
    """
    rng = seeds.generator(root, "schedule")
    place = pairs.reset_index(drop=True)
    writings = {key: np.array(list(own)) for key, own in place.groupby("problem_id", sort=True).groups.items()}
    problem = _instances(place, balanced, rng)
    if homogeneous:
        batches = [_dealt(writings[problem()], batch_size, rng) for _ in range(n_batches)]
    else:
        of_problem = {key: _Rounds(own.tolist(), rng) for key, own in writings.items()}
        batches = [[of_problem[problem()].draw() for _ in range(batch_size)] for _ in range(n_batches)]
    return np.array(batches, int).reshape(n_batches, batch_size)


def _dealt(places: np.ndarray, number: int, rng: np.random.Generator) -> np.ndarray:
    """``number`` of ``places``, each once before any comes again."""
    rounds = -(-number // len(places))
    return np.concatenate([rng.permutation(places) for _ in range(rounds)])[:number]


def _instances(pairs: pd.DataFrame, balanced: bool, rng: np.random.Generator) -> Callable[[], str]:
    """A function that draws an instance: optimizer and instance in shuffled rounds, or in proportion to its pairs."""
    if not balanced:
        rounds = _Rounds(pairs["problem_id"].tolist(), rng)
        return rounds.draw
    optimizers = _Rounds(sorted(pairs["optimizer"].unique()), rng)
    of_optimizer = {
        name: _Rounds(sorted(own.unique()), rng) for name, own in pairs.groupby("optimizer", sort=True)["problem_id"]
    }
    return lambda: of_optimizer[optimizers.draw()].draw()


class _Rounds:
    """Draws from ``items`` so that each comes once before any comes again."""

    def __init__(self, items: list, rng: np.random.Generator):
        self.items = items
        self.rng = rng
        self.left: list[int] = []

    def draw(self) -> str | int:
        if not self.left:
            self.left = self.rng.permutation(len(self.items)).tolist()
        return self.items[self.left.pop()]
