"""How long a contract of 300 KB takes to compile, and to load in a process that finds it compiled.

    python benchmarks/compiling.py

The contract is the bank, with copies of its functions until it is as large as that. Each process deploys it and calls it, and
then again on another account: what the first time takes longer is compiling or loading. (The cache is a folder of its own.)
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from direct import COMPILED, ROOT, Direct
from py_near import transactions

SIZE = 300_000
_FUNCTIONS, _CODE = 3, 10


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number, and where it ends."""
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return value, at


def _number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _sections(code: bytes) -> Iterator[tuple[int, bytes]]:
    at = 8
    while at < len(code):
        kind = code[at]
        size, at = _read_number(code, at + 1)
        yield kind, code[at : at + size]
        at += size


def _entries(section: bytes, *, sized: bool) -> list[bytes]:
    """The entries of a section: type numbers, or function bodies with their sizes before them."""
    count, at = _read_number(section, 0)
    found = []
    for _ in range(count):
        length, end = _read_number(section, at)
        end += length if sized else 0
        found.append(section[at:end])
        at = end
    return found


def enlarged(code: bytes, size: int) -> bytes:
    """The same contract with copies of its functions, which nobody calls, until it has about ``size`` bytes."""
    sections = list(_sections(code))
    kinds = dict(sections)
    functions, bodies = _entries(kinds[_FUNCTIONS], sized=False), _entries(kinds[_CODE], sized=True)
    added, length = 0, len(code)
    while length < size:
        length += len(bodies[added % len(bodies)]) + 1
        added += 1
    every = [number % len(bodies) for number in range(len(bodies) + added)]
    new = {kind: b"".join((_number(len(every)), *(parts[number] for number in every)))
           for kind, parts in ((_FUNCTIONS, functions), (_CODE, bodies))}  # fmt: skip
    out = bytearray(code[:8])
    for kind, content in sections:
        wanted = new.get(kind, content)
        out += bytes((kind,)) + _number(len(wanted)) + wanted
    return bytes(out)


def first_use() -> float:
    """Milliseconds that the first use of the contract in this process takes more than the second."""
    node = Direct()
    code = enlarged((COMPILED / "bank.wasm").read_bytes(), SIZE)
    taken = []
    for name in (f"one.{ROOT}", f"two.{ROOT}"):
        node.create(name, 1000)
        seconds = node.send(name, name, [transactions.create_deploy_contract_action(code)])
        query = {"request_type": "call_function", "finality": "optimistic", "account_id": name, "method_name": "total_credit"}
        answer, called = node.request("query", {**query, "args_base64": base64.b64encode(b"{}").decode()})
        if "error" in answer:
            raise RuntimeError(answer["error"])
        taken.append(seconds + called)
    return (taken[0] - taken[1]) * 1000


def compiled_and_loaded() -> tuple[float, float]:
    """Milliseconds for compiling, and for loading in further processes (the least of five)."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, str(Path(__file__)), "--child"]
        environ = {**os.environ, "NEAR_HARNESS_CACHE": folder}

        def child() -> float:
            return float(subprocess.run(run, check=True, capture_output=True, text=True, env=environ).stdout)  # noqa: S603

        return child(), min(child() for _ in range(5))


if __name__ == "__main__":
    if sys.argv[1:] == ["--child"]:
        print(first_use())
    else:
        print("compiled in {:.1f} ms, loaded in {:.1f} ms".format(*compiled_and_loaded()))
