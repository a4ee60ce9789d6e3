"""A contract that is programmed from Python, and records what it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.accounts import Account, Contract
from near_harness.assembly.instructions import name_of
from near_harness.contract.abi import Interface
from near_harness.errors import BadInput
from near_harness.not_begun import begun_by_await
from near_harness.outcome.failures import ContractPanic
from near_harness.puppets.answers import Return, Wait
from near_harness.puppets.program import puppet_code
from near_harness.puppets.received import ReceivedCall, calls_in, executed, in_order
from near_harness.puppets.resuming import resume, until_waiting, waiting_calls
from near_harness.puppets.script import Match, Progress, Script
from near_harness.puppets.waiting import PANICS, RESUME, RESUMED, RETURNS, Waiting

if TYPE_CHECKING:
    from near_harness.outcome import Outcome, Receipt

_RESERVED = (RESUME, RESUMED)


@dataclass(frozen=True)
class PuppetState:
    """All that a puppet knows at one moment."""

    scripts: tuple[tuple[Script, Progress], ...]
    methods: tuple[str, ...]
    received: tuple[ReceivedCall, ...]
    waits: bool
    said: tuple[str, ...]
    is_stale: bool
    unsent: tuple[Match, ...]
    deployments: int


@begun_by_await()
class Puppet(Contract):
    """A contract whose methods are programmed: ``pool.on("stake").panics("pool is paused")``.

    What is programmed reaches the chain before the next transaction that is sent, step that is made or view that is asked
    through the same façade, or with :meth:`update`; a test that ends before that fails. ``near.puppet(…)`` makes puppets.

    :attr:`calls` and :meth:`received` tell what it was sent by the transactions of this façade whose outcome is known.
    """

    def __init__(self, account: Account, methods: Iterable[str] = ()) -> None:
        super().__init__(account, Interface())
        self._methods: dict[str, None] = {}
        self._scripts: dict[Match, Script] = {}
        self._received: tuple[ReceivedCall, ...] = ()
        self._waits = False
        self._said: tuple[str, ...] = ()
        """What calls that waited were told to panic with."""
        self._numbers = self._deployments = 0
        self.is_stale = True
        """Whether the contract on the chain is another than what is programmed."""
        self.unsent: tuple[Match, ...] = ()
        """What was programmed and has not reached the chain."""
        for method in methods:
            self._add(method)

    # programming

    def on(self, method: str, *, containing: str | bytes | None = None, by: object = None) -> Script:
        """Say what a method does from now on; what was said of the same calls before is forgotten.

        ``containing``: only calls with these bytes in their arguments (text stands for its UTF-8); ``by``: only those of one
        account. Such scripts are asked first, in the order in which they were told, the one for all calls last.

        :raises BadInput: for a name, or an account id, that cannot be used; and where the puppet is gone by a rollback.
        """
        self._check()
        searched = containing.encode() if isinstance(containing, str) else containing
        match = Match(self._add(method), searched, None if by is None else account_id_of(by))
        self._numbers += 1
        self._scripts.pop(match, None)
        script = self._scripts[match] = Script(match, self._numbers, self._changed)
        self._changed(script)
        return script

    async def update(self) -> None:
        """Bring what was programmed to the chain now, instead of before the next transaction.

        :raises TransactionFailed: where it cannot be deployed, such as for want of money for its storage.
        """
        self._check()
        await self._near.puppets.flush()

    @property
    def program(self) -> bytes:
        """The contract that does what is programmed, as WebAssembly."""
        return puppet_code(self._methods, self._asked_in_order(), waits=self._waits)

    # what it was sent

    @property
    def calls(self) -> tuple[ReceivedCall, ...]:
        """All calls that it was sent, in the order in which they ran; those that failed are there as well."""
        return in_order(self._received)

    def received(self, method: str) -> tuple[ReceivedCall, ...]:
        """Return the calls of one method.

        :raises UnknownMethod: where the puppet has no such method.
        """
        self.interface.method(method, self.id)
        return tuple(call for call in self.calls if call.method == method)

    # calls that wait

    async def waiting(self, method: str) -> tuple[Waiting, ...]:
        """Return the calls of a method that wait now, the one that has waited longest first.

        :raises UnknownMethod: where the puppet has no such method.
        """
        self.interface.method(method, self.id)
        return await waiting_calls(self._near, self.id, method)

    async def until_waiting(self, method: str, count: int = 1) -> tuple[Waiting, ...]:
        """Let blocks come until so many calls of a method wait, and return them, the one that has waited longest first.

        :raises NobodyWaits: where no block brings them.
        """
        self.interface.method(method, self.id)
        return await until_waiting(self._near, self.id, method, count)

    async def resume(self, method: str, value: Any = b"", *, panics: str | None = None) -> Outcome:
        """Let the call of a method that has waited longest go on: it returns a value, as :meth:`Script.returns`, or panics.

        Where none waits yet, it is waited for, as long as blocks bring something. Returns the outcome of the transaction by
        which the call is resumed; the call itself belongs to the outcome of its own transaction.

        :raises NobodyWaits: where no call of the method waits.
        :raises BadInput: for a value of more than 1,023 bytes, which the protocol does not allow.
        """
        self.interface.method(method, self.id)
        result = PANICS + panics.encode() if panics is not None else RETURNS + Return.of(value, f"{self.id}.{method}").value
        if panics is not None:
            self._said += (panics,)
        return await resume(self._near, self.account, method, result)

    # for the façade

    def hear(self, outcome: Outcome) -> None:
        """Take in what a transaction brought, and count which answers it took."""
        for receipt in executed(outcome, self.id):
            calls = [call for call in calls_in(receipt) if call.method not in _RESERVED]
            self._received += tuple(calls)
            for call in calls:
                self._take(call, receipt)
            failure = receipt.how_failed
            if isinstance(failure, ContractPanic) and receipt.method == RESUMED and failure.text in self._said:
                receipt.seen = True

    def is_deployed(self) -> None:
        """Take note that what is programmed is on the chain."""
        self.is_stale, self.unsent = False, ()
        self._deployments += 1

    def remember(self) -> PuppetState:
        """Return all that it knows, for :meth:`go_back`."""
        scripts = tuple((script, script.progress) for script in self._scripts.values())
        methods = tuple(self._methods)
        return PuppetState(
            scripts, methods, self._received, self._waits, self._said, self.is_stale, self.unsent, self._deployments
        )

    def go_back(self, state: PuppetState, *, with_the_chain: bool) -> None:
        """Know what it knew at an earlier moment. Where the chain does not go back there, its program has to."""
        self._scripts = {script.match: script for script, _ in state.scripts}
        for script, progress in state.scripts:
            script.progress = progress
        self._methods = dict.fromkeys(state.methods)
        self._received, self._waits, self._said = state.received, state.waits, state.said
        self.is_stale, self.unsent = state.is_stale, state.unsent
        if not with_the_chain:
            self.is_stale |= self._deployments > state.deployments
        self._describe()

    # inside

    def _check(self) -> None:
        """Refuse to be programmed where nobody would bring it to the chain."""
        if not self._near.puppets.looks_after(self):
            raise BadInput(
                f"the puppet {self.id} is gone: the chain went back to before it was made, was loaded from a file, or another "
                "puppet stands on its account; make it again with near.puppet(…)"
            )

    def _take(self, call: ReceivedCall, receipt: Receipt) -> None:
        failure = receipt.how_failed
        for script in self._asked_in_order():
            if not script.match.fits(call.method, call.args, call.predecessor) or script.is_used_up():
                continue
            progress = script.progress
            script.progress = replace(progress, taken=progress.taken + 1, failed=progress.failed + (failure is not None))
            if failure is not None:
                self.is_stale |= len(progress.answers) > 1 or progress.answers[0].times is not None
                receipt.seen |= script.explains(failure)
            return

    def _asked_in_order(self) -> list[Script]:
        return sorted(self._scripts.values(), key=lambda script: script.match.is_for_all)

    def _add(self, method: str) -> str:
        if name_of(method) in _RESERVED:
            raise BadInput(f"{method}: that is what a puppet itself calls a method")
        if method not in self._methods:
            self._methods[method] = None
            self.is_stale = True
            self._describe()
        return method

    def _changed(self, script: Script) -> None:
        self._waits |= any(isinstance(answer.ending, Wait) for answer in script.progress.answers)
        self.is_stale = True
        if script.match not in self.unsent:
            self.unsent += (script.match,)

    def _describe(self) -> None:
        self.interface = Interface.from_exports(tuple(self._methods))

    def __repr__(self) -> str:
        return f"<Puppet {self.id}: {', '.join(self._methods) or 'no methods'}>"
