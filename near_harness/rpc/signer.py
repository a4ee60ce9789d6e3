"""Signs with one key and sends, with py-near, and asks a node no more than it has to.

A transaction names the next nonce of its key, and a block that is not too old. Both are in the answer to one question, and of a
node that is another program they are kept after that: the nonce goes up by one with each transaction, and each transaction that
is final has a newer block. So a transaction takes two requests, one that sends it and one that waits for it.

What is kept may be overtaken: another program signs with the same key, or the chain has jumped. A node then refuses the
transaction, which cannot be executed any more, and it is signed anew over what the chain says, once. That is done only where a
refusal is certain: by the node that was given the transaction, or since its nonce is used by another one.

Of a chain in this process nothing is kept. Asking it costs next to nothing, and it goes back whenever a test ends.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import base58
from py_near.models import AccountAccessKey
from py_near_primitives import Transaction

from near_harness.errors import BadInput, RpcError, RpcTimeout, UnknownAccount
from near_harness.keys import KeyPair
from near_harness.outcome.failures import (
    AccessKeyNotFound,
    Expired,
    InvalidNonce,
    InvalidTransaction,
    NonceTooLarge,
    TransactionFailed,
    parse_failure,
)
from near_harness.rpc.claims import Claims
from near_harness.rpc.provider import Provider

_OVERTAKEN = (InvalidNonce, NonceTooLarge, Expired)


@dataclass(frozen=True)
class Submitted:
    """A transaction that a node has. ``kept``: it was signed over what was kept, and the node was not asked before."""

    hash: str
    signed: str
    kept: bool


class Signer:
    """One account with one key, for one node and one event loop.

    py-near's own account keeps nonces for all nodes of the process, and a block for too long.
    """

    def __init__(self, account_id: str, key: KeyPair, provider: Provider, claims: Claims) -> None:
        self.account_id, self.key = account_id, key
        self._claims = claims
        self._provider = provider
        self._in_order = asyncio.Lock()
        self._under_way = 0
        self._keeps_nonces = False
        self._nonce, self._asks = 0, True
        """The nonce that was used last, and whether the chain has to be asked for a later one."""

    async def get_access_key(self) -> AccountAccessKey:
        """Read this signer's access key and its nonce from the chain, and the newest block, which stands in every transaction.

        :raises AccessKeyNotFound: where the account has no such key.
        :raises SignerDoesNotExist: where there is no such account.
        """
        began = asyncio.get_running_loop().time()
        answer = await self._provider.get_access_key(self.account_id, self.key.public_key)
        if "error" in answer:
            await self._see_that_it_exists()
            fields = {"account_id": self.account_id, "public_key": self.key.public_key}
            raise AccessKeyNotFound(("InvalidAccessKeyError", "AccessKeyNotFound"), fields, answer["error"])
        self._provider.saw_block(answer["block_hash"], began)
        return AccountAccessKey(**answer)

    async def _see_that_it_exists(self) -> None:
        """Refuse as the protocol would: it asks for the account before it asks for the key."""
        params = {"request_type": "view_account", "finality": "optimistic", "account_id": self.account_id}
        try:
            await self._provider.json_rpc("query", params)
        except UnknownAccount:
            raise parse_failure({"InvalidTxError": {"SignerDoesNotExist": {"signer_id": self.account_id}}}) from None

    async def send(self, receiver_id: str, actions: Sequence[Any]) -> dict[str, Any]:
        """Sign and send a transaction, wait for FINAL, and return the answer of ``EXPERIMENTAL_tx_status``.

        FINAL, since before it refunds may be missing from the answer.

        :raises TransactionFailed: where the protocol refuses the transaction.
        :raises RpcTimeout: where the node gave up waiting; the text names the transaction's hash.
        """
        self._under_way += 1
        began = asyncio.get_running_loop().time()
        try:
            async with self._in_order:
                sent = await self._hand_over(receiver_id, actions)
            try:
                answer = await self.end_of(sent)
            except InvalidNonce:
                if not sent.kept:
                    raise
                async with self._in_order:
                    sent = await self._ask_and_submit(receiver_id, actions)
                answer = await self.end_of(sent)
            self._provider.saw_block(_block_of(answer), began)
            return answer
        finally:
            self._under_way -= 1
            self._forget_nonce()

    async def hand_over(self, receiver_id: str, actions: Sequence[Any]) -> Submitted:
        """Sign and send a transaction without waiting for a block. Nonces go up until :meth:`forget_nonces`.

        :raises TransactionFailed: where the protocol refuses the transaction.
        """
        self._keeps_nonces = True
        async with self._in_order:
            sent = await self._hand_over(receiver_id, actions)
            try:
                await self._check(sent)
            except InvalidNonce:
                if not sent.kept:
                    raise
                sent = await self._ask_and_submit(receiver_id, actions)
                await self._check(sent)
            return sent

    def forget_nonces(self) -> None:
        """Take the next nonce from the chain again: nothing that was handed over waits any more, or the chain is another."""
        self._keeps_nonces, self._asks = False, True
        self._forget_nonce()

    async def end_of(self, sent: Submitted) -> dict[str, Any]:
        """Wait until a transaction is final, and return the answer of ``EXPERIMENTAL_tx_status``.

        A node takes a transaction without a look at it where nobody waits for the answer. With the whole of it in the
        question it tells why it has refused it, and does not let us wait for what never comes.

        :raises TransactionFailed: where the protocol refuses the transaction.
        :raises RpcTimeout: where the node gave up waiting; the text names the transaction's hash.
        """
        try:
            return await self._status(sent.hash, {"signed_tx_base64": sent.signed, "wait_until": "FINAL"})
        except InvalidTransaction as error:
            error.transaction_hash = sent.hash
            self._asks = True
            # It may have come into a block between the node's two looks, for itself and for what speaks against it.
            if await self._is_known(sent.hash):
                by_hash = {"tx_hash": sent.hash, "sender_account_id": self.account_id, "wait_until": "FINAL"}
                return await self._status(sent.hash, by_hash)
            raise

    async def _check(self, sent: Submitted) -> None:
        """Ask whether the node would execute what it was handed, without waiting for it.

        :raises TransactionFailed: where the protocol refuses it. Then its nonce is free.
        """
        try:
            await self._status(sent.hash, {"signed_tx_base64": sent.signed, "wait_until": "NONE"})
        except InvalidTransaction as error:
            error.transaction_hash = sent.hash
            self._nonce, self._asks = self._nonce - 1, True
            raise
        except RpcError as error:
            if error.name != "UNKNOWN_TRANSACTION":  # as long as it is in no block
                raise

    async def _status(self, tx_hash: str, params: dict[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = await self._provider.json_rpc("EXPERIMENTAL_tx_status", params)
        except RpcTimeout as error:
            error.args = (f"transaction {tx_hash} of {self.account_id} has not come to its end: {error}",)
            raise
        return answer

    async def _is_known(self, tx_hash: str) -> bool:
        params = {"tx_hash": tx_hash, "sender_account_id": self.account_id, "wait_until": "NONE"}
        try:
            await self._provider.json_rpc("EXPERIMENTAL_tx_status", params)
        except RpcError as error:
            if error.name != "UNKNOWN_TRANSACTION":
                raise
            return False
        return True

    def _forget_nonce(self) -> None:
        if self._asks and not self._under_way and not self._keeps_nonces:
            self._nonce = 0

    async def _hand_over(self, receiver_id: str, actions: Sequence[Any]) -> Submitted:
        block_hash = None if self._asks else self._provider.recent_block()
        if block_hash is not None:
            try:
                return await self._submit(receiver_id, actions, block_hash, kept=True)
            except _OVERTAKEN:
                pass  # the node that was given it has not taken it, and never will
        return await self._ask_and_submit(receiver_id, actions)

    async def _ask_and_submit(self, receiver_id: str, actions: Sequence[Any]) -> Submitted:
        key = await self.get_access_key()
        # Those that are under way are not in the chain's nonce yet.
        self._nonce = max(self._nonce, key.nonce)
        try:
            return await self._submit(receiver_id, actions, key.block_hash, kept=False)
        except NonceTooLarge:
            if self._nonce == key.nonce:
                raise
            self._nonce = key.nonce  # the chain has begun again, so what it was on the old one counts no more
            return await self._submit(receiver_id, actions, key.block_hash, kept=False)

    async def _submit(self, receiver_id: str, actions: Sequence[Any], block_hash: str, *, kept: bool) -> Submitted:
        self._asks = True
        nonce = self._nonce + 1
        tx_hash, signed = self._signed(receiver_id, actions, block_hash, nonce)
        while not self._claims.claim(tx_hash, self):
            nonce += 1
            tx_hash, signed = self._signed(receiver_id, actions, block_hash, nonce)
        self._nonce = nonce
        try:
            await self._provider.send_tx_included(signed)
        except TransactionFailed as error:
            self._nonce -= 1
            error.transaction_hash = tx_hash
            raise
        self._asks = not self._provider.keeps
        return Submitted(tx_hash, signed, kept)

    def _signed(self, receiver_id: str, actions: Sequence[Any], block_hash: str, nonce: int) -> tuple[str, str]:
        """Sign a transaction, and return its hash and what is sent."""
        public, block = self.key.raw[32:], base58.b58decode(block_hash)
        try:
            # py-near's functions for a hash and a signed transaction build it twice, and derive the public key each time.
            transaction = Transaction(self.account_id, public, nonce, receiver_id, block, list(actions))
            tx_hash = base58.b58encode(bytes(transaction.get_hash())).decode()
            return tx_hash, base64.b64encode(bytes(transaction.to_vec(self.key.raw))).decode()
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise BadInput(f"py-near cannot build the transaction to {receiver_id!r}: {error}") from error


def _block_of(answer: dict[str, Any]) -> str | None:
    """A block of a transaction that is final."""
    outcomes = [*answer.get("receipts_outcome", ()), answer.get("transaction_outcome", {})]
    found: str | None = outcomes[0].get("block_hash")
    return found
