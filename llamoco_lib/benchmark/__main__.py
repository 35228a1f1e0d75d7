"""The command line: ``python -m llamoco_lib.benchmark --profile paper --shard 3/10``, one job of an array.

A shard computes its part of the units and writes nothing else; stage 02 then finds them done. Without ``--shard`` the
whole stage is computed, without its notebook. This module knows nothing of what a unit is.
"""

import argparse
import sys
from collections.abc import Sequence

import yaml

from llamoco_lib import records
from llamoco_lib.benchmark.search import Part
from llamoco_lib.benchmark.stage import benchmark, compute_part
from llamoco_lib.params.base import ParamsError, nearest, read, validate
from llamoco_lib.params.benchmarking import BenchmarkingConfig

STAGE = "02_benchmarking"
EXIT_PARAMS = 2


def _part(text: str) -> Part:
    try:
        return Part.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parser() -> argparse.ArgumentParser:
    """The arguments, with their help."""
    top = argparse.ArgumentParser(
        prog="python -m llamoco_lib.benchmark", description="Run stage 02, or a part of it."
    )
    top.add_argument("--profile", default="quick", help="a folder of params/ (default: quick)")
    top.add_argument("--shard", type=_part, metavar="I/N", help="compute this part of the units and nothing else")
    top.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE", help="a parameter")
    return top


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0, or 2 where parameters or problems are missing or wrong."""
    given = parser().parse_args(arguments)
    try:
        config = configure(given.profile, given.settings)
        if given.shard is None:
            benchmark(config)
        else:
            compute_part(config, given.shard)
    except (ParamsError, FileNotFoundError, ConnectionError) as error:
        print(error, file=sys.stderr)
        return EXIT_PARAMS
    return 0


if __name__ == "__main__":
    sys.exit(main())
