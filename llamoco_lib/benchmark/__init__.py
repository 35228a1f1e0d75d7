"""The benchmark: the pool runs on every problem, and the label of each problem is decided (paper, 3.1)."""

from llamoco_lib.benchmark.labels import Rule, comparable, label_table, portfolio, scored
from llamoco_lib.benchmark.plan import Plan, configurations
from llamoco_lib.benchmark.regret import log_regret, perf
from llamoco_lib.benchmark.run import run_configuration
from llamoco_lib.benchmark.search import Part
from llamoco_lib.benchmark.stage import benchmark, compute_part, read_problems
from llamoco_lib.benchmark.summary import choices, cost_table, f_star_table, gap_table

__all__ = [
    "Part",
    "Plan",
    "Rule",
    "benchmark",
    "choices",
    "comparable",
    "compute_part",
    "configurations",
    "cost_table",
    "f_star_table",
    "gap_table",
    "label_table",
    "log_regret",
    "perf",
    "portfolio",
    "read_problems",
    "run_configuration",
    "scored",
]
