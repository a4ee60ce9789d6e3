"""The pages: overview, blocks, transactions, accounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from near_harness.block_explorer.html import (
    account_link,
    block_link,
    facts,
    heading,
    page,
    section,
    table,
    transaction_link,
)
from near_harness.block_explorer.reading import MOST_ENTRIES, NO_CODE, ChainReader, Sent
from near_harness.errors import HarnessError
from near_harness.ledger import Ledger
from near_harness.report.fragment import transaction as drawn
from near_harness.units import Amount

_NEWEST = 15
_LISTED = 200
_SHOWN_BYTES = 200


def overview(reader: ChainReader, rpc_url: str) -> str:
    """The first page: the chain, its newest transactions and blocks, its accounts."""
    sent, accounts, height = reader.transactions(), reader.accounts(), reader.height
    chain_id, protocol = reader.about
    blocks = [(block_link(number), str(count)) for number, count in sorted(_counted(sent).items(), reverse=True)[:_NEWEST]]
    body = (
        heading(f"{chain_id}, protocol {protocol}")
        + facts([("JSON-RPC", rpc_url), ("newest block", block_link(height)), ("transactions", str(len(sent)))])
        + section("Newest transactions", _transactions(sent[:_NEWEST]))
        + section("Newest blocks with transactions", table(("block", "transactions"), blocks, "none yet", numbers=(1,)))
        + section("Accounts", _accounts(accounts[:_NEWEST], len(accounts)))
    )
    return page(f"{chain_id} · near-harness", body, count=len(sent))


def all_transactions(reader: ChainReader) -> str:
    """The newest transactions."""
    sent = reader.transactions()
    note = f"<p>The newest {_LISTED} of {len(sent)}.</p>" if len(sent) > _LISTED else ""
    return page("Transactions", heading("Transactions") + note + _transactions(sent[:_LISTED]), count=len(sent))


def all_accounts(reader: ChainReader) -> str:
    """All accounts."""
    accounts = reader.accounts()
    return page("Accounts", heading("Accounts") + _accounts(accounts, len(accounts)))


def block(reader: ChainReader, height: int) -> str:
    """A block: its header, its transactions, the receipts that ran in it.

    :raises RpcError: where there is no such block.
    """
    header, sent, receipts = reader.block(height)
    described = [
        ("hash", header["hash"]),
        ("time", f"{int(header['timestamp']) / 1e9:.3f} s since 1970"),
        ("epoch", header["epoch_id"]),
        ("gas price", f"{Amount(header['gas_price'])} for a gas unit"),
        ("before", block_link(height - 1) if height else "genesis"),
    ]
    rows = [
        (account_link(receipt["predecessor_id"]), account_link(receipt["receiver_id"]), next(iter(receipt["receipt"])))
        for receipt in receipts
    ]
    body = (
        heading(f"Block {height}")
        + facts(described)
        + section("Transactions", _transactions(sent))
        + section("Receipts", table(("from", "to", "kind"), rows, "none"))
    )
    return page(f"Block {height}", body)


def transaction(reader: ChainReader, sent: Sent) -> str:
    """A transaction: picture, receipt tree, ledger, gas, logs."""
    told = facts([
        ("hash", sent.hash),
        ("block", block_link(sent.height)),
        ("from", account_link(sent.signer)),
        ("to", account_link(sent.receiver)),
    ])  # fmt: skip
    called = f"{sent.signer} -> {sent.receiver} {' + '.join(sent.does)}"
    try:
        outcome = reader.outcome(sent)
        outcome.ledger = Ledger(outcome, reader.rpc)
        shown = drawn(outcome, called).replace("<details", "<details open", 1).replace("<details open open", "<details open", 1)
    except HarnessError as error:
        shown = f"<p>Nothing came of it yet: {type(error).__name__}</p>"
    return page(called, heading(called) + told + shown)


def account(reader: ChainReader, account_id: str) -> str:
    """An account: money, keys, contract, storage, transactions.

    :raises RpcError: where it does not exist.
    """
    found = reader.account(account_id)
    sent = [one for one in reader.transactions() if account_id in (one.signer, one.receiver)]
    described = [
        ("balance", str(Amount(found.amount))),
        ("locked as stake", str(Amount(found.locked))),
        ("storage", f"{found.storage:,} bytes"),
        ("contract", "none" if found.code_hash == NO_CODE else found.code_hash),
    ]
    entries = [(_bytes(key), _bytes(value)) for key, value in found.entries]
    more = f" (the first {MOST_ENTRIES})" if found.more_entries else ""
    body = (
        heading(account_id)
        + facts(described)
        + section("Transactions", _transactions(sent[:_LISTED]))
        + (section("Methods", table(("exports",), [(", ".join(found.methods),)], "none")) if found.methods else "")
        + section(f"Storage{more}", table(("key", "value"), entries, "empty"))
        + section("Keys", table(("key", "may"), found.keys, "none"))
    )
    return page(account_id, body)


def nothing(what: str) -> str:
    """The page for what does not exist."""
    return page("Not found", heading("Not found") + f'<p class="empty">{facts([("looked for", what)])}</p>')


def _counted(sent: Iterable[Sent]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for one in sent:
        counts[one.height] = counts.get(one.height, 0) + 1
    return counts


def _transactions(sent: Sequence[Sent]) -> str:
    rows = [
        (
            transaction_link(one.hash, one.hash[:10] + "…"),
            block_link(one.height),
            account_link(one.signer),
            account_link(one.receiver),
            " + ".join(one.does),
        )
        for one in sent
    ]
    return table(("transaction", "block", "from", "to", "does"), rows, "none yet")


def _accounts(accounts: Sequence[tuple[str, int]], total: int) -> str:
    rows = [(account_link(name), Amount(amount).short) for name, amount in accounts]
    more = f'<p><a href="/accounts">all {total}</a></p>' if total > len(accounts) else ""
    return table(("account", "balance"), rows, "none", numbers=(1,)) + more


def _bytes(data: bytes) -> str:
    """Bytes as text where they are some, else in hexadecimal; cut where they are long."""
    text = data.decode("utf-8", "replace")
    shown = text if text.isprintable() and "\ufffd" not in text else f"0x{data.hex()}"
    return shown if len(shown) <= _SHOWN_BYTES else f"{shown[:_SHOWN_BYTES]}… ({len(data):,} bytes)"
