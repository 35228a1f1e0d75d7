"""Runs in IOHprofiler's data format, as a folder and as one archive that IOHanalyzer takes as it is.

The layout is that of the ``Analyzer`` logger of ``ioh`` (Doerr et al., arXiv:1810.05281): a folder a configuration,
in it ``IOHprofiler_f<id>_<name>.json`` and ``data_f<id>_<name>/IOHprofiler_f<id>_DIM<D>.dat`` for each function.
This module knows nothing of how runs were made or labels decided.
"""

import json
import math
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from llamoco_lib import records
from llamoco_lib.benchmark.plan import cap_of
from llamoco_lib.benchmark.regret import FLOOR
from llamoco_lib.problems.counting import trace_fes
from llamoco_lib.problems.spec import Problem

NAME = "ioh_analyzer"
FORMAT_VERSION = "0.3.22"  # of ioh, whose layout this is; readers ask for at least 0.3.3
HEADER = "evaluations raw_y"

Points = list[tuple[int, float]]  # FEs from 1, rising, and the value from there on


def export(
    runs: pd.DataFrame, problems: Sequence[Problem], labels: pd.DataFrame, folder: Path, fes_caps: Mapping[str, int]
) -> Path:
    """Write ``<folder>/ioh_analyzer/`` and its ``.zip``, which is returned; both replace those of an earlier export.

    An algorithm is a configuration, a function a problem (its place in ``problems`` from 1, its id), and a run one
    repetition: the score runs of a problem that has some, else its label runs. ``runs`` and ``labels`` (for f0 and
    f*) are the tables of stage 02 or rows of them, ``fes_caps`` its parameter; runs without a trace, as those of the
    reference labels, are left out. ``raw_y`` is the best feasible value minus f*, and at least 1e-8 (f0 - f*), where
    log-regret ends too, so that it can be drawn on log axes. It is known at the FEs of the trace, so an improvement
    stands at the first of them that shows it.

    Until a run has a feasible point, and throughout if it failed or was stopped, it stands at the worst feasible
    value that any run of the problem here began with, or at f0 if that is worse. Thus every run begins at its first
    FE, as readers ask, and none without a feasible point passes for better than one that has it.

    Raises ValueError where no run has a trace, for a run of a problem that is not in ``problems`` or ``labels``, and
    for a trace that does not fit the run's budget.
    """
    traced = runs[runs["trace"].map(len) > 0]
    if traced.empty:
        raise ValueError(f"none of the {len(runs)} runs has a trace; those of the reference labels do not")
    target = Path(folder) / NAME
    building = target.with_name(f".{NAME}.{os.getpid()}.tmp")
    try:
        for file, text in _files(traced, problems, labels, fes_caps):
            path = building / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        archive = _zipped(building, target.with_suffix(".zip"))
        shutil.rmtree(target, ignore_errors=True)
        os.replace(building, target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return archive


def folder_name(configuration: str) -> str:
    """A configuration's key as a folder's name: letters, digits and ``.=_+-`` alone (``glpso-NP=20``)."""
    return re.sub(r"[^A-Za-z0-9.=_+-]+", "-", configuration.replace("'", "")).strip("-")


def _zipped(tree: Path, archive: Path) -> Path:
    with records.atomic(archive) as temporary, zipfile.ZipFile(temporary, "w") as handle:
        for path in sorted(file for file in tree.rglob("*") if file.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix())  # without a date: equal runs give equal bytes
            handle.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive


def _files(
    runs: pd.DataFrame, problems: Sequence[Problem], labels: pd.DataFrame, fes_caps: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """The files of the tree: the name below it and the text."""
    places = {problem.id: place for place, problem in enumerate(problems, start=1)}
    known = labels.set_index("problem_id")[["f0", "f_star"]]
    for problem_id, rows in runs.groupby("problem_id", sort=False):
        if problem_id not in places or problem_id not in known.index:
            missing = "problems" if problem_id not in places else "labels"
            raise ValueError(f"there are runs of problem {problem_id!r}, which is not among the {missing} given")
        problem = problems[places[problem_id] - 1]
        purpose = "score" if (rows["purpose"] == "score").any() else "label"
        rows = rows[rows["purpose"] == purpose].sort_values("repetition", kind="stable")
        f0, f_star = (float(value) for value in known.loc[problem_id])
        seen = {row.Index: _improvements(row, problem, fes_caps) for row in rows.itertuples()}
        worst = max([f0, *(points[0][1] for points in seen.values() if points)])
        least = FLOOR * (f0 - f_star) if f0 > f_star else FLOOR
        for configuration, own in rows.groupby("configuration", sort=False):
            points = [
                _above(_from_the_start(seen[row.Index], worst), f_star, least, max(row.fes, 1))
                for row in own.itertuples()
            ]
            yield from _function(configuration, places[problem_id], problem, points)


def _improvements(row: tuple, problem: Problem, fes_caps: Mapping[str, int]) -> Points:
    """The improvements of a run's best feasible value; none of a run that failed or was stopped."""
    budget = min(problem.budget, cap_of(fes_caps, row.optimizer, row.purpose) or problem.budget)
    checkpoints = trace_fes(budget)
    if len(row.trace) != len(checkpoints):
        raise ValueError(
            f"the trace of {row.configuration} on {problem.id} has {len(row.trace)} points; a run of {budget} FEs "
            f"has {len(checkpoints)}. Give the fes_caps that the runs were made with; given were {dict(fes_caps)}"
        )
    found: Points = []
    best = math.inf
    for fes, value in zip(checkpoints, row.trace, strict=True):
        if row.status == "ok" and value < best:
            best = float(value)
            found.append((min(fes, row.fes), best))
    return found


def _from_the_start(points: Points, worst: float) -> Points:
    """The points with the value that the run stands at until the first of them."""
    return points if points and points[0][0] == 1 else [(1, worst), *points]


def _above(points: Points, f_star: float, least: float, fes: int) -> Points:
    """The points as values above f*, and at least ``least``; only what still improves, and the run's last FE."""
    found: Points = []
    for at, value in points:
        above = max(value - f_star, least)
        if not found or above < found[-1][1]:
            found.append((at, above))
    return found if found[-1][0] == fes else [*found, (fes, found[-1][1])]


def _function(configuration: str, place: int, problem: Problem, runs: Sequence[Points]) -> Iterator[tuple[str, str]]:
    """The two files of a configuration on a problem."""
    folder = folder_name(configuration)
    data = f"data_f{place}_{problem.id}/IOHprofiler_f{place}_DIM{problem.dimension}.dat"
    described = []
    for points in runs:
        best = min(points, key=lambda point: (point[1], point[0]))
        # positions are not kept; readers ask for the name x
        told = {"evals": best[0], "y": best[1], "x": []}
        described.append({"instance": 1, "evals": points[-1][0], "best": told})
    meta = {
        "version": FORMAT_VERSION,
        "suite": "LLaMoCo",
        "function_id": place,
        "function_name": problem.id,
        "maximization": False,
        "algorithm": {"name": configuration, "info": f"{problem.group} pool"},
        "attributes": HEADER.split(),
        "scenarios": [{"dimension": problem.dimension, "path": data, "runs": described}],
    }
    yield f"{folder}/IOHprofiler_f{place}_{problem.id}.json", json.dumps(meta, indent=1) + "\n"
    lines = [line for points in runs for line in [HEADER, *(f"{at} {value!r}" for at, value in points)]]
    yield f"{folder}/{data}", "\n".join(lines) + "\n"
