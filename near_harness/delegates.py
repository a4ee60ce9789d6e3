"""Meta-transactions (NEP-366): one account signs what is to be done, another one sends it and pays, the gas and the deposits.

``signed = await alice.delegate(bank, bank.deposit())``, then ``await signed.by(relayer)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nacl.signing import SigningKey
from py_near.models import DelegateActionModel
from py_near_primitives import SignedDelegateAction

from near_harness.bundles.actions import signature_text
from near_harness.transactions import Sendable

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.near import Near


@dataclass(frozen=True, eq=False, repr=False)
class SignedDelegate(Sendable):
    """What an account has signed for a relayer to send. ``await signed.by(relayer)``; each can be executed once.

    ``receiver_id`` is the account that signed it: the relayer's transaction goes there, and that account's receipt passes the
    actions on, with the account as predecessor. Gas and deposits are the relayer's, by the protocol.
    """

    near: Near
    receiver_id: str
    action: Any
    shown: str
    signer: Account | Contract | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.signer is None:  # signed for a later time, perhaps: it is for the relayer's call to be awaited
            self.taken()

    def actions(self) -> list[Any]:
        """The delegate action, as the one action of the relayer's transaction."""
        return [self.action]

    def __str__(self) -> str:
        relayer = f", relayed by {self.signer.id}" if self.signer is not None else ""
        return f"{self.shown}{relayer}"


async def sign_delegate(
    near: Near, sender: Account | Contract, receiver_id: str, actions: Sequence[Any], *, blocks: int, shown: str
) -> SignedDelegate:
    """Sign actions for ``receiver_id``, to be executed within so many blocks, with the next nonce of the sender's key.

    :raises AccessKeyNotFound: where the sender's account has no such key.
    """
    key = await near.client.signer(sender.id, sender.key).get_access_key()
    delegate = DelegateActionModel(
        sender_id=sender.id,
        receiver_id=receiver_id,
        actions=list(actions),
        nonce=key.nonce + 1,
        max_block_height=key.block_height + blocks,
        public_key=sender.key.public_key.removeprefix("ed25519:"),
    )
    signature = SigningKey(sender.key.raw[:32]).sign(delegate.nep461_hash).signature
    near.history.signs(sender, receiver_id, actions, blocks, signature_text(signature))
    action = SignedDelegateAction(delegate_action=delegate.near_delegate_action, signature=signature)
    return SignedDelegate(near, sender.id, action, shown)
