"""What a stage's result depends on, as one key: notebook, params, library source and inputs, all by content.

Where results are written and how many workers write them cannot change a number (DESIGN principle 4), so run_dir,
source_dir and jobs are no part of a key. This module knows nothing of how a notebook is run.
"""

import functools
from pathlib import Path

from llamoco_lib import records
from llamoco_lib.params.base import StageConfig
from llamoco_lib.pipeline.stages import APART, COMMON, ROOMS, Stage

LIBRARY = records.REPOSITORY / "llamoco_lib"
PLACE_AND_WORKERS = {"run_dir", "source_dir", "jobs", "scheduler"}


def notebook_hash(notebook: Path) -> str:
    """A key of the notebook's cells: their types, sources and tags, not their outputs."""
    cells = records.read_json(notebook)["cells"]
    return records.content_key(
        [[cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags", [])] for cell in cells]
    )


def library_files(stage: Stage) -> list[Path]:
    """Every file of the library that the stage may depend on: its room, the rooms before it, and what it names."""
    rooms = ROOMS[: ROOMS.index(stage.room) + 1]
    apart = [LIBRARY / name for name in APART]
    found = [file for room in rooms for file in _files(LIBRARY / room)]
    found = [file for file in found if not any(each in (file, *file.parents) for each in apart)]
    found += [file for name in (*COMMON, *stage.also) for file in _files(LIBRARY / name)]
    return sorted(set(found))


def params_of(config: StageConfig) -> dict[str, object]:
    """The parameters that can change a number."""
    return config.model_dump(exclude=PLACE_AND_WORKERS)


class Hashes:
    """Hashes of files and folders, each computed once; ``forget`` when a stage has written new ones."""

    def __init__(self) -> None:
        self._known: dict[Path, str | None] = {}

    def of(self, path: Path) -> str | None:
        """The hash of a file or folder (its record apart), None where there is nothing."""
        if path not in self._known:
            self._known[path] = records.file_hash(path) if path.exists() else None
        return self._known[path]

    def forget(self) -> None:
        """Compute every hash anew from here on."""
        self._known.clear()


def stage_key(stage: Stage, config: StageConfig, hashes: Hashes, reruns: object = None) -> str:
    """The key of a stage's result; equal keys mean equal results. ``reruns``: params of notebooks run again."""
    source = records.resolve(config.source_dir)
    return records.content_key(
        {
            "notebook": notebook_hash(stage.notebook),
            "library": {str(file.relative_to(LIBRARY)): _file_hash(file) for file in library_files(stage)},
            "params": params_of(config),
            "inputs": {name: hashes.of(source / name) for name in stage.reads},
            "reference": hashes.of(records.resolve(reference)) if (reference := _reference(config)) else None,
            "reruns": [notebook_hash(stage.notebook.with_stem(stage.reruns)), reruns] if stage.reruns else None,
        }
    )


def _reference(config: StageConfig) -> str:
    """The folder of reference labels that the stage reads, empty for none."""
    return getattr(config, "reference_labels", "")


@functools.cache
def _file_hash(file: Path) -> str:
    return records.file_hash(file)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
