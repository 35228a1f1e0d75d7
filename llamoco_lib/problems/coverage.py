"""Where the problem set lies among all landscapes: its features beside those of BBOB and of the realistic problems.

BBOB are the 24 noiseless functions of Hansen et al. (2009) in the compiled implementation of IOHexperimenter (de
Nobel et al., 2024). Each row is one objective without its constraints. This module knows nothing of figures.
"""

import dataclasses
import itertools
from collections.abc import Sequence

import ioh
import numpy as np
import pandas as pd
from scipy.spatial import distance
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from llamoco_lib.problems import landscape, realistic
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.spec import Problem

BBOB_FUNCTIONS = range(1, 25)
BBOB_DIMENSIONS = (2, 5, 10, 20)
BBOB_INSTANCES = (1, 2)
LARGEST_DIMENSION = 30  # a sample that a quadratic model fits grows with D^2
LOG_DIMENSION = "log D (not a feature)"
SPLITS = ("train", "eval", "heldout")


@dataclasses.dataclass(frozen=True, eq=False)
class Embedding:
    """The two directions in which the standardised features of all sets differ most (principal components).

    ``coordinates`` (n, 2) are the rows of the frame, ``explained`` (2,) shares of the variance, ``loadings`` the
    correlation of each feature, by name, with each direction, and beside the features that of log D, whose signs set
    the signs of the directions.
    """

    coordinates: np.ndarray
    explained: np.ndarray
    loadings: pd.DataFrame


def measured(problems: Sequence[Problem], instances: int, per_dimension: int, seed: int) -> pd.DataFrame:
    """ELA features of at most ``instances`` of P, spread evenly over it, of BBOB and of the realistic problems.

    Only dimensions up to ``LARGEST_DIMENSION`` are measured, each at ``per_dimension`` points a dimension. Columns:
    ``set`` (a split of P, "BBOB" or "realistic"), ``name`` (id, or the number of BBOB's function), ``kind`` (of P),
    ``dimension``, then ``landscape.NAMES``. Objectives of which the sample sees nothing but a plateau are left out.
    """
    small = [problem for problem in problems if problem.dimension <= LARGEST_DIMENSION]
    places = np.unique(np.linspace(0, len(small) - 1, min(instances, len(small))).round().astype(int))
    cases = [(p.split, p.id, p.kind, evaluator_of(p)) for p in (small[place] for place in places)]
    cases += [("realistic", p.id, "", p) for p in realistic.PROBLEMS.values() if p.dimension <= LARGEST_DIMENSION]
    rows = [(*names, each.dimension, each.objective, each.lower, each.upper) for *names, each in cases]
    for number, instance, dimension in itertools.product(BBOB_FUNCTIONS, BBOB_INSTANCES, BBOB_DIMENSIONS):
        each = ioh.get_problem(number, instance, dimension, ioh.ProblemClass.BBOB)
        rows.append(("BBOB", str(number), "", dimension, each, each.bounds.lb, each.bounds.ub))
    rows.sort(key=lambda row: row[3])  # the sample of a dimension is made once
    frame = pd.DataFrame(
        {"set": of, "name": name, "kind": kind, "dimension": dimension}
        | landscape.features(objective, lower, upper, per_dimension, seed)
        for of, name, kind, dimension, objective, lower, upper in rows
    )
    return frame.dropna(subset=list(landscape.NAMES), ignore_index=True)


def embedding(frame: pd.DataFrame) -> Embedding:
    """The rows of ``measured`` in the plane of the first two principal components of all of them."""
    scaled = _standardised(frame)
    model = PCA(2, svd_solver="full").fit(scaled)
    coordinates = model.transform(scaled)
    shown = frame[list(landscape.NAMES)].assign(**{LOG_DIMENSION: np.log(frame["dimension"])})
    loadings = pd.DataFrame({axis + 1: shown.corrwith(pd.Series(coordinates[:, axis])) for axis in (0, 1)})
    signs = np.where(loadings.loc[LOG_DIMENSION] < 0.0, -1.0, 1.0)
    coordinates, loadings = coordinates * signs, loadings * signs
    return Embedding(coordinates, model.explained_variance_ratio_, loadings)


def neighbours(frame: pd.DataFrame) -> pd.DataFrame:
    """How near the landscapes of one set have one of another set, over all standardised features.

    The measure is the typical (median) distance from a BBOB instance to the nearest one of another BBOB function: a
    landscape that has a neighbour so near counts as covered. In the rows of one dimension the measure is that of the
    BBOB instances of this dimension, since a smaller sample scatters more. One row a pair of sets: how many
    landscapes, their median distance to the nearest of the other set, the measure, the share that is covered.
    """
    scaled, of = _standardised(frame), frame["set"].to_numpy()
    functions, dimensions = frame["name"].to_numpy(), frame["dimension"].to_numpy()
    apart = distance.cdist(scaled, scaled)
    ours, bbob = np.isin(of, SPLITS), of == "BBOB"
    others = np.where(bbob & (functions[:, None] != functions), apart, np.inf).min(axis=1)

    def row(name: str, among: str, left: np.ndarray, right: np.ndarray, like: np.ndarray) -> dict[str, object]:
        nearest, typical = apart[np.ix_(left, right)].min(axis=1), float(np.median(others[like]))
        return {
            "landscapes of": name,
            "nearest among": among,
            "landscapes": len(nearest),
            "median distance": float(np.median(nearest)),
            "typical distance": typical,
            "share covered": float(np.mean(nearest <= typical)),
        }

    at = {dimension: bbob & (dimensions == dimension) for dimension in BBOB_DIMENSIONS}
    rows = [row("BBOB", "P", bbob, ours, bbob)]
    rows += [row(f"BBOB, D = {dimension}", "P", left, ours, left) for dimension, left in at.items()]
    rows += [row("realistic", "P", of == "realistic", ours, bbob), row("P", "BBOB", ours, bbob, bbob)]
    train = of == "train"
    rows += [row(split, "train", of == split, train, bbob) for split in SPLITS[1:] if train.any() and split in of]
    return pd.DataFrame(rows)


def _standardised(frame: pd.DataFrame) -> np.ndarray:
    return StandardScaler().fit_transform(frame[list(landscape.NAMES)].to_numpy())
