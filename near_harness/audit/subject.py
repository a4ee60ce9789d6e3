"""What is to be audited, as a test or a set-up file names it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from near_harness.account_ids import account_id_of
from near_harness.audit.steps import CallStep
from near_harness.audit.world import WEALTH, SavedOrigin, World
from near_harness.errors import BadInput
from near_harness.progress import Progress, untold
from near_harness.transactions import Call

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.near import Near

_USERS = ("alice", "bob")
_STRANGER = "mallory"


@dataclass(frozen=True)
class Subject:
    """A contract that is deployed, and what an audit may use.

    ``users`` are accounts that call it (alice and bob where fewer are named), ``callees`` other contracts that it may be told to
    call, ``calls`` examples of its calls: they are tried first.
    """

    contract: Contract
    users: Sequence[Account] = ()
    callees: Sequence[object] = ()
    calls: Sequence[Call] = ()

    async def world(self, near: Near, progress: Progress = untold) -> World:
        """Make the accounts that are missing. What is done to the chain stays."""
        named = {user.id: user for user in self.users}
        users = [*named.values(), *[await _account(near, name) for name in _USERS if len(named) < len(_USERS)]]
        users = list({user.id: user for user in users}.values())[: max(len(named), len(_USERS))]
        stranger = await _account(near, _STRANGER)
        return World(near, self.contract, tuple(users), stranger, tuple(map(account_id_of, self.callees)), progress=progress)

    async def origin(self, near: Near, source: str = "") -> SavedOrigin:
        """The chain as it is, for scripts. ``source`` is the path of the contract's file, where it is known.

        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        answer = await near.client.query("view_code", account_id=self.contract.id)
        return SavedOrigin(near.dump(), self.contract.id, base64.b64decode(answer["code_base64"]), source or self.contract.id)

    def examples(self, user: Account) -> tuple[CallStep, ...]:
        """The example calls; those that nobody signs are signed by ``user``.

        :raises BadInput: for a call of another contract.
        """
        for call in self.calls:
            if not isinstance(call, Call):
                raise BadInput(f"{call!r} is no example of a call, such as bank.deposit().attach('1 NEAR')")
            call.taken()
            if call.receiver_id != self.contract.id:
                raise BadInput(f"{call} is an example of {self.contract.id}'s calls, but calls {call.receiver_id}")
        return tuple(
            CallStep((call.signer or user).id, call.receiver_id, call.method, call.args, call.deposit, call.attached_gas)
            for call in self.calls
        )


async def _account(near: Near, name: str) -> Account:
    return near.known_account(name) or await near.create_account(name, WEALTH)
