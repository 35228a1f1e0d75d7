"""The instances of the labelled reference set, and which of them may train beside a problem set of one's own.

The set is a folder of batches, each with its ``problems.jsonl``; it grows by further batches. This module knows
nothing of labels.
"""

from collections.abc import Sequence
from pathlib import Path

from llamoco_lib import records
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import problem_set
from llamoco_lib.problems.spec import GROUPS, Problem
from llamoco_lib.problems.synthesis import statement


def batches(folder: str | Path) -> list[Path]:
    """The finished batches of the reference set in ``folder``, in the order of their numbers; none if it is empty."""
    return sorted(path.parent for path in records.resolve(folder).glob("batch_*/record.json"))


def fitting(config: SynthesisConfig, own: Sequence[Problem]) -> list[Problem]:
    """The first ``n_reference`` instances of each group of the reference set that fit beside the instances ``own``.

    An instance fits that could have been drawn for train by ``config`` (nothing in it is held out; dimension, number
    of components and of constraints, and budget are in its ranges) and whose statement no instance of ``own`` has.
    Raises ValueError where fewer fit than are asked for.
    """
    if not config.n_reference:
        return []
    folder = config.reference_labels
    taken = {statement(problem) for problem in own}
    fit = [
        problem
        for batch in batches(folder)
        for problem in problem_set.read(batch)
        if _in_range(config, problem) and statement(problem) not in taken
    ]
    chosen = []
    for group in GROUPS:
        of_group = [problem for problem in fit if problem.group == group]
        if len(of_group) < config.n_reference:
            raise ValueError(
                f"n_reference = {config.n_reference}, but only {len(of_group)} {group} instances in {folder} fit "
                "these dimensions, budgets and held-out names; ask for fewer, or append a batch with "
                "`python -m llamoco_lib.benchmark.append`"
            )
        chosen += of_group[: config.n_reference]
    return chosen


def _in_range(config: SynthesisConfig, problem: Problem) -> bool:
    """Whether ``config`` could have drawn such an instance for train."""
    return (
        config.dimension_min <= problem.dimension <= config.dimension_max
        and problem.dimension not in config.heldout_dimensions
        and problem.budget in config.budgets
        and len(problem.components) <= config.max_components
        and len(problem.constraints) <= config.max_constraints
        and not {component.function for component in problem.components} & set(config.heldout_functions)
        and not {constraint.family for constraint in problem.constraints} & set(config.heldout_constraints)
    )
