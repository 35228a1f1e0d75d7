"""The optimizer pool: each optimizer is one self-contained program file and its grid (DESIGN principle 1)."""

from llamoco_lib.optimizers.grids import Configuration, grid
from llamoco_lib.optimizers.overview import assets, grids
from llamoco_lib.optimizers.pool_files import Optimizer, optimizer, pool
from llamoco_lib.optimizers.programs import constants, identify, load, program

__all__ = [
    "Configuration",
    "Optimizer",
    "assets",
    "constants",
    "grid",
    "grids",
    "identify",
    "load",
    "optimizer",
    "pool",
    "program",
]
