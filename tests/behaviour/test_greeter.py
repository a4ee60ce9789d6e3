"""An init that may be called again, and one that may not: who owns the contract then."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness import NEAR, Account, ContractPanic, Near
from near_harness.errors import NotPayable


async def test_whoever_begins_again_owns_the_bad_one(near: Near, contracts: Path, alice: Account) -> None:
    greeter = await near.deploy(contracts / "greeter_bad.wasm", "greeter", init="new")
    await greeter.new().by(alice)
    assert await greeter.owner() == alice.id

    await greeter.set_greeting(greeting="hi").by(alice).attach(NEAR(1))
    assert await greeter.greeting() == "hi"


@pytest.mark.near_needs("patch_state")
async def test_the_good_one_begins_once_and_is_brought_up_to_date_by_itself(near: Near, contracts: Path, alice: Account) -> None:
    greeter = await near.deploy(contracts / "greeter_good.wasm", "greeter", init="new")
    await greeter.new().by(alice).expect_failure(ContractPanic, "already been initialized")
    await greeter.migrate().by(alice).expect_failure(ContractPanic, "private")
    with pytest.raises(NotPayable):
        greeter.set_greeting(greeting="hi").by(alice).attach(NEAR(1))

    old = len(alice.id).to_bytes(4, "little") + alice.id.encode()  # its state had an owner alone
    await near.set_storage(greeter, {"STATE": old})
    await greeter.migrate().by(greeter.account)
    assert (await greeter.owner(), await greeter.greeting()) == (alice.id, "hello")
