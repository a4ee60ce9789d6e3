"""Which receipts of a scenario can go wrong, and in which ways: read from the outcomes of its plain run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from near_harness.contract.abi import Interface
from near_harness.outcome import Outcome, Receipt
from near_harness.puppets.faults import ACCOUNT_MISSING, FAULTS, Fault, Missing, calls_back_in

_NOT_BY_STRANGERS = {"init", "private"}


@dataclass(frozen=True)
class Target:
    """A receipt of the scenario: which call of a method it is at an account, counted from 0 among those that succeed.

    ``method`` is None where it calls none, such as a transfer. ``name`` is the account's without that of the façade's root
    account, below which all are made: where the chain cannot go back each run has one of its own.
    """

    account_id: str
    method: str | None
    before: int = 0
    caller: str = ""
    name: str = ""

    def named(self, root_id: str) -> Target:
        """The same with its name below a root account."""
        return replace(self, name=self.account_id.removesuffix(f".{root_id}"))

    def below(self, root_id: str) -> Target:
        """The same in a run with another root account."""
        return self if self.name == self.account_id else replace(self, account_id=f"{self.name}.{root_id}")

    @property
    def place(self) -> tuple[str, str | None, int]:
        """What is the same in all runs."""
        return self.name, self.method, self.before

    def __str__(self) -> str:
        number = f" (call {self.before + 1})" if self.before else ""
        return f"{self.name}.{self.method}{number}" if self.method else f"{self.name}: a transfer"


def callees(outcomes: Iterable[Outcome]) -> tuple[str, ...]:
    """The accounts whose methods other contracts called, in the order in which they appear."""
    found: dict[str, None] = {}
    for outcome in outcomes:
        for receipt in outcome.receipts:
            if receipt.method and receipt.parent is not None and receipt.predecessor != receipt.receiver:
                found[receipt.receiver] = None
    return tuple(found)


def targets(outcomes: Sequence[Outcome], at: Collection[str]) -> tuple[Target, ...]:
    """The receipts at some accounts, those of the transactions themselves among them; refunds left out."""
    found: dict[Target, None] = {}
    succeeded: dict[tuple[str, str | None], int] = {}
    for receipt in in_order(outcomes):
        if receipt.receiver not in at or receipt.refund is not None or not receipt.executed:
            continue
        for method in receipt.methods or (None,):
            name = (receipt.receiver, method)
            found[Target(*name, succeeded.get(name, 0), receipt.predecessor)] = None
            succeeded[name] = succeeded.get(name, 0) + receipt.arrived
    return tuple(found)


def in_order(outcomes: Iterable[Outcome]) -> list[Receipt]:
    """All receipts by the block in which they ran; those of one block in the order of the trees."""
    receipts = [receipt for outcome in outcomes for receipt in outcome.receipts]
    return sorted(receipts, key=_height)


def _height(receipt: Receipt) -> int:
    ledger = receipt.outcome.ledger if receipt.outcome is not None else None
    return ledger.heights[receipt.block_hash] if ledger is not None and receipt.block_hash is not None else 0


InterfaceOf = Callable[[str], Interface | None]


def tried(found: Iterable[Target], faults: Sequence[Fault] | None, interface_of: InterfaceOf) -> Iterator[tuple[Target, Fault]]:
    """What goes wrong in which way: what is missing is missing for all calls, so it is tried with the first of them."""
    gone: set[tuple[Fault, str, str | None]] = set()
    for target in found:
        for fault in _faults_for(target, faults, interface_of):
            if fault.missing is not None:
                what = (fault, target.account_id, target.method if fault.missing is Missing.METHOD else None)
                if what in gone:
                    continue
                gone.add(what)
            yield target, fault


def _faults_for(target: Target, chosen: Sequence[Fault] | None, interface_of: InterfaceOf) -> Iterator[Fault]:
    """The ways in which a target goes wrong: those that are chosen; else all, and its contract calling back into the caller.

    It calls back every method of the caller that a stranger may call and that needs no arguments, by the caller's ABI. What
    calls no method can only find its account missing.
    """
    faults = FAULTS if chosen is None else chosen
    if target.method is None:
        yield from (fault for fault in faults if fault == ACCOUNT_MISSING)
        return
    yield from faults
    caller = interface_of(target.caller) if target.caller != target.account_id and chosen is None else None
    if caller is None or not caller.has_abi:
        return
    for method in (caller.methods or {}).values():
        needs_nothing = method.parameters is not None and all(parameter.optional for parameter in method.parameters)
        if method.view is False and needs_nothing and not _NOT_BY_STRANGERS & set(method.modifiers):
            yield calls_back_in(method.name)
