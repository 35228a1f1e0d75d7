"""A notebook in a process of its own: an interrupted or killed runner leaves no kernel at work."""

import signal
import subprocess
import sys
import time

import psutil
import pytest

from llamoco_lib.pipeline.execute import run_notebook

RUN = """
import sys
from pathlib import Path
from llamoco_lib.pipeline.execute import run_notebook
run_notebook(Path(sys.argv[1]), Path(sys.argv[2]), {"folder": sys.argv[3]}, 1, lambda event: None)
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_kernel_ends_with_its_runner(tmp_path, stop, make_notebook):
    cells = {
        "worker": "import os, subprocess, sys, time\n"
        "worker = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open(folder + '/pids', 'w').write(f'{os.getpid()} {worker.pid}')\n"
        "time.sleep(600)"
    }
    path = make_notebook(tmp_path / "slow.ipynb", {"folder": "."}, cells)
    arguments = [sys.executable, "-c", RUN, str(path), str(tmp_path / "out/slow.ipynb"), str(tmp_path)]
    process = subprocess.Popen(arguments, stderr=subprocess.DEVNULL)
    pids = tmp_path / "pids"
    _wait(lambda: pids.exists() and len(pids.read_text().split()) == 2, 60)
    process.send_signal(stop)
    process.wait(timeout=20)
    _wait(lambda: not any(_alive(int(pid)) for pid in pids.read_text().split()), 20)
    assert not (tmp_path / "out/slow.ipynb").exists()


def test_kernel_that_dies_is_reported(tmp_path, make_notebook):
    path = make_notebook(tmp_path / "dead.ipynb", {"number": 1}, {"die": "import os\nos.kill(os.getpid(), 9)"})
    outcome = run_notebook(path, tmp_path / "out/dead.ipynb", {"number": 2}, 1, lambda event: None)
    assert "cell 3 of 3" in outcome.error
    assert "DeadKernelError" in outcome.error
    assert outcome.notebook == tmp_path / "out/dead.failed.ipynb"


def test_events_and_threads(tmp_path, make_notebook):
    cells = {"show": "import os\nprint('threads', os.environ['OMP_NUM_THREADS'], 'number', number)"}
    path = make_notebook(tmp_path / "good.ipynb", {"number": 1}, cells)
    events = []
    outcome = run_notebook(path, tmp_path / "out/good.ipynb", {"number": 7}, 1, events.append)
    assert outcome.error == ""
    assert [event["cell"] for event in events if event["event"] == "cell"] == [1, 2, 3]
    assert {"event": "output", "text": "threads 1 number 7"} in events
    assert len(outcome.cell_seconds) == outcome.cells == 3
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["good.ipynb"]


def _wait(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def _alive(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
