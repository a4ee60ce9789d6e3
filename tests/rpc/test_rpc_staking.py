"""What `validators` tells of somebody who stakes, earns and leaves."""

from __future__ import annotations

from typing import Any

from fidelity_signing import key_pair, public_key
from rpc_chain import NEAR, ROOT, RpcChain

VAL = "val.sandbox"


def stake(near: int) -> dict[str, Any]:
    return {"Stake": {"stake": str(near * NEAR), "public_key": public_key(key_pair(VAL))}}


def accounts(entries: list[dict[str, Any]]) -> set[str]:
    return {entry["account_id"] for entry in entries}


def to_the_next_epoch(rpc: RpcChain) -> Any:
    before = rpc.call("validators", [None])["epoch_height"]
    while True:
        rpc.chain.produce_blocks(1)
        now = rpc.call("validators", [None])
        if now["epoch_height"] > before:
            return now


def test_a_validator_comes_earns_and_leaves() -> None:
    rpc = RpcChain(epoch_length=10)
    rpc.create(VAL, near=20_000_000)
    to_the_next_epoch(rpc)

    rpc.send(VAL, [stake(10_000_000)], signer=VAL)
    proposed = rpc.call("validators", [None])
    assert accounts(proposed["current_proposals"]) == {VAL}
    assert accounts(to_the_next_epoch(rpc)["next_validators"]) == {ROOT, VAL}
    assert accounts(to_the_next_epoch(rpc)["current_validators"]) == {ROOT, VAL}

    rpc.send(VAL, [stake(0)], signer=VAL)
    left = to_the_next_epoch(rpc)
    assert left["prev_epoch_kickout"] == [{"account_id": VAL, "reason": "Unstaked"}]
    assert accounts(left["next_validators"]) == {ROOT}
    assert VAL in accounts(left["current_validators"])
    assert int(rpc.view("view_account", account_id=VAL)["locked"]) > 0

    gone = to_the_next_epoch(rpc)
    assert accounts(gone["current_validators"]) == {ROOT}
    assert ROOT in gone["validator_reward_paid_prev_epoch"]
    for _ in range(2):
        to_the_next_epoch(rpc)
    rpc.chain.produce_blocks(4)
    assert rpc.view("view_account", account_id=VAL)["locked"] == "0"
