"""NH003: a deposit that stays in the contract although the call inside has failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from near_harness.audit.runs import Run

_ID = "NH003"


def _judge(run: Run) -> Iterable[Finding]:
    failed = [receipt for receipt in run.failed_promises if run.is_heard(receipt)]
    if not failed or not run.keeps_deposit or run.failed_callbacks or run.notes_deposit:
        return
    call, promise = run.call, failed[0]
    message = (
        f"{call.method} keeps the deposit of {call.deposit} when {run.told(promise)} fails: "
        f"{call.signer} does not get it back, and the contract notes nothing of it"
    )
    yield run.finding(_ID, Severity.HIGH, call.method, message, kept_deposit_check(run))


def kept_deposit_check(run: Run) -> tuple[str, ...]:
    """The lines of a script that find the deposit in the contract, and nothing written of it."""
    contract, user, deposit = run.world.contract_id, run.call.signer, run.call.deposit
    return (
        f"kept, lost = tx.ledger.rows[{contract!r}].net, -tx.ledger.rows[{user!r}].net",
        "print(f'the contract has {kept} more, the user {lost} less; gas is left out')",
        f"found = kept >= {deposit!r} and lost >= {deposit!r}  # although a call inside has failed",
    )


KEPT_DEPOSIT = Rule(
    _ID, "kept-deposit", Severity.HIGH, "does a deposit go back to the user when the call inside fails?", judge=_judge
)
