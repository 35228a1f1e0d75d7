"""The confined side of a run: a supervisor that forks one process per seed, in which the program runs.

Started by path as ``child.py <data in> <data out> <control in> <control out> <limits as JSON>``. The supervisor
runs nothing of the program: it imports the libraries which the program names (the runner filters the list), forks,
waits, and reports how the process ended. The program's process sends points, and reads values; it holds no
objective to patch and no answer to forge. This file never imports llamoco_lib.
"""

import contextlib
import ctypes
import importlib
import inspect
import json
import os
import random
import resource
import shutil
import sys
import threading
import traceback
import types

_HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, _HERE)
import protocol  # noqa: E402
import seccomp  # noqa: E402

sys.path.remove(_HERE)

_PR_SET_DUMPABLE = 4


def _read(descriptor: int, size: int) -> bytes:
    """Exactly ``size`` bytes; EOFError if the other side is gone."""
    chunks = []
    while size:
        chunk = os.read(descriptor, min(size, 1 << 20))
        if not chunk:
            raise EOFError("the runner closed its pipe")
        chunks.append(chunk)
        size -= len(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _receive(descriptor: int) -> tuple[int, bytes]:
    kind, size = protocol.HEADER.unpack(_read(descriptor, protocol.HEADER.size))
    return kind, _read(descriptor, size)


class Oracle:
    """What the program gets in place of an objective: it sends points to the runner and returns its values.

    One round trip brings f, g and h of a point or batch together, and the last one is kept, since objective and
    constraints of the same point are one function evaluation.
    """

    def __init__(self, data_in: int, data_out: int, shape: tuple[int, int, int]):
        import numpy

        self._numpy_asarray, self._float64 = numpy.asarray, numpy.float64
        self._frombuffer = numpy.frombuffer
        self._in, self._out = data_in, data_out
        self._dimension, self._n_inequality, self._n_equality = shape
        self._width = 1 + self._n_inequality + self._n_equality
        self._lock = threading.Lock()
        self._last_key, self._last_values = None, None

    def _values(self, x: object) -> object:
        """Rows (f, g, h) of the point or batch ``x``: shape (n, 1 + Mg + Mh)."""
        try:
            points = self._numpy_asarray(x, dtype=self._float64, order="C")
        except (TypeError, ValueError) as error:
            raise ValueError(f"a point must be {self._dimension} numbers, got {type(x).__name__}: {error}") from None
        if points.ndim not in (1, 2) or points.shape[-1] != self._dimension:
            raise ValueError(
                f"a point has shape ({self._dimension},), a batch (n, {self._dimension}); got {points.shape}"
            )
        if points.ndim == 2 and points.shape[0] == 0:
            raise ValueError(f"an empty batch: shape {points.shape}")
        if points.nbytes > protocol.MAX_POINTS_BYTES:
            raise ValueError(
                f"a batch of {points.shape[0]} points is over the limit of "
                f"{protocol.MAX_POINTS_BYTES // (8 * self._dimension)} points"
            )
        data = points.tobytes()
        with self._lock:
            key = (points.ndim, data)
            if key != self._last_key:
                kind = protocol.POINT if points.ndim == 1 else protocol.BATCH
                _write(self._out, protocol.frame(kind, data))
                kind, payload = _receive(self._in)
                if kind == protocol.BUDGET:
                    os._exit(0)  # the budget is used: the run has ended, whatever the program would catch
                self._last_key = key
                self._last_values = self._frombuffer(payload, self._float64).reshape(-1, self._width)
            return points.ndim, self._last_values

    def objective(self, x: object) -> object:
        """(D,) -> float; (n, D) -> (n,)."""
        ndim, values = self._values(x)
        return float(values[0, 0]) if ndim == 1 else values[:, 0].copy()

    def constraints(self, x: object) -> tuple:
        """(D,) -> (Mg,), (Mh,); (n, D) -> (n, Mg), (n, Mh)."""
        ndim, values = self._values(x)
        split = 1 + self._n_inequality
        g, h = values[:, 1:split].copy(), values[:, split:].copy()
        return (g[0], h[0]) if ndim == 1 else (g, h)


def _line(error: BaseException) -> int | None:
    """The line of the program at which the error came up (the deepest frame of the program's own)."""
    if isinstance(error, SyntaxError) and error.filename == protocol.PROGRAM_NAME:
        return error.lineno
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == protocol.PROGRAM_NAME
    ]
    return lines[-1] if lines else None


def _report(data_out: int, status: str, message: str, line: int | None) -> None:
    text = json.dumps({"status": status, "message": message[:1000], "line": line})
    _write(data_out, protocol.frame(protocol.ERROR, text.encode("ascii")))
    os._exit(0)


def _limit(limits: dict) -> None:
    """Bind this process to the base limits, which hold with and without a sandbox."""
    for name, value in (
        ("RLIMIT_CPU", limits["cpu_seconds"]),
        ("RLIMIT_AS", limits["memory_bytes"]),
        ("RLIMIT_FSIZE", limits["output_bytes"]),
        ("RLIMIT_NOFILE", limits["open_files"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_CORE", 0),
    ):
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value + 1 if name == "RLIMIT_CPU" and hard < 0 else value))
    if seccomp.supported():
        seccomp.install()


def _check(data_out: int, source: str) -> None:
    """Compile the program without running it, and send the modules that it imports, if it may import them."""
    import ast

    try:
        tree = ast.parse(source, protocol.PROGRAM_NAME)
        compile(tree, protocol.PROGRAM_NAME, "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        name = type(error).__name__
        _report(data_out, "syntax", f"{name}: {getattr(error, 'msg', None) or error}", _line(error))
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in found:
            top = name.partition(".")[0]
            if top not in protocol.LIBRARIES and top not in sys.stdlib_module_names:
                allowed = ", ".join(protocol.LIBRARIES)
                _report(
                    data_out, "import", f"ImportError: {top} is not among the allowed imports: {allowed}", node.lineno
                )
        names += found
    _write(data_out, protocol.frame(protocol.DONE, "\n".join(names).encode("utf-8", "replace")))
    os._exit(0)


def _run(data_in: int, data_out: int, source: str, seed: int, shape: tuple[int, int, int]) -> None:
    """Run the program's ``optimize`` once; never returns."""
    import numpy

    oracle = Oracle(data_in, data_out, shape)
    constraints = oracle.constraints if shape[1] + shape[2] else None
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    module = types.ModuleType("program")
    sys.modules["program"] = module
    try:
        exec(compile(source, protocol.PROGRAM_NAME, "exec"), module.__dict__)
        optimize = module.__dict__.get("optimize")
        if not callable(optimize):
            _report(
                data_out, "contract", "the program defines no function optimize(objective, constraints, seed)", None
            )
        try:
            inspect.signature(optimize).bind(oracle.objective, constraints, seed)
        except TypeError as error:
            line = getattr(getattr(optimize, "__code__", None), "co_firstlineno", None)
            _report(
                data_out, "contract", f"optimize cannot be called as (objective, constraints, seed): {error}", line
            )
        optimize(oracle.objective, constraints, seed)
    except ImportError as error:
        _report(data_out, "import", f"{type(error).__name__}: {error}", _line(error))
    except MemoryError as error:
        _report(data_out, "memory", f"MemoryError: {error or 'out of memory'}", _line(error))
    except BaseException as error:
        _report(data_out, "runtime", f"{type(error).__name__}: {error}", _line(error))
    _write(data_out, protocol.frame(protocol.DONE))
    os._exit(0)


def _empty(folder: str) -> None:
    """Remove whatever a program left in the scratch folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)


def main(arguments: list[str]) -> None:
    """Serve the runner's requests until it closes the control pipe."""
    data_in, data_out, control_in, control_out = map(int, arguments[:4])
    limits = json.loads(arguments[4])
    scratch = os.getcwd()
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # nobody of the same user reads this process's memory
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    sys.path[:] = [path for path in sys.path if path not in ("", scratch)] + limits["site_packages"]
    _write(control_out, protocol.frame(protocol.READY))
    source = ""
    while True:
        try:
            kind, payload = _receive(control_in)
        except EOFError:
            return
        if kind == protocol.IMPORT:
            for name in payload.decode().split():
                with contextlib.suppress(ImportError):  # the program gets its own error, with its line
                    importlib.import_module(name)
            _write(control_out, protocol.frame(protocol.READY))
            continue
        if kind == protocol.CHECK:
            source = payload.decode("utf-8")
        child = os.fork()
        if child == 0:
            os.close(control_in)
            os.close(control_out)
            output = os.open("output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(output)
            _limit(limits)
            if kind == protocol.CHECK:
                _check(data_out, source)
            seed = protocol.SEED.unpack_from(payload)[0]
            _run(data_in, data_out, source, seed, protocol.SHAPE.unpack_from(payload, protocol.SEED.size))
        _, status, usage = os.wait4(child, 0)
        _empty(scratch)
        code = os.waitstatus_to_exitcode(status)
        _write(
            control_out, protocol.frame(protocol.EXITED, protocol.EXIT.pack(code, usage.ru_utime + usage.ru_stime))
        )


if __name__ == "__main__":
    main(sys.argv[1:])
