"""Writing the files: what is there already stays, unless the user says otherwise."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from near_harness.errors import HarnessError
from near_harness.starter import files
from near_harness.starter.look import Look, look
from near_harness.starter.project import NoContract, Project, find_project
from near_harness.starter.toml import parse_toml

_OTHER_SETTINGS = ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")


@dataclass
class Started:
    """What was done. Paths are below the project's folder; ``kept`` are files that were there, and stay as they are."""

    project: Project
    written: list[str] = field(default_factory=list)
    added_to: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    not_built: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def start_project(folder: Path, *, force: bool) -> Started:
    """Write the first tests of a contract repository, a workflow, and pytest's settings. ``force`` overwrites files.

    :raises NoContract: where the folder holds no contract, or something cannot be written.
    """
    project = find_project(folder)
    done = Started(project)
    looks = _looks(project, done)
    wanted = {"tests/conftest.py": files.conftest(project, looks)}
    for target in project.targets:
        wanted[f"tests/test_{target.name}.py"] = files.test_module(target, looks.get(target.name))
    wanted[".github/workflows/near-harness.yml"] = files.workflow(project)
    try:
        for name, text in wanted.items():
            _write(done, name, text, force=force)
        _add_settings(done)
    except OSError as error:
        raise NoContract(f"{error.filename} cannot be written: {error.strerror}") from None
    return done


def _looks(project: Project, done: Started) -> dict[str, Look]:
    """Look at the contracts that are built already."""
    found = {}
    for target in project.targets:
        wasm = target.built(project.folder)
        if wasm is None:
            done.not_built.append(target.name)
            continue
        try:
            found[target.name] = seen = asyncio.run(look(wasm, files.account_name(target)))
            if seen.wanted is not None:
                done.notes.append(f"{target.name} is not initialised by its fixture: add {seen.wanted} in tests/conftest.py")
        except HarnessError as error:
            done.notes.append(f"{target.name} was not looked at: {error}")
    return found


def _write(done: Started, name: str, text: str, *, force: bool) -> None:
    path = done.project.folder / name
    if path.exists() and not force:
        done.kept.append(name)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    done.written.append(name)


def _add_settings(done: Started) -> None:
    """Put pytest's settings and the dependency into ``pyproject.toml``; tables that are there stay as they are."""
    path = done.project.folder / "pyproject.toml"
    present = path.read_text(encoding="utf-8") if path.exists() else None
    try:
        known: dict[str, Any] = parse_toml(present or "")
    except ValueError as error:
        done.notes.append(f"pyproject.toml cannot be read, and stays as it is: {error}")
        return
    elsewhere = [name for name in _OTHER_SETTINGS if (done.project.folder / name).exists()]
    has_pytest = bool(elsewhere) or "pytest" in known.get("tool", {})
    if has_pytest:
        done.notes.append(f"pytest's settings in {', '.join(elsewhere) or 'pyproject.toml'} stay as they are")
    text = files.pyproject(present, has_pytest=has_pytest, has_groups="dependency-groups" in known)
    if text is None:
        done.kept.append("pyproject.toml")
        return
    path.write_text(text, encoding="utf-8")
    (done.written if present is None else done.added_to).append("pyproject.toml")
