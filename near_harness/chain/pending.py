"""What has not run yet: transactions in the pool, receipts on their way, delayed or waiting for data, yields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from near_harness.errors import ReceiptNotFound


@dataclass(frozen=True)
class PendingTransaction:
    """A transaction in the pool. ``actions`` are names: of the methods that it calls, else of the actions."""

    hash: str
    signer: str
    receiver: str
    actions: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.signer} -> {self.receiver}  {', '.join(self.actions)}  [{self.hash}]"


@dataclass(frozen=True)
class PendingReceipt:
    """A receipt that has not run. ``kind``: action, data, yield, resume, or global contract.

    ``data_id`` is there for those that bring data. ``actions`` are names: of the methods that it calls, else of the actions.
    ``raw`` is nearcore's ``ReceiptView``.
    """

    id: str
    kind: str
    sender: str
    receiver: str
    actions: tuple[str, ...]
    data_id: str | None
    raw: dict[str, Any]

    @property
    def is_refund(self) -> bool:
        """Whether the protocol gives money back with it."""
        return self.sender == "system"

    def __str__(self) -> str:
        what = ", ".join(self.actions) or f"{self.kind} {self.data_id or ''}".strip()
        return f"{self.sender} -> {self.receiver}  {'refund' if self.is_refund else what}  [{self.id}]"


@dataclass(frozen=True)
class Missing:
    """Data that a receipt waits for: the result of ``from_receipt`` on ``from_account``, or, once ``sent``, on its way in it."""

    data_id: str
    from_receipt: str | None
    from_account: str | None
    sent: bool


@dataclass(frozen=True)
class Postponed:
    """A receipt that runs when the last piece of data that it waits for arrives."""

    receipt: PendingReceipt
    waits_for: tuple[Missing, ...]

    def __str__(self) -> str:
        sources = ", ".join(f"{m.from_account or '?'}{' (sent)' if m.sent else ''}" for m in self.waits_for)
        return f"{self.receipt}  waits for {sources}"


@dataclass(frozen=True)
class Yielded:
    """A yield: it runs when somebody resumes it, or without data at the height ``expires_at``."""

    receipt: PendingReceipt
    data_id: str
    expires_at: int | None

    def __str__(self) -> str:
        return f"{self.receipt}  until it is resumed, or height {self.expires_at}"


@dataclass(frozen=True)
class Pending:
    """Everything that has not run yet; prints as a list.

    ``transactions`` are in the pool; ``receipts`` arrive in the next block, oldest first; ``delayed`` ones found no room in a
    full chunk; ``postponed`` ones wait for data; ``yields`` for somebody to resume them.
    """

    transactions: tuple[PendingTransaction, ...]
    receipts: tuple[PendingReceipt, ...]
    delayed: tuple[PendingReceipt, ...]
    postponed: tuple[Postponed, ...]
    yields: tuple[Yielded, ...]

    def __bool__(self) -> bool:
        """Whether further blocks change anything by themselves; yields and what waits for them do not count."""
        return bool(self.transactions or self.receipts or self.delayed)

    def receipt(
        self,
        method: str | None = None,
        *,
        receiver: object = None,
        sender: object = None,
        kind: str | None = None,
    ) -> PendingReceipt:
        """Return the one receipt that can run next (delayed, or on its way) of a method, receiver, sender or kind.

        :raises ReceiptNotFound: where none or several fit; the text lists what is pending.
        """
        fits: Callable[[PendingReceipt], bool] = lambda receipt: (  # noqa: E731 - its parts are the arguments
            (method is None or method in receipt.actions)
            and (receiver is None or receipt.receiver == _id(receiver))
            and (sender is None or receipt.sender == _id(sender))
            and (kind is None or receipt.kind == kind)
        )
        found = [receipt for receipt in (*self.delayed, *self.receipts) if fits(receipt)]
        if len(found) != 1:
            wanted = {"method": method, "receiver": receiver, "sender": sender, "kind": kind}
            asked = ", ".join(f"{name}={_id(value)}" for name, value in wanted.items() if value is not None)
            raise ReceiptNotFound(f"{len(found) or 'no'} receipts with {asked or 'anything'} can run next:\n{self}")
        return found[0]

    def transaction_names(self) -> dict[str, dict[str, Any]]:
        """Describe each transaction in the pool without its hash, by its hash: see :func:`_described`."""
        return _described((one.hash, one.signer, one.receiver, one.actions) for one in self.transactions)

    def receipt_names(self) -> dict[str, dict[str, Any]]:
        """Describe each receipt that can run next without its id, by its id: see :func:`_described`."""
        return _described(
            (one.id, one.sender, one.receiver, one.actions or (one.kind,)) for one in (*self.delayed, *self.receipts)
        )

    def __str__(self) -> str:
        return "\n".join(self._lines()) or "nothing is pending"

    def _lines(self) -> Iterator[str]:
        groups = (
            ("transactions in the pool", self.transactions),
            ("delayed receipts", self.delayed),
            ("receipts on their way", self.receipts),
            ("receipts that wait for data", self.postponed),
            ("yields", self.yields),
        )
        for title, members in groups:
            if members:
                yield f"{title}:"
                yield from (f"  {member}" for member in members)


def _described(all_of_them: Iterable[tuple[str, str, str, tuple[str, ...]]]) -> dict[str, dict[str, Any]]:
    """Describe by who sends what to whom; of several alike, ``nth`` counts from 0 on."""
    counts: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    found = {}
    for name, sender, receiver, does in all_of_them:
        alike = (sender, receiver, does)
        found[name] = {"from": sender, "to": receiver, "does": list(does), "nth": counts[alike]}
        counts[alike] += 1
    return found


def parse_pending(raw: dict[str, Any]) -> Pending:
    """Read what the engine says is pending."""
    return Pending(
        transactions=tuple(
            PendingTransaction(tx["hash"], tx["signer_id"], tx["receiver_id"], _names(tx["actions"]))
            for tx in raw["transactions"]
        ),
        receipts=tuple(map(_receipt, raw["receipts"])),
        delayed=tuple(map(_receipt, raw["delayed"])),
        postponed=tuple(
            Postponed(_receipt(entry["receipt"]), tuple(Missing(**missing) for missing in entry["waits_for"]))
            for entry in raw["postponed"]
        ),
        yields=tuple(Yielded(_receipt(entry["receipt"]), entry["data_id"], entry["expires_at"]) for entry in raw["yields"]),
    )


def _receipt(raw: dict[str, Any]) -> PendingReceipt:
    ((shape, body),) = raw["receipt"].items()
    if shape == "Action":
        kind = "yield" if body.get("is_promise_yield") else "action"
    elif shape == "Data":
        kind = "resume" if body.get("is_promise_resume") else "data"
    else:
        kind = "global contract"
    return PendingReceipt(
        id=raw["receipt_id"],
        kind=kind,
        sender=raw["predecessor_id"],
        receiver=raw["receiver_id"],
        actions=_names(body.get("actions", ())),
        data_id=body.get("data_id"),
        raw=raw,
    )


def _names(actions: Any) -> tuple[str, ...]:
    names = []
    for action in actions:
        kind, body = (action, {}) if isinstance(action, str) else next(iter(action.items()))
        names.append(str(body.get("method_name", kind)) if isinstance(body, dict) else str(kind))
    return tuple(names)


def _id(value: object) -> str:
    return str(getattr(value, "id", value))
