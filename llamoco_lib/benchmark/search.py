"""The two ways to search for good configurations: the whole grid on every problem, or a portfolio drawn from it.

A portfolio is chosen from the whole grid's runs on a sample of the train problems of each group; on all others only
its members run, and race (``race``). This module knows nothing of how labels are decided.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark import shards
from llamoco_lib.benchmark.labels import references, scored
from llamoco_lib.benchmark.plan import Plan
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.problems.spec import GROUPS, Problem


@dataclasses.dataclass(frozen=True)
class Part:
    """Part ``index`` of ``count`` of the work, from 1; the whole work is part 1 of 1."""

    index: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.index <= self.count:
            raise ValueError(
                f"there is no shard {self.index} of {self.count}; valid: 1/{self.count} to {self.count}/{self.count}"
                if self.count >= 1
                else f"{self.count} shards make no work; valid: 1/1, 1/2, 2/2 and so on"
            )

    @classmethod
    def parse(cls, text: str) -> "Part":
        """``3/10`` as the third of ten parts. Raises ValueError for anything else and for 0/10 or 11/10."""
        numbers = text.split("/")
        if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
            raise ValueError(f"shard {text!r}: expected i/n, such as 3/10, the third of ten")
        return cls(int(numbers[0]), int(numbers[1]))

    def of(self, units: Mapping) -> dict:
        """Every ``count``-th unit of the mapping, so that long and short ones are shared out alike."""
        return {name: units[name] for name in list(units)[self.index - 1 :: self.count]}


def search(
    config: BenchmarkingConfig, plan: Plan, problems: Sequence[Problem], folder: Path, part: Part | None = None
) -> tuple[pd.DataFrame, Plan] | None:
    """All runs, and the plan with the configurations that labels are chosen from.

    Shards are written to ``shards/`` in ``folder``, and a portfolio with the problems it was chosen on to
    ``search.json``. With a ``part`` only that part of the units is computed, of the second phase too if the first is
    complete by then, and None is returned.
    """
    final, sample, units = plan, [], {}
    if config.search == "portfolio":
        sample = sample_of(problems, plan, config)
        units = screening(plan, config).units(sample)
        _compute(units, config, folder, part)
        if left := shards.missing(units, folder / "shards"):
            print(f"{len(left)} of {len(units)} units with the whole grid are left to other shards.")
            print("Give this command again when they are done, for the units that run the portfolio alone.")
            return None
        # without a sample, where no grid is larger than its portfolio, there are no runs to choose by
        runs = shards.collect(units, folder / "shards") if units else pd.DataFrame()
        final = _narrowed(plan, sample, runs, config, folder)
    sampled = {problem.id for problem in sample}
    rest = final.units(problem for problem in problems if problem.id not in sampled)
    _compute(rest, config, folder, part)
    if part is not None:
        return None
    return shards.collect([*units, *rest], folder / "shards"), final


def screening(plan: Plan, config: BenchmarkingConfig) -> Plan:
    """The plan for the sample that a portfolio is chosen on: the whole grid, in ``sample_seeds`` runs each."""
    return dataclasses.replace(plan, n_label_seeds=config.sample_seeds)


def _compute(units: Mapping, config: BenchmarkingConfig, folder: Path, part: Part | None) -> None:
    own = units if part is None else part.of(units)
    shards.compute(own, folder / "shards", config.jobs, config.scheduler)


def sample_of(problems: Sequence[Problem], plan: Plan, config: BenchmarkingConfig) -> list[Problem]:
    """The train problems of each group on which the whole grid runs; none where the portfolio is the whole grid."""
    found: list[Problem] = []
    for group in GROUPS:
        if len(plan.of(group)) > config.portfolio_size:
            train = [problem for problem in problems if problem.group == group and problem.split == "train"]
            found += stratified(train)[: config.portfolio_problems]
    return found


def stratified(problems: Sequence[Problem]) -> list[Problem]:
    """The problems in an order whose every beginning has about the same shares of budgets and dimensions.

    Strata are budget and dimension in powers of two. Within a stratum a hash of the id gives the order, and the place
    in the whole order is the share of its stratum that comes before, moved by the stratum's own hash.
    """
    strata: dict[tuple[int, int], list[Problem]] = {}
    for problem in problems:
        strata.setdefault((problem.budget, problem.dimension.bit_length()), []).append(problem)
    places = {}
    for stratum, members in strata.items():
        for rank, problem in enumerate(sorted(members, key=lambda problem: records.content_key(problem.id))):
            places[problem.id] = (rank + _share(stratum)) / len(members)
    return sorted(problems, key=lambda problem: (places[problem.id], problem.id))


def _share(value: object) -> float:
    """A number in [0, 1) that depends on the value alone."""
    return int(records.content_key(value)[:12], 16) / 16**12


def _narrowed(
    plan: Plan, sample: list[Problem], runs: pd.DataFrame, config: BenchmarkingConfig, folder: Path
) -> Plan:
    """The plan with the portfolios in place of the grids and a race in place of all runs; ``search.json`` written."""
    chosen, told = {}, {}
    for group in GROUPS:
        grid, members = plan.of(group), [problem for problem in sample if problem.group == group]
        chosen[group] = grid
        if members:
            label_runs = runs[(runs["purpose"] == "label") & (runs["group"] == group)]
            known = references(members, runs[runs["group"] == group])
            means = scored(label_runs, known).groupby(["problem_id", "configuration"])["log_regret"].mean().unstack()
            order, losses = cover(means[[c.key for c in grid]].to_numpy(), config.portfolio_size)
            chosen[group] = tuple(grid[place] for place in order)
            told[group] = {
                "sample": [problem.id for problem in members],
                "portfolio": [grid[place].key for place in order],
                "mean_log_regret_of_best": losses,
            }
    records.write_json(folder / "search.json", told)
    return dataclasses.replace(plan, **chosen, race_tolerance=config.good_set_tolerance)


def cover(means: np.ndarray, size: int) -> tuple[list[int], list[float]]:
    """Columns of ``means`` (problems, configurations) chosen greedily, and the mean of the best after each choice.

    Next is the column that makes the mean over the problems of the best chosen log-regret least; between equals (to
    nine decimals) the one with the lower mean of its own, then the first.
    """
    order: list[int] = []
    losses: list[float] = []
    own = np.round(means.mean(axis=0), 9)
    best = np.zeros(len(means))  # log-regret of no progress
    while len(order) < min(size, means.shape[1]):
        together = np.round(np.minimum(best[:, None], means).mean(axis=0), 9)
        left = [place for place in range(means.shape[1]) if place not in order]
        chosen = min(left, key=lambda place: (together[place], own[place], place))
        order.append(chosen)
        best = np.minimum(best, means[:, chosen])
        losses.append(float(together[chosen]))
    return order, losses
