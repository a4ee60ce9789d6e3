"""NH004: a method that keeps a deposit which makes no difference to what it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.runs import Run, played
from near_harness.audit.steps import NOTHING
from near_harness.units import NEAR

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor
    from near_harness.audit.survey import MethodRecord

_ID = "NH004"
_DEPOSIT = NEAR(1)


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    for record in auditor.survey.records.values():
        finding = await _finding(auditor, record)
        if finding is not None:
            yield finding


async def _finding(auditor: Auditor, record: MethodRecord) -> Finding | None:
    """Call the method without a deposit and with one; where that changes nothing but the contract's balance, it is kept."""
    for entry in record.entries:
        if entry.call.signer != auditor.world.user.id:
            continue
        without, paid = replace(entry.call, deposit=NOTHING), replace(entry.call, deposit=_DEPOSIT)
        async with played(auditor.world, *entry.past, without) as run:
            if not run.entered or not (run.changed or run.made):
                continue  # it wants a deposit, or only reads
            if run.failed_callbacks:
                continue  # what it would have done with a deposit is not known; the money of such a call is NH007's
            usual = _effects(run)
        async with played(auditor.world, *entry.past, paid) as run:
            if run.entered and run.keeps_deposit and _effects(run) == usual:
                message = f"{record.method.name} keeps a deposit of {_DEPOSIT}, and does just what it does without one"
                return run.finding(_ID, Severity.MEDIUM, record.method.name, message, _check(run))
    return None


def _effects(run: Run) -> object:
    changes = {(change.key, change.after) for change in run.ledger.state.of(run.world.contract_id)}
    return changes, run.root.value, run.root.logs, [(made.receiver, made.methods, made.deposit) for made in run.made]


def _check(run: Run) -> tuple[str, ...]:
    contract = run.world.contract_id
    return (
        f"kept = tx.ledger.rows[{contract!r}].net",
        "print(f'the contract keeps {kept}')",
        f"found = tx.root.arrived and kept >= {_DEPOSIT!r}  # the method took the money, and has no use for it",
    )


UNWANTED_DEPOSIT = Rule(
    _ID, "unwanted-deposit", Severity.MEDIUM, "does a method keep a deposit that it has no use for?", probe=_probe
)
