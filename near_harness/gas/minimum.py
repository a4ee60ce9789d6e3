"""The least gas with which a call still does what it does with plenty, found by trying on snapshots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from near_harness.errors import BadInput
from near_harness.not_begun import begun_by_await
from near_harness.units import Gas, GasLike, TGas, to_gas

if TYPE_CHECKING:
    from near_harness.near import Near
    from near_harness.outcome.model import Outcome
    from near_harness.transactions import Call


@begun_by_await("near.gas")
class GasSearch:
    """``near.gas``: questions about gas that need the node."""

    def __init__(self, near: Near) -> None:
        self._near = near

    async def minimum(
        self, call: Call, *, until: Callable[[Outcome], bool] | None = None, precision: GasLike = TGas("0.01")
    ) -> Gas:
        """Find the least gas, up to ``precision``, with which the call still ends as it does with the gas that it carries.

        As it does: the transaction succeeds, and no receipt fails that did not fail before; or what ``until`` says of the
        outcome. The chain is as before afterwards. Halving supposes that more gas never does harm.

        :raises BadInput: where the call does not even succeed with the gas that it carries, or the precision is zero.
        :raises CapabilityMissing: where the node has no snapshots.
        """
        from near_harness.transactions import Call  # noqa: PLC0415 - sessions that send nothing end with this module, too

        if not isinstance(call, Call):
            raise BadInput(f"{call!r} is no call: near.gas.minimum(bank.deposit().by(alice)) wants one that is not awaited yet")
        call.taken()
        step = to_gas(precision)
        if not step:
            raise BadInput("precision: give gas above zero, such as TGas('0.01')")
        with self._near.unobserved():
            return await self._search(call, until, step)

    async def _search(self, call: Call, until: Callable[[Outcome], bool] | None, step: Gas) -> Gas:
        plenty = await self._try(call)
        known = _failures(plenty)
        ends_well = until or (lambda outcome: outcome.succeeded and _failures(outcome) == known)
        if not ends_well(plenty):
            raise BadInput(f"{call} does not end well even with all its gas, so there is no least:\n{plenty}")
        fails, works = 0, int(call.attached_gas)
        while works - fails > int(step):
            middle = (fails + works) // 2
            if ends_well(await self._try(replace(call, attached_gas=Gas(middle)))):
                works = middle
            else:
                fails = middle
        return Gas(works)

    async def _try(self, call: Call) -> Outcome:
        moment = self._near.snapshot()
        try:
            return await call.attempt()
        finally:
            self._near.restore(moment)


def _failures(outcome: Outcome) -> list[tuple[str, tuple[str, ...], str]]:
    return [(r.receiver, r.methods, r.how_failed.name) for r in outcome.receipts if r.how_failed is not None]
