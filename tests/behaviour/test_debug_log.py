"""What contracts print with ``sandbox_debug_log``, the host function that only sandboxes have."""

from __future__ import annotations

import asyncio

import pytest
from printing import write_printing_contract

from near_harness import Account, Contract, Near, expect
from near_harness.outcome.failures import HostError, WasmTrap

_TRIES = 500
"""Docker takes a moment to hand over what a container wrote."""


@pytest.fixture
async def printing(near: Near) -> Contract:
    return await near.deploy(write_printing_contract(), "printing")


async def _printed(near: Near, lines: int) -> tuple[str, ...]:
    for _ in range(_TRIES):
        if len(near.debug_log()) >= lines:
            break
        await asyncio.sleep(0.01)
    return near.debug_log()


def _is_heard(near: Near) -> bool:
    return near.node.kind != "remote"


async def test_a_contract_prints(near: Near, printing: Contract, alice: Account) -> None:
    tx = await printing.prints().by(alice)
    assert tx.logs == ()  # it is no log of the protocol
    if _is_heard(near):
        assert await _printed(near, 2) == ("so far", "and further")


async def test_it_stays_when_the_receipt_fails(near: Near, printing: Contract, alice: Account) -> None:
    expect(await printing.fails().by(alice).attempt()).failed(WasmTrap)
    if _is_heard(near):
        assert await _printed(near, 1) == ("before it fails",)


async def test_what_is_no_text_fails_the_receipt(printing: Contract, alice: Account) -> None:
    tx = await printing.broken().by(alice).attempt()
    expect(tx).failed(HostError, "UTF-8")


async def test_a_view_prints(near: Near, printing: Contract) -> None:
    await near.view(printing, "prints")
    if _is_heard(near):
        assert await _printed(near, 2) == ("so far", "and further")
