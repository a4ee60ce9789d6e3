"""Sending transactions, and making outcomes of what came of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import check_account_id
from near_harness.actions import checked
from near_harness.bundles.history import History, Step
from near_harness.errors import RpcTimeout
from near_harness.ledger import Ledger
from near_harness.nodes.base import Node
from near_harness.outcome import Outcome, parse_outcome
from near_harness.outcome.failures import TransactionFailed
from near_harness.puppets.registry import Puppets
from near_harness.rpc.client import Client

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.transactions import Actions

_log = logging.getLogger(__name__)


@contextmanager
def noting(step: Step, context: str) -> Iterator[None]:
    """Note in the history what ends a block that waits for a transaction, and in a failure what was called."""
    try:
        yield
    except BaseException as error:
        step.fails(error)
        if isinstance(error, TransactionFailed):
            error.context = context
        raise


class Sending:
    """The part of :class:`near_harness.Near` that sends."""

    node: Node
    client: Client
    history: History
    puppets: Puppets
    observers: list[Callable[[Outcome, str], None]]
    _changes: int

    async def send(
        self,
        signer: Account | Contract,
        receiver_id: str,
        actions: Actions,
        *,
        raising: bool = True,
        context: str = "",
        flush: bool = True,
    ) -> Outcome:
        """Sign and send a transaction of several actions, and wait until all its receipts are executed.

        Without ``flush`` the puppets are as they are on the chain: what was programmed since waits on.

        :raises TransactionFailed: where the protocol refuses it; and where its result is a failure, unless ``raising`` is False.
        :raises RpcTimeout: where it does not come to its end; on the embedded node the text says what it waits for.
        """
        if flush:
            await self.puppets.flush()
        receiver, actions = check_account_id(receiver_id), checked(actions)
        self._changes += 1
        step = self.history.sends(signer, receiver, actions, context)
        try:
            with noting(step, context):
                raw = await self.client.signer(signer.id, signer.key).send(receiver, actions)
        except RpcTimeout as error:
            if self.node.capabilities.stepping:
                error.args = (f"{error}\n{self._why_it_waits()}",)
            raise
        return self.outcome_of(raw, raising=raising, context=context or f"{signer.id} -> {receiver_id}", step=step)

    def _why_it_waits(self) -> str:
        near: Any = self  # Near is made of this class
        if near.is_paused:
            return (
                "the chain is paused, and no block came for long: in near.paused() a call is handed over with "
                "sent = await chain.send(call), its blocks are made with await chain.step(), and its outcome is await sent"
            )
        waiting = near.pending()
        if not waiting.yields:
            return str(waiting)
        return (
            f"{waiting}\ntry: send it with sent = await call.start(), let somebody resume it, and await sent; "
            "or let the yield time out: await near.fast_forward(200)"
        )

    def outcome_of(self, raw: dict[str, Any], *, raising: bool = True, context: str = "", step: Step | None = None) -> Outcome:
        """Read the answer of ``EXPERIMENTAL_tx_status``.

        :raises TransactionFailed: where the result is a failure, unless ``raising`` is False.
        """
        outcome = parse_outcome(raw)
        outcome.ledger = Ledger(outcome, self.node.rpc)
        outcome.handled = outcome.failure is not None or not raising
        if step is not None:
            step.ends(outcome)
        self.puppets.hear(outcome)
        for observe in self.observers:
            observe(outcome, context)
        _log.info("%s: %r", context, outcome)
        if outcome.failure is not None:
            outcome.failure.context = context
            if raising:
                raise outcome.failure
        return outcome
