"""The metrics of a comparison, each with its bootstrap interval (paper, App. D; DESIGN section 4, "Metrics").

A metric is the mean over problems of the mean over a problem's runs. Its 95 % interval is a percentile bootstrap on
two levels: problems are drawn with replacement, and within each drawn problem its runs. This module takes numbers
only, and knows nothing of models, programs or files.
"""

import dataclasses
import difflib
from collections.abc import Sequence

import numpy as np

LEVEL = 0.95


@dataclasses.dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval; all three are nan where nothing was measured."""

    value: float
    lo: float
    hi: float


NOTHING = Interval(float("nan"), float("nan"), float("nan"))


def recovery_cost(erroneous: str, repaired: str | None) -> float:
    """Rec. of one erroneous program: the share of its lines that the repair changed (paper, App. D).

    A changed or removed line counts once, added lines count where they exceed the removed ones; the share is at
    most 1. ``repaired`` None means that it is still erroneous after the repair turn, which costs 1: all of it has to
    be written anew.
    """
    if repaired is None:
        return 1.0
    before, after = erroneous.splitlines(), repaired.splitlines()
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in blocks if tag != "equal")
    return min(1.0, changed / max(1, len(before)))


def resampled_means(values: Sequence[np.ndarray], problems: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Bootstrap replicates of the mean over problems, shape (n_resamples,).

    ``values`` holds the runs of each problem (at least one each); ``problems`` (n_resamples, n_problems) says which
    problems each replicate draws, so that methods are compared on the same draws. The runs within a drawn problem are
    drawn here.
    """
    counts = np.array([len(runs) for runs in values])
    table = np.zeros((len(values), counts.max()))
    for row, runs in zip(table, values, strict=True):
        row[: len(runs)] = runs
    sums = np.zeros(problems.shape[0])
    for column in range(problems.shape[1]):
        drawn = problems[:, column]
        picks = (generator.random((len(drawn), table.shape[1])) * counts[drawn, None]).astype(int)
        used = np.arange(table.shape[1]) < counts[drawn, None]
        runs = np.take_along_axis(table[drawn], picks, axis=1)
        sums += (runs * used).sum(axis=1) / counts[drawn]
    return sums / problems.shape[1]


def draws(n_problems: int, n_resamples: int, generator: np.random.Generator) -> np.ndarray:
    """The problems of each bootstrap replicate, shape (n_resamples, n_problems), with replacement."""
    return generator.integers(0, n_problems, size=(n_resamples, n_problems))


def interval(value: float, replicates: np.ndarray) -> Interval:
    """The percentile interval of bootstrap replicates; replicates that are not finite are left out."""
    replicates = replicates[np.isfinite(replicates)]
    if not len(replicates):
        return Interval(value, float("nan"), float("nan"))
    lo, hi = np.quantile(replicates, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(min(lo, value)), float(max(hi, value)))


def mean(values: Sequence[np.ndarray]) -> float:
    """The mean over problems of the mean over each problem's runs."""
    return float(np.mean([np.mean(runs) for runs in values]))


def estimate(values: Sequence[np.ndarray], n_resamples: int, seed: np.random.SeedSequence) -> Interval:
    """The mean over problems of their runs' mean, with its interval.

    ``values`` is one array of runs a problem; NOTHING where it is empty. The same ``seed`` gives the same interval.
    """
    if not len(values):
        return NOTHING
    problems_seed, runs_seed = seed.spawn(2)
    problems = draws(len(values), n_resamples, np.random.default_rng(problems_seed))
    return interval(mean(values), resampled_means(values, problems, np.random.default_rng(runs_seed)))


def gap_closed(
    method: Sequence[np.ndarray],
    sbs: Sequence[np.ndarray],
    vbs: Sequence[np.ndarray],
    n_resamples: int,
    seed: np.random.SeedSequence,
) -> Interval:
    """The share of the gap from the single best (SBS) to the virtual best solver (VBS) that a method closes.

    (mean SBS - mean method) / (mean SBS - mean VBS) of log-regret: 0 is the SBS, 1 the VBS, negative is worse than
    the SBS. The three are lists of runs over the same problems in the same order, and share the problems of each
    replicate; a method that is one of them, run for run, shares its runs too. nan where SBS and VBS do not differ,
    that is where nothing is to be gained by choosing.
    """
    if not len(method) == len(sbs) == len(vbs):
        raise ValueError(f"gap_closed compares the same problems; got {len(method)}, {len(sbs)}, {len(vbs)} of them")
    if not len(method) or mean(sbs) <= mean(vbs):
        return NOTHING
    problems_seed, *run_seeds = seed.spawn(4)
    problems = draws(len(method), n_resamples, np.random.default_rng(problems_seed))
    m, s, v = (
        resampled_means(values, problems, np.random.default_rng(run_seed))
        for values, run_seed in zip((method, sbs, vbs), run_seeds, strict=True)
    )
    m = next((known for known, of in ((s, sbs), (v, vbs)) if _same(method, of)), m)
    replicates = np.divide(s - m, s - v, out=np.full(len(s), np.nan), where=s > v)
    return interval((mean(sbs) - mean(method)) / (mean(sbs) - mean(vbs)), replicates)


def _same(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> bool:
    return all(np.array_equal(own, other) for own, other in zip(a, b, strict=True))
