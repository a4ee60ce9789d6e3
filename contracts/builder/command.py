"""The command line of `scripts/contracts`."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import compilation, manifest, sources, toolchain, tools
from .machine import BuildError, cache_dir, fail, only_one_build, require_tool, say, step

ENVIRONMENT = "NEAR_HARNESS_CONTRACTS"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/contracts",
        description="Builds the contracts in contracts/ to contracts/compiled/*.wasm, with their ABI embedded.",
        epilog="The first build takes three to five minutes on two cores, further ones two or three.",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="build into the cache instead, and compare with the committed files byte by byte",
    )
    parser.add_argument(
        "--toolchain",
        choices=toolchain.KINDS,
        default="auto",
        help="the Rust to use: `installed` (its wasm target is added if rustup can), `debian` (unpacked from "
        "Debian's packages into the cache), `auto` (default): installed, else debian",
    )
    options = parser.parse_args(arguments)
    try:
        with only_one_build(cache_dir()):
            rebuilt = cache_dir() / "contracts-rebuilt"
            folder = rebuilt if options.check else sources.COMPILED
            built = build(folder, options.toolchain)
            return compare(built, rebuilt) if options.check else 0
    except BuildError as error:
        return fail(error)


def build(folder: Path, kind: str) -> dict[str, Any]:
    """Builds all contracts into a folder, which changes only when all of them are built."""
    started = time.monotonic()
    say("Building the contracts (three to five minutes the first time, two or three later)")
    if os.name == "posix":
        require_tool("cc", "Cargo links with it: install a C compiler (on Debian: apt-get install gcc libc6-dev).")
    chosen = toolchain.find(kind)
    compiler = chosen.compiler
    say(f"With {compiler}")
    wasm_opt = tools.wasm_opt()
    tools.zstandard_folder()
    with step("Downloading the crates of Cargo.lock"):
        compilation.fetch(chosen)
    compilation.target_dir().mkdir(parents=True, exist_ok=True)
    compilation.take_over(chosen)
    with tempfile.TemporaryDirectory(dir=compilation.target_dir()) as temporary:
        finished = Path(temporary)
        for number, contract in enumerate(sources.contracts()):
            hint = " (this compiles near-sdk as well: 1 to 3 minutes the first time)" if number == 0 else ""
            with step(f"Compiling {contract.name}{hint}"):
                compilation.compile_contract(contract, chosen, wasm_opt, finished)
        built = manifest.describe(finished, compiler)
        manifest.write(finished, built)
        folder.mkdir(parents=True, exist_ok=True)
        for old in [*folder.glob("*.wasm"), *folder.glob("*.abi.json")]:
            old.unlink()
        for file in sorted(finished.iterdir()):
            shutil.copy(file, folder)
    for wasm in sorted(folder.glob("*.wasm")):
        say(f"  {wasm.stat().st_size:>8,} bytes  {wasm.name}")
    say(f"Done in {time.monotonic() - started:.0f} s: {folder}")
    return built


def compare(built: dict[str, Any], rebuilt: Path) -> int:
    """Says whether the committed files are what their sources give; 1 if the same compiler gave other bytes."""
    committed = manifest.read(sources.COMPILED)
    if committed is None:
        raise BuildError("contracts/compiled has no manifest.json: build the contracts with scripts/contracts first")
    use = f"To run the tests on the rebuilt contracts: {ENVIRONMENT}={rebuilt}"
    if committed["sources_sha256"] != built["sources_sha256"]:
        raise BuildError(f"the sources have changed since contracts/compiled was built: run scripts/contracts and commit. {use}")
    if committed["compiler"] != built["compiler"]:
        say("The bytes were NOT compared, because the compilers differ:")
        say(f"  committed: {committed['compiler']}")
        say(f"  here:      {built['compiler']}")
        say(use)
        return 0
    changed = [file.name for file in sorted(rebuilt.iterdir()) if not same(file, sources.COMPILED / file.name)]
    if changed:
        raise BuildError(f"the same compiler gave other bytes for {', '.join(changed)}. {use}")
    say("The committed files are byte for byte what their sources give.")
    return 0


def same(file: Path, other: Path) -> bool:
    return other.exists() and file.read_bytes() == other.read_bytes()
