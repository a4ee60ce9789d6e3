"""NH002: state that was changed before a call, and that stays although the call failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity

if TYPE_CHECKING:
    from near_harness.audit.runs import Run
    from near_harness.outcome import Receipt

_ID = "NH002"


def _judge(run: Run) -> Iterable[Finding]:
    failed = [
        receipt
        for receipt in run.failed_promises
        if receipt.parent is run.root and run.is_heard(receipt) and (run.comes_back(receipt) or not receipt.deposit)
    ]
    if not failed or run.failed_callbacks or not run.kept:
        return
    method, promise = run.call.method, failed[0]
    severity = Severity.HIGH if any(receipt.deposit for receipt in failed) else Severity.MEDIUM
    stays = f"what it wrote stays ({keys_text(run.kept)})"
    message = f"{method} changes its state and then asks for {run.told(promise)}; when that fails, {stays}"
    yield run.finding(_ID, severity, method, message, kept_state_check(run), detail=_detail(run, promise))


def _detail(run: Run, promise: Receipt) -> str:
    """The callee's method, unless the caller may choose it."""
    method = promise.method or "transfer"
    return "" if method.encode() in run.call.args else method


def kept_state_check(run: Run) -> tuple[str, ...]:
    """The lines of a script that find what the method wrote still there."""
    return (
        f"at_end = {{change.key: change.after for change in tx.ledger.state.of({run.world.contract_id!r})}}",
        f"written = [change for change in tx.ledger.state.by(tx.root) if change.key in {list(run.kept)!r}]",
        "kept = [change for change in written if change.key in at_end and at_end[change.key] == change.after]",
        "print(*kept, sep='\\n')",
        "found = bool(tx.failed_receipts and kept)  # a call failed, and what was written before it is still there",
    )


def keys_text(keys: tuple[bytes, ...]) -> str:
    """Name keys of the storage."""
    shown = [key.decode() if key.isascii() and key.decode().isprintable() else f"0x{key.hex()}" for key in keys[:2]]
    return " and ".join(shown) + (f" and {len(keys) - 2} more" if len(keys) > 2 else "")


KEPT_STATE = Rule(
    _ID,
    "kept-state",
    Severity.HIGH,
    "does a method that changes state before a call undo it when the call fails?",
    judge=_judge,
)
