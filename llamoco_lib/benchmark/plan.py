"""What is run: the configurations of each group and the runs of one problem, the unit of work.

This module knows nothing of how units are spread over processes.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence

import pandas as pd
import threadpoolctl

from llamoco_lib import records
from llamoco_lib.benchmark.reference import best_of, needs_reference
from llamoco_lib.benchmark.run import run_configuration
from llamoco_lib.optimizers import Configuration, grid, optimizer
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
    "status": "str",
    "reason": "str",
    "trace": "object",
}


def configurations(chosen: Sequence[str], group: str, granularity: str) -> list[Configuration]:
    """The configurations that ``chosen`` names, in its order and each once.

    An optimizer's bare name stands for its grid of that granularity, ``name(HYPER=value)`` for one configuration.
    Raises KeyError for an unknown optimizer and ValueError for one of the other group.
    """
    found: dict[str, Configuration] = {}
    for text in chosen:
        parsed = Configuration.parse(text)
        owner = optimizer(parsed.optimizer)
        if owner.group != group:
            raise ValueError(f"{text!r} stands under {group}, but {owner.name} is in the {owner.group} group")
        for configuration in [parsed] if "(" in text else grid(owner, granularity):
            found[configuration.key] = configuration
    return list(found.values())


@functools.cache
def _code_key() -> str:
    """A hash of the source of the problems and of running them."""
    library = records.REPOSITORY / "llamoco_lib"
    files = [*sorted((library / "problems").glob("*.py")), library / "seeds.py", library / "benchmark" / "run.py"]
    return records.content_key([file.read_text(encoding="utf-8") for file in files])


@dataclasses.dataclass(frozen=True)
class Plan:
    """Everything that decides the runs of a problem."""

    unconstrained: tuple[Configuration, ...]
    constrained: tuple[Configuration, ...]
    root: int
    n_label_seeds: int
    n_score_seeds: int
    reference_factor: int
    wall_limit: float
    fes_caps: Mapping[str, int]

    def of(self, problem: Problem) -> tuple[Configuration, ...]:
        """The configurations that run on the problem, by its group."""
        return self.constrained if problem.group == "constrained" else self.unconstrained

    def key(self, problem: Problem) -> str:
        """A hash of all that can change the problem's runs: problem, code, programs, seeds, limits."""
        parts = {
            "code": _code_key(),
            "problem": problem.to_json(),
            "configurations": [(c.key, optimizer(c.optimizer).source) for c in self.of(problem)],
            "counts": [self.root, self.n_label_seeds, self.n_score_seeds, self.reference_factor],
            "limits": [self.wall_limit, dict(self.fes_caps)],
        }
        return records.content_key(parts)[:16]

    def runs(self, problem: Problem) -> pd.DataFrame:
        """All runs of one problem: label runs; a reference run where it needs one; score runs unless it is to train.

        Numeric libraries are held to one thread, so that the numbers do not depend on the machine's cores.
        """

        def run(configuration: Configuration, purpose: str, repetition: int, factor: int = 1) -> dict[str, object]:
            cap = self.fes_caps.get(configuration.optimizer)
            return run_configuration(
                problem, configuration, self.root, purpose, repetition, self.wall_limit, cap, factor
            )

        chosen = self.of(problem)
        with threadpoolctl.threadpool_limits(1):
            rows = [run(c, "label", repetition) for c in chosen for repetition in range(self.n_label_seeds)]
            if needs_reference(problem):
                rows.append(run(best_of(rows, chosen), "reference", 0, self.reference_factor))
            if problem.split != "train":
                rows += [run(c, "score", repetition) for c in chosen for repetition in range(self.n_score_seeds)]
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
