"""What is run: the configurations of each group and the runs of one problem, the unit of work.

This module knows nothing of how units are spread over processes.
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.race import race
from llamoco_lib.benchmark.reference import best_known, needs_reference, reference_solvers
from llamoco_lib.benchmark.regret import FLOOR, log_regret
from llamoco_lib.benchmark.run import run_apart
from llamoco_lib.optimizers import Configuration, grid, members, optimizer
from llamoco_lib.problems.spec import Problem

COLUMNS = {
    "problem_id": "str",
    "group": "str",
    "split": "str",
    "optimizer": "str",
    "configuration": "str",
    "purpose": "str",
    "repetition": "int64",
    "best_value": "float64",
    "violation": "float64",
    "feasible": "bool",
    "fes": "int64",
    "seconds": "float64",
    "evaluation_seconds": "float64",
    "status": "str",
    "reason": "str",
    "trace": "object",
}


def configurations(chosen: Sequence[str], group: str, granularity: str) -> list[Configuration]:
    """The configurations that ``chosen`` names, in its order and each once.

    A pool's name (``pools``) stands for all that is in it, an optimizer's bare name for its grid of that granularity,
    ``name(HYPER=value)`` for one configuration. Raises KeyError for an unknown optimizer and ValueError for one of
    the other group.
    """
    found: dict[str, Configuration] = {}
    for text in itertools.chain.from_iterable(members(name, group) for name in chosen):
        parsed = Configuration.parse(text)
        owner = optimizer(parsed.optimizer)
        if owner.group != group:
            raise ValueError(f"{text!r} stands under {group}, but {owner.name} is in the {owner.group} group")
        for configuration in [parsed] if "(" in text else grid(owner, granularity):
            found[configuration.key] = configuration
    return list(found.values())


def cap_of(fes_caps: Mapping[str, int], optimizer: str, purpose: str) -> int | None:
    """The most FEs of a run of the optimizer for the purpose, by parameter ``fes_caps``; None for its whole budget.

    Only label runs have a cap: what is reported stands beside programs of a model, which have their whole budget too.
    """
    return fes_caps.get(optimizer) if purpose == "label" else None


@functools.cache
def _code_key() -> str:
    """A hash of the source of the problems and of running them."""
    library = records.REPOSITORY / "llamoco_lib"
    files = [*sorted((library / "problems").glob("*.py")), library / "seeds.py"]
    files += [library / "benchmark" / f"{name}.py" for name in ("run", "race", "reference", "regret")]
    return records.content_key([file.read_text(encoding="utf-8") for file in files])


@dataclasses.dataclass(frozen=True)
class Plan:
    """Everything that decides the runs of a problem.

    With ``race_tolerance`` (decades) the configurations race over the label seeds; without, each has all its runs.
    Score runs are on eval and held-out problems, and ``train_score_seeds`` of them on problems to train on.
    """

    unconstrained: tuple[Configuration, ...]
    constrained: tuple[Configuration, ...]
    root: int
    n_label_seeds: int
    n_score_seeds: int
    reference_factor: int
    wall_limit: float
    memory_limit_gib: float
    fes_caps: Mapping[str, int]
    race_tolerance: float | None = None
    train_score_seeds: int = 0

    def of(self, group: str) -> tuple[Configuration, ...]:
        """The configurations that run on the problems of a group."""
        return self.constrained if group == "constrained" else self.unconstrained

    def key(self, problem: Problem) -> str:
        """A hash of all that can change the problem's runs: problem, code, programs, seeds, limits."""
        parts = {
            "code": _code_key(),
            "problem": problem.to_json(),
            "configurations": [
                (c.key, optimizer(c.optimizer).source)
                for c in (*self.of(problem.group), *reference_solvers(problem.group))
            ],
            "counts": [self.root, self.n_label_seeds, self._score_seeds(problem), self.reference_factor],
            "limits": [self.wall_limit, self.memory_limit_gib, dict(self.fes_caps), self.race_tolerance],
        }
        return records.content_key(parts)[:16]

    def units(self, problems: Iterable[Problem]) -> dict[str, Callable[[], pd.DataFrame]]:
        """The units of work by the names of their shards; large budgets first, so that no long one is left over."""
        ordered = sorted(problems, key=lambda problem: (-problem.budget * problem.dimension, problem.id))
        return {f"{problem.id}-{self.key(problem)}": functools.partial(self.runs, problem) for problem in ordered}

    def runs(self, problem: Problem) -> pd.DataFrame:
        """All runs of one problem: label runs; reference runs where it needs them; score runs.

        The reference runs come first, so that the f* of a race is not just what the racing configurations found.
        """
        chosen = self.of(problem.group)

        def run(configuration: Configuration, purpose: str, repetition: int, factor: int = 1) -> dict[str, object]:
            cap = cap_of(self.fes_caps, configuration.optimizer, purpose)
            limits = (self.wall_limit, cap, factor)
            return run_apart(
                problem, configuration, self.root, purpose, repetition, *limits, memory_gib=self.memory_limit_gib
            )

        reference = []
        if needs_reference(problem):
            solvers = reference_solvers(problem.group).items()
            reference = [
                run(c, "reference", each, self.reference_factor) for c, runs in solvers for each in range(runs)
            ]
        repetitions = range(self.n_label_seeds if self.race_tolerance is None else 1)
        rows = [run(c, "label", repetition) for c in chosen for repetition in repetitions]
        if self.race_tolerance is not None:
            rows = self._race(problem, dict(zip(chosen, rows, strict=True)), reference, run)
        rows += reference
        rows += [run(c, "score", repetition) for c in chosen for repetition in range(self._score_seeds(problem))]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)

    def _score_seeds(self, problem: Problem) -> int:
        return self.train_score_seeds if problem.split == "train" else self.n_score_seeds

    def _race(self, problem: Problem, first: dict, reference: list, run: Callable) -> list[dict[str, object]]:
        """The label runs of a race; f* is the closed form, or the best feasible value seen by then."""
        seen = [*first.values(), *reference]

        def seen_run(configuration: Configuration, repetition: int) -> dict[str, object]:
            seen.append(run(configuration, "label", repetition))
            return seen[-1]

        def regret(rows: Sequence[Mapping]) -> np.ndarray:
            best = best_known(problem, (row["best_value"] for row in seen))
            values = [row["best_value"] if row["status"] == "ok" else np.inf for row in rows]
            return log_regret(values, problem.f0, best)

        return race(first, self.n_label_seeds, seen_run, regret, self.race_tolerance, np.log10(FLOOR))
