"""Actions as JSON and back: what signs them is the same to the byte."""

from __future__ import annotations

import pytest
from py_near import transactions as py_near_actions
from py_near_primitives import DelegateAction, SignedDelegateAction, Transaction

from near_harness import actions
from near_harness.bundles.actions import code_hash, from_json, signature_text, to_json
from near_harness.errors import BadInput
from near_harness.keys import KeyPair
from near_harness.units import NEAR, TGas

_KEY = KeyPair.from_seed("somebody").public_key
_ALL = {
    "create": actions.create_account(),
    "deploy": actions.deploy(b"\0asm code"),
    "call": actions.function_call("méthode", b"\xff\0", deposit=NEAR("0.5"), gas=TGas(7)),
    "transfer": actions.transfer(NEAR(340_282_366_920_938)),
    "stake": actions.stake(NEAR(3), _KEY),
    "full key": actions.add_full_access_key(_KEY),
    "limited key": actions.add_function_call_key(_KEY, "bank.near", ["a", "b"], allowance=NEAR(1)),
    "free key": actions.add_function_call_key(_KEY, "bank.near"),
    "delete key": actions.delete_key(_KEY),
    "delete account": actions.delete_account("bob.near"),
    "global code": py_near_actions.create_deploy_global_contract_action(b"shared"),
    "global code by account": py_near_actions.create_deploy_global_contract_action(b"shared", use_account_id=True),
    "use global": py_near_actions.create_use_global_contract_action_by_code_hash(code_hash(b"shared")),
    "use global of account": py_near_actions.create_use_global_contract_action_by_account_id("bank.near"),
}


def _delegate() -> object:
    inner = DelegateAction(
        sender_id="alice.near",
        receiver_id="bank.near",
        actions=[_ALL["call"], _ALL["deploy"], _ALL["limited key"], _ALL["use global"]],
        nonce=5,
        max_block_height=77,
        public_key=b"k" * 32,
    )
    return SignedDelegateAction(inner, b"s" * 64)


_ALL["delegate"] = _delegate()


def _borsh(*made: object) -> bytes:
    return bytes(Transaction("a.near", b"k" * 32, 7, "b.near", b"h" * 32, list(made)).serialize())


@pytest.mark.parametrize("name", _ALL)
def test_an_action_comes_back_as_it_was(name: str) -> None:
    codes: dict[str, bytes] = {}
    found = to_json([_ALL[name]], codes)
    assert _borsh(*from_json(found, codes)) == _borsh(_ALL[name])


def test_several_in_one_transaction() -> None:
    codes: dict[str, bytes] = {}
    found = to_json(list(_ALL.values()), codes)
    assert len(found) == len(_ALL)
    assert codes == {code_hash(code): code for code in (b"\0asm code", b"shared")}
    assert _borsh(*from_json(found, codes)) == _borsh(*_ALL.values())


def test_the_form_is_nearcores() -> None:
    (call, key) = to_json([_ALL["call"], _ALL["limited key"]], {})
    assert call == {
        "FunctionCall": {"method_name": "méthode", "args": "/wA=", "gas": 7 * 10**12, "deposit": "500000000000000000000000"}
    }
    permission = {"FunctionCall": {"allowance": str(10**24), "receiver_id": "bank.near", "method_names": ["a", "b"]}}
    assert key == {"AddKey": {"public_key": _KEY, "access_key": {"nonce": 0, "permission": permission}}}


def test_a_delegate_action_is_nearcores_and_another_may_stand_for_it() -> None:
    codes: dict[str, bytes] = {}
    (found,) = to_json([_ALL["delegate"]], codes)
    inner = found["Delegate"]["delegate_action"]
    assert inner["actions"] == to_json([_ALL["call"], _ALL["deploy"], _ALL["limited key"], _ALL["use global"]], {})
    assert {name: inner[name] for name in ("sender_id", "receiver_id", "nonce", "max_block_height")} == {
        "sender_id": "alice.near", "receiver_id": "bank.near", "nonce": 5, "max_block_height": 77,
    }  # fmt: skip
    signature = found["Delegate"]["signature"]
    assert signature == signature_text(b"s" * 64)
    assert codes == {code_hash(b"\0asm code"): b"\0asm code"}
    assert from_json([found], codes, {signature: "another"}) == ["another"]


def test_what_cannot_be_made_is_named() -> None:
    with pytest.raises(BadInput, match="an action Withdraw cannot be signed again"):
        from_json([{"Withdraw": {}}], {})
    with pytest.raises(BadInput, match="the contract abc was left out"):
        from_json([{"DeployContract": {"code": "abc"}}], {})
