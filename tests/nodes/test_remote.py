"""The remote kind: public networks are refused, and the root key is looked at before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from near_harness import KeyPair
from near_harness.config import parse_node
from near_harness.errors import CapabilityMissing, InvalidSetting, NodeStartFailed, NodeUnreachable, PublicNetwork
from near_harness.nodes import remote
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.binary import BinaryNode
from near_harness.nodes.embedded import EmbeddedNode
from near_harness.nodes.remote import RemoteNode, refuse_public_host, root_from_environment


@pytest.fixture
def embedded() -> Iterator[EmbeddedNode]:
    node = EmbeddedNode(NodeSettings())
    node.start()
    yield node
    node.stop()


def test_an_embedded_node_that_has_made_no_block_is_taken_up(embedded: EmbeddedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_ANSWER_LIMIT_S", 3.0)
    node = at(embedded.rpc_url)
    node.start()
    node.stop()


def at(url: str) -> RemoteNode:
    return RemoteNode(NodeSettings(kind="remote", detail=url))


@pytest.mark.usefixtures("drop_in")
def test_a_sandbox_that_runs_is_taken_up() -> None:
    other = BinaryNode(NodeSettings(kind="binary"))
    other.start()
    try:
        node = at(other.rpc_url)
        node.start()
        assert (node.kind, node.root_account_id, node.protocol_version) == ("remote", "sandbox", 86)
        assert node.capabilities.patch_state
        assert node.capabilities.time_travel
        height = node.height
        node.fast_forward(70)
        assert node.height >= height + 70
        with pytest.raises(CapabilityMissing, match="has no snapshot"):
            node.snapshot()
        with pytest.raises(CapabilityMissing, match="cannot begin again"):
            node.renew()
        node.stop()
        assert other.height > height  # it goes on
    finally:
        other.stop()


@pytest.mark.parametrize(
    "url",
    [
        "https://rpc.mainnet.near.org",
        "https://rpc.testnet.near.org/",
        "https://near-testnet.example.com",
        "https://free.rpc.fastnear.com",
    ],
)
def test_hosts_of_public_networks_are_refused_before_they_are_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PublicNetwork, match="name the chain: NEAR_HARNESS_ALLOW_CHAIN=testnet"):
        at(url).start()
    monkeypatch.setenv("NEAR_HARNESS_ALLOW_CHAIN", "testnet")
    refuse_public_host(url)


def test_a_public_chain_is_refused_whatever_its_address(embedded: EmbeddedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.fast_forward(5)
    monkeypatch.setattr(remote, "_PUBLIC", ("sandbox",))
    with pytest.raises(PublicNetwork, match=r"is a node of sandbox: .*NEAR_HARNESS_ALLOW_CHAIN=sandbox"):
        at(embedded.rpc_url).start()
    monkeypatch.setenv("NEAR_HARNESS_ALLOW_CHAIN", "testnet")
    with pytest.raises(PublicNetwork):
        at(embedded.rpc_url).start()


def test_a_key_that_the_root_account_has_not_is_told(embedded: EmbeddedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.fast_forward(5)
    monkeypatch.setenv("NEAR_HARNESS_ROOT_KEY", KeyPair.from_seed("somebody else").secret_key)
    with pytest.raises(NodeStartFailed, match=r"does not know the key ed25519:\w+ of its root account 'sandbox'"):
        at(embedded.rpc_url).start()


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_ANSWER_LIMIT_S", 0.2)
    with pytest.raises(NodeUnreachable, match=r"no answer within 0 s: http://127\.0\.0\.1:9 does not answer"):
        at("http://127.0.0.1:9").start()


def test_the_root_key_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = KeyPair.from_seed("validator")
    assert root_from_environment() == ("sandbox", KeyPair.from_seed("sandbox"))
    monkeypatch.setenv("NEAR_HARNESS_ROOT_ACCOUNT", "test.near")
    assert root_from_environment() == ("test.near", KeyPair.from_seed("test.near"))
    monkeypatch.setenv("NEAR_HARNESS_ROOT_KEY", key.secret_key)
    assert root_from_environment() == ("test.near", key)
    monkeypatch.delenv("NEAR_HARNESS_ROOT_ACCOUNT")
    file = tmp_path / "validator_key.json"
    file.write_text(json.dumps({"account_id": "node0", "public_key": key.public_key, "secret_key": key.secret_key}))
    monkeypatch.setenv("NEAR_HARNESS_ROOT_KEY", str(file))
    assert root_from_environment() == ("node0", key)
    file.write_text("{}")
    with pytest.raises(InvalidSetting, match=r"is neither 'ed25519:…' nor a key file"):
        root_from_environment()
    monkeypatch.setenv("NEAR_HARNESS_ROOT_KEY", "ed25519:secret")
    with pytest.raises(InvalidSetting) as refused:
        root_from_environment()
    assert "ed25519:secret" not in str(refused.value)


def test_the_address_is_written_as_the_node() -> None:
    assert parse_node("http://127.0.0.1:3030/", {}).name == "http://127.0.0.1:3030"
    assert parse_node("remote", {"NEAR_HARNESS_RPC_URL": "http://a:1"}).detail == "http://a:1"
    with pytest.raises(InvalidSetting, match="give the address itself"):
        parse_node("remote", {})
    with pytest.raises(InvalidSetting, match="has nothing to choose"):
        EmbeddedNode(parse_node("embedded:86", {}))
