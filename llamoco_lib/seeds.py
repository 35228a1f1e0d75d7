"""Random streams that belong to a unit of work, not to the order in which units run (DESIGN principle 4).

Every stream is ``SeedSequence(root, spawn_key=hash(unit))``: worker count, shards, order and a resume after
``kill -9`` cannot change a number. This module knows nothing of problems, optimizers or models.
"""

import hashlib

import numpy as np


def sequence(root: int, *unit: str | int) -> np.random.SeedSequence:
    """The seed sequence of one unit of work.

    ``unit`` names the work, such as ``("label", problem.id, configuration.key, 3)``. The key is a SHA-256 digest of
    the unit's text, so that it is the same in every process (Python's own ``hash`` of a string is not).
    """
    digest = hashlib.sha256("\x1f".join(str(part) for part in unit).encode()).digest()
    spawn_key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    return np.random.SeedSequence(root, spawn_key=spawn_key)


def generator(root: int, *unit: str | int) -> np.random.Generator:
    """A NumPy generator on the unit's own stream."""
    return np.random.default_rng(sequence(root, *unit))


def integer(root: int, *unit: str | int) -> int:
    """A seed in [1, 2**31) of the unit, for libraries that take an integer (0 means 'by the clock' to some)."""
    return 1 + int(sequence(root, *unit).generate_state(1)[0]) % (2**31 - 1)
