"""What kind of contract repository a folder is: its contracts, how they are built, where they are then."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from near_harness.errors import BadInput
from near_harness.starter.toml import parse_toml

_CARGO_BUILD = "cargo near build non-reproducible-wasm"
_WASM = re.compile(r"[\w./@-]+\.wasm\b")


class NoContract(BadInput):
    """A folder without a contract that could be tested."""


@dataclass(frozen=True)
class Target:
    """One contract. ``places`` are patterns, below the repository, of where its compiled file is."""

    name: str
    places: tuple[str, ...]

    def built(self, folder: Path) -> Path | None:
        """Return the newest compiled file, or None where it is not built."""
        found = [path for pattern in self.places for path in folder.glob(pattern) if path.is_file()]
        return max(found, key=lambda path: path.stat().st_mtime, default=None)


@dataclass(frozen=True)
class Project:
    """A contract repository. ``language`` is ``rust`` or ``javascript``, ``builds`` the commands that build all its contracts."""

    folder: Path
    language: str
    builds: tuple[str, ...]
    targets: tuple[Target, ...] = field(default=())


def find_project(folder: Path) -> Project:
    """Look into a folder.

    :raises NoContract: where there is none of near-sdk (Rust) or near-sdk-js.
    """
    if not folder.is_dir():
        raise NoContract(f"{folder} is no folder")
    project = _rust(folder) or _javascript(folder)
    if project is None:
        raise NoContract(
            f"{folder.resolve().name} holds no contract: neither a Cargo.toml that depends on near-sdk, nor a package.json that "
            "depends on near-sdk-js. Give the contract's folder: near-harness init FOLDER"
        )
    return project


def _rust(folder: Path) -> Project | None:
    root = _toml(folder / "Cargo.toml")
    if root is None:
        return None
    crates = dict(_crates(folder, root))
    targets = tuple(Target(name, (f"target/near/{name}/{name}.wasm", f"target/near/{name}.wasm")) for name in crates)
    # cargo-near builds one contract, and in a workspace wants to know which.
    builds = tuple(
        _CARGO_BUILD if path == folder else f"{_CARGO_BUILD} --manifest-path {_word(path.relative_to(folder) / 'Cargo.toml')}"
        for path in crates.values()
    )
    return Project(folder, "rust", builds, targets) if targets else None


def _crates(folder: Path, root: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """The names of the crates that are contracts, and their folders: the folder's own, and those of its workspace."""
    members = [path for pattern in root.get("workspace", {}).get("members", ()) for path in sorted(folder.glob(str(pattern)))]
    for path, manifest in ((folder, root), *((path, _toml(path / "Cargo.toml")) for path in members)):
        package = (manifest or {}).get("package", {})
        if manifest is not None and "name" in package and "near-sdk" in manifest.get("dependencies", {}):
            yield str(package["name"]).replace("-", "_"), path


def _word(path: Path) -> str:
    """A path as it is written in a shell."""
    return shlex.quote(path.as_posix())


def _javascript(folder: Path) -> Project | None:
    path = folder / "package.json"
    if not path.is_file():
        return None
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoContract(f"{path} cannot be read: {error}") from None
    if not isinstance(package, dict) or "near-sdk-js" not in {
        **_mapping(package, "dependencies"),
        **_mapping(package, "devDependencies"),
    }:
        return None
    scripts = _mapping(package, "scripts")
    built = dict.fromkeys(wasm.removeprefix("./") for script in scripts.values() for wasm in _WASM.findall(str(script)))
    targets = tuple(Target(_identifier(Path(wasm).stem), (wasm,)) for wasm in built)
    name = _identifier(str(package.get("name", "contract")))
    return Project(folder, "javascript", tuple(_npm_builds(scripts)), targets or (Target(name, ("build/*.wasm",)),))


def _npm_builds(scripts: dict[str, Any]) -> Iterator[str]:
    """The script ``build``; where there is none, each that compiles a contract."""
    names = [name for name, script in scripts.items() if "near-sdk-js build" in str(script)]
    for name in ["build"] if "build" in scripts or not names else names:
        yield f"npm run {shlex.quote(name)}"


def _mapping(package: dict[str, Any], name: str) -> dict[str, Any]:
    found = package.get(name)
    return found if isinstance(found, dict) else {}


def _identifier(name: str) -> str:
    found = re.sub(r"\W+", "_", name).strip("_").lower()
    return found if found[:1].isalpha() else f"contract_{found}".rstrip("_")


def _toml(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        return parse_toml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NoContract(f"{path} cannot be read: {error}") from None
