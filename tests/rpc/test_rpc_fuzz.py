"""Whatever is sent to the RPC, an answer comes and the chain goes on: nothing panics, nothing hangs."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import Any

import base58
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from near_harness.nodes.engine import load_engine


def _words(text: str) -> list[str]:
    return text.split()


METHODS = _words(
    """
    block chunk gas_price query status health network_info validators EXPERIMENTAL_validators_ordered
    maintenance_windows send_tx broadcast_tx_async broadcast_tx_commit tx EXPERIMENTAL_tx_status
    EXPERIMENTAL_receipt EXPERIMENTAL_receipt_to_tx EXPERIMENTAL_view_account EXPERIMENTAL_view_code
    EXPERIMENTAL_view_state EXPERIMENTAL_view_access_key EXPERIMENTAL_view_access_key_list
    EXPERIMENTAL_view_gas_key_nonces EXPERIMENTAL_call_function EXPERIMENTAL_changes EXPERIMENTAL_changes_in_block
    EXPERIMENTAL_protocol_config genesis_config client_config light_client_proof
    EXPERIMENTAL_light_client_block_proof next_light_client_block EXPERIMENTAL_congestion_level
    EXPERIMENTAL_split_storage_info sandbox_patch_state sandbox_fast_forward no_such_method
    """
)

STATUSES = {200, 400, 408, 422, 500}

FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def chain() -> Any:
    engine = load_engine()
    return engine.Chain(engine.sandbox_genesis())


def ask(body: bytes) -> tuple[int, bytes]:
    answer = chain().request(body)
    assert isinstance(answer, tuple)
    status, content = answer
    assert status in STATUSES
    return status, content


def still_answers() -> None:
    status, body = ask(b'{"jsonrpc":"2.0","id":1,"method":"status","params":[]}')
    assert status == 200 and json.loads(body)["result"]["chain_id"] == "sandbox"


hashes = st.binary(min_size=32, max_size=32).map(lambda raw: base58.b58encode(raw).decode())
encoded = st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode())
numbers = st.integers(-(2**70), 2**70) | st.integers(0, 40) | st.sampled_from([2**32, 2**63, 2**64 - 1, 2**64])
accounts = st.sampled_from(["sandbox", "near", "nobody", "", "system", "0" * 64, "A", "a" * 65])
keys = st.binary(min_size=32, max_size=32).map(lambda raw: f"ed25519:{base58.b58encode(raw).decode()}")
words = st.sampled_from(
    _words(
        """
    view_account view_code view_state view_access_key view_access_key_list view_gas_key_nonces call_function
    view_global_contract_code view_global_contract_code_by_account_id final optimistic near-final genesis
    earliest_available FINAL NONE INCLUDED latest account_changes data_changes single_access_key_changes transaction
    receipt account/sandbox contract/sandbox call/sandbox/x access_key/sandbox
    """
    )
)
leaves = (
    st.none()
    | st.booleans()
    | numbers
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | hashes
    | encoded
    | accounts
    | keys
    | words
)
names = st.sampled_from(
    _words(
        """
    block_id finality sync_checkpoint request_type account_id public_key prefix_base64 after_key_base64 limit
    include_proof after_key method_name args_base64 code_hash tx_hash sender_account_id signed_tx_base64 wait_until
    receipt_id chunk_id shard_id epoch_id changes_type account_ids keys key_prefix_base64 last_block_hash
    light_client_head type transaction_hash sender_id receiver_id block_hash records Account Data Contract AccessKey
    account amount locked storage_usage data_key value code access_key nonce permission window
    """
    )
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names | st.text(max_size=8), inner, max_size=6),
    max_leaves=20,
)
# Moving far ahead is meant to take its time.
methods = st.sampled_from([method for method in METHODS if method != "sandbox_fast_forward"]) | st.text(max_size=12)


@FUZZ
@given(st.binary(max_size=400))
@example(b"[" * 100_000)
@example(b'{"jsonrpc":"2.0","id":1,"method":"query","params":' + b'{"a":' * 100_000)
def test_any_bytes(body: bytes) -> None:
    ask(body)
    still_answers()


@FUZZ
@given(values)
def test_any_json(body: Any) -> None:
    ask(json.dumps(body).encode())


@FUZZ
@given(methods, values, st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20))
def test_any_parameters(method: str, params: Any, identity: Any) -> None:
    request = {"jsonrpc": "2.0", "id": identity, "method": method, "params": params}
    answer = json.loads(ask(json.dumps(request).encode())[1])
    assert answer["id"] == identity
    assert ("result" in answer) != ("error" in answer)


@FUZZ
@given(
    st.sampled_from([method for method in METHODS if method != "sandbox_fast_forward"]),
    st.dictionaries(names, leaves, max_size=8),
    st.fixed_dictionaries({}, optional={"finality": words, "account_id": accounts, "request_type": words, "public_key": keys}),
)
def test_parameters_that_nearly_fit(method: str, some: dict[str, Any], others: dict[str, Any]) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**some, **others}}
    json.loads(ask(json.dumps(request).encode())[1])


@FUZZ
@given(st.binary(max_size=300))
def test_any_transaction(content: bytes) -> None:
    params = {"signed_tx_base64": base64.b64encode(content).decode()}
    request = {"jsonrpc": "2.0", "id": 1, "method": "send_tx", "params": params}
    assert "error" in json.loads(ask(json.dumps(request).encode())[1])


@FUZZ
@given(st.text(max_size=40))
def test_any_page(path: str) -> None:
    assert chain().get(path)[0] in {200, 404, 503}
