"""A stranger's contract that calls somebody's callback as if it were its own: with a promise result of its choice."""

from __future__ import annotations

from near_harness.assembly.host import REGISTER
from near_harness.assembly.instructions import Code, call, code, get, name_of, put
from near_harness.assembly.module import Data, Function, write_module
from near_harness.contract.arguments import Arguments, encode_arguments

FORGE = "forge"
_ANSWER = "answer"
_PROMISE, _LOCALS = 0, 1
_ACCOUNT_REGISTER = 0
_ANSWERS_GAS = 10 * 10**12
_REST_OF_GAS = 1


def forging_code(victim: str, callback: str, args: Arguments, answer: bytes) -> bytes:
    """Return a contract whose method ``forge`` calls itself, gets ``answer`` from there, and has ``callback`` called with it.

    :raises BadInput: for a name of a method, or arguments, that cannot be used.
    """
    data = Data()
    _, nothing = data.place(bytes(16))
    forge = code(
        call("current_account_id", _ACCOUNT_REGISTER),
        put(_PROMISE, call("promise_batch_create", REGISTER, _ACCOUNT_REGISTER)),
        _call_of(_ANSWER, b"", nothing, data, gas=_ANSWERS_GAS),
        put(_PROMISE, call("promise_batch_then", get(_PROMISE), *data.place(victim.encode()))),
        _call_of(name_of(callback), encode_arguments(args, callback), nothing, data),
        call("promise_return", get(_PROMISE)),
    )
    functions = {FORGE: Function(forge, locals=_LOCALS), _ANSWER: Function(call("value_return", *data.place(answer)))}
    return write_module(functions, {name: name for name in functions}, data)


def _call_of(method: str, args: bytes, deposit: int, data: Data, *, gas: int = 0) -> Code:
    name, arguments = data.place(method.encode()), data.place(args)
    weight = 0 if gas else _REST_OF_GAS
    return call("promise_batch_action_function_call_weight", get(_PROMISE), *name, *arguments, deposit, gas, weight)
