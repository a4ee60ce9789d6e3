"""The part of :class:`near_harness.Near` that makes puppets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from near_harness.accounts import Account, Contract
from near_harness.errors import BadInput
from near_harness.units import NEAR, AmountLike

if TYPE_CHECKING:
    from near_harness.puppets.puppet import Puppet
    from near_harness.puppets.registry import Puppets

PUPPET_BALANCE = NEAR(100)


class PuppetMaking:
    """Makes contracts that are programmed from Python."""

    puppets: Puppets

    async def puppet(
        self,
        name: str | Account | Contract | None = None,
        *,
        methods: Iterable[str] = (),
        balance: AmountLike = PUPPET_BALANCE,
    ) -> Puppet:
        """Make a puppet on a new account with ``balance`` yoctoNEAR, or on an account that is given, in place of its contract.

        ``methods`` are there from the start and return nothing; others come when they are programmed with ``puppet.on(…)``.

        :raises BadInput: for a name that cannot be used.
        :raises TransactionFailed: where the account, or the contract on it, cannot be made.
        """
        from near_harness.assembly.instructions import name_of  # noqa: PLC0415 - only puppets need it
        from near_harness.puppets.program import puppet_code  # noqa: PLC0415
        from near_harness.puppets.puppet import Puppet  # noqa: PLC0415

        if isinstance(methods, (str, bytes)) or not isinstance(methods, Iterable):
            raise BadInput(f"methods={methods!r}: a list of names is wanted, such as ['stake']")
        account = name.account if isinstance(name, Contract) else name
        empty = puppet_code(methods := tuple(map(name_of, methods)), (), waits=False)
        contract = await self.deploy(empty, account, balance=balance)  # type: ignore[attr-defined] # Near is made of this class
        puppet = Puppet(contract.account, methods)
        puppet.is_deployed()
        self.puppets.add(puppet)
        return puppet
