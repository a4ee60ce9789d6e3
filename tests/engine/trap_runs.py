"""Drives the engine without the harness: a chain, transactions signed by hand, every way to fail."""

from __future__ import annotations

import base64
import json
from typing import Any

import near_harness_engine as engine
from fidelity_signing import key_pair, signed_transaction
from trap_contract import EXPECTED, trap_contract

_ROOT = "sandbox"
_KEY = key_pair(_ROOT)


class Sandbox:
    """A chain whose root account holds the contract that fails."""

    def __init__(self, *, salt: str = "", code: bytes | None = None, **options: Any) -> None:
        self.chain = engine.Chain(options.pop("genesis", None) or engine.sandbox_genesis(), **options)
        self._nonce = 0
        self.deploy(trap_contract(salt) if code is None else code)

    def rpc(self, method: str, params: Any) -> Any:
        """The result of a JSON-RPC request."""
        body = json.dumps({"jsonrpc": "2.0", "id": "1", "method": method, "params": params})
        answer = self.chain.request(body.encode())
        assert isinstance(answer, tuple), "the request waits for blocks"
        return json.loads(answer[1])["result"]

    def send(self, *actions: Any) -> Any:
        """The outcome of a transaction of the root account with itself."""
        self._nonce += 1
        block_hash = self.rpc("block", {"finality": "final"})["header"]["hash"]
        signed, _ = signed_transaction(
            _KEY, signer=_ROOT, receiver=_ROOT, nonce=self._nonce, block_hash=block_hash, actions=list(actions)
        )
        return self.rpc("send_tx", {"signed_tx_base64": signed, "wait_until": "FINAL"})

    def deploy(self, code: bytes) -> None:
        """Puts a contract on the root account."""
        outcome = self.send({"DeployContract": {"code": base64.b64encode(code).decode()}})
        assert "SuccessValue" in outcome["status"], outcome

    def call(self, method: str, args: bytes = b"", *, gas: int = 50 * 10**12) -> str | None:
        """Calls a method of the contract: the text of its failure, or ``None``."""
        action = {"method_name": method, "args": base64.b64encode(args).decode(), "gas": gas, "deposit": "0"}
        status = self.send({"FunctionCall": action})["status"]
        if "SuccessValue" in status:
            return None
        text: str = status["Failure"]["ActionError"]["kind"]["FunctionCallError"]["ExecutionError"]
        return text


def fail_in_every_way(*, salt: str = "", sandbox: Sandbox | None = None) -> None:
    """Calls every method, and checks what the outcome says."""
    sandbox = sandbox or Sandbox(salt=salt)
    seen = {method: sandbox.call(method) for method in EXPECTED}
    assert seen == EXPECTED, seen
