"""Puts a peer into a folder of the cache, outside the clone: from npm or PyPI, with what its lock file or requirements name."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from near_harness.caches import cache_folder

HERE = Path(__file__).parent
_OLDEST_NODE, _OLDEST_PYTHON = 20, (3, 11)
_LIMIT_S = 600.0


class NotInstalled(Exception):
    """A peer cannot be had here; the text says why."""


def installed(name: str) -> Path:
    """The folder of what a peer needs, installed now where it was not.

    :raises NotInstalled: where that cannot be done here.
    """
    source = HERE / name
    lock = source / "package-lock.json"
    wanted = lock.read_bytes() if lock.exists() else (source / "requirements.txt").read_bytes() + sys.version.encode()
    home = cache_folder("peers") / f"{name}-{hashlib.sha256(wanted).hexdigest()[:16]}"
    if not (home / ".complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        print(f"installing {name} into {home}", file=sys.stderr)
        (_npm if lock.exists() else _pypi)(source, home)
        (home / ".complete").touch()
    if lock.exists():
        _copy_programs(source, home)
    return home


def _copy_programs(source: Path, home: Path) -> None:
    """Node finds packages beside a program only: the programs go to the packages."""
    shutil.copytree(source, home / source.name, dirs_exist_ok=True)
    shutil.copy(HERE / "timing.js", home)
    shutil.copy(HERE / ".npmrc", home / source.name)


def _npm(source: Path, home: Path) -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotInstalled(f"Node.js {_OLDEST_NODE} or newer with npm is not on PATH")
    version = _run("node", "--version")
    if int(version.removeprefix("v").partition(".")[0]) < _OLDEST_NODE:
        raise NotInstalled(f"it needs Node.js {_OLDEST_NODE} or newer, and node is {version}")
    _copy_programs(source, home)
    kept = ("--cache", str(cache_folder("peers") / "npm"), "--prefer-offline")
    _run("npm", "ci", "--ignore-scripts", *kept, cwd=home / source.name)


def _pypi(source: Path, home: Path) -> None:
    """An environment of its own: what a peer needs is none of the harness' business."""
    if sys.version_info < _OLDEST_PYTHON:
        raise NotInstalled(f"it needs Python {'.'.join(map(str, _OLDEST_PYTHON))} or newer")
    _run(sys.executable, "-m", "venv", str(home))
    wanted = ("--quiet", "--disable-pip-version-check", "-r", str(source / "requirements.txt"))
    _run(str(home / "bin" / "python"), "-m", "pip", "install", *wanted)


def _run(*command: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True, timeout=_LIMIT_S)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"{command[0]} took longer than {_LIMIT_S:.0f} s") from error
    if done.returncode:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise NotInstalled(f"{Path(command[0]).name} {command[1]} failed: {_reason(said)}")
    return done.stdout.strip()


def _reason(lines: list[str]) -> str:
    """The first line that speaks of an error: below it stand its consequences."""
    return next((line for line in lines if "error" in line.lower() or "notsup" in line.lower()), lines[0] if lines else "no word")
