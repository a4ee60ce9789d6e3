"""A chain in a file goes on in another process; damaged and foreign files are named."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from near_harness import NEAR, Account, Contract, Near, TGas, start
from near_harness.chain.files import SavedChainError

ELSEWHERE = """
import asyncio, sys
from near_harness import NEAR, start

async def main(path):
    async with start(node="embedded") as near:
        near.load(path)
        async with near.paused():
            print(await near.height(), await near.timestamp(), near.pending())
            alice, pool = near.known_account("alice"), await near.contract("pool.sandbox")
            print(await alice.balance(), near.known_account("pool").id, await pool.get_account_staked_balance("bank.sandbox"))
        print(await pool.get_account_staked_balance("bank.sandbox"))
        await alice.transfer(near.root, NEAR(1))
        print((await near.client.rpc("block", {"block_id": 5}))["header"]["hash"])

asyncio.run(main(sys.argv[1]))
"""


async def test_everything_goes_on_in_another_process(
    near: Near, bank: Contract, pool: Contract, alice: Account, tmp_path: Path
) -> None:
    file = tmp_path / "chain"
    await near.fast_forward(200)  # over the ends of epochs
    with near.anchor():
        async with near.paused() as chain:
            await chain.send(bank.deposit_and_stake(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150)))
            await chain.step(2)  # with receipts on their way, and one that waits for data
            near.save(file)
            expected = f"{await near.height()} {await near.timestamp()} {near.pending()}"
            money = f"{await alice.balance()} pool.sandbox 0"
            fifth = (await near.client.rpc("block", {"block_id": 5}))["header"]["hash"]
    script = tmp_path / "elsewhere.py"
    script.write_text(ELSEWHERE)
    process = await asyncio.create_subprocess_exec(sys.executable, str(script), str(file), stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    assert process.returncode == 0
    # By lines, for Windows ends them in its own way.
    assert printed.decode().splitlines() == f"{expected}\n{money}\n{NEAR(10) + 0:d}\n{fifth}".splitlines()


@pytest.mark.usefixtures("alice")
async def test_a_file_is_loaded_over_what_there_is(near: Near, tmp_path: Path) -> None:
    file = tmp_path / "chain"
    near.save(file)
    height = await near.height()
    with near.anchor():
        await near.create_account("dora")
        await near.fast_forward(seconds=1000)
        near.load(file)
        assert near.known_account("dora") is None
        assert near.known_account("alice") is not None
        assert await near.height() == height
        near.save(tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == file.read_bytes()


def test_files_that_are_none(near: Near, tmp_path: Path) -> None:
    file = tmp_path / "chain"
    near.save(file)
    whole = file.read_bytes()
    cases = {
        "no saved chain": b"something else",
        "cut short": whole[:-1],
        "its checksum": whole[:-5] + b"?" + whole[-4:],
        "newer near-harness; upgrade": whole[:8] + b"\x07" + whole[9:],
    }
    for text, content in cases.items():
        file.write_bytes(content)
        with pytest.raises(SavedChainError, match=text):
            near.load(file)
    with pytest.raises(SavedChainError, match="cannot be read: No such file"):
        near.load(tmp_path / "missing")
    assert [path.name for path in tmp_path.iterdir()] == ["chain"]


async def test_another_protocol_version(near: Near, tmp_path: Path) -> None:
    near.save(tmp_path / "chain")
    async with start(node="embedded", protocol_version=85) as other:
        with pytest.raises(SavedChainError, match="runs protocol version 86, and this one 85"):
            other.load(tmp_path / "chain")


async def test_what_puppets_of_the_chain_before_were_told_is_forgotten() -> None:
    async with start(node="embedded") as near:
        before = near.dump()
        pool = await near.puppet("pool")
        pool.on("ask").returns(1)
        near.load(before)
        assert not await near.exists(pool)
        await near.root.transfer(near.root, NEAR(1))  # else what the puppet was told would go first


async def test_names_that_were_found_are_taken_in_a_loaded_chain(near: Near, tmp_path: Path) -> None:
    file = tmp_path / "chain"
    first = await near.create_account()
    near.save(file)
    async with start(node="embedded") as there:
        there.load(file)
        second = await there.create_account()
        assert second.id != first.id
        assert await there.exists(first)
