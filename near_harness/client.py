"""py-near, with its traps handled.

The harness builds, signs and sends transactions with py-near's ``Account`` and ``JsonProvider``. What a test harness needs
and they do not give is added here, each in one place:

* one HTTP session per event loop, closed by the loop itself when it ends (test loops come and go);
* nonces and block hashes read from the chain for every transaction, so that nothing outlives a rollback or a fast forward,
  and parallel transactions of one key that still arrive in order;
* the whole answer of the node at FINAL instead of a part of it, and its errors with their fields at any HTTP status
  (:mod:`near_harness.provider`);
* panics of py-near's Rust part, which are no ``Exception``, turned into errors.
"""

from __future__ import annotations

import asyncio
import base64
import collections
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

from py_near.account import Account as PyNearAccount
from py_near.models import AccountAccessKey

from near_harness.errors import BadInput, RpcError, RpcTimeout, ViewFailed
from near_harness.keys import KeyPair
from near_harness.nodes.answering import Served
from near_harness.outcome.failures import AccessKeyNotFound, TransactionFailed
from near_harness.provider import LocalProvider, Provider


class Signer(PyNearAccount):  # type: ignore[misc] # py-near has no type information
    """py-near's account for one key, one node and one event loop."""

    def __init__(self, account_id: str, key: KeyPair, provider: Provider) -> None:
        super().__init__(account_id, key.raw, provider.rpc_url)
        self.key = key
        self._provider = provider
        self._access_key_nonce: dict[bytes, int] = collections.defaultdict(
            int
        )  # py-near's own is shared by all nodes of the process
        self._in_order = asyncio.Lock()
        self._under_way = 0
        self._keeps_nonces = False

    async def _update_last_block_hash(self) -> None:
        """Leave it to :meth:`get_access_key`, which py-near calls next: its answer names the newest block too."""

    async def get_access_key(self, pk: bytes | None = None) -> AccountAccessKey:  # noqa: ARG002 - one key per signer
        """Read this signer's access key and its nonce from the chain, and the newest block, which stands in every transaction.

        :raises AccessKeyNotFound: where the account has no such key.
        """
        answer = await self._provider.get_access_key(self.account_id, self.key.public_key)
        if "error" in answer:
            fields = {"account_id": self.account_id, "public_key": self.key.public_key}
            raise AccessKeyNotFound(("InvalidAccessKeyError", "AccessKeyNotFound"), fields, answer["error"])
        self._latest_block_hash, self._latest_block_height = answer["block_hash"], answer["block_height"]
        return AccountAccessKey(**answer)

    async def send(self, receiver_id: str, actions: Sequence[Any]) -> dict[str, Any]:
        """Sign and send a transaction, wait for FINAL, and return the answer of ``EXPERIMENTAL_tx_status``.

        FINAL, since before it refunds may be missing from the answer.

        :raises TransactionFailed: where the protocol refuses the transaction.
        :raises RpcTimeout: where the node gave up waiting; the text names the transaction's hash.
        """
        self._under_way += 1
        try:
            async with self._in_order:
                tx_hash = await self._hand_over(receiver_id, actions)
            return await self.outcome_of(tx_hash)
        finally:
            self._under_way -= 1
            self._forget_nonce()

    async def hand_over(self, receiver_id: str, actions: Sequence[Any]) -> str:
        """Sign and send a transaction and return its hash without waiting for a block. Nonces go up until :meth:`forget_nonces`.

        :raises TransactionFailed: where the protocol refuses the transaction.
        """
        self._keeps_nonces = True
        async with self._in_order:
            return await self._hand_over(receiver_id, actions)

    def forget_nonces(self) -> None:
        """Take the next nonce from the chain again: nothing that was handed over waits any more."""
        self._keeps_nonces = False
        self._forget_nonce()

    async def outcome_of(self, tx_hash: str) -> dict[str, Any]:
        """Wait until one of this account's transactions is final, and return the answer of ``EXPERIMENTAL_tx_status``.

        :raises RpcTimeout: where the node gave up waiting; the text names the transaction's hash.
        """
        params = {"tx_hash": tx_hash, "sender_account_id": self.account_id, "wait_until": "FINAL"}
        try:
            answer: dict[str, Any] = await self._provider.json_rpc("EXPERIMENTAL_tx_status", params)
        except RpcTimeout as error:
            error.args = (f"transaction {tx_hash} of {self.account_id} has not come to its end: {error}",)
            raise
        return answer

    def _forget_nonce(self) -> None:
        if not self._under_way and not self._keeps_nonces:
            self._access_key_nonce.clear()

    async def _hand_over(self, receiver_id: str, actions: Sequence[Any]) -> str:
        try:
            tx_hash: str = await self.sign_and_submit_tx(receiver_id, list(actions), included=True)
        except TransactionFailed as error:
            error.transaction_hash = getattr(error, "trx_hash", None)
            raise
        except Exception:
            raise
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise BadInput(f"py-near cannot build the transaction to {receiver_id!r}: {error}") from error
        finally:
            with contextlib.suppress(asyncio.QueueEmpty):
                while self._free_signers.qsize() > 1:  # py-near puts the key back twice
                    self._free_signers.get_nowait()
        return tx_hash


class Client:
    """The way to one node: transactions through py-near, queries, and any other RPC method.

    Over HTTP; or with ``chain``, which gives a chain of this process, straight to that: the same JSON-RPC, without a connection.
    """

    def __init__(self, rpc_url: str, *, chain: Callable[[], Served] | None = None) -> None:
        self.rpc_url, self._chain = rpc_url, chain
        self._providers: dict[asyncio.AbstractEventLoop, Provider] = {}
        self._signers: dict[asyncio.AbstractEventLoop, dict[tuple[str, str], Signer]] = {}

    @property
    def provider(self) -> Provider:
        """py-near's provider, made for the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._providers:
            for closed in [known for known in self._providers if known.is_closed()]:
                self._providers.pop(closed)
                self._signers.pop(closed, None)
            self._providers[loop] = Provider(self.rpc_url) if self._chain is None else LocalProvider(self.rpc_url, self._chain)
        return self._providers[loop]

    def signer(self, account_id: str, key: KeyPair) -> Signer:
        """py-near's account for a key, made for the running event loop."""
        provider = self.provider
        signers = self._signers.setdefault(asyncio.get_running_loop(), {})
        name = (account_id, key.public_key)
        if name not in signers:
            signers[name] = Signer(account_id, key, provider)
        return signers[name]

    def forget_nonces(self) -> None:
        """Take every key's next nonce from the chain again, as after a rollback."""
        for signers in self._signers.values():
            for signer in signers.values():
                signer.forget_nonces()

    async def close(self) -> None:
        """Close the running loop's connections now. Optional: the loop does it when it ends."""
        self._signers.pop(asyncio.get_running_loop(), None)
        provider = self._providers.pop(asyncio.get_running_loop(), None)
        if provider is not None:
            await provider.end()

    async def rpc(self, method: str, params: Any) -> Any:
        """Call any RPC method and return its result.

        :raises RpcError: where the node answers with an error.
        """
        return await self.provider.json_rpc(method, params)

    async def query(self, request_type: str, **params: Any) -> dict[str, Any]:
        """Call the RPC method ``query`` at the newest block."""
        result: dict[str, Any] = await self.rpc("query", {"request_type": request_type, "finality": "optimistic", **params})
        return result

    async def view(self, contract_id: str, method: str, args: bytes) -> tuple[bytes, tuple[str, ...]]:
        """Call a view method; bytes in, the returned bytes and the logs out.

        :raises ViewFailed: where the contract or the runtime ends the call.
        """
        args_base64 = base64.b64encode(args).decode()
        try:
            answer = await self.query("call_function", account_id=contract_id, method_name=method, args_base64=args_base64)
        except RpcError as error:
            if error.name in ("CONTRACT_EXECUTION_ERROR", "NO_CONTRACT_CODE"):
                text = error.info.get("vm_error") or error.data or error.name
                raise ViewFailed(contract_id, method, str(text)) from None
            raise
        if "error" in answer:
            raise ViewFailed(contract_id, method, answer["error"], tuple(answer.get("logs", ())))
        return bytes(answer["result"]), tuple(answer["logs"])
