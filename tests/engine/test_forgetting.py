"""Old epochs are forgotten where that is asked for: memory stays flat, what is gone is unknown, and the chain goes on as ever."""

from __future__ import annotations

import json
from typing import Any

import near_harness_engine as engine
import pytest

_EPOCH = 10


def _chain(keep: int | None) -> engine.Chain:
    genesis = engine.sandbox_genesis(epoch_length=_EPOCH, time_ns=10**18)
    return engine.Chain(genesis, blocks="interval", gc_num_epochs_to_keep=keep)


def _ask(chain: engine.Chain, method: str, params: Any) -> Any:
    answer = chain.request(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode())
    assert isinstance(answer, tuple)
    return json.loads(answer[1])


def _block(chain: engine.Chain, reference: Any) -> Any:
    return _ask(chain, "block", reference)["result"]["header"]


@pytest.fixture
def kept() -> engine.Chain:
    """Ten epochs, of which the last three are kept."""
    chain = _chain(3)
    chain.produce_blocks(10 * _EPOCH)
    return chain


def test_the_chain_is_the_same_as_without(kept):
    whole = _chain(None)
    whole.produce_blocks(10 * _EPOCH)
    final = {"finality": "optimistic"}
    assert _block(kept, final) == _block(whole, final)
    assert kept.snapshot().height == whole.height


def test_the_last_epochs_are_there_and_the_others_are_not(kept):
    first = _ask(kept, "status", [])["result"]["sync_info"]["earliest_block_height"]
    newest = kept.epoch_height
    for height in range(1, kept.height + 1):
        answer = _ask(kept, "block", {"block_id": height})
        if height < first:
            assert answer["error"]["cause"]["name"] == "UNKNOWN_BLOCK", answer
        else:
            assert answer["result"]["header"]["height"] == height
    epochs = {_block(kept, {"block_id": height})["epoch_id"] for height in range(first, kept.height + 1)}
    assert len(epochs) == 3 < newest
    account = {"request_type": "view_account", "account_id": "sandbox"}
    assert _ask(kept, "query", {**account, "block_id": first})["result"]["block_height"] == first
    assert _ask(kept, "query", {**account, "block_id": first - 1})["error"]["cause"]["name"] == "UNKNOWN_BLOCK"
    assert _block(kept, {"sync_checkpoint": "earliest_available"})["height"] == first


def test_genesis_stays(kept):
    assert _block(kept, {"sync_checkpoint": "genesis"}) == _block(kept, {"block_id": 0}) == _block(_chain(None), {"block_id": 0})


def test_a_snapshot_keeps_what_it_had():
    chain = _chain(3)
    chain.produce_blocks(_EPOCH)
    snapshot = chain.snapshot()
    chain.produce_blocks(10 * _EPOCH)
    chain.restore(snapshot)
    assert _block(chain, {"block_id": 1})["height"] == 1


def test_what_needs_all_blocks_says_what_is_missing(kept):
    with pytest.raises(engine.EngineError, match="forgets old blocks.*cannot be saved"):
        kept.snapshot().save(b"")
    head = _block(kept, {"finality": "optimistic"})
    params = {"block_hash": head["prev_hash"], "light_client_head": head["hash"]}
    error = _ask(kept, "EXPERIMENTAL_light_client_block_proof", params)["error"]
    assert "are forgotten: gc_num_epochs_to_keep" in json.dumps(error)


@pytest.mark.parametrize("epochs", [0, 2])
def test_three_epochs_are_the_least(epochs):
    with pytest.raises(engine.EngineError, match="at least 3 epochs"):
        _chain(epochs)


def test_time_moves_forward_over_many_forgotten_epochs(kept):
    assert "result" in _ask(kept, "sandbox_fast_forward", {"delta_height": 50 * _EPOCH})
    assert _ask(kept, "validators", [None])["result"]["epoch_height"] == kept.epoch_height
    first = _ask(kept, "status", [])["result"]["sync_info"]["earliest_block_height"]
    assert kept.height - first < 4 * _EPOCH
