"""A contract of another network, with its state: read page by page at one block, and kept on disk by block.

A block that was read once is never asked for again, so tests that name a block run offline.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import check_account_id
from near_harness.caches import cache_folder
from near_harness.chain.patches import ENTRY_BYTES, FULL_ACCESS_KEY_BYTES, NO_CODE, data_record
from near_harness.errors import BadInput, NodeUnreachable, RpcError
from near_harness.progress import Progress, untold
from near_harness.rpc.client import Client
from near_harness.rpc.jsonrpc import shown_address
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract

PAGE_ENTRIES = 1_000
"""Entries that one request asks for. Nodes that know no pages answer with the whole state, or refuse where it is too large."""
_PATCH_BYTES = 4 * 1024 * 1024
_FORMAT = 1


@dataclass(frozen=True)
class ImportedContract:
    """An account of another network at one block. Bytes are base64; amounts decimal yoctoNEAR."""

    source: str
    account_id: str
    block_height: int
    block_hash: str
    amount: str
    code: str
    state: list[tuple[str, str]] = field(repr=False)
    format: int = _FORMAT

    @classmethod
    def read(cls, path: Path) -> ImportedContract:
        """Read a file that :meth:`write` made.

        :raises BadInput: where it is none, or of another format.
        """
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise BadInput(f"{path} holds no imported contract: {error}") from None
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            raise BadInput(f"{path} holds no imported contract of format {_FORMAT}")
        try:
            read = cls(**{**found, "state": [(key, value) for key, value in found["state"]]})
            Amount(read.amount)
            read.decoded()
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(f"{path} holds an imported contract that is damaged: {type(error).__name__}: {error}") from None
        return read

    def decoded(self) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """Return the code and the rows of the state as bytes."""
        rows = [(base64.b64decode(key, validate=True), base64.b64decode(value, validate=True)) for key, value in self.state]
        return base64.b64decode(self.code, validate=True), rows

    def write(self, path: Path) -> None:
        """Write the file; it is whole or not there at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        part = Path(name)
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(asdict(self), file)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


class ContractImport:
    """The part of :class:`near_harness.Near` that brings in contracts of other networks."""

    async def import_contract(
        self,
        source: str | os.PathLike[str],
        account_id: str,
        *,
        block: int | str | None = None,
        state: bool = True,
        to: str | None = None,
        progress: Progress = untold,
    ) -> Contract:
        """Bring a contract with its code, money and state to this chain, on the same account id or on ``to``.

        ``source`` is the URL of a JSON-RPC node, or a file that :func:`fetch_contract`'s result was written to. ``block`` is a
        height or hash (by default the newest final block): what was read at a block is kept on disk. The account gets a
        full-access key of its id as a seed, and none of its own; without ``state`` it begins with an empty storage. ``progress``
        is told how many entries of the state were read (:mod:`near_harness.progress`).

        :raises UnknownAccount: where the account does not exist there.
        :raises BadInput: where it has no contract at that block.
        :raises RpcError: where the node refuses, such as a state that is too large for a node that knows no pages.
        :raises CapabilityMissing: where this chain's state cannot be set.
        """
        if not isinstance(source, (str, os.PathLike)):
            raise BadInput(f"{source!r} is neither the URL of a node, such as 'http://127.0.0.1:3030', nor a file")
        if "://" in str(source):
            found = await fetch_contract(str(source), account_id, block=block, state=state, progress=progress)
        else:
            found = ImportedContract.read(Path(source))
        target = check_account_id(to or account_id)
        code, entries = found.decoded()
        if not code:
            raise BadInput(
                f"{found.account_id} has no contract at block {found.block_height} of {found.source}: is it the right account, "
                "and was it deployed by then? For an account that only holds money there is near.put_account(…)"
            )
        return await self._put_contract(target, found, code, entries if state else [])

    async def _put_contract(
        self, target: str, found: ImportedContract, code: bytes, entries: list[tuple[bytes, bytes]]
    ) -> Contract:
        near: Any = self  # Near is made of this class
        account: Account = await near.put_account(target, Amount(found.amount), wasm=code)
        usage = 100 + FULL_ACCESS_KEY_BYTES["ed25519"] + len(code) + sum(len(k) + len(v) + ENTRY_BYTES for k, v in entries)
        records, size = [], 0
        for key, value in entries:
            records.append(data_record(target, key, value))
            size += len(key) + len(value)
            if size > _PATCH_BYTES:
                await near.patch_state(records)
                records, size = [], 0
        code_hash = (await near.client.query("view_account", account_id=target))["code_hash"]
        whole = {"amount": found.amount, "locked": "0", "code_hash": code_hash, "storage_usage": usage, "version": "V1"}
        await near.patch_state([*records, {"Account": {"account_id": target, "account": whole}}])
        contract: Contract = await near.contract(account.id)
        return contract


async def fetch_contract(
    rpc_url: str, account_id: str, *, block: int | str | None = None, state: bool = True, progress: Progress = untold
) -> ImportedContract:
    """Read an account with its contract and state from a node, all at one block; from the disk where it was read before.

    A node of this machine or network may have begun another chain since: where it answers, its block has to be the same one.

    :raises UnknownAccount: where it does not exist.
    :raises InvalidSetting: for an address that is none.
    :raises RpcError: where the node refuses.
    """
    from near_harness.rpc.endpoint import Endpoint  # noqa: PLC0415 - its HTTP library takes long to load, and few tests import

    where = check_account_id(account_id)
    host = Endpoint(rpc_url).host
    kept = None if block is None else _kept(rpc_url, where, block, state)
    known = ImportedContract.read(kept) if kept is not None and kept.exists() else None
    if known is not None and not _begins_anew(host):
        return known
    client = Client(rpc_url)
    try:
        if known is not None and await _is_same_chain(client, known):
            return known
        header = (await client.rpc("block", {"finality": "final"} if block is None else {"block_id": block}))["header"]
        found = await _fetch(client, where, header, state=state, progress=progress)
    finally:
        await client.close()
    for name in {header["hash"], header["height"]}:
        with contextlib.suppress(OSError):  # a cache that cannot be written to costs time and nothing else
            found.write(_kept(rpc_url, where, name, state))
    return found


def _begins_anew(host: str) -> bool:
    """Whether a node may be one for tests, which begins another chain at the same address: by its host."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))


async def _is_same_chain(client: Client, known: ImportedContract) -> bool:
    """Whether the node still has the block that was read; what was read stands for it where it does not answer."""
    try:
        header = (await client.rpc("block", {"block_id": known.block_height}))["header"]
    except NodeUnreachable:
        return True
    return bool(header["hash"] == known.block_hash)


async def _fetch(client: Client, account_id: str, header: dict[str, Any], *, state: bool, progress: Progress) -> ImportedContract:
    async def ask(request_type: str, **params: Any) -> dict[str, Any]:
        request = {"request_type": request_type, "block_id": header["hash"], **params}
        answer: dict[str, Any] = await client.rpc("query", request)
        return answer

    account = await ask("view_account", account_id=account_id)
    if account.get("global_contract_hash"):
        code = (await ask("view_global_contract_code", code_hash=account["global_contract_hash"]))["code_base64"]
    elif account.get("global_contract_account_id"):
        shared = account["global_contract_account_id"]
        code = (await ask("view_global_contract_code_by_account_id", account_id=shared))["code_base64"]
    elif account["code_hash"] != NO_CODE:
        code = (await ask("view_code", account_id=account_id))["code_base64"]
    else:
        code = ""
    entries: list[tuple[str, str]] = []
    after: str | None = None
    while state:
        page = await ask(
            "view_state",
            account_id=account_id,
            prefix_base64="",
            limit=PAGE_ENTRIES,
            **({} if after is None else {"after_key_base64": after}),
        )
        entries.extend((entry["key"], entry["value"]) for entry in page["values"])
        progress(len(entries), 0)
        if not page.get("last_key") or page["last_key"] == after:
            break
        after = page["last_key"]
    return ImportedContract(
        shown_address(client.rpc_url), account_id, int(header["height"]), header["hash"], account["amount"], code, entries
    )


def _kept(rpc_url: str, account_id: str, block: int | str, state: bool) -> Path:
    """Where a contract at a block is kept on disk."""
    node = hashlib.sha256(rpc_url.encode()).hexdigest()[:16]
    return cache_folder("imports") / node / f"{account_id}-{block}{'' if state else '-code'}.json"


__all__ = ["ContractImport", "ImportedContract", "RpcError", "fetch_contract"]
