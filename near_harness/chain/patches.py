"""The state as it is wanted: balances, code, keys and storage, set without a transaction (``sandbox_patch_state``).

This can make states that no transactions lead to, such as an account with more money than there is. What an account's
``storage_usage`` counts is kept right: a key or an entry costs storage as if a transaction had added it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import base58

from near_harness.account_ids import account_id_of, check_account_id
from near_harness.bundles.history import History
from near_harness.contract.wasm import WasmSource, load_wasm
from near_harness.errors import BadInput, CapabilityMissing, RpcError, UnknownAccount
from near_harness.keys import KeyPair, public_key_text
from near_harness.nodes.base import Node
from near_harness.outcome.failures import parse_failure
from near_harness.rpc.client import Client
from near_harness.transactions import delete_key
from near_harness.units import AmountLike, to_amount

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract

ENTRY_BYTES = 40
"""``num_extra_bytes_record``: what an entry of the state counts beyond its key and value."""
FULL_ACCESS_KEY_BYTES = {"ed25519": 33 + 9 + ENTRY_BYTES, "secp256k1": 65 + 9 + ENTRY_BYTES}
"""What an account's storage usage counts for a full-access key."""
ACCOUNT_BYTES = 100
"""What an account counts by itself."""
GLOBAL_HASH_BYTES = 32
"""What an account counts for a global contract that it uses by hash; by account it is the length of the account's id."""
NO_CODE = "11111111111111111111111111111111"
_KEPT_FIELDS = ("amount", "locked", "code_hash", "storage_usage", "global_contract_hash", "global_contract_account_id")

Record = dict[str, Any]


class StatePatches:
    """The part of :class:`near_harness.Near` that sets the state."""

    node: Node
    client: Client
    history: History
    _changes: int

    async def patch_state(self, records: Iterable[Record]) -> None:
        """Put records (``Account``, ``AccessKey``, ``Contract``, ``Data``, in nearcore's JSON) into the state as they are.

        :raises BadInput: for what is no list of records.
        :raises CapabilityMissing: where the node cannot.
        """
        if not self.node.capabilities.patch_state:
            raise CapabilityMissing(f"patch_state: the {self.node.kind} node cannot do that")
        if isinstance(records, (str, bytes, Mapping)) or not isinstance(records, Iterable):
            raise BadInput(f"{records!r} is no list of records: [{{'Account': …}}, …], in nearcore's JSON")
        patch = list(records)
        for record in patch:
            if not isinstance(record, Mapping):
                raise BadInput(f"{record!r} is no record: {{'Account': …}}, {{'Data': …}} and so on, in nearcore's JSON")
        self._changes += 1
        self.history.note("patch", records=patch)
        await self.client.rpc("sandbox_patch_state", {"records": patch})

    async def set_balance(self, who: object, amount: AmountLike) -> None:
        """Give an account exactly this much money (yoctoNEAR), what is locked by staking left out.

        :raises UnknownAccount: where it does not exist.
        """
        account = await self._account_record(who)
        account["amount"] = str(int(to_amount(amount)))
        await self.patch_state([_account(account_id_of(who), account)])

    async def set_code(self, who: object, wasm: WasmSource) -> Contract:
        """Put a contract (a path, or its bytes) on an account, instead of the one that it has; its storage stays.

        :raises InvalidContractCode: where it is missing, is no WebAssembly, or is larger than 4 MiB.
        :raises UnknownAccount: where the account does not exist.
        """
        code, where = load_wasm(wasm).code, account_id_of(who)
        account = await self._account_record(where)
        account["storage_usage"] += len(code) - await self._code_length(where, account)
        _use_code(account, code)
        await self.patch_state([_account(where, account), _code(where, code)])
        return await self.contract(where)  # type: ignore[attr-defined,no-any-return] # Near is made of this class

    async def remove_code(self, who: object) -> None:
        """Take the contract from an account; its storage stays.

        :raises UnknownAccount: where the account does not exist.
        """
        where = account_id_of(who)
        account = await self._account_record(where)
        account["storage_usage"] -= await self._code_length(where, account)
        _use_no_code(account)
        await self.patch_state([_account(where, account)])

    async def set_storage(self, who: object, entries: Mapping[str | bytes, str | bytes]) -> None:
        """Set entries of a contract's storage: keys and values are bytes, or text that stands for its UTF-8.

        Entries cannot be removed this way, as ``sandbox_patch_state`` has no form for that.

        :raises UnknownAccount: where the account does not exist.
        """
        where = account_id_of(who)
        if not isinstance(entries, Mapping):
            raise BadInput(f"{entries!r}: entries of the storage are a dict, {{b'key': b'value'}}")
        account = await self._account_record(where)
        records = []
        for key, value in entries.items():
            name, content = _bytes(key), _bytes(value)
            old = await self._entry_length(where, name)
            account["storage_usage"] += len(content) - old if old is not None else len(name) + len(content) + ENTRY_BYTES
            records.append(data_record(where, name, content))
        await self.patch_state([_account(where, account), *records])

    async def add_key(self, who: object, key: KeyPair | str, *, nonce: int = 0) -> None:
        """Give an account a full-access key (a pair, or a public key as text), whose last nonce is ``nonce``.

        :raises BadInput: for a text that is no public key, and a nonce that is none.
        :raises UnknownAccount: where the account does not exist.
        """
        where, public_key = account_id_of(who), public_key_text(key)
        if isinstance(nonce, bool) or not isinstance(nonce, int) or not 0 <= nonce < 2**64:
            raise BadInput(f"nonce={nonce!r}: a whole number is wanted, 0 or more and below 2**64")
        account = await self._account_record(where)
        if not await self._has_key(where, public_key):
            account["storage_usage"] += FULL_ACCESS_KEY_BYTES.get(public_key.partition(":")[0], FULL_ACCESS_KEY_BYTES["ed25519"])
        await self.patch_state([_account(where, account), key_record(where, public_key, nonce)])

    async def remove_key(self, who: object, key: KeyPair | str) -> None:
        """Take a key from an account, by a transaction in the account's name, which pays for it.

        Records can add keys and not remove them: the transaction is signed with a key that is added for it, and removes that
        one as well, so its receipt is ``DeleteKey + DeleteKey``.

        :raises BadInput: for a text that is no ed25519 key; keys of other kinds cannot be removed.
        :raises UnknownAccount: where the account does not exist.
        :raises DeleteKeyDoesNotExist: where it has no such key; nothing is sent then.
        """
        where, public_key = account_id_of(who), public_key_text(key)
        removal = delete_key(public_key)
        if not await self._has_key(where, public_key):
            fields = {"account_id": where, "public_key": public_key}
            raise parse_failure({"ActionError": {"index": 0, "kind": {"DeleteKeyDoesNotExist": fields}}})
        signing = KeyPair.from_seed(f"removes {public_key}"[:32])
        await self.add_key(where, signing)
        holder = self.account(where, signing)  # type: ignore[attr-defined] # Near is made of this class
        await holder.send(where, [removal, delete_key(signing.public_key)])

    async def impersonate(self, who: object) -> Account:
        """Return any account that exists as one that can sign: its key, unless it has it already, is the one of its id as a seed.

        The key is added to the state and counts 82 bytes of storage; it goes when the chain is rolled back, or with
        :meth:`remove_key`.

        :raises UnknownAccount: where the account does not exist.
        """
        where = check_account_id(account_id_of(who))
        account: Account = self.account(where)  # type: ignore[attr-defined] # Near is made of this class
        if not await self._has_key(where, account.key.public_key):
            await self.add_key(where, account.key)
        return account

    async def put_account(
        self,
        account_id: str,
        balance: AmountLike,
        *,
        wasm: WasmSource | None = None,
        storage: Mapping[bytes, bytes] | None = None,
    ) -> Account:
        """Make an account of any id (``wrap.near``, without its parent), or begin it anew.

        It gets a full-access key of its id as a seed. Entries that it had and that ``storage`` does not name stay.
        """
        where = check_account_id(account_id)
        key = KeyPair.from_seed(where)
        account: Record = {
            "amount": str(int(to_amount(balance))),
            "locked": "0",
            "code_hash": NO_CODE,
            "storage_usage": ACCOUNT_BYTES + FULL_ACCESS_KEY_BYTES["ed25519"],
        }
        records = [key_record(where, key.public_key, 0)]
        if wasm is not None:
            code = load_wasm(wasm).code
            account["storage_usage"] += len(code)
            _use_code(account, code)
            records.append(_code(where, code))
        for name, value in (storage or {}).items():
            account["storage_usage"] += len(name) + len(value) + ENTRY_BYTES
            records.append(data_record(where, name, value))
        await self.patch_state([_account(where, account), *records])
        return self.account(where, key)  # type: ignore[attr-defined,no-any-return] # Near is made of this class

    # inside

    async def _account_record(self, who: object) -> Record:
        view = await self.client.query("view_account", account_id=account_id_of(who))
        return {name: view[name] for name in _KEPT_FIELDS if name in view}

    async def _code_length(self, where: str, account: Record) -> int:
        """How many bytes of storage an account's contract counts: its code, or the name of the global contract that it uses."""
        if account.get("global_contract_hash"):
            return GLOBAL_HASH_BYTES
        if account.get("global_contract_account_id"):
            return len(account["global_contract_account_id"])
        if account["code_hash"] == NO_CODE:
            return 0
        return len(base64.b64decode((await self.client.query("view_code", account_id=where))["code_base64"]))

    async def _entry_length(self, where: str, key: bytes) -> int | None:
        # Of all keys that begin with these bytes it comes first. A page is given of states that are too large to list, too.
        prefix = base64.b64encode(key).decode()
        page = await self.client.query("view_state", account_id=where, prefix_base64=prefix, limit=1)
        found = next((entry["value"] for entry in page["values"] if entry["key"] == prefix), None)
        return None if found is None else len(base64.b64decode(found))

    async def _has_key(self, where: str, public_key: str) -> bool:
        try:
            answer = await self.client.query("view_access_key", account_id=where, public_key=public_key)
        except UnknownAccount:
            raise
        except RpcError as error:
            if error.name != "UNKNOWN_ACCESS_KEY":
                raise
            return False
        return "error" not in answer


def _account(account_id: str, account: Record) -> Record:
    version = "V2" if "global_contract_hash" in account or "global_contract_account_id" in account else "V1"
    return {"Account": {"account_id": account_id, "account": {**account, "version": version}}}


def _use_no_code(account: Record) -> None:
    account["code_hash"] = NO_CODE
    account.pop("global_contract_hash", None)
    account.pop("global_contract_account_id", None)


def _use_code(account: Record, code: bytes) -> None:
    _use_no_code(account)
    account["code_hash"] = base58.b58encode(hashlib.sha256(code).digest()).decode()


def _code(account_id: str, code: bytes) -> Record:
    return {"Contract": {"account_id": account_id, "code": base64.b64encode(code).decode()}}


def key_record(account_id: str, public_key: str, nonce: int) -> Record:
    """Return the record of a full-access key."""
    access = {"nonce": nonce, "permission": "FullAccess"}
    return {"AccessKey": {"account_id": account_id, "public_key": public_key, "access_key": access}}


def data_record(account_id: str, key: bytes, value: bytes) -> Record:
    """Return the record of an entry of a contract's storage."""
    encoded = (base64.b64encode(part).decode() for part in (key, value))
    data_key, content = encoded
    return {"Data": {"account_id": account_id, "data_key": data_key, "value": content}}


def _bytes(text: str | bytes) -> bytes:
    if not isinstance(text, (str, bytes)):
        raise BadInput(f"{text!r}: keys and values of the storage are bytes, or text")
    return text.encode() if isinstance(text, str) else text
