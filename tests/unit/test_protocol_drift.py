"""What the weekly comparison of the engine's crates says, with a cargo of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the cargo of these tests is a shell script; the job runs on Linux"
)
SCRIPT = Path(__file__).parents[2] / "scripts" / "protocol_drift.py"
CORE, CONFIGS = "near-primitives-core", "near-chain-configs"
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
    # Cargo.toml names the versions whose sources are asked for.
    metadata = f"""grep -q '"=0.40' Cargo.toml && exec cat {manifest.parent}/new.json; exec cat {manifest.parent}/old.json"""
    cargo.write_text(f'#!/bin/sh\nif [ "$1" = metadata ]; then {metadata}; fi\ntest "$1" = info || exit 9\n{answer}\n')
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


def _sources(folder: Path, answer: Path, *, newest: int, parameters: list[str], fields: list[str]) -> None:
    """Sources as nearcore writes them, and what cargo says of them."""
    version, genesis = folder / CORE / "src" / "version.rs", folder / CONFIGS / "src" / "genesis_config.rs"
    runtime = folder / "near-parameters" / "res" / "runtime_configs"
    for path in (version.parent, genesis.parent, runtime):
        path.mkdir(parents=True)
    version.write_text(
        "pub const MIN_SUPPORTED_PROTOCOL_VERSION: ProtocolVersion = 84;\n"
        f"const STABLE_PROTOCOL_VERSION: ProtocolVersion = {newest};\nconst NIGHTLY_PROTOCOL_VERSION: ProtocolVersion = 157;\n"
    )
    lines = "".join(f"    /// What it is.\n    pub {field}: u64,\n" for field in fields)
    genesis.write_text(f"pub struct Another {{\n    pub no: u8,\n}}\n\npub struct GenesisConfig {{\n{lines}}}\n")
    for name in parameters:
        (runtime / name).touch()
    names = (CORE, "near-parameters", CONFIGS)
    packages = [{"name": name, "manifest_path": str(folder / name / "Cargo.toml")} for name in names]
    answer.write_text(json.dumps({"packages": packages}))


def test_it_says_what_the_newest_crates_change_in_the_protocol(manifest: Path, tmp_path: Path) -> None:
    manifest.write_text(f'{CORE} = "=0.38.0"\nnear-parameters = "=0.38.0"\n{CONFIGS} = "=0.38.0"\n')
    _sources(
        tmp_path / "old", tmp_path / "old.json", newest=88, parameters=["87.yaml", "88.yaml"], fields=["epoch_length", "seats"]
    )
    _sources(
        tmp_path / "new", tmp_path / "new.json", newest=90, parameters=["88.yaml", "90.yaml"], fields=["epoch_length", "shards"]
    )

    done = _compare(manifest, "echo version: 0.40.1", "--protocol")

    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[3:] == [
        "",
        "protocol versions: 84 to 88 here, 84 to 90 there",
        "parameters: 90.yaml is new",
        "parameters: 87.yaml has gone",
        "genesis.json: shards is new",
        "genesis.json: seats has gone",
    ]


def test_sources_that_are_written_otherwise_are_named(manifest: Path, tmp_path: Path) -> None:
    manifest.write_text(f'{CORE} = "=0.38.0"\nnear-parameters = "=0.38.0"\n{CONFIGS} = "=0.38.0"\n')
    for age in ("old", "new"):
        _sources(tmp_path / age, tmp_path / f"{age}.json", newest=88, parameters=["88.yaml"], fields=[])
    file = tmp_path / "new" / CORE / "src" / "version.rs"
    file.write_text("pub const NEWEST: u32 = 90;\n")

    done = _compare(manifest, "echo version: 0.40.1", "--protocol")

    assert done.returncode == 2
    assert f"{file} has no " in done.stderr
