"""Who paid whom in a transaction, from its receipt tree alone: plain functions, no node is asked.

Every account's change of balance follows from the tree:

* who creates a receipt pays its deposits when it creates it; the receiver gets them when the receipt succeeds;
* the deposits of a receipt that fails come back in a receipt of ``system``, to the predecessor or to ``refund_to``;
* the signer pays all gas: what was burnt (``tokens_burnt``), since the rest comes back to it in refunds of gas;
* a contract gets 30 % of what its calls burn, before protocol 87;
* a deleted account's money goes to the beneficiary.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt, Refund
from near_harness.units import Amount

ONE_YOCTO = Amount(1)


class Cause(str, Enum):
    """Why money moved."""

    DEPOSIT = "deposit"
    """Attached to a call."""
    TRANSFER = "transfer"
    REFUND = "refund"
    """A failed receipt's deposit, returned by the protocol."""
    DELETION = "deletion"
    """What a deleted account had."""
    GAS = "gas"
    """Burnt; paid by the signer."""
    LOST = "lost refund"
    """A refund of gas that found its account deleted: burnt."""
    REWARD = "reward"
    """A contract's part of the gas that its calls burnt."""


@dataclass(frozen=True)
class Movement:
    """Money that moved, in yoctoNEAR. ``payer`` None: out of a receipt that failed, or out of what was burnt.

    ``payee`` None: it is burnt, or it stays in a receipt that failed (a refund follows) or was not executed.
    """

    cause: Cause
    amount: Amount
    payer: str | None
    payee: str | None
    receipt: Receipt | None = None


def movements(outcome: Outcome, rewards: bool) -> tuple[Movement, ...]:
    """All movements of a transaction, in the order of the tree, gas at the end. ``rewards``: protocol before 87."""
    moved = [movement for receipt in outcome.receipts for movement in _of_receipt(receipt)]
    if outcome.tokens_burnt:
        moved.append(Movement(Cause.GAS, outcome.tokens_burnt, outcome.signer, None))
    lost = (refund for refund in outcome.refunds if refund.refund is Refund.GAS and refund.how_failed is not None)
    moved.extend(Movement(Cause.LOST, refund.deposit, outcome.signer, None, refund) for refund in lost)
    for receipt in outcome.receipts if rewards else ():
        reward = receipt_reward(receipt, outcome)
        if reward:
            moved.append(Movement(Cause.REWARD, reward, None, receipt.receiver, receipt))
    return tuple(moved)


def _of_receipt(receipt: Receipt) -> list[Movement]:
    to = receipt.receiver if receipt.arrived else None
    if receipt.refund is Refund.GAS or not receipt.deposit:
        return []
    if receipt.refund is not None:
        if receipt.refund is Refund.DEPOSIT:
            return [Movement(Cause.REFUND, receipt.deposit, None, to, receipt)]
        return [Movement(Cause.DELETION, receipt.deposit, receipt.payer, to, receipt)]
    return [
        Movement(Cause.DEPOSIT if action.method else Cause.TRANSFER, action.deposit, receipt.predecessor, to, receipt)
        for action in receipt.actions
        if action.deposit
    ]


def one_yocto_promises(outcome: Outcome) -> dict[str, int]:
    """How many calls with exactly one yoctoNEAR each contract made.

    From protocol 85 on, one that a contract without a balance makes is paid by the protocol (nearcore:
    ``one_yocto_on_promise``), so that money comes from nowhere.
    """
    made: dict[str, int] = {}
    for receipt in outcome.receipts:
        if receipt.parent is not None and receipt.refund is None and receipt.deposit == ONE_YOCTO and receipt.methods:
            made[receipt.predecessor] = made.get(receipt.predecessor, 0) + 1
    return made


def receipt_reward(receipt: Receipt, outcome: Outcome) -> Amount:
    """What the receiver of a receipt got from the gas that its calls burnt, by the rule before protocol 87.

    ``floor(0.3 x gas burnt by the virtual machine) x gas price``, also for a failed receipt. The gas price is what the
    receipt paid per unit; where creating an account is charged on top, that of the transaction.
    """
    burnt_by_vm = receipt.vm_gas
    if not burnt_by_vm:
        return Amount(0)
    price, charged = divmod(int(receipt.tokens_burnt), int(receipt.gas_burnt))
    if charged:
        price = int(outcome.conversion_tokens) // int(outcome.conversion_gas)
    return Amount(int(burnt_by_vm) * 3 // 10 * price)
