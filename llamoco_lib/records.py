"""Files that hand over from stage to stage: atomic writes, hashes, and the ``record.json`` beside every result.

A reader never sees half a file: everything is written under a temporary name, flushed to disk, then renamed
(DESIGN principle 5). This module knows nothing of what the files mean.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

REPOSITORY = Path(__file__).resolve().parents[1]
RECORDED_PACKAGES = ("numpy", "scipy", "pypop7", "deap", "cma", "torch", "transformers", "peft", "papermill")


def resolve(path: str | Path) -> Path:
    """``path`` itself if absolute, else below the repository, so that a notebook runs from any folder."""
    path = Path(path)
    return path if path.is_absolute() else REPOSITORY / path


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; when the block ends without an error, fsync and rename it there."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with open(temporary, "rb+") as handle:
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


def write_json(path: Path, value: object) -> Path:
    """Write JSON atomically, keys in the order given."""
    return write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path) -> object:
    """Read one JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_jsonl(path: Path, rows: Iterable[object]) -> Path:
    """Write one JSON value a line, atomically."""
    return write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def read_jsonl(path: Path) -> list:
    """Read one JSON value a line."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def write_parquet(path: Path, frame: pd.DataFrame) -> Path:
    """Write a data frame as Parquet (zstd, no index), atomically. Equal frames give equal bytes."""
    with atomic(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd")
    return Path(path)


def file_hash(path: Path) -> str:
    """SHA-256 of a file, or of every file below a folder with its relative name (hidden files apart)."""
    path = Path(path)
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        relative = file.relative_to(path) if file != path else Path(file.name)
        if any(part.startswith(".") for part in relative.parts):
            continue
        digest.update(str(relative).encode() + b"\0")
        with open(file, "rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def content_key(value: object) -> str:
    """SHA-256 of a JSON-able value, independent of the order of keys."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()


def git_commit() -> str:
    """The commit of the work tree, with ``-dirty`` where files differ; ``unknown`` outside git."""
    command = ["git", "-C", str(REPOSITORY), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"


def package_versions() -> dict[str, str]:
    """The installed version of each package that can change a number."""
    return {name: importlib.metadata.version(name) for name in RECORDED_PACKAGES}


def write_record(
    folder: Path,
    *,
    stage: str,
    params: Mapping[str, object],
    inputs: Mapping[str, Path],
    outputs: Mapping[str, Path],
    key: str,
    started: float,
    status: str,
) -> dict:
    """Write ``record.json`` of a stage into ``folder`` and return it.

    ``inputs`` and ``outputs`` map a name to a file or folder, which is hashed (a missing one is recorded as null);
    ``started`` is ``time.time()`` at the start; ``status`` is ``ok`` or ``failed``.
    """
    record = {
        "stage": stage,
        "status": status,
        "key": key,
        "params": dict(params),
        "inputs": {name: file_hash(path) if Path(path).exists() else None for name, path in inputs.items()},
        "outputs": {name: file_hash(path) if Path(path).exists() else None for name, path in outputs.items()},
        "packages": package_versions(),
        "commit": git_commit(),
        "seconds": round(time.time() - started, 3),
    }
    write_json(Path(folder) / "record.json", record)
    return record
