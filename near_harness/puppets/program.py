"""From the scripts of a puppet to its code: which script answers a call, and which of its answers it is the turn of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from near_harness.assembly.host import HOST, I64
from near_harness.assembly.instructions import (
    ADD,
    AT_LEAST,
    EQUAL,
    GREATER,
    LESS,
    NOT_EQUAL,
    RETURN,
    Code,
    call,
    code,
    count_up,
    forever,
    get,
    load,
    narrowed,
    put,
    when,
)
from near_harness.assembly.module import Data, Function, write_module
from near_harness.puppets import waiting
from near_harness.puppets.answer_code import COUNTER, LOCALS, answer_code
from near_harness.puppets.counting import count_call
from near_harness.puppets.script import Script

_INPUT_LENGTH, _CALLER_LENGTH = LOCALS, LOCALS + 1
_INPUT, _CALLER = 16 * 1024 * 1024, 14 * 1024 * 1024
_REGISTER = 2
_CONTAINS = "contains"


def puppet_code(methods: Iterable[str], scripts: Sequence[Script], *, waits: bool) -> bytes:
    """Write the contract of a puppet, which asks the scripts in their order. Methods without a script return nothing.

    ``waits``: whether calls may be waiting that were made before, so that what resumes them must be there.
    """
    data = Data()
    functions = {name: Function(_method(name, scripts, data), locals=LOCALS + 2) for name in methods}
    exports = {name: f"method {name}" for name in functions}
    written = {f"method {name}": function for name, function in functions.items()}
    if any(_CONTAINS in function.refers_to() for function in functions.values()):
        written[_CONTAINS] = _contains()
    if waits:
        own = waiting.functions(data)
        written |= own
        exports |= {name: name for name in own}
    # All host functions, so that any fault can be put in: see near_harness.assembly.graft.
    return write_module(written, exports, data, imports=HOST)


def _method(name: str, scripts: Sequence[Script], data: Data) -> Code:
    """Ask one script after the other."""
    mine = [script for script in scripts if script.match.method == name]
    prepared = code()
    if any(script.match.containing is not None for script in mine):
        prepared = code(call("input", _REGISTER), _read(_INPUT_LENGTH, _INPUT))
    if any(script.match.by is not None for script in mine):
        prepared = code(prepared, call("predecessor_account_id", _REGISTER), _read(_CALLER_LENGTH, _CALLER))
    return code(prepared, *(_if_it_fits(script, data) for script in mine))


def _read(length: int, address: int) -> Code:
    return code(put(length, call("register_len", _REGISTER)), call("read_register", _REGISTER, address))


def _if_it_fits(script: Script, data: Data) -> Code:
    done = _answers(script, data)
    match = script.match
    if match.containing is not None:
        length, place = data.place(match.containing)
        done = when(narrowed(call(_CONTAINS, _INPUT, get(_INPUT_LENGTH), place, length)), done)
    if match.by is not None:
        length, place = data.place(match.by.encode())
        same = narrowed(call(_CONTAINS, _CALLER, get(_CALLER_LENGTH), place, length))
        done = when(code(get(_CALLER_LENGTH), length, EQUAL), when(same, done))
    return done


def _answers(script: Script, data: Data) -> Code:
    """The answer whose turn it is. The contract counts the calls that succeeded, the test those that failed."""
    answers, method = script.progress.answers, script.match.method
    if len(answers) == 1 and answers[0].times is None:
        return answer_code(answers[0], data, method=method)
    parts = [
        count_call(f"near_harness.script.{script.number}".encode(), COUNTER, data),
        put(COUNTER, code(get(COUNTER), script.progress.failed, ADD)),
    ]
    until = 0
    for answer in answers:
        made = answer_code(answer, data, method=method)
        until += answer.times or 0
        parts.append(made if answer.times is None else when(code(get(COUNTER), until, LESS), made))
    return code(*parts)


def _contains() -> Function:
    """Whether bytes contain others, looked for at each place: 1 or 0."""
    inside, inside_length, wanted, wanted_length, at, same = range(6)
    here = load(code(get(inside), get(at), ADD, get(same), ADD), size=1)
    there = load(code(get(wanted), get(same), ADD), size=1)
    compare = forever(
        code(
            when(code(get(same), get(wanted_length), AT_LEAST), code(1, RETURN)),
            code(here, there, NOT_EQUAL, b"\x0d\x01"),
            count_up(same),
        )
    )
    search = forever(
        code(
            when(code(get(at), get(wanted_length), ADD, get(inside_length), GREATER), code(0, RETURN)),
            put(same, 0),
            b"\x02\x40",
            compare,
            b"\x0b",
            count_up(at),
        )
    )
    return Function(code(put(at, 0), search, 0), parameters=4, results=I64, locals=2)
