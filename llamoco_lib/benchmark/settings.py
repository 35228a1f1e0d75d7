"""From a profile's name to the parameters of stage 02, and from these to the plan of its runs.

This module knows nothing of how the plan is carried out.
"""

from collections.abc import Sequence

import yaml

from llamoco_lib import records
from llamoco_lib.benchmark.plan import Plan, configurations
from llamoco_lib.params.base import ParamsError, nearest, read, validate
from llamoco_lib.params.benchmarking import BenchmarkingConfig

STAGE = "02_benchmarking"


def configure(profile: str, settings: Sequence[str]) -> BenchmarkingConfig:
    """The profile's parameters with those of ``settings`` (``key=value``, the value as in YAML) in place.

    Raises ParamsError for an unknown profile, a setting of another form, and as ``params.base.validate`` does.
    """
    folder = records.REPOSITORY / "params"
    profiles = sorted(path.name for path in folder.iterdir() if path.is_dir())
    if profile not in profiles:
        raise ParamsError(f"no profile {profile!r}; {nearest(profile, profiles)}")
    values = read(folder / profile / f"{STAGE}.yaml")
    shown = f"params/{profile}/{STAGE}.yaml"
    origin = dict.fromkeys([*BenchmarkingConfig.model_fields, *values, ""], shown)
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise ParamsError(f"--set {setting}: expected KEY=VALUE, such as jobs=8")
        values[name], origin[name] = yaml.safe_load(value), f"--set {setting}"
    return validate(BenchmarkingConfig, values, origin)


def plan_of(config: BenchmarkingConfig, train_score_seeds: int = 0) -> Plan:
    """The plan that the parameters of stage 02 ask for; ``train_score_seeds`` as in ``Plan``."""
    return Plan(
        unconstrained=tuple(configurations(config.unconstrained, "unconstrained", config.granularity)),
        constrained=tuple(configurations(config.constrained, "constrained", config.granularity)),
        root=config.seed,
        n_label_seeds=config.n_label_seeds,
        n_score_seeds=config.n_score_seeds,
        reference_factor=config.reference_factor,
        wall_limit=config.wall_limit,
        memory_limit_gib=config.memory_limit_gib,
        fes_caps=config.fes_caps,
        train_score_seeds=train_score_seeds,
    )
