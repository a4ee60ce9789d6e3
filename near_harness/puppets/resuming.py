"""Finds the calls of a puppet that wait, and resumes them."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import TYPE_CHECKING

from near_harness.chain.capability import engine_chain
from near_harness.errors import BadInput, NobodyWaits
from near_harness.puppets.waiting import LONGEST_PAYLOAD, RESUME, WAS_RESUMED, Waiting, read_row, resume_args, row_key
from near_harness.transactions import function_call
from near_harness.units import TGas

if TYPE_CHECKING:
    from near_harness.accounts import Account
    from near_harness.near import Near
    from near_harness.outcome import Outcome

_PATIENCE_S, _POLL_S = 30.0, 0.1
_MOST_BLOCKS = 20
"""Within so many blocks a transaction gets to any depth that is usual."""
_GAS = TGas(30)


async def waiting_calls(near: Near, puppet_id: str, method: str) -> tuple[Waiting, ...]:
    """Return the calls of a puppet's method that wait, the one that has waited longest first."""
    key = base64.b64encode(row_key(method)).decode()
    page = await near.client.query("view_state", account_id=puppet_id, prefix_base64=key)
    row = next((base64.b64decode(entry["value"]) for entry in page["values"] if entry["key"] == key), b"")
    return read_row(method, row)


async def resume(near: Near, puppet: Account, method: str, payload: bytes) -> Outcome:
    """Resume the call that has waited longest, and return the outcome of the transaction that does it.

    :raises NobodyWaits: where none waits, and no block brings one.
    :raises BadInput: for a payload that is longer than the protocol allows.
    """
    if len(payload) > LONGEST_PAYLOAD:
        raise BadInput(
            f"{len(payload) - 1:,} bytes for {puppet.id}.{method}: a call that waits can be given {LONGEST_PAYLOAD - 1:,} at most"
        )
    while True:
        await until_waiting(near, puppet.id, method, 1)
        action = function_call(RESUME, resume_args(method, payload), gas=_GAS)
        outcome = await near.send(puppet, puppet.id, [action], context=f"resume {puppet.id}.{method}")
        if outcome.value == WAS_RESUMED:
            return outcome  # else it had waited too long, and is out of its row now


async def until_waiting(near: Near, puppet_id: str, method: str, count: int) -> tuple[Waiting, ...]:
    """Let blocks come until so many calls wait, and return those.

    :raises NobodyWaits: where no more blocks bring them.
    """
    until, last = time.monotonic() + _PATIENCE_S, await near.height() + _MOST_BLOCKS
    while len(found := await waiting_calls(near, puppet_id, method)) < count:
        if time.monotonic() > until or await near.height() > last or not await _time_passes(near):
            raise NobodyWaits(
                f"{len(found) or 'no'} call of {puppet_id}.{method} waits, instead of {count}: program it with "
                f".on({method!r}).waits(), and send the transaction with .start(), which does not wait for its end"
            )
    return found


async def _time_passes(near: Near) -> bool:
    """Let a block come; tell whether one may bring something."""
    if not near.node.capabilities.stepping:
        await asyncio.sleep(_POLL_S)
        return True
    if near.is_paused or not engine_chain(near.node, "waiting for a call").in_flight:
        return False
    await near.fast_forward(1)
    return True
