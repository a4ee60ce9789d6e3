"""A transaction that happened somewhere: on a network that has an RPC node, or in the JSON that such a node answered once.

What others send is not what this harness makes: answers may be wrapped, cut short, of the method ``tx`` (without receipts), of a
transaction that is still under way, or broken. All of that is told in words, or is an error that names what is wrong.
"""

from __future__ import annotations

import binascii
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from near_harness.errors import BadInput, HarnessError, InvalidSetting, NodeError, RpcError
from near_harness.ledger import Ledger, Movement, movements
from near_harness.ledger.chain import REWARD_UNTIL_PROTOCOL
from near_harness.nodes.engine import load_engine
from near_harness.outcome import Outcome, parse_outcome
from near_harness.progress import Progress, untold
from near_harness.rpc.endpoint import Endpoint

_HASH = re.compile(r"(?<![1-9A-HJ-NP-Za-km-z])[1-9A-HJ-NP-Za-km-z]{43,44}(?![1-9A-HJ-NP-Za-km-z])")


class TraceError(BadInput):
    """A transaction that cannot be told: not found, or an answer that is none."""


@dataclass(frozen=True)
class Trace:
    """A transaction and what is known of it. ``ledger`` is None where no node was asked; ``notes`` tell what is missing."""

    outcome: Outcome
    movements: tuple[Movement, ...]
    ledger: Ledger | None = None
    notes: list[str] = field(default_factory=list)


def hash_in(text: str) -> str:
    """Return the transaction hash in a text, such as the address of an explorer's page.

    :raises TraceError: where there is none, or more than one.
    """
    found = set(_HASH.findall(text))
    if len(found) != 1:
        raise TraceError(
            f"{text!r} is no file, and holds {len(found) or 'no'} transaction hashes (43 or 44 characters of base58)"
        )
    return str(found.pop())


def from_node(node: Endpoint, tx_hash: str, sender: str, progress: Progress = untold) -> tuple[Trace, dict[str, Any]]:
    """Ask a node for a transaction of ``sender``, and for the balances around it. Returns its raw answer as well.

    ``progress`` is told of how many of the accounts the balances are known.

    :raises TraceError: where the node does not know it.
    :raises RpcError: for every other error of the node.
    """
    params = {"tx_hash": tx_hash, "sender_account_id": sender, "wait_until": "NONE"}
    try:
        raw = node.call("EXPERIMENTAL_tx_status", params)
    except RpcError as error:
        if error.name != "UNKNOWN_TRANSACTION":
            raise
        raise TraceError(
            f"the node does not know the transaction {tx_hash} of {sender}: nodes forget after some days, then an archival one "
            "is needed; and the sender must be the one who signed it"
        ) from None
    trace = _trace(raw, f"the answer of {node.shown}")
    return _with_balances(trace, node, progress), raw


def from_text(text: str, where: str, protocol_version: int | None) -> Trace:
    """Read what a node answered once. ``protocol_version`` tells whether contracts were rewarded with a part of the gas.

    :raises TraceError: where it is no such answer.
    :raises InvalidSetting: for a version that is not there yet: nobody knows whether it rewards.
    """
    _check_version(protocol_version)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TraceError(f"{where} is no JSON: {error}") from None
    trace = _trace(found, where)
    if protocol_version is not None:
        rewards = protocol_version <= REWARD_UNTIL_PROTOCOL
        return Trace(trace.outcome, movements(trace.outcome, rewards=rewards), notes=trace.notes)
    trace.notes.append(
        f"up to protocol {REWARD_UNTIL_PROTOCOL} contracts get 30 % of the gas that their calls burn: "
        "left out, since the version is not known (--near-protocol)"
    )
    return trace


def _check_version(version: int | None) -> None:
    if version is None or version <= REWARD_UNTIL_PROTOCOL:
        return
    try:
        newest = int(load_engine().protocol_versions()[1])
    except NodeError:  # without the engine nobody knows
        return
    if version > newest:
        raise InvalidSetting(
            f"protocol version {version} (--near-protocol): the newest that is known here is {newest}; give the one that the "
            "network had, or leave it out"
        )


def read(path: Path) -> str:
    """Return the text of a file.

    :raises TraceError: where it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise TraceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None


def _with_balances(trace: Trace, node: Endpoint, progress: Progress) -> Trace:
    outcome, notes = trace.outcome, list(trace.notes)
    try:
        config = node.call("EXPERIMENTAL_protocol_config", {"block_id": outcome.block_hash})
        ledger = outcome.ledger = Ledger(outcome, node, protocol_version=int(config["protocol_version"]))
        moved = ledger.movements
        ledger.ask_for_rows(progress)  # now: what the node has forgotten is an error here
    except (HarnessError, KeyError, TypeError, ValueError) as error:
        outcome.ledger = None
        notes.append(f"balances before and after are not known: {_first_line(error)}")
        return Trace(outcome, trace.movements, notes=notes)
    return Trace(outcome, moved, ledger, notes)


def _trace(found: Any, where: str) -> Trace:
    raw = _unwrapped(found, where)
    _check_tree(raw, where)
    try:
        outcome = parse_outcome(raw)
        _check_texts(outcome)
        moved = movements(outcome, rewards=False)
    except RpcError:
        raise TraceError(f"{where} has no outcome yet: final_execution_status is {raw.get('final_execution_status')!r}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration, binascii.Error) as error:
        raise TraceError(
            f"{where} is no answer of EXPERIMENTAL_tx_status: {type(error).__name__}: {_first_line(error)}"
        ) from None
    notes = []
    if not raw.get("receipts") and len(outcome.receipts) > 1:
        notes.append(
            "there are no receipts in it, only outcomes (method tx): who sent what is not known. EXPERIMENTAL_tx_status has both"
        )
    waiting = sum(not receipt.executed for receipt in outcome.receipts)
    if waiting:
        notes.append(f"{waiting} of {len(outcome.receipts)} receipts were not executed when the node answered")
    return Trace(outcome, moved, notes=notes)


def _unwrapped(found: Any, where: str) -> dict[str, Any]:
    """Take the result out of a whole JSON-RPC answer, or out of a batch of one."""
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, dict) and "error" in found and "result" not in found:
        raise TraceError(f"{where} is an error of a node: {json.dumps(found['error'])[:300]}")
    if isinstance(found, dict) and isinstance(found.get("result"), dict):
        found = found["result"]
    if not isinstance(found, dict):
        raise TraceError(f"{where} holds no JSON object, but {type(found).__name__}")
    return found


def _check_tree(raw: dict[str, Any], where: str) -> None:
    """See that each receipt is made once: else there is no tree.

    :raises TraceError: where one is made twice.
    """
    entries = [raw.get("transaction_outcome"), *_listed(raw.get("receipts_outcome"))]
    seen: set[str] = set()
    for entry in entries:
        outcome = entry.get("outcome") if isinstance(entry, dict) else None
        for name in _listed(outcome.get("receipt_ids")) if isinstance(outcome, dict) else []:
            if str(name) in seen:
                raise TraceError(f"{where} says of the receipt {name} that it was made twice")
            seen.add(str(name))


def _check_texts(outcome: Outcome) -> None:
    """See that names and logs are texts: everything that draws them relies on it.

    :raises TypeError: else.
    """
    found: list[Any] = [outcome.hash, outcome.signer, outcome.receiver]
    for receipt in outcome.receipts:
        found += [receipt.id, receipt.predecessor, receipt.receiver, receipt.signer, *receipt.logs]
        found += [name for kind, cost, _ in receipt.gas_profile for name in (kind, cost)]
        found += [name for action in receipt.actions for name in (action.kind, action.method or "")]
    wrong = [one for one in found if not isinstance(one, str)]
    if wrong:
        raise TypeError(f"{wrong[0]!r} is no text")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
