"""64 clients at once and 10,000 transactions: none is lost, none runs twice, those of one key run in their order."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from load.traffic import Rpc, Sender, connected, transactions_of
from sandbox_process import SandboxProcess

CLIENTS, TRANSACTIONS = 64, 10_000


def shares() -> list[int]:
    """How many transactions each client sends."""
    each, more = divmod(TRANSACTIONS, CLIENTS)
    return [each + (number < more) for number in range(CLIENTS)]


async def send(number: int, sender: Sender, count: int) -> None:
    # All ways to send at the same time: those who wait little, those who wait to the end, those who do not wait.
    match number % 4:
        case 0:
            await sender.one_by_one("sandbox", count, "EXECUTED_OPTIMISTIC")
        case 1:
            await sender.one_by_one("sandbox", count, "FINAL")
        case _:
            await sender.without_waiting("sandbox", count, at_a_time=5)


async def balance(rpc: Rpc, account_id: str) -> int:
    query = {"request_type": "view_account", "account_id": account_id, "finality": "final"}
    return int((await rpc.result("query", query))["amount"])


async def test_nothing_is_lost_and_nothing_runs_twice(node: SandboxProcess) -> None:
    async with connected(node.url, CLIENTS) as rpc:
        senders = [Sender(rpc, f"client{number}.near") for number in range(CLIENTS)]
        records = [record for sender in senders for record in sender.records()]
        assert await rpc.result("sandbox_patch_state", {"records": records}) == {}
        begin = await rpc.result("block", {"finality": "optimistic"})
        before = await balance(rpc, "sandbox")

        await asyncio.gather(*(send(*each) for each in zip(range(CLIENTS), senders, shares(), strict=True)))

        assert await balance(rpc, "sandbox") == before + TRANSACTIONS
        head = await rpc.result("block", {"finality": "optimistic"})
        ran = await transactions_of(rpc, head["header"]["hash"], begin["header"]["height"])
    assert len(ran) == len({transaction["hash"] for transaction in ran}) == TRANSACTIONS
    by_signer: dict[str, list[str]] = defaultdict(list)
    for transaction in ran:
        by_signer[transaction["signer_id"]].append(transaction["hash"])
    for sender in senders:
        assert by_signer[sender.account_id] == sender.sent, f"{sender.account_id}: another order"
