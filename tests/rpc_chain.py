"""A chain in this process, spoken to as a client would: in JSON-RPC."""

from __future__ import annotations

import json
from typing import Any

from fidelity_signing import key_pair, public_key, signed_transaction
from nacl.signing import SigningKey

from near_harness.nodes.engine import contract_cache, load_engine

ROOT = "sandbox"
NEAR = 10**24


class RpcError(Exception):
    """An answer that is an error: HTTP status, name of the cause, and the whole of it."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{status}: {error}")
        self.status = status
        self.error = error
        self.cause: str = error["cause"]["name"]


class RpcChain:
    """A fresh chain; ``blocks`` and ``validator_key`` as the engine has them."""

    def __init__(
        self, *, blocks: str = "auto", epoch_length: int = 60, protocol_version: int = 86, validator_key: str | None = None
    ) -> None:
        engine = load_engine()
        genesis = engine.sandbox_genesis(epoch_length=epoch_length, protocol_version=protocol_version)
        self.chain: Any = engine.Chain(genesis, blocks=blocks, cache_dir=contract_cache(), validator_key=validator_key)

    def start(self, method: str, params: Any) -> Any:
        """Send a request; the answer may be something to wait on."""
        return self.chain.request(json.dumps({"jsonrpc": "2.0", "id": "test", "method": method, "params": params}).encode())

    def call(self, method: str, params: Any) -> Any:
        """Send a request and return its result.

        :raises RpcError: where the answer is one.
        """
        answer = self.start(method, params)
        assert isinstance(answer, tuple), f"{method} waits"
        return opened(answer)

    def view(self, kind: str, **params: Any) -> Any:
        """Ask ``query``, by default about the final state."""
        reference = {} if "block_id" in params else {"finality": params.pop("finality", "final")}
        return self.call("query", {"request_type": kind, **reference, **params})

    def head(self) -> Any:
        """The header of the newest block."""
        return self.call("block", {"finality": "optimistic"})["header"]

    def sign(self, receiver: str, actions: list[Any], *, signer: str = ROOT, step: int = 1) -> tuple[str, str]:
        """A signed transaction and its hash; the key is that of the signer's own name."""
        key: SigningKey = key_pair(signer)
        view = self.view("view_access_key", account_id=signer, public_key=public_key(key), finality="optimistic")
        return signed_transaction(
            key,
            signer=signer,
            receiver=receiver,
            nonce=view["nonce"] + step,
            block_hash=self.head()["hash"],
            actions=actions,
        )

    def send(self, receiver: str, actions: list[Any], *, signer: str = ROOT, wait_until: str = "FINAL") -> Any:
        """Sign and send."""
        signed, _ = self.sign(receiver, actions, signer=signer)
        return self.call("send_tx", {"signed_tx_base64": signed, "wait_until": wait_until})

    def create(self, account_id: str, *, near: int = 10) -> None:
        """Make an account whose key is that of its own name."""
        key = {"nonce": 0, "permission": "FullAccess"}
        self.send(
            account_id,
            [
                "CreateAccount",
                transfer(near * NEAR),
                {"AddKey": {"public_key": public_key(key_pair(account_id)), "access_key": key}},
            ],
        )


def opened(answer: tuple[int, bytes]) -> Any:
    """The result in an answer.

    :raises RpcError: where it is an error.
    """
    status, body = answer
    found = json.loads(body)
    if "error" in found:
        raise RpcError(status, found["error"])
    assert status == 200
    return found["result"]


def transfer(yocto: int) -> dict[str, Any]:
    """The action."""
    return {"Transfer": {"deposit": str(yocto)}}
