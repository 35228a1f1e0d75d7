"""Whether every writing says what its problem says, over as many (style, function, constraint) triples as asked for.

``python -m benchmarks.writings [--triples 1000000] [--jobs 2] [--seed 1]``: draws constrained problems by the
library's own recipe, writes each in every style of both languages, and compares objective and constraints with the
evaluator at random points. A problem of K functions and m constraints in one style counts as K m triples. Prints
every mismatch with its problem as JSON; the exit status is 1 if there is one.
"""

import argparse
import json
import os
import platform
import time

import joblib
import numpy as np

from llamoco_lib import params, records, seeds
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems.draws import Slot, draw
from llamoco_lib.problems.spec import Problem
from llamoco_lib.prompts import agreement
from llamoco_lib.prompts.writings import STYLES, write

POINTS = 3  # a writing
CHUNK = 20  # problems a worker checks before it reports


def recipe(seed: int) -> SynthesisConfig:
    """The paper profile's recipe with nothing held out and up to six constraints."""
    config = params.load(records.resolve("params/paper/01_synthesis.yaml"), SynthesisConfig)
    shown = {"heldout_functions": [], "heldout_constraints": [], "heldout_dimensions": [], "max_constraints": 6}
    return config.model_copy(update={"seed": seed, **shown})


def mismatches(problem: Problem, seed: int) -> list[dict]:
    """What differs between the writings of ``problem`` and its evaluator, one entry a style that differs."""
    generator = seeds.generator(seed, "writings benchmark", problem.id)
    points = generator.uniform(*problem.box, size=(POINTS, problem.dimension))
    reference = agreement.expected(problem, points)
    found = []
    for language, style in STYLES:
        try:
            difference = agreement.mismatch(problem, write(problem, language, style), points, reference)
        except Exception as error:  # a writing that cannot be made, run or read is a mismatch too
            difference = f"{language} {style}: {type(error).__name__}: {error}"
        if difference is not None:
            found.append({"problem": problem.to_json(), "difference": difference})
    return found


def checked(config: SynthesisConfig, first: int) -> tuple[int, list[dict]]:
    """The triples of CHUNK problems from number ``first`` on, and their mismatches."""
    triples, found = 0, []
    for number in range(first, first + CHUNK):
        problem = draw(config, Slot(f"w-{number:06d}", "train", True), 0)
        triples += len(STYLES) * len(problem.components) * len(problem.constraints)
        found += mismatches(problem, config.seed)
    return triples, found


def main() -> None:
    """Check problems until the triples are reached; print mismatches, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=1_000_000, help="how many to check at least")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes")
    parser.add_argument("--seed", type=int, default=1, help="root of the random streams")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the workers: the arrays are small
    config = recipe(options.seed)

    start, triples, problems, wrong = time.perf_counter(), 0, 0, 0
    with joblib.Parallel(n_jobs=options.jobs) as parallel:
        while triples < options.triples:
            firsts = range(problems, problems + 4 * options.jobs * CHUNK, CHUNK)
            for count, found in parallel(joblib.delayed(checked)(config, first) for first in firsts):
                triples += count
                wrong += len(found)
                for each in found:
                    print(json.dumps(each))
            problems = firsts.stop
    result = {
        "benchmark": "writings",
        "triples": triples,
        "mismatches": wrong,
        "seconds": round(time.perf_counter() - start, 2),
        "problems": problems,
        "styles": len(STYLES),
        "points": POINTS,
        "tolerance": agreement.TOLERANCE,
        "jobs": options.jobs,
        "seed": options.seed,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
    }
    print(json.dumps(result))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
