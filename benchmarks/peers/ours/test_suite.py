"""Isolated tests as this project's users write them: on the embedded node one setting, to which each test goes back."""

import os

import pytest

from near_harness import Near
from peers.ours.chain import Bank
from peers.timing import TESTS

_EMBEDDED = os.environ["NEAR_HARNESS_NODE"] == "embedded"


@pytest.fixture(scope="module" if _EMBEDDED else "function")
async def bank(near: Near) -> Bank:
    return await Bank(near).open()


@pytest.mark.parametrize("_number", range(TESTS))
async def test_a_bank_that_asks_a_pool(bank: Bank, _number: int) -> None:
    assert await bank.credit() == 0
    await bank.call()
    assert await bank.credit() == 10**24
