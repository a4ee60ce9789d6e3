"""Signatures of blocks, chunks and approvals verify with the validator's key; without that key there are none."""

from __future__ import annotations

import hashlib
from typing import Any

import base58
import pytest
from fidelity_signing import key_pair, u64
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from rpc_chain import NEAR, ROOT, RpcChain

from near_harness.keys import KeyPair


def decoded(text: str) -> bytes:
    return base58.b58decode(text.removeprefix("ed25519:"))


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def verify(key: str, signature: str, message: bytes) -> None:
    VerifyKey(decoded(key)).verify(message, decoded(signature))


@pytest.fixture
def rpc() -> RpcChain:
    return RpcChain(epoch_length=10, validator_key=KeyPair.from_seed(ROOT).secret_key)


def test_blocks_and_chunks_are_signed(rpc: RpcChain) -> None:
    rpc.chain.produce_blocks(3)
    key = rpc.call("validators", [None])["current_validators"][0]["public_key"]
    for height in (1, 2, 3):
        block = rpc.call("block", [height])
        verify(key, block["header"]["signature"], decoded(block["header"]["hash"]))
        (chunk,) = block["chunks"]
        verify(key, chunk["signature"], decoded(chunk["chunk_hash"]))
        assert rpc.call("chunk", [chunk["chunk_hash"]])["header"] == chunk
        with pytest.raises(BadSignatureError):
            verify(key, chunk["signature"], decoded(block["header"]["hash"]))


def test_the_first_block_is_signed_by_nobody(rpc: RpcChain) -> None:
    assert not any(decoded(rpc.call("block", [0])["header"]["signature"]))


def hash_of(view: dict[str, Any]) -> bytes:
    """The hash of a light client's block, from its parts as nearcore writes them."""
    lite = view["inner_lite"]
    names = ("epoch_id", "next_epoch_id", "prev_state_root", "outcome_root")
    inner = u64(lite["height"]) + b"".join(decoded(lite[name]) for name in names) + u64(int(lite["timestamp_nanosec"]))
    inner += decoded(lite["next_bp_hash"]) + decoded(lite["block_merkle_root"])
    return digest(digest(digest(inner), decoded(view["inner_rest_hash"])), decoded(view["prev_block_hash"]))


def test_a_light_client_follows_the_chain_by_its_approvals(rpc: RpcChain) -> None:
    rpc.chain.produce_blocks(25)
    rpc.call("sandbox_fast_forward", {"delta_height": 40})
    rpc.chain.produce_blocks(5)
    last = rpc.call("block", [1])["header"]["hash"]
    producers = rpc.call("EXPERIMENTAL_validators_ordered", [1])
    followed = 0
    while view := rpc.call("next_light_client_block", [last]):
        current = hash_of(view)
        following = digest(decoded(view["next_block_inner_hash"]), current)
        message = b"\0" + following + u64(view["inner_lite"]["height"] + 2)
        approved = 0
        for producer, signature in zip(producers, view["approvals_after_next"], strict=True):
            verify(producer["public_key"], signature, message)
            approved += int(producer["stake"])
        assert approved * 3 > sum(int(producer["stake"]) for producer in producers) * 2
        producers, last = view["next_bps"], base58.b58encode(current).decode()
        header = rpc.call("block", [last])["header"]
        assert header["height"] == view["inner_lite"]["height"]
        followed += 1
    assert followed >= 3
    assert rpc.call("block", {"finality": "final"})["header"]["hash"] == last


def test_who_has_not_the_validators_key_signs_nothing() -> None:
    for key in (None, KeyPair.from_seed("somebody else").secret_key):
        rpc = RpcChain(validator_key=key)
        rpc.chain.produce_blocks(5)
        assert not any(decoded(rpc.head()["signature"]))
        assert rpc.call("next_light_client_block", [rpc.call("block", [1])["header"]["hash"]])["approvals_after_next"] == [None]


def test_a_validator_of_another_node_approves_nothing(rpc: RpcChain) -> None:
    """The approvals stand in the order of the validators, and an absent one is absent: a wrong one would be refused."""
    rpc.create("other.sandbox", near=60_000_000)
    stake = {"Stake": {"stake": str(50_000_000 * NEAR), "public_key": KeyPair.from_seed("other.sandbox").public_key}}
    rpc.send("other.sandbox", [stake], signer="other.sandbox")
    rpc.chain.produce_blocks(40)
    found = rpc.call("next_light_client_block", [rpc.call("block", [30])["header"]["hash"]])
    signed = dict(zip((producer["account_id"] for producer in found["next_bps"]), found["approvals_after_next"], strict=True))
    assert signed["other.sandbox"] is None
    assert signed[ROOT] is not None
    assert decoded(KeyPair.from_seed(ROOT).public_key) == bytes(key_pair(ROOT).verify_key)
