"""Nodes whose genesis and configuration were edited obey them: the same settings on every kind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from near_harness import Near
from near_harness.errors import InvalidSetting, NodeStartFailed, ViewFailed
from near_harness.nodes.base import Node, NodeSettings
from near_harness.nodes.edits import parse_edits
from near_harness.nodes.registry import create_node
from near_harness.nodes.rpc import Rpc

pytestmark = pytest.mark.usefixtures("drop_in")
KINDS = ("embedded", "binary")


@contextmanager
def started(kind: str, *, genesis: tuple[str, ...] = (), config: tuple[str, ...] = (), **more: Any) -> Iterator[tuple[Node, Rpc]]:
    node = create_node(NodeSettings(kind=kind, genesis=parse_edits(genesis), config=parse_edits(config), **more))
    node.start()
    try:
        yield node, Rpc(node.rpc_url)
    finally:
        node.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_a_genesis_of_ones_own(kind: str) -> None:
    with started(kind, genesis=("epoch_length=20", "gas_limit=500000000000000", "min_gas_price=7")) as (node, rpc):
        found = rpc.call("EXPERIMENTAL_genesis_config", [])
        assert (found["epoch_length"], found["gas_limit"], found["min_gas_price"]) == (20, 500_000_000_000_000, "7")
        epoch = rpc.call("validators", [None])["epoch_height"]
        node.fast_forward(60)
        assert rpc.call("validators", [None])["epoch_height"] >= epoch + 2
        assert int(rpc.call("gas_price", [None])["gas_price"]) < 100_000_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_chain_need_not_be_fast(kind: str) -> None:
    with started(kind, fast=False) as (_, rpc):
        assert rpc.call("EXPERIMENTAL_genesis_config", [])["epoch_length"] == 500


@pytest.mark.parametrize("kind", KINDS)
def test_a_limit_of_the_gas_of_views(kind: str, contracts: Path) -> None:
    async def too_little(node: Node) -> None:
        near = Near(node)
        try:
            bank = await near.deploy(contracts / "bank.wasm", "bank")
            with pytest.raises(ViewFailed, match="GasExceeded"):
                await near.view(bank.id, "total_credit")
        finally:
            await near.client.close()

    with started(kind, config=("max_gas_burnt_view=1000000000",)) as (node, rpc):
        assert rpc.call("client_config", [])["max_gas_burnt_view"] == 1_000_000_000
        asyncio.run(too_little(node))


def test_a_binary_makes_blocks_at_the_pace_that_was_chosen() -> None:
    with started("binary", block_time_ms=1000) as (_, rpc):
        assert rpc.call("client_config", [])["min_block_production_delay"] == "[1,0]"
        before = int(rpc.status()["sync_info"]["latest_block_height"])
        time.sleep(2.5)
        assert 1 <= int(rpc.status()["sync_info"]["latest_block_height"]) - before <= 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_the_genesis_has_not(kind: str) -> None:
    with pytest.raises(InvalidSetting, match="did you mean 'epoch_length'"), started(kind, genesis=("epoch_lenght=20",)):
        pass


@pytest.mark.parametrize("kind", KINDS)
def test_a_genesis_that_no_chain_can_have(kind: str) -> None:
    with pytest.raises(NodeStartFailed, match="gas_limit is 0"), started(kind, genesis=("gas_limit=0",)):
        pass


def test_the_embedded_node_has_little_to_configure() -> None:
    with (
        pytest.raises(InvalidSetting, match="there are gc_num_epochs_to_keep, max_gas_burnt_view"),
        started("embedded", config=("archive=true",)),
    ):
        pass
    for config in ("max_gas_burnt_view=much", "gc_num_epochs_to_keep=2"):
        with pytest.raises(NodeStartFailed, match="the chain cannot begin"), started("embedded", config=(config,)):
            pass
