"""A contract's ABI: what its methods are called, what they take and return, and their documentation.

near-sdk leaves the parts of the ABI behind functions of the contract's library when that is compiled for the
host with the feature `__abi-generate`: one function per block of methods, which returns JSON. They are called
here and their answers joined to one ABI, which the build for the chain embeds in the wasm (NEP-451's near-abi).
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from pathlib import Path
from typing import Any

from .machine import BuildError

PREFIX = b"__near_abi_"
LIBRARY_NAME = {"darwin": "lib{}.dylib", "win32": "{}.dll"}.get(sys.platform, "lib{}.so")


class _Bytes(ctypes.Structure):
    """Rust's `(*const u8, usize)`."""

    _fields_ = (("start", ctypes.c_void_p), ("length", ctypes.c_size_t))


def read_chunks(library: Path) -> list[dict[str, Any]]:
    """Calls every ABI function of a contract compiled for the host."""
    symbols = sorted(set(re.findall(PREFIX + rb"\w+", library.read_bytes())))
    if not symbols:
        raise BuildError(f"{library.name} has no ABI functions: was it built with the feature `abi`?")
    loaded = ctypes.CDLL(str(library))
    chunks = []
    for symbol in symbols:
        function = getattr(loaded, symbol.decode(), None)
        if function is None:
            continue
        function.restype = _Bytes
        answer = function()
        chunks.append(json.loads(ctypes.string_at(answer.start, answer.length)))
    return chunks


def join(chunks: list[dict[str, Any]], metadata: dict[str, Any]) -> dict[str, Any]:
    """One ABI from its parts: all functions by name, and the types that they use."""
    versions = {chunk["schema_version"] for chunk in chunks}
    if len(versions) != 1:
        raise BuildError(f"the parts of the ABI have several schema versions: {sorted(versions)}")
    functions: list[dict[str, Any]] = []
    types: dict[str, Any] = {}
    root: dict[str, Any] = {}
    for chunk in chunks:
        functions += chunk["functions"]
        root = dict(chunk["root_schema"])
        for name, schema in root.pop("definitions", {}).items():
            if types.setdefault(name, schema) != schema:
                raise BuildError(f"the ABI has two different types named {name}")
    return {
        "schema_version": versions.pop(),
        "metadata": metadata,
        "body": {
            "functions": sorted(functions, key=lambda function: function["name"]),
            "root_schema": {**root, "definitions": dict(sorted(types.items()))},
        },
    }


def as_text(abi: dict[str, Any]) -> str:
    """The ABI for people."""
    return json.dumps(abi, indent=2, ensure_ascii=False) + "\n"


def as_bytes(abi: dict[str, Any]) -> bytes:
    """The ABI for the wasm, before compression."""
    return json.dumps(abi, separators=(",", ":"), ensure_ascii=False).encode()
