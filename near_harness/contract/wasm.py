"""Reading a contract: from a path or bytes, its size checked, its exports listed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import base58

from near_harness.errors import InvalidContractCode

MAX_CONTRACT_SIZE = 4 * 1024 * 1024
"""``max_contract_size`` of the protocol's limits: 4 MiB."""
_MAGIC, _VERSION = b"\0asm", b"\1\0\0\0"
_EXPORT_SECTION, _FUNCTION_EXPORT = 7, 0


@dataclass(frozen=True)
class Wasm:
    """A contract's code. ``origin`` says where it came from, ``exports`` which functions it has."""

    code: bytes = field(repr=False)
    origin: str
    exports: tuple[str, ...] = field(repr=False)

    @property
    def code_hash(self) -> str:
        """The SHA-256 of the code in base58, as an account's ``code_hash``."""
        return base58.b58encode(hashlib.sha256(self.code).digest()).decode()


WasmSource = bytes | str | os.PathLike[str] | Wasm


def load_wasm(source: WasmSource) -> Wasm:
    """Read a contract from a path, or take its bytes; one that was read before is taken as it is.

    :raises InvalidContractCode: where the file is missing, is no WebAssembly module, or is larger than the protocol's
        limit of 4 MiB.
    """
    if isinstance(source, Wasm):
        return source
    if isinstance(source, bytes):
        code, origin = source, f"{len(source)} bytes"
    elif isinstance(source, (str, os.PathLike)):
        origin = os.fspath(source)
        code = _read(Path(source))
    else:
        raise InvalidContractCode(f"{source!r} is no contract: give the path of a .wasm file, or its bytes")
    if code[:4] != _MAGIC:
        what = "is empty" if not code else f"is no WebAssembly module (it begins with {code[:4]!r})"
        raise InvalidContractCode(f"contract {origin} {what}: give the compiled .wasm, not its source or an archive")
    if code[4:8] != _VERSION:
        raise InvalidContractCode(f"contract {origin} is a WebAssembly component or of another version: build a module")
    if len(code) > MAX_CONTRACT_SIZE:
        raise InvalidContractCode(
            f"contract {origin} has {len(code):,} bytes; the protocol allows {MAX_CONTRACT_SIZE:,}: "
            "build it with --release and opt-level 'z', and run wasm-opt -Oz"
        )
    try:
        return Wasm(code, origin, tuple(_exports(code)))
    except (IndexError, UnicodeDecodeError):
        raise InvalidContractCode(f"contract {origin} is damaged: its sections end before their time") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        folder = path.parent
        others = sorted(p.name for p in folder.glob("*.wasm")) if folder.is_dir() else []
        hint = f"; {folder} has {', '.join(others)}" if others else f"; {folder} has no .wasm file: build the contract first"
        raise InvalidContractCode(f"contract {path} does not exist{hint}") from None
    except OSError as error:
        raise InvalidContractCode(f"contract {path} cannot be read: {error.strerror}") from error


def sections(code: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the sections of a module: kind, and where its content begins and ends (WebAssembly 1.0, 5.5.2).

    :raises IndexError: where the module ends before its time.
    """
    position = 8
    while position < len(code):
        kind = code[position]
        size, position = read_number(code, position + 1)
        if position + size > len(code):
            raise IndexError(position)
        yield kind, position, position + size
        position += size


def read_number(code: bytes, position: int) -> tuple[int, int]:
    """Read a number without sign (LEB128); return it and the place behind it."""
    result = shift = 0
    while True:
        byte = code[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7


def read_name(code: bytes, position: int) -> tuple[str, int]:
    """Read a name; return it and the place behind it."""
    length, position = read_number(code, position)
    return code[position : position + length].decode(), position + length


def _exports(code: bytes) -> Iterator[str]:
    """Yield the names of exported functions (WebAssembly 1.0, 5.5.10)."""
    for section, start, _ in sections(code):
        if section != _EXPORT_SECTION:
            continue
        count, at = read_number(code, start)
        for _ in range(count):
            name, at = read_name(code, at)
            kind = code[at]
            _, at = read_number(code, at + 1)
            if kind == _FUNCTION_EXPORT:
                yield name
