"""What may go wrong around a call: for each account that the contract relies on, the steps that make it fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from near_harness.audit.steps import DeleteStep, NewCodeStep, Step
from near_harness.puppets.faults import HUGE_RESULT, NO_RESULT, PANIC, WRONG_RESULT, Fault, fault_code

if TYPE_CHECKING:
    from near_harness.audit.runs import Run

_FAULTS = {"PANIC": PANIC, "NO_RESULT": NO_RESULT, "WRONG_RESULT": WRONG_RESULT, "HUGE_RESULT": HUGE_RESULT}
"""Ways in which a call goes wrong that differ for the caller, by their names in Python. A failure is a failure."""


def variants(run: Run) -> Iterator[tuple[Step, ...]]:
    """Yield what to do before the call, so that what it asked of another account goes wrong this time."""
    world = run.world
    known = {account.id for account in (*world.users, world.stranger)}
    done = set()
    for receipt in run.made:
        to, method = receipt.receiver, receipt.method
        if to == world.contract_id or receipt.how_failed is not None or (to, method) in done:
            continue
        done.add((to, method))
        if method is not None:
            yield from ((_fault(to, method, name, fault),) for name, fault in _FAULTS.items())
        elif to in known and to != run.call.signer:
            yield (DeleteStep(to, run.call.signer),)


def _fault(account: str, method: str, name: str, fault: Fault) -> NewCodeStep:
    why = f"{method} goes wrong: {fault}"
    return NewCodeStep(account, fault_code(fault, method), why, f"fault_code({name}, {method!r})")
