"""The code of docs/puppets.md, and the report that it shows."""

import doctest

import pytest
from docs.blocks import DOCS, blocks
from docs.conftest import collected

from near_harness import NEAR, TGas

globals().update(collected("puppets.md"))


async def test_the_report_is_what_the_page_shows(near, bank, pool, alice):
    before = await alice.balance()

    async def deposit():
        await bank.deposit_and_stake_wrong(pool=pool).by(alice).attach(NEAR(10)).gas(TGas(150))

    async def alice_has_the_money_or_the_credit():
        given, owed = before - await alice.balance(), await bank.credit_of(alice).amount()
        assert abs(given - owed) < NEAR("0.1"), f"alice gave {given}, and the bank owes her {owed}"

    report = await near.fault_sweep(deposit, invariant=alice_has_the_money_or_the_credit)
    with pytest.raises(AssertionError) as unsafe:
        report.assert_safe()
    (shown,) = (block.code for block in blocks(DOCS / "puppets.md") if block.language == "text")
    wanted = shown.replace("…", "...")
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.OutputChecker().check_output(wanted, str(unsafe.value), flags), str(unsafe.value)
