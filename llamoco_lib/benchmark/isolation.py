"""Calls in a child process that may hang, crash or run out of memory without harm to the caller.

A child is started when it is first needed, is used again for the next call, and ends by itself when it was idle for a
minute or when its caller is gone. Callers may be threads or daemonic processes (dask workers are both), where neither
signals nor ``multiprocessing`` would do. This module knows nothing of what is called.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Pipe

START_SECONDS = 600.0  # a child's start may have to compile the kernels
# One thread for numeric libraries, so that numbers do not depend on the machine's cores.
ENVIRONMENT = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


class Stuck(Exception):
    """The call took longer than it was given, and its process was killed."""


class Died(Exception):
    """The process of the call ended before the call did."""


class _Child:
    """One child process and the connection to it."""

    def __init__(self, memory_gib: float):
        self.memory_gib = memory_gib
        self.connection, theirs = Pipe()
        command = [sys.executable, "-m", "llamoco_lib.benchmark.child", str(theirs.fileno()), repr(memory_gib)]
        with theirs:
            self.process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=os.environ | ENVIRONMENT
            )
        try:
            self._reply(START_SECONDS)
        except BaseException:
            self.kill()
            raise

    def ask(self, function: Callable, arguments: tuple, seconds: float) -> object:
        try:
            self.connection.send((function, arguments))
        except (BrokenPipeError, ConnectionResetError):
            raise Died(self._end()) from None
        return self._reply(seconds)

    def _reply(self, seconds: float) -> object:
        try:
            if not self.connection.poll(seconds):
                raise Stuck(f"killed after {seconds:g} s without an answer")
            value, error = self.connection.recv()
        except (EOFError, ConnectionResetError):
            raise Died(self._end()) from None
        if error:
            raise RuntimeError(f"in a process of the benchmark:\n{error}")
        return value

    def _end(self) -> str:
        code = self.process.wait()
        return f"its process died ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.connection.close()


_idle: list[_Child] = []
_lock = threading.Lock()


def _borrow(memory_gib: float, fresh: bool) -> _Child:
    """An idle child that is still alive, or a new one. ``fresh`` puts an idle one away and starts a new one."""
    with _lock:
        child = _idle.pop() if _idle else None
    if child is not None:
        if not fresh and child.memory_gib == memory_gib and child.process.poll() is None:
            return child
        child.kill()
    return _Child(memory_gib)


def call(function: Callable, arguments: tuple, seconds: float, memory_gib: float, fresh: bool = False) -> object:
    """``function(*arguments)`` computed in a child process; all of it must be picklable by reference.

    ``memory_gib`` is what the child may take beyond its libraries. ``fresh`` asks for a process in which nothing ran
    before. Raises Stuck after ``seconds``, Died where the process ends early, and RuntimeError with the traceback
    where the function raises.
    """
    child = _borrow(memory_gib, fresh)
    try:
        value = child.ask(function, arguments, seconds)
    except RuntimeError:
        with _lock:
            _idle.append(child)
        raise
    except BaseException:  # an interrupt of the caller, too, must not leave the call running
        child.kill()
        raise
    with _lock:
        _idle.append(child)
    return value
