"""What a replay wants of a chain, and what it waits for."""

from __future__ import annotations

import pytest

from near_harness import NEAR, Near
from near_harness.bundles.form import Bundle, BundleError
from near_harness.bundles.player import Player
from near_harness.progress import untold
from near_harness.transactions import transfer


async def test_what_still_runs_behind_the_last_step_is_waited_for(near: Near) -> None:
    player = Player(near, Bundle({"node": {"root": near.node.root_account_id}, "steps": []}), untold)
    alice = await near.create_account("alice")
    player._running[1] = ({"n": 1}, await alice.batch(near.root, transfer("1 NEAR")).start())
    await player.play()
    assert player._running == {}
    assert await alice.balance() < NEAR(99)


async def test_a_chain_that_has_what_a_bundle_makes_is_refused(near: Near) -> None:
    alice = await near.create_account("alice")
    step = {
        "n": 1,
        "kind": "transaction",
        "signer": near.node.root_account_id,
        "receiver": alice.id,
        "actions": ["CreateAccount"],
    }
    player = Player(near, Bundle({"node": {"root": near.node.root_account_id}, "steps": [step]}), untold)
    with pytest.raises(BundleError, match=r"alice\.sandbox exists on the node already: a bundle needs a fresh chain"):
        await player.play()
