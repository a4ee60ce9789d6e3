"""Isolated tests as LiteSVM's users write them: a runtime for each."""

import pytest

from peers.litesvm.chain import Chain
from peers.timing import TESTS


@pytest.fixture
def chain() -> Chain:
    return Chain()


@pytest.mark.parametrize("_number", range(TESTS))
def test_a_program_that_calls_others(chain: Chain, _number: int) -> None:
    made = chain.svm.get_account(chain.call())
    assert made is not None
    assert made.owner != chain.payer.pubkey()
