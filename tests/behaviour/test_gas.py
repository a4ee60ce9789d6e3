"""Where the gas goes, hop by hop, agrees with what the protocol gives back; and the least that a call needs is the least."""

from __future__ import annotations

from dataclasses import replace

import pytest

from near_harness import NEAR, Account, Contract, Gas, Near, TGas, expect
from near_harness.errors import BadInput
from near_harness.gas import gas_uses, profile
from near_harness.gas.use import tight_uses
from near_harness.outcome import Outcome, Refund
from near_harness.outcome.failures import GasExceeded
from near_harness.render.gas import hops_text


@pytest.fixture
async def demo(near: Near, contracts: object) -> Contract:
    """Passes deposits on to a callee that refuses them."""
    return await near.deploy(f"{contracts}/deposit_demo.wasm", "demo")


def _refunded_gas(tx: Outcome) -> dict[str, int]:
    """The unused gas of each receipt by what the protocol gave back for it: ``unused x P + (P - B) x burnt``."""
    found = {}
    bodies = {body["receipt_id"]: body for body in tx.raw["receipts"]}
    for refund in tx.refunds:
        if refund.refund is Refund.GAS and refund.parent is not None and refund.parent.id in bodies:
            parent = refund.parent
            paid = int(bodies[parent.id]["receipt"]["Action"]["gas_price"])
            price = int(parent.tokens_burnt) // int(parent.gas_burnt)
            unused, rest = divmod(int(refund.deposit) - (paid - price) * int(parent.gas_burnt), paid)
            assert rest == 0
            found[parent.id] = unused
    return found


async def test_what_is_left_is_what_the_protocol_gives_back(near: Near, bank: Contract, pool: Contract, alice: Account) -> None:
    if near.node.protocol_version < 85:
        pytest.skip(f"protocol {near.node.protocol_version}: the surplus of the price comes back from 85 on")
    for paused in (False, True):
        await pool.set_paused(paused=paused).by(pool.account)
        tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150)).attempt()
        given_back = _refunded_gas(tx)
        uses = gas_uses(tx)
        assert len(uses) == len(given_back.keys() & {use.receipt.id for use in uses}) == 3
        assert {use.receipt.id: int(use.left) for use in uses} == {use.receipt.id: given_back[use.receipt.id] for use in uses}
        assert all(use.used + use.left == use.attached for use in uses)


async def test_hops_print_as_a_table(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    lines = hops_text(gas_uses(tx)).splitlines()
    assert lines[0].split() == ["receipt", "attached", "burnt", "with", "fees", "passed", "on", "left", "to", "spare"]
    assert lines[1].startswith(f"{alice.id} -> {bank.id}.deposit_and_stake")
    assert "150 Tgas" in lines[1] and lines[1].endswith("0%")  # what is not used goes to the promises
    assert len(lines) == 4


async def test_the_profile_names_host_functions(bank: Contract, pool: Contract, alice: Account) -> None:
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    receipt = tx.receipt(bank, "on_staked")
    found = profile(receipt)
    assert {"WASM_INSTRUCTION", "STORAGE_WRITE_BASE", "LOG_BASE"} <= found.keys()
    assert sum(found.values(), Gas(0)) == receipt.vm_gas
    assert list(found.values()) == sorted(found.values(), reverse=True)
    assert profile(*tx.receipts)["STORAGE_WRITE_BASE"] > found["STORAGE_WRITE_BASE"]


@pytest.mark.near_needs("snapshot")
async def test_the_least_gas_is_enough_and_less_is_not(near: Near, pool: Contract, alice: Account) -> None:
    call = pool.deposit_and_stake().by(alice).attach(NEAR(1))
    before = await alice.balance()
    least = await near.gas.minimum(call, precision="0.001 Tgas")
    assert await alice.balance() == before
    assert TGas("0.1") < least < TGas(3)
    (use,) = gas_uses(await call.gas(least))
    assert use.left < TGas("0.001")
    await call.gas(least - TGas("0.001")).expect_failure(GasExceeded)


@pytest.mark.near_needs("snapshot")
async def test_the_least_gas_for_a_call_with_a_callback(near: Near, demo: Contract, alice: Account) -> None:
    call = demo.gives_back(callee=demo).by(alice).attach(NEAR(1))
    least = await near.gas.minimum(call)
    expect(await call.gas(least).attempt()).succeeded().returned_everything_but_gas(to=alice)
    expect(await call.gas(least - TGas("0.02")).attempt()).failed(GasExceeded)


@pytest.mark.near_needs("snapshot")
async def test_a_goal_of_ones_own(near: Near, demo: Contract, alice: Account) -> None:
    call = demo.gives_back(callee=demo).by(alice).attach(NEAR(1))
    assert await near.gas.minimum(call, until=lambda tx: tx.find(demo, "refuse") != ()) <= await near.gas.minimum(call)


@pytest.mark.near_needs("snapshot")
async def test_no_least_where_nothing_is_enough(near: Near, bank: Contract, alice: Account) -> None:
    with pytest.raises(BadInput, match="does not end well even with all its gas"):
        await near.gas.minimum(bank.withdraw().by(alice))
    with pytest.raises(BadInput, match="give gas above zero"):
        await near.gas.minimum(bank.withdraw().by(alice), precision="0 Tgas")


@pytest.mark.filterwarnings("ignore::near_harness.plugin.gas.TightCallback")
async def test_a_callback_that_sends_money_with_little_to_spare_is_tight(demo: Contract, alice: Account) -> None:
    enough = await demo.gives_back(callee=demo).by(alice).attach(NEAR(1)).attempt()
    plenty = next(use for use in gas_uses(enough) if use.receipt.method == "give_back")
    assert not plenty.is_tight and plenty.spare > 0.9
    needs = Gas(int(plenty.used) * 110 // 100)
    tx = await demo.gives_back_with_too_little_gas(callee=demo, callback_gas=needs).by(alice).attach(NEAR(1)).attempt()
    tight = next(use for use in gas_uses(tx) if use.receipt.method == "give_back")
    assert tight.is_tight and 0.05 < tight.spare < 0.15
    assert not any(use.is_tight for use in gas_uses(tx) if use.receipt.method != "give_back")
    assert replace(tight, left=Gas(0)).is_tight, "what it sends is a transfer, to which gas is of no use"


async def test_a_callback_that_gives_all_that_is_left_to_its_calls_is_not_tight(near: Near, alice: Account) -> None:
    caller, callee = await near.puppet("caller"), await near.puppet("callee", methods=["ask", "pay"])
    caller.on("go").calls(callee, "ask", gas=TGas(5)).then("pay_on", gas=TGas(30))
    caller.on("pay_on").calls(callee, "pay", deposit=NEAR(1))
    tx = await caller.go().by(alice).gas(TGas(100))
    (use,) = [use for use in gas_uses(tx) if use.receipt.method == "pay_on"]
    assert (use.left, use.spare, use.is_tight) == (Gas(0), 0.0, False)
    assert tight_uses(tx) == ()
