"""The constrained optimizers of the pool against other code for the same method, on standard problems.

Both sides run under the library's counting evaluator with the same budget, so that FEs and feasibility are counted
alike. Hyper-parameters are the defaults. This module knows nothing of unconstrained optimizers or of how the table is
printed.
"""

import dataclasses
import importlib.metadata
from collections.abc import Collection

import joblib
import numpy as np
import pandas as pd
import threadpoolctl

from benchmarks.standard_constrained import Standard, standard_problems
from llamoco_lib import seeds
from llamoco_lib.benchmark.run import run_source
from llamoco_lib.optimizers import Configuration, program

FLOOR = 1e-8  # of f - f* in the logarithm, as in log-regret
SAME = 0.1  # decades of difference that do not matter
RESAMPLES = 2000
WALL_SECONDS = 60.0


@dataclasses.dataclass(frozen=True)
class Case:
    """One optimizer with its reference: a function of ``module``, named and dated in ``reference``."""

    optimizer: str
    reference: str
    module: str
    function: str
    budget: int
    problems: tuple[str, ...] = ("g01", "g02", "g04", "g06", "g07", "g13")


def cases() -> list[Case]:
    """The optimizers and what each is held against, slowest first.

    COBYLA has a small budget and no problem of more than ten dimensions, for scipy's takes milliseconds an FE.
    """
    nlopt = f"NLopt {importlib.metadata.version('nlopt')}"
    scipy = f"scipy {importlib.metadata.version('scipy')}"
    others, rules = "benchmarks.constrained_references", "benchmarks.constrained_transcriptions"
    own = "own point-by-point transcription of the rules (no published samples were at hand)"
    return [
        Case("heco_de", own, rules, "heco_de", 5_000),
        Case("dtpso", own, rules, "dtpso", 5_000),
        Case("ga_tdx", own, rules, "ga_tdx", 5_000),
        Case("cobyla", f"{nlopt} COBYLA, restarted", others, "nlopt_cobyla", 600, ("g04", "g06", "g07", "g13")),
        Case("trust_constr", f"{scipy} trust-constr, plain, restarted", others, "plain_trust_constr", 2_000),
        Case("l_bfgs_b", f"{scipy} L-BFGS-B, plain, same penalty", others, "plain_l_bfgs_b", 2_000),
        Case("multistart_slsqp", f"{nlopt} SLSQP, restarted", others, "nlopt_slsqp_restarted", 2_000),
        Case("slsqp", f"{nlopt} SLSQP, same start", others, "nlopt_slsqp", 2_000),
    ]


# What was found by looking into a row: by running variants of both sides, and by reading them.
EXPLANATIONS = {
    ("slsqp", "g07"): (
        "FTOL of 1e-6 bounds the change of f / |f(start)|, and |f(start)| is some 2,000 here, so that scipy's"
        " SLSQP stops early; with an FTOL of 1e-9, which is in the grid, it reaches the 4e-6 that NLopt reaches."
    ),
    ("trust_constr", "g04"): (
        "f is divided by |f(start)|, some 3e4, and the barrier parameter is not: without the division, or with both"
        " divided, the program reaches the optimum as plain scipy does."
    ),
    ("trust_constr", "g07"): (
        "f is divided by |f(start)|, some 2,000: without the division the program reaches 1e-7 as plain scipy does (a"
        " smaller barrier parameter alone does not help); on g06 the division is what helps."
    ),
    ("heco_de", "g07"): ("Chance of few seeds: on 50 fresh seeds of each the difference is 0.01 [-0.06, 0.08]."),
    ("dtpso", "g07"): (
        "Particles without a feasible point follow the least violating one in ours and walk at random in the"
        " transcription; the paper's text was not at hand to say which it is."
    ),
    ("multistart_slsqp", "g07"): (
        "FTOL of 1e-6 bounds the change of f / |f(start)|; with 1e-9, which is in the grid, it reaches a median of"
        " 3.6e-6 as NLopt does (10 seeds)."
    ),
    ("dtpso", "g01"): (
        "The optimum is not reached on either side: the swarm gathers at one of the vertices with f of -12 to -6,"
        " local optima of the concave objective, and the rules have no step that leaves it."
    ),
}


def constrained_rows(seeds: int, jobs: int, chosen: Collection[str] | None = None) -> pd.DataFrame:
    """One row a (chosen) optimizer and problem: what ``seeds`` runs of each side reach, on ``jobs`` processes.

    Columns: optimizer, function, dimension, budget (FEs), seeds, feasible and reference_feasible (share of runs with
    a feasible point); ours_median, ours_low, ours_high and the same of the reference (f - f* of the best feasible
    value, median and quartiles of the runs that have one, nan without any); reference (what it is); difference (ours
    minus reference, in decades: of the means of log10(f - f* + 1e-8), where a run without a feasible point counts as
    ``no_progress``), with its 95 % bootstrap interval difference_low, difference_high; verdict (``same`` where the
    interval holds 0 or the difference is at most 0.1, else ``better`` or ``worse``) and explanation
    (what looking into the row showed, also where both sides are the same; empty where nobody looked).
    """
    wanted = [case for case in cases() if chosen is None or case.optimizer in chosen]
    work = [(case, name, theirs) for case in wanted for name in case.problems for theirs in (True, False)]
    gaps = joblib.Parallel(n_jobs=jobs)(joblib.delayed(_gaps)(*unit, seeds) for unit in work)
    of = {(case.optimizer, name, theirs): values for (case, name, theirs), values in zip(work, gaps, strict=True)}
    rows = []
    for case in reversed(wanted):
        problems = standard_problems(case.budget)
        for name in case.problems:
            rows.append(row(case, problems[name], of[case.optimizer, name, False], of[case.optimizer, name, True]))
    return pd.DataFrame(rows)


def no_progress(problem: Standard) -> float:
    """The f - f* that a run without a feasible point counts as: ten times |f*|, at least ten."""
    return 10.0 * max(1.0, abs(problem.best_value))


def reference_source(case: Case, problem: Standard) -> str:
    """The reference as a program with the problem's box and budget filled in, for ``run_source``."""
    return (
        f"import numpy as np\nfrom {case.module} import {case.function}\n\n"
        f"LOWER = np.array({problem.lower.tolist()})\nUPPER = np.array({problem.upper.tolist()})\n\n"
        "def optimize(objective, constraints, seed):\n"
        f"    return {case.function}(objective, constraints, seed, LOWER, UPPER, {problem.budget})\n"
    )


def _gaps(case: Case, name: str, theirs: bool, repetitions: int) -> np.ndarray:
    """f - f* of each run (repetitions,), inf where a run failed or saw no feasible point."""
    problem = standard_problems(case.budget)[name]
    box = problem.lower.tolist(), problem.upper.tolist()
    ours = program(Configuration(case.optimizer), problem.dimension, *box, problem.budget)
    source = reference_source(case, problem) if theirs else ours
    found = []
    for repetition in range(repetitions):
        seed = seeds.integer(0, "constrained", case.optimizer, name, repetition)
        with threadpoolctl.threadpool_limits(1):  # the last digits depend on it
            run = run_source(problem, source, seed, WALL_SECONDS)
        found.append(run["best_value"] - problem.best_value if run["status"] == "ok" else np.inf)
    return np.array(found)


def row(case: Case, problem: Standard, ours: np.ndarray, theirs: np.ndarray) -> dict[str, object]:
    """A row of ``constrained_rows`` from the f - f* of both sides' runs (n,), inf without a feasible point."""
    logs = [np.log10(np.clip(gaps, 0.0, no_progress(problem)) + FLOOR) for gaps in (ours, theirs)]
    rng = seeds.generator(0, "constrained bootstrap", case.optimizer, problem.id)
    means = [values[rng.integers(len(values), size=(RESAMPLES, len(values)))].mean(axis=1) for values in logs]
    difference = float(logs[0].mean() - logs[1].mean())
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975]).tolist()
    same = low <= 0.0 <= high or abs(difference) <= SAME
    verdict = "same" if same else "better" if difference < 0.0 else "worse"
    return {
        "optimizer": case.optimizer,
        "function": problem.id,
        "dimension": problem.dimension,
        "budget": case.budget,
        "seeds": len(ours),
        "feasible": float(np.isfinite(ours).mean()),
        **_quartiles("ours", ours),
        "reference": case.reference,
        "reference_feasible": float(np.isfinite(theirs).mean()),
        **_quartiles("reference", theirs),
        "difference": difference,
        "difference_low": low,
        "difference_high": high,
        "verdict": verdict,
        "explanation": EXPLANATIONS.get((case.optimizer, problem.id), ""),
    }


def _quartiles(side: str, gaps: np.ndarray) -> dict[str, float]:
    """Median and quartiles of the runs with a feasible point; nan without any."""
    finite = gaps[np.isfinite(gaps)]
    low, median, high = np.quantile(finite, [0.25, 0.5, 0.75]).tolist() if len(finite) else [np.nan] * 3
    return {f"{side}_median": median, f"{side}_low": low, f"{side}_high": high}
