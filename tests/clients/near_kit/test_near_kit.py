"""near-kit of PyPI, with its own fixtures, against the drop-in command."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import TYPE_CHECKING

import near
import pytest
from near import actions, testing

if TYPE_CHECKING:
    from near import Near
    from near.testing import SandboxHandle

CODE = (Path(__file__).parents[3] / "contracts" / "compiled" / "deposit_demo.wasm").read_bytes()


class Somebody:
    """An account and the client that signs for it."""

    def __init__(self, root: Near, name: str, amount: str = "50 NEAR", code: bytes | None = None) -> None:
        self.id = f"{name}.sandbox"
        self.key = near.generate_key()
        wanted = [actions.create_account(), actions.transfer(amount), actions.add_full_access_key(self.key.public_key)]
        if code is not None:
            wanted.append(actions.deploy_contract(code))
        root.send_transaction(self.id, wanted, wait_until="FINAL")
        self.near = root.with_signer(near.KeyPairSigner(account_id=self.id, key_pair=self.key))


def test_the_node_is_the_drop_in_command(near_sandbox: SandboxHandle, sandbox_near: Near) -> None:
    assert near_sandbox.started is False
    assert sandbox_near.rpc("status", [])["version"]["build"].startswith("near-harness")


def test_create_deploy_call_and_view(sandbox_near: Near) -> None:
    contract = Somebody(sandbox_near, "kp1")
    assert sandbox_near.balance(contract.id) == near.Amount("50 NEAR")
    contract.near.send_transaction(contract.id, [actions.deploy_contract(CODE)])
    assert sandbox_near.contract_code(contract.id).code == CODE
    done = sandbox_near.call(contract.id, "accept", {}, deposit="2 NEAR", wait_until="FINAL")
    assert done.final_execution_status == "FINAL"
    assert sandbox_near.view(contract.id, "accepted") == str(int(near.Amount("2 NEAR")))


def test_a_failing_cross_contract_call_gives_the_money_back(sandbox_near: Near) -> None:
    caller, callee = (Somebody(sandbox_near, name, code=CODE) for name in ("kp2caller", "kp2callee"))
    user = Somebody(sandbox_near, "kp2user")
    held = sandbox_near.balance(caller.id)
    arguments = {"callee": callee.id}
    # near-kit raises where any receipt failed, also where the transaction succeeded.
    with pytest.raises(near.ContractPanicError, match="this callee refuses deposits"):
        user.near.call(caller.id, "gives_back", arguments, deposit="3 NEAR", gas="100 Tgas", wait_until="FINAL")
    assert sandbox_near.balance(user.id) > near.Amount("49 NEAR")
    assert sandbox_near.balance(caller.id) >= held
    sent = user.near.call(caller.id, "forgets", arguments, deposit="3 NEAR", gas="100 Tgas", wait_until="NONE")
    assert sent.final_execution_status == "NONE"
    with pytest.raises(near.ContractPanicError):
        user.near.call(caller.id, "forgets", arguments, deposit="3 NEAR", gas="100 Tgas", wait_until="FINAL")
    assert sandbox_near.balance(user.id) < near.Amount("44 NEAR")


def test_a_batch_is_all_or_nothing(sandbox_near: Near) -> None:
    key = near.generate_key().public_key

    def batch(method: str) -> list[object]:
        return [
            actions.create_account(),
            actions.transfer("20 NEAR"),
            actions.add_full_access_key(key),
            actions.deploy_contract(CODE),
            actions.function_call(method, {}, deposit="1 NEAR"),
        ]

    sandbox_near.send_transaction("kp3.sandbox", batch("accept"))
    assert sandbox_near.view("kp3.sandbox", "accepted") == str(int(near.Amount("1 NEAR")))
    with pytest.raises(near.ContractPanicError):
        sandbox_near.send_transaction("kp3b.sandbox", batch("refuse"))
    assert not sandbox_near.account_exists("kp3b.sandbox")


def test_keys_of_all_kinds(sandbox_near: Near) -> None:
    user = Somebody(sandbox_near, "kp4", code=CODE)
    limited, lanes = near.generate_key(), near.generate_key()
    user.near.send_transaction(
        user.id,
        [
            actions.add_function_call_key(limited.public_key, user.id, ["accept"], allowance="1 NEAR"),
            actions.add_gas_key(lanes.public_key, 4),
            actions.transfer_to_gas_key(lanes.public_key, "1 NEAR"),
        ],
        wait_until="FINAL",
    )
    assert len(sandbox_near.access_keys(user.id)) == 3
    assert not sandbox_near.access_key(user.id, limited.public_key).is_full_access
    assert sandbox_near.access_key(user.id, lanes.public_key).gas_key_balance == near.Amount("1 NEAR")
    assert len(sandbox_near.gas_key_nonces(user.id, lanes.public_key)) == 4
    by_lanes = near.KeyPairSigner(account_id=user.id, key_pair=lanes)
    for lane in (0, 3):
        call = [actions.function_call("accept", {})]
        user.near.send_transaction(user.id, call, signer=by_lanes, gas_key_index=lane)
    by_limited = near.KeyPairSigner(account_id=user.id, key_pair=limited)
    user.near.call(user.id, "accept", {}, signer=by_limited)
    with pytest.raises(near.RpcError):
        user.near.call(user.id, "refuse", {}, signer=by_limited)
    user.near.send_transaction(user.id, [actions.delete_key(limited.public_key)], wait_until="FINAL")
    with pytest.raises(near.AccessKeyNotFoundError):
        sandbox_near.access_key(user.id, limited.public_key)
    user.near.send_transaction(user.id, [actions.function_call("accept", {})], strict_nonce=True)


def test_a_meta_transaction_is_paid_by_the_relayer(sandbox_near: Near) -> None:
    user, contract = Somebody(sandbox_near, "kp5"), Somebody(sandbox_near, "kp5c", code=CODE)
    before = sandbox_near.balance(user.id)
    signed = user.near.sign_delegate(contract.id, [actions.function_call("accept", {})])
    sandbox_near.send_delegate(signed, wait_until="FINAL")
    assert sandbox_near.balance(user.id) == before


def test_a_contract_is_published_and_used(sandbox_near: Near) -> None:
    publisher, user = Somebody(sandbox_near, "kp6", "200 NEAR"), Somebody(sandbox_near, "kp6u")
    publisher.near.send_transaction(publisher.id, [actions.publish_contract(CODE)], wait_until="FINAL")
    user.near.send_transaction(user.id, [actions.use_global_contract(account_id=publisher.id)])
    user.near.call(user.id, "accept", {}, deposit="1 NEAR")
    assert sandbox_near.global_contract_exists(account_id=publisher.id)
    assert not sandbox_near.global_contract_exists(account_id=user.id)


def test_state_patch_and_fast_forward(sandbox_near: Near) -> None:
    contract = Somebody(sandbox_near, "kp7", code=CODE)
    sandbox_near.call(contract.id, "accept", {}, deposit="1 NEAR", wait_until="FINAL")
    query = {"request_type": "view_state", "account_id": contract.id, "prefix_base64": "", "finality": "final"}
    (entry,) = sandbox_near.rpc("query", query)["values"]
    seven = base64.b64encode((7).to_bytes(16, "little")).decode()
    testing.patch_state(sandbox_near, [{"Data": {"account_id": contract.id, "data_key": entry["key"], "value": seven}}])
    assert sandbox_near.view(contract.id, "accepted") == "7"
    height = sandbox_near.rpc("block", {"finality": "final"})["header"]["height"]
    testing.fast_forward(sandbox_near, 1000)
    assert sandbox_near.rpc("block", {"finality": "final"})["header"]["height"] >= height + 1000
    sandbox_near.send(contract.id, "1 yocto")
    assert sandbox_near.view(contract.id, "accepted", block=height) in {"7", str(int(near.Amount("1 NEAR")))}


def test_transactions_at_once_and_their_status(near_sandbox: SandboxHandle, sandbox_near: Near) -> None:
    contract = Somebody(sandbox_near, "kp8", code=CODE)

    async def all_at_once() -> list[str | None]:
        async with near.AsyncNear(rpc_url=near_sandbox.rpc_url, signer=near_sandbox.root_signer) as client:
            calls = (client.call(contract.id, "accept", {}, deposit=near.Amount.yocto(1)) for _ in range(20))
            return [done.transaction_hash for done in await asyncio.gather(*calls)]

    hashes = asyncio.run(all_at_once())
    assert len(set(hashes)) == 20
    assert sandbox_near.view(contract.id, "accepted") == "20"
    found = sandbox_near.transaction_status(str(hashes[0]), wait_until="FINAL")
    assert found.transaction_hash == hashes[0]


def test_errors_have_their_types(sandbox_near: Near) -> None:
    contract = Somebody(sandbox_near, "kp9", "5 NEAR")
    with pytest.raises(near.AccountNotFoundError):
        sandbox_near.balance("nobody.sandbox")
    with pytest.raises(near.ContractNotFoundError):
        sandbox_near.contract_code(contract.id)
    contract.near.send_transaction(contract.id, [actions.deploy_contract(CODE)])
    with pytest.raises(near.NearError, match="MethodNotFound"):
        sandbox_near.view(contract.id, "no_such_method")
    with pytest.raises(near.ContractPanicError, match="this callee refuses deposits"):
        sandbox_near.call(contract.id, "refuse", {})
    with pytest.raises(near.InsufficientBalanceError):
        contract.near.send("sandbox", "50 NEAR")
    with pytest.raises(near.NearError, match="AccountDoesNotExist"):
        sandbox_near.send("nobody.sandbox", "1 yocto")
