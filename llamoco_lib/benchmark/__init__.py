"""The benchmark: the pool runs on every problem, and the label of each problem is decided (paper, 3.1)."""

from llamoco_lib.benchmark.labels import Rule, label_table, portfolio, scored
from llamoco_lib.benchmark.plan import Plan, configurations
from llamoco_lib.benchmark.regret import log_regret, perf
from llamoco_lib.benchmark.run import run_configuration
from llamoco_lib.benchmark.shards import run_units
from llamoco_lib.benchmark.stage import benchmark, read_problems
from llamoco_lib.benchmark.summary import choices, cost_table, gap_table

__all__ = [
    "Plan",
    "Rule",
    "benchmark",
    "choices",
    "configurations",
    "cost_table",
    "gap_table",
    "label_table",
    "log_regret",
    "perf",
    "portfolio",
    "read_problems",
    "run_configuration",
    "run_units",
    "scored",
]
