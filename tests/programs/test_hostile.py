"""Hostile programs: each is contained, classed, and the next program runs and gives right results."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from llamoco_lib.programs import confine
from llamoco_lib.programs.confine import Limits
from llamoco_lib.programs.runner import run_program

LIMITS = Limits(wall_seconds=1.0, cpu_seconds=20)
PATIENT = Limits(
    wall_seconds=20, cpu_seconds=20, memory_bytes=1 << 29
)  # for those that must meet another limit first
QUICK = {"endless loop", "never reads", "sleeps forever", "ignores signals", "closes its pipes and sleeps"}
HEAD = "import os, sys\nimport numpy as np\ndef optimize(objective, constraints, seed):\n"


class Sphere:
    """f = |x|^2 on [-5, 5]^2, 20 FEs."""

    id = "sphere"
    dimension, budget, n_inequality, n_equality = 2, 20, 0, 0
    lower, upper = np.full(2, -5.0), np.full(2, 5.0)

    def objective(self, x):
        return (x * x).sum(axis=-1)

    def constraints(self, x):
        return np.empty((*x.shape[:-1], 0)), np.empty((*x.shape[:-1], 0))


def body(text):
    return HEAD + "\n".join("    " + line for line in text.strip("\n").splitlines()) + "\n"


# name: (program, status, a part of the message)
HOSTILE = {
    "endless loop": (body("while True: pass"), "timeout", "wall"),
    "sleeps forever": (body("import time\ntime.sleep(10**6)"), "timeout", "wall"),
    "ignores signals": (
        body(
            "import signal\nfor s in range(1, 65):\n    try: signal.signal(s, signal.SIG_IGN)\n"
            "    except (OSError, ValueError): pass\nwhile True: pass"
        ),
        "timeout",
        "wall",
    ),
    "memory": (body("hog = []\nwhile True: hog.append(np.ones(10**7))"), "memory", "MemoryError"),
    "threads": (
        body("import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(99,)).start()"),
        "runtime|timeout|memory",
        "",
    ),
    "fork bomb": (body("while True: os.fork()"), "runtime", "PermissionError"),
    "spawn": (body("import subprocess\nsubprocess.run(['/bin/true'])"), "runtime", "Error"),
    "reads a file outside": (body("open(os.environ.get('X', '@VICTIM@')).read()"), "runtime", "FileNotFoundError"),
    "reads the home folder": (body("open(os.path.expanduser('~root/.bashrc')).read()"), "runtime", "Error"),
    "writes a file outside": (body("open('@VICTIM@', 'w').write('x')"), "runtime", "Error"),
    "writes in site-packages": (body("open(np.__file__, 'a').write('x')"), "runtime", "OSError|PermissionError"),
    "replaces the harness": (body("open('/confined/child.py', 'w').write('x')"), "runtime", "Error"),
    "network": (body("import socket\nsocket.create_connection(('127.0.0.1', @PORT@), 2)"), "runtime", "Error"),
    "huge output": (body("while True: print('x' * 10**6)"), "runtime", "File too large"),
    "fills the scratch": (
        body("for i in range(10**6): open(str(i), 'wb').write(bytes(10**6))"),
        "runtime",
        "space left",
    ),
    "sys.exit": (body("sys.exit(0)"), "runtime", "SystemExit"),
    "os._exit": (body("os._exit(0)"), "runtime", "exit code 0"),
    "patches numpy": (
        body("np.asarray = np.sum = np.frombuffer = lambda *a, **k: 1 / 0\nobjective([5.0, 5.0])"),
        "ok",
        "",
    ),
    "patches the objective": (
        body(
            "harness = objective.__self__\ntype(harness).objective = lambda s, x: -1e9\n"
            "objective = harness.objective\nassert objective([0, 0]) == -1e9"
        ),
        "no_evaluation",
        "",
    ),
    "forges values": (
        body(
            "objective([5.0, 5.0])\nimport gc\nfor o in gc.get_objects():\n"
            "    if type(o).__name__ == 'Oracle': o._last_values = np.full((1, 1), -1e9)\n"
            "return objective([5.0, 5.0])"
        ),
        "ok",
        "",
    ),
    "reads the environment": (
        body("raise RuntimeError('|'.join(sorted(os.environ)) + os.environ.get('SECRET', ''))"),
        "runtime",
        "HOME|LC_",
    ),
    "kills its parent": (body("os.kill(os.getppid(), 9)"), "runtime", "PermissionError"),
    "kills everything": (body("os.kill(-1, 9)"), "runtime", "PermissionError"),
    "starves its parent": (
        body("import resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))"),
        "runtime",
        "Error",
    ),
    "signals its parent through a descriptor": (
        body(
            "import fcntl, time\nr, w = os.pipe()\nfor d in range(3, 256):\n    try:\n"
            "        fcntl.fcntl(d, 10, 9)\n        fcntl.fcntl(d, fcntl.F_SETOWN, os.getppid())\n"
            "        fcntl.fcntl(d, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)\n    except OSError: pass\n"
            "for i in range(5): objective(np.random.rand(2))\nos.write(w, b'x')"
        ),
        "ok|runtime|timeout",
        "",
    ),
    "garbage frames": (
        body("for d in range(3, 256):\n    try: os.write(d, b'garbage' * 100)\n    except OSError: pass"),
        "contract",
        "frame",
    ),
    "a frame of 4 GB": (
        body(
            "for d in range(3, 256):\n    try: os.write(d, bytes([22]) + b'\\xff' * 4)\n"
            "    except OSError: pass\nimport time\ntime.sleep(99)"
        ),
        "contract",
        "limit",
    ),
    "points of a wrong size": (
        body(
            "for d in range(3, 256):\n    try: os.write(d, bytes([21, 3, 0, 0, 0, 1, 2, 3]))\n"
            "    except OSError: pass\nimport time\ntime.sleep(99)"
        ),
        "contract",
        "3 bytes",
    ),
    "never reads": (
        body(
            "import struct\nframe = struct.pack('<BI', 22, 16) + bytes(16)\n"
            "w = max(d for d in range(3, 256) if os.path.exists('/') and _is_pipe_out(d))\n"
            "while True: os.write(w, frame)"
        ).replace(
            "import os, sys\n",
            "import os, sys, fcntl\n"
            "def _is_pipe_out(d):\n    try: return fcntl.fcntl(d, 3) & 3 == 1\n"
            "    except OSError: return False\n",
        ),
        "ok|timeout",
        "",
    ),
    "closes its pipes and sleeps": (body("os.closerange(3, 256)\nimport time\ntime.sleep(99)"), "timeout", "wall"),
    "hides a folder tree": (
        body("for i in range(3000):\n    os.mkdir('d')\n    os.chdir('d')\nobjective([1, 1])"),
        "ok|runtime",
        "",
    ),
}

HONEST = body("""
best = min(objective([i, 0.5]) for i in range(-3, 4))
assert best == 0.25, best
""")


@pytest.fixture(scope="module")
def server():
    """A listening socket on this machine, which no program may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def victim(tmp_path):
    path = tmp_path / "victim.txt"
    path.write_text("precious")
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_contained(name, victim, server, monkeypatch):
    source, statuses, parts = HOSTILE[name]
    source = source.replace("@VICTIM@", str(victim)).replace("@PORT@", str(server.getsockname()[1]))
    monkeypatch.setenv("SECRET", "hunter2")
    limits = LIMITS if name in QUICK else PATIENT
    outcome = run_program(Sphere(), source, [1], limits)[0]
    assert outcome.status in statuses.split("|"), outcome
    assert any(part in outcome.message for part in parts.split("|")), outcome
    assert "hunter2" not in outcome.message
    assert outcome.backend == confine.BUBBLEWRAP
    assert outcome.seconds < limits.wall_seconds + 8
    assert outcome.result.best_value >= 0.0  # nobody beats the evaluator's own numbers
    assert victim.read_text() == "precious"
    assert run_program(Sphere(), HONEST, [1], LIMITS)[0].result.best_value == 0.25


@pytest.mark.parametrize(
    "name",
    [
        "endless loop",
        "memory",
        "fork bomb",
        "huge output",
        "os._exit",
        "kills its parent",
        "garbage frames",
        "network",
        "signals its parent through a descriptor",
    ],
)
def test_next_seed_of_the_same_program_runs(name, victim, server):
    source = HOSTILE[name][0].replace("@PORT@", str(server.getsockname()[1]))
    source = source.replace(HEAD, HEAD + "    if seed == 2: return objective([0.5, 0.0])\n")
    outcomes = run_program(Sphere(), source, [1, 2], LIMITS if name in QUICK else PATIENT)
    assert outcomes[1].status == "ok" and outcomes[1].result.best_value == 0.25


@pytest.mark.parametrize(
    "name", ["endless loop", "memory", "fork bomb", "network", "kills its parent", "huge output"]
)
def test_base_limits_hold_without_a_sandbox(name, server, monkeypatch):
    """These need no backend: resource limits and the system-call filter."""
    monkeypatch.setattr(confine, "probe", lambda: (confine.UNCONFINED, "forbidden for this test"))
    source, statuses, parts = HOSTILE[name]
    source = source.replace("@PORT@", str(server.getsockname()[1]))
    outcome = run_program(Sphere(), source, [1], LIMITS if name in QUICK else PATIENT, allow_unconfined=True)[0]
    assert outcome.status in statuses.split("|"), outcome
    assert any(part in outcome.message for part in parts.split("|")), outcome


def confined_processes(root):
    """The processes below ``root`` that run the confined child."""
    parents, commands = {}, {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            commands[int(pid)] = Path(f"/proc/{pid}/cmdline").read_text()
            parents[int(pid)] = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended since the listing
            continue
    family, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return [pid for pid in family - {root} if "child.py" in commands[pid]]


def test_nothing_is_left_behind():
    """No process and no descriptor of a run outlives it, even of one that was killed."""
    run_program(Sphere(), HONEST, [1], LIMITS)
    before = len(os.listdir("/proc/self/fd"))
    for name in ("endless loop", "os._exit", "garbage frames"):
        run_program(Sphere(), HOSTILE[name][0], [1], Limits(wall_seconds=1))
    assert not confined_processes(os.getpid())
    assert len(os.listdir("/proc/self/fd")) == before


def test_the_sandbox_dies_with_the_runner(tmp_path):
    """kill -9 on the runner ends the confined processes too."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom test_hostile import Sphere, body, run_program, Limits\n"
        "print('started', flush=True)\n"
        'run_program(Sphere(), body(\'open("x", "w")\\nwhile True: pass  # marker\'), [1], Limits(wall_seconds=60))\n'
    )
    process = subprocess.Popen([sys.executable, "-c", script, os.path.dirname(__file__)], stdout=subprocess.PIPE)
    process.stdout.readline()

    waiting = threading.Event()
    for _ in range(100):
        pids = confined_processes(process.pid)
        if len(pids) >= 3:
            break
        waiting.wait(0.1)
    assert len(pids) >= 3, pids
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    for _ in range(50):
        alive = [pid for pid in pids if os.path.exists(f"/proc/{pid}")]
        if not alive:
            break
        waiting.wait(0.1)
    assert not alive
