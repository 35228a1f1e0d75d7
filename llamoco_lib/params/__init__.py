"""Parameters of every stage: a typed class for each notebook, read from ``params/<profile>/<stage>.yaml``."""

from llamoco_lib.params.ablations import AblationsConfig
from llamoco_lib.params.augmentation import AugmentationConfig
from llamoco_lib.params.base import ParamsError, StageConfig, from_namespace, load
from llamoco_lib.params.benchmarking import BenchmarkingConfig
from llamoco_lib.params.evaluation import EvaluationConfig
from llamoco_lib.params.realistic_zero_shot import RealisticConfig
from llamoco_lib.params.solve import SolveConfig
from llamoco_lib.params.synthesis import SynthesisConfig
from llamoco_lib.params.tuning import TuningConfig
from llamoco_lib.params.warm_up import WarmUpConfig

STAGES: dict[str, type[StageConfig]] = {
    "01_synthesis": SynthesisConfig,
    "02_benchmarking": BenchmarkingConfig,
    "03_augmentation": AugmentationConfig,
    "04_warm_up": WarmUpConfig,
    "05_tuning": TuningConfig,
    "06_evaluation": EvaluationConfig,
    "07_ablations": AblationsConfig,
    "08_realistic_zero_shot": RealisticConfig,
    "09_solve_your_problem": SolveConfig,
}

__all__ = [
    "STAGES",
    "AblationsConfig",
    "AugmentationConfig",
    "BenchmarkingConfig",
    "EvaluationConfig",
    "ParamsError",
    "RealisticConfig",
    "SolveConfig",
    "StageConfig",
    "SynthesisConfig",
    "TuningConfig",
    "WarmUpConfig",
    "from_namespace",
    "load",
]
