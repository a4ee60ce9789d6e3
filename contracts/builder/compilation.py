"""Compiles one contract: its ABI from a build for the host, then the wasm with the ABI in it, then made smaller."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

from . import abi, interface, sources, tools
from .machine import BuildError, cache_dir, run
from .settings import RUSTC_FLAGS, TARGET
from .sources import Contract
from .toolchain import Toolchain


def target_dir() -> Path:
    return cache_dir() / "contracts-target"


def fetch(toolchain: Toolchain) -> None:
    """Downloads the crates of Cargo.lock; fails if Cargo.lock does not fit the manifests."""
    run(
        [toolchain.cargo, "fetch", "--quiet", "--locked"],
        what="Downloading crates",
        cwd=sources.CONTRACTS,
        env=toolchain.env,
    )


def take_over(toolchain: Toolchain) -> None:
    """Makes the target folder this tree's, where another one built there last.

    Cargo knows a crate of a workspace by its place below it and by the times of its files, so it would take the other tree's
    build for ours. The crates of the registry are the same for all trees, and stay.
    """
    owner = target_dir() / "tree.txt"
    tree = str(sources.CONTRACTS)
    if owner.exists() and owner.read_text(encoding="utf-8") == tree:
        return
    packages = [word for folder in sources.crates(sources.CONTRACTS) for word in ("--package", folder.name)]
    for options in ([], ["--release", "--target", TARGET]):
        run(
            [toolchain.cargo, "clean", "--quiet", "--locked", "--offline", *packages, *options],
            what="Removing what another tree has built",
            cwd=sources.CONTRACTS,
            env={**toolchain.env, "CARGO_TARGET_DIR": str(target_dir())},
        )
    owner.write_text(tree, encoding="utf-8")


def compile_contract(contract: Contract, toolchain: Toolchain, wasm_opt: str, folder: Path) -> None:
    """Writes `<name>.wasm` and `<name>.abi.json` to a folder."""
    contract_abi = generate_abi(contract, toolchain)
    wasm = build_wasm(contract, toolchain, tools.compress(abi.as_bytes(contract_abi)))
    finished = folder / f"{contract.name}.wasm"
    tools.optimise(wasm_opt, wasm, finished)
    require_methods(finished, contract_abi)
    (folder / f"{contract.name}.abi.json").write_text(abi.as_text(contract_abi), encoding="utf-8", newline="\n")


def require_methods(wasm: Path, contract_abi: dict[str, Any]) -> None:
    """Makes sure that the wasm can be called by every name in its ABI, and carries the ABI."""
    methods = {function["name"] for function in contract_abi["body"]["functions"]} | {"__contract_abi"}
    missing = sorted(methods - interface.read(wasm.read_bytes()).exports)
    if missing:
        raise BuildError(f"{wasm.name} does not export {', '.join(missing)}")


def generate_abi(contract: Contract, toolchain: Toolchain) -> dict[str, Any]:
    cargo_build(contract, toolchain, ["-Awarnings"], "abi")
    library = target_dir() / "debug" / abi.LIBRARY_NAME.format(contract.crate)
    if not library.exists():
        raise BuildError(f"cargo built {contract.crate} for this machine, but {library} is not there")
    # A name of its own: the loader would take a second library of the same name for the first.
    named = library.with_stem(f"{contract.name}-abi")
    shutil.copy(library, named)
    metadata = {
        "name": contract.name,
        "version": package_version(),
        "build": {"compiler": short_version(toolchain.compiler), "builder": "near-harness scripts/contracts"},
    }
    return abi.join(abi.read_chunks(named), metadata)


def build_wasm(contract: Contract, toolchain: Toolchain, compressed_abi: bytes) -> Path:
    # One path for all contracts: it is compiled into near-sdk's macros, which would be built anew for each.
    embedded = target_dir() / "embedded-abi.zst"
    embedded.write_bytes(compressed_abi)
    cargo_build(
        contract,
        toolchain,
        [*RUSTC_FLAGS, *without_local_paths()],
        "near-sdk/__abi-embed",
        "--release",
        "--target",
        TARGET,
        env={"CARGO_NEAR_ABI_PATH": str(embedded)},
    )
    return target_dir() / TARGET / "release" / f"{contract.crate}.wasm"


def cargo_build(
    contract: Contract,
    toolchain: Toolchain,
    rustc_flags: list[str],
    feature: str,
    *options: str,
    env: dict[str, str] | None = None,
) -> None:
    features = ",".join([feature, *contract.features])
    run(
        [toolchain.cargo, "build", "--quiet", "--locked", "--offline", "-p", contract.crate, "--features", features, *options],
        what=f"Compiling {contract.name}",
        cwd=sources.CONTRACTS,
        env={
            **toolchain.env,
            "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(rustc_flags),
            "CARGO_TARGET_DIR": str(target_dir()),
            **(env or {}),
        },
    )


def without_local_paths() -> list[str]:
    """Flags that keep this machine's folders, and the name of the crates' registry, out of panic messages."""
    cargo_home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    registries = sorted((cargo_home / "registry" / "src").glob("*"))
    renamed = [(folder, "/deps") for folder in registries] + [(sources.CONTRACTS, "/contracts")]
    return [f"--remap-path-prefix={folder}={name}" for folder, name in renamed]


def package_version() -> str:
    manifest = (sources.CONTRACTS / "Cargo.toml").read_text(encoding="utf-8")
    found = re.search(r'^\[workspace\.package\]\nversion = "([^"]+)"$', manifest, re.MULTILINE)
    if found is None:
        raise BuildError("contracts/Cargo.toml has no version right below [workspace.package]")
    return found.group(1)


def short_version(compiler: str) -> str:
    """`rustc 1.95.0` of `rustc 1.95.0 (59807616e 2026-04-14)`."""
    return " ".join(compiler.split()[:2])
