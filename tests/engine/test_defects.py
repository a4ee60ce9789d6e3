"""A transaction or receipt that makes the engine panic is taken out of the chain: its sender is told, everybody else goes on."""

from __future__ import annotations

import asyncio
import json

import near_harness_engine as engine
import pytest
from fidelity_signing import key_pair, signed_transaction

from near_harness import NEAR, start
from near_harness.sandbox.node import _tick

_ROOT = "sandbox"


class _Chain:
    """A chain whose blocks somebody makes, and the root account's transactions."""

    def __init__(self, panics_at: str) -> None:
        self.chain = engine.Chain(engine.sandbox_genesis(time_ns=10**18), blocks="interval")
        self.chain.keep_journal()
        self.chain.produce_blocks()
        self.chain._panic_at_for_tests(panics_at)
        self._nonce = 0

    def send(self, receiver: str, signer: str = _ROOT) -> engine.Pending:
        """Pays a yocto, and waits for the end of it. (The key of an account of the genesis has its name as the seed.)"""
        self._nonce += 1
        head = json.loads(self.chain.request(b'{"jsonrpc":"2.0","id":1,"method":"block","params":{"finality":"final"}}')[1])
        signed, _ = signed_transaction(
            key_pair(signer),
            signer=signer,
            receiver=receiver,
            nonce=self._nonce,
            block_hash=head["result"]["header"]["hash"],
            actions=[{"Transfer": {"deposit": "1"}}],
        )
        params = {"signed_tx_base64": signed, "wait_until": "FINAL"}
        pending = self.chain.request(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "send_tx", "params": params}).encode())
        assert isinstance(pending, engine.Pending)
        return pending

    def make(self, blocks: int) -> list[str]:
        """Makes blocks, whatever is taken out meanwhile; returns what was said to that."""
        said = []
        while blocks:
            try:
                self.chain.produce_blocks()
            except engine.TakenOut as error:
                said.append(str(error))
            else:
                blocks -= 1
        return said


def _refused(pending: engine.Pending) -> str:
    answer = pending.poll()
    assert answer is not None, "the sender still waits"
    status, body = answer
    error = json.loads(body)["error"]
    assert (status, error["cause"]["name"]) == (500, "INTERNAL_ERROR"), error
    return str(error["data"])


def _succeeded(pending: engine.Pending) -> bool:
    answer = pending.poll()
    return answer is not None and "SuccessValue" in json.loads(answer[1])["result"]["status"]


@pytest.mark.parametrize(("signer", "what"), [(_ROOT, "receipt"), ("near", "transaction")])
def test_its_sender_is_told_and_the_others_go_on(signer, what):
    """A receipt for another account panics in the block after the transaction's; one for the signer in the same block."""
    chain = _Chain("near")
    good, bad = chain.send(_ROOT), chain.send("near", signer)
    said = chain.make(6)
    assert len(said) == 1
    assert "the engine panicked" in said[0]
    assert "has dropped" in said[0]
    assert f"the engine panicked at {what} " in _refused(bad)
    assert _succeeded(good)
    assert chain.chain.height == 7
    assert not chain.chain.in_flight
    later = chain.send(_ROOT)
    assert chain.make(6) == []
    assert _succeeded(later)


def test_a_chain_that_is_made_again_drops_the_same():
    chain = _Chain("near")
    chain.send(_ROOT)
    chain.send("near")
    assert len(chain.make(6)) == 1
    again = engine.Chain(engine.sandbox_genesis(time_ns=10**18), blocks="interval")
    again._panic_at_for_tests("near")
    again.replay([entry for _, entry in chain.chain.take_journal()])
    head = b'{"jsonrpc":"2.0","id":1,"method":"block","params":{"finality":"optimistic"}}'
    assert again.request(head) == chain.chain.request(head)


def test_another_panic_takes_nothing_out():
    chain = _Chain("nobody.near")
    good = chain.send("near")
    with pytest.raises(engine.EnginePanic) as caught:
        chain.chain._panic_for_tests("of no transaction's doing")
    assert not isinstance(caught.value, engine.TakenOut)
    assert chain.make(6) == []
    assert _succeeded(good)


async def test_a_ticker_goes_on():
    chain = _Chain("near")
    bad = chain.send("near")
    ticker = asyncio.create_task(_tick(chain.chain, 0.001))
    for _ in range(20_000):
        if chain.chain.height >= 10:
            break
        await asyncio.sleep(0.001)
    assert not ticker.done()
    ticker.cancel()
    assert "the engine panicked at receipt" in _refused(bad)


async def test_a_client_gets_the_error_and_the_next_one_an_answer():
    async with start(node="embedded") as near:
        alice, bob = await near.create_account("alice", "10 NEAR"), await near.create_account("bob", "10 NEAR")
        near.node.chain._panic_at_for_tests(bob.id)  # type: ignore[attr-defined]
        paid, failed, again = await asyncio.gather(
            alice.transfer(near.root, NEAR(1)),
            near.root.transfer(bob, NEAR(1)),
            alice.transfer(near.root, NEAR(1)),
            return_exceptions=True,
        )
        assert "the engine panicked at receipt" in str(failed)
        assert not isinstance(paid, BaseException), paid
        assert not isinstance(again, BaseException), again
        await alice.transfer(near.root, NEAR(1))
