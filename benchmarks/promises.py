"""What the project promises about speed and memory, measured: each function gives rows of the table."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import base58
from bytecode import keeping_bytecode
from compiling import compiled_and_loaded
from direct import COMPILED, Direct, allocated_bytes
from embedded import floor, starts, timed
from py_near import transactions
from rows import Row, Section

from near_harness import Near, start
from near_harness.rpc.client import Client

_EMBEDDED = {**os.environ, "NEAR_HARNESS_NODE": "embedded"}
_TEST_FILE = """
import pytest
from pathlib import Path

@pytest.fixture(scope="module")
async def setting(near):
    customer = await near.create_account("customer", "100000 NEAR")
    bank = await near.deploy(Path({compiled!r}) / "bank.wasm", "bank")
    pool = await near.deploy(Path({compiled!r}) / "staking_pool.wasm", "pool")
    return customer, bank, pool

@pytest.mark.parametrize("number", range({count}))
async def test_a_cross_contract_call(setting, number):
    customer, bank, pool = setting
    tx = await bank.deposit_and_stake(pool=pool).by(customer).attach("1 NEAR").gas("150 Tgas")
    assert tx.json() is True
"""


def median_ms(times: int, act: Callable[[], object]) -> float:
    """Median milliseconds of ``times`` runs."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        act()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken) * 1000


def importing() -> list[Row]:
    """Python with the import, less Python without it. Not the first time: that compiles."""
    with tempfile.TemporaryDirectory() as folder:
        env = keeping_bytecode(folder, _EMBEDDED)

        def once(program: str) -> None:
            subprocess.run([sys.executable, "-c", program], check=True, env=env)  # noqa: S603 - this interpreter

        def run(program: str) -> float:
            once(program)
            return median_ms(5, lambda: once(program))

        return _imports(run)


def _imports(run: Callable[[str], float]) -> list[Row]:
    bare = run("pass")
    return [
        Row(
            Section.START,
            "import near_harness, and the pytest plugin",
            run("import near_harness, near_harness.config") - bare,
            "ms",
            100,
        ),
        Row(
            Section.START,
            "import of all that a test uses (with py-near)",
            run("from near_harness import Near, expect") - bare,
            "ms",
        ),
    ]


def in_process(calls: int) -> list[Row]:
    """The engine without HTTP."""
    node = Direct()
    node.with_bank()
    for _ in range(20):
        node.cross_contract_call()
    call = statistics.median(node.cross_contract_call() for _ in range(calls)) * 1000
    blocks = median_ms(3, lambda: node.chain.produce_blocks(10_000))
    forward = median_ms(3, lambda: node.request("sandbox_fast_forward", {"delta_height": 10_000}))
    return [
        Row(Section.CALLS, "cross-contract call with callback until FINAL, in process", call, "ms", 0.5),
        Row(Section.TIME, "10,000 blocks, each of them made", blocks, "ms", 50),
        Row(Section.TIME, "10,000 heights as sandbox_fast_forward moves them", forward, "ms", 50),
    ]


def compiling() -> list[Row]:
    """A contract of 300 KB, in processes with a cache of their own."""
    compiled, loaded = compiled_and_loaded()
    return [
        Row(Section.CONTRACTS, "a contract of 300 KB compiled, once", compiled, "ms", 200),
        Row(Section.CONTRACTS, "the same loaded by another process", loaded, "ms", 5),
    ]


def large_state(keys: int) -> list[Row]:
    """Snapshots and memory with a large state, put there in one block; a call with it and without it."""
    node = Direct()
    node.with_bank()
    for _ in range(20):
        node.cross_contract_call()
    small = statistics.median(node.cross_contract_call() for _ in range(100)) * 1000
    gc.collect()  # the nodes of other rows are not to be given back while this one grows
    before, content = allocated_bytes(), 0
    entries = []
    for number in range(keys):
        key, value = b"r" + hashlib.sha256(number.to_bytes(8, "big")).digest()[:20], b"v" * 32
        content += len(key) + len(value)
        entries.append((key, value))
    node.put_entries(entries)
    entries.clear()
    after = allocated_bytes()
    rows = []
    if before is not None and after is not None:
        rows.append(
            Row(
                Section.STATE,
                f"memory a key beyond key and value, {keys:,} keys",
                (after - before - content) / keys,
                "bytes",
                200,
            )
        )
    large = statistics.median(node.cross_contract_call() for _ in range(100)) * 1000
    chain = node.chain
    return [
        *rows,
        Row(
            Section.STATE,
            f"snapshot and restore, {keys:,} keys",
            median_ms(500, lambda: chain.restore(chain.snapshot())) * 1000,
            "µs",
            50,
        ),
        Row(Section.STATE, f"the same call with {keys:,} keys, beside {small:.2f} ms without", large, "ms"),
    ]


async def posted(near: Near, calls: int, signed: Callable[[], Awaitable[str]]) -> float:
    """Median milliseconds of a ``send_tx`` until FINAL, posted with aiohttp; ``signed`` makes transactions ahead of time."""
    taken = []
    async with aiohttp.ClientSession() as session:
        for _ in range(calls + 20):
            params = {"signed_tx_base64": await signed(), "wait_until": "FINAL"}
            body = {"jsonrpc": "2.0", "id": 1, "method": "send_tx", "params": params}
            begin = time.perf_counter()
            async with session.post(near.client.rpc_url, json=body) as response:
                answer = json.loads(await response.read())
            taken.append((time.perf_counter() - begin) * 1000)
            if "SuccessValue" not in answer["result"]["status"]:
                raise RuntimeError(answer)
    return statistics.median(taken[20:])


async def through_rpc(calls: int) -> list[Row]:
    """A bare client, and then the façade with its two ways to the engine: py-near, all in this process."""
    empty = statistics.median(await floor(calls))
    async with start(node="embedded") as near:
        alice = await near.create_account("alice", "100000 NEAR")
        bank, pool = await near.deploy(COMPILED / "bank.wasm", "bank"), await near.deploy(COMPILED / "staking_pool.wasm", "pool")

        async def transfer() -> None:
            await alice.transfer(near.root, "1 NEAR")

        async def call() -> None:
            await bank.deposit_and_stake(pool=pool).by(alice).attach("0.01 NEAR").gas("150 Tgas")

        def signer(receiver: str, action: Any) -> Callable[[], Awaitable[str]]:
            async def sign() -> str:
                view = await near.client.query("view_access_key", account_id=alice.id, public_key=alice.key.public_key)
                parts = (alice.id, alice.key.raw, receiver, view["nonce"] + 1, [action], base58.b58decode(view["block_hash"]))
                return str(transactions.sign_and_serialize_transaction(*parts))

            return sign

        args = json.dumps({"pool": pool.id}).encode()
        deposit = transactions.create_function_call_action("deposit_and_stake", args, 150 * 10**12, 10**20)
        pay = transactions.create_transfer_action(1)
        await timed(20, call)
        as_written = [statistics.median(await timed(calls, act)) for act in (transfer, call)]
        near.client = Client(near.node.rpc_url)
        await timed(20, call)
        over_http = statistics.median(await timed(calls, call))
        return [
            Row(Section.CALLS, "an HTTP request without a chain (the floor)", empty, "ms"),
            Row(
                Section.CALLS,
                "transfer until FINAL, one request of aiohttp",
                await posted(near, calls, signer("near", pay)),
                "ms",
                1,
            ),
            Row(
                Section.CALLS,
                "cross-contract call, one request of aiohttp",
                await posted(near, calls, signer(bank.id, deposit)),
                "ms",
                2,
            ),
            Row(Section.CALLS, "transfer as a test writes it: three requests, parsed", as_written[0], "ms"),
            Row(Section.CALLS, "cross-contract call as a test writes it", as_written[1], "ms", 2),
            Row(Section.CALLS, "the same over HTTP, as to every other kind of node", over_http, "ms", 2),
        ]


def isolated_tests(count: int) -> Row:
    """A pytest run of as many tests, each with one cross-contract call on a chain of its own; after one of a single test."""
    with tempfile.TemporaryDirectory() as folder:
        file, env = Path(folder) / "test_calls.py", keeping_bytecode(str(Path(folder) / "bytecode"), _EMBEDDED)
        run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", folder, str(file)]
        for tests in (1, count):
            file.write_text(_TEST_FILE.format(compiled=str(COMPILED), count=tests))
            begin = time.perf_counter()
            subprocess.run(run, check=True, stdout=subprocess.DEVNULL, env=env)  # noqa: S603 - this interpreter
            taken = time.perf_counter() - begin
    return Row(Section.TESTS, f"{count:,} isolated tests of a cross-contract call", taken, "s", 10 * count / 1000)


def transfer_in_process(calls: int) -> Row:
    """A transfer in the engine without HTTP, which is what LiteSVM measures of its own."""
    node = Direct()
    node.create("alice.sandbox", 1_000_000)
    pay = [transactions.create_transfer_action(1)]
    taken = [node.send("alice.sandbox", "near", pay) for _ in range(calls)]
    return Row(Section.CALLS, "transfer until FINAL, in process", statistics.median(taken) * 1000, "ms")


def promised(calls: int, tests: int, keys: int) -> list[Row]:
    """All of it. The parts that are most sensitive to what went before run first."""
    return [
        *importing(),
        Row(Section.START, "start of a node", statistics.median(starts(20)), "ms", 10),
        *in_process(calls),
        *compiling(),
        transfer_in_process(calls),
        *asyncio.run(through_rpc(calls)),
        isolated_tests(tests),
        *large_state(keys),
    ]
