"""What the build needs of the machine: a cache folder, commands that are run, and words for the reader."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path


class BuildError(Exception):
    """The build cannot go on; the text names the reason and the remedy."""


def say(text: str) -> None:
    print(text, flush=True)


def cache_dir() -> Path:
    """The folder that the project shares for what is made once: tools, build folders."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "near-harness"


def require_tool(name: str, remedy: str) -> str:
    """The path of a program, or an error that says how to get it."""
    path = shutil.which(name)
    if path is None:
        raise BuildError(f"`{name}` was not found. {remedy}")
    return path


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """Runs a command quietly, at low priority, and returns its standard output; an error shows all that it said."""
    words = [str(word) for word in command]
    nice = ["nice"] if shutil.which("nice") else []
    done = subprocess.run(
        nice + words,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(part for part in (done.stdout.strip(), done.stderr.strip()) if part)
        raise BuildError(f"{what} failed (`{' '.join(words)}`, exit code {done.returncode}):\n{said}")
    return done.stdout


@contextlib.contextmanager
def step(text: str) -> Iterator[None]:
    """Says what is being done, and afterwards how long it took."""
    print(f"{text} ...", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - started:.0f} s", flush=True)


@contextlib.contextmanager
def only_one_build(cache: Path) -> Iterator[None]:
    """Lets a second build in the same cache wait for the first."""
    try:
        import fcntl
    except ImportError:  # not on Windows: there, run one build at a time
        yield
        return
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "contracts.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another build of the contracts is under way: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fail(error: BuildError) -> int:
    print(f"contracts: {error}", file=sys.stderr)
    return 1
