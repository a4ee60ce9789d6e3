"""The ways in which a call of another contract goes wrong, as code that does it.

A *fault* is what becomes of one receipt: the receiver's contract panics, runs out of gas, answers nonsense, calls back into the
caller; or the method, the code or the account is not there. :func:`fault_code` gives a contract that does nothing else, for
whoever can replace the receiver's code for one receipt; :func:`fault_in` the receiver's own contract with one method that
fails, for every node.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from near_harness.assembly.graft import ROOM, WINDOW, graft, host_functions, original
from near_harness.assembly.instructions import NOT_EQUAL, RETURN, Code, code, get, name_of, when
from near_harness.assembly.module import Data, Function, write_module
from near_harness.contract.arguments import Arguments, encode_arguments
from near_harness.errors import BadInput
from near_harness.puppets.answer_code import COUNTER, LOCALS, answer_code
from near_harness.puppets.answers import HUGE, Answer, CallOut, MethodCall, OutOfGas, Panic, Return, ReturnMuch
from near_harness.puppets.counting import count_call
from near_harness.units import Amount, AmountLike, Gas, GasLike, to_amount, to_gas

PANIC_TEXT = "a fault of near_harness"
WRONG_TYPE = b'{"near_harness":["a result of the wrong type"]}'


class Missing(str, Enum):
    """What is not there."""

    ACCOUNT = "account"
    CODE = "code"
    METHOD = "method"


@dataclass(frozen=True)
class Fault:
    """One way in which a receipt goes wrong: by what its method does instead, or by what is missing."""

    name: str
    answer: Answer | None = None
    missing: Missing | None = None

    @property
    def fails(self) -> bool:
        """Whether the receipt itself fails; else it succeeds, and the caller gets something it does not expect."""
        return self.missing is not None or (self.answer is not None and isinstance(self.answer.ending, (Panic, OutOfGas)))

    def __str__(self) -> str:
        return self.name


PANIC = Fault("panic", Answer(ending=Panic(PANIC_TEXT)))
OUT_OF_GAS = Fault("out of gas", Answer(ending=OutOfGas()))
ACCOUNT_MISSING = Fault("account missing", missing=Missing.ACCOUNT)
CODE_MISSING = Fault("code missing", missing=Missing.CODE)
METHOD_MISSING = Fault("method missing", missing=Missing.METHOD)
WRONG_RESULT = Fault("wrong type of result", Answer(ending=Return(WRONG_TYPE)))
NO_RESULT = Fault("no result", Answer())
HUGE_RESULT = Fault("huge result", Answer(ending=ReturnMuch(HUGE)))

FAULTS: tuple[Fault, ...] = (
    PANIC,
    OUT_OF_GAS,
    ACCOUNT_MISSING,
    CODE_MISSING,
    METHOD_MISSING,
    WRONG_RESULT,
    NO_RESULT,
    HUGE_RESULT,
)
"""All faults that need no further choice; :func:`calls_back_in` makes the others."""


def calls_back_in(method: str, args: Arguments = None, *, deposit: AmountLike = Amount(0), gas: GasLike | None = None) -> Fault:
    """Return the fault that the receiver calls a method of whoever called it, and then returns nothing.

    ``gas`` for that call: by default all that is left.
    """
    attached = None if gas is None else Gas(to_gas(gas))
    made = MethodCall(name_of(method), encode_arguments(args, method), to_amount(deposit), attached)
    return Fault(f"calls back in: {method}", Answer((CallOut(None, made),)))


def fault_code(fault: Fault, method: str) -> bytes:
    """Return a contract whose only method is ``method``, and does what the fault says; no bytes at all where code is missing.

    :raises BadInput: for :data:`ACCOUNT_MISSING`, which no code can do.
    """
    if fault.missing is Missing.ACCOUNT:
        raise BadInput("no code makes an account missing: take the account away")
    if fault.missing is Missing.CODE:
        return b""
    data = Data()
    if fault.answer is None:
        return write_module({"other": Function(())}, {f"not_{method}"[:256]: "other"}, data)
    function = Function(answer_code(fault.answer, data, method=method), locals=LOCALS)
    return write_module({"fault": function}, {name_of(method): "fault"}, data)


def fault_in(contract: bytes, fault: Fault, method: str, *, after: int | None = None) -> bytes:
    """Return the contract with a method that goes wrong, and everything else as it is; no bytes where its code is missing.

    Each call of the method goes wrong; with ``after`` only the one behind so many calls that succeeded, which are counted in
    an entry of the contract's storage. (A call that fails is not counted: nothing of it stays, so the next one fails as well.)

    :raises CannotGraft: where the contract has no such method, or does not import a host function that the fault needs.
    :raises BadInput: for :data:`ACCOUNT_MISSING`, which no code can do; and for what is missing from a later call on.
    """
    if fault.missing is not None:
        if after or fault.missing is Missing.ACCOUNT:
            raise BadInput(f"{fault}: what is missing is missing from the first call on, and no code takes an account away")
        return b"" if fault.missing is Missing.CODE else graft(contract, {method: None}, Data(WINDOW, ROOM))
    if fault.answer is None:
        raise BadInput(f"{fault}: it says neither what the method does nor what is missing")
    data = Data(WINDOW, ROOM)
    wrong = answer_code(fault.answer, data, method=method, available=host_functions(contract))
    if after is not None:
        wrong = code(_right_unless(after, method, data), wrong)
    return graft(contract, {method: Function(wrong, locals=LOCALS)}, data)


def _right_unless(after: int, method: str, data: Data) -> Code:
    """Count the calls in the contract's storage, and do what the method did unless the count is ``after``."""
    return code(
        count_call(b"near_harness.calls." + method.encode(), COUNTER, data),
        when(code(get(COUNTER), after, NOT_EQUAL), code(original(method), RETURN)),
    )
