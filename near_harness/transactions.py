"""Transactions: a call being put together, sent when it is awaited.

``await bank.deposit(…).by(alice).attach(NEAR(10)).gas(TGas(150))`` gives the :class:`Outcome`, or raises the typed error of a
transaction that failed. ``.attempt()`` gives the outcome whatever came of it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from py_near import transactions as py_near_actions
from py_near_primitives import DeleteAccountAction

from near_harness.account_ids import account_id_of, check_account_id
from near_harness.arguments import Arguments, encode_arguments
from near_harness.errors import BadInput
from near_harness.outcome.failures import InvalidTransaction as _InvalidTransaction
from near_harness.units import Amount, AmountLike, Gas, GasLike, TGas, to_amount, to_gas

if TYPE_CHECKING:
    from near_harness.accounts import Account
    from near_harness.near import Near
    from near_harness.outcome import Outcome
    from near_harness.outcome.failures import TransactionFailed

DEFAULT_GAS = TGas(100)
MAX_GAS = TGas(1000)
"""``max_total_prepaid_gas`` since protocol 82 (300 Tgas before it)."""


def create_account() -> Any:
    """Create the receiver; only its parent may (``b`` creates ``a.b``)."""
    return py_near_actions.create_create_account_action()


def transfer(amount: AmountLike) -> Any:
    """Send yoctoNEAR to the receiver."""
    return py_near_actions.create_transfer_action(int(to_amount(amount)))


def add_full_access_key(public_key: str) -> Any:
    """Add a key that may do anything."""
    return py_near_actions.create_full_access_key_action(public_key)


def deploy(code: bytes) -> Any:
    """Put a contract on the receiver, which must be the signer, or created in the same transaction."""
    return py_near_actions.create_deploy_contract_action(code)


def add_function_call_key(
    public_key: str, receiver: object, methods: Sequence[str] = (), *, allowance: AmountLike | None = None
) -> Any:
    """Add a key that may only call ``methods`` (all, where none is named) of one contract, without deposits.

    ``allowance`` is what it may spend on gas altogether, in yoctoNEAR; None sets no bound.
    """
    most = None if allowance is None else int(to_amount(allowance))
    return py_near_actions.create_function_call_access_key_action(public_key, most, account_id_of(receiver), list(methods))


def delete_key(public_key: str) -> Any:
    """Delete an access key of the receiver, which must be the signer."""
    return py_near_actions.create_delete_access_key_action(public_key)


def stake(amount: AmountLike, public_key: str) -> Any:
    """Lock yoctoNEAR as a validator's stake; zero unlocks it after some epochs."""
    return py_near_actions.create_staking_action(int(to_amount(amount)), public_key)


def delete_account(beneficiary_id: str) -> Any:
    """Delete the receiver and send what it has to another account."""
    return DeleteAccountAction(check_account_id(beneficiary_id))


def function_call(method: str, args: Arguments = None, *, deposit: AmountLike = Amount(0), gas: GasLike = DEFAULT_GAS) -> Any:
    """Call a method of the receiver, with yoctoNEAR and gas attached.

    :raises BadInput: for gas of zero or above what the protocol lets a transaction carry.
    """
    attached = to_gas(gas)
    if not 0 < attached <= MAX_GAS:
        raise BadInput(f"{attached} for {method}: a transaction carries more than 0 and at most {MAX_GAS}")
    encoded = encode_arguments(args, method)
    return py_near_actions.create_function_call_action(method, encoded, int(attached), int(to_amount(deposit)))


@dataclass(frozen=True)
class Call:
    """A call of a contract that changes state. Every method gives a new call; nothing is sent before it is awaited."""

    near: Near
    receiver_id: str
    method: str
    args: bytes
    signer: Account | None = None
    deposit: Amount = Amount(0)
    attached_gas: Gas = DEFAULT_GAS

    def by(self, signer: Account) -> Call:
        """Who signs and pays."""
        if not hasattr(signer, "key"):
            raise BadInput(f"{self}: .by() takes an account with a key, such as alice, not {signer!r}")
        return replace(self, signer=signer)

    def attach(self, deposit: AmountLike) -> Call:
        """Attach money (yoctoNEAR) for the contract.

        :raises InvalidAmount: without a unit, or negative.
        """
        return replace(self, deposit=to_amount(deposit))

    def gas(self, gas: GasLike) -> Call:
        """Attach gas; 100 Tgas if this is not called.

        :raises InvalidAmount: without a unit, or negative.
        """
        return replace(self, attached_gas=to_gas(gas))

    def __await__(self) -> Generator[Any, None, Outcome]:
        """Send, and return the outcome.

        :raises TransactionFailed: where the protocol refuses the transaction, or its result is a failure.
        """
        return self._send(raising=True).__await__()

    async def attempt(self) -> Outcome:
        """Send, and return the outcome whatever comes of it: failures, also of receipts inside, are the caller's to look at.

        :raises InvalidTransaction: where the protocol refuses the transaction: then there is no outcome.
        """
        return await self._send(raising=False)

    async def expect_failure(
        self,
        kind: type[TransactionFailed] | str | None = None,
        text: str = "",
        *,
        at: object = None,
        method: str | None = None,
    ) -> TransactionFailed:
        """Send, and return the failure that must come: of a kind (a class, or nearcore's name), with ``text`` in its message.

        It is the failure of the transaction, or of the protocol that refuses it. With ``at`` (an account) or ``method`` it
        is the one of a receipt inside a transaction whose result may well be a success; other receipts that fail stay
        unexpected. ``failure.outcome`` is the outcome.

        :raises ExpectationFailed: where it does not come, or another one does; the text has the receipt tree.
        """
        from near_harness.expectations import expected_failure  # noqa: PLC0415 - expectations are about outcomes of calls

        try:
            outcome = await self._send(raising=False)
        except _InvalidTransaction as refused:
            return expected_failure(refused, kind, text, at=at, method=method)
        outcome.handled = False
        return expected_failure(outcome, kind, text, at=at, method=method)

    async def _send(self, *, raising: bool) -> Outcome:
        if self.signer is None:
            raise BadInput(f"{self}: nobody signs it: add .by(alice)")
        action = function_call(self.method, self.args, deposit=self.deposit, gas=self.attached_gas)
        return await self.near.send(self.signer, self.receiver_id, [action], raising=raising, context=str(self))

    def __str__(self) -> str:
        args = self.args if len(self.args) <= 200 else self.args[:200] + b" ..."
        shown = args.decode("utf-8") if args[:1] in b"{[" and args.isascii() else repr(args)
        signer = f" by {self.signer.id}" if self.signer is not None else ""
        deposit = f" with {self.deposit}" if self.deposit else ""
        return f"{self.receiver_id}.{self.method}({shown}){signer}{deposit}, {self.attached_gas}"


@dataclass(frozen=True)
class View:
    """A call of a contract that only reads. It is made when it is awaited, and gives the value, read as JSON."""

    near: Near
    contract_id: str
    method: str
    args: bytes

    def __await__(self) -> Generator[Any, None, Any]:
        """Make the call and return its value, read as JSON (None where nothing is returned).

        :raises ViewFailed: where the contract ends the call.
        :raises BadInput: where the value is no JSON.
        """
        return self._json().__await__()

    async def amount(self) -> Amount:
        """Make the call and return its value as money: a decimal string or a number of yoctoNEAR.

        :raises BadInput: where the value is neither.
        """
        value = await self._json()
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and value.isdecimal())):
            raise BadInput(f"{self.contract_id}.{self.method} returned {value!r}, which is no amount of yoctoNEAR")
        return Amount(value)

    async def bytes(self) -> bytes:
        """Make the call and return the bytes (for borsh, or any other form)."""
        return (await self.near.client.view(self.contract_id, self.method, self.args))[0]

    async def logs(self) -> tuple[str, ...]:
        """Make the call and return its logs."""
        return (await self.near.client.view(self.contract_id, self.method, self.args))[1]

    async def _json(self) -> Any:
        from near_harness.outcome.events import decode_json  # noqa: PLC0415 - a cycle of types otherwise

        value = await self.bytes()
        return decode_json(value, f"what {self.contract_id}.{self.method} returned") if value else None


Actions = Sequence[Any]
