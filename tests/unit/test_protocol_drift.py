"""What the weekly comparison of the engine's crates says, with a cargo of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "protocol_drift.py"
MANIFEST = """[dependencies]
# near-old = "=0.1.0"
near-vm-runner = { version = "=0.38.0", features = ["wasmtime_vm"] }
near-parameters = "=0.38.0"
serde = "1"
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "Cargo.toml"
    path.write_text(MANIFEST)
    return path


def _compare(manifest: Path, answer: str, *options: str) -> subprocess.CompletedProcess[str]:
    cargo = manifest.parent / "bin" / "cargo"
    cargo.parent.mkdir(exist_ok=True)
    cargo.write_text(f'#!/bin/sh\ntest "$1" = info || exit 9\n{answer}\n')
    cargo.chmod(0o755)
    env = {**os.environ, "PATH": f"{cargo.parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, str(SCRIPT), "--manifest", str(manifest), *options]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603


def test_nothing_is_newer(manifest: Path) -> None:
    done = _compare(manifest, "echo version: 0.38.0")
    assert (done.returncode, done.stdout) == (0, "near-vm-runner 0.38.0: the newest\nnear-parameters 0.38.0: the newest\n")


def test_a_newer_crate_is_named_and_written(manifest: Path) -> None:
    answer = 'case $2 in near-parameters) echo "version: 0.38.0 (latest 0.40.1)";; *) echo version: 0.38.0;; esac'

    done = _compare(manifest, answer)
    assert (done.returncode, manifest.read_text()) == (1, MANIFEST)
    assert "near-parameters 0.38.0: 0.40.1 is there\n" in done.stdout

    assert _compare(manifest, answer, "--write").returncode == 1
    assert manifest.read_text() == MANIFEST.replace('near-parameters = "=0.38.0"', 'near-parameters = "=0.40.1"')


def test_a_registry_that_does_not_answer_is_told(manifest: Path) -> None:
    done = _compare(manifest, "echo no such host >&2; exit 101")
    assert (done.returncode, done.stderr) == (2, "cargo info near-vm-runner: no such host\n")
