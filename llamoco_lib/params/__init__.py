"""Parameters of every stage: one typed configuration class a notebook, read from ``params/<profile>/<stage>.yaml``."""

import importlib

from llamoco_lib.params.base import ParamsError, StageConfig, from_namespace, load

_CLASSES = {
    "01_synthesis": ("synthesis", "SynthesisConfig"),
    "02_benchmarking": ("benchmarking", "BenchmarkingConfig"),
    "03_augmentation": ("augmentation", "AugmentationConfig"),
    "04_warm_up": ("warm_up", "WarmUpConfig"),
    "05_tuning": ("tuning", "TuningConfig"),
    "06_evaluation": ("evaluation", "EvaluationConfig"),
    "07_ablations": ("ablations", "AblationsConfig"),
    "08_realistic_zero_shot": ("realistic_zero_shot", "RealisticConfig"),
    "09_solve_your_problem": ("solve", "SolveConfig"),
}
STAGES: dict[str, type[StageConfig]] = {}
for _stage, (_module, _name) in _CLASSES.items():
    try:
        STAGES[_stage] = getattr(importlib.import_module(f"llamoco_lib.params.{_module}"), _name)
    except ModuleNotFoundError:
        continue
    globals()[_name] = STAGES[_stage]

__all__ = [
    "STAGES",
    "ParamsError",
    "StageConfig",
    "from_namespace",
    "load",
    *sorted(c.__name__ for c in STAGES.values()),
]
