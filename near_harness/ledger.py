"""The accounts around a transaction: balances and contract state before it and after it, read from the node's blocks.

*Before* is the block that precedes the one with the transaction; *after* is the last block in which one of its receipts was
executed. Both are read when somebody asks, over a connection of its own, so that a matcher needs no ``await``.
"""

from __future__ import annotations

import http.client
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from near_harness.errors import NodeUnreachable, UnknownAccount, UnknownBlock, rpc_error
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.outcome.model import Outcome
    from near_harness.outcome.receipt import Receipt

_TIMEOUT_S = 30.0
REWARD_UNTIL_PROTOCOL = 86
"""Up to this version a contract gets 30 % of what its function calls burn (nearcore: burnt gas reward, 0 from 87 on)."""


class Ledger:
    """What a transaction did to the accounts that took part."""

    def __init__(self, outcome: Outcome, rpc_url: str) -> None:
        self._outcome, self._rpc_url = outcome, rpc_url

    @cached_property
    def heights(self) -> dict[str, int]:
        """The height of each block that holds a part of the transaction, by block hash."""
        hashes = dict.fromkeys(receipt.block_hash for receipt in self._outcome.receipts)
        hashes[self._outcome.block_hash] = None
        return {name: self._header({"block_id": name})["height"] for name in hashes if name is not None}

    @cached_property
    def block_before(self) -> str:
        """The hash of the block before the transaction."""
        return str(self._header({"block_id": self._outcome.block_hash})["prev_hash"])

    @cached_property
    def block_after(self) -> str:
        """The hash of the last block in which a receipt of the transaction was executed."""
        return max(self.heights, key=lambda name: self.heights[name])

    @cached_property
    def balances(self) -> dict[str, tuple[Amount | None, Amount | None]]:
        """Each account's balance before and after in yoctoNEAR, locked money included; None where it did not exist."""
        return {
            account: (self.balance(account, self.block_before), self.balance(account, self.block_after))
            for account in self._outcome.accounts
        }

    @cached_property
    def changes(self) -> dict[str, Amount]:
        """What each account has more (or less) than before, in yoctoNEAR."""
        return {account: (after or Amount(0)) - (before or Amount(0)) for account, (before, after) in self.balances.items()}

    @cached_property
    def rewards(self) -> dict[str, Amount]:
        """What contracts got from the gas that their calls burnt, in yoctoNEAR.

        Before protocol 87: ``floor(0.3 x gas burnt by the virtual machine) x gas price``, per receipt, also for a failed one.
        """
        if self._protocol() > REWARD_UNTIL_PROTOCOL:
            return {}
        rewards: dict[str, Amount] = {}
        for receipt in self._outcome.receipts:
            reward = receipt_reward(receipt, self._outcome)
            if reward:
                rewards[receipt.receiver] = rewards.get(receipt.receiver, Amount(0)) + reward
        return rewards

    @cached_property
    def validator_rewards(self) -> Amount:
        """What validators among the accounts got because an epoch ended in between, in yoctoNEAR.

        Rewards are written before anything else of a block is executed, and ``EXPERIMENTAL_changes`` names their cause.
        """
        total = Amount(0)
        block = self.block_after
        while block != self.block_before:
            before = str(self._header({"block_id": block})["prev_hash"])
            params = {"changes_type": "account_changes", "account_ids": list(self._outcome.accounts), "block_id": block}
            for entry in self._rpc("EXPERIMENTAL_changes", params)["changes"]:
                if entry["cause"]["type"] == "validator_accounts_update" and entry["type"] == "account_update":
                    account, held = entry["change"]["account_id"], entry["change"]
                    total += Amount(int(held["amount"]) + int(held["locked"])) - (self.balance(account, before) or Amount(0))
            block = before
        return total

    def balance(self, account_id: str, block_hash: str) -> Amount | None:
        """Return a balance at a block, locked money included, or None where the account did not exist."""
        try:
            view = self._rpc("query", {"request_type": "view_account", "account_id": account_id, "block_id": block_hash})
        except UnknownAccount:
            return None
        return Amount(int(view["amount"]) + int(view["locked"]))

    def state(self, account_id: str, block_hash: str) -> dict[str, str] | None:
        """Return a contract's state at a block, keys and values in base64, or None where the account did not exist."""
        params = {"request_type": "view_state", "account_id": account_id, "prefix_base64": "", "block_id": block_hash}
        try:
            return {item["key"]: item["value"] for item in self._rpc("query", params)["values"]}
        except UnknownAccount:
            return None

    def state_changed(self, account_id: str) -> bool:
        """Whether a contract's state after the transaction differs from the one before it."""
        return self.state(account_id, self.block_before) != self.state(account_id, self.block_after)

    def _protocol(self) -> int:
        return int(self._rpc("status", [])["protocol_version"])

    def _header(self, params: dict[str, Any]) -> dict[str, Any]:
        try:
            header: dict[str, Any] = self._rpc("block", params)["header"]
        except UnknownBlock as error:
            error.args = (f"{error}; the chain was rolled back since: look at balances and state before the rollback",)
            raise
        return header

    def _rpc(self, method: str, params: Any) -> Any:
        url = urlsplit(self._rpc_url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=_TIMEOUT_S)
        body = json.dumps({"jsonrpc": "2.0", "id": "near-harness", "method": method, "params": params})
        try:
            connection.request("POST", url.path or "/", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise NodeUnreachable(f"{self._rpc_url} does not answer {method}: {error}") from error
        finally:
            connection.close()
        if "error" in answer:
            raise rpc_error(method, answer["error"], response.status)
        return answer["result"]


def receipt_reward(receipt: Receipt, outcome: Outcome) -> Amount:
    """What the receiver of a receipt got from the gas that its calls burnt, by the rule before protocol 87.

    The gas price is what the receipt paid per unit; where creating an account is charged on top, that of the transaction.
    """
    burnt_by_vm = sum(int(gas) for _, _, gas in receipt.gas_profile)
    if not burnt_by_vm:
        return Amount(0)
    price, charged = divmod(int(receipt.tokens_burnt), int(receipt.gas_burnt))
    if charged:
        price = int(outcome.conversion_tokens) // int(outcome.conversion_gas)
    return Amount(burnt_by_vm * 3 // 10 * price)
