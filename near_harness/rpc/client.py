"""py-near, with its traps handled.

The harness builds and signs transactions with py-near, and sends them with it over HTTP. What a test harness needs and it does
not give is added, each in one place:

* one HTTP session per event loop, closed by the loop itself when it ends (test loops come and go);
* nonces and block hashes that do not outlive a rollback or a fast forward, and parallel transactions of one key that still
  arrive in order (:mod:`near_harness.rpc.signer`);
* the whole answer of the node at FINAL instead of a part of it, and its errors with their fields at any HTTP status
  (:mod:`near_harness.rpc.provider`, :mod:`near_harness.rpc.http_provider`);
* panics of py-near's Rust part, which are no ``Exception``, turned into errors.

Each loop has its own provider and signers.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

from near_harness.errors import BadInput, RpcError, ViewFailed
from near_harness.keys import KeyPair
from near_harness.nodes.answering import Served
from near_harness.rpc.claims import Claims
from near_harness.rpc.provider import LocalProvider, Provider
from near_harness.rpc.signer import Signer

_SANDBOX = "sandbox_"
"""What the methods begin with that change the chain without a transaction: its height jumps, or a key's nonce."""


class Client:
    """The way to one node: transactions through py-near, queries, and any other RPC method.

    Over HTTP; or with ``chain``, which gives a chain of this process, straight to that: the same JSON-RPC, without a connection.
    The address of such a chain is a function, too: it has none before somebody asks for it.
    """

    def __init__(self, address: str | Callable[[], str], *, chain: Callable[[], Served] | None = None) -> None:
        self._address, self._chain = address, chain
        self._providers: dict[asyncio.AbstractEventLoop, Provider] = {}
        self._signers: dict[asyncio.AbstractEventLoop, dict[tuple[str, str], Signer]] = {}
        self._claims = Claims()

    @property
    def rpc_url(self) -> str:
        """Where the node serves JSON-RPC.

        :raises NodeError: where the node in this process does not run.
        """
        return self._address if isinstance(self._address, str) else self._address()

    @property
    def provider(self) -> Provider:
        """The way to the node for the running event loop.

        :raises BadInput: where another library than asyncio runs the caller, such as trio.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise BadInput(
                "no event loop of asyncio runs here, and the harness works on none else: run it with asyncio, or use "
                'near_harness.sync; with anyio\'s plugin, let a fixture anyio_backend return "asyncio"'
            ) from None
        if loop not in self._providers:
            for closed in [known for known in self._providers if known.is_closed()]:
                self._providers.pop(closed)
                self._signers.pop(closed, None)
            self._providers[loop] = self._new_provider()
        return self._providers[loop]

    def _new_provider(self) -> Provider:
        if self._chain is not None:
            return LocalProvider(self._chain)
        from near_harness.rpc.http_provider import HttpProvider  # noqa: PLC0415 - aiohttp, which takes a fifth of a second

        return HttpProvider(self.rpc_url)

    def signer(self, account_id: str, key: KeyPair) -> Signer:
        """What signs and sends with a key, made for the running event loop."""
        provider = self.provider
        signers = self._signers.setdefault(asyncio.get_running_loop(), {})
        name = (account_id, key.public_key)
        if name not in signers:
            signers[name] = Signer(account_id, key, provider, self._claims)
        return signers[name]

    def forget_nonces(self) -> None:
        """Take every key's next nonce from the chain again, as after a rollback."""
        self.forget_blocks()
        self._claims.forget()
        for signers in self._signers.values():
            for signer in signers.values():
                signer.forget_nonces()

    def forget_blocks(self) -> None:
        """Let the next transactions name new blocks, as after a jump of the chain's height."""
        for provider in self._providers.values():
            provider.forget_block()

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
        try:
            return await self.provider.json_rpc(method, params)
        finally:
            if method.startswith(_SANDBOX):
                self.forget_blocks()

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
