"""Transactions: a call, or several actions, put together and sent when awaited; and views, which only read.

``await bank.deposit(…).by(alice).attach(NEAR(10)).gas(TGas(150))`` gives the :class:`Outcome`, or raises the typed error of a
transaction that failed. ``.attempt()`` gives the outcome whatever came of it, ``.expect_failure(…)`` the failure that must come.
"""

from __future__ import annotations

import builtins
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from near_harness.actions import (
    DEFAULT_GAS,
    MAX_GAS,
    Actions,
    add_full_access_key,
    add_function_call_key,
    checked,
    create_account,
    delete_account,
    delete_key,
    deploy,
    deploy_global,
    function_call,
    stake,
    transfer,
    use_global,
)
from near_harness.errors import BadInput, NotPayable, ViewFailed
from near_harness.not_begun import begun_by_await
from near_harness.not_yet import NotYet, take
from near_harness.outcome.failures import InvalidTransaction
from near_harness.units import Amount, AmountLike, Gas, GasLike, to_amount, to_gas

if TYPE_CHECKING:
    from typing_extensions import Self

    from near_harness.accounts import Account, Contract
    from near_harness.chain.stepping import Sent
    from near_harness.contract.borsh import BorshType
    from near_harness.near import Near
    from near_harness.outcome import Outcome
    from near_harness.outcome.failures import TransactionFailed

__all__ = [
    "DEFAULT_GAS", "MAX_GAS", "Actions", "Batch", "Call", "Sendable", "View", "add_full_access_key", "add_function_call_key",
    "create_account", "delete_account", "delete_key", "deploy", "deploy_global", "function_call", "stake", "transfer",
    "use_global",
]  # fmt: skip


@begun_by_await()
class Sendable(NotYet):
    """What calls, batches and signed delegates have in common: how they are sent, and what becomes of failures."""

    near: Near
    receiver_id: str
    signer: Account | Contract | None

    def actions(self) -> list[Any]:
        """The actions of the transaction."""
        raise NotImplementedError

    def by(self, signer: Account | Contract) -> Self:
        """Who signs and pays: an account, or a contract from its own account."""
        self.taken()
        if not hasattr(signer, "key"):
            raise BadInput(f"{self}: .by() takes an account with a key, such as alice, not {signer!r}")
        return replace(self, signer=signer)  # type: ignore[type-var] # both are dataclasses

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
        :raises BadInput: for a kind that there is not. A name that the harness does not know may be one of a newer node, so
            it is refused when the failure that came has another.
        """
        from near_harness.expectations import expected_failure  # noqa: PLC0415 - expectations are about outcomes of calls
        from near_harness.outcome.criteria import wanted_failure  # noqa: PLC0415 - so are criteria

        self.taken()
        if kind is not None and not isinstance(kind, str):
            wanted_failure(kind)
        try:
            outcome = await self._send(raising=False)
        except InvalidTransaction as refused:
            return expected_failure(refused, kind, text, at=at, method=method)
        outcome.handled = False
        return expected_failure(outcome, kind, text, at=at, method=method)

    async def start(self) -> Sent:
        """Send without waiting for what comes of it: ``await`` what is returned for the outcome.

        :raises TransactionFailed: where the protocol refuses the transaction.
        """
        self.taken()
        return await self.near.start(self._signer, self.receiver_id, self.actions(), context=str(self))

    async def _send(self, *, raising: bool) -> Outcome:
        self.taken()
        return await self.near.send(self._signer, self.receiver_id, self.actions(), raising=raising, context=str(self))

    @property
    def _signer(self) -> Account | Contract:
        if self.signer is None:
            raise BadInput(f"{self}: nobody signs it: add .by(alice)")
        return self.signer


@begun_by_await()
@dataclass(frozen=True, eq=False, repr=False)
class Call(Sendable):
    """A call of a contract that changes state. Every method gives a new call; nothing is sent before it is awaited."""

    near: Near
    receiver_id: str
    method: str
    args: bytes
    signer: Account | Contract | None = None
    deposit: Amount = Amount(0)
    attached_gas: Gas = DEFAULT_GAS
    payable: bool | None = None
    """Whether the method takes a deposit, where the contract's ABI says so."""
    returns: BorshType | None = None
    """The type of its result, where the contract's ABI says that it is borsh."""

    async def _send(self, *, raising: bool) -> Outcome:
        outcome = await super()._send(raising=raising)
        outcome.returns = self.returns
        return outcome

    async def start(self) -> Sent:
        """Send without waiting for what comes of it: ``await`` what is returned for the outcome.

        :raises TransactionFailed: where the protocol refuses the transaction.
        """
        sent = await super().start()
        sent.returns = self.returns
        return sent

    def attach(self, deposit: AmountLike) -> Call:
        """Attach money (yoctoNEAR) for the contract.

        :raises InvalidAmount: without a unit, or negative.
        :raises NotPayable: where the contract's ABI says that the method takes no deposit.
        """
        self.taken()
        amount = to_amount(deposit)
        if amount and self.payable is False:
            raise NotPayable(
                f"{self.receiver_id}.{self.method} takes no deposit, so {amount} would be refused: the method is not #[payable]. "
                f"To see it refuse, call it by its id: alice.call({self.receiver_id!r}, {self.method!r}, deposit=…)"
            )
        return replace(self, deposit=amount)

    def gas(self, gas: GasLike) -> Call:
        """Attach gas; 100 Tgas if this is not called.

        :raises InvalidAmount: without a unit, or negative.
        """
        return replace(self.taken(), attached_gas=to_gas(gas))

    def actions(self) -> list[Any]:
        """The call as the one action of a transaction."""
        self.taken()
        return [function_call(self.method, self.args, deposit=self.deposit, gas=self.attached_gas)]

    def __str__(self) -> str:
        signer = f" by {self.signer.id}" if self.signer is not None else ""
        deposit = f" with {self.deposit}" if self.deposit else ""
        return f"{self.receiver_id}.{self.method}({_shown(self.args)}){signer}{deposit}, {self.attached_gas}"


@dataclass(frozen=True, eq=False, repr=False)
class Batch(Sendable):
    """Several actions for one receiver, in one transaction: all of them happen, or none. Sent when it is awaited."""

    near: Near
    receiver_id: str
    steps: tuple[Any, ...]
    signer: Account | Contract | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        take(self.steps)

    def actions(self) -> list[Any]:
        """The actions in order; calls are taken with their arguments, deposits and gas.

        :raises BadInput: for none, a call of another contract, or what is neither a call nor an action.
        """
        found: list[Any] = []
        self.taken()
        for step in self.steps:
            if isinstance(step, Call) and step.receiver_id != self.receiver_id:
                raise BadInput(
                    f"{step.receiver_id}.{step.method} in a batch for {self.receiver_id}: a transaction has one receiver"
                )
            found += step.actions() if isinstance(step, Call) else checked([step])
        if not found:
            raise BadInput(f"a batch for {self.receiver_id} without actions")
        return found

    def __str__(self) -> str:
        names = [step.method if isinstance(step, Call) else type(step).__name__.removesuffix("Action") for step in self.steps]
        signer = f" by {self.signer.id}" if self.signer is not None else ""
        return f"{' + '.join(names)} on {self.receiver_id}{signer}"


_OF_CALLS = ("by", "attach", "gas", "attempt", "expect_failure", "start", "actions")


@begun_by_await()
@dataclass(frozen=True, eq=False, repr=False)
class View(NotYet):
    """A call of a contract that only reads. It is made when it is awaited, and gives the value, read as JSON.

    Where the contract's ABI says that the result is borsh, it is read as that (:mod:`near_harness.contract.borsh`).
    """

    near: Near
    contract_id: str
    method: str
    args: bytes
    returns: BorshType | None = None

    _nothing = "nothing was read"

    def __getattr__(self, name: str) -> Any:
        """Have nothing of a call, as it only reads.

        :raises AttributeError: always; the text says how the method is called in a transaction.
        """
        if name not in _OF_CALLS:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        raise AttributeError(
            f"{self.taken()} is a view, so it has no .{name}(): write await …; or, to have it in a transaction, "
            f"alice.call({self.contract_id!r}, {self.method!r}, …)"
        )

    def __str__(self) -> str:
        return f"{self.contract_id}.{self.method}({_shown(self.args)})"

    def __await__(self) -> Generator[Any, None, Any]:
        """Make the call and return its value, read as JSON or as the ABI says (None where nothing is returned).

        :raises ViewFailed: where the contract ends the call.
        :raises BadInput: where the value is none of the kind.
        """
        return self._value().__await__()

    async def amount(self) -> Amount:
        """Make the call and return its value as money: a decimal string or a number of yoctoNEAR.

        :raises BadInput: where the value is neither.
        """
        value = await self._value()
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and value.isdecimal())):
            raise BadInput(f"{self.contract_id}.{self.method} returned {value!r}, which is no amount of yoctoNEAR")
        return Amount(value)

    async def bytes(self) -> bytes:
        """Make the call and return the bytes (for borsh, or any other form)."""
        return (await self._ask())[0]

    async def logs(self) -> tuple[str, ...]:
        """Make the call and return its logs."""
        return (await self._ask())[1]

    async def _ask(self) -> tuple[builtins.bytes, tuple[str, ...]]:
        self.taken()
        await self.near.puppets.flush()
        step = self.near.history.note("view", contract=self.contract_id, method=self.method, args=self.args)
        try:
            value, logs = await self.near.client.view(self.contract_id, self.method, self.args)
        except ViewFailed as error:
            step.looks(error=str(error.data))
            raise
        step.looks(value)
        return value, logs

    async def _value(self) -> Any:
        from near_harness.outcome.events import decode_json  # noqa: PLC0415 - a cycle of types otherwise

        value = await self.bytes()
        if self.returns is not None:
            return self.returns.decode(value)
        return decode_json(value, f"what {self.contract_id}.{self.method} returned") if value else None


def _shown(arguments: bytes) -> str:
    cut = arguments if len(arguments) <= 200 else arguments[:200] + b" ..."
    return cut.decode("utf-8") if cut[:1] in b"{[" and cut.isascii() else repr(cut)
