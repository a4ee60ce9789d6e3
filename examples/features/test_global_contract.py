"""A global contract: published once, used by many accounts. By hash it never changes; by account it follows its publisher."""

from __future__ import annotations

import hashlib
from pathlib import Path

from near_harness import NEAR, Account, Near, expect
from near_harness.transactions import deploy_global, use_global


async def test_many_accounts_run_one_contract(near: Near, wasm: Path, alice: Account, bob: Account, carol: Account) -> None:
    code = (wasm / "deposit_demo.wasm").read_bytes()
    await alice.batch(alice, deploy_global(code))
    for user in (bob, carol):
        await user.batch(user, use_global(hashlib.sha256(code).digest()))

    at_bob, at_carol = await near.contract(bob), await near.contract(carol)
    await at_bob.accept().by(alice).attach(NEAR(2))

    assert await at_bob.accepted().amount() == NEAR(2)
    assert await at_carol.accepted().amount() == NEAR(0)  # the code is shared, the state is not


async def test_publishing_costs_ten_times_the_storage_and_using_next_to_nothing(wasm: Path, alice: Account, bob: Account) -> None:
    code = (wasm / "deposit_demo.wasm").read_bytes()

    published = await alice.batch(alice, deploy_global(code))
    used = await bob.batch(bob, use_global(hashlib.sha256(code).digest()))

    assert published.tokens_burnt > NEAR("0.0001") * len(code)  # burnt, not locked: nobody gets it back
    assert used.tokens_burnt < NEAR("0.001")
    expect(published).conserved_tokens()


async def test_an_account_publishes_a_newer_version(near: Near, wasm: Path, alice: Account, bob: Account) -> None:
    await alice.batch(alice, deploy_global((wasm / "staking_pool.wasm").read_bytes(), by="account"))
    await bob.batch(bob, use_global(alice))
    assert "set_paused" in dir(await near.contract(bob))

    await alice.batch(alice, deploy_global((wasm / "deposit_demo.wasm").read_bytes(), by="account"))

    assert "gives_back" in dir(await near.contract(bob))  # bob did nothing
