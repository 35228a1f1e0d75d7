"""How long the synthesis of the problem set takes, what is rejected, and how many runs the feasibility search needs.

``python -m benchmarks.synthesis [--profile paper] [--without-feasibility] [--jobs 2]``
"""

import argparse
import json
import platform
import time

import numpy as np

from llamoco_lib import params, records
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.problems import problem_set, synthesis

QUANTILES = (0.5, 0.9, 0.99, 1.0)


def main() -> None:
    """Synthesise one profile's problem set; print tables, and last one JSON object on one line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="paper", help="whose params/<profile>/01_synthesis.yaml to take")
    parser.add_argument("--without-feasibility", action="store_true", help="draw and judge, but search no points")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes")
    options = parser.parse_args()
    config = params.load(records.resolve(f"params/{options.profile}/01_synthesis.yaml"), SynthesisConfig)
    config = config.model_copy(update={"jobs": options.jobs})
    judge = synthesis.without_search if options.without_feasibility else synthesis.full_control

    start = time.perf_counter()
    accepted = synthesis.synthesize_with_verdicts(config, judge)
    seconds = time.perf_counter() - start

    rejected = problem_set.rejections(accepted)
    runs = [each.verdict.run for each in accepted if each.verdict.run is not None]
    print(f"{len(accepted)} instances in {seconds:.1f} s with {options.jobs} workers\n")
    print(rejected.to_string(index=False))
    if runs:
        print(f"\n{problem_set.feasibility_runs(accepted).to_string(index=False)}")
    result = {
        "benchmark": "synthesis",
        "profile": options.profile,
        "feasibility_search": not options.without_feasibility,
        "jobs": options.jobs,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "instances": len(accepted),
        "seconds": round(seconds, 2),
        "milliseconds_an_instance": round(1000.0 * seconds / len(accepted), 3),
        "rejected": dict(zip(rejected["reason"], rejected["draws"].tolist(), strict=True)),
        "runs_to_feasible": {f"{q:g}": float(np.quantile(runs, q)) for q in QUANTILES} if runs else None,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
