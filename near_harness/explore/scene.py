"""Where an exploration begins: a state, and the transactions of several actors that meet there.

A transaction is signed once. Its signer is charged at the beginning, its receipt is on its way from then on; whether another
receipt runs first is what is explored. All receipts run in one block, so their ids and random seeds are the same in every order.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import base58
from py_near import transactions as signing

from near_harness.chain.capability import engine_chain, refusals
from near_harness.errors import BadInput
from near_harness.nodes.engine import load_engine
from near_harness.outcome.failures import parse_failure
from near_harness.transactions import Batch, Call

if TYPE_CHECKING:
    from near_harness.near import Near

Sendable = Call | Batch


@dataclass(frozen=True)
class Root:
    """A transaction of an actor: its name in schedules, what it is in words, and itself, signed. It can be pickled."""

    name: str
    actor: int
    text: str
    signer: str
    receiver: str
    signed: bytes


@dataclass(frozen=True)
class Scene:
    """A world, and the transactions that meet in it. ``world`` has them on their way, ``base`` has not."""

    base: Any
    world: Any
    roots: tuple[Root, ...]

    @classmethod
    def of(cls, base: Any, roots: Sequence[Root]) -> Scene:
        """Charge the transactions, in their order.

        :raises InvalidTransaction: where the protocol refuses one of them: its signer cannot pay, for instance.
        """
        world = base
        for root in roots:
            world = submit(world, root)
        return cls(base, world, tuple(roots))

    def only(self, names: Collection[str]) -> Scene:
        """The same with some of the transactions only."""
        return Scene.of(self.base, [root for root in self.roots if root.name in names])

    def with_also(self, *roots: Root) -> Scene:
        """The same with further transactions."""
        return Scene.of(self.base, [*self.roots, *roots])

    def before(self, name: str) -> str | None:
        """The transaction that the same actor sends before this one."""
        mine = next(root for root in self.roots if root.name == name)
        earlier = [root.name for root in self.roots[: self.roots.index(mine)] if root.actor == mine.actor]
        return earlier[-1] if earlier else None


def submit(world: Any, root: Root) -> Any:
    """Charge a transaction in a world and return the world with its receipt on its way.

    :raises InvalidTransaction: where the protocol refuses it.
    """
    try:
        with refusals():
            return world.submit(root.signed, root.name)[0]
    except BadInput as error:
        raise _refusal(root, str(error)) from None


def _refusal(root: Root, text: str) -> Exception:
    try:
        failure = parse_failure(json.loads(text)["Failure"])
    except (ValueError, KeyError, TypeError):
        return BadInput(f"{root.text}: {text}")
    failure.context = f"{root.text} (all transactions of an exploration are charged at its beginning)"
    return failure


class Signing:
    """Signs transactions for a scene with nonces that follow each other; nothing is sent."""

    def __init__(self, near: Near, block_hash: str) -> None:
        self._near, self._block = near, base58.b58decode(block_hash)
        self._nonces: dict[tuple[str, str], int] = {}

    @classmethod
    async def at_head(cls, near: Near) -> Signing:
        """Sign on the newest block."""
        status = await near.client.rpc("status", [])
        return cls(near, status["sync_info"]["latest_block_hash"])

    async def root(self, call: Sendable, name: str, actor: int) -> Root:
        """Sign a call or a batch.

        :raises BadInput: where it is neither, or nobody signs it.
        """
        if not isinstance(call, (Call, Batch)):
            raise BadInput(f"{call!r} is no call: an actor does calls such as bank.withdraw().by(alice), not awaited")
        signer = call.signer
        if signer is None:
            raise BadInput(f"{call}: nobody signs it: add .by(alice)")
        key = (signer.id, signer.key.public_key)
        if key not in self._nonces:
            view = await self._near.client.query("view_access_key", account_id=key[0], public_key=key[1])
            self._nonces[key] = int(view["nonce"])
        self._nonces[key] += 1
        signed = str(
            signing.sign_and_serialize_transaction(
                signer.id, signer.key.raw, call.receiver_id, self._nonces[key], call.actions(), self._block
            )
        )
        return Root(name, actor, str(call), signer.id, call.receiver_id, base64.b64decode(signed))


def base_world(near: Near, *, time_outs: bool) -> Any:
    """Return the state of the chain as a world.

    :raises CapabilityMissing: on nodes other than the embedded one.
    :raises BadInput: where something is on its way.
    """
    chain = engine_chain(near.node, "exploring orders of receipts")
    load_engine()
    with refusals():
        return chain.world(time_outs=time_outs)
