"""Lines that a person can follow, on a terminal (one line that renews itself) and in a log (a line now and then).

The time that is left is known from an earlier run: the seconds each cell took. This module knows nothing of
notebooks.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TextIO

LOG_SECONDS = 30.0  # a heartbeat in a log this often, so that silence means trouble
NEW_CELL_SECONDS = 5.0  # quick cells in a log are not worth a line each


def duration(seconds: float) -> str:
    """Seconds as a reader says them: ``8 s``, ``3 min 20 s``, ``2 h 05 min``."""
    seconds = round(seconds)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60:02d} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02d} min"


class Progress:
    """Reports the stages of one run on ``stream``.

    ``stages`` are those that may run, in order; ``earlier`` maps a stage to the seconds each of its cells took in an
    earlier run.
    """

    def __init__(
        self,
        stages: Sequence[str],
        earlier: Mapping[str, Sequence[float]],
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stages = list(stages)
        self._earlier = earlier
        self._stream = stream
        self._clock = clock
        self._terminal = stream.isatty()
        self._stage = ""
        self._cell = self._cells = 0
        self._printed = ""
        self._stage_start = self._cell_start = self._last_line = clock()

    def line(self, text: str) -> None:
        """One line that stays."""
        clear = "\r\x1b[K" if self._terminal else ""
        print(f"{clear}{text}", file=self._stream, flush=True)
        self._last_line = self._clock()

    def skip(self, stage: str, why: str) -> None:
        """A stage that need not run."""
        self.line(f"{self._head(stage)}  skipped: {why}")

    def start(self, stage: str, why: str) -> None:
        """A stage that starts, and why it has to."""
        self.line(f"{self._head(stage)}  runs: {why}")
        self._stage, self._cell, self._cells, self._printed = stage, 0, 0, ""
        self._stage_start = self._cell_start = self._clock()

    def event(self, event: Mapping) -> None:
        """Something that ``execute.run_notebook`` told of the running stage."""
        now = self._clock()
        if event["event"] == "cell":
            self._cell, self._cells, self._printed, self._cell_start = event["cell"], event["cells"], "", now
        elif event["event"] == "output":
            self._printed = event["text"]
        if self._terminal:
            width = os.get_terminal_size(self._stream.fileno()).columns or 120
            print(f"\r\x1b[K{self._status()[: width - 1]}", end="", file=self._stream, flush=True)
        elif now - self._last_line >= (NEW_CELL_SECONDS if event["event"] == "cell" else LOG_SECONDS):
            self.line(self._status())

    def done(self, stage: str, seconds: float) -> None:
        """A stage that ended well."""
        self.line(f"{self._head(stage)}  done in {duration(seconds)}; left: {self._later()}")

    def failed(self, stage: str, seconds: float) -> None:
        """A stage that failed."""
        self.line(f"{self._head(stage)}  FAILED after {duration(seconds)}")

    def _head(self, stage: str) -> str:
        return f"[{self._stages.index(stage) + 1}/{len(self._stages)}] {stage}"

    def _status(self) -> str:
        cell = f"cell {self._cell}/{self._cells}" if self._cells else "starting"
        spent = duration(self._clock() - self._stage_start)
        shown = f" | {self._printed}" if self._printed else ""
        return f"{self._head(self._stage)}  {cell}, {spent}; left: {self._left()}{shown}"

    def _left(self) -> str:
        before = self._earlier.get(self._stage)
        if not before:
            return "not known on a first run"
        now = self._clock()
        if len(before) == self._cells and self._cell:
            current = max(0.0, before[self._cell - 1] - (now - self._cell_start)) + sum(before[self._cell :])
        else:
            current = max(0.0, sum(before) - (now - self._stage_start))
        return f"about {duration(current)}" + (f", then {self._later()}" if self._stage != self._stages[-1] else "")

    def _later(self) -> str:
        """The stages after this one, were they all to run."""
        later = self._stages[self._stages.index(self._stage) + 1 :]
        if not later:
            return "nothing"
        known = [sum(self._earlier[stage]) for stage in later if stage in self._earlier]
        stages = f"{len(later)} stage{'s' if len(later) > 1 else ''}"
        if not known:
            return stages
        return f"{stages} of {'at least ' if len(known) < len(later) else 'about '}{duration(sum(known))} if all run"
