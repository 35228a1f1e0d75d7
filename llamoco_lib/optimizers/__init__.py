"""The optimizer pool: each optimizer is one self-contained program file and its grid (DESIGN principle 1)."""

from llamoco_lib.optimizers.grids import Configuration, grid
from llamoco_lib.optimizers.overview import asset_table, grid_table
from llamoco_lib.optimizers.pool_files import Optimizer, optimizer, pool
from llamoco_lib.optimizers.programs import constants, identify, load, program

__all__ = [
    "Configuration",
    "Optimizer",
    "asset_table",
    "constants",
    "grid",
    "grid_table",
    "identify",
    "load",
    "optimizer",
    "pool",
    "program",
]
