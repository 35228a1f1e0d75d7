"""The command line: ``python -m llamoco_lib.pipeline run --profile quick``."""

import argparse
import signal
import sys
from collections.abc import Sequence

from llamoco_lib.params.base import ParamsError
from llamoco_lib.pipeline import runner
from llamoco_lib.pipeline.stages import STAGES

EXIT_FAILED, EXIT_PARAMS, EXIT_INTERRUPTED = 1, 2, 130


def parser() -> argparse.ArgumentParser:
    """The arguments, with their help."""
    stages = "\n".join(f"  {name}" for name in STAGES)
    top = argparse.ArgumentParser(
        prog="python -m llamoco_lib.pipeline",
        description="Run the notebooks of the workbook whose sources, params or inputs have changed.",
        epilog=f"stages:\n{stages}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run what has changed, in order, and write the report")
    run.add_argument("--profile", default="quick", help="a folder of params/ (default: quick)")
    run.add_argument("--only", action="append", default=[], metavar="STAGE", help="this stage only; may be repeated")
    run.add_argument("--from", dest="first", metavar="STAGE", help="from this stage on")
    run.add_argument("--to", dest="last", metavar="STAGE", help="up to and with this stage")
    run.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="STAGE.KEY=VALUE",
        help="one parameter, such as 05.epochs=3; KEY=VALUE sets what all stages share; may be repeated",
    )
    run.add_argument("--force", action="store_true", help="run the chosen stages even if nothing changed")
    run.add_argument("--jobs", type=int, metavar="N", help="worker processes, instead of the profile's number")
    run.add_argument("--dry-run", action="store_true", help="say what would run and why, and run nothing")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0, 1 a notebook failed, 2 wrong params, 130 interrupted."""
    given = vars(parser().parse_args(arguments))
    given.pop("command")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        runner.run(runner.Choice(**given))
    except ParamsError as error:
        print(f"Nothing was run.\n{error}", file=sys.stderr)
        return EXIT_PARAMS
    except runner.StageFailed as error:
        print(f"\n{error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("\nInterrupted. Give the same command again: what is done will be skipped.", file=sys.stderr)
        return EXIT_INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
