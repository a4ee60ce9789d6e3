"""Views of accounts, keys and state, in all their forms."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from fidelity_signing import key_pair, public_key
from rpc_chain import ROOT, RpcChain, RpcError

KEY = public_key(key_pair(ROOT))


@pytest.fixture
def rpc() -> RpcChain:
    return RpcChain()


def entry(key: bytes, value: bytes) -> dict[str, Any]:
    data = {"data_key": base64.b64encode(key).decode(), "value": base64.b64encode(value).decode()}
    return {"Data": {"account_id": ROOT, **data}}


def test_the_older_forms(rpc: RpcChain) -> None:
    account = rpc.view("view_account", account_id=ROOT, finality="optimistic")
    assert rpc.call("query", [f"account/{ROOT}", ""]) == account
    key = rpc.view("view_access_key", account_id=ROOT, public_key=KEY, finality="optimistic")
    assert rpc.call("query", [f"access_key/{ROOT}/{KEY}", ""]) == key
    keys = rpc.view("view_access_key_list", account_id=ROOT, finality="optimistic")
    assert rpc.call("query", [f"access_key/{ROOT}", ""]) == keys
    # py-near leaves the kind of key away.
    assert rpc.view("view_access_key", account_id=ROOT, public_key=KEY.removeprefix("ed25519:")) is not None


def test_each_kind_of_query_has_a_method_of_its_own(rpc: RpcChain) -> None:
    final = {"finality": "final"}
    view = rpc.view("view_account", account_id=ROOT)
    assert rpc.call("EXPERIMENTAL_view_account", {**final, "account_id": ROOT}) == view
    keys = rpc.view("view_access_key_list", account_id=ROOT)
    assert rpc.call("EXPERIMENTAL_view_access_key_list", {**final, "account_id": ROOT}) == keys
    state = rpc.view("view_state", account_id=ROOT, prefix_base64="")
    assert rpc.call("EXPERIMENTAL_view_state", {**final, "account_id": ROOT, "prefix_base64": ""}) == state


def test_errors_in_band_are_errors_in_the_new_methods(rpc: RpcChain) -> None:
    missing = public_key(key_pair("nobody"))
    answer = rpc.view("view_access_key", account_id=ROOT, public_key=missing)
    assert answer["error"] == f"access key {missing} does not exist while viewing"
    with pytest.raises(RpcError, match="UNKNOWN_ACCESS_KEY"):
        rpc.call("EXPERIMENTAL_view_access_key", {"finality": "final", "account_id": ROOT, "public_key": missing})
    failed = rpc.view("call_function", account_id=ROOT, method_name="x", args_base64="")
    assert "CodeDoesNotExist" in failed["error"]
    call = {"finality": "final", "account_id": ROOT, "method_name": "x", "args_base64": ""}
    with pytest.raises(RpcError, match="CONTRACT_EXECUTION_ERROR") as found:
        rpc.call("EXPERIMENTAL_call_function", call)
    assert found.value.error["cause"]["info"]["vm_error"] == {"CompilationError": {"CodeDoesNotExist": {"account_id": ROOT}}}


@pytest.mark.parametrize(("block_id", "text"), [(77, "BLOCK HEIGHT: 77"), ("1" * 32, "BLOCK HEADER: " + "1" * 32)])
def test_an_unknown_block(rpc: RpcChain, block_id: Any, text: str) -> None:
    with pytest.raises(RpcError) as found:
        rpc.view("view_account", account_id=ROOT, block_id=block_id)
    assert found.value.cause == "UNKNOWN_BLOCK"
    assert text in found.value.error["data"]


def test_the_state_comes_in_pages(rpc: RpcChain) -> None:
    rpc.call("sandbox_patch_state", {"records": [entry(b"k%d" % number, b"v") for number in range(10)]})
    whole = rpc.view("view_state", account_id=ROOT, prefix_base64="")["values"]
    assert [base64.b64decode(item["key"]) for item in whole] == [b"k%d" % number for number in range(10)]
    pages: list[Any] = []
    after: dict[str, Any] = {}
    while True:
        page = rpc.view("view_state", account_id=ROOT, prefix_base64="", limit=3, **after)
        pages += page["values"]
        if "last_key" not in page:
            break
        after = {"after_key_base64": page["last_key"]}
    assert pages == whole
    proved = rpc.view("view_state", account_id=ROOT, prefix_base64="", include_proof=True)
    assert proved["values"] == whole and proved["proof"]
    with pytest.raises(RpcError, match="PARSE_ERROR"):
        rpc.view("view_state", account_id=ROOT, prefix_base64="", include_proof=True, limit=3)


@pytest.mark.parametrize("protocol_version", [86, 87])
def test_keys_come_in_pages(protocol_version: int) -> None:
    rpc = RpcChain(protocol_version=protocol_version)

    def record(number: int) -> dict[str, Any]:
        key = {"nonce": number, "permission": "FullAccess"}
        return {"AccessKey": {"account_id": ROOT, "public_key": public_key(key_pair(f"key {number}")), "access_key": key}}

    rpc.call("sandbox_patch_state", {"records": [record(number) for number in range(120)]})
    if protocol_version == 86:
        assert len(rpc.view("view_access_key_list", account_id=ROOT)["keys"]) == 121
    else:
        with pytest.raises(RpcError, match="TOO_MANY_ACCESS_KEYS"):
            rpc.view("view_access_key_list", account_id=ROOT)
    first = rpc.view("view_access_key_list", account_id=ROOT, limit=100)
    second = rpc.view("view_access_key_list", account_id=ROOT, limit=100, after_key=first["last_key"])
    assert "last_key" not in second
    keys = [entry["public_key"] for entry in first["keys"] + second["keys"]]
    assert len(keys) == len(set(keys)) == 121


def test_patches_of_every_kind_and_what_cannot_be_patched(rpc: RpcChain) -> None:
    account = {"amount": "77", "locked": "0", "code_hash": "1" * 32, "storage_usage": 182, "version": "V1"}
    ghost = {"Account": {"account_id": "ghost.sandbox", "account": account}}
    assert rpc.call("sandbox_patch_state", {"records": [ghost]}) == {}
    assert rpc.view("view_account", account_id="ghost.sandbox")["amount"] == "77"
    received = {"ReceivedData": {"account_id": ROOT, "data_id": "1" * 32, "data": None}}
    with pytest.raises(RpcError) as found:
        rpc.call("sandbox_patch_state", {"records": [received]})
    assert (found.value.status, found.value.cause) == (500, "INTERNAL_ERROR")


@pytest.mark.parametrize("field", ["amount", "locked"])
def test_a_balance_that_nobody_can_have_is_refused(rpc: RpcChain, field: str) -> None:
    account = {"amount": "0", "locked": "0", "code_hash": "1" * 32, "storage_usage": 182, field: str(2**128 - 1)}
    with pytest.raises(RpcError, match="more than there can be"):
        rpc.call("sandbox_patch_state", {"records": [{"Account": {"account_id": "rich.sandbox", "account": account}}]})
    assert rpc.view("view_account", account_id=ROOT)["locked"] != "0"
