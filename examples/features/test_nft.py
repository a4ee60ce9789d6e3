"""A non-fungible token (NEP-171): a transfer that tells the receiver, and what becomes of it when the receiver misbehaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import Account, Call, Contract, ContractPanic, Near, TGas, expect, yocto

THING = "teapot"


@pytest.fixture
async def collectibles(near: Near, wasm: Path, alice: Account) -> Contract:
    """The token contract; the teapot is alice's."""
    contract = await near.deploy(wasm / "collectibles.wasm", "collectibles")
    await contract.nft_mint(token_id=THING, receiver_id=alice).by(contract)
    return contract


async def owner(collectibles: Contract) -> str:
    """Whose the teapot is."""
    return str((await collectibles.nft_token(token_id=THING))["owner_id"])


async def test_a_transfer(collectibles: Contract, alice: Account, bob: Account) -> None:
    tx = await collectibles.nft_transfer(receiver_id=bob, token_id=THING).by(alice).attach(yocto(1))

    moved = [{"old_owner_id": alice.id, "new_owner_id": bob.id, "token_ids": [THING]}]
    expect(tx).contains(event={"standard": "nep171", "event": "nft_transfer", "data": moved})
    assert await owner(collectibles) == bob.id


async def test_one_yocto_has_to_be_attached(collectibles: Contract, alice: Account, bob: Account) -> None:
    call = collectibles.nft_transfer(receiver_id=bob, token_id=THING).by(alice)

    await call.expect_failure(ContractPanic, "Requires attached deposit of exactly 1 yoctoNEAR")


async def test_nobody_gives_away_what_is_not_theirs(collectibles: Contract, bob: Account, carol: Account) -> None:
    call = collectibles.nft_transfer(receiver_id=carol, token_id=THING).by(bob).attach(yocto(1))

    await call.expect_failure(ContractPanic, "not yours to give")


def give(collectibles: Contract, alice: Account, gallery: object) -> Call:
    """Alice's teapot for the gallery, with a message."""
    call: Call = collectibles.nft_transfer_call(receiver_id=gallery, token_id=THING, msg="look")
    return call.by(alice).attach(yocto(1)).gas(TGas(60))


async def test_a_receiver_that_keeps_it(near: Near, collectibles: Contract, alice: Account) -> None:
    gallery = await near.puppet("gallery")
    gallery.on("nft_on_transfer").returns(False)  # "send it back?" no

    tx = await give(collectibles, alice, gallery)

    assert tx.result() is True
    assert await owner(collectibles) == gallery.id


async def test_a_receiver_that_sends_it_back(near: Near, collectibles: Contract, alice: Account) -> None:
    gallery = await near.puppet("gallery")
    gallery.on("nft_on_transfer").returns(True)

    tx = await give(collectibles, alice, gallery)

    assert tx.result() is False
    assert await owner(collectibles) == alice.id


@pytest.mark.parametrize("way", ["panics", "garbage", "huge"])
async def test_a_receiver_that_misbehaves_does_not_get_it(near: Near, collectibles: Contract, alice: Account, way: str) -> None:
    gallery = await near.puppet("gallery")
    script = gallery.on("nft_on_transfer")
    {"panics": lambda: script.panics("no"), "garbage": script.returns_garbage, "huge": script.returns_huge}[way]()

    tx = await give(collectibles, alice, gallery).attempt()

    assert not tx.failed  # the callback runs whatever happened
    assert await owner(collectibles) == alice.id
