"""Isolated tests as near-kit's users write them: new accounts and contracts for each, on one node."""

import pytest
from near import Amount, Near

from peers.near_kit_pypi.chain import Bank
from peers.timing import TESTS


@pytest.fixture
def bank(sandbox_near: Near) -> Bank:
    return Bank(sandbox_near)


@pytest.mark.parametrize("_number", range(TESTS))
def test_a_bank_that_asks_a_pool(bank: Bank, _number: int) -> None:
    assert bank.credit() == "0"
    bank.call()
    assert bank.credit() == str(int(Amount("1 NEAR")))
