"""Isolation on a node that cannot go back: each test has a root account of its own, and its accounts below that.

``near.root`` is then a fresh sub-account of the node's root account, such as ``t4f9ab2-7.sandbox``, and ``alice`` is
``alice.t4f9ab2-7.sandbox``. Nothing of one test is ever seen by another, also where several processes use one node. A
transaction takes a real node a second, so root accounts are made in advance, several at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import itertools
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from near_harness.errors import NodeError, RpcError
from near_harness.keys import KeyPair
from near_harness.nodes.claims import claim
from near_harness.outcome import parse_outcome
from near_harness.outcome.failures import Expired, InvalidNonce, NonceTooLarge
from near_harness.rpc.client import Client
from near_harness.transactions import add_full_access_key, create_account, transfer
from near_harness.units import NEAR, Amount

BATCH = 8
"""How many root accounts are made at once."""
MOST_MONEY = NEAR(100_000)
_SHARE = 1000
"""A root account gets at most this part of what the node's root account has, so that many tests can follow."""
_OVERTAKEN = (InvalidNonce, NonceTooLarge, Expired)
_TRIES = 20
"""Processes of other machines may sign with the same key at the same time."""
_TURN_LIMIT_S = 60.0


@dataclass(eq=False)
class Namespace:
    """Where the accounts of one test, or of one wider fixture, are. It has no root account before somebody needs it."""

    root_id: str | None = None


class Namespaces:
    """The stack of name spaces: the innermost is the one of the test that runs."""

    def __init__(self, client: Client, root_id: str, root_key: KeyPair) -> None:
        self._client, self._root_id, self._root_key = client, root_id, root_key
        self._stack: tuple[Namespace, ...] = ()
        self._ready: list[str] = []
        self._prefix = f"t{secrets.token_hex(3)}"
        self._numbers = itertools.count(1)
        self.money = MOST_MONEY
        """What the root accounts get that were made last, in yoctoNEAR."""

    @property
    def stack(self) -> tuple[Namespace, ...]:
        """The name spaces that stand, from the widest on; may be given to :meth:`go_back`."""
        return self._stack

    def enter(self) -> None:
        """Open a name space of its own for what follows."""
        self._stack = (*self._stack, Namespace())

    def go_back(self, stack: tuple[Namespace, ...]) -> None:
        """Leave the name spaces that were opened since."""
        self._stack = stack

    def root_id(self) -> str:
        """Return the root account of the innermost name space; it exists."""
        if not self._stack:
            return self._root_id
        innermost = self._stack[-1]
        if innermost.root_id is None:
            if not self._ready:
                self._ready = _in_a_thread(self._make)
            innermost.root_id = self._ready.pop(0)
        return innermost.root_id

    def known_roots(self) -> tuple[str, ...]:
        """Return the root accounts that are there, the innermost first."""
        inner = [space.root_id for space in reversed(self._stack) if space.root_id is not None]
        return (*inner, self._root_id)

    def _make(self) -> list[str]:
        """Make some more root accounts, in turn with the other processes of this machine: they sign with the same key."""
        name = hashlib.sha256(f"{self._client.rpc_url} {self._root_key.public_key}".encode()).hexdigest()[:16]
        until = time.monotonic() + _TURN_LIMIT_S
        while (release := claim(f"root-{name}")) is None and time.monotonic() < until:
            time.sleep(0.02)
        try:
            return asyncio.run(self._make_some())
        finally:
            if release is not None:
                release()

    async def _make_some(self) -> list[str]:
        client = Client(self._client.rpc_url)
        try:
            view = await client.query("view_account", account_id=self._root_id)
            self.money = money = Amount(min(int(MOST_MONEY), int(view["amount"]) // _SHARE))
            names = [f"{self._prefix}-{next(self._numbers)}.{self._root_id}" for _ in range(BATCH)]
            await asyncio.gather(*(self._make_one(client, name, money) for name in names))
        finally:
            await client.close()
        return names

    async def _make_one(self, client: Client, name: str, money: Amount) -> None:
        key = add_full_access_key(KeyPair.from_seed(name).public_key)
        signer = client.signer(self._root_id, self._root_key)
        for turn in range(_TRIES):
            if turn:
                await asyncio.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - to get out of each other's way
            with contextlib.suppress(*(_OVERTAKEN if turn < _TRIES - 1 else ())):
                outcome = parse_outcome(await signer.send(name, [create_account(), transfer(money), key]))
                if outcome.failure is not None:
                    raise outcome.failure
                return


def _in_a_thread(work: Callable[[], list[str]]) -> list[str]:
    """Run to the end where no event loop runs: whoever asks for a root account may be in one."""
    found: list[list[str]] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - the thread that waits raises it
            failed.append(error)

    thread = threading.Thread(target=run, name="near-harness-namespaces")
    thread.start()
    thread.join()
    if failed:
        if isinstance(failed[0], RpcError):
            raise NodeError(f"no root account for the test could be made: {failed[0]}") from failed[0]
        raise failed[0]
    return found[0]
