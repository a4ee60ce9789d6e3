"""The same façade without ``await``, for scripts, notebooks and the REPL.

>>> import near_harness.sync
>>> near = near_harness.sync.start()
>>> alice = near.create_account("alice")
>>> bank = near.deploy("bank.wasm", "bank")
>>> bank.deposit().by(alice).attach("1 NEAR").send()      # an Outcome
>>> bank.credit_of(alice)                                 # a view is made at once
>>> near.stop()

Everything runs on an event loop in a thread of its own, so it also works where a loop runs already, as in Jupyter. (There, and in
``python -m asyncio``, ``await`` with :func:`near_harness.start` works as well.)
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from near_harness.accounts import Account, Contract
from near_harness.chain.stepping import PausedChain, Sent
from near_harness.errors import NodeUnreachable
from near_harness.near import Near
from near_harness.near import start as start_async
from near_harness.transactions import Call

if TYPE_CHECKING:
    from typing_extensions import Self

_T = TypeVar("_T")
_WRAPPED = (Near, Account, Contract, Call, PausedChain, Sent)


class LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="near-harness-sync", daemon=True)
        self._thread.start()

    def run(self, awaitable: Awaitable[_T]) -> _T:
        """Wait for the result. Ctrl-C, or a notebook's stop button, ends what runs.

        :raises NodeUnreachable: where the façade was stopped.
        """
        if self._loop.is_closed():
            if isinstance(awaitable, Coroutine):
                awaitable.close()
            raise NodeUnreachable("the node was stopped by near.stop(): start another with near_harness.sync.start()")
        future = asyncio.run_coroutine_threadsafe(_as_coroutine(awaitable), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the loop and its thread; harmless when it has ended."""
        if self._loop.is_closed():
            return
        self.run(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _as_coroutine(awaitable: Awaitable[_T]) -> _T:
    return await awaitable


class Sync:
    """An object of the façade whose asynchronous methods wait for their results. Its attributes are those of the object."""

    def __init__(self, wrapped: Any, loop: LoopThread) -> None:
        self._wrapped, self._loop = wrapped, loop

    def send(self, *args: Any, **named: Any) -> Any:
        """Send a call (or a transaction, on ``near`` and accounts) and return its outcome.

        :raises TransactionFailed: where it fails.
        """
        wrapped = self._wrapped
        if isinstance(wrapped, (Call, Sent)):
            return self._result(wrapped)
        return self._call(wrapped.send, args, named)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._wrapped, name)
        if callable(value) and not isinstance(value, _WRAPPED):
            return functools.update_wrapper(lambda *args, **named: self._call(value, args, named), value)
        return self._result(value, awaits=False)

    def _call(self, function: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return self._result(function(*_unwrapped(args), **_unwrapped(named)), awaits=None)

    def _result(self, value: Any, *, awaits: bool | None = True) -> Any:
        """Wait for coroutines and views; a call that is being put together waits for :meth:`send`."""
        if awaits or (awaits is None and (inspect.isawaitable(value) and not isinstance(value, (Call, Sent)))):
            value = self._loop.run(value)
        if isinstance(value, AbstractAsyncContextManager) and not isinstance(value, _WRAPPED):
            return self._context(value)
        return Sync(value, self._loop) if isinstance(value, _WRAPPED) else value

    @contextmanager
    def _context(self, manager: AbstractAsyncContextManager[Any]) -> Iterator[Any]:
        entered = self._loop.run(manager.__aenter__())
        try:
            yield self._result(entered, awaits=False)
        except BaseException as error:
            if not self._loop.run(manager.__aexit__(type(error), error, error.__traceback__)):
                raise
        else:
            self._loop.run(manager.__aexit__(None, None, None))

    def __dir__(self) -> list[str]:
        return sorted({*dir(self._wrapped), "send"})

    def __str__(self) -> str:
        return str(self._wrapped)

    def __repr__(self) -> str:
        wrapped = self._wrapped
        return f"<Call {wrapped}: not sent yet, .send() does it>" if isinstance(wrapped, Call) else repr(wrapped)


class SyncNear(Sync):
    """A node and what a script does with it: :class:`near_harness.Near` without ``await``. Also a context manager."""

    def __init__(self, near: Near, loop: LoopThread, stop: Callable[[], None]) -> None:
        super().__init__(near, loop)
        self._stop: Callable[[], None] | None = stop
        atexit.register(self.stop)

    def view_of(self, value: Any) -> Any:
        """Return an account, contract or call of the same node without ``await``; anything else as it is."""
        return self._result(value, awaits=False)

    def stop(self) -> None:
        """Stop what was started for this object; harmless when it is stopped."""
        stop, self._stop = self._stop, None
        atexit.unregister(self.stop)
        if stop is not None:
            stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def start(**settings: Any) -> SyncNear:
    """Start a node: ``near = near_harness.sync.start()``, or ``with near_harness.sync.start() as near: …``.

    The settings are those of :func:`near_harness.start`. What is not stopped ends with the interpreter.

    :raises NodeError: where the node cannot be started; the text names the remedy.
    """
    loop = LoopThread()
    manager = start_async(**settings)
    try:
        near = loop.run(manager.__aenter__())
    except BaseException:
        loop.stop()
        raise

    def stop() -> None:
        loop.run(manager.__aexit__(None, None, None))
        loop.stop()

    return SyncNear(near, loop, stop)


def of(near: Near) -> SyncNear:
    """Return a façade without ``await`` for a node that runs already, such as the fixture ``near``. Stop it in the end."""
    loop = LoopThread()

    def stop() -> None:
        loop.run(near.client.close())
        loop.stop()

    return SyncNear(near, loop, stop)


def _unwrapped(value: Any) -> Any:
    if isinstance(value, Sync):
        return value._wrapped  # noqa: SLF001 - this class's own
    if isinstance(value, dict):
        return {key: _unwrapped(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_unwrapped(part) for part in value)
    return value
