"""What the node says of itself and of the rules of its chain."""

from __future__ import annotations

import json

import pytest
from rpc_chain import ROOT, RpcChain, RpcError


@pytest.fixture
def rpc() -> RpcChain:
    return RpcChain(epoch_length=20)


def test_status(rpc: RpcChain) -> None:
    rpc.chain.produce_blocks(3)
    status = rpc.call("status", [])
    assert status == {**rpc.call("status", {"finality": "final"}), "uptime_sec": status["uptime_sec"]}
    assert (status["chain_id"], status["protocol_version"]) == ("sandbox", 86)
    assert status["validators"] == [{"account_id": ROOT, "is_slashed": False}]
    head = rpc.head()
    assert status["sync_info"]["latest_block_hash"] == head["hash"]
    assert status["sync_info"]["latest_state_root"] == head["prev_state_root"]
    assert status["genesis_hash"] == rpc.call("block", [0])["header"]["hash"]


def test_pages(rpc: RpcChain) -> None:
    status, kind, body = rpc.chain.get("/status")
    assert (status, kind) == (200, "application/json")
    assert json.loads(body)["chain_id"] == "sandbox"
    assert rpc.chain.get("/health")[2] == b"null"
    assert b"near_block_height_head 0\n" in rpc.chain.get("/metrics")[2]
    assert rpc.chain.get("/nothing")[0] == 404


def test_rules_of_the_chain(rpc: RpcChain) -> None:
    config = rpc.call("EXPERIMENTAL_protocol_config", {"finality": "final"})
    assert config["protocol_version"] == 86
    assert config["runtime_config"]["storage_amount_per_byte"] == "10000000000000000000"
    genesis = rpc.call("genesis_config", [])
    assert genesis == rpc.call("EXPERIMENTAL_genesis_config", None)
    assert (genesis["epoch_length"], genesis["chain_id"]) == (20, "sandbox")
    assert rpc.call("gas_price", [None]) == rpc.call("gas_price", [0]) == {"gas_price": "100000000"}
    assert rpc.call("network_info", [])["num_active_peers"] == 0
    assert rpc.call("EXPERIMENTAL_split_storage_info", {})["head_height"] == 0


def test_settings_of_the_client_have_nearcores_form(rpc: RpcChain) -> None:
    config = rpc.call("client_config", [])
    assert len(config) == 72
    assert (config["chain_id"], config["epoch_length"], config["archive"]) == ("sandbox", 20, True)
    # What can change while a node runs is JSON in a string; durations are seconds and nanoseconds.
    assert json.loads(config["min_block_production_delay"]) == [0, 120_000_000]
    assert config["sync_step_period"] == [0, 10_000_000]
    assert config["trie_viewer_state_size_limit"] == 50_000
    assert config["tracked_shards_config"] == "AllShards"
    assert config["version"]["build"].startswith("near-harness")


def test_validators_of_epochs(rpc: RpcChain) -> None:
    rpc.chain.produce_blocks(50)
    now = rpc.call("validators", [None])
    assert now == rpc.call("validators", "latest")
    assert [validator["account_id"] for validator in now["current_validators"]] == [ROOT]
    assert now["current_validators"][0]["num_produced_blocks"] == now["current_validators"][0]["num_expected_blocks"]
    last = now["epoch_start_height"] - 1
    past = rpc.call("validators", {"block_id": last})
    assert past["epoch_height"] == now["epoch_height"] - 1
    assert past == rpc.call("validators", {"epoch_id": rpc.call("block", [last])["header"]["epoch_id"]})
    with pytest.raises(RpcError, match="VALIDATOR_INFO_UNAVAILABLE"):
        rpc.call("validators", [last - 2])
    with pytest.raises(RpcError, match="UNKNOWN_EPOCH"):
        rpc.call("validators", {"epoch_id": "1" * 31 + "2"})
    assert [validator["account_id"] for validator in rpc.call("EXPERIMENTAL_validators_ordered", [None])] == [ROOT]
    assert rpc.call("maintenance_windows", {"account_id": ROOT}) == []
    (window,) = rpc.call("maintenance_windows", {"account_id": "near"})
    assert window["start"] == rpc.head()["height"]


def test_an_unknown_method(rpc: RpcChain) -> None:
    with pytest.raises(RpcError) as found:
        rpc.call("adv_produce_blocks", [1])
    assert (found.value.status, found.value.cause) == (400, "METHOD_NOT_FOUND")
