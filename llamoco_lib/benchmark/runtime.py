"""Runtimes to targets and their distribution as COCO draws it (Hansen et al., 2021, "COCO", sections 3 and 4).

A target is a log-regret, and the runtime to it the number of FEs until a run reached it. A trace knows the best value
at some 30 FEs only, so a runtime is that of the first of them at which the target was reached, or the end of the run:
late by at most one step of the trace, never early. This module knows nothing of figures.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from llamoco_lib import seeds
from llamoco_lib.benchmark.plan import cap_of
from llamoco_lib.problems.counting import trace_fes
from llamoco_lib.problems.spec import Problem

TARGETS = np.round(np.linspace(0.0, -8.0, 41), 1)  # log-regret, from f0 to solved
BEST = "VBS of each target"
SIMULATED = 30  # runs with restarts drawn for a problem, target and optimizer
POINTS = 200  # of a curve
FIRST = 0.1  # FEs/D, where the curves begin
BEYOND = 10.0  # times the longest run in FEs/D, where the curves end


def runtimes(
    runs: pd.DataFrame, references: pd.DataFrame, problems: Iterable[Problem], fes_caps: Mapping[str, int]
) -> np.ndarray:
    """FEs until each run reached each of ``TARGETS``: (runs, targets), inf where it did not.

    ``references`` has f0 and f* by problem (the label table will do); ``fes_caps`` are those that the runs were made
    with. A target t is reached by a feasible value f with f - f* <= (f0 - f*) 10^t; a run that failed or was stopped
    reaches none. Raises ValueError where a trace has not the length that budget and cap give it.
    """
    known = {row.problem_id: (row.f0, row.f_star) for row in references.itertuples()}
    budgets = {problem.id: problem.budget for problem in problems}
    found = np.full((len(runs), len(TARGETS)), np.inf)
    for place, run in enumerate(runs.itertuples()):
        budget = budgets[run.problem_id]
        checkpoints = np.array(trace_fes(min(budget, cap_of(fes_caps, run.optimizer, run.purpose) or budget)))
        trace = np.asarray(run.trace, float)
        if len(trace) != len(checkpoints):
            raise ValueError(
                f"the trace of {run.configuration} on {run.problem_id} has {len(trace)} values; a budget of {budget} "
                f"FEs with the caps {dict(fes_caps)} gives {len(checkpoints)}: give the caps that the runs had"
            )
        if run.status != "ok":
            continue
        f0, f_star = known[run.problem_id]
        reached = trace[:, None] - f_star <= (f0 - f_star) * 10.0**TARGETS
        first = np.minimum(checkpoints[reached.argmax(axis=0)], run.fes)
        found[place] = np.where(reached.any(axis=0), first, np.inf)
    return found


def with_restarts(times: np.ndarray, lengths: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Simulated runtimes of an optimizer that starts anew until it reaches the target: (SIMULATED, targets).

    ``times`` (runs, targets) are the runtimes of its runs on one problem, ``lengths`` (runs,) the FEs that each run
    took. As COCO has it, runs are drawn with replacement until one has reached the target, and those before it count
    in whole. inf where no run ever reached it.
    """
    total = np.zeros((SIMULATED, times.shape[1]))
    total[:, ~np.isfinite(times).any(axis=0)] = np.inf
    going = np.isfinite(total)
    while going.any():
        drawn = generator.integers(len(times), size=total.shape)
        time = times[drawn, np.arange(times.shape[1])]
        total += np.where(going, np.where(np.isfinite(time), time, lengths[drawn]), 0.0)
        going &= ~np.isfinite(time)
    return total


def expected(times: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The expected runtime (ERT): FEs of all runs until the target or their end, by success: (targets,).

    Shapes as in ``with_restarts``; inf where no run reached the target.
    """
    successes = np.isfinite(times).sum(axis=0)
    spent = np.minimum(times, lengths[:, None]).sum(axis=0)
    return np.divide(spent, successes, out=np.full(len(successes), np.inf), where=successes > 0)


def runtime_ecdf(
    runs: pd.DataFrame,
    references: pd.DataFrame,
    problems: Iterable[Problem],
    fes_caps: Mapping[str, int],
    root: int,
) -> pd.DataFrame:
    """Share of (problem, target) pairs that each optimizer reached within so many FEs by dimension.

    ``runs`` are those of ``contest.compared_runs``, one configuration an optimizer, of which those without a trace
    (of the reference set) are left out; the other arguments are those of ``runtimes``; ``root`` seeds the simulated
    restarts. Columns group, optimizer, fes_per_dimension, share, and the same in each row of a curve: n_problems and
    length_per_dimension, the median FEs/D of a run, beyond which mostly restarts are seen. The optimizer ``BEST`` has
    the least expected runtime of all on every pair, which is more than any one choice for a problem could have.
    """
    problems, runs = list(problems), runs[runs["trace"].map(len) > 0]
    dimensions = {problem.id: problem.dimension for problem in problems}
    frame = runs.assign(
        time=list(runtimes(runs, references, problems, fes_caps)),
        dimension=runs["problem_id"].map(dimensions),
        length=np.maximum(runs["fes"], 1),  # a run that failed at once still took a try
    )
    return pd.concat(
        [_curves(own, group, root) for group, own in frame.groupby("group", sort=False)], ignore_index=True
    )


def _curves(frame: pd.DataFrame, group: str, root: int) -> pd.DataFrame:
    """The curves of one group."""
    samples: dict[str, list[np.ndarray]] = {}
    for problem_id, of_problem in frame.groupby("problem_id", sort=False):
        dimension = of_problem["dimension"].iloc[0]
        least, best = np.full(len(TARGETS), np.inf), np.full((SIMULATED, len(TARGETS)), np.inf)
        for name, own in of_problem.groupby("optimizer", sort=False):
            times, lengths = np.stack(own["time"].to_list()), own["length"].to_numpy(float)
            drawn = with_restarts(times, lengths, seeds.generator(root, "runtime", problem_id, name)) / dimension
            samples.setdefault(name, []).append(drawn)
            ert = expected(times, lengths)
            best[:, ert < least] = drawn[:, ert < least]
            least = np.minimum(ert, least)
        samples.setdefault(BEST, []).append(best)
    lengths = frame["length"] / frame["dimension"]
    grid = np.geomspace(FIRST, BEYOND * lengths.max(), POINTS)
    medians = lengths.groupby(frame["optimizer"]).median()
    tables = []
    for name, parts in samples.items():
        values = np.sort(np.concatenate(parts, axis=None))
        table = pd.DataFrame(
            {"fes_per_dimension": grid, "share": np.searchsorted(values, grid, "right") / len(values)}
        )
        about = {"n_problems": len(parts), "length_per_dimension": medians.get(name, float("nan"))}
        tables.append(table.assign(group=group, optimizer=name, **about))
    columns = ["group", "optimizer", "fes_per_dimension", "share", "n_problems", "length_per_dimension"]
    return pd.concat(tables, ignore_index=True)[columns]
