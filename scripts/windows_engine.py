"""Makes the sources of the engine as they are built for Windows, with one line of nearcore's VM changed.

    python scripts/windows_engine.py [--into build/windows-engine]

near-vm-runner tells Wasmtime to write no unwind information beside the contracts that it compiles, which saves time where
contracts come and go. Wasmtime refuses that on Windows, where the system needs it to take exceptions through compiled code: no
chain could start. So for Windows the line asks for it. That is data beside the code of a contract: what the code does, what it
costs and what is charged stay as they are.

Cargo downloads the crate. Its sha256 has to be the one of ``engine/Cargo.lock``, and the line has to be there once; else this
fails. In the folder are then the changed crate and a copy of ``engine/`` which uses it, to be built there with ``--locked``:
its Cargo.lock differs from the engine's own in nothing but where this crate comes from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
CRATE = "near-vm-runner"
FILE = "src/wasmtime_runner/mod.rs"
BEFORE, AFTER = ".native_unwind_info(false)", ".native_unwind_info(cfg!(windows))"
_LOCKED = re.compile(
    rf'(?P<kept>\[\[package\]\]\nname = "{CRATE}"\nversion = "(?P<version>[^"]+)"\n)'
    r'source = "registry\+[^"]+"\nchecksum = "(?P<sha256>[0-9a-f]{64})"\n'
)


class WindowsSourcesError(Exception):
    """The sources cannot be had, or are not the ones for which this was thought out."""


def make(engine: Path, into: Path) -> Path:
    """Make the sources in the folder ``into``, which is removed first; return the folder of the engine there.

    :raises WindowsSourcesError: where the crate cannot be downloaded, is another one than Cargo.lock names, or has not the line.
    """
    lock = (engine / "Cargo.lock").read_text(encoding="utf-8")
    found = _LOCKED.search(lock)
    if found is None:
        raise WindowsSourcesError(f"{engine / 'Cargo.lock'} has no {CRATE} of a registry")
    archive = _downloaded(engine)
    if (sha256 := hashlib.sha256(archive.read_bytes()).hexdigest()) != found["sha256"]:
        raise WindowsSourcesError(f"{archive} has the sha256 {sha256}, and engine/Cargo.lock says {found['sha256']}")
    shutil.rmtree(into, ignore_errors=True)
    with tarfile.open(archive) as files:
        files.extractall(into, filter="data")
    (into / f"{CRATE}-{found['version']}").rename(into / CRATE)
    _change(into / CRATE / FILE, BEFORE, AFTER)
    shutil.copytree(engine, into / "engine", ignore=shutil.ignore_patterns("target", "__pycache__", "*.so", "*.pyd"))
    with (into / "engine" / "Cargo.toml").open("a", encoding="utf-8", newline="\n") as manifest:
        manifest.write(f'\n[patch.crates-io]\n{CRATE} = {{ path = "../{CRATE}" }}\n')
    _change(into / "engine" / "Cargo.lock", found[0], found["kept"])
    return into / "engine"


def _downloaded(engine: Path) -> Path:
    """The file of the crate, as cargo keeps it beside the folder into which it unpacks it."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--manifest-path", str(engine / "Cargo.toml")]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=900, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WindowsSourcesError(f"cargo metadata: {error}") from error
    if done.returncode != 0:
        raise WindowsSourcesError(f"cargo metadata: {done.stderr.strip()}")
    (manifest,) = (package["manifest_path"] for package in json.loads(done.stdout)["packages"] if package["name"] == CRATE)
    unpacked = Path(manifest).parent
    archive = unpacked.parents[2] / "cache" / unpacked.parent.name / f"{unpacked.name}.crate"
    if not archive.is_file():
        raise WindowsSourcesError(f"there is no {archive}, beside {unpacked}: see where cargo keeps its downloads")
    return archive


def _change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if (times := text.count(before)) != 1:
        raise WindowsSourcesError(f"{file} has {before!r} {times} times and not once: see whether the change is still needed")
    file.write_text(text.replace(before, after), encoding="utf-8", newline="\n")


def main() -> int:
    """Make them, and print where they are."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "windows-engine", help="the folder to make")
    parser.add_argument("--engine", type=Path, default=ROOT / "engine", help="another folder of the engine's sources")
    options = parser.parse_args()
    try:
        print(make(options.engine.resolve(), options.into.resolve()).as_posix())
    except WindowsSourcesError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
