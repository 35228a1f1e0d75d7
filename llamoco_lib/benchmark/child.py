"""What a child process of ``isolation`` does: ``python -m llamoco_lib.benchmark.child <descriptor> <GiB>``.

It answers calls on its main thread, where a wall limit's signal arrives, under a limit of memory. It ends when the
caller is gone, be it in the middle of a call, and after a minute without one.
"""

import os
import queue
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection

import psutil
import threadpoolctl

from llamoco_lib.problems.constraints import FAMILIES
from llamoco_lib.problems.evaluator import evaluator_of
from llamoco_lib.problems.functions import FUNCTIONS
from llamoco_lib.problems.spec import Component, Constraint, Problem

IDLE_SECONDS = 60.0


def _warm_up() -> None:
    """Compile the kernels, or load them compiled, so that the first call's time is its own."""
    name, family = next(iter(FAMILIES.items()))
    constraint = Constraint(name, dict.fromkeys(family.parameters, 1.0))
    component = Component(next(iter(FUNCTIONS)))
    evaluator = evaluator_of(Problem("warm-up", "basic", 2, -1.0, 1.0, (component,), 1, constraints=(constraint,)))
    evaluator.objective(evaluator.lower)
    evaluator.constraints(evaluator.lower)


def _limit_memory(gib: float) -> None:
    """Let the process grow by that much from here on; only Linux keeps to such a limit."""
    if sys.platform == "linux":
        import resource

        most = psutil.Process().memory_info().vms + int(gib * 2**30)
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _listen(connection: Connection, calls: queue.SimpleQueue) -> None:
    while True:
        try:
            calls.put(connection.recv())
        except (EOFError, OSError):  # the caller is gone: nobody waits for what is being computed
            os._exit(0)


def main(descriptor: int, memory_gib: float) -> None:
    """Answer calls with pairs (value, "") or (None, traceback) until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt at the terminal is the caller's to handle
    connection = Connection(descriptor)
    calls: queue.SimpleQueue = queue.SimpleQueue()
    with threadpoolctl.threadpool_limits(1):
        _warm_up()
        _limit_memory(memory_gib)
        threading.Thread(target=_listen, args=(connection, calls), daemon=True).start()
        connection.send((None, ""))
        while True:
            try:
                function, arguments = calls.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                return
            try:
                answer = function(*arguments), ""
            except Exception:
                answer = None, traceback.format_exc()
            connection.send(answer)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
