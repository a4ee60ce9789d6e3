"""What may go wrong around a call: for each account that the contract relies on, the steps that make it fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from near_harness.audit.steps import DeleteStep, NewCodeStep, Step

if TYPE_CHECKING:
    from near_harness.audit.runs import Run

NO_METHODS = b"\0asm\1\0\0\0"
"""A contract without any method: the smallest module that there is."""


def variants(run: Run) -> Iterator[tuple[Step, ...]]:
    """Yield what to do before the call, so that what it asked of another account fails this time."""
    world = run.world
    known = {account.id for account in (*world.users, world.stranger)}
    done = set()
    for receipt in run.made:
        to = receipt.receiver
        if to in (world.contract_id, run.call.signer) or receipt.how_failed is not None or to in done:
            continue
        done.add(to)
        if receipt.methods:
            yield (NewCodeStep(to, NO_METHODS, "has no methods any more", repr(NO_METHODS)),)
        elif to in known:
            yield (DeleteStep(to, world.user.id if to != world.user.id else world.users[1].id),)
