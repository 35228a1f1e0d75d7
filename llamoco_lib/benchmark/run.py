"""One run: a program of the pool on a problem, under the counting evaluator, a wall limit and a limit of memory.

A program that fails, hangs or takes its process down gives a row that says so; it never ends the benchmark. This
module knows nothing of plans, shards or labels.
"""

import contextlib
import io
import math
import signal
import time
import traceback
import warnings
from collections.abc import Iterator

from llamoco_lib import seeds
from llamoco_lib.benchmark import isolation
from llamoco_lib.optimizers import Configuration, load, program
from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator, trace_fes
from llamoco_lib.problems.evaluator import Evaluator, evaluator_of
from llamoco_lib.problems.spec import Problem

GRACE_SECONDS = 10.0  # after the wall limit, until the process of a run that took no notice of it is killed


class WallLimit(BaseException):
    """A run took longer than its wall limit. A BaseException, so that a program cannot swallow it."""


@contextlib.contextmanager
def wall_limit(seconds: float) -> Iterator[None]:
    """Raise WallLimit in the block once it took ``seconds``, and again every half second until the block is left.

    Works on a process's main thread on POSIX systems, where every worker of the benchmark runs its units; raises
    ValueError elsewhere.
    """

    def stop(signum: int, frame: object) -> None:
        raise WallLimit(f"stopped after {seconds:g} s")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)


def run_source(
    evaluator: Evaluator, source: str, seed: int, wall_seconds: float, budget: int | None = None
) -> dict[str, object]:
    """Run a trusted program once and tell what it reached.

    ``budget`` in FEs is the evaluator's own unless given. Returns best_value, violation, feasible, fes, trace (of the
    counting evaluator), seconds, evaluation_seconds (that part of them which the counting evaluator took), status
    (``ok``, ``failed``, ``timeout``) and the reason. A run that failed or was stopped keeps what the evaluator saw,
    for the record; ``labels`` counts it as no progress.
    """
    counting = CountingEvaluator(evaluator, budget)
    constrained = evaluator.n_inequality + evaluator.n_equality > 0
    started = time.perf_counter()
    status, reason = "ok", ""
    try:
        with (
            wall_limit(wall_seconds),
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            load(source)(counting.objective, counting.constraints if constrained else None, seed)
    except BudgetExhausted:
        pass
    except WallLimit as limit:
        status, reason = "timeout", str(limit)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1]
        status, reason = "failed", f"{type(error).__name__}: {error} ({line.name}, line {line.lineno})"[:500]
    result = counting.result()
    return {
        "best_value": result.best_value,
        "violation": result.violation,
        "feasible": result.feasible,
        "fes": result.fes,
        "seconds": time.perf_counter() - started,
        "evaluation_seconds": result.seconds,
        "status": status,
        "reason": reason,
        "trace": list(result.trace),
    }


def run_configuration(
    problem: Problem,
    configuration: Configuration,
    root: int,
    purpose: str,
    repetition: int,
    wall_seconds: float,
    fes_cap: int | None = None,
    budget_factor: int = 1,
) -> dict[str, object]:
    """One row of ``runs.parquet``: a configuration on a problem.

    The program is filled in for a budget of ``budget_factor`` times the problem's and gets the seed of the unit
    (root, purpose, problem, configuration, repetition). ``fes_cap`` ends the run earlier, for optimizers too slow to
    use such a budget; the program does not know of it.
    """
    budget = problem.budget * budget_factor
    source = program(configuration, problem.dimension, problem.lower, problem.upper, budget)
    seed = seeds.integer(root, purpose, problem.id, configuration.key, repetition)
    result = run_source(evaluator_of(problem), source, seed, wall_seconds, _allowed(budget, fes_cap))
    return _names(problem, configuration, purpose, repetition) | result


def run_apart(
    problem: Problem,
    configuration: Configuration,
    root: int,
    purpose: str,
    repetition: int,
    wall_seconds: float,
    fes_cap: int | None = None,
    budget_factor: int = 1,
    *,
    memory_gib: float,
) -> dict[str, object]:
    """The row of ``run_configuration``, computed in a process apart that may take ``memory_gib``.

    A program that takes no notice of the wall limit is killed. A run whose process died, or that ran out of memory,
    is made once more in a fresh process, since the fault may have been that of an earlier run or of somebody else.
    """
    arguments = (problem, configuration, root, purpose, repetition, wall_seconds, fes_cap, budget_factor)
    names = _names(problem, configuration, purpose, repetition)
    allowed = _allowed(problem.budget * budget_factor, fes_cap)
    for fresh in (False, True):
        try:
            row = isolation.call(run_configuration, arguments, wall_seconds + GRACE_SECONDS, memory_gib, fresh)
        except isolation.Stuck as error:
            return names | _nothing_seen(allowed, "timeout", str(error), wall_seconds + GRACE_SECONDS)
        except isolation.Died as error:
            row = names | _nothing_seen(allowed, "failed", str(error), 0.0)
        else:
            if not row["reason"].startswith("MemoryError"):
                return row
    return row


def _names(problem: Problem, configuration: Configuration, purpose: str, repetition: int) -> dict[str, object]:
    """The columns that say what a run is."""
    return {
        "problem_id": problem.id,
        "group": problem.group,
        "split": problem.split,
        "optimizer": configuration.optimizer,
        "configuration": configuration.key,
        "purpose": purpose,
        "repetition": repetition,
    }


def _nothing_seen(allowed: int, status: str, reason: str, seconds: float) -> dict[str, object]:
    """The columns of a run whose process left nothing behind."""
    return {
        "best_value": math.inf,
        "violation": math.inf,
        "feasible": False,
        "fes": 0,
        "seconds": seconds,
        "evaluation_seconds": 0.0,
        "status": status,
        "reason": reason,
        "trace": [math.inf] * len(trace_fes(allowed)),
    }


def _allowed(budget: int, fes_cap: int | None) -> int:
    return budget if fes_cap is None else min(budget, fes_cap)
