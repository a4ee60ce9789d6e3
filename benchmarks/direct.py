"""The engine without HTTP: requests as bytes, transactions signed ahead of time, memory as the allocator counts it."""

from __future__ import annotations

import base64
import ctypes
import json
import time
from pathlib import Path
from typing import Any

import base58
from py_near import transactions

from near_harness.keys import KeyPair
from near_harness.nodes.engine import contract_cache, load_engine

COMPILED = Path(__file__).parent.parent / "contracts" / "compiled"
ROOT = "sandbox"


class Direct:
    """One chain in this process, spoken to in bytes of JSON-RPC."""

    def __init__(self, **options: Any) -> None:
        engine = load_engine()
        self.chain: Any = engine.Chain(engine.sandbox_genesis(), cache_dir=contract_cache(), **options)
        self.chain.produce_blocks(3)
        self._nonces: dict[str, int] = {}

    def request(self, method: str, params: Any) -> tuple[Any, float]:
        """Return the result of a request, and the seconds that the engine took for it."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        begin = time.perf_counter()
        answered = self.chain.request(body)
        taken = time.perf_counter() - begin
        answer = json.loads(answered[1])
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']}")
        return answer["result"], taken

    def send(self, signer: str, receiver: str, actions: list[Any], wait_until: str = "FINAL") -> float:
        """Send a transaction and return the seconds that the engine took until it was as far as ``wait_until``."""
        key = KeyPair.from_seed(signer)
        if signer not in self._nonces:
            query = {"request_type": "view_access_key", "finality": "optimistic"}
            view = self.request("query", {**query, "account_id": signer, "public_key": key.public_key})[0]
            self._nonces[signer] = view["nonce"]
        self._nonces[signer] += 1
        block = self.request("block", {"finality": "optimistic"})[0]["header"]["hash"]
        parts = (signer, key.raw, receiver, self._nonces[signer], actions, base58.b58decode(block))
        signed = str(transactions.sign_and_serialize_transaction(*parts))
        result, taken = self.request("send_tx", {"signed_tx_base64": signed, "wait_until": wait_until})
        if "Failure" in str(result.get("status")):
            raise RuntimeError(f"{signer} -> {receiver}: {result['status']}")
        return taken

    def create(self, account_id: str, near: int, *more: Any) -> None:
        """Make an account with the key of its id as a seed."""
        key = transactions.create_full_access_key_action(KeyPair.from_seed(account_id).public_key)
        pay = transactions.create_transfer_action(near * 10**24)
        self.send(ROOT, account_id, [transactions.create_create_account_action(), pay, key, *more])

    def with_bank(self) -> None:
        """Deploy a bank and a pool, and make a customer."""
        for name, file in (("bank", "bank"), ("pool", "staking_pool")):
            code = (COMPILED / f"{file}.wasm").read_bytes()
            self.create(f"{name}.{ROOT}", 1000, transactions.create_deploy_contract_action(code))
        self.create(f"alice.{ROOT}", 1_000_000)

    def cross_contract_call(self) -> float:
        """Call a near-sdk contract that calls another and has a callback; the seconds until all of it is final."""
        args = json.dumps({"pool": f"pool.{ROOT}"}).encode()
        call = transactions.create_function_call_action("deposit_and_stake", args, 150 * 10**12, 10**20)
        return self.send(f"alice.{ROOT}", f"bank.{ROOT}", [call])

    def put_entries(self, entries: list[tuple[bytes, bytes]]) -> None:
        """Put entries into the storage of one account."""
        self.request(
            "sandbox_patch_state",
            {
                "records": [
                    {
                        "Data": {
                            "account_id": "near",
                            "data_key": base64.b64encode(key).decode(),
                            "value": base64.b64encode(value).decode(),
                        }
                    }
                    for key, value in entries
                ]
            },
        )


class _MallInfo(ctypes.Structure):
    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def allocated_bytes() -> int | None:
    """Bytes that the C allocator has given out (Python's small objects are not among them); None where glibc is not the one."""
    try:
        mallinfo = ctypes.CDLL("libc.so.6").mallinfo2
    except (OSError, AttributeError):
        return None
    mallinfo.restype = _MallInfo
    found = mallinfo()
    return int(found.uordblks + found.hblkhd)
