"""A run: steps from the set-up on, the transaction at their end, and the contract's storage around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from near_harness.audit.steps import NOT_PLAYED, CallStep, Step, last_call
from near_harness.ledger.reordering import Rewritten, reordered
from near_harness.outcome.failures import InvalidTransaction
from near_harness.outcome.failures.calls import CodeDoesNotExist, MethodNotFound
from near_harness.outcome.receipt import Refund
from near_harness.units import NEAR, Amount

if TYPE_CHECKING:
    from near_harness.audit.findings import Finding, Severity
    from near_harness.audit.world import World
    from near_harness.ledger import Ledger
    from near_harness.ledger.state import StateChange
    from near_harness.outcome import Outcome, Receipt

LEAST_DEPOSIT = NEAR("0.001")
"""Less than this is no payment: one yoctoNEAR only shows that a full key signed."""
_MOST_RECEIPTS, _MOST_ACCOUNTS = 24, 12
"""So many are drawn of a proof: one of a payment to fifty would fill pages."""
STATE_KEY = b"STATE"
"""Where near-sdk keeps the contract's own structure; written by the first call, where no init has done it."""


@dataclass(eq=False)
class Run:
    """One play of some steps. It is looked at before the chain goes back: storage and balances are read on demand.

    ``result`` is None where a transaction was refused, or did not come to its end: ``refusal`` says why.
    """

    world: World
    steps: tuple[Step, ...]
    result: Outcome | None
    refusal: str = ""

    @property
    def outcome(self) -> Outcome:
        """What came of the last step."""
        if self.result is None:
            raise ValueError(f"{self.call} has no outcome: {self.refusal}")
        return self.result

    @property
    def call(self) -> CallStep:
        """The last step: the call whose outcome this is."""
        return last_call(self.steps)

    @property
    def root(self) -> Receipt:
        """The receipt of the call itself."""
        root = self.outcome.root
        if root is None:
            raise ValueError(f"{self.call} became no receipt")
        return root

    @property
    def entered(self) -> bool:
        """Whether the method ran to its end: what came of its promises does not count."""
        return self.result is not None and self.result.root is not None and self.result.root.arrived

    @property
    def ledger(self) -> Ledger:
        """The accounts around the transaction."""
        ledger = self.outcome.ledger
        if ledger is None:
            raise ValueError(f"{self.call} has no ledger")
        return ledger

    @property
    def made(self) -> tuple[Receipt, ...]:
        """The receipts that the contract made in this transaction, what the protocol paid back left out."""
        contract = self.world.contract_id
        return tuple(
            r for r in self.outcome.receipts if r.predecessor == contract and r.refund is None and r is not self.outcome.root
        )

    @property
    def callbacks(self) -> tuple[Receipt, ...]:
        """The contract's callbacks: receipts from itself to itself that got the results of promises."""
        return tuple(r for r in self.made if r.receiver == self.world.contract_id and r.callback_of and r.methods)

    @property
    def failed_promises(self) -> tuple[Receipt, ...]:
        """What the contract asked of others, callbacks left out, and what failed."""
        callbacks = self.callbacks
        return tuple(r for r in self.made if r.how_failed is not None and r not in callbacks)

    @property
    def failed_callbacks(self) -> tuple[Receipt, ...]:
        """The contract's callbacks that failed."""
        return tuple(receipt for receipt in self.callbacks if receipt.how_failed is not None)

    @staticmethod
    def is_heard(promise: Receipt) -> bool:
        """Whether somebody gets the result: a callback, or whoever called, since it was returned."""
        return bool(promise.output_data) or (promise.parent is not None and promise.parent.result_of == promise.id)

    def comes_back(self, promise: Receipt) -> bool:
        """Whether the money of a promise that fails comes back to the contract: it may have named another account for it."""
        return bool(promise.deposit) and promise.refund_to in (None, self.world.contract_id)

    @staticmethod
    def told(promise: Receipt) -> str:
        """What a promise asks for, in words."""
        what = promise.method or (f"the transfer of {promise.deposit}" if promise.deposit else "what it asks")
        return f"{what} {'at' if promise.method else 'to'} {promise.receiver}"

    @property
    def keeps_deposit(self) -> bool:
        """Whether the contract has the deposit in the end, and the user has not; gas and rewards do not count."""
        deposit, rows = self.call.deposit, self.ledger.rows
        if deposit < LEAST_DEPOSIT or self.call.signer == self.world.contract_id:
            return False
        return rows[self.world.contract_id].net >= deposit and rows[self.call.signer].net <= -deposit

    @property
    def notes_deposit(self) -> bool:
        """Whether what changed in the storage may tell of the deposit: it names the user, or holds the amount."""
        changes = self.ledger.state.of(self.world.contract_id)
        return any(tells_of(change, self.call.signer, self.call.deposit) for change in changes)

    @property
    def missing_methods(self) -> list[tuple[str, str]]:
        """Accounts and methods that the contract called and that were not there, at accounts other than its own."""
        return [
            (receipt.receiver, receipt.method)
            for receipt in self.failed_promises
            if isinstance(receipt.how_failed, (CodeDoesNotExist, MethodNotFound))
            and receipt.method is not None
            and receipt.receiver != self.world.contract_id
        ]

    @property
    def changed(self) -> bool:
        """Whether the contract's storage is another one at the end."""
        return bool(self.ledger.state.of(self.world.contract_id))

    @cached_property
    def kept(self) -> tuple[bytes, ...]:
        """The keys that the method itself wrote, and that stand at the end just as it wrote them."""
        return self.kept_by(self.root)

    def kept_by(self, receipt: Receipt) -> tuple[bytes, ...]:
        """The keys that a receipt at the contract wrote, and that stand at the end just as it wrote them.

        The structure that a contract without an init writes with its first call is no change that anybody asked for, and another
        order of the entries of a set is none.
        """
        changes = self.ledger.state.of(self.world.contract_id)
        same = reordered(
            Rewritten(change.key, change.before, change.after)
            for change in changes
            if change.before is not None and change.after is not None
        )
        at_end = {change.key: change.after for change in changes if change.key not in same}
        written = (change for change in self.ledger.state.by(receipt) if not is_first_write(change))
        return tuple(sorted(change.key for change in written if change.key in at_end and at_end[change.key] == change.after))

    @property
    def shape(self) -> tuple[object, ...]:
        """What tells this run from others of the same method: who did what, and what failed."""
        receipts = (r for r in self.outcome.receipts if r.refund is not Refund.GAS)
        return tuple((r.receiver, r.methods, bool(r.deposit), r.how_failed.name if r.how_failed else None) for r in receipts)

    def finding(  # noqa: D102 - the arguments are those of a Finding
        self, rule: str, severity: Severity, method: str, message: str, check: tuple[str, ...], *, detail: str = ""
    ) -> Finding:
        from near_harness.audit.findings import Finding  # noqa: PLC0415 - findings know runs by type
        from near_harness.render.ledger import ledger_text  # noqa: PLC0415 - rich is loaded where something is drawn
        from near_harness.render.tree import tree_text  # noqa: PLC0415

        tree, ledger = tree_text(self.outcome, most=_MOST_RECEIPTS), ledger_text(self.ledger, most=_MOST_ACCOUNTS)
        return Finding(rule, severity, method, message, self.steps, check, detail, tree, ledger)


def tells_of(change: StateChange, user: str, amount: Amount) -> bool:
    """Whether an entry may tell of a user's money: by the account's id, the amount, or a number that is higher by it."""
    before, after = change.before or b"", change.after or b""
    if user.encode() in change.key + after or str(int(amount)).encode() in after or int(amount).to_bytes(16, "little") in after:
        return True
    if len(before) != len(after):
        return False
    numbers = ((before[at : at + 16], after[at : at + 16]) for at in range(len(after) - 15))
    return any(int.from_bytes(new, "little") - int.from_bytes(old, "little") == int(amount) for old, new in numbers)


def is_first_write(change: StateChange) -> bool:
    """Whether near-sdk wrote the contract's structure for the first time."""
    return change.key == STATE_KEY and change.before is None


@asynccontextmanager
async def played(world: World, *steps: Step) -> AsyncIterator[Run]:
    """Play steps from where the chain is, look at the run inside ``async with``, and go back."""
    near = world.near
    world.tried()
    with near.anchor("audit"):
        outcome: Outcome | None = None
        refusal = ""
        try:
            for step in steps:
                outcome = await step.run(near)
        except NOT_PLAYED as refused:
            outcome, refusal = None, refusal_text(refused)
        yield Run(world, (*world.past, *steps), outcome, refusal)


def refusal_text(refused: Exception) -> str:
    """Why a step could not be played, in a line."""
    if isinstance(refused, InvalidTransaction):
        return refused.message
    return "it waits for somebody to resume it (yield), so it does not come to its end"
