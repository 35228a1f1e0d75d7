"""The named pools: the paper's 23 optimizers, the same with ours, and a portfolio of configurations.

This module knows nothing of how a portfolio is chosen; ``portfolio.yaml`` says with which command it was.
"""

from pathlib import Path

import yaml

from llamoco_lib.optimizers.pool_files import Group, pool

PORTFOLIO = Path(__file__).parent / "portfolio.yaml"
POOLS = ("paper", "extended", "portfolio")


def members(name: str, group: Group) -> list[str]:
    """What a pool's name stands for in a group; any other name stands for itself.

    ``paper``: the optimizers of the paper (Table 5); ``extended``: these and ours; ``portfolio``: the configurations
    of ``portfolio.yaml``, which the reference labels know.
    """
    if name == "portfolio":
        return list(yaml.safe_load(PORTFOLIO.read_text(encoding="utf-8"))[group])
    if name in POOLS:
        return [entry.name for entry in pool(group=group) if name == "extended" or entry.origin == "paper"]
    return [name]
