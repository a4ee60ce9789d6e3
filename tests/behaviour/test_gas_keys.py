"""Gas keys hold money of their own, and pay gas from it: the ledger counts it as their account's."""

from __future__ import annotations

from typing import Any

import fidelity_signing as signing
import pytest

from near_harness import NEAR, Account, Near, expect
from near_harness.outcome import Outcome

pytestmark = pytest.mark.near_needs(protocol=85)
_KEY = signing.key_pair("a gas key")


def _row(tx: Outcome, account: object) -> Any:
    assert tx.ledger is not None
    return tx.ledger.rows[str(account)]


async def _signed(near: Near, signer: Account, key: Any, actions: list[Any], *, receiver: object, nonce: Any) -> Outcome:
    """Send what py-near cannot sign: actions on gas keys, and transactions that a gas key pays."""
    block = await near.client.rpc("block", {"finality": "final"})
    signed, digest = signing.signed_transaction(
        key, signer=signer.id, receiver=str(receiver), nonce=nonce, block_hash=block["header"]["hash"], actions=actions
    )
    await near.client.rpc("send_tx", {"signed_tx_base64": signed, "wait_until": "FINAL"})
    near.client.forget_nonces()
    status = {"tx_hash": digest, "sender_account_id": signer.id, "wait_until": "FINAL"}
    return near.outcome_of(await near.client.rpc("EXPERIMENTAL_tx_status", status))


async def _nonce(near: Near, account: Account) -> int:
    found = await near.client.query("view_access_key", account_id=account.id, public_key=account.key.public_key)
    return int(found["nonce"])


@pytest.fixture
async def funded(near: Near, alice: Account) -> Outcome:
    """What came of giving alice a gas key with 5 NEAR on it."""
    key = signing.public_key(_KEY)
    gas_key = {"nonce": 0, "permission": {"GasKeyFullAccess": {"balance": "0", "num_nonces": 2}}}
    return await _signed(
        near,
        alice,
        signing.key_pair(alice.id),
        [
            {"AddKey": {"public_key": key, "access_key": gas_key}},
            {"TransferToGasKey": {"public_key": key, "deposit": str(int(NEAR(5)))}},
        ],
        receiver=alice,
        nonce=await _nonce(near, alice) + 1,
    )


async def test_money_on_a_gas_key_is_still_the_accounts(funded: Outcome, alice: Account) -> None:
    expect(funded).succeeded().conserved_tokens()
    row = _row(funded, alice)
    assert (row.unexplained, row.change) == (0, -funded.tokens_burnt)


async def test_a_transaction_that_a_gas_key_pays(near: Near, funded: Outcome, alice: Account, bob: Account) -> None:
    key = signing.public_key(_KEY)
    before = await alice.balance()
    nonces = await near.client.query("view_gas_key_nonces", account_id=alice.id, public_key=key)
    tx = await _signed(
        near,
        alice,
        _KEY,
        [{"Transfer": {"deposit": str(int(NEAR(2)))}}],
        receiver=bob,
        nonce={"nonce": int(nonces["nonces"][1]) + 1, "index": 1},
    )
    expect(tx).succeeded().conserved_tokens()
    assert _row(tx, alice).unexplained == 0
    assert (_row(tx, bob).received, await alice.balance()) == (NEAR(2), before - NEAR(2))  # the gas is the key's affair
    assert funded.succeeded
