"""Runs in processes apart: stuck, crashed and greedy programs are stopped there, and the caller goes on."""

import math
import os
import signal
import subprocess
import sys
import threading
import time

import psutil
import pytest

from llamoco_lib.benchmark import isolation, run, run_configuration
from llamoco_lib.benchmark.run import run_apart, run_source
from llamoco_lib.optimizers import Configuration
from llamoco_lib.problems.evaluator import evaluator_of

HEAD = "import os, signal, numpy as np\ndef optimize(objective, constraints, seed):\n"
LOOP = "    while True:\n        pass\n"


def run_in_child(problem, body, wall=0.3, seconds=20.0, memory_gib=1.0):
    return isolation.call(run_source, (evaluator_of(problem), HEAD + body, 1, wall), seconds, memory_gib)


def test_a_row_is_the_same_in_a_process_apart(problems):
    arguments = (problems[0], Configuration("vanilla_de"), 7, "label", 3, 30.0)
    here, apart = run_configuration(*arguments), run_apart(*arguments, memory_gib=1.0)
    assert list(here) == list(apart)
    times = {"seconds": 0.0, "evaluation_seconds": 0.0}
    assert here | times == apart | times


def test_the_wall_limit_works_for_a_caller_in_a_thread(problems):
    """As tasks of a dask worker are, where no signal arrives."""
    rows = []
    thread = threading.Thread(target=lambda: rows.append(run_in_child(problems[0], LOOP)))
    thread.start()
    thread.join(30.0)
    assert rows[0]["status"] == "timeout" and "0.3 s" in rows[0]["reason"]


def test_a_program_that_takes_no_notice_of_the_wall_limit_is_killed(problems):
    deaf = "    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
    started = time.perf_counter()
    with pytest.raises(isolation.Stuck, match="killed after 1 s"):
        run_in_child(problems[0], deaf + LOOP, seconds=1.0)
    assert time.perf_counter() - started < 30.0
    assert run_in_child(problems[0], "    objective(np.zeros(2))\n", wall=5.0)["fes"] == 1  # the next call is well


def test_a_program_that_takes_its_process_down_is_told_by_the_signal(problems):
    with pytest.raises(isolation.Died, match="SIGKILL"):
        run_in_child(problems[0], "    os.kill(os.getpid(), signal.SIGKILL)\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit of address space")
def test_memory_is_limited_beyond_the_libraries(problems):
    body = "    x = np.zeros(3 << 27)\n    objective(np.zeros(2))\n"  # 3 GiB
    row = run_in_child(problems[0], body, wall=20.0, memory_gib=1.0)
    assert row["status"] == "failed" and row["reason"].startswith(("MemoryError", "_ArrayMemoryError"))
    assert run_in_child(problems[0], body, wall=20.0, memory_gib=4.0)["status"] == "ok"


def test_an_error_of_the_benchmark_itself_comes_back_with_its_traceback():
    with pytest.raises(RuntimeError, match=r"math domain error|expected a nonnegative"):
        isolation.call(math.sqrt, (-1.0,), 10.0, 1.0)


def test_a_busy_child_ends_when_its_caller_is_killed():
    code = "from llamoco_lib.benchmark import isolation; import time; isolation.call(time.sleep, (60,), 90.0, 1.0)"
    caller = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.time() + 60
    while time.time() < deadline and not (children := psutil.Process(caller.pid).children()):
        time.sleep(0.05)
    os.kill(caller.pid, signal.SIGKILL)
    caller.wait()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert children and alive == []


OK = {"status": "ok", "reason": ""}
OUT_OF_MEMORY = {"status": "failed", "reason": "MemoryError: 3 GiB (optimize, line 3)"}


@pytest.mark.parametrize(
    ("outcomes", "asked", "status", "reason"),
    [
        ([OK], [False], "ok", ""),
        ([isolation.Died("SIGKILL"), OK], [False, True], "ok", ""),
        ([isolation.Died("SIGKILL"), isolation.Died("SIGSEGV")], [False, True], "failed", "SIGSEGV"),
        ([OUT_OF_MEMORY, OK], [False, True], "ok", ""),
        ([OUT_OF_MEMORY, OUT_OF_MEMORY], [False, True], "failed", "MemoryError: 3 GiB (optimize, line 3)"),
        ([isolation.Stuck("killed after 11 s")], [False], "timeout", "killed after 11 s"),
    ],
)
def test_deaths_are_tried_once_more_and_recorded(problems, monkeypatch, outcomes, asked, status, reason):
    left, fresh_ones = list(outcomes), []

    def call(function, arguments, seconds, memory_gib, fresh):
        fresh_ones.append(fresh)
        outcome = left.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(run.isolation, "call", call)
    row = run_apart(problems[0], Configuration("samr_ga"), 7, "label", 0, 1.0, memory_gib=1.0)
    assert fresh_ones == asked and (row["status"], row["reason"]) == (status, reason)
    if isinstance(outcomes[-1], Exception):
        assert row["best_value"] == math.inf and row["fes"] == 0 and not row["feasible"]
        assert set(row) == set(run_configuration(problems[0], Configuration("samr_ga"), 7, "label", 0, 9.0, 2))
