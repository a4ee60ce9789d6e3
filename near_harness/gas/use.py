"""Where the gas of a transaction went, hop by hop: plain functions over the receipt tree.

A call is given gas (``attached``). Its virtual machine burns a part, and passes another on: the gas of the promises that it
makes, and the fees for executing them, which are reserved when they are made. What is left comes back to the signer as money.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from near_harness.outcome.criteria import kind_of
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Receipt
from near_harness.units import Gas

LITTLE_TO_SPARE = 0.2
"""A callback that moves money should have more than this part of its gas left."""


@dataclass(frozen=True)
class GasUse:
    """The gas of one receipt that calls methods.

    ``attached`` is what its calls were given, ``burnt`` what executing it burnt, fees of the receipt included, ``passed_on``
    what its promises got, ``left`` what was not used.
    """

    receipt: Receipt
    attached: Gas
    burnt: Gas
    passed_on: Gas
    left: Gas

    @property
    def used(self) -> Gas:
        """What the calls needed of what they were given: with less they fail."""
        return self.attached - self.left

    @property
    def spare(self) -> float:
        """The part of the attached gas that was left, from 0 to 1."""
        return int(self.left) / int(self.attached) if self.attached else 0.0

    @property
    def is_tight(self) -> bool:
        """Whether it is a callback that sends money, with too little gas left to rely on.

        Not where nothing at all is left and it calls others: promises with a weight, as near-sdk makes them, share whatever
        is left over.
        """
        promises = [child for child in self.receipt.children if child.refund is None]
        sends = any(child.deposit for child in promises)
        shared = not self.left and any(child.methods for child in promises)
        return kind_of(self.receipt) == "callback" and sends and not shared and self.spare < LITTLE_TO_SPARE


def gas_use(receipt: Receipt) -> GasUse:
    """Tell where a receipt's gas went.

    The fee for executing a promise is what its receipt burnt outside of the virtual machine; where one of several actions
    failed, the fees of those after it are not known, and ``left`` counts them as left.
    """
    promises = [child for child in receipt.children if child.refund is None]
    passed_on = sum((child.gas + child.gas_burnt - child.vm_gas for child in promises), Gas(0))
    used = receipt.vm_gas + passed_on
    return GasUse(receipt, receipt.gas, receipt.gas_burnt, passed_on, receipt.gas - used if used < receipt.gas else Gas(0))


def tight_uses(outcome: Outcome) -> tuple[GasUse, ...]:
    """The gas of the callbacks that send money with too little to rely on (:attr:`GasUse.is_tight`)."""
    callbacks = (receipt for receipt in outcome.receipts if receipt.input_data_ids and receipt.executed and receipt.methods)
    return tuple(use for use in map(gas_use, callbacks) if use.is_tight)


def gas_uses(outcome: Outcome) -> tuple[GasUse, ...]:
    """The gas of every receipt that called a method, in the order of the tree."""
    return tuple(gas_use(receipt) for receipt in outcome.receipts if receipt.methods and receipt.executed)


def profile(*receipts: Receipt) -> dict[str, Gas]:
    """What host functions, instructions and actions burnt together, the most expensive first; names are nearcore's."""
    burnt: Counter[str] = Counter()
    for receipt in receipts:
        for _, name, gas in receipt.gas_profile:
            burnt[name] += int(gas)
    return {name: Gas(gas) for name, gas in burnt.most_common()}
