"""The benchmark: the pool runs on every problem, and the label of each problem is decided (paper, 3.1)."""

from llamoco_lib.benchmark.labels import Rule, label_table, portfolio
from llamoco_lib.benchmark.plan import Plan, configurations
from llamoco_lib.benchmark.regret import log_regret, perf
from llamoco_lib.benchmark.run import run_configuration
from llamoco_lib.benchmark.shards import run_units
from llamoco_lib.benchmark.stage import benchmark

__all__ = [
    "Plan",
    "Rule",
    "benchmark",
    "configurations",
    "label_table",
    "log_regret",
    "perf",
    "portfolio",
    "run_configuration",
    "run_units",
]
