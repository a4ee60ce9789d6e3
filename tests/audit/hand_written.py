"""Contracts without an ABI, written instruction by instruction: for each rule a bad one and its good twin."""

from __future__ import annotations

from near_harness.assembly.instructions import (
    DROP,
    NOT_EQUAL,
    Code,
    call,
    code,
    get,
    load,
    narrowed,
    put,
    when,
)
from near_harness.assembly.module import Data, Function, write_module
from near_harness.units import NEAR

_SCRATCH = 8 * 1024 * 1024
_REGISTER = 5
_GAS = 10 * 10**12
_SUCCESSFUL = 1
"""What ``promise_result`` says of a promise that succeeded."""


class Writing:
    """The pieces of these contracts; each of them reads like the line of Rust that it stands for."""

    def __init__(self) -> None:
        self.data = Data()

    def contract(self, **methods: Code) -> bytes:
        functions = {name: Function(body, locals=2) for name, body in methods.items()}
        return write_module(functions, {name: name for name in functions}, self.data)

    def write(self, key: str, value: str = "1") -> Code:
        return code(call("storage_write", *self._text(key), *self._text(value), _REGISTER), DROP)

    def remove(self, key: str) -> Code:
        return code(call("storage_remove", *self._text(key), _REGISTER), DROP)

    def refuse_if(self, truth: Code, why: str) -> Code:
        return when(truth, self.refuse(why))

    def refuse(self, why: str) -> Code:
        return call("panic_utf8", *self._text(why))

    def refuse_unless_has(self, key: str) -> Code:
        return when(self.has(key), code(), self.refuse("nothing was ordered"))

    def has(self, key: str) -> Code:
        return narrowed(call("storage_has_key", *self._text(key)))

    def require_deposit(self, yocto: int, why: str) -> Code:
        """Refuse any other deposit."""
        other_low, other_high = code(load(_SCRATCH), yocto, NOT_EQUAL), code(load(_SCRATCH + 8), 0, NOT_EQUAL)
        return code(call("attached_deposit", _SCRATCH), self.refuse_if(other_low, why), self.refuse_if(other_high, why))

    def require_caller(self, account: str) -> Code:
        """Refuse everybody whose account id begins with other letters: eight of them do here."""
        begins = int.from_bytes(account.encode()[:8], "little")
        caller = code(call("predecessor_account_id", _REGISTER), call("read_register", _REGISTER, _SCRATCH))
        return code(caller, self.refuse_if(code(load(_SCRATCH), begins, NOT_EQUAL), "not for you"))

    def asks(self, account: str, method: str, then: str | None = None) -> Code:
        """Call a method of another contract, with a callback of this one."""
        made = put(0, call("promise_batch_create", *self._text(account)))
        asked = self._call_of(method)
        if then is None:
            return code(made, asked)
        return code(made, asked, self.then(then))

    def pays(self, account: str, amount: int) -> Code:
        made = put(0, call("promise_batch_create", *self._text(account)))
        _, place = self.data.place(amount.to_bytes(16, "little"))
        return code(made, call("promise_batch_action_transfer", get(0), place))

    def then(self, callback: str) -> Code:
        myself = call("current_account_id", 0)
        followed = put(0, call("promise_batch_then", get(0), (1 << 64) - 1, 0))
        return code(myself, followed, self._call_of(callback), call("promise_return", get(0)))

    def failed(self) -> Code:
        """Whether the promise before the callback has failed. Traps where there is none."""
        return code(call("promise_result", 0, _REGISTER), _SUCCESSFUL, NOT_EQUAL)

    def _call_of(self, method: str) -> Code:
        _, nothing = self.data.place(bytes(16))
        name, args = self._text(method), self._text("{}")
        return call("promise_batch_action_function_call_weight", get(0), *name, *args, nothing, _GAS, 0)

    def _text(self, text: str) -> tuple[int, int]:
        return self.data.place(text.encode())


def forgeable_callback(*, good: bool) -> bytes:
    """A callback that wants the result of a promise, and does not ask whose. The good one does."""
    w = Writing()
    private = w.require_caller("contract.sandbox") if good else code()
    heard = code(private, w.refuse_if(w.failed(), "failed"), w.write("heard"))
    return w.contract(ask=w.asks("alice.sandbox", "price", "on_price"), on_price=heard)


def open_callback_of_an_order(*, good: bool) -> bytes:
    """A callback that anybody may call, once something was ordered. The good one asks who calls."""
    w = Writing()
    private = w.require_caller("contract.sandbox") if good else code()
    ask = code(w.refuse_unless_has("order"), w.asks("alice.sandbox", "price", "on_price"))
    heard = code(private, w.refuse_unless_has("order"), w.write("heard"))
    return w.contract(order=w.write("order"), ask=ask, on_price=heard)


def forgeable_callback_of_an_order(*, good: bool) -> bytes:
    """The same with a callback that wants the result of a promise, and asks for the next one."""
    w = Writing()
    private = w.require_caller("contract.sandbox") if good else code()
    again = w.asks("alice.sandbox", "price", "on_price")
    ask = code(w.refuse_unless_has("order"), again)
    heard = code(private, w.refuse_unless_has("order"), w.refuse_if(w.failed(), "failed"), w.write("heard"), again)
    return w.contract(order=w.write("order"), ask=ask, on_price=heard)


def waits() -> bytes:
    """A method that yields, and that nobody resumes."""
    w = Writing()
    made = call("promise_yield_create", *w._text("resumed"), *w._text(""), _GAS, 0, _REGISTER)
    return w.contract(wait=code(put(0, made), call("promise_return", get(0))), resumed=code())


def questions(*, good: bool) -> bytes:
    """A question that waits. Its answer is paid by another contract; the bad one does not ask again whether it is in time."""
    w = Writing()
    made = call("promise_yield_create", *w._text("resumed"), *w._text(""), _GAS, 0, _REGISTER)
    kept = code(call("storage_write", *w._text("data id"), (1 << 64) - 1, _REGISTER, 0), DROP)
    asked = code(call("storage_read", *w._text("data id"), _REGISTER), DROP)
    resumed = call("promise_yield_resume", (1 << 64) - 1, _REGISTER, *w._text("1"))
    in_time = when(resumed, code(), w.refuse("too late")) if good else code(resumed, DROP)
    return w.contract(
        ask=code(put(0, made), kept, w.write("waiting"), call("promise_return", get(0))),
        answer=code(w.refuse_unless_has("waiting"), w.asks("alice.sandbox", "pay", "on_paid")),
        on_paid=code(asked, in_time, w.write("answered")),
        resumed=code(w.remove("waiting"), when(w.failed(), w.write("taken back"))),
    )


def kept_state(*, good: bool) -> bytes:
    w = Writing()
    undone = when(w.failed(), w.remove("done")) if good else code(w.failed(), DROP)
    return w.contract(do=code(w.write("done"), w.asks("alice.sandbox", "work", "on_work")), on_work=undone)


def kept_removal(*, good: bool) -> bytes:
    """Takes away what it sells before it is paid. The good one puts it back."""
    w = Writing()
    undone = when(w.failed(), w.write("stock")) if good else code(w.failed(), DROP)
    sell = code(w.refuse_unless_has("stock"), w.remove("stock"), w.asks("alice.sandbox", "work", "on_work"))
    return w.contract(fill=w.write("stock"), sell=sell, on_work=undone)


def unwanted_deposit(*, good: bool) -> bytes:
    w = Writing()
    refusal = w.require_deposit(0, "no deposit, please") if good else code()
    return w.contract(greet=code(refusal, w.write("greeting", "hello")))


def failing_callback() -> bytes:
    """Keeps a deposit because its callback fails, and might have had a use for it."""
    w = Writing()
    return w.contract(buy=w.asks("alice.sandbox", "price", "on_price"), on_price=call("panic_utf8", *w._text("no price")))


def members() -> bytes:
    """What a member sends needs a friend, and who has left is no member any more: making every call that works bars the way."""
    w = Writing()
    return w.contract(
        befriend=w.write("friend"),
        leave=code(w.refuse_if(w.has("left"), "left already"), w.write("left")),
        send=code(w.refuse_if(w.has("left"), "no member"), w.refuse_unless_has("friend"), w.write("sent")),
    )


def poor() -> bytes:
    """A transfer that asks for one yoctoNEAR, and then finds that nothing is there."""
    w = Writing()
    return w.contract(send=code(w.require_deposit(1, "attach one yoctoNEAR"), w.refuse_unless_has("balance"), w.write("sent")))


def votes() -> bytes:
    """A question that is decided when alice votes for it after bob, and asked again where that has failed."""
    w = Writing()
    caller = code(call("predecessor_account_id", _REGISTER), call("read_register", _REGISTER, _SCRATCH))
    not_bob = code(caller, load(_SCRATCH), int.from_bytes(b"bob.sand", "little"), NOT_EQUAL)
    decided = w.asks("nobody.sandbox", "work", "on_work")
    alices = when(w.has("vote of bob"), decided, w.write("vote of alice"))
    return w.contract(
        propose=w.write("question"),
        vote=code(w.refuse_unless_has("question"), when(not_bob, alices, w.write("vote of bob"))),
        retry=code(w.refuse_unless_has("failed"), w.write("again")),
        on_work=code(w.require_caller("contract.sandbox"), when(w.failed(), w.write("failed"))),
    )


def unread_promise(*, good: bool) -> bytes:
    """Pays an account that does not exist."""
    w = Writing()
    paid = code(w.write("paid"), w.pays("nobody.sandbox", int(NEAR(1))))
    if not good:
        return w.contract(pay=paid)
    return w.contract(pay=code(paid, w.then("on_paid")), on_paid=when(w.failed(), w.remove("paid")))


def unread_promises(count: int) -> bytes:
    """Pays so many accounts that do not exist."""
    w = Writing()
    paid = [w.pays(f"nobody{number}.sandbox", int(NEAR(1))) for number in range(count)]
    return w.contract(pay=code(w.write("paid"), *paid))


def lock(*, good: bool) -> bytes:
    w = Writing()
    ask = code(w.refuse_if(w.has("lock"), "locked"), w.write("lock"), w.asks("alice.sandbox", "price", "on_price"))
    unlocked, refusal = w.remove("lock"), w.refuse_if(w.failed(), "no price")
    return w.contract(ask=ask, on_price=unlocked if good else code(refusal, unlocked))


def reinitialisation(*, good: bool) -> bytes:
    w = Writing()
    refusal = w.refuse_if(w.has("STATE"), "there is state already") if good else code()
    owner = code(call("predecessor_account_id", 0), call("storage_write", *w._text("STATE"), (1 << 64) - 1, 0, _REGISTER), DROP)
    return w.contract(new=code(refusal, owner))


def no_one_yocto(*, good: bool) -> bytes:
    w = Writing()
    refusal = w.require_deposit(1, "attach one yoctoNEAR") if good else code()
    return w.contract(ft_transfer=code(refusal, w.write("moved")))
