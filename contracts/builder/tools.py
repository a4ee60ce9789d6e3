"""The two tools beside the compiler, each at a pinned version: wasm-opt (binaryen) and zstandard."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from .machine import BuildError, cache_dir, require_tool, run, step
from .settings import BINARYEN_VERSION, WASM_OPT_FLAGS, ZSTANDARD_LEVEL, ZSTANDARD_VERSION


def wasm_opt() -> str:
    """The path of wasm-opt at the pinned version: one on the PATH, else from npm, kept in the cache."""
    installed = shutil.which("wasm-opt")
    if installed and has_version(installed):
        return installed
    prefix = cache_dir() / f"binaryen-{BINARYEN_VERSION}"
    program = prefix / "node_modules" / ".bin" / "wasm-opt"
    if not program.exists():
        remedy = f"Install Node.js with npm, or wasm-opt {BINARYEN_VERSION} (binaryen) on the PATH."
        npm = require_tool("npm", remedy)
        prefix.mkdir(parents=True, exist_ok=True)
        with step(f"Getting wasm-opt: npm package binaryen {BINARYEN_VERSION} (about 10 s)"):
            run(
                [npm, "install", "--prefix", prefix, "--ignore-scripts", "--no-audit", "--no-fund",
                 "--no-package-lock", f"binaryen@{BINARYEN_VERSION}"],
                what="Getting wasm-opt",
            )  # fmt: skip
    if not has_version(str(program)):
        raise BuildError(f"{program} is not wasm-opt {BINARYEN_VERSION}: delete {prefix} and try again")
    return str(program)


def has_version(program: str) -> bool:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return f"version {BINARYEN_VERSION.split('.')[0]}" in done.stdout


def optimise(program: str, wasm: Path, smaller: Path) -> None:
    run([program, *WASM_OPT_FLAGS, wasm, "-o", smaller], what=f"Optimising {wasm.name}")


def zstandard_folder() -> Path:
    """Where the Python package zstandard is, at the pinned version; it is fetched once, into the cache."""
    folder = cache_dir() / f"zstandard-{ZSTANDARD_VERSION}-py{sys.version_info.major}{sys.version_info.minor}"
    if not (folder / "zstandard").is_dir():
        with step(f"Getting the Python package zstandard {ZSTANDARD_VERSION} (about 3 s)"):
            run([*installer(), "--target", folder, f"zstandard=={ZSTANDARD_VERSION}"], what="Getting zstandard")
    return folder


def compress(data: bytes) -> bytes:
    """One zstd frame, always the same for the same data: that is why the library's version is pinned."""
    folder = str(zstandard_folder())
    sys.path.insert(0, folder)
    try:
        import zstandard
    finally:
        sys.path.remove(folder)
    if zstandard.__version__ != ZSTANDARD_VERSION:
        raise BuildError(f"zstandard {zstandard.__version__} was loaded instead of {ZSTANDARD_VERSION} from {folder}")
    return zstandard.ZstdCompressor(level=ZSTANDARD_LEVEL).compress(data)


def installer() -> list[str]:
    """A command that installs Python packages: pip of this Python, or uv."""
    pip = [sys.executable, "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode == 0:
        return [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    uv = require_tool("uv", "This Python has no pip either: install python3-pip, or uv.")
    return [uv, "pip", "install", "--quiet", "--python", sys.executable, "--no-deps"]
