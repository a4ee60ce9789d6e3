"""`compiled/manifest.json`: the hashes of the compiled contracts, and what they were made from and with."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from . import settings, sources

FILE = "manifest.json"


def describe(folder: Path, compiler: str) -> dict[str, Any]:
    """The manifest of the compiled contracts in a folder."""
    return {
        "sources_sha256": sources.sha256(),
        "compiler": compiler,
        "near_sdk": sources.locked_version("near-sdk"),
        "binaryen": settings.BINARYEN_VERSION,
        "contracts": {
            contract.name: {
                "wasm": describe_file(folder / f"{contract.name}.wasm"),
                "abi": describe_file(folder / f"{contract.name}.abi.json"),
            }
            for contract in sources.contracts()
        },
    }


def describe_file(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {"file": file.name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def read(folder: Path) -> dict[str, Any] | None:
    file = folder / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def write(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=2) + "\n"
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")
