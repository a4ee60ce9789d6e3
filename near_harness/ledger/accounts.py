"""One account's part in a transaction: what it had, why it has more or less now, and how much its storage locks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from near_harness.ledger.movements import Cause, Movement
from near_harness.units import Amount

STORAGE_PRICE = Amount(10**19)
"""What a byte of storage locks, in yoctoNEAR (``storage_amount_per_byte``)."""


@dataclass(frozen=True)
class Holding:
    """What an account holds at a block: yoctoNEAR, locked money and gas keys included, and bytes of storage."""

    balance: Amount
    storage: int


@dataclass(frozen=True)
class AccountRow:
    """An account's line of the ledger, in yoctoNEAR. ``before`` and ``after`` are None where it did not exist.

    ``paid`` and ``received`` are deposits and transfers, ``refunded`` is what the protocol returned, ``reward`` a contract's
    part of burnt gas, ``gas`` what was burnt at the account's cost.
    """

    account: str
    before: Holding | None
    after: Holding | None
    paid: Amount
    received: Amount
    refunded: Amount
    reward: Amount
    gas: Amount
    others: Amount = Amount(0)
    """What others moved in the same blocks. It is asked for only where the receipts do not explain the change."""
    by_others: tuple[str, ...] = ()
    """Who they are: ``transaction …``, ``receipt …`` (of a transaction that is not known), ``validators' rewards``."""

    @property
    def change(self) -> Amount:
        """What the account has more than before."""
        return _balance(self.after) - _balance(self.before)

    @property
    def net(self) -> Amount:
        """What the account got more than it gave, gas and rewards left out."""
        return self.received + self.refunded - self.paid

    @property
    def unexplained(self) -> Amount:
        """The part of the change that neither the receipts nor :attr:`others` explain.

        It is what the protocol gives for calls with one yoctoNEAR, and where a node does not tell of others, what they moved.
        """
        return self.change - self.net - self.reward + self.gas - self.others

    @property
    def storage_change(self) -> int:
        """How many bytes of storage the account uses more than before."""
        return (self.after.storage if self.after else 0) - (self.before.storage if self.before else 0)

    @property
    def storage_locked(self) -> Amount:
        """What the storage locks more than before; it stays part of the balance."""
        return STORAGE_PRICE * self.storage_change


def _balance(holding: Holding | None) -> Amount:
    return Amount(0) if holding is None else holding.balance


def account_row(account: str, before: Holding | None, after: Holding | None, moved: Iterable[Movement]) -> AccountRow:
    """Add up what moved for one account."""
    sums = dict.fromkeys(("paid", "received", "refunded", "reward", "gas"), Amount(0))
    for movement in moved:
        burnt = movement.cause in (Cause.GAS, Cause.LOST)
        if movement.payer == account:
            sums["gas" if burnt else "paid"] += movement.amount
        if movement.payee == account:
            column = {Cause.REFUND: "refunded", Cause.REWARD: "reward"}.get(movement.cause, "received")
            sums[column] += movement.amount
    paid, received, refunded, reward, gas = sums.values()
    return AccountRow(account, before, after, paid, received, refunded, reward, gas)
