"""What is built for Windows is the published crate with one line changed, and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the cargo of these tests is a shell script; with the real one, the wheels' workflow runs it"
)
SCRIPT = Path(__file__).parents[2] / "scripts" / "windows_engine.py"
LINE = "    .native_unwind_info(false)\n"
MANIFEST = '[package]\nname = "near-harness-engine"\n\n[dependencies]\nnear-vm-runner = "=0.38.0"\n'
FILE = "src/wasmtime_runner/mod.rs"


def _locked(name: str, sha256: str) -> str:
    source = f'source = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "{sha256}"'
    return f'[[package]]\nname = "{name}"\nversion = "0.38.0"\n{source}\ndependencies = [\n "x",\n]\n\n'


@dataclass
class Sources:
    """An engine, and a cargo that has downloaded its VM."""

    root: Path
    archive: Path

    def crate(self, text: str, sha256: str | None = None) -> None:
        with tarfile.open(self.archive, "w:gz") as archive:
            for name, content in ((FILE, text), ("Cargo.toml", "[package]\n")):
                entry = tarfile.TarInfo(f"near-vm-runner-0.38.0/{name}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content.encode()))
        sha256 = sha256 or hashlib.sha256(self.archive.read_bytes()).hexdigest()
        lock = "version = 4\n\n" + _locked("near-time", "1" * 64) + _locked("near-vm-runner", sha256)
        (self.root / "engine" / "Cargo.lock").write_text(lock)

    def make(self) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PATH": f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        command = [sys.executable, str(SCRIPT), "--engine", str(self.root / "engine"), "--into", str(self.made)]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603

    @property
    def made(self) -> Path:
        return self.root / "made"


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    registry = tmp_path / "registry"
    unpacked, cache = registry / "src" / "index-1" / "near-vm-runner-0.38.0", registry / "cache" / "index-1"
    for folder in (tmp_path / "engine" / "src", tmp_path / "engine" / "target", unpacked, cache, tmp_path / "bin"):
        folder.mkdir(parents=True)
    (tmp_path / "engine" / "Cargo.toml").write_text(MANIFEST)
    (tmp_path / "engine" / "src" / "lib.rs").write_text("// the engine\n")
    (tmp_path / "engine" / "target" / "large").touch()
    packages = [{"name": "near-vm-runner", "manifest_path": str(unpacked / "Cargo.toml")}]
    (tmp_path / "metadata.json").write_text(json.dumps({"packages": packages}))
    cargo = tmp_path / "bin" / "cargo"
    cargo.write_text(f'#!/bin/sh\ntest "$1 $2" = "metadata --locked" || exit 9\nexec cat {tmp_path}/metadata.json\n')
    cargo.chmod(0o755)
    made = Sources(tmp_path, cache / "near-vm-runner-0.38.0.crate")
    made.crate(f"a\n{LINE}b\n")
    return made


def test_one_line_differs_and_all_else_stays_locked(sources: Sources) -> None:
    engine = sources.root / "engine"
    lock = (engine / "Cargo.lock").read_text()
    (sources.made / "left").mkdir(parents=True)
    done = sources.make()
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{(sources.made / 'engine').as_posix()}\n", "")
    assert (sources.made / "near-vm-runner" / FILE).read_text() == "a\n    .native_unwind_info(cfg!(windows))\nb\n"
    assert sorted(path.name for path in sources.made.iterdir()) == ["engine", "near-vm-runner"], "nothing is left from before"
    made = sources.made / "engine"
    assert not (made / "target").exists()
    assert (made / "src" / "lib.rs").read_text() == "// the engine\n"
    patch = '\n[patch.crates-io]\nnear-vm-runner = { path = "../near-vm-runner" }\n'
    assert (made / "Cargo.toml").read_text() == MANIFEST + patch
    before, after = lock.splitlines(), (made / "Cargo.lock").read_text().splitlines()
    gone = before.index('name = "near-vm-runner"') + 2
    assert after == before[:gone] + before[gone + 2 :]
    assert before[gone + 1].startswith("checksum = ")
    assert (engine / "Cargo.lock").read_text() == lock, "the engine's own is as it was"


@pytest.mark.parametrize("text", ["a\n", LINE + LINE, "    .native_unwind_info(true)\n"])
def test_another_line_is_no_guess(sources: Sources, text: str) -> None:
    sources.crate(text)
    done = sources.make()
    assert done.returncode == 1
    assert f"has '.native_unwind_info(false)' {text.count('(false)')} times and not once" in done.stderr


def test_another_crate_than_the_locked_one_is_refused(sources: Sources) -> None:
    sources.crate(LINE, sha256="0" * 64)
    done = sources.make()
    assert done.returncode == 1
    assert f"and engine/Cargo.lock says {'0' * 64}" in done.stderr
    assert not sources.made.exists()


def test_no_download_is_named(sources: Sources) -> None:
    sources.archive.unlink()
    done = sources.make()
    assert done.returncode == 1
    assert f"there is no {sources.archive}, beside " in done.stderr


def test_what_cargo_says_is_passed_on(sources: Sources) -> None:
    (sources.root / "bin" / "cargo").write_text("#!/bin/sh\necho no network >&2\nexit 101\n")
    done = sources.make()
    assert (done.returncode, done.stderr) == (1, "cargo metadata: no network\n")
