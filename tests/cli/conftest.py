"""Runs the command line as a user does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run ``near-harness`` with arguments in an empty folder; settings of the surroundings do not reach it."""

    def run(*arguments: str, cwd: Path = tmp_path, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("NEAR_") or key == "NEAR_HARNESS_CACHE"}
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "near_harness.cli", *arguments],
            capture_output=True,
            text=True,
            cwd=cwd,
            env={**kept, "PYTHONIOENCODING": "utf-8", **environment},
            timeout=120,
            check=False,
        )

    return run
