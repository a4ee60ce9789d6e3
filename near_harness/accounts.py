"""Accounts and contracts as a test holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.contract.abi import Interface
from near_harness.contract.arguments import Arguments, encode_arguments
from near_harness.contract.borsh import BorshType
from near_harness.errors import BadInput, InvalidArguments
from near_harness.not_begun import begun_by_await
from near_harness.not_yet import take
from near_harness.transactions import DEFAULT_GAS, Actions, Batch, Call, View, transfer
from near_harness.units import Amount, AmountLike, GasLike, to_amount, to_gas

if TYPE_CHECKING:
    from near_harness.delegates import SignedDelegate
    from near_harness.keys import KeyPair
    from near_harness.near import Near
    from near_harness.outcome import Outcome


@begun_by_await()
class Account:
    """An account whose key the test has. ``id`` is its account id."""

    def __init__(self, near: Near, account_id: str, key: KeyPair) -> None:
        self._near, self.id, self.key = near, account_id, key

    def call(
        self,
        contract: object,
        method: str,
        args: Arguments = None,
        *,
        deposit: AmountLike = Amount(0),
        gas: GasLike = DEFAULT_GAS,
    ) -> Call:
        """Call a method of a contract (or of an account id). ``args``: a dict for JSON, or bytes; ``deposit`` in yoctoNEAR.

        :raises UnknownMethod: where the contract is known and has no such method.
        :raises BadInput: for arguments, an amount or gas that cannot be used.
        """
        if isinstance(contract, Contract):
            call = contract.call(method, args)
        else:
            call = Call(self._near, account_id_of(contract), method, encode_arguments(args, method))
        return call.by(self).attach(to_amount(deposit)).gas(to_gas(gas))

    async def transfer(self, to: object, amount: AmountLike) -> Outcome:
        """Send yoctoNEAR to an account.

        :raises TransactionFailed: where the protocol refuses, or the receiver does not exist.
        """
        return await self.send(to, [transfer(amount)])

    async def send(self, receiver: object, actions: Actions, *, raising: bool = True) -> Outcome:
        """Send a transaction of several actions (:mod:`near_harness.transactions` makes them) to one receiver.

        :raises TransactionFailed: where it fails, unless ``raising`` is False.
        """
        return await self._near.send(self, account_id_of(receiver), actions, raising=raising)

    def batch(self, receiver: object, *steps: Any) -> Batch:
        """Put several actions for one receiver into one transaction: calls of it, and what :mod:`near_harness.actions` makes.

        ``await alice.batch(bank, bank.deposit().attach("1 NEAR"), transfer("2 NEAR"))``; ``.attempt()`` and
        ``.expect_failure(…)`` as for a call.
        """
        return Batch(self._near, account_id_of(receiver), steps, self)

    async def delegate(self, receiver: object, *steps: Any, blocks: int = 100) -> SignedDelegate:
        """Sign calls and actions for one receiver as a meta-transaction, which a relayer sends and pays: ``.by(relayer)``.

        It is valid for so many blocks, and once. The steps are those of :meth:`batch`.

        :raises BadInput: for no steps, a call of another contract, or ``blocks`` below 1.
        """
        from near_harness.delegates import sign_delegate  # noqa: PLC0415 - py-near's models are needed by nobody else

        take(steps)
        if isinstance(blocks, bool) or not isinstance(blocks, int) or not 0 < blocks < 2**63:
            raise BadInput(f"a delegate action that is valid for {blocks!r} blocks can never be executed")
        batch = self.batch(receiver, *steps)
        return await sign_delegate(self._near, self, batch.receiver_id, batch.actions(), blocks=blocks, shown=str(batch))

    async def balance(self) -> Amount:
        """What the account holds in yoctoNEAR, what is locked by staking left out.

        :raises UnknownAccount: where it does not exist.
        """
        return await self._near.balance(self)

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


class Contract:
    """An account with a contract. Its methods are attributes: ``bank.credit_of(alice)``.

    With an ABI in the wasm, a view method gives a :class:`View` and any other a :class:`Call`; without one every method
    gives a :class:`Call`, and :meth:`view` reads. A method named like an attribute of this class: use :meth:`call`.
    """

    def __init__(self, account: Account, interface: Interface) -> None:
        self._near = account._near  # noqa: SLF001 - two handles of one façade
        self.account, self.interface = account, interface
        self.id, self.key = account.id, account.key

    def call(self, method: str, args: Arguments = None, /, **named: Any) -> Call:
        """Call one of this contract's methods; add ``.by(account)``. Arguments by name, as one dict, or bytes.

        :raises UnknownMethod: where the contract has no such method.
        :raises InvalidArguments: where the ABI has other arguments.
        """
        known = self.interface.method(method, self.id)
        encoded = self._encode(method, args, (), named)
        return Call(self._near, self.id, method, encoded, payable=known.payable, returns=known.returns)

    def view(self, method: str, args: Arguments = None, /, **named: Any) -> View:
        """Read with one of this contract's methods. Arguments by name, as one dict, or bytes.

        :raises UnknownMethod: where the contract has no such method.
        :raises InvalidArguments: where the ABI has other arguments.
        """
        return View(
            self._near, self.id, method, self._encode(method, args, (), named), self.interface.method(method, self.id).returns
        )

    def borsh_type(self, declaration: str) -> BorshType:
        """A type that the contract's methods take or return in borsh, by its Rust name, to read rows of its state with.

        ``change.decoded(shop.borsh_type("Order").decode)``.

        :raises BadInput: where no method has such a type; the text lists those that there are.
        """
        return self.interface.borsh_type(declaration, self.id)

    def _encode(self, method: str, args: Arguments, positional: tuple[Any, ...], named: dict[str, Any]) -> bytes:
        known = self.interface.method(method, self.id)
        if isinstance(args, (bytes, list)) and named:
            raise InvalidArguments(f"{method}: arguments are given by name, or as bytes or a list, not both ({', '.join(named)})")
        if isinstance(args, (bytes, list)):
            return encode_arguments(args, method)
        if args is not None and not isinstance(args, Mapping):
            raise InvalidArguments(f"{method}: {args!r} are no arguments: give them by name, as one dict, a list, or bytes")
        return known.encode(positional, {**(args or {}), **named})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "interface" not in self.__dict__:
            raise AttributeError(name)
        method = self.interface.method(name, self.id)

        def bound(*positional: Any, **named: Any) -> Call | View:
            only_bytes = len(positional) == 1 and not named and isinstance(positional[0], bytes)
            encoded = positional[0] if only_bytes else self._encode(name, None, positional, named)
            if method.view:
                return View(self._near, self.id, name, encoded, method.returns)
            return Call(self._near, self.id, name, encoded, payable=method.payable, returns=method.returns)

        bound.__name__ = name
        bound.__doc__ = f"{method.signature}\n\n{method.doc}"
        return bound

    def __str__(self) -> str:
        return self.id

    def __repr__(self) -> str:
        return f"<Contract {self.id}>"

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *(self.interface.methods or ())})
