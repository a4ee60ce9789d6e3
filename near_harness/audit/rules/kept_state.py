"""NH002: state that was changed before a call, and that stays although the call failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from near_harness.audit.runs import Run

_ID = "NH002"


def _judge(run: Run) -> Iterable[Finding]:
    failed = [receipt for receipt in run.failed_promises if receipt.parent is run.root]
    callback_failed = any(receipt.how_failed is not None for receipt in run.callbacks)
    if not failed or callback_failed or not run.kept:
        return
    method, promise = run.call.method, failed[0]
    what = f"{promise.method or 'the transfer'} at {promise.receiver}"
    severity = Severity.HIGH if any(receipt.deposit for receipt in failed) else Severity.MEDIUM
    message = f"{method} changes its state and then calls {what}; when that fails, what it wrote stays ({_keys(run.kept)})"
    yield run.finding(_ID, severity, method, message, _check(run), detail=promise.method or "transfer")


def _check(run: Run) -> tuple[str, ...]:
    return (
        f"at_end = {{change.key: change.after for change in tx.ledger.state.of({run.world.contract_id!r})}}",
        f"written = [change for change in tx.ledger.state.by(tx.root) if change.key in {list(run.kept)!r}]",
        "kept = [change for change in written if at_end.get(change.key) == change.after]",
        "print(*kept, sep='\\n')",
        "found = bool(tx.failed_receipts and kept)  # a call failed, and what was written before it is still there",
    )


def _keys(keys: tuple[bytes, ...]) -> str:
    shown = [key.decode() if key.isascii() and key.decode().isprintable() else f"0x{key.hex()}" for key in keys[:2]]
    return " and ".join(shown) + (f" and {len(keys) - 2} more" if len(keys) > 2 else "")


KEPT_STATE = Rule(
    _ID,
    "kept-state",
    Severity.HIGH,
    "does a method that changes state before a call undo it when the call fails?",
    judge=_judge,
)
