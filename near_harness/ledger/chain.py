"""The accounts around a transaction: balances and contract state before it and after it, read from the node's blocks.

*Before* is the block that precedes the one with the transaction; *after* is the last block in which one of its receipts was
executed. Both are read when somebody asks, without an event loop, so that a matcher needs no ``await``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from near_harness.errors import HarnessError, UnknownAccount, UnknownBlock
from near_harness.ledger.accounts import AccountRow, Holding, account_row
from near_harness.ledger.movements import Movement, movements, one_yocto_promises
from near_harness.ledger.others import Others, moved_by_others
from near_harness.ledger.state import StateChanges
from near_harness.ledger.tokens import token_changes
from near_harness.progress import Progress, untold
from near_harness.rpc.jsonrpc import Questions
from near_harness.units import Amount

if TYPE_CHECKING:
    from near_harness.outcome.model import Outcome

ONE_YOCTO_FROM_PROTOCOL = 85
"""From this version on the protocol pays one yoctoNEAR for a promise of a contract that has none."""
GAS_KEYS_FROM_PROTOCOL = 85
"""From this version on access keys can hold money of their own, to pay gas with."""
REWARD_UNTIL_PROTOCOL = 86
"""Up to this version a contract gets 30 % of what its function calls burn (nearcore: burnt gas reward, 0 from 87 on)."""


class Ledger:
    """What a transaction did to the accounts that took part."""

    def __init__(self, outcome: Outcome, node: Questions, *, protocol_version: int | None = None) -> None:
        self._outcome, self._node, self._version = outcome, node, protocol_version
        self._headers: dict[str | None, dict[str, Any]] = {}
        self.others_unknown = ""
        """Why it is not known what others moved in the same blocks, where that was asked for."""

    @cached_property
    def heights(self) -> dict[str, int]:
        """The height of each block that holds a part of the transaction, by block hash."""
        hashes = dict.fromkeys(receipt.block_hash for receipt in self._outcome.receipts)
        hashes[self._outcome.block_hash] = None
        return {name: self._header(name)["height"] for name in hashes if name is not None}

    @cached_property
    def block_before(self) -> str:
        """The hash of the block before the transaction."""
        return str(self._header(self._outcome.block_hash)["prev_hash"])

    @cached_property
    def block_after(self) -> str:
        """The hash of the last block in which a receipt of the transaction was executed."""
        return max(self.heights, key=lambda name: self.heights[name])

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The hashes of the blocks from the one with the transaction to :attr:`block_after`, the oldest first."""
        return self._blocks_since(self.block_before)

    def _blocks_since(self, before: str) -> tuple[str, ...]:
        found, block = [], self.block_after
        while block != before:
            found.append(block)
            block = str(self._header(block)["prev_hash"])
        return tuple(reversed(found))

    @cached_property
    def movements(self) -> tuple[Movement, ...]:
        """Who paid whom and why, from the receipts alone."""
        return movements(self._outcome, rewards=self._protocol() <= REWARD_UNTIL_PROTOCOL)

    @cached_property
    def rows(self) -> dict[str, AccountRow]:
        """Each account's line: before, paid, received, refunded, reward, gas, after."""
        return self._rows(untold)

    def ask_for_rows(self, progress: Progress) -> None:
        """Ask for :attr:`rows` now; ``progress`` is told of how many accounts the node has answered."""
        self.__dict__["rows"] = self._rows(progress)

    def _rows(self, progress: Progress) -> dict[str, AccountRow]:
        found, accounts = {}, self._outcome.accounts
        for number, account in enumerate(accounts, start=1):
            before, after = self.holding(account, self.block_before), self.holding(account, self.block_after)
            found[account] = account_row(account, before, after, self.movements)
            progress(number, len(accounts))
        return found | self._with_others([row for row in found.values() if row.unexplained])

    def _with_others(self, rows: list[AccountRow]) -> dict[str, AccountRow]:
        """Explain rows by what others moved in the same blocks, where the node tells."""
        if not rows:
            return {}
        try:
            others = self.others_than([self._outcome], [row.account for row in rows], self.block_before)
        except HarnessError as error:  # the balances are right all the same
            self.others_unknown = next(iter(str(error).splitlines()), type(error).__name__)
            return {}
        return {
            row.account: replace(row, others=others[row.account].amount, by_others=tuple(others[row.account].causes))
            for row in rows
        }

    def others_than(self, outcomes: Iterable[Outcome], accounts: Iterable[str], before: str) -> dict[str, Others]:
        """Return what others than some transactions moved for some accounts, after a block and until :attr:`block_after`.

        :raises HarnessError: where the node does not tell.
        """
        held = {account: self._held(account, before) for account in accounts}
        return moved_by_others(outcomes, self._node, self._blocks_since(before), held)

    def _held(self, account_id: str, block_hash: str) -> Amount:
        """What an account holds at a block, its gas keys left out."""
        found = self._account(account_id, block_hash)
        return Amount(0) if found is None else Amount(int(found["amount"]) + int(found["locked"]))

    @cached_property
    def tokens(self) -> dict[str, dict[str, int]]:
        """What each account got or gave of each fungible token (NEP-141), by the events: ``{token: {account: change}}``."""
        return token_changes(self._outcome)

    @cached_property
    def balances(self) -> dict[str, tuple[Amount | None, Amount | None]]:
        """Each account's balance before and after in yoctoNEAR, locked money included; None where it did not exist."""
        return {
            account: (row.before.balance if row.before else None, row.after.balance if row.after else None)
            for account, row in self.rows.items()
        }

    @cached_property
    def changes(self) -> dict[str, Amount]:
        """What each account has more (or less) than before, in yoctoNEAR."""
        return {account: row.change for account, row in self.rows.items()}

    @cached_property
    def rewards(self) -> dict[str, Amount]:
        """What contracts got from the gas that their calls burnt, in yoctoNEAR: nothing from protocol 87 on."""
        return {account: row.reward for account, row in self.rows.items() if row.reward}

    @cached_property
    def subsidies(self) -> dict[str, Amount]:
        """What the protocol itself gave to contracts without a balance for calls with one yoctoNEAR (protocol 85 and later)."""
        if self._protocol() < ONE_YOCTO_FROM_PROTOCOL:
            return {}
        most = {account: Amount(calls) for account, calls in one_yocto_promises(self._outcome).items()}
        return {
            account: self.rows[account].unexplained for account in most if 0 < self.rows[account].unexplained <= most[account]
        }

    @cached_property
    def validator_rewards(self) -> Amount:
        """What validators among the accounts got because an epoch ended in between, in yoctoNEAR.

        Rewards are written before anything else of a block is executed, and ``EXPERIMENTAL_changes`` names their cause.
        """
        total = Amount(0)
        before = self.block_before
        for block in self.blocks:
            params = {"changes_type": "account_changes", "account_ids": list(self._outcome.accounts), "block_id": block}
            for entry in self._rpc("EXPERIMENTAL_changes", params)["changes"]:
                if entry["cause"]["type"] == "validator_accounts_update" and entry["type"] == "account_update":
                    account, held = entry["change"]["account_id"], entry["change"]
                    total += Amount(int(held["amount"]) + int(held["locked"])) - (self.balance(account, before) or Amount(0))
            before = block
        return total

    def holding(self, account_id: str, block_hash: str) -> Holding | None:
        """Return what an account holds at a block, its gas keys included, or None where it did not exist."""
        found = self._account(account_id, block_hash)
        if found is None:
            return None
        held = Amount(int(found["amount"]) + int(found["locked"])) + self._in_gas_keys(account_id, block_hash)
        return Holding(held, int(found["storage_usage"]))

    def _account(self, account_id: str, block_hash: str) -> dict[str, Any] | None:
        try:
            view: dict[str, Any] = self._rpc(
                "query", {"request_type": "view_account", "account_id": account_id, "block_id": block_hash}
            )
        except UnknownAccount:
            return None
        return view

    def _in_gas_keys(self, account_id: str, block_hash: str) -> Amount:
        if self._protocol() < GAS_KEYS_FROM_PROTOCOL:
            return Amount(0)
        params = {"request_type": "view_access_key_list", "account_id": account_id, "block_id": block_hash}
        permissions = (entry["access_key"]["permission"] for entry in self._rpc("query", params)["keys"])
        kinds = (kind for permission in permissions if isinstance(permission, dict) for kind in permission.values())
        return sum((Amount(int(kind["balance"])) for kind in kinds if "balance" in kind), Amount(0))

    def balance(self, account_id: str, block_hash: str) -> Amount | None:
        """Return a balance at a block, locked money and gas keys included, or None where the account did not exist."""
        found = self.holding(account_id, block_hash)
        return None if found is None else found.balance

    @cached_property
    def state(self) -> StateChanges:
        """What the transaction's blocks changed in the state of its accounts."""
        return StateChanges(self._outcome, self._node, self.block_before, self.blocks)

    def __repr__(self) -> str:
        return f"<Ledger of transaction {self._outcome.hash}: {', '.join(self._outcome.accounts)}>"

    def _repr_html_(self) -> str:
        from near_harness.report.notebook import ledger_html  # noqa: PLC0415 - only notebooks ask for it

        return ledger_html(self)

    def __str__(self) -> str:
        from near_harness.render.ledger import ledger_text  # noqa: PLC0415 - rich is loaded where something is printed

        return ledger_text(self)

    @cached_property
    def _protocol_version(self) -> int:
        return int(self._rpc("status", [])["protocol_version"])

    def _protocol(self) -> int:
        return self._version or self._protocol_version

    def _header(self, block_hash: str | None) -> dict[str, Any]:
        if block_hash not in self._headers:
            try:
                self._headers[block_hash] = self._rpc("block", {"block_id": block_hash})["header"]
            except UnknownBlock as error:
                error.args = (f"{error}; the chain was rolled back since: look at balances and state before the rollback",)
                raise
        return self._headers[block_hash]

    def _rpc(self, method: str, params: Any) -> Any:
        return self._node.call(method, params)
