"""What is left out of a bundle: keys that no test made, and what is largest where it is too large; and state in parts."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

from near_harness.bundles import state
from near_harness.bundles.form import Bundle
from near_harness.bundles.history import Step
from near_harness.bundles.write import _keys, _within
from near_harness.keys import KeyPair

KEY = KeyPair.from_seed("something that nobody could guess from the account's id")


def keys(kind: str, signer: str = "alice.root") -> tuple[dict[str, Any], list[str]]:
    """What a bundle says of a key that a step of the test has added, on a kind of node."""
    near: Any = SimpleNamespace(node=SimpleNamespace(kind=kind, root_account_id="root"))
    path = [Step("transaction", {"signer": signer}, None, 1, key=KEY)]
    left_out: list[str] = []
    found = _keys(near, path, [{"actions": [{"AddKey": {"public_key": KEY.public_key}}]}], left_out)
    return found[KEY.public_key], left_out


def test_a_key_that_a_test_made_is_in_the_bundle_but_never_one_of_a_remote_node() -> None:
    assert keys("embedded") == ({"account": "alice.root", "secret_key": KEY.secret_key}, [])
    assert keys("remote") == ({"account": "alice.root", "left_out": True}, ["the key of alice.root: no test made it"])
    assert keys("remote", "root") == ({"account": "root", "of_the_node": True}, [])


def bundle(**codes: bytes) -> Bundle:
    contracts = {name: {"bytes": len(code)} for name, code in codes.items()}
    return Bundle({"steps": [], "left_out": [], "contracts": contracts}, codes)


def random_bytes(count: int) -> bytes:
    """Bytes that do not get smaller where they are compressed."""
    return random.Random(7).randbytes(count)  # noqa: S311 - nothing secret


def test_the_largest_contracts_are_left_out_and_no_more_than_has_to() -> None:
    whole = bundle(small=random_bytes(300), large=random_bytes(5000), middle=random_bytes(2000))
    assert _within(whole, 100_000).codes == whole.codes
    first = _within(whole, 4000)
    assert (set(first.codes), first.missing) == ({"small", "middle"}, ("large",))
    assert first.content["left_out"] == ["the contract large (5,000 bytes): give it with --contract FILE"]
    assert set(_within(whole, 1500).codes) == {"small"}


def test_state_goes_into_the_chain_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_PATCH_BYTES", 100)
    records = [{"Data": {"number": number, "value": "x" * 40}} for number in range(7)]
    parts = list(state._parts(records))
    assert [len(part) for part in parts] == [2, 2, 2, 1]
    assert [record for part in parts for record in part] == records
