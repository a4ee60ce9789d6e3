"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

InTurn = Callable[..., "list[Ended]"]
_MARK = "-- ended with "
_IN_TURN = f"""
import json, sys
from near_harness.cli import main
for arguments in json.load(sys.stdin):
    try:
        main(arguments, prog_name="near-harness")
    except SystemExit as end:
        for stream in (sys.stdout, sys.stderr):
            print(f"{_MARK}{{end.code}}", file=stream, flush=True)
"""
Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def in_turn(tmp_path: Path) -> InTurn:
    """Run several commands, one after the other in one process: one that fails at once takes longer to start than to run."""

    def run(*commands: Sequence[str], cwd: Path = tmp_path) -> list[Ended]:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", _IN_TURN],
            input=json.dumps([list(command) for command in commands]),
            capture_output=True,
            text=True,
            cwd=cwd,
            env=_surroundings({}),
            timeout=300,
            check=True,
        )
        out, err = (re.split(rf"^{_MARK}(\d+)\n", text, flags=re.MULTILINE) for text in (done.stdout, done.stderr))
        assert len(out) == len(err) == 2 * len(commands) + 1, done.stderr
        return [Ended(int(code), *texts) for code, *texts in zip(out[1::2], out[::2], err[::2], strict=False)]

    return run


def _surroundings(more: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NEAR_") or key == "NEAR_HARNESS_CACHE"}
    return {**kept, "PYTHONIOENCODING": "utf-8", **more}


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run ``near-harness`` with arguments in an empty folder; settings of the surroundings do not reach it."""

    def run(*arguments: str, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "near_harness.cli", *arguments],
            capture_output=True,
            text=True,
            cwd=cwd,
            env=_surroundings(environment),
            timeout=120,
            check=False,
        )

    return run
