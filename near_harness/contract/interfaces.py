"""The methods of deployed contracts, each code read once."""

from __future__ import annotations

import logging

from near_harness.contract.abi import ABI_METHOD, Interface
from near_harness.contract.wasm import Wasm
from near_harness.errors import ViewFailed
from near_harness.rpc.client import Client

_log = logging.getLogger(__name__)


class Interfaces:
    """What is known of each contract's code, by its hash."""

    def __init__(self) -> None:
        self._known: dict[str, Interface] = {}

    async def of(self, client: Client, account_id: str, wasm: Wasm) -> Interface:
        """Return the methods of the code on an account: by the ABI that it gives out, else by its exports."""
        if wasm.code_hash not in self._known:
            self._known[wasm.code_hash] = await _read(client, account_id, wasm)
        return self._known[wasm.code_hash]


async def _read(client: Client, account_id: str, wasm: Wasm) -> Interface:
    if ABI_METHOD in wasm.exports:
        try:
            return Interface.from_abi((await client.view(account_id, ABI_METHOD, b""))[0], wasm.exports)
        except (ViewFailed, ValueError) as error:
            _log.warning("the ABI of %s cannot be read, its methods are known by name only: %s", wasm.origin, error)
    return Interface.from_exports(wasm.exports)
