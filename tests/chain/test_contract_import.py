"""A contract of another chain comes with its state, page by page, and from the disk the second time."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

import pytest

from near_harness import Account, Near, start, transactions
from near_harness.chain import contract_import
from near_harness.chain.contract_import import fetch_contract
from near_harness.errors import BadInput, InvalidSetting, UnknownAccount


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(contract_import, "PAGE_ENTRIES", 7)


async def test_code_and_state_from_a_node(near: Near, alice: Account, contracts: Path, tmp_path: Path) -> None:
    async with start(node="embedded") as there:
        dora = await there.create_account("dora")
        counter = await there.deploy(contracts / "callback_results.wasm", "counter")
        for _ in range(3):
            await counter.count().by(dora)
        await there.set_storage(counter, {f"extra {i:02}": f"value {i}" for i in range(20)})
        block = await there.height()
        await counter.count().by(dora)

        brought = await near.import_contract(there.node.rpc_url, counter.id, block=block)
        assert await brought.counter() == 3
        await brought.count().by(alice)
        assert await brought.counter() == 4
        view = await near.client.query("view_state", account_id=counter.id, prefix_base64="")
        assert len(view["values"]) == 21
        ours, theirs = [await n.client.query("view_account", account_id=counter.id) for n in (near, there)]
        assert ours["storage_usage"] == theirs["storage_usage"]

        newest = await near.import_contract(there.node.rpc_url, counter.id, to="copy.sandbox")
        assert await newest.counter() == 4
        bare = await near.import_contract(there.node.rpc_url, counter.id, to="bare.sandbox", state=False)
        assert await bare.counter() == 0
        with pytest.raises(UnknownAccount):
            await near.import_contract(there.node.rpc_url, "nobody.near")
        url = there.node.rpc_url
        found = await fetch_contract(url, counter.id, block=block)

    # the other chain is gone: what was read at a block is on the disk
    again = await near.import_contract(url, counter.id, block=block, to="again.sandbox")
    assert await again.counter() == 3
    found.write(tmp_path / "counter.json")
    from_file = await near.import_contract(tmp_path / "counter.json", counter.id, to="file.sandbox")
    assert await from_file.counter() == 3


async def test_what_cannot_be_kept_is_brought_all_the_same(
    near: Near, contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("NEAR_HARNESS_CACHE", str(tmp_path / "file"))
    async with start(node="embedded") as there:
        counter = await there.deploy(contracts / "callback_results.wasm", "counter")
        brought = await near.import_contract(there.node.rpc_url, counter.id, block=await there.height())
        assert await brought.counter() == 0


async def test_a_state_in_several_pieces(near: Near, contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with start(node="embedded") as there:
        counter = await there.deploy(contracts / "callback_results.wasm", "counter")
        await there.set_storage(counter, {f"extra {i:02}": f"value {i}" for i in range(20)})
        (await fetch_contract(there.node.rpc_url, counter.id)).write(tmp_path / "counter.json")

    monkeypatch.setattr(contract_import, "_PATCH_BYTES", 100)  # some seven rows
    before = await near.height()
    await near.import_contract(tmp_path / "counter.json", counter.id)
    assert await near.height() > before + 2
    view = await near.client.query("view_state", account_id=counter.id, prefix_base64="")
    assert len(view["values"]) == 20


async def test_a_contract_without_its_state(near: Near, contracts: Path, tmp_path: Path) -> None:
    async with start(node="embedded") as there:
        counter = await there.deploy(contracts / "callback_results.wasm", "counter")
        await counter.count().by(there.root)
        url, block = there.node.rpc_url, await there.height()
        bare = await near.import_contract(url, counter.id, block=block, state=False, to="bare.sandbox")
        whole = await near.import_contract(url, counter.id, block=block, to="whole.sandbox")
        assert (await bare.counter(), await whole.counter()) == (0, 1)
        (await fetch_contract(url, counter.id)).write(tmp_path / "counter.json")
    bare = await near.import_contract(tmp_path / "counter.json", counter.id, state=False)
    assert await bare.counter() == 0


@pytest.mark.parametrize("by", ["hash", "account"])
async def test_the_code_of_a_global_contract_comes_along(near: Near, contracts: Path, by: Literal["hash", "account"]) -> None:
    code = (contracts / "callback_results.wasm").read_bytes()
    async with start(node="embedded") as there:
        publisher, user = await there.create_account("publisher"), await there.create_account("user")
        await publisher.batch(publisher, transactions.deploy_global(code, by=by))
        await user.batch(user, transactions.use_global(publisher if by == "account" else hashlib.sha256(code).digest()))
        brought = await near.import_contract(there.node.rpc_url, user.id)
    await brought.count().by(near.root)
    assert await brought.counter() == 1


async def test_an_account_without_a_contract_is_named_with_its_block(near: Near, tmp_path: Path) -> None:
    async with start(node="embedded") as there:
        dora = await there.create_account("dora")
        block = await there.height()
        with pytest.raises(BadInput, match=rf"dora\.sandbox has no contract at block {block} of http://127\.0\.0\.1"):
            await near.import_contract(there.node.rpc_url, dora.id, block=block)
        (await fetch_contract(there.node.rpc_url, dora.id, block=block)).write(tmp_path / "dora.json")
    with pytest.raises(BadInput, match="has no contract at block"):
        await near.import_contract(tmp_path / "dora.json", dora.id)
    assert not await near.exists(dora)


async def test_files_that_are_none(near: Near, tmp_path: Path) -> None:
    for text in ("", json.dumps({"format": 99}), "[]"):
        (tmp_path / "file").write_text(text)
        with pytest.raises(BadInput, match="holds no imported contract"):
            await near.import_contract(tmp_path / "file", "a.near")
    with pytest.raises(BadInput, match="neither the URL of a node"):
        await near.import_contract(None, "a.near")  # type: ignore[arg-type]
    with pytest.raises(InvalidSetting, match="write http://HOST:PORT"):
        await near.import_contract("ftp://127.0.0.1:1", "a.near")


@pytest.mark.parametrize(
    "damage", [{"state": None}, {"state": [["a"]]}, {"code": "é"}, {"amount": "much"}, {"more": 1}, {"state": [["YQ==", "a"]]}]
)
async def test_files_that_are_damaged(near: Near, tmp_path: Path, damage: dict[str, object]) -> None:
    whole = {"source": "s", "account_id": "a.near", "block_height": 1, "block_hash": "h", "amount": "1", "code": "", "state": []}
    (tmp_path / "file").write_text(json.dumps({**whole, "format": 1, **damage}))
    with pytest.raises(BadInput, match="an imported contract that is damaged"):
        await near.import_contract(tmp_path / "file", "a.near")


async def test_another_chain_at_the_same_address_is_read_anew(near: Near, contracts: Path) -> None:
    """A node for tests begins anew with the same port, and reaches the same heights."""
    async with start(node="embedded") as first:
        counter = await first.deploy(contracts / "callback_results.wasm", "counter")
        await counter.count().by(first.root)
        block, port = await first.height(), int(first.node.rpc_url.rpartition(":")[2])
        assert await (await near.import_contract(first.node.rpc_url, counter.id, block=block, to="one.sandbox")).counter() == 1

    async with start(node="embedded", port=port) as second:
        await second.deploy(contracts / "callback_results.wasm", "counter")
        await second.fast_forward(block)
        assert (
            await (await near.import_contract(second.node.rpc_url, "counter.sandbox", block=block, to="two.sandbox")).counter()
            == 0
        )


@pytest.mark.parametrize(
    ("host", "may"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("10.1.2.3", True), ("sandbox", True), ("node.internal", True),
     ("rpc.mainnet.near.org", False), ("8.8.8.8", False)],
)  # fmt: skip
def test_which_nodes_may_begin_anew(host: str, may: bool) -> None:
    assert contract_import._begins_anew(host) is may  # public nodes cannot be asked in a test
