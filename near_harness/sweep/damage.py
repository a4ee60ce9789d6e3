"""Makes one receipt go wrong on any kind of node: before the scenario the receiver's contract is replaced by one that will.

The contract stays as it is but for one method, so all other calls do what they did. Where the node lets its state be patched
that is how it gets there and how the right one comes back; else by a transaction in the account's own name. A missing account
is one that was deleted; it does not come back.
"""

from __future__ import annotations

import base64
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from near_harness.actions import delete_account, deploy
from near_harness.errors import CannotGraft, CapabilityMissing, HarnessError, RpcError
from near_harness.outcome.failures import TransactionFailed
from near_harness.puppets.faults import Fault, Missing, fault_in

if TYPE_CHECKING:
    from near_harness.near import Near
    from near_harness.sweep.targets import Target


class Impossible(HarnessError):
    """A fault that cannot be brought about here; the text says why."""


class Damage:
    """One fault at one receipt's account, until it is mended."""

    def __init__(self, near: Near, account_id: str, fault: Fault) -> None:
        self._near, self._account_id, self._fault = near, account_id, fault
        self._right: bytes | None = None

    async def do(self, target: Target) -> None:
        """Let the target go wrong from now on.

        :raises Impossible: where that cannot be had.
        """
        try:
            if self._fault.missing is Missing.ACCOUNT:
                await self._delete()
            else:
                await self._replace(target)
        except (CannotGraft, CapabilityMissing) as error:
            raise Impossible(str(error)) from None

    async def mend(self) -> bool:
        """Put the right contract back; tell whether all is as it was."""
        if self._right is not None:
            await self._put(self._right)
        return self._fault.missing is not Missing.ACCOUNT

    async def _delete(self) -> None:
        account = self._near.account(self._account_id)
        try:
            await self._near.send(account, account.id, [delete_account(self._near.root.id)], flush=False)
        except TransactionFailed as error:
            raise Impossible(f"{account.id} cannot be deleted: {error.message}") from None

    async def _replace(self, target: Target) -> None:
        if target.method is None:
            raise Impossible(f"{target} calls no method")
        try:
            answer = await self._near.client.query("view_code", account_id=self._account_id)
        except RpcError:
            raise Impossible(f"{self._account_id} has no contract") from None
        right = base64.b64decode(answer["code_base64"])
        if self._fault.missing is Missing.CODE:
            await self._near.remove_code(self._account_id)
        else:
            await self._put(self._wrong(right, target.method, target.before))
        self._right = right

    def _wrong(self, right: bytes, method: str, before: int) -> bytes:
        """The contract in which one call goes wrong; each call from the first on where it cannot count."""
        if self._fault.missing is None:
            with suppress(CannotGraft) if before == 0 else nullcontext():
                return fault_in(right, self._fault, method, after=before)
        return fault_in(right, self._fault, method)

    async def _put(self, code: bytes) -> None:
        if self._near.node.capabilities.patch_state:
            await self._near.set_code(self._account_id, code)
            return
        account = self._near.account(self._account_id)
        try:
            await self._near.send(account, account.id, [deploy(code)], flush=False)
        except TransactionFailed as error:
            raise Impossible(f"{account.id} cannot be given another contract: {error.message}") from None
