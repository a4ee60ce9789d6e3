"""What a method of a puppet does, told step by step: ``pool.on("stake").logs("hm").panics("paused").once().returns(True)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.assembly.instructions import name_of
from near_harness.contract.arguments import Arguments, encode_arguments
from near_harness.errors import BadInput
from near_harness.puppets.answers import (
    HUGE,
    Answer,
    Burn,
    CallOut,
    Ending,
    Log,
    MethodCall,
    OutOfGas,
    Panic,
    Return,
    ReturnMuch,
    ReturnPromise,
    Step,
    Transfer,
    Trap,
    Wait,
    compact_json,
)
from near_harness.units import Amount, AmountLike, Gas, GasLike, to_amount, to_gas

if TYPE_CHECKING:
    from typing_extensions import Self

    from near_harness.outcome.failures import TransactionFailed

GARBAGE = b"\xff\xfe\x00near_harness\xc0\xaf" + b"\xf5" * 16
"""Neither text nor JSON, and as borsh the beginning of something far too long."""
LONGEST_RESULT = 4_194_304
"""``max_length_returned_data`` of the protocol's limits."""


@dataclass(frozen=True)
class Match:
    """Which calls a script is for: those of a method, perhaps only with some bytes in the arguments, or by one account."""

    method: str
    containing: bytes | None = None
    by: str | None = None

    @property
    def is_for_all(self) -> bool:
        """Whether it is for all calls of the method."""
        return self.containing is None and self.by is None

    def fits(self, method: str, args: bytes, predecessor: str) -> bool:
        """Whether a call is one of them."""
        if self.containing is not None and self.containing not in args:
            return False
        return self.method == method and self.by in {None, predecessor}

    def __str__(self) -> str:
        containing = "" if self.containing is None else f", containing={self.containing!r}"
        return f"on({self.method!r}{containing}{'' if self.by is None else f', by={self.by!r}'})"


@dataclass
class Progress:
    """How far a script has come. ``failed`` are the calls that failed, which the contract itself cannot count."""

    answers: tuple[Answer, ...] = (Answer(),)
    taken: int = 0
    failed: int = 0


class Script:
    """What a puppet does when a method is called. Every method adds to it and returns it again.

    Steps (a log, burnt gas, a transfer, calls) come in the order in which they are told; then one ending, at most: without
    one, the call returns nothing. :meth:`once` and :meth:`times` close an answer, and the next one begins.
    """

    def __init__(self, match: Match, number: int, changed: Callable[[Script], None]) -> None:
        self.match, self.number = match, number
        self._changed = changed
        self.progress = Progress()

    # steps

    def logs(self, text: str) -> Self:
        """Write a log.

        :raises BadInput: for what is no text.
        """
        return self._step(Log(_text(text, self)))

    def emits(self, standard: str, event: str, data: Any = None, *, version: str = "1.0.0") -> Self:
        """Write a NEP-297 event."""
        body = {"standard": standard, "version": version, "event": event, **({} if data is None else {"data": data})}
        return self.logs("EVENT_JSON:" + compact_json(body, f"the event {event}"))

    def burns(self, gas: GasLike) -> Self:
        """Burn gas, besides what everything else burns: at least so much, and less than 1 Ggas more.

        :raises InvalidAmount: without a unit, or negative.
        """
        return self._step(Burn(to_gas(gas)))

    def transfers(self, amount: AmountLike, *, to: object = None) -> Self:
        """Send yoctoNEAR from the puppet's balance to an account; to whoever calls where none is named.

        :raises InvalidAmount: without a unit, or negative.
        """
        return self._step(Transfer(to_amount(amount), _id(to)))

    def calls(
        self,
        contract: object,
        method: str,
        args: Arguments = None,
        *,
        deposit: AmountLike = Amount(0),
        gas: GasLike | None = None,
    ) -> Self:
        """Call another contract, with a deposit in yoctoNEAR. Without ``gas`` it gets an equal part of what is left.

        :raises BadInput: for an id, a name, arguments, an amount or gas that cannot be used.
        """
        return self._step(CallOut(account_id_of(contract), _call(method, args, deposit, gas)))

    def calls_back(
        self, method: str, args: Arguments = None, *, deposit: AmountLike = Amount(0), gas: GasLike | None = None
    ) -> Self:
        """Call a method of whoever calls: the call comes in between the caller's call and its callback.

        :raises BadInput: for a name, arguments, an amount or gas that cannot be used.
        """
        return self._step(CallOut(None, _call(method, args, deposit, gas)))

    def then(self, method: str, args: Arguments = None, *, gas: GasLike | None = None) -> Self:
        """Let a method of the puppet itself be the callback of the last call: program it like any other.

        :raises BadInput: where nothing was called.
        """
        open_answer = self._open()
        if not open_answer.steps or not isinstance(last := open_answer.steps[-1], CallOut):
            raise BadInput(f"{self}: .then() follows .calls(…) or .calls_back(…)")
        after = _call(method, args, Amount(0), gas)
        longer = replace(last, then=(*last.then, after))
        return self._put(replace(open_answer, steps=(*open_answer.steps[:-1], longer)))

    # endings

    def returns(self, value: Any = b"") -> Self:
        """Return a value as JSON, or bytes as they are. Amounts and gas become decimal strings, accounts their ids.

        :raises InvalidArguments: where a value has no such form.
        """
        return self._end(Return.of(value, str(self)))

    def returns_garbage(self) -> Self:
        """Return bytes that are neither text nor JSON nor any borsh."""
        return self._end(Return(GARBAGE))

    def returns_huge(self, size: int = HUGE) -> Self:
        """Return a JSON string of ``size`` bytes. A million of them burn 6 Tgas, and 65 more where a callback gets them.

        :raises BadInput: for less than 2 bytes, or more than the protocol allows, 4 MiB.
        """
        if not 2 <= size <= LONGEST_RESULT:
            raise BadInput(
                f"{self}: a result of {size:,} bytes; a JSON string has 2 or more, the protocol allows {LONGEST_RESULT:,}"
            )
        return self._end(ReturnMuch(size))

    def returns_promise(self) -> Self:
        """Return the promise of the last call or transfer: what becomes of that is what becomes of this call.

        :raises BadInput: where there is none.
        """
        if not any(isinstance(step, (CallOut, Transfer)) for step in self._open().steps):
            raise BadInput(f"{self}: there is no promise to return: add .calls(…) or .transfers(…) before")
        return self._end(ReturnPromise())

    def panics(self, text: str) -> Self:
        """Panic: whatever the call did is rolled back, and the protocol returns the deposit to the caller.

        :raises BadInput: for what is no text.
        """
        return self._end(Panic(_text(text, self)))

    def traps(self) -> Self:
        """Reach an instruction that must not be reached, as code that was compiled without panic messages does."""
        return self._end(Trap())

    def runs_out_of_gas(self) -> Self:
        """Burn all gas that there is."""
        return self._end(OutOfGas())

    def waits(self) -> Self:
        """Wait until the test says what comes of it, with ``await pool.resume(method, value)``; at most 200 blocks."""
        return self._end(Wait())

    # several answers

    def once(self) -> Self:
        """Say that what was told so far is for one call. What follows is for the next ones; without more they return nothing."""
        return self.times(1)

    def times(self, count: int) -> Self:
        """Say that what was told so far is for ``count`` calls.

        :raises BadInput: for less than one.
        """
        if count < 1:
            raise BadInput(f"{self}: {count} times; once or more is possible")
        return self._put(replace(self._open(), times=count))

    # inside

    def is_used_up(self) -> bool:
        """Whether all its answers were given, as far as the test has seen."""
        times = [answer.times for answer in self.progress.answers]
        return None not in times and self.progress.taken >= sum(time or 0 for time in times)

    def explains(self, failure: TransactionFailed) -> bool:
        """Whether a failure is what the script says."""
        return any(answer.ending is not None and answer.ending.explains(failure) for answer in self.progress.answers)

    def _open(self) -> Answer:
        """The answer that is being told."""
        last = self.progress.answers[-1]
        return last if last.times is None else Answer()

    def _step(self, step: Step) -> Self:
        self._check_open(type(step).__name__)
        answer = self._open()
        return self._put(replace(answer, steps=(*answer.steps, step)))

    def _end(self, ending: Ending) -> Self:
        self._check_open(ending.word)
        return self._put(replace(self._open(), ending=ending))

    def _check_open(self, what: str) -> None:
        ending = self._open().ending
        if ending is not None:
            raise BadInput(f"{self}: it {ending.word} already, so nothing can follow ({what}); .once() begins the next answer")

    def _put(self, answer: Answer) -> Self:
        answers = self.progress.answers
        kept = answers[:-1] if answers[-1].times is None else answers
        self.progress = replace(self.progress, answers=(*kept, answer))
        self._changed(self)
        return self

    def __str__(self) -> str:
        return str(self.match)

    def __repr__(self) -> str:
        endings = (answer.ending.word if answer.ending else "returns nothing" for answer in self.progress.answers)
        return f"<Script {self}: {', then '.join(endings)}>"


def _text(value: object, script: Script) -> str:
    """A text that can be written as UTF-8, as the protocol's logs and panics are."""
    if not isinstance(value, str) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadInput(f"{script}: {value!r} is no text")
    return value


def _call(method: str, args: Arguments, deposit: AmountLike, gas: GasLike | None) -> MethodCall:
    name = name_of(method)
    return MethodCall(name, encode_arguments(args, name), to_amount(deposit), None if gas is None else Gas(to_gas(gas)))


def _id(who: object) -> str | None:
    return None if who is None else account_id_of(who)
