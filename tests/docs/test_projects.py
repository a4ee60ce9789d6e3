"""The quick start and the tutorials are done as a reader does them: files are written, commands run, what they print compared.

In a folder of its own and a process for each command, a page after its first line: a block whose first line is the name of a
file writes that file; a ``console`` block runs what stands behind ``$`` and expects the lines below it, where ``...`` stands for
any text; an ``sh`` block runs, and must end well.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docs.blocks import DOCS, ROOT, Block, blocks, is_project, pages

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_PROJECTS = [page for page in pages() if is_project(page)]
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_OF_OTHERS = {"pytest-xdist"}
"""What the pages install beside the harness; the tests' own environment has it."""


@pytest.mark.parametrize("page", _PROJECTS, ids=lambda page: str(page.relative_to(DOCS)))
def test_a_project_works_when_pasted(page: Path, tmp_path: Path) -> None:
    done = 0
    for block in blocks(page):
        where = f"{page.name}, line {block.line}"
        if block.file is not None:
            _write(tmp_path / block.file, block)
        elif block.language == "console":
            for command, wanted in _commands(block.code):
                _, printed = _run(command, tmp_path)
                assert _fits(wanted, printed), f"{where}: $ {command}\nexpected:\n{wanted}\nprinted:\n{printed}"
        elif block.language == "sh":
            for line in block.code.splitlines():
                code, printed = (0, "") if is_installation(line) else _run(line, tmp_path)
                assert code == 0, f"{where}: {line} ended with {code}\n{printed}"
        elif block.language == "python":
            pytest.fail(f"{where}: Python without the name of a file in its first line is not run")
        else:
            continue
        done += 1
    assert done > 1


def _write(path: Path, block: Block) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.code, encoding="utf-8")


def _commands(code: str) -> list[tuple[str, str]]:
    steps = re.split(r"^\$ ", code, flags=re.MULTILINE)
    assert not steps[0].strip(), "a console block begins with $"
    return [(command, wanted) for command, _, wanted in (step.partition("\n") for step in steps[1:])]


def _run(command: str, folder: Path) -> tuple[int, str]:
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("NEAR_", "PYTEST_"))}
    if "NEAR_HARNESS_CACHE" in os.environ:
        keep["NEAR_HARNESS_CACHE"] = os.environ["NEAR_HARNESS_CACHE"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{keep.get('PATH', '')}"
    done = subprocess.run(  # noqa: S602 - the project's own pages, as a reader types them
        command,
        shell=True,
        cwd=folder,
        env={**keep, "PATH": path, "COLUMNS": "130", "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def _fits(wanted: str, printed: str) -> bool:
    return not wanted.strip() or doctest.OutputChecker().check_output(wanted, printed, _FLAGS)


def is_installation(line: str) -> bool:
    """Whether the line installs packages: those are there already, and it is checked that their names and extras are right."""
    if not line.startswith("pip install "):
        return False
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for wanted in re.findall(r"[\w-]+(?:\[[\w,-]+\])?", line.removeprefix("pip install ")):
        name, _, extras = wanted.rstrip("]").partition("[")
        assert name == project["name"] or name in _OF_OTHERS, f"{line}: {name} is none of this project's packages"
        for extra in filter(None, extras.split(",")):
            assert extra in project["optional-dependencies"], f"{line}: there is no extra {extra}"
    return True
