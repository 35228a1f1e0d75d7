"""Run one notebook by papermill in a process of its own, and tell the caller how far it is.

Papermill's ``cwd`` is not safe among threads and a kernel may die hard, so each notebook gets a process. The child
holds its end of a pipe to the parent: when the parent is interrupted or killed the pipe closes, and the child ends
the kernel and everything the kernel started. This module knows nothing of stages; run as a module it is the child.
"""

import dataclasses
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from llamoco_lib import records

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
TICK_SECONDS = 1.0


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How a notebook ended: seconds for each code cell that ran, and what went wrong (empty where nothing did)."""

    seconds: float
    cell_seconds: tuple[float, ...]
    cells: int
    error: str
    notebook: Path


def run_notebook(
    notebook: Path,
    output: Path,
    parameters: Mapping[str, object],
    threads: int | None,
    on_event: Callable[[Mapping], None],
) -> Outcome:
    """Run ``notebook`` with ``parameters`` and write it, executed, to ``output``.

    While it runs the notebook stands beside ``output`` as ``<name>.running.ipynb``; a failed one is kept with its
    traceback as ``<name>.failed.ipynb``, and what kernel and libraries wrote on stderr as ``<name>.log``. ``threads``
    bounds BLAS and OpenMP in the kernel, None leaves them as they are. ``on_event`` is called with
    ``{"event": "cell", "cell": i, "cells": m}`` as a cell starts, ``{"event": "output", "text": line}`` as
    it prints, and ``{"event": "tick"}`` every second.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    running, failed, log = (output.with_suffix(end) for end in (".running.ipynb", ".failed.ipynb", ".log"))
    request = {"notebook": str(notebook), "output": str(running), "parameters": dict(parameters)}
    started = time.monotonic()
    starts, cells, error, ended = [], 0, "", False
    with open(log, "wb") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "llamoco_lib.pipeline.execute"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=_environment(threads),
            start_new_session=True,
        )
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
            for event in _events(child):
                if event["event"] == "cell":
                    starts.append(time.monotonic())
                    cells = event["cells"]
                elif event["event"] == "end":
                    error, ended = event["error"], True
                on_event(event)
        finally:
            child.stdin.close()
            child.wait()
    if not ended:
        error = (
            f"the notebook's process ended with exit code {child.returncode} before the notebook did\n{_tail(log)}"
        )
    finished = time.monotonic()
    if error:
        error = f"{_where(len(starts), cells)}\n{error}".strip()
        if running.exists():
            os.replace(running, failed)
    else:
        os.replace(running, output)
        failed.unlink(missing_ok=True)
        log.unlink()
    spent = [round(b - a, 3) for a, b in zip(starts, [*starts[1:], finished], strict=True)]
    return Outcome(round(finished - started, 3), tuple(spent), cells, error, failed if error else output)


def _environment(threads: int | None) -> dict[str, str]:
    bounds = {} if threads is None else dict.fromkeys(THREAD_VARIABLES, str(threads))
    return {**os.environ, **bounds, "JUPYTER_PREFER_ENV_PATH": "1"}


def _events(child: subprocess.Popen):
    """The child's events as they come, with ticks between them, until it closes its end."""
    waiting: queue.Queue = queue.Queue()

    def read() -> None:
        for line in child.stdout:
            waiting.put(json.loads(line))
        waiting.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            event = waiting.get(timeout=TICK_SECONDS)
        except queue.Empty:
            event = {"event": "tick"}
        if event is None:
            return
        yield event


def _where(cell: int, cells: int) -> str:
    return f"cell {cell} of {cells}" if cell else "before the first cell"


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


# ------------------------------------------------------------------------------------------------- in the child


class _Printed:
    """A text file that sends the last line written to it as an event."""

    def __init__(self, emit: Callable[..., None]) -> None:
        self._emit = emit

    def write(self, text: str) -> None:
        lines = [line.strip() for line in text.replace("\r", "\n").splitlines() if line.strip()]
        if lines:
            self._emit(event="output", text=lines[-1][:200])

    def flush(self) -> None:
        """Nothing is held back."""


def _end_with_parent() -> None:
    """Wait until the parent closes its end of the pipe, then end the kernel, all it started, and this process."""
    import psutil

    while os.read(0, 4096):  # not sys.stdin, whose lock must be free when the interpreter ends
        continue
    for process in psutil.Process().children(recursive=True):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    os._exit(130)


def _error_text(error: Exception) -> str:
    """What a reader needs to know of a failed cell: its source, the exception and where it was raised."""
    source = getattr(error, "source", None)
    if source is None:
        return f"{type(error).__name__}: {error}"
    shown = "\n".join(f"    {line}" for line in source.splitlines())
    return f"{shown}\n{error.ename}: {error.evalue}"


def _main() -> None:
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    channel = os.fdopen(
        os.dup(1), "w", buffering=1
    )  # kernels must not write between events: for them stdout is stderr
    os.dup2(2, 1)

    def emit(**event: object) -> None:
        channel.write(json.dumps(event) + "\n")

    import papermill

    notebook = records.read_json(Path(request["notebook"]))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
    cells = len(code) + bool(request["parameters"])
    started = iter(range(1, cells + 1))
    try:
        papermill.execute_notebook(
            request["notebook"],
            request["output"],
            parameters=request["parameters"],
            kernel_name="python3",
            progress_bar=False,
            stdout_file=_Printed(emit),
            stderr_file=_Printed(emit),
            cwd=str(Path(request["output"]).parent),
            on_cell_execute=lambda cell, cell_index: emit(event="cell", cell=next(started), cells=cells),
        )
        error = ""
    except Exception as failure:  # reported to the parent, whose message it becomes
        error = _error_text(failure)
    emit(event="end", error=error)


if __name__ == "__main__":
    _main()
