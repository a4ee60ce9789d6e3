"""``near-harness trace TX``: the receipt tree and the ledger of a transaction that happened somewhere."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from near_harness.cli.command import CONTEXT, Command, json_option, put, say

if TYPE_CHECKING:
    from near_harness.trace import Trace


_HEADERS = "NEAR_HARNESS_RPC_HEADERS"


@click.command("trace", cls=Command, context_settings=CONTEXT, short_help="Show what a transaction did, on any network.")
@click.argument("transaction", metavar="TX")
@click.option("--rpc", "rpc_url", envvar="NEAR_HARNESS_RPC_URL", metavar="URL", help="The RPC node to ask.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Send a header, such as one with an API key.")
@click.option("--ca-file", type=click.Path(path_type=Path, dir_okay=False), help="Certificates of those who are trusted (PEM).")
@click.option("--sender", metavar="ACCOUNT", help="Who signed the transaction.")
@click.option(
    "--near-protocol", "protocol_version", type=click.IntRange(min=1), help="The network's version, for a saved answer."
)
@click.option("--save", type=click.Path(path_type=Path, dir_okay=False), help="Write the node's answer to a file.")
@click.option("--as", "form", type=click.Choice(["text", "mermaid", "svg"]), default="text", help="How to draw it.")
@json_option
def command(
    *,
    transaction: str,
    rpc_url: str | None,
    headers: tuple[str, ...],
    ca_file: Path | None,
    sender: str | None,
    protocol_version: int | None,
    save: Path | None,
    form: str,
    as_json: bool,
) -> None:
    """Show what a transaction did: its receipt tree, and where the money went.

    TX is a hash, an explorer's address with the hash in it, or a file (- for standard input) with the JSON that a node answered
    to EXPERIMENTAL_tx_status or tx. A hash needs --rpc and --sender.

    NEAR_HARNESS_RPC_URL stands for --rpc, NEAR_HARNESS_RPC_HEADERS for --header, a header in each line. Neither headers nor what
    follows the host in the address is ever shown or written.
    """
    from near_harness.account_ids import check_account_id  # noqa: PLC0415 - only where it runs
    from near_harness.errors import InvalidSetting  # noqa: PLC0415 - likewise
    from near_harness.progress import progress  # noqa: PLC0415 - likewise
    from near_harness.rpc.endpoint import Endpoint, headers_of  # noqa: PLC0415 - likewise
    from near_harness.trace import from_node, from_text, hash_in, read  # noqa: PLC0415

    if transaction == "-":
        found = from_text(sys.stdin.read(), "standard input", protocol_version)
    elif Path(transaction).is_file():
        found = from_text(read(Path(transaction)), transaction, protocol_version)
    else:
        tx_hash = hash_in(transaction)
        if not rpc_url or not sender:
            raise InvalidSetting("a transaction's hash needs --rpc URL (or NEAR_HARNESS_RPC_URL) and --sender ACCOUNT")
        lines = (*os.environ.get(_HEADERS, "").splitlines(), *headers)
        node = Endpoint(rpc_url, headers_of(lines, f"--header or {_HEADERS}"), ca_file)
        say(f"asking {node.shown} for {tx_hash}")
        with closing(node), progress("reading balances, accounts", hidden=as_json) as tell:
            found, raw = from_node(node, tx_hash, check_account_id(sender), tell)
        if save is not None:
            _save(save, raw)
    put(_as_json(found), lambda: _drawn(found, form), as_json=as_json)


def _save(path: Path, raw: Any) -> None:
    from near_harness.errors import BadInput  # noqa: PLC0415 - only where it is asked for

    try:
        path.write_text(json.dumps(raw, indent=1), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None


def _drawn(found: Trace, form: str) -> str:
    if form == "mermaid":
        from near_harness.render.mermaid import mermaid  # noqa: PLC0415 - only where it is asked for

        return mermaid(found.outcome).rstrip()
    if form == "svg":
        from near_harness.render.svg import svg  # noqa: PLC0415

        return svg(found.outcome)
    from near_harness.gas import gas_uses  # noqa: PLC0415
    from near_harness.render.gas import hops_text  # noqa: PLC0415
    from near_harness.render.movements import movements_text  # noqa: PLC0415

    parts = [str(found.outcome), "Ledger (NEAR):\n" + str(found.ledger) if found.ledger else ""]
    parts.append("Movements:\n" + movements_text(found.movements))
    uses = gas_uses(found.outcome)
    parts.append("Gas:\n" + hops_text(uses) if uses else "")
    parts.append("\n".join(f"note: {note}" for note in found.notes))
    return "\n\n".join(part for part in parts if part)


def _as_json(found: Trace) -> dict[str, Any]:
    from near_harness.bundles.seen import seen  # noqa: PLC0415 - only for JSON

    outcome = found.outcome
    told = seen(outcome)
    for receipt, described in zip(outcome.receipts, told["receipts"], strict=True):
        described |= {"id": receipt.id, "gas_attached": int(receipt.gas), "block_hash": receipt.block_hash}
        if receipt.how_failed is not None:
            described["error"] = {"name": receipt.how_failed.name, "message": receipt.how_failed.message}
    rows = found.ledger.rows.values() if found.ledger else ()
    return {
        "schema": "near_harness/trace@1",
        "transaction": outcome.hash,
        "signer": outcome.signer,
        "receiver": outcome.receiver,
        "succeeded": outcome.succeeded,
        **told,
        "movements": [
            {"cause": one.cause.value, "amount": str(int(one.amount)), "payer": one.payer, "payee": one.payee}
            for one in found.movements
        ],
        "ledger": {
            row.account: {
                "before": None if row.before is None else str(int(row.before.balance)),
                "after": None if row.after is None else str(int(row.after.balance)),
                "change": str(int(row.change)),
                "others": str(int(row.others)),
                "by_others": list(row.by_others),
                "unexplained": str(int(row.unexplained)),
            }
            for row in rows
        }
        or None,
        "notes": found.notes,
    }
