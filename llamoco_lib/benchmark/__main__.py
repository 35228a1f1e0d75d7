"""The command line: ``python -m llamoco_lib.benchmark --profile paper --shard 3/10``, one job of an array.

A shard computes its part of the units and writes nothing else; stage 02 then finds them done. Without ``--shard`` the
whole stage is computed, without its notebook. This module knows nothing of what a unit is.
"""

import argparse
import sys
from collections.abc import Sequence

from llamoco_lib.benchmark.search import Part
from llamoco_lib.benchmark.settings import configure
from llamoco_lib.benchmark.stage import benchmark, compute_part
from llamoco_lib.params.base import ParamsError

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
