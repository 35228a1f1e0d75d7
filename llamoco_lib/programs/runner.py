"""Runs a program on a problem, confined, with the objective evaluated on this, the trusted side.

The program's process sends points; the CountingEvaluator here owns budget, bounds, feasibility, the best value and
the trace. What a program prints or returns is not looked at. Each seed has a process of its own; after a timeout, a
garbled frame or a death of the child the whole sandbox is thrown away, and the next run gets a new one. This module
knows nothing of models and prompts.
"""

import contextlib
import dataclasses
import fcntl
import json
import os
import re
import select
import signal
import sys
import termios
import time
from collections.abc import Sequence

import numpy as np

from llamoco_lib.problems.counting import BudgetExhausted, CountingEvaluator, RunResult
from llamoco_lib.problems.evaluator import Evaluator
from llamoco_lib.programs import confine, protocol
from llamoco_lib.programs.confine import Limits, Sandbox

STATUSES = ("ok", "no_code", "syntax", "contract", "import", "runtime", "timeout", "memory", "no_evaluation")
_REPORTED = frozenset(STATUSES) - {"ok", "no_code", "timeout", "no_evaluation"}
_LIBRARIES = re.compile(rf"({'|'.join(protocol.LIBRARIES)})(\.[A-Za-z_]\w*)*")
_MAX_IMPORTS = 64
_BUDGET_REPLY = protocol.frame(protocol.BUDGET)
_EXIT_SECONDS = 5.0  # how long a program's process may take to end after its last frame


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How one run of a program ended.

    ``status`` is ``ok`` (also when the budget ended the run) or an error class of ``STATUSES``; ``message`` and
    ``line`` (of the program, from 1) say what and where, for the repair turn. ``result`` is what the evaluator saw,
    also for a run that failed later; None for ``no_code``. ``backend`` is what confined it.
    """

    status: str
    message: str
    line: int | None
    result: RunResult | None
    seconds: float
    backend: str


class _Failure(Exception):
    """The run cannot go on, and neither can its sandbox."""

    def __init__(self, status: str, message: str):
        super().__init__(message)
        self.status, self.message = status, message


class _Channel:
    """Reads frames from one descriptor and writes them to another, never past a deadline (``time.monotonic``)."""

    def __init__(self, descriptors: tuple[int, int]):
        self.read_end, self._write_end = descriptors
        self.buffer = bytearray()

    def fill(self) -> bool:
        """Read what is there, once; False at the end of the file."""
        chunk = os.read(self.read_end, 1 << 18)
        self.buffer += chunk
        return bool(chunk)

    def next_frame(self, limit: int) -> tuple[int, bytes] | None:
        """The next whole frame, or None if it has not arrived; a frame over ``limit`` bytes is a failure."""
        buffer = self.buffer
        if len(buffer) < protocol.HEADER.size:
            return None
        kind, size = protocol.HEADER.unpack_from(buffer)
        if size > limit:
            raise _Failure("contract", f"the program's process sent a frame of {size} bytes; the limit is {limit}")
        end = protocol.HEADER.size + size
        if len(buffer) < end:
            return None
        payload = bytes(buffer[protocol.HEADER.size : end])
        del buffer[:end]
        return kind, payload

    def send(self, data: bytes, deadline: float) -> None:
        """Write all of ``data``; a timeout if the other side does not read it, a failure if it is gone."""
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._write_end, view) :]
            except BlockingIOError:
                if not select.select([], [self._write_end], [], max(0.0, deadline - time.monotonic()))[1]:
                    raise _Failure("timeout", "the program does not read the values that it asked for") from None
            except BrokenPipeError:
                raise _Failure("runtime", "the program's process closed its pipe") from None


class _Session:
    """A sandbox with its supervisor; it checks a program, then runs it, seed by seed.

    The supervisor itself runs nothing of any program, so that it can serve one program after the other, with the
    libraries imported once.
    """

    def __init__(self, limits: Limits, allow_unconfined: bool):
        self.limits = limits
        self.sandbox = Sandbox(limits, allow_unconfined)
        self.data, self.control = _Channel(self.sandbox.data), _Channel(self.sandbox.control)
        self._poll = select.poll()
        self._poll.register(self.data.read_end, select.POLLIN)
        self._poll.register(self.control.read_end, select.POLLIN)
        self.clean = True
        self._started = False

    def _wait(self, deadline: float, what: str) -> None:
        """Wait until either channel has something, and read it."""
        left = deadline - time.monotonic()
        events = self._poll.poll(left * 1000) if left > 0 else []
        if not events:
            raise _Failure("timeout", what)
        for descriptor, _ in events:
            channel = self.data if descriptor == self.data.read_end else self.control
            if not channel.fill():
                raise _Failure("runtime", "the confined process died")

    def _supervisor(self, deadline: float, expected: int) -> bytes:
        """The supervisor's next frame, which must be of the kind ``expected``."""
        while (frame := self.control.next_frame(protocol.MAX_TEXT_BYTES)) is None:
            self._wait(deadline, f"the interpreter did not answer within {self.limits.start_seconds:g} s")
        if frame[0] != expected:
            raise _Failure("runtime", f"the supervisor sent frame {frame[0]} in place of {expected}")
        return frame[1]

    def prepare(self, source: str) -> tuple[str, str, int | None] | None:
        """Compile the program in the sandbox, import the libraries that it names; None, or (status, message, line).

        Raises _Failure where the sandbox did not start or was lost.
        """
        self.clean = False
        deadline = time.monotonic() + self.limits.start_seconds
        if not self._started:
            self._supervisor(deadline, protocol.READY)
            self._started = True
        self.control.send(protocol.frame(protocol.CHECK, source.encode("utf-8", "replace")), deadline)
        self._supervisor(deadline, protocol.EXITED)
        self._drain()
        frame = self.data.next_frame(protocol.MAX_TEXT_BYTES)
        if frame is None:
            raise _Failure("syntax", "the program could not be compiled: its compilation ended the interpreter")
        kind, payload = frame
        if kind == protocol.ERROR:
            self.clean = True
            return _error_report(payload)
        names = dict.fromkeys(["numpy", *payload.decode("utf-8", "replace").split("\n")])
        names = [name for name in names if _LIBRARIES.fullmatch(name)][:_MAX_IMPORTS]
        self.control.send(protocol.frame(protocol.IMPORT, "\n".join(names).encode()), deadline)
        self._supervisor(deadline, protocol.READY)
        self.clean = True
        return None

    def run(self, counting: CountingEvaluator, evaluator: Evaluator, seed: int) -> tuple[str, str, int | None]:
        """Run one seed; (status, message, line). ``clean`` then says whether the sandbox can serve another seed.

        Raises _Failure where the process had to be given up.
        """
        self.clean = False
        dimension = evaluator.dimension
        shape = protocol.SHAPE.pack(dimension, evaluator.n_inequality, evaluator.n_equality)
        deadline = time.monotonic() + self.limits.wall_seconds
        late = f"the program did not end within {self.limits.wall_seconds:g} s of wall time"
        self.control.send(protocol.frame(protocol.RUN, protocol.SEED.pack(seed) + shape), deadline)
        final = exited = None
        while True:
            frame = self.data.next_frame(protocol.MAX_POINTS_BYTES)
            if frame is None:
                if exited is not None:
                    break
                if (report := self.control.next_frame(protocol.MAX_TEXT_BYTES)) is not None:
                    exited = protocol.EXIT.unpack(report[1])
                    self._drain()
                elif final is None:
                    self._wait(deadline, late)
                else:
                    with contextlib.suppress(_Failure):  # it has said its last word, and is now only late to go
                        self._wait(deadline, late)
                        continue
                    return final
                continue
            if final is not None:
                return final
            kind, payload = frame
            if kind == protocol.DONE:
                final = ("ok", "", None)
            elif kind == protocol.ERROR:
                final = _error_report(payload)
            elif exited is not None:
                break
            else:
                reply = _reply(counting, evaluator, kind, payload)
                if reply == _BUDGET_REPLY:
                    final = ("ok", "", None)
                self.data.send(reply, deadline)
            if final is not None:
                deadline = min(deadline, time.monotonic() + _EXIT_SECONDS)
        if final is None:
            return self._death(*exited)
        self.clean = exited[0] == 0 and not self.data.buffer and not _unread(self.sandbox.data[1])
        return final

    def _drain(self) -> None:
        """Read what a process that has ended left in the data pipe."""
        while select.select([self.data.read_end], [], [], 0)[0] and self.data.fill():
            continue

    def _death(self, code: int, cpu_seconds: float) -> tuple[str, str, None]:
        """What the end of a process without a last word means."""
        if code in (-signal.SIGXCPU, -signal.SIGKILL) and cpu_seconds >= 0.9 * self.limits.cpu_seconds:
            return "timeout", f"the program used its {self.limits.cpu_seconds} s of CPU time", None
        if code < 0:
            return "runtime", f"the program's process was killed by {signal.Signals(-code).name}", None
        return "runtime", f"the program ended its own process (exit code {code})", None


def _unread(write_end: int) -> int:
    """The bytes of a pipe that nobody has read yet."""
    return int.from_bytes(fcntl.ioctl(write_end, termios.FIONREAD, bytes(4)), sys.byteorder)


def _error_report(payload: bytes) -> tuple[str, str, int | None]:
    """A process's own account of its error, taken as text only."""
    try:
        report = json.loads(payload)
        status, message, line = report["status"], str(report["message"])[:1000], report["line"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _Failure("contract", "the program's process sent an error report that cannot be read") from None
    if status not in _REPORTED or not (line is None or isinstance(line, int)):
        raise _Failure("contract", "the program's process sent an error report that cannot be read")
    return status, message, line


def _reply(counting: CountingEvaluator, evaluator: Evaluator, kind: int, payload: bytes) -> bytes:
    """Evaluate a point or batch on the trusted side; the frame with its rows (f, g, h), or the end of the budget."""
    size = 8 * evaluator.dimension
    if kind not in (protocol.POINT, protocol.BATCH):
        raise _Failure("contract", f"the program's process sent a frame of unknown kind {kind}")
    if not payload or len(payload) % size or (kind == protocol.POINT and len(payload) != size):
        raise _Failure("contract", f"the program's process sent {len(payload)} bytes for points of {size} bytes")
    points = np.frombuffer(payload)
    if kind == protocol.BATCH:
        points = points.reshape(-1, evaluator.dimension)
    try:
        values = np.asarray(counting.objective(points), float).reshape(-1, 1)
        if evaluator.n_inequality + evaluator.n_equality:
            g, h = counting.constraints(points)
            values = np.hstack([values, np.reshape(g, (len(values), -1)), np.reshape(h, (len(values), -1))])
    except BudgetExhausted:
        return _BUDGET_REPLY
    return protocol.frame(protocol.VALUES, values.tobytes())


class Runner:
    """Runs programs one after the other in one sandbox, as long as they leave it clean; a context manager.

    ``limits`` hold for each run. Raises ConfinementError where this system has no backend and ``allow_unconfined`` is
    false.
    """

    def __init__(self, limits: Limits | None = None, allow_unconfined: bool = False):
        self.limits = limits or Limits()
        self.allow_unconfined = allow_unconfined
        self.backend = confine.backend(allow_unconfined)
        self._session: _Session | None = None

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        self._discard()

    def _discard(self) -> None:
        if self._session is not None:
            self._session.sandbox.stop()
            self._session = None

    def run(self, evaluator: Evaluator, source: str | None, seeds: Sequence[int]) -> list[Outcome]:
        """Run the program ``source`` on ``evaluator`` once a seed; one Outcome a seed, in order.

        ``source`` None or blank is ``no_code``. An exception of the evaluator itself is raised as it is.
        """
        if source is None or not source.strip():
            return [Outcome("no_code", "the answer has no program", None, None, 0.0, self.backend) for _ in seeds]
        outcomes, prepared, error = [], False, None
        for seed in seeds:
            counting = CountingEvaluator(evaluator)
            started = time.perf_counter()
            try:
                if self._session is None:
                    self._session, prepared = _Session(self.limits, self.allow_unconfined), False
                if not prepared:
                    error, prepared = self._session.prepare(source), True
                    started = time.perf_counter()
                status, message, line = error or self._session.run(counting, evaluator, int(seed))
            except _Failure as failure:
                status, message, line = failure.status, failure.message, None
            except BaseException:
                self._discard()
                raise
            seconds = time.perf_counter() - started
            if not self._session.clean:
                self._discard()
            result = counting.result()
            if status == "ok" and result.fes == 0:
                status, message = "no_evaluation", "the program ended without evaluating the objective once"
            outcomes.append(Outcome(status, message, line, result, seconds, self.backend))
        return outcomes


def run_program(
    evaluator: Evaluator,
    source: str | None,
    seeds: Sequence[int],
    limits: Limits | None = None,
    allow_unconfined: bool = False,
) -> list[Outcome]:
    """Run one program in a sandbox of its own; one Outcome a seed, in order (``Runner`` for many programs).

    The same program and seed give the same result as the benchmark's run in process. ``source`` None or blank is
    ``no_code``. Raises ConfinementError where this system has no backend and ``allow_unconfined`` is false; an
    exception of the evaluator itself is raised as it is.
    """
    with Runner(limits, allow_unconfined) as runner:
        return runner.run(evaluator, source, seeds)
