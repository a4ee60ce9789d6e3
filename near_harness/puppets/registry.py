"""All puppets of one façade: what is programmed is brought to the chain in time, and forgotten when the chain goes back."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING

from near_harness.transactions import deploy

if TYPE_CHECKING:
    from near_harness.near import Near
    from near_harness.outcome import Outcome
    from near_harness.puppets.puppet import Puppet, PuppetState

RememberedPuppets = tuple[tuple["Puppet", "PuppetState"], ...]


class Puppets:
    """``near.puppets``: the puppets that were made with ``near.puppet(…)``."""

    def __init__(self, near: Near) -> None:
        self._near = near
        self._all: dict[str, Puppet] = {}
        self._lost: list[str] = []
        self._locks: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = weakref.WeakKeyDictionary()

    def add(self, puppet: Puppet) -> None:
        """Look after a puppet from now on; another one on the same account is forgotten."""
        self._all[puppet.id] = puppet

    def looks_after(self, puppet: Puppet) -> bool:
        """Whether a puppet is one of these still: not rolled back, and not replaced by another."""
        return self._all.get(puppet.id) is puppet

    def forget(self) -> None:
        """Know no puppets any more: the chain is another one."""
        self._lost += [f"{puppet.id}.{match}" for puppet in self._all.values() for match in puppet.unsent]
        self._all = {}

    def hear(self, outcome: Outcome) -> None:
        """Let each puppet take in what a transaction brought."""
        for puppet in self._all.values():
            puppet.hear(outcome)

    async def flush(self) -> None:
        """Bring to the chain what is programmed and not there yet: each puppet by one transaction in its own name.

        On a chain that is paused each of these gets a block of its own, in which nothing else runs.

        :raises TransactionFailed: where one cannot be deployed.
        """
        if not any(puppet.is_stale for puppet in self._all.values()):
            return
        lock = self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
        async with lock:
            await asyncio.gather(*(self._deploy(puppet) for puppet in self._all.values() if puppet.is_stale))

    async def _deploy(self, puppet: Puppet) -> None:
        unsent = puppet.unsent
        actions = [deploy(puppet.program)]
        puppet.is_deployed()
        try:
            if self._near.is_paused:
                await self._near.in_a_block_of_its_own(puppet, actions)
            else:
                await self._near.send(puppet, puppet.id, actions, context=f"program the puppet {puppet.id}", flush=False)
        except BaseException:
            puppet.is_stale, puppet.unsent = True, unsent
            raise

    # what a test leaves

    def begin(self) -> None:
        """Begin with a test: what was programmed before is not its business."""
        self._lost = []
        for puppet in self._all.values():
            puppet.unsent = ()

    def unsent(self) -> tuple[str, ...]:
        """What was programmed since :meth:`begin` and never reached the chain."""
        return (*self._lost, *(f"{puppet.id}.{match}" for puppet in self._all.values() for match in puppet.unsent))

    # going back

    def remember(self) -> RememberedPuppets:
        """Return what the puppets know, for :meth:`go_back`."""
        return tuple((puppet, puppet.remember()) for puppet in self._all.values())

    def go_back(self, remembered: RememberedPuppets, *, with_the_chain: bool) -> None:
        """Know the puppets of an earlier moment, and what they knew then.

        Where the chain itself does not go back, those that were programmed since have to be programmed as they were.
        """
        states = {puppet.id: state for puppet, state in remembered}
        for puppet in self._all.values():
            known = states[puppet.id].unsent if puppet.id in states else ()
            self._lost += [f"{puppet.id}.{match}" for match in puppet.unsent if match not in known]
        self._all = {puppet.id: puppet for puppet, _ in remembered}
        for puppet, state in remembered:
            puppet.go_back(state, with_the_chain=with_the_chain)
