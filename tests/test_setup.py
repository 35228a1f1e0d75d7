"""The set-up: pins are exact and installed, and the files that install them agree."""

import importlib.metadata
import re
import subprocess

import pytest
import yaml
from packaging.requirements import Requirement

from llamoco_lib.records import REPOSITORY


def requirements(name: str) -> list[Requirement]:
    lines = [line.partition(" #")[0].strip() for line in (REPOSITORY / name).read_text().splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


PINNED = requirements("requirements.txt") + requirements("requirements-nodeps.txt")


@pytest.mark.parametrize("requirement", PINNED, ids=lambda requirement: requirement.name)
def test_pin_is_exact_and_installed(requirement):
    assert [each.operator for each in requirement.specifier] == ["=="]
    if requirement.marker is None or requirement.marker.evaluate():
        assert requirement.specifier.contains(importlib.metadata.version(requirement.name))


def test_each_package_is_pinned_once():
    names = [requirement.name.lower() for requirement in PINNED]
    assert sorted(names) == sorted(set(names))


def test_environment_installs_the_same_file_and_names_the_other():
    text = (REPOSITORY / "environment.yml").read_text()
    environment = yaml.safe_load(text)
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip == ["-r requirements.txt", "-e ."]
    assert {re.split("[=<>]", entry)[0] for entry in conda} == {"python", "pip"}, "every package comes from the pins"
    assert "pip install --no-deps -r requirements-nodeps.txt" in text
    makefile = (REPOSITORY / "Makefile").read_text()
    assert "-r requirements.txt" in makefile
    assert "--no-deps -r requirements-nodeps.txt -e ." in makefile


def test_library_imports_only_what_is_pinned():
    """A package that the library imports but no file pins would be missing on a fresh machine."""
    provided = importlib.metadata.packages_distributions()
    pinned = {re.sub("[-_.]+", "-", requirement.name).lower() for requirement in PINNED}
    pattern = re.compile(r"^\s*(?:from|import) ([a-zA-Z_]\w*)", re.MULTILINE)
    imported = {
        (name, str(file.relative_to(REPOSITORY)))
        for file in (REPOSITORY / "llamoco_lib").rglob("*.py")
        for name in pattern.findall(file.read_text())
        if name in provided and name != "llamoco_lib"
    }
    unpinned = [
        f"{file} imports {name}"
        for name, file in sorted(imported)
        if not {re.sub("[-_.]+", "-", each).lower() for each in provided[name]} & pinned
    ]
    assert unpinned == []


@pytest.mark.parametrize("target", ["reproduce", "test", "lab", "clean"])
def test_make_knows_the_target(target):
    done = subprocess.run(["make", "-n", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_ci_runs_tests_then_the_main_job():
    file = REPOSITORY / ".ci" / "run"
    lines = file.read_text().splitlines()
    assert file.stat().st_mode & 0o111
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines.index("set -euo pipefail") < lines.index("make test") < lines.index("make reproduce")


def test_licence():
    text = (REPOSITORY / "LICENSE").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text
    assert 'license = "GPL-3.0-or-later"' in (REPOSITORY / "pyproject.toml").read_text()
