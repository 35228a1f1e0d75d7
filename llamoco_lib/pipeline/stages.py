"""The table of stages: one notebook each, what it reads and writes, and the library source it depends on (DESIGN 2).

This module knows nothing of how a notebook is run.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from llamoco_lib.params.base import ParamsError, nearest
from llamoco_lib.records import REPOSITORY

NOTEBOOKS = REPOSITORY / "notebooks"

# In the direction of imports: a stage that works in one room depends on that room and on all before it.
ROOMS = ("problems", "optimizers", "benchmark", "prompts", "training", "programs", "evaluation")
# Source outside that line, or inside a room but used by some stages only; a stage names what it uses in `also`.
APART = (
    "problems/realistic",
    "problems/coverage.py",
    "problems/landscape.py",
    "problems/overview.py",
    "evaluation/choices.py",
    "evaluation/stage.py",
    "evaluation/zero_shot.py",
    "evaluation/zero_shot_stage.py",
)
COMMON = ("records.py", "seeds.py", "tables.py", "figures/style.py")


@dataclasses.dataclass(frozen=True)
class Stage:
    """One notebook of the workbook.

    ``reads`` are paths below the run's ``source_dir`` and ``writes`` paths below its ``run_dir``; figures and tables
    come on top and are found as they appear. ``room`` is the last of ROOMS that it works in, ``also`` further source
    files or folders of the library. ``threads`` bounds the BLAS threads of the kernel; None leaves them free, for
    stages in which torch works in the kernel itself. ``reruns`` names a stage whose notebook this one runs again.
    """

    name: str
    room: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    also: tuple[str, ...]
    threads: int | None = None
    reruns: str | None = None

    @property
    def number(self) -> str:
        """The two digits that it is called by on the command line."""
        return self.name[:2]

    @property
    def notebook(self) -> Path:
        """Path of the notebook."""
        return NOTEBOOKS / f"{self.name}.ipynb"


PROBLEMS = "01_synthesis/problems.jsonl"
BENCHMARK = ("02_benchmarking/runs.parquet", "02_benchmarking/labels.parquet", "02_benchmarking/portfolio.json")
PAIRS = "03_augmentation/pairs.parquet"

STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage(
            name="01_synthesis",
            room="problems",
            reads=(),
            writes=(PROBLEMS, "01_synthesis/rejected.csv", "01_synthesis/quality.csv"),
            also=(
                "problems/realistic",
                "problems/coverage.py",
                "problems/landscape.py",
                "problems/overview.py",
                "figures/problems.py",
                "figures/landscapes.py",
                "figures/coverage.py",
            ),
            threads=1,
        ),
        Stage(
            name="02_benchmarking",
            room="benchmark",
            reads=(PROBLEMS,),
            writes=BENCHMARK,
            also=("figures/benchmark.py", "figures/performance.py", "figures/learnability.py"),
            threads=1,
        ),
        Stage(
            name="03_augmentation",
            room="prompts",
            reads=(PROBLEMS, "02_benchmarking/labels.parquet"),
            writes=tuple(
                f"03_augmentation/{name}" for name in ("pairs.parquet", "pairs.jsonl", "dropped.csv", "leak.json")
            ),
            also=("figures/instructions.py",),
            threads=1,
        ),
        Stage(
            name="04_warm_up",
            room="training",
            reads=(PAIRS,),
            writes=("04_warm_up/model", "04_warm_up/history.csv"),
            also=("figures/training.py",),
        ),
        Stage(
            name="05_tuning",
            room="evaluation",
            reads=(PROBLEMS, "02_benchmarking/labels.parquet", PAIRS, "04_warm_up/model"),
            writes=("05_tuning/model", "05_tuning/history.csv", "05_tuning/curve.csv"),
            also=("figures/training.py",),
        ),
        Stage(
            name="06_evaluation",
            room="evaluation",
            reads=(PROBLEMS, *BENCHMARK, PAIRS, "05_tuning/model"),
            writes=(
                "06_evaluation/generations.parquet",
                "06_evaluation/runs.parquet",
                "06_evaluation/choices.parquet",
            ),
            also=("evaluation/choices.py", "evaluation/stage.py", "figures/evaluation.py"),
        ),
        Stage(
            name="07_ablations",
            room="evaluation",
            reads=(PROBLEMS, "02_benchmarking/labels.parquet", PAIRS, "04_warm_up/model"),
            writes=("07_ablations/curves.csv", "07_ablations/histories.csv"),
            also=("figures/ablations.py", "figures/training.py", "pipeline/ablation.py", "pipeline/execute.py"),
            reruns="05_tuning",
        ),
        Stage(
            name="08_realistic_zero_shot",
            room="evaluation",
            reads=("02_benchmarking/portfolio.json", PAIRS, "05_tuning/model"),
            writes=(
                "08_realistic_zero_shot/generations.parquet",
                "08_realistic_zero_shot/runs.parquet",
                "08_realistic_zero_shot/pool.parquet",
                "08_realistic_zero_shot/references.parquet",
            ),
            also=(*APART, "figures/realistic.py"),
        ),
        Stage(
            name="09_solve_your_problem",
            room="evaluation",
            reads=("05_tuning/model",),
            writes=("09_solve_your_problem/program.py", "09_solve_your_problem/result.json"),
            also=("solve.py", "problems/realistic", "figures/realistic.py"),
        ),
    )
}


def find(name: str) -> Stage:
    """The stage called ``name``, its two digits or its full name.

    Raises ParamsError with the nearest valid name.
    """
    for stage in STAGES.values():
        if name in (stage.number, stage.name):
            return stage
    raise ParamsError(f"no stage {name!r}; {nearest(name, STAGES)} (or its number, such as 05)")


def select(only: Sequence[str] = (), first: str | None = None, last: str | None = None) -> list[Stage]:
    """The stages to look at, in order: those of ``only``, or from ``first`` to ``last``, or all.

    Raises ParamsError for a name that is no stage, or a range with nothing in it.
    """
    if only and (first or last):
        raise ParamsError("--only names the stages themselves: give either --only, or --from and --to")
    if only:
        wanted = {find(name).name for name in only}
    else:
        names = list(STAGES)
        start = names.index(find(first).name) if first else 0
        stop = names.index(find(last).name) + 1 if last else len(names)
        wanted = set(names[start:stop])
    if not wanted:
        raise ParamsError(f"no stage lies from {first} to {last}")
    return [stage for stage in STAGES.values() if stage.name in wanted]
