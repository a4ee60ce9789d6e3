"""From an answer to instructions."""

from __future__ import annotations

from collections.abc import Container

from near_harness.assembly.host import HOST, REGISTER
from near_harness.assembly.instructions import (
    ADD,
    DROP,
    GREATER,
    LESS,
    RETURN,
    UNREACHABLE,
    Code,
    call,
    code,
    forever,
    get,
    put,
    repeat_while,
    store,
)
from near_harness.assembly.module import Data
from near_harness.puppets.answers import (
    Answer,
    Burn,
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
)
from near_harness.puppets.waiting import RESUMED, wait_row

PROMISE, COUNTER, LOCALS = 0, 1, 2
"""Local variables of a method: the last promise, and a number to count with."""
_HEAP = 32 * 1024 * 1024
"""Where nothing is that anybody needs: half way up in the memory that a contract has at its start."""
_ACCOUNT_REGISTER = 0
_COARSE = 1_000_000_000_000
"""``validator_total_stake`` burns a little less than this: the most gas for the least work."""
_REST_OF_GAS = 1
"""As the weight of a promise: one part of the gas that is left over."""


def answer_code(answer: Answer, data: Data, *, method: str = "", available: Container[str] = HOST) -> Code:
    """Return the instructions of an answer; they end the call. ``available`` are the host functions that they may call."""
    steps = code(*(_step(step, data) for step in answer.steps))
    if answer.ending is None:
        return code(steps, RETURN)
    if isinstance(answer.ending, OutOfGas):
        return code(steps, _out_of_gas(available))
    return code(steps, _ending(answer.ending, data, method), RETURN)


def _out_of_gas(available: Container[str]) -> Code:
    """Burn as much as possible with as little work as possible, again and again."""
    if "validator_total_stake" in available:
        return forever(call("validator_total_stake", _HEAP))
    if "storage_has_key" in available:
        return forever(code(call("storage_has_key", 1, _HEAP), DROP))
    if "storage_read" in available:
        return forever(code(call("storage_read", 1, _HEAP, _ACCOUNT_REGISTER), DROP))
    return forever(())


def _step(step: Step, data: Data) -> Code:
    if isinstance(step, Log):
        return call("log_utf8", *data.place(step.text.encode()))
    if isinstance(step, Burn):
        return _burn(int(step.gas))
    if isinstance(step, Transfer):
        sent = call("promise_batch_action_transfer", get(PROMISE), _amount(int(step.amount), data))
        return code(_new_promise(step.to, data), sent)
    made = code(_new_promise(step.receiver, data), _function_call(step.call, data))
    for after in step.then:
        myself = call("current_account_id", _ACCOUNT_REGISTER)
        followed = put(PROMISE, call("promise_batch_then", get(PROMISE), REGISTER, _ACCOUNT_REGISTER))
        made = code(made, myself, followed, _function_call(after, data))
    return made


def _new_promise(receiver: str | None, data: Data) -> Code:
    if receiver is None:
        caller = call("predecessor_account_id", _ACCOUNT_REGISTER)
        return code(caller, put(PROMISE, call("promise_batch_create", REGISTER, _ACCOUNT_REGISTER)))
    return put(PROMISE, call("promise_batch_create", *data.place(receiver.encode())))


def _function_call(made: MethodCall, data: Data) -> Code:
    gas, weight = (0, _REST_OF_GAS) if made.gas is None else (int(made.gas), 0)
    deposit = _amount(int(made.deposit), data)
    name, args = data.place(made.method.encode()), data.place(made.args)
    return call("promise_batch_action_function_call_weight", get(PROMISE), *name, *args, deposit, gas, weight)


def _amount(amount: int, data: Data) -> int:
    """Return the address of an amount of money."""
    return data.place(amount.to_bytes(16, "little"))[1]


def _burn(gas: int) -> Code:
    """Burn in coarse steps as long as these fit, then in fine ones: asking how much was burnt burns 0.3 Ggas itself."""
    until = put(COUNTER, code(call("used_gas"), gas, ADD))
    coarse = code(get(COUNTER), call("used_gas"), _COARSE, ADD, GREATER)
    fine = code(call("used_gas"), get(COUNTER), LESS)
    return code(until, repeat_while(coarse, call("validator_total_stake", _HEAP)), repeat_while(fine, ()))


def _ending(ending: Ending, data: Data, method: str) -> Code:
    if isinstance(ending, Return):
        return call("value_return", *data.place(ending.value))
    if isinstance(ending, ReturnMuch):
        return _return_much(ending.size)
    if isinstance(ending, ReturnPromise):
        return call("promise_return", get(PROMISE))
    if isinstance(ending, Panic):
        return call("panic_utf8", *data.place(ending.text.encode()))
    if isinstance(ending, Trap):
        return code(UNREACHABLE)
    if isinstance(ending, Wait):
        return _wait(method, data)
    raise TypeError(ending)


def _return_much(size: int) -> Code:
    """A string of JSON, written eight letters at a time."""
    letters = int.from_bytes(b"x" * 8, "little")
    quote = ord('"')
    return code(
        put(COUNTER, 0),
        repeat_while(
            code(get(COUNTER), size, LESS),
            code(store(code(get(COUNTER), _HEAP, ADD), letters), put(COUNTER, code(get(COUNTER), 8, ADD))),
        ),
        store(_HEAP, quote, size=1),
        store(_HEAP + size - 1, quote, size=1),
        call("value_return", size, _HEAP),
    )


def _wait(method: str, data: Data) -> Code:
    """Yield, and leave a row that says who waits."""
    resumed, nothing = data.place(RESUMED.encode()), data.place(b"")
    made = put(PROMISE, call("promise_yield_create", *resumed, *nothing, 0, _REST_OF_GAS, _ACCOUNT_REGISTER))
    return code(made, wait_row(method, _ACCOUNT_REGISTER, COUNTER), call("promise_return", get(PROMISE)))
