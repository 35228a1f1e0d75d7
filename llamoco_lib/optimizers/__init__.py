"""The optimizer pool: each optimizer is one self-contained program file and its grid (DESIGN principle 1)."""

from llamoco_lib.optimizers.grids import Configuration, grid
from llamoco_lib.optimizers.overview import asset_table, grid_table
from llamoco_lib.optimizers.pool_files import Optimizer, names, optimizer, pool
from llamoco_lib.optimizers.pools import POOLS, members
from llamoco_lib.optimizers.programs import constants, identify, load, program, shape

__all__ = [
    "POOLS",
    "Configuration",
    "Optimizer",
    "asset_table",
    "constants",
    "grid",
    "grid_table",
    "identify",
    "load",
    "members",
    "names",
    "optimizer",
    "pool",
    "program",
    "shape",
]
