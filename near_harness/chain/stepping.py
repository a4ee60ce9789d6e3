"""A chain that stands still until the test lets it go on: act between a call and its callback.

::

    async with near.paused() as chain:
        sent = await chain.send(bank.withdraw().by(alice))
        await chain.step()                       # the transaction becomes a receipt
        await chain.step_receipt(chain.pending().receipt("withdraw"))
        …                                        # whatever must happen before the callback
    outcome = await sent
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Generator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of, check_account_id
from near_harness.actions import checked
from near_harness.bundles.history import History, Step
from near_harness.chain.capability import engine_chain, refusals
from near_harness.chain.pending import Pending, PendingReceipt, PendingTransaction, parse_pending
from near_harness.errors import BadInput
from near_harness.nodes.base import Node
from near_harness.not_begun import begun_by_await
from near_harness.rpc.client import Client
from near_harness.rpc.signer import Submitted
from near_harness.sending import noting
from near_harness.transactions import Actions, Call

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.contract.borsh import BorshType
    from near_harness.near import Near
    from near_harness.outcome import Outcome

_BLOCKS_TO_FINALITY = 4
_MOST_BLOCKS = 10_000
"""Far more than the gas of one transaction lasts for."""


@begun_by_await()
class Sent:
    """A transaction that was handed over. ``await`` it for its outcome: on a paused chain what is left of it runs, then."""

    def __init__(self, near: Near, signer: Account | Contract, submitted: Submitted, context: str, step: Step) -> None:
        self._near, self._signer, self.hash, self._context = near, signer, submitted.hash, context
        self._submitted, self._step = submitted, step
        self.returns: BorshType | None = None
        """The type of its value, where the contract's ABI says that it is borsh."""

    def __await__(self) -> Generator[Any, None, Outcome]:
        """Return the outcome.

        :raises TransactionFailed: where the result is a failure, or the transaction was dropped as no longer valid.
        """
        return self._outcome(raising=True).__await__()

    async def attempt(self) -> Outcome:
        """Return the outcome whatever the result is.

        :raises TransactionFailed: where there is none: the transaction was dropped as no longer valid.
        """
        return await self._outcome(raising=False)

    async def _outcome(self, *, raising: bool) -> Outcome:
        near = self._near
        signer = near.client.signer(self._signer.id, self._signer.key)
        if near.is_paused:
            await near.puppets.flush()
            near.history.note("run")
            _run(engine_chain(near.node, "awaiting a transaction"))
        else:
            signer.forget_nonces()
            near.history.note("run")
        with noting(self._step, self._context):
            raw = await signer.end_of(self._submitted)
        outcome = near.outcome_of(raw, raising=raising, context=self._context, step=self._step)
        outcome.returns = self.returns
        return outcome

    def __repr__(self) -> str:
        return f"<Sent {self._context or self.hash}>"


@begun_by_await("chain")
class PausedChain:
    """A chain whose blocks come when this object is asked for them."""

    def __init__(self, near: Near) -> None:
        self._near = near
        self._chain = engine_chain(near.node, "paused")

    async def send(self, call: Call) -> Sent:
        """Hand over a call; it waits in the pool for a step.

        :raises TransactionFailed: where the protocol refuses it.
        """
        return await call.start()

    async def submit(self, signer: Account | Contract, receiver: object, actions: Actions, *, context: str = "") -> Sent:
        """Hand over a transaction of any actions (:mod:`near_harness.transactions` makes them).

        :raises TransactionFailed: where the protocol refuses it.
        """
        return await self._near.start(signer, account_id_of(receiver), actions, context=context)

    def pending(self) -> Pending:
        """Return what has not run yet, and what it waits for."""
        return self._near.pending()

    async def step(self, blocks: int = 1) -> None:
        """Make blocks that take in everything that fits, as a node does."""
        await self._near.puppets.flush()
        self._near.history.note("blocks", count=blocks)
        self._chain.produce_blocks(blocks)

    async def step_receipt(self, receipt: PendingReceipt | str, *, overtaking: bool = False) -> None:
        """Make a block in which this receipt runs, and no other.

        Receipts of one sender and receiver keep their order, as on every real chain, unless ``overtaking``.

        :raises BadInput: where the receipt has run, waits for data, or would overtake another.
        """
        await self.step_of(receipts=[receipt], overtaking=overtaking)

    async def step_transaction(self, transaction: Sent | PendingTransaction | str) -> None:
        """Make a block of this transaction only. Where it is from an account to itself, its receipt runs in the same block.

        :raises BadInput: where it is not in the pool.
        """
        await self.step_of(transactions=[transaction])

    async def step_of(
        self,
        *,
        transactions: Iterable[Sent | PendingTransaction | str] = (),
        receipts: Iterable[PendingReceipt | str] = (),
        overtaking: bool = False,
    ) -> None:
        """Make a block of exactly these, in this order; everything else waits on. With none of either, time passes only.

        :raises BadInput: where one of them cannot run now; the text says why, and nothing has changed.
        """
        await self._near.puppets.flush()
        hashes = [_named(one, "hash", "a transaction that waits, or its hash") for one in transactions]
        ids = [_named(one, "id", "a receipt of pending(), or its id") for one in receipts]
        chosen = self._near.describe(hashes, ids)
        try:
            with refusals():
                self._chain.produce_block_of(transactions=hashes, receipts=ids, overtaking=overtaking)
        except BadInput as error:
            raise BadInput(f"{error}\n{self.pending()}") from None
        self._near.history.note("block_of", overtaking=overtaking, **chosen)

    async def run(self) -> None:
        """Make blocks until nothing moves any more, and all of it is final. Yields may be left."""
        await self._near.puppets.flush()
        self._near.history.note("run")
        _run(self._chain)


def _named(one: object, attribute: str, wanted: str) -> str:
    name = one if isinstance(one, str) else getattr(one, attribute, None)
    if not isinstance(name, str):
        raise BadInput(f"{one!r} is no such step: give {wanted}")
    return name


class Stepping:
    """The part of :class:`near_harness.Near` that makes blocks on demand."""

    node: Node
    client: Client
    _changes: int
    history: History

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[PausedChain]:
        """Let the chain stand still inside ``async with``: transactions wait, and blocks come when they are asked for.

        What is left at the end runs to its end, so that whoever waits gets an answer. ``await call`` inside waits for blocks
        that only another task can make, and is an :class:`~near_harness.errors.RpcTimeout` where none come for ten seconds:
        send with :meth:`PausedChain.send` instead.

        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        chain = engine_chain(self.node, "paused")
        if chain.paused:
            raise BadInput("the chain is paused already")
        chain.pause(True)
        self.history.note("pause")
        try:
            paused = PausedChain(self)  # type: ignore[arg-type] # Near is made of this class
            yield paused
            await paused.run()
        finally:
            chain.pause(False)
            self.history.note("resume")
            self.client.forget_nonces()

    @property
    def is_paused(self) -> bool:
        """Whether the chain stands still until it is told to go on."""
        return self.node.capabilities.stepping and bool(engine_chain(self.node, "paused").paused)

    async def start(self, signer: Account | Contract, receiver_id: str, actions: Actions, *, context: str = "") -> Sent:
        """Sign and send a transaction without waiting for what comes of it: ``await`` what is returned for the outcome.

        :raises TransactionFailed: where the protocol refuses it.
        """
        near: Any = self  # Near is made of this class
        await near.puppets.flush()
        self._changes += 1
        submitted, step = await self._hand_over(signer, check_account_id(receiver_id), actions, context)
        return Sent(near, signer, submitted, context or f"{signer.id} -> {receiver_id}", step)

    async def in_a_block_of_its_own(self, signer: Account | Contract, actions: Actions) -> None:
        """Let an account do something for itself while the chain is paused: in a block in which nothing else runs.

        :raises TransactionFailed: where the protocol refuses it.
        """
        self._changes += 1
        submitted, _ = await self._hand_over(signer, signer.id, actions, "")
        chosen = self.describe([submitted.hash], [])
        engine_chain(self.node, "paused").produce_block_of(transactions=[submitted.hash], receipts=[])
        self.history.note("block_of", overtaking=False, **chosen)

    async def _hand_over(
        self, signer: Account | Contract, receiver_id: str, actions: Actions, context: str
    ) -> tuple[Submitted, Step]:
        actions = checked(actions)
        step = self.history.sends(signer, receiver_id, actions, context, handed_over=True)
        try:
            submitted = await self.client.signer(signer.id, signer.key).hand_over(receiver_id, actions)
        except BaseException as error:
            step.fails(error)
            raise
        step.ends_with(None)  # its end is noted when somebody waits for it
        return submitted, step

    def describe(self, hashes: list[str], ids: list[str]) -> dict[str, Any]:
        """Describe what waits so that it is found on another chain, where hashes and ids are others."""
        pending = self.pending()
        transactions, receipts = pending.transaction_names(), pending.receipt_names()
        return {
            "transactions": [transactions[one] for one in hashes if one in transactions],
            "receipts": [receipts[one] for one in ids if one in receipts],
        }

    def pending(self) -> Pending:
        """Return what has not run yet: in the pool, on its way, delayed, waiting for data, yields.

        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        return parse_pending(json.loads(engine_chain(self.node, "pending").pending()))


def _run(chain: Any) -> None:
    for _ in range(_MOST_BLOCKS):
        if not chain.in_flight:
            break
        chain.produce_blocks(1)
    chain.produce_blocks(_BLOCKS_TO_FINALITY)
