"""What a signer keeps of a node: how many requests a transaction takes, and what becomes of it when that was overtaken."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from typing import Any

import base58
import pytest
from scripted_node import Script, nonce_and_block, refusal, transaction_hash

from near_harness.errors import NodeUnreachable, RpcError, RpcTimeout
from near_harness.keys import KeyPair
from near_harness.nodes.server import RpcServer
from near_harness.outcome.failures import Expired, InvalidNonce, NonceTooLarge, NotEnoughBalance
from near_harness.rpc import claims, provider, signer
from near_harness.rpc.client import Client
from near_harness.rpc.signer import Signer

KEY = KeyPair.from_seed("alice.sandbox")
FIRST, SECOND = base58.b58encode(bytes(32)).decode(), base58.b58encode(bytes(31) + b"\1").decode()
SEND, WAIT, ASK = "send_tx", "EXPERIMENTAL_tx_status", "query"


class Node(Script):
    """A node of one key, which refuses what nearcore refuses.

    ``looks``: at what it is sent, before it answers; without, it takes everything and tells in the status why nothing came of
    it, as nearcore does. ``too_dear``: nonces that it refuses once, for the money. ``loses``: it says of what was executed that
    its nonce is used, and tells by the hash only that it was itself which used it. ``crowded``: another program's transactions
    with the same key arrive just before each. ``bound``: what the height of its chain allows no nonce to reach.
    """

    def __init__(self) -> None:
        super().__init__()
        self.looks = True
        self.loses = False
        self.crowded = False
        self.bound = 10**6
        self.too_dear: list[int] = []
        self.executed: set[str] = set()

    def refused(self, tx: bytes) -> Any:
        """Why it would not take a transaction, None where it does."""
        nonce, block = nonce_and_block(tx)
        if nonce in self.too_dear:
            self.too_dear.remove(nonce)
            return {"NotEnoughBalance": {"signer_id": "alice.sandbox", "balance": "1", "cost": "2"}}
        if block != base58.b58decode(self.block_hash):
            return "Expired"
        if nonce >= self.bound:
            return {"NonceTooLarge": {"tx_nonce": nonce, "upper_bound": self.bound}}
        return {"InvalidNonce": {"tx_nonce": nonce, "ak_nonce": self.nonce}} if nonce <= self.nonce else None

    def _result(self, method: str, params: Any) -> Any:
        if method == SEND:
            if self.crowded:
                overtaken(self)
            tx = base64.b64decode(params["signed_tx_base64"])
            why = self.refused(tx)
            if why is not None:
                return refusal(why) if self.looks else {"final_execution_status": "NONE"}
            self.nonce = nonce_and_block(tx)[0]
            self.executed.add(transaction_hash(tx))
        if method == WAIT:
            told = self._status(params)
            if told is not None:
                return told
        return super()._result(method, params)

    def _status(self, params: Any) -> Any:
        if "signed_tx_base64" in params:
            tx = base64.b64decode(params["signed_tx_base64"])
            if self.loses or transaction_hash(tx) not in self.executed:
                return refusal(self.refused(tx))
            return {"final_execution_status": "INCLUDED"} if params["wait_until"] == "NONE" else None
        if params["wait_until"] == "NONE":
            known = params["tx_hash"] in self.executed
            unknown = {"error": {"cause": {"name": "UNKNOWN_TRANSACTION", "info": {}}, "data": "no"}}
            return {"final_execution_status": "INCLUDED"} if known else unknown
        return None


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def client(node: Node) -> Iterator[Client]:
    server = RpcServer(node)
    server.start()
    yield Client(server.url)
    server.stop()


@pytest.fixture
async def alice(client: Client) -> Signer:
    return client.signer("alice.sandbox", KEY)


def overtaken(node: Node) -> None:
    """Another program signs with the same key."""
    node.nonce += 5


def jumps(node: Node) -> None:
    """The chain gets so much longer that the known block is too old."""
    node.block_hash = SECOND


async def test_a_transaction_takes_two_requests_where_the_first_one_took_three(node: Node, alice: Signer) -> None:
    for _ in range(3):
        await alice.send("bob.sandbox", [])
    assert node.methods == [ASK, SEND, WAIT, SEND, WAIT, SEND, WAIT]
    assert [nonce for nonce, _ in node.sent] == [11, 12, 13]


async def test_of_a_chain_in_this_process_nothing_is_kept(node: Node) -> None:
    alice = Client("http://127.0.0.1:1", chain=lambda: node).signer("alice.sandbox", KEY)
    await alice.send("bob.sandbox", [])
    node.nonce = 3  # rolled back
    await alice.send("bob.sandbox", [])
    assert node.methods == [ASK, SEND, WAIT] * 2
    assert [nonce for nonce, _ in node.sent] == [11, 4]


async def test_the_block_of_a_final_transaction_stands_in_the_next(node: Node, alice: Signer) -> None:
    await alice.send("bob.sandbox", [])
    newer = {"hash": "h", "transaction_outcome": {"block_hash": FIRST}, "receipts_outcome": [{"block_hash": SECOND}]}
    node.answers[WAIT] = {"result": newer}
    await alice.send("bob.sandbox", [])
    node.answers.clear()
    node.block_hash = SECOND
    await alice.send("bob.sandbox", [])
    assert [base58.b58encode(block).decode() for _, block in node.sent] == [FIRST, FIRST, SECOND]
    assert node.methods.count(ASK) == 1


async def test_a_block_is_named_for_a_short_time_only(node: Node, alice: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "_RECENT_S", 0.05)
    await alice.send("bob.sandbox", [])
    await asyncio.sleep(0.06)
    await alice.send("bob.sandbox", [])
    assert node.methods.count(ASK) == 2


@pytest.mark.parametrize("method", ["sandbox_fast_forward", "sandbox_patch_state"])
async def test_what_changes_the_chain_otherwise_makes_the_next_one_ask(
    node: Node, client: Client, alice: Signer, method: str
) -> None:
    await alice.send("bob.sandbox", [])
    node.answers[method] = {"result": {}}
    await client.rpc(method, {})
    jumps(node)
    await alice.send("bob.sandbox", [])
    assert node.methods == [ASK, SEND, WAIT, method, ASK, SEND, WAIT]


@pytest.mark.parametrize("happens", [overtaken, jumps])
async def test_what_was_overtaken_is_signed_anew(node: Node, alice: Signer, happens: Any) -> None:
    await alice.send("bob.sandbox", [])
    happens(node)
    await alice.send("bob.sandbox", [])
    assert node.methods == [ASK, SEND, WAIT, SEND, ASK, SEND, WAIT]
    assert len(node.executed) == 2


@pytest.mark.parametrize("block", [FIRST, SECOND])
async def test_a_chain_that_began_again_takes_its_own_nonces(node: Node, alice: Signer, block: str) -> None:
    await alice.send("bob.sandbox", [])
    node.nonce, node.bound, node.block_hash = 3, 8, block
    await alice.send("bob.sandbox", [])
    await alice.send("bob.sandbox", [])
    assert [nonce for nonce, _ in node.sent] == [11, 4, 5]
    assert node.methods == [ASK, SEND, WAIT, SEND, ASK, SEND, SEND, WAIT, SEND, WAIT]


async def test_a_nonce_of_the_chains_own_that_is_too_large_is_said(node: Node, alice: Signer) -> None:
    node.bound = node.nonce
    with pytest.raises(NonceTooLarge):
        await alice.send("bob.sandbox", [])
    assert node.methods == [ASK, SEND]


async def test_a_node_that_tells_only_in_the_status_that_the_nonce_is_used(node: Node, alice: Signer) -> None:
    node.looks = False
    await alice.send("bob.sandbox", [])
    overtaken(node)
    await alice.send("bob.sandbox", [])
    asked_whether_it_knows = WAIT
    assert node.methods[3:] == [SEND, WAIT, asked_whether_it_knows, ASK, SEND, WAIT]
    assert len(node.executed) == 2


async def test_what_was_signed_over_the_newest_nonce_is_not_signed_anew(node: Node, alice: Signer) -> None:
    node.looks, node.crowded = False, True
    for send, asks in ((alice.send, [WAIT, WAIT]), (alice.hand_over, [WAIT])):
        node.methods.clear()
        with pytest.raises(InvalidNonce):
            await send("bob.sandbox", [])
        assert node.methods == [ASK, SEND, *asks]


async def test_what_may_still_come_into_a_block_is_not_sent_again(node: Node, alice: Signer) -> None:
    node.looks = False
    await alice.send("bob.sandbox", [])
    jumps(node)  # or: one of several nodes behind an address does not know the block yet
    with pytest.raises(Expired) as expired:
        await alice.send("bob.sandbox", [])
    assert expired.value.transaction_hash
    assert node.methods.count(SEND) == 2
    await alice.send("bob.sandbox", [])
    assert node.methods[-3:] == [ASK, SEND, WAIT]


async def test_a_refusal_of_what_was_executed_meanwhile_is_none(node: Node, alice: Signer) -> None:
    await alice.send("bob.sandbox", [])
    node.loses = True
    answer = await alice.send("bob.sandbox", [])
    assert answer["hash"] in node.executed
    assert len(node.executed) == 2, "it is not sent again"


async def test_what_is_refused_for_another_reason_is_not_sent_again(node: Node, alice: Signer) -> None:
    await alice.send("bob.sandbox", [])
    node.answers[SEND] = refusal({"NotEnoughBalance": {"signer_id": "alice.sandbox", "balance": "1", "cost": "2"}})
    with pytest.raises(NotEnoughBalance):
        await alice.send("bob.sandbox", [])
    assert node.methods.count(SEND) == 2
    node.answers.clear()
    await alice.send("bob.sandbox", [])
    assert [nonce for nonce, _ in node.sent] == [11, 12], "the refused one has used no nonce"


async def test_a_second_refusal_is_raised(node: Node, alice: Signer) -> None:
    await alice.send("bob.sandbox", [])
    node.answers[SEND] = refusal({"InvalidNonce": {"tx_nonce": 12, "ak_nonce": 12}})
    with pytest.raises(InvalidNonce):
        await alice.send("bob.sandbox", [])
    assert node.methods[3:] == [SEND, ASK, SEND]


@pytest.mark.parametrize("method", [SEND, WAIT])
async def test_without_an_answer_the_nonce_counts_as_used(node: Node, alice: Signer, method: str) -> None:
    await alice.send("bob.sandbox", [])
    node.answers[method] = {"error": {"cause": {"name": "TIMEOUT_ERROR", "info": {}}, "data": "Timeout"}}
    with pytest.raises(RpcTimeout):
        await alice.send("bob.sandbox", [])
    node.answers.clear()
    node.nonce = 12  # it was executed after all
    await alice.send("bob.sandbox", [])
    assert node.sent[-1][0] == 13
    assert node.methods.count(ASK) == (2 if method == SEND else 1), "of what it may not have taken, the chain is asked"


async def test_parallel_transactions_ask_once(node: Node, alice: Signer) -> None:
    await asyncio.gather(*(alice.send("bob.sandbox", []) for _ in range(20)))
    assert [nonce for nonce, _ in node.sent] == list(range(11, 31))
    assert node.methods.count(ASK) == 1


async def test_parallel_transactions_that_were_overtaken_arrive_each_once(node: Node, alice: Signer) -> None:
    await alice.send("bob.sandbox", [])
    overtaken(node)
    await asyncio.gather(*(alice.send("bob.sandbox", []) for _ in range(5)))
    assert [nonce for nonce, _ in node.sent] == [11, *range(17, 22)]
    assert len(node.executed) == 6


async def test_a_refusal_among_parallel_transactions_leaves_no_gap(node: Node, alice: Signer) -> None:
    node.too_dear = [12]
    sent = await asyncio.gather(*(alice.send("bob.sandbox", []) for _ in range(4)), return_exceptions=True)
    assert [type(one) for one in sent] == [dict, NotEnoughBalance, dict, dict]
    assert [nonce for nonce, _ in node.sent] == [11, 12, 13], "a node waits for a nonce that is left out"


async def test_what_is_handed_over_and_refused_is_said_and_leaves_its_nonce(node: Node, alice: Signer) -> None:
    node.looks = False
    node.too_dear = [11, 11]  # when it is sent, and when the node is asked why
    with pytest.raises(NotEnoughBalance) as refused:
        await alice.hand_over("bob.sandbox", [])
    assert refused.value.transaction_hash
    assert (await alice.hand_over("bob.sandbox", [])).hash in node.executed
    assert [nonce for nonce, _ in node.sent] == [11]
    assert node.methods == [ASK, SEND, WAIT] * 2


async def test_what_is_handed_over_and_was_overtaken_is_signed_anew(node: Node, alice: Signer) -> None:
    node.looks = False
    await alice.send("bob.sandbox", [])
    overtaken(node)
    assert (await alice.hand_over("bob.sandbox", [])).hash in node.executed
    assert node.methods[3:] == [SEND, WAIT, ASK, SEND, WAIT]


async def test_a_refusal_in_between_leaves_the_nonces_of_what_waits(node: Node) -> None:
    alice = Client("http://127.0.0.1:1", chain=lambda: node).signer("alice.sandbox", KEY)
    await alice.hand_over("bob.sandbox", [])
    node.nonce = 10  # it waits in the pool
    node.too_dear = [12]
    with pytest.raises(NotEnoughBalance):
        await alice.send("bob.sandbox", [])
    await alice.hand_over("bob.sandbox", [])
    assert [nonce for nonce, _ in node.sent] == [11, 12]
    alice.forget_nonces()  # nothing waits any more
    node.nonce = 5
    await alice.hand_over("bob.sandbox", [])
    assert node.sent[-1][0] == 6


async def test_what_is_handed_over_to_a_node_that_is_out_of_order_says_so(node: Node, alice: Signer) -> None:
    node.answers[WAIT] = {"error": {"cause": {"name": "INTERNAL_ERROR", "info": {}}, "data": "the disk is full"}}
    with pytest.raises(RpcError, match="the disk is full"):
        await alice.hand_over("bob.sandbox", [])


async def test_an_interruption_while_it_is_signed_stays_one(alice: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(signer, "Transaction", interrupted)
    with pytest.raises(KeyboardInterrupt):
        alice._signed("bob.sandbox", [], FIRST, 1)


def test_claims_are_remembered_as_long_as_they_may_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "_MOST", 3)
    made = claims.Claims()
    assert all(made.claim(tx_hash, "one") for tx_hash in ("a", "b", "c", "a"))
    assert not made.claim("a", "another")
    assert made.claim("d", "one"), "now the oldest is forgotten, and no other"
    assert [made.claim(tx_hash, "another") for tx_hash in ("b", "c", "d")] == [False, False, False]
    assert made.claim("a", "another")


async def test_a_node_that_has_gone_is_not_asked_twice(node: Node, alice: Signer) -> None:
    await alice.send("bob.sandbox", [])

    def gone(body: bytes) -> tuple[int, bytes]:
        node.methods.append("lost")
        return 502, body[:0]

    node.request = gone  # type: ignore[method-assign]
    with pytest.raises(NodeUnreachable):
        await alice.send("bob.sandbox", [])
    assert node.methods[3:] == ["lost"]
