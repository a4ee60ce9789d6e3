"""What an invariant looks at: one state of the exploration, read without ``await``."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from near_harness.account_ids import account_id_of
from near_harness.chain.capability import refusals
from near_harness.contract.arguments import Arguments, encode_arguments
from near_harness.errors import BadInput, ViewFailed
from near_harness.nodes.engine import load_engine
from near_harness.transactions import View
from near_harness.units import Amount


class Holding(NamedTuple):
    """What an account has. ``gas``: what gas has cost (less than zero) or brought it in this exploration, in yoctoNEAR."""

    balance: Amount
    locked: Amount
    storage_usage: int
    code: str | None
    gas: Amount
    data: bytes
    """A hash of its contract's data."""


class ChainState:
    """A state of the chain, somewhere in an order of receipts."""

    def __init__(self, world: Any) -> None:
        self._world = world

    def account(self, who: object) -> Holding | None:
        """What an account has; None where it does not exist."""
        with refusals():
            found = self._world.account(account_id_of(who))
        if found is None:
            return None
        amount, locked, storage, code, gas, data = found
        return Holding(Amount(amount), Amount(locked), storage, code, Amount(gas), data)

    def exists(self, who: object) -> bool:
        """Whether an account exists."""
        return self.account(who) is not None

    def balance(self, who: object) -> Amount:
        """What an account holds in yoctoNEAR, gas included.

        :raises BadInput: where it does not exist in this state.
        """
        found = self.account(who)
        if found is None:
            raise BadInput(f"account {account_id_of(who)} does not exist in this state")
        return found.balance

    def money(self, who: object) -> Amount:
        """What an account would hold in yoctoNEAR if gas were free: its balance without what gas has cost or brought it."""
        found = self.account(who)
        return Amount(0) if found is None else found.balance - found.gas

    def view(self, contract: object, method: str = "", args: Arguments = None, /, **named: Any) -> Any:
        """Read with a method of a contract: ``view(bank, "credit_of", account=alice)`` or ``view(bank.credit_of(alice))``.

        The value as JSON; None where nothing is returned.

        :raises ViewFailed: where the contract ends the call.
        """
        value = self.view_bytes(contract, method, args, **named)
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise BadInput(f"{contract}.{method} returned {value[:80]!r}, which is no JSON: use view_bytes") from None

    def view_bytes(self, contract: object, method: str = "", args: Arguments = None, /, **named: Any) -> bytes:
        """Likewise, and return the bytes."""
        if isinstance(contract, View):
            where, method, encoded = contract.contract_id, contract.method, contract.taken().args
        else:
            where = account_id_of(contract)
            encoded = encode_arguments({**(args or {}), **named} if named else args, method)  # type: ignore[dict-item]
        try:
            value: bytes = self._world.view(where, method, encoded)[0]
        except load_engine().Refused as refused:
            raise ViewFailed(where, method, str(refused)) from None
        return value

    def amount(self, contract: object, method: str = "", args: Arguments = None, /, **named: Any) -> Amount:
        """Likewise, and return the value as money: a decimal string or a number of yoctoNEAR."""
        value = self.view(contract, method, args, **named)
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and value.isdecimal())):
            raise BadInput(f"{contract}.{method} returned {value!r}, which is no amount of yoctoNEAR")
        return Amount(value)

    def data(self, who: object) -> dict[bytes, bytes]:
        """The data of an account's contract."""
        with refusals():
            return dict(self._world.data(account_id_of(who)))

    def accounts(self) -> list[str]:
        """All accounts that exist."""
        found: list[str] = self._world.accounts()
        return found
