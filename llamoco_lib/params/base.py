"""One frozen, typed configuration per stage, and the reading of its YAML file with errors that help.

The fields of a configuration class are the parameters of one notebook: the same names in the notebook's
``parameters`` cell and in ``params/<profile>/<stage>.yaml``, no more and no less. This module knows nothing of any
stage.
"""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

import pydantic
import yaml


class ParamsError(ValueError):
    """Parameters that no stage should start with; the message names each key, its origin, and what is valid."""


class StageConfig(pydantic.BaseModel):
    """What every stage is told. There are no defaults: a value stands in the YAML file or in the notebook's cell."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", strict=True)

    run_dir: str = pydantic.Field(min_length=1)  # where this run writes; relative to the repository
    source_dir: str = pydantic.Field(min_length=1)  # where the results of earlier stages are read, normally run_dir
    seed: int = pydantic.Field(ge=0)  # root of every random stream of the stage
    jobs: int = pydantic.Field(ge=1)  # worker processes


Config = TypeVar("Config", bound=StageConfig)


def nearest(name: str, valid: Iterable[str]) -> str:
    """A hint for an unknown name: the nearest valid one, or all of them where none is near."""
    valid = list(valid)
    close = difflib.get_close_matches(name, valid, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"valid names: {', '.join(valid)}"


def validate(config_class: type[Config], values: Mapping[str, object], origin: str | Mapping[str, str]) -> Config:
    """The configuration of ``values``.

    ``origin`` says where the values came from, as one text or one for each key (a file, or ``--set``; under ``""``
    stands what a fault of several keys together is put down to).
    Raises ParamsError which lists every unknown or missing key, wrong type and value out of range.
    """
    try:
        return config_class.model_validate(dict(values))
    except pydantic.ValidationError as error:
        lines = [_explain(config_class, detail, origin) for detail in error.errors()]
        raise ParamsError("\n".join(lines)) from None


def from_namespace(config_class: type[Config], namespace: Mapping[str, object]) -> Config:
    """The configuration whose fields stand under their own names in ``namespace``, a notebook's ``globals()``.

    Raises ParamsError as ``validate`` does.
    """
    values = {name: namespace[name] for name in config_class.model_fields if name in namespace}
    return validate(config_class, values, "the notebook's parameters cell")


def read(path: Path) -> dict[str, object]:
    """The mapping in one YAML file, not yet validated.

    Raises ParamsError if the file is missing, is not YAML, or is not a mapping of names to values.
    """
    path = Path(path)
    if not path.is_file():
        present = sorted(file.name for file in path.parent.glob("*.yaml"))
        raise ParamsError(f"{path}: no such params file; in that folder: {', '.join(present) or 'none'}")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ParamsError(f"{path}: not valid YAML: {error}") from None
    if not isinstance(values, dict):
        raise ParamsError(f"{path}: expected lines of the form 'name: value', found {type(values).__name__}")
    return {str(name): value for name, value in values.items()}


def load(path: Path, config_class: type[Config]) -> Config:
    """The configuration in a YAML file.

    Raises ParamsError as ``read`` and ``validate`` do; the message names the file.
    """
    return validate(config_class, read(path), str(path))


def _explain(config_class: type[StageConfig], detail: Mapping, origin: str | Mapping[str, str]) -> str:
    """One line for one error of pydantic: where, which key, what is wrong, what would be valid."""
    key = str(detail["loc"][0]) if detail["loc"] else ""
    where = origin if isinstance(origin, str) else origin.get(key, origin.get("", "params"))
    if not key:
        return f"{where}: {detail['msg']}"
    if detail["type"] == "extra_forbidden":
        return f"{where}: unknown key {key!r}; {nearest(key, config_class.model_fields)}"
    if detail["type"] == "missing":
        return f"{where}: key {key!r} is missing"
    item = "".join(f"[{part}]" for part in detail["loc"][1:])
    value = detail["input"]
    return f"{where}: {key}{item} = {value!r} ({type(value).__name__}): {detail['msg']}{_number_hint(value)}"


def _number_hint(value: object) -> str:
    """YAML 1.1 reads ``1e-3`` as text: say so when that is what happened."""
    if not isinstance(value, str) or "e" not in value.lower():
        return ""
    try:
        number = float(value)
    except ValueError:
        return ""
    return f"; YAML takes {value} for text, write {number!r}"
