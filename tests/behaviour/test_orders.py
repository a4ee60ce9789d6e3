"""Arguments, results and state that are nested, in borsh and in JSON, by a contract's own ABI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from near_harness import NEAR, Account, Contract, Near, TransactionFailed
from near_harness.errors import BadInput, InvalidArguments
from near_harness.ledger import Ledger
from near_harness.outcome import Outcome


@pytest.fixture
async def orders(near: Near, contracts: Path) -> Contract:
    """A shop's orders."""
    return await near.deploy(contracts / "orders.wasm", "orders")


def _order(buyer: Account, **other: Any) -> dict[str, Any]:
    return {
        "buyer": buyer,
        "items": [{"name": "tea", "count": 2, "price": NEAR("1.5")}],
        "delivery": {"Post": {"street": "High Street", "number": 7}},
        "note": None,
        "labels": {"fragile": -1},
        "seal": b"wax!",
        **other,
    }


def _ledger(tx: Outcome) -> Ledger:
    assert tx.ledger is not None
    return tx.ledger


async def test_borsh_in_and_out(orders: Contract, alice: Account) -> None:
    tx = await orders.place(_order(alice), "today").by(alice)
    assert (tx.result(), tx.logs) == (1, ("urgent: today",))
    assert (await orders.place(order=_order(alice, delivery="Pickup")).by(alice)).result() == 2
    kept = await orders.order(1)
    assert kept == {**_order(alice), "buyer": alice.id}
    assert (await orders.order(number=2))["delivery"] == "Pickup"
    assert await orders.order(3) is None


async def test_what_does_not_fit_borsh_is_refused_before_it_is_sent(orders: Contract, alice: Account) -> None:
    with pytest.raises(InvalidArguments, match=r"place\.order\.items\[0\]: missing field 'count'; Item has name, count, price"):
        orders.place(_order(alice, items=[{"name": "tea", "price": NEAR(1)}]))
    with pytest.raises(InvalidArguments, match=r"place\.order\.seal: 3 elements, but \[u8; 4\] has 4"):
        orders.place(_order(alice, seal=b"wax"))
    with pytest.raises(InvalidArguments, match="missing argument 'order'"):
        orders.place()


async def test_nested_json_is_checked_at_any_depth(orders: Contract, alice: Account) -> None:
    order = _order(alice, seal=[1, 2, 3, 4])
    assert (await orders.place_json(order).by(alice)).result() == 1
    with pytest.raises(InvalidArguments, match=r"order\.items\[0\]\.count is '2', but the contract takes integer"):
        orders.place_json({**order, "items": [{"name": "tea", "count": "2", "price": "1"}]})
    with pytest.raises(InvalidArguments, match=r"order\.items\[0\] is .*, but the contract takes a value with the field 'price'"):
        orders.place_json({**order, "items": [{"name": "tea", "count": 2}]})
    with pytest.raises(InvalidArguments, match=r"order\.labels\.fragile is 1\.0, but the contract takes integer"):
        orders.place_json({**order, "labels": {"fragile": 1.0}})
    # What the schema lets through, the contract itself decides.
    with pytest.raises(TransactionFailed, match="an order of nothing"):
        await orders.place_json({**order, "items": []}).by(alice)


async def test_rows_of_the_state_are_read_by_the_abi(orders: Contract, alice: Account) -> None:
    read = orders.borsh_type("Order").decode
    tx = await orders.place(_order(alice)).by(alice)
    (row,) = (change for change in _ledger(tx).state.of(orders.id) if change.key.startswith(b"o"))
    before, after = row.decoded(read)
    assert (before, after["buyer"], after["delivery"]) == (None, alice.id, {"Post": {"street": "High Street", "number": 7}})
    with pytest.raises(BadInput, match=r"no method of .* has a borsh type 'Basket'; there are .*Order"):
        orders.borsh_type("Basket")


async def test_a_row_that_is_written_twice_is_one_change(orders: Contract, alice: Account) -> None:
    read = orders.borsh_type("Order").decode
    await orders.place(_order(alice)).by(alice)
    plain = _order(alice, seal=[1, 2, 3, 4])
    tx = await alice.batch(orders, orders.replace(1, {**plain, "note": "first"}), orders.replace(1, {**plain, "note": "second"}))
    (row,) = (change for change in _ledger(tx).state.of(orders.id) if change.key.startswith(b"o"))
    before, after = row.decoded(read)
    assert (before["note"], after["note"]) == (None, "second")
    assert row.receipts == (tx.receipt(orders),)


@pytest.mark.near_needs("stepping")
async def test_two_receipts_in_one_block_have_each_their_own_change(
    near: Near, orders: Contract, alice: Account, bob: Account
) -> None:
    read = orders.borsh_type("Order").decode
    await orders.place(_order(alice)).by(alice)
    async with near.paused() as chain:
        sent = [await chain.send(orders.replace(1, _order(who, note=who.id, seal=[1, 2, 3, 4])).by(who)) for who in (alice, bob)]
        await chain.run()
        placed = await chain.send(orders.place(_order(bob)).by(bob))
        first, second = [await tx for tx in sent]
        assert (await placed).result() == 2
    assert first.receipt(orders).block_hash == second.receipt(orders).block_hash
    notes = []
    for tx in (first, second):
        (change,) = _ledger(tx).state.of(orders.id)
        assert change.receipts == (tx.receipt(orders),)
        notes.append(tuple(row["note"] for row in change.decoded(read)))
    assert notes == [(None, alice.id), (alice.id, bob.id)]
