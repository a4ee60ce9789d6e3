"""NH009: a token transfer that a key without the right to spend money can make."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from near_harness.audit.findings import Finding, Rule, Severity
from near_harness.audit.runs import played
from near_harness.audit.steps import NOTHING, KeyStep

if TYPE_CHECKING:
    from near_harness.audit.auditor import Auditor

_ID = "NH009"
_TRANSFERS = ("ft_transfer", "ft_transfer_call", "nft_transfer", "nft_transfer_call")
"""NEP-141 and NEP-171: the caller must attach exactly one yoctoNEAR."""
_SEED = "a key for calls only"


async def _probe(auditor: Auditor) -> AsyncIterator[Finding]:
    world = auditor.world
    for name in _TRANSFERS:
        record = auditor.survey.records.get(name)
        for entry in record.entries if record is not None else ():
            key = KeyStep(entry.call.signer, world.contract_id, _SEED)
            async with played(world, *entry.past, key, replace(entry.call, deposit=NOTHING, key=_SEED)) as run:
                if run.entered:
                    message = (
                        f"{name} works without the one yoctoNEAR that the standard asks for: {entry.call.signer}'s tokens "
                        "were moved with a key that may only call this contract and spend nothing"
                    )
                    check = ("found = tx.root.arrived  # the key can attach no deposit, and was let in",)
                    yield run.finding(_ID, Severity.MEDIUM, name, message, check)
                    break


NO_ONE_YOCTO = Rule(
    _ID,
    "no-one-yocto",
    Severity.MEDIUM,
    "do transfers of tokens ask for one yoctoNEAR, so that only full keys make them?",
    probe=_probe,
)
