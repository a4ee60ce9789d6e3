"""near-kit of PyPI: a bank that stakes with a pool, and a customer. It starts nodes in Docker only, so it is given one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import near
from near import actions

from peers.timing import CONTRACTS

if TYPE_CHECKING:
    from near import Near


class Somebody:
    """A new account and the client that signs for it."""

    def __init__(self, root: Near, amount: str, contract: str | None = None) -> None:
        self.id = f"{uuid.uuid4().hex[:12]}.sandbox"
        key = near.generate_key()
        wanted = [actions.create_account(), actions.transfer(amount), actions.add_full_access_key(key.public_key)]
        if contract is not None:
            wanted.append(actions.deploy_contract((CONTRACTS / f"{contract}.wasm").read_bytes()))
        root.send_transaction(self.id, wanted, wait_until="FINAL")
        self.near = root.with_signer(near.KeyPairSigner(account_id=self.id, key_pair=key))


class Bank:
    """New contracts and a new customer."""

    def __init__(self, root: Near) -> None:
        self._root = root
        self.bank, self.pool = Somebody(root, "1000 NEAR", "bank"), Somebody(root, "1000 NEAR", "staking_pool")
        self.alice = Somebody(root, "10000 NEAR")

    def transfer(self) -> None:
        """Pay the root account."""
        self.alice.near.send("sandbox", "1 NEAR", wait_until="FINAL")

    def call(self) -> Any:
        """Call the bank, which asks the pool and hears back."""
        amounts = {"deposit": "1 NEAR", "gas": "150 Tgas"}
        args = {"pool": self.pool.id}
        return self.alice.near.call(self.bank.id, "deposit_and_stake", args, **amounts, wait_until="FINAL")

    def credit(self) -> str:
        """A view of the bank."""
        return str(self._root.view(self.bank.id, "credit_of", {"account": self.alice.id}))
