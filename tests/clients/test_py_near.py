"""py-near as a user has it: its own keys, nonces, transport and errors against ``near-harness-sandbox``."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import base58
import pytest
from nacl.signing import SigningKey
from py_near import transactions
from py_near.account import Account, ViewFunctionError
from py_near.exceptions.provider import InvalidAccessKeyError, NotEnoughBalance, UnknownAccount
from sandbox_process import SandboxProcess, init, running

ONE = 10**24
TGAS = 10**12


def key(seed: str) -> SigningKey:
    """The key that nearcore derives from a test seed."""
    return SigningKey(seed.encode().ljust(32, b" "))


def public(signing: SigningKey) -> bytes:
    return bytes(signing.verify_key)


def spoken(signing: SigningKey) -> str:
    return "ed25519:" + base58.b58encode(public(signing)).decode()


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    home = tmp_path_factory.mktemp("py-near") / "home"
    init(home, "--fast", "--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox")
    with running(home) as process:
        yield process


class Somebody(Account):  # type: ignore[misc]
    """An account of py-near that is also told which key it signs with."""

    def __init__(self, account_id: str, signing: SigningKey, url: str) -> None:
        super().__init__(account_id, bytes(signing) + public(signing), url)
        self.signing = signing
        self.url = url
        self.opened: list[Account] = [self]

    async def child(self, name: str, near: int = 50) -> Somebody:
        """Create a sub-account with a key of its own."""
        account_id = f"{name}.{self.account_id}"
        signing = key(account_id)
        done = await self.create_account(account_id, public(signing), near * ONE)
        assert "SuccessValue" in done.status
        return await self.open(account_id, signing)

    async def open(self, account_id: str, signing: SigningKey) -> Somebody:
        """Use an account that exists; it is closed with this one."""
        found = Somebody(account_id, signing, self.url)
        found.opened = self.opened
        self.opened.append(found)
        await found.startup()
        return found


@pytest.fixture
async def root(node: SandboxProcess) -> AsyncIterator[Somebody]:
    account = Somebody("sandbox", key("sandbox"), node.url)
    # What py-near remembers of nonces belongs to a key, whatever node it was used on.
    Account._access_key_nonce.clear()
    await account.startup()
    yield account
    for opened in account.opened:
        await opened.shutdown()


@pytest.fixture
def wasm(contracts: Path) -> bytes:
    return (contracts / "deposit_demo.wasm").read_bytes()


def failures(done: Any) -> list[Any]:
    """The receipts of a transaction that failed."""
    return [receipt for receipt in done.receipt_outcome if "Failure" in receipt.status]


async def test_create_deploy_call_and_view(root: Somebody, wasm: bytes) -> None:
    contract = await root.child("pn1")
    assert root.chain_id == "sandbox"
    assert await contract.get_balance() == 50 * ONE
    await contract.deploy_contract(wasm)
    state = await contract.fetch_state()
    assert state["code_hash"] == base58.b58encode(hashlib.sha256(wasm).digest()).decode()
    done = await root.function_call(contract.account_id, "accept", {}, amount=2 * ONE)
    assert done.status == {"SuccessValue": ""}
    assert [receipt.error for receipt in done.receipt_outcome if "Failure" in receipt.status] == []
    assert (await root.view_function(contract.account_id, "accepted", {})).result == str(2 * ONE)


async def test_a_failing_cross_contract_call_gives_the_money_back(root: Somebody, wasm: bytes) -> None:
    caller, callee, user = [await root.child(name) for name in ("pn2caller", "pn2callee", "pn2user")]
    for contract in (caller, callee):
        await contract.deploy_contract(wasm)
    held = await caller.get_balance()
    done = await user.function_call(caller.account_id, "gives_back", {"callee": callee.account_id}, 100 * TGAS, 3 * ONE)
    assert done.status == {"SuccessValue": base64.b64encode(b"false").decode()}
    (refused,) = failures(done)
    assert "this callee refuses deposits" in str(refused.status)
    assert any("given_back" in log for log in done.logs)
    # broadcast_tx_commit does not wait for refunds; a later transaction of the same account is behind them.
    await user.send_money(root.account_id, 1)
    assert await user.get_balance() > 49 * ONE
    assert await caller.get_balance() >= held
    kept = await user.function_call(caller.account_id, "forgets", {"callee": callee.account_id}, 100 * TGAS, 3 * ONE)
    assert len(failures(kept)) == 1
    await user.send_money(root.account_id, 1)
    assert await user.get_balance() < 47 * ONE


async def test_a_batch_is_all_or_nothing(root: Somebody, wasm: bytes) -> None:
    made = key("pn3")
    actions = [
        transactions.create_create_account_action(),
        transactions.create_transfer_action(20 * ONE),
        transactions.create_full_access_key_action(public(made)),
        transactions.create_deploy_contract_action(wasm),
        transactions.create_function_call_action("accept", b"{}", 30 * TGAS, ONE),
    ]
    done = await root.sign_and_submit_tx("pn3.sandbox", actions)
    assert "SuccessValue" in done.status
    assert (await root.view_function("pn3.sandbox", "accepted", {})).result == str(ONE)
    actions[-1] = transactions.create_function_call_action("refuse", b"{}", 30 * TGAS, ONE)
    failed = await root.sign_and_submit_tx("pn3b.sandbox", actions)
    assert failed.status["Failure"]["ActionError"]["index"] == 4
    with pytest.raises(UnknownAccount):
        await root.get_balance("pn3b.sandbox")


async def test_keys(root: Somebody, wasm: bytes) -> None:
    user = await root.child("pn4")
    await user.deploy_contract(wasm)
    limited, full = key("pn4 limited"), key("pn4 full")
    await user.add_public_key(public(limited), user.account_id, ["accept"], ONE)
    await user.add_full_access_public_key(public(full))
    listed = {entry.public_key: entry.access_key for entry in await user.get_access_key_list()}
    assert set(listed) == {spoken(signing) for signing in (user.signing, limited, full)}
    assert listed[spoken(limited)]["permission"]["FunctionCall"]["method_names"] == ["accept"]
    with_limited = await user.open(user.account_id, limited)
    done = await with_limited.function_call(user.account_id, "accept", {})
    assert done.status == {"SuccessValue": ""}
    with pytest.raises(InvalidAccessKeyError, match="MethodNameMismatch"):
        await with_limited.function_call(user.account_id, "refuse", {})
    await user.delete_public_key(public(limited))
    with pytest.raises(ValueError, match="does not exist while viewing"):
        await with_limited.function_call(user.account_id, "accept", {})
    assert len(await user.get_access_key_list()) == 2


async def test_blocks_status_and_raw_methods(root: Somebody) -> None:
    status = await root.provider.get_status()
    height = status["sync_info"]["latest_block_height"]
    block = await root.provider.get_block(height)
    assert block["header"]["height"] == height
    assert (await root.provider.get_block(block["header"]["hash"]))["header"] == block["header"]
    chunk = await root.provider.get_chunk(block["chunks"][0]["chunk_hash"])
    assert chunk["author"] == "sandbox"
    assert [one["account_id"] for one in (await root.provider.get_validators())["current_validators"]] == ["sandbox"]
    done = await root.send_money("sandbox", 1)
    for found in (
        await root.provider.get_tx(done.transaction.hash, "sandbox"),
        await root.provider.get_tx_status(done.transaction.hash, "sandbox"),
    ):
        assert found.transaction.hash == done.transaction.hash
        assert found.status == {"SuccessValue": ""}
    changes = await root.provider.get_changes_in_block({"block_id": height})
    assert changes["block_hash"] == block["header"]["hash"]


async def test_state_patch_and_fast_forward(root: Somebody, wasm: bytes) -> None:
    contract = await root.child("pn5")
    await contract.deploy_contract(wasm)
    await root.function_call(contract.account_id, "accept", {}, amount=ONE)
    query = {"request_type": "view_state", "account_id": contract.account_id, "prefix_base64": "", "finality": "optimistic"}
    (entry,) = (await root.provider.json_rpc("query", query))["values"]
    assert base64.b64decode(entry["key"]) == b"STATE"
    patched = base64.b64encode((7 * ONE).to_bytes(16, "little")).decode()
    record = {"Data": {"account_id": contract.account_id, "data_key": entry["key"], "value": patched}}
    assert await root.provider.json_rpc("sandbox_patch_state", {"records": [record]}) == {}
    assert (await root.view_function(contract.account_id, "accepted", {})).result == str(7 * ONE)
    before = (await root.provider.get_status())["sync_info"]["latest_block_height"]
    assert await root.provider.json_rpc("sandbox_fast_forward", {"delta_height": 500}) == {}
    assert (await root.provider.get_status())["sync_info"]["latest_block_height"] >= before + 500
    # py-near keeps a block hash for 50 s, and it is too old by now.
    root._latest_block_hash_ts = 0
    assert "SuccessValue" in (await root.send_money(contract.account_id, 1)).status


async def test_errors(root: Somebody, wasm: bytes) -> None:
    contract = await root.child("pn6", near=5)
    with pytest.raises(UnknownAccount):
        await root.get_balance("nobody.sandbox")
    with pytest.raises(ViewFunctionError, match="CodeDoesNotExist"):
        await root.view_function(contract.account_id, "accepted", {})
    await contract.deploy_contract(wasm)
    with pytest.raises(ViewFunctionError, match="MethodNotFound"):
        await root.view_function(contract.account_id, "no_such_method", {})
    with pytest.raises(NotEnoughBalance):
        await contract.send_money("sandbox", 50 * ONE)
    missing = await root.send_money("nobody.sandbox", ONE)
    (refused,) = failures(missing)
    assert type(refused.error).__name__ == "AccountDoesNotExistError"
    panicked = await root.function_call(contract.account_id, "refuse", {})
    assert "this callee refuses deposits" in str(panicked.status)
    stranger = await root.open("sandbox", key("somebody else"))
    with pytest.raises(ValueError, match=r"access key .* does not exist while viewing"):
        await stranger.send_money(contract.account_id, 1)
