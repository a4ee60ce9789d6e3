"""Expectations about a whole transaction: which receipts it has, who got which money, what stayed of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from near_harness.account_ids import account_id_of
from near_harness.errors import BadInput
from near_harness.expectations.base import Expectation, check_refunded
from near_harness.ledger.accounts import AccountRow
from near_harness.ledger.conservation import unaccounted
from near_harness.outcome.bounds import Bounds
from near_harness.outcome.matching import Pattern, in_order
from near_harness.outcome.model import Outcome
from near_harness.outcome.receipt import Refund
from near_harness.units import Amount, AmountLike, to_amount

if TYPE_CHECKING:
    from typing_extensions import Self


class OutcomeExpectation(Expectation[Outcome]):
    """Expectations about a whole transaction."""

    def contains(self, *, count: int | Bounds | None = None, **criteria: Any) -> Self:
        """Expect a receipt that meets all criteria (:mod:`near_harness.outcome.criteria`): one or more, or ``count`` of them.

        ``count`` is an exact number, or bounds such as ``at_least(2)``.

        :raises ExpectationFailed: with the nearest receipts, and what differs in each.
        :raises BadInput: for a criterion that does not exist, or a value that it cannot have.
        """
        pattern = Pattern(_some(criteria))
        found = pattern.matching(self._subject.receipts)
        enough = bool(found) if count is None else count.hold(len(found)) if isinstance(count, Bounds) else len(found) == count
        if enough:
            return self
        wanted = "a receipt" if count is None else f"{'exactly ' if isinstance(count, int) else ''}{count} receipts"
        if found:
            raise self.failure(f"expected {wanted} with {pattern}; there are {len(found)}", found)
        nearest = pattern.nearest(self._subject.receipts)
        near = "".join(f"\n  nearest: {receipt}: {differs}" for receipt, differs in nearest)
        raise self.failure(f"expected {wanted} with {pattern}; there is none{near}", [receipt for receipt, _ in nearest])

    def contains_no(self, **criteria: Any) -> Self:
        """Expect that no receipt meets all criteria.

        :raises ExpectationFailed: with the receipts that do.
        :raises BadInput: for a criterion that does not exist, or a value that it cannot have.
        """
        pattern = Pattern(_some(criteria))
        found = [receipt for receipt in self._subject.receipts if not pattern.differences(receipt)]
        if found:
            raise self.failure(
                f"expected no receipt with {pattern}; there {'is' if len(found) == 1 else 'are'} {len(found)}", found
            )
        return self

    def in_order(self, *steps: Mapping[str, Any]) -> Self:
        """Expect one receipt for each step, each executed after the one before it.

        A step is a dict of criteria. *After* is in a later block, or in the same block because it came of the other.

        :raises ExpectationFailed: with the step that nothing was left for.
        """
        patterns = [Pattern(_some(dict(step))) for step in steps]
        chain, missing = in_order(patterns, self._subject.receipts, self._ledger.heights)
        if missing is not None:
            number, before = len(chain) + 1, f" after {chain[-1]}" if chain else ""
            near = "".join(f"\n  nearest: {receipt}: {differs}" for receipt, differs in missing.nearest(self._subject.receipts))
            early = [r for r in self._subject.receipts if not missing.differences(r)]
            ran = "".join(f"\n  there is {receipt}, but not later" for receipt in early)
            raise self.failure(
                f"expected step {number}, a receipt with {missing},{before}; there is none{ran or near}", chain + early
            )
        return self

    def refunded(self, amount: AmountLike, *, to: object) -> Self:
        """Expect that the protocol returned a deposit of ``amount`` yoctoNEAR: a receipt failed, and ``to`` had sent it."""
        check_refunded(self, self._subject.receipts, amount, to)
        return self

    def paid(self, amount: AmountLike, *, by: object, to: object) -> Self:
        """Expect that an account itself sent ``amount`` yoctoNEAR, and that it arrived: by a transfer, or a call.

        What a deleted account had is paid by it, to its beneficiary.
        """
        wanted, payer, payee = to_amount(amount), account_id_of(by), account_id_of(to)
        between = [r for r in self._subject.receipts if (r.payer, r.receiver) == (payer, payee)]
        if not any(receipt.deposit == wanted and receipt.arrived for receipt in between):
            at_all = [r for r in self._subject.receipts if r.deposit and r.payer is not None and payee == r.receiver]
            raise self.failure(
                f"expected {payer} to pay {wanted} to {payee}: no receipt does that successfully", between or at_all
            )
        return self

    def paid_nothing(self, *, to: object) -> Self:
        """Expect that no receipt brought money to an account, refunds of gas left out."""
        payee = account_id_of(to)
        bringing = [
            r for r in self._subject.receipts if r.receiver == payee and r.deposit and r.arrived and r.refund is not Refund.GAS
        ]
        if bringing:
            total = ", ".join(str(receipt.deposit) for receipt in bringing)
            raise self.failure(f"expected no payment to {payee}, but it got {total}", bringing)
        return self

    def returned_everything_but_gas(self, *, to: object) -> Self:
        """Expect that an account got back all that it gave: nothing but the gas that it paid as the signer is gone.

        Fungible tokens (NEP-141) count as well, where their contracts log events.

        :raises ExpectationFailed: with what is missing, and the ledger.
        """
        account_id = account_id_of(to)
        row = self._row(account_id)
        tokens = {token: moved[account_id] for token, moved in self._ledger.tokens.items() if moved.get(account_id)}
        if row.net != 0 or tokens:
            parts = [f"{row.net.signed}" if row.net != 0 else "", *(f"{amount:+} of {token}" for token, amount in tokens.items())]
            raise self.failure(
                f"expected {account_id} to get back everything but gas; what is left over: {', '.join(filter(None, parts))}\n"
                f"{self._ledger}"
            )
        return self

    def gained(self, amount: AmountLike, *, by: object) -> Self:
        """Expect that an account got ``amount`` yoctoNEAR more than it gave, gas and a contract's rewards left out."""
        return self._net(to_amount(amount), account_id_of(by))

    def lost(self, amount: AmountLike, *, by: object) -> Self:
        """Expect that an account gave ``amount`` yoctoNEAR more than it got, gas and a contract's rewards left out."""
        return self._net(-to_amount(amount), account_id_of(by))

    def _net(self, wanted: Amount, account_id: str) -> Self:
        net = self._row(account_id).net
        if net != wanted:
            raise self.failure(f"expected a net change of {wanted} for {account_id}, but it is {net}\n{self._ledger}")
        return self

    def _row(self, account_id: str) -> AccountRow:
        return self._ledger.rows[self._taking_part(account_id)]

    def _taking_part(self, account_id: str) -> str:
        accounts = self._subject.accounts
        if account_id not in accounts:
            raise self.failure(f"{account_id} took no part in the transaction; these did: {', '.join(accounts)}")
        return account_id

    def conserved_tokens(self) -> Self:
        """Expect that all money is accounted for, to the last yoctoNEAR.

        What the accounts that took part have less than before is what the transaction burnt, minus the share of burnt gas
        that contracts get before protocol 87, and minus what the protocol gives for calls with one yoctoNEAR (from 85 on);
        refunds to accounts that are gone are burnt too. What others moved in the same blocks is left out: other
        transactions, and what validators get at the end of an epoch (``others`` in the ledger). A node that does not tell
        of them (``EXPERIMENTAL_changes``) makes this fail where there were any, and the failure says so.
        """
        ledger, outcome = self._ledger, self._subject
        missing = unaccounted([outcome])
        if missing != 0:
            raise self.failure(
                f"expected all tokens to be accounted for, but {missing} {'came from' if missing > 0 else 'went'} nowhere\n"
                f"{ledger}\n  burnt: {outcome.tokens_burnt}\n  of this to contracts: {sum(ledger.rewards.values(), Amount(0))}\n"
                f"  refunds to accounts that are gone: {outcome.refunds_lost}"
            )
        return self

    def rolled_back(self, account: object) -> Self:
        """Expect that a contract's state after the transaction is the one before it.

        :raises ExpectationFailed: with what has changed; and where the account took no part in the transaction.
        """
        account_id = self._taking_part(account_id_of(account))
        changes = self._ledger.state.of(account_id)
        if changes:
            changing = [r for r in self._subject.find(account_id) if r.arrived]
            listed = "".join(f"\n  {change}" for change in changes)
            raise self.failure(f"expected the state of {account_id} to be as before, but it has changed{listed}", changing)
        for receipt in self._subject.find(account_id):
            receipt.seen |= receipt.how_failed is not None
        return self

    def kept(self, account: object) -> Self:
        """Expect that the transaction changed a contract's state, and that the change stayed.

        :raises ExpectationFailed: where the state is as before, or the account took no part in the transaction.
        """
        account_id = self._taking_part(account_id_of(account))
        if not self._ledger.state.of(account_id):
            what = f"expected the state of {account_id} to change, but it is as before"
            raise self.failure(what, self._subject.find(account_id))
        return self


def _some(criteria: dict[str, Any]) -> dict[str, Any]:
    if not criteria:
        raise BadInput('say which receipt is meant: by receiver="pool.sandbox", method="stake", status="failed", …')
    return criteria
