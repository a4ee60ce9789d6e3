"""Runs the code of the documentation: the Python blocks of a page, in order, as a reader who pastes them one below the other."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from docs.blocks import DOCS, blocks

_FIXTURE = type(pytest.fixture(lambda: None))


@pytest.fixture(autouse=True)
def _commands_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands that are installed beside Python, also where its environment is not activated."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


def collected(page: str | Path, given: Mapping[str, object] | None = None) -> dict[str, object]:
    """Compile the tests and fixtures of a page, or of a file elsewhere, for a module; errors name the page and its lines."""
    return {
        name: value
        for name, value in compiled(page, given or {}).items()
        if name.startswith("test_") or isinstance(value, _FIXTURE)
    }


def compiled(page: str | Path, given: Mapping[str, object] | None = None) -> dict[str, object]:
    """Compile all Python of a page; what it defines, by name, in the order of the page. What is not given it imports."""
    space: dict[str, object] = {"__name__": Path(page).stem, **(given or {})}
    known = {*space, "__builtins__"}
    for block in blocks(DOCS / page):
        if block.language != "python":
            continue
        before = set(space)
        # The project's own pages; lines are counted as in the page.
        exec(compile("\n" * (block.line - 1) + block.code, str(DOCS / page), "exec"), space)  # noqa: S102
        tests = [name for name in set(space) - before if name.startswith("test_")]
        assert len(tests) == block.tests, f"{page}, line {block.line}: a test of this name is there already"
    # In the order of the page: every worker of pytest-xdist has to collect the same.
    return {name: value for name, value in space.items() if name not in known}


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """The commands of the environment that runs the tests are found, as where a reader has activated it."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
async def demo(near, contracts):
    return await near.deploy(contracts / "deposit_demo.wasm", "demo")


@pytest.fixture
def send_bytes():
    """What docs/rpc.md shows: how actions are sent that py-near cannot build."""
    return compiled("rpc.md")["send_bytes"]
