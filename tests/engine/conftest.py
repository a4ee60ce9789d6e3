"""Runs scripts in processes of their own, so that a crash or a hang of the engine is a failed test and no more."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

Alone = Callable[..., subprocess.CompletedProcess[str]]

_HERE = Path(__file__).parent

_PREAMBLE = """
from trap_contract import EXPECTED, trap_contract
from trap_runs import Sandbox, engine, fail_in_every_way
"""


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    """Runs a script beside ``trap_runs`` in a process of its own; what it prints is the result. It must come to its end."""

    def run(
        script: str, *arguments: str, options: tuple[str, ...] = (), before: str = "", timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "script.py"
        # The last line tells an end from an exit in the middle.
        file.write_text(before + _PREAMBLE + textwrap.dedent(script) + "\nprint('came to its end', flush=True)\n")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(_HERE), str(_HERE.parent)])}
        try:
            done = subprocess.run(  # noqa: S603 - its own interpreter, on a script of the test's
                [sys.executable, *options, str(file), *arguments],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as hang:
            pytest.fail(f"no end after {timeout} s; it printed {hang.stdout!r} and {hang.stderr!r}")
        assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.endswith("came to its end\n"), done.stdout
        return done

    return run
