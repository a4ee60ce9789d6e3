"""Getting into the contract's methods: sample arguments, deposits and signers, from states that other calls have led to.

A bounded search, the same each time. What it cannot enter is reported with the contract's own words, so that silence is not
taken for safety.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from near_harness.audit.runs import STATE_KEY, Run, is_first_write, played
from near_harness.audit.samples import Samples
from near_harness.audit.steps import NOTHING, AnswerStep, CallStep, Step
from near_harness.contract.abi import Interface, Method, Parameter
from near_harness.units import NEAR, Amount, Gas, yocto

if TYPE_CHECKING:
    from near_harness.audit.world import World

_MOST_SHAPES = 8
"""So many different courses of one method are kept."""
_MOST_ALIKE = 3
"""So many of these may do the same with other arguments: for other users, for example."""
_MOST_ROUNDS = 3
_MOST_TO_LIVE_ON = 3
"""So many different calls of one method lead to the next state."""
_DEPOSITS = {True: (NEAR(1), yocto(1), NEAR(3), NOTHING), False: (NOTHING,), None: (NOTHING, NEAR(1), yocto(1))}
"""What to attach to a method that is payable, that is not, and of which it is not known."""
_ANSWERS = (True, b"", "1")
"""What a contract that was not there is made to answer: an approval, nothing, a number or text."""
_MISSING_FIELD = re.compile(r"missing field `(\w+)`")
"""What serde says of a struct of arguments."""
_PRIVATE = " is private"
"""What near-sdk says to everybody but the contract itself: Method on_staked is private."""


class Heard(NamedTuple):
    """A callback that ran: its method, the gas that it burnt, and its arguments."""

    method: str
    burnt: Gas
    args: bytes


@dataclass(frozen=True)
class Entry:
    """A call that got into its method. ``past`` are the calls that it needs, ``clean`` says that nothing failed."""

    past: tuple[Step, ...]
    call: CallStep
    shape: tuple[object, ...]
    clean: bool
    changes: bool
    """Whether it changed the contract's storage."""
    callbacks: tuple[Heard, ...] = ()
    """The contract's callbacks that ran."""

    @classmethod
    def of(cls, run: Run, past: tuple[Step, ...]) -> Entry:
        """Take down a run that entered its method."""
        clean = all(receipt.how_failed is None for receipt in run.outcome.receipts)
        return cls(past, run.call, run.shape, clean, run.changed, _heard(run))


@dataclass
class MethodRecord:
    """What came of trying to enter a method."""

    method: Method
    tries: int = 0
    entries: list[Entry] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    _furthest: dict[str, int] = field(default_factory=dict)
    """The most gas that was burnt before each refusal."""

    def refuse(self, run: Run) -> None:
        """Take down a run that did not enter its method."""
        refusal = _refusal(run)
        self.refusals[refusal] += 1
        burnt = int(run.root.gas_burnt) if run.result is not None and run.result.root is not None else 0
        self._furthest[refusal] = max(burnt, self._furthest.get(refusal, 0))

    @property
    def lacks(self) -> str | None:
        """The argument that a method without an ABI has asked for, by the words of near-sdk."""
        if self.method.view is not None:
            return None
        known = {parameter.name for parameter in self.method.parameters or ()}
        asked = (found[1] for refusal in self.refusals for found in _MISSING_FIELD.finditer(refusal))
        return next((name for name in asked if name not in known), None)

    def learn(self) -> bool:
        """Take the argument that was asked for into the method's parameters, where there is one."""
        name = self.lacks
        if name is None:
            return False
        self.method = replace(self.method, parameters=(*(self.method.parameters or ()), Parameter(name, optional=False)))
        return True

    @property
    def private(self) -> bool:
        """Whether it is for the contract itself only: the ABI says so, or the method did."""
        return "private" in self.method.modifiers or any(refusal.endswith(_PRIVATE) for refusal in self.refusals)

    @property
    def last_refusal(self) -> str:
        """What the method said when it had come furthest: most calls have the wrong deposit, or come from the wrong account."""
        return max(self._furthest, key=self._furthest.__getitem__, default="its arguments are not known")


class Survey:
    """The search. ``hear`` is called with every run of a new shape, while it can be looked at."""

    def __init__(
        self, world: World, hear: Callable[[Run], None], *, tries: int, seed: int, examples: Sequence[CallStep] = ()
    ) -> None:
        self._world, self._hear, self._tries, self._examples = world, hear, tries, examples
        self._base = 0
        self._missing: dict[str, set[str]] = {}
        """What the contract called and was not there: methods by account."""
        self._asked: dict[str, set[str]] = {}
        """What the contract called of other contracts that are there."""
        users = (*(user.id for user in world.users), world.nobody)
        self.samples = Samples(world.interface.definitions, users, world.callees, world.contract_id, seed)
        self.records = {method.name: MethodRecord(method) for method in _calls_of(world.interface)}

    @staticmethod
    def is_private(run: Run) -> bool:
        """Whether a receipt was refused since the method is for the contract itself only."""
        failures = (receipt.how_failed for receipt in (run.result.receipts if run.result else ()))
        return any(failure is not None and failure.message.endswith(_PRIVATE) for failure in failures)

    async def enter_all(self) -> None:
        """Enter each method, from the set-up and then from states that calls have led to. The chain is warmed up afterwards."""
        await self._warm_up()
        self._base = len(self._world.past)
        await self._enter_in_rounds()
        answered: set[str] = set()
        for account, methods in list(self._missing.items()):
            if methods <= answered:
                continue  # another account answers them: one is enough
            answered |= methods
            for value in _ANSWERS:
                with self._world.aside():
                    await self._world.go_on(AnswerStep(account, tuple(sorted(methods)), value))
                    await self._enter_in_rounds()
        for account, methods in list(self._asked.items()):
            if all(record.entries or record.private for record in self.records.values()):
                break  # what the other contract answers by itself has led everywhere
            with self._world.aside():
                await self._world.go_on(AnswerStep(account, tuple(sorted(methods)), _ANSWERS[0]))
                # What came to nothing before may come to something now, although it looks the same.
                again = [entry for record in self.records.values() for entry in record.entries if self._is_users(entry.call)]
                await self._go_on_with(again)
                await self._enter_in_rounds()
        await self._enter_after_each()
        for record in self.records.values():
            record.entries = [await self._shortened(entry) for entry in record.entries]

    async def _enter_after_each(self) -> None:
        """Enter what is left right after one call that works: another one may have taken away what it needs."""
        for name in self.records:
            for entry in [entry for entry in self.records[name].entries if entry.changes]:
                todo = [record for record in self.records.values() if not record.entries and not record.private]
                if not todo:
                    return
                with self._world.aside():
                    if await self._played((*entry.past, entry.call)):
                        await self._enter(todo)

    async def _played(self, steps: Sequence[Step]) -> bool:
        """Go on by steps; tell whether all of them could be played."""
        for step in steps:
            if not await self._world.go_on(step):
                return False
        return True

    async def _enter_in_rounds(self) -> None:
        """Enter methods; let the user make some of the calls that work; enter what could not be entered before."""
        with self._world.aside():
            news = await self._enter(list(self.records.values()))
            await self._after_another_user(news)
            for number in range(_MOST_ROUNDS):
                await self._live_on(news)
                todo = [record for record in self.records.values() if not number or not record.entries]
                news = await self._enter(todo)
                if not news:
                    break
                await self._after_another_user(news)

    async def _warm_up(self) -> None:
        """Let a contract that was not initialised write its structure, so that this is not taken for a change later."""
        if await self._has_structure():
            return
        for record in self.records.values():
            for call in self._calls(record):
                if record.private:
                    break
                async with played(self._world, call) as run:
                    warms = run.entered and any(map(is_first_write, run.ledger.state.by(run.root)))
                if warms:
                    await self._world.go_on(call)
                    return

    async def _has_structure(self) -> bool:
        key = base64.b64encode(STATE_KEY).decode()
        answer = await self._world.near.client.query("view_state", account_id=self._world.contract_id, prefix_base64=key)
        return bool(answer["values"])

    async def _enter(self, todo: Sequence[MethodRecord]) -> list[Entry]:
        found = []
        for record in todo:
            while True:
                found += await self._enter_one(record)
                if not record.learn():
                    break
        return found

    async def _enter_one(self, record: MethodRecord) -> list[Entry]:
        found = []
        for call in self._calls(record):
            if record.private or len(record.entries) >= _MOST_SHAPES or record.lacks is not None:
                break
            entry = await self._try(record, call)
            found += [entry] if entry is not None else []
        return found

    def _calls(self, record: MethodRecord) -> Iterator[CallStep]:
        """The user's calls, with the deposit that worked once one has; where none got in, calls of the contract's own account."""
        world, method = self._world, record.method
        yield from (example for example in self._examples if example.method == method.name)
        for number, (args, deposit) in enumerate(self._ways(record)):
            if number >= self._tries:
                break
            worked = record.entries[-1].call.deposit if record.entries else deposit
            if deposit == worked:
                yield CallStep(world.user.id, world.contract_id, method.name, args, deposit)
        if not record.entries:
            for number, (args, deposit) in enumerate(self._ways(record)):
                if number >= self._tries // 2:
                    break
                yield CallStep(world.contract_id, world.contract_id, method.name, args, deposit)

    def _ways(self, record: MethodRecord) -> Iterator[tuple[bytes, Amount]]:
        for args in self.samples.encoded(record.method, self._tries):
            for deposit in _DEPOSITS[record.method.payable]:
                yield args, deposit

    async def _try(self, record: MethodRecord, call: CallStep) -> Entry | None:
        record.tries += 1
        async with played(self._world, call) as run:
            if not run.entered:
                record.refuse(run)
                return None
            shape = run.shape
            alike = [entry for entry in record.entries if entry.shape == shape]
            if len(alike) == _MOST_ALIKE or any(entry.call.args == call.args for entry in alike):
                return None
            self._hear(run)
            for account, method in run.missing_methods:
                self._missing.setdefault(account, set()).add(method)
            for receipt in run.made:
                if receipt.receiver in self._world.callees and receipt.method is not None:
                    self._asked.setdefault(receipt.receiver, set()).add(receipt.method)
            entry = Entry.of(run, self._world.past[self._base :])
        record.entries.append(entry)
        return entry

    async def _after_another_user(self, entries: Sequence[Entry]) -> None:
        """Make the same calls once more, when another user has made them before, with twice the deposit: as in an auction."""
        for entry in entries:
            if not entry.changes or entry.call.signer != self._world.user.id:
                continue
            with self._world.aside():
                if not await self._world.go_on(replace(entry.call, signer=self._world.users[1].id)):
                    continue
                await self._try(self.records[entry.call.method], replace(entry.call, deposit=entry.call.deposit * 2))

    async def _live_on(self, entries: Sequence[Entry]) -> None:
        """Make some of the first user's calls and of the examples, that change something: a few for each method, clean first."""
        await self._go_on_with([entry for entry in entries if entry.changes and self._is_users(entry.call)])

    async def _go_on_with(self, useful: Sequence[Entry]) -> None:
        for method in dict.fromkeys(entry.call.method for entry in useful):
            mine = [entry for entry in useful if entry.call.method == method]
            mine.sort(key=lambda entry: not entry.clean)
            for entry in mine[:_MOST_TO_LIVE_ON]:
                await self._world.go_on(entry.call)

    def _is_users(self, call: CallStep) -> bool:
        return call.signer == self._world.user.id or call in self._examples

    async def _shortened(self, entry: Entry) -> Entry:
        """Leave out of the past whatever the call does without."""
        short = entry
        for step in entry.past:
            fewer = tuple(other for other in short.past if other is not step)
            async with played(self._world, *fewer, entry.call) as run:
                if run.entered and run.shape == entry.shape:
                    # A callback may get other arguments now: the number of an order, for instance.
                    short = replace(entry, past=fewer, callbacks=_heard(run))
        return short


def _calls_of(interface: Interface) -> list[Method]:
    """The methods that change state, as far as that is known; what near-sdk adds for itself is left out."""
    methods = (interface.methods or {}).values()
    return [
        method
        for method in methods
        if method.view is not True and "init" not in method.modifiers and not method.name.startswith("__")
    ]


def _heard(run: Run) -> tuple[Heard, ...]:
    return tuple(Heard(callback.methods[0], callback.gas_burnt, callback.actions[0].args) for callback in run.callbacks)


def _refusal(run: Run) -> str:
    if run.result is None:
        return run.refusal
    failure = run.outcome.failure if run.outcome.root is None else run.root.how_failed
    return failure.message if failure is not None else "it was not executed"
