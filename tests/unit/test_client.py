"""py-near's traps, each with the harness's answer, against a node that is a script."""

from __future__ import annotations

import asyncio
import gc
import socket
import warnings
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from scripted_node import Script, refusal

from near_harness import transactions
from near_harness.errors import BadInput, NodeError, NodeUnreachable, RpcError, RpcTimeout, UnknownAccount, ViewFailed
from near_harness.keys import KeyPair
from near_harness.nodes.server import RpcServer
from near_harness.outcome.failures import AccessKeyNotFound, Expired, InvalidNonce
from near_harness.rpc.client import Client
from near_harness.rpc.signer import Signer

KEY = KeyPair.from_seed("alice.sandbox")


@pytest.fixture
def node() -> Iterator[tuple[Script, str]]:
    script = Script()
    server = RpcServer(script)
    server.start()
    yield script, server.url
    server.stop()


@pytest.fixture
def script(node: tuple[Script, str]) -> Script:
    return node[0]


@pytest.fixture(params=["over HTTP", "in this process"])
def client(node: tuple[Script, str], request: pytest.FixtureRequest) -> Client:
    script, url = node
    return Client(url) if request.param == "over HTTP" else Client(url, chain=lambda: script)


def signer(client: Client) -> Signer:
    return client.signer("alice.sandbox", KEY)


async def test_the_nonce_follows_the_chain_back(client: Client, script: Script) -> None:
    await signer(client).send("bob.sandbox", [transactions.transfer("1 NEAR")])
    script.nonce = 3
    client.forget_nonces()  # as a rollback does
    await signer(client).send("bob.sandbox", [transactions.transfer("1 NEAR")])
    assert [nonce for nonce, _ in script.sent] == [11, 4]


async def test_another_node_with_the_same_key_has_its_own_nonces(client: Client, script: Script) -> None:
    other = Script()
    other.nonce = 999
    await signer(Client("http://127.0.0.1:1", chain=lambda: other)).send("bob.sandbox", [])
    await signer(client).send("bob.sandbox", [])
    assert [nonce for nonce, _ in other.sent] == [1000]
    assert [nonce for nonce, _ in script.sent] == [11]


async def test_parallel_transactions_arrive_in_order(client: Client, script: Script) -> None:
    await asyncio.gather(*(signer(client).send("bob.sandbox", []) for _ in range(20)))
    assert [nonce for nonce, _ in script.sent] == list(range(11, 31))


async def test_a_panic_of_the_rust_part_is_an_ordinary_error(client: Client) -> None:
    with pytest.raises(BadInput, match="py-near cannot build the transaction to 'Not An Id'"):
        await signer(client).send("Not An Id", [])
    await signer(client).send("bob.sandbox", [])


async def test_a_refusal_is_typed_and_names_the_transaction(client: Client, script: Script) -> None:
    script.answers["send_tx"] = refusal({"InvalidNonce": {"tx_nonce": 11, "ak_nonce": 12}})
    with pytest.raises(InvalidNonce, match="tx_nonce 11, ak_nonce 12") as refused:
        await signer(client).send("bob.sandbox", [])
    assert refused.value.transaction_hash
    assert refused.value.outcome is None
    script.answers["send_tx"] = refusal("Expired")
    with pytest.raises(Expired):
        await signer(client).send("bob.sandbox", [])


async def test_a_refused_transaction_leaves_no_nonce_behind(client: Client, script: Script) -> None:
    script.answers["send_tx"] = refusal("Expired")
    with pytest.raises(Expired):
        await signer(client).send("bob.sandbox", [])
    script.answers.clear()
    await signer(client).send("bob.sandbox", [])
    assert [nonce for nonce, _ in script.sent] == [11]


async def test_a_missing_key_is_typed(client: Client, script: Script) -> None:
    script.answers["view_access_key"] = {"result": {"error": "access key … does not exist while viewing", "logs": []}}
    with pytest.raises(AccessKeyNotFound, match=r"account_id alice\.sandbox"):
        await signer(client).send("bob.sandbox", [])


@pytest.mark.parametrize("http_status", [200, 408])
async def test_a_timeout_names_the_transaction_at_any_http_status(client: Client, script: Script, http_status: int) -> None:
    script.http_status = http_status
    script.answers["EXPERIMENTAL_tx_status"] = {"error": {"cause": {"name": "TIMEOUT_ERROR", "info": {}}, "data": "Timeout"}}
    with pytest.raises(RpcTimeout, match=r"transaction \w{43,44} of alice.sandbox has not come to its end") as timeout:
        await signer(client).send("bob.sandbox", [])
    assert timeout.value.status == http_status


async def test_errors_keep_their_fields(client: Client, script: Script) -> None:
    info = {"requested_account_id": "nobody.sandbox", "block_height": 7}
    script.answers["view_account"] = {
        "error": {"name": "HANDLER_ERROR", "cause": {"name": "UNKNOWN_ACCOUNT", "info": info}, "data": "no"}
    }
    with pytest.raises(UnknownAccount) as unknown:
        await client.query("view_account", account_id="nobody.sandbox")
    assert unknown.value.info == info


@pytest.mark.parametrize("error", ["text", 5, None, {"code": -32700}])
async def test_errors_of_another_form_are_no_crash(client: Client, script: Script, error: Any) -> None:
    script.answers["status"] = {"error": error}
    with pytest.raises(RpcError):
        await client.rpc("status", [])


async def test_views_take_and_give_bytes(client: Client, script: Script) -> None:
    script.answers["call_function"] = {
        "result": {"result": list("é✓".encode()), "logs": ["seen"], "block_height": 1, "block_hash": "b"}
    }
    assert await client.view("c.sandbox", "m", b"\xff") == ("é✓".encode(), ("seen",))


@pytest.mark.parametrize(
    "told",
    [
        {"result": {"error": "wasm execution failed with error: boom", "logs": ["before"]}},
        {"error": {"cause": {"name": "CONTRACT_EXECUTION_ERROR", "info": {"vm_error": "boom"}}, "data": "…"}},
        {"error": {"cause": {"name": "NO_CONTRACT_CODE", "info": {}}, "data": "no code, no boom"}},
    ],
)
async def test_a_failed_view_is_typed_in_each_of_its_forms(client: Client, script: Script, told: dict[str, Any]) -> None:
    script.answers["call_function"] = told
    with pytest.raises(ViewFailed, match=r"view c\.sandbox\.m: .*boom"):
        await client.view("c.sandbox", "m", b"")


async def test_nothing_at_the_address_is_a_clear_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(NodeUnreachable, match=f"{url} does not answer status: .*onnect"):
        await Client(url).rpc("status", [])


async def test_a_chain_that_has_gone_is_a_clear_error() -> None:
    def gone() -> Script:
        raise NodeError("the node is not started")

    with pytest.raises(NodeUnreachable, match="the node in this process does not answer status: the node is not started"):
        await Client("http://127.0.0.1:1", chain=gone).rpc("status", [])


async def test_a_defect_of_the_chain_is_an_error_with_its_text(client: Client, script: Script) -> None:
    def request(body: bytes) -> tuple[int, bytes]:
        raise RuntimeError(f"a defect at {len(body)} bytes")

    script.request = request  # type: ignore[method-assign]
    with pytest.raises(RpcError, match="RuntimeError: a defect at"):
        await client.rpc("status", [])


async def test_who_asks_many_things_lets_others_go_on(client: Client) -> None:
    async def ask() -> None:
        for _ in range(100):
            await client.rpc("status", [])

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    await client.rpc("status", [])
    assert not asking.done()
    await asking


async def test_something_that_is_no_node_is_a_clear_error(client: Client, script: Script) -> None:
    script.request = lambda body: (502, b"<html>bad gateway")  # type: ignore[method-assign] # noqa: ARG005
    with pytest.raises(NodeUnreachable, match="HTTP 502: '<html>bad gateway'"):
        await client.rpc("status", [])


def test_loops_come_and_go_and_leave_nothing_open(client: Client, script: Script) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3):
            run_apart(signer_sends(client))
        gc.collect()
    assert len(script.sent) == 3
    assert len(client._providers) == len(client._signers) == 1  # the loops before the last are forgotten


def run_apart(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: asyncio.run drops the loop that pytest-asyncio before 1.4 leaves open in the main one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


async def signer_sends(client: Client) -> None:
    await signer(client).send("bob.sandbox", [])


async def test_the_end_is_harmless_before_the_first_request(client: Client) -> None:
    await client.provider.end()
    await client.rpc("status", [])
    await client.provider.end()
    await client.provider.end()


def test_a_client_that_is_dropped_leaves_nothing_open(script: Script, client: Client) -> None:
    async def drop() -> None:
        await signer_sends(Client(client.rpc_url))
        gc.collect()
        other = Client(client.rpc_url)
        await signer_sends(other)
        await other.close()
        await other.close()
        await signer_sends(other)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run_apart(drop())
        gc.collect()
    assert len(script.sent) == 3


async def test_a_refusal_in_between_does_not_upset_the_others(client: Client, script: Script) -> None:
    async def refused() -> None:
        script.answers["send_tx"] = refusal("Expired")
        try:
            await signer(client).send("bob.sandbox", [])
        finally:
            script.answers.clear()

    results = await asyncio.gather(
        signer(client).send("bob.sandbox", []),
        refused(),
        *(signer(client).send("bob.sandbox", []) for _ in range(3)),
        return_exceptions=True,
    )
    sent = [nonce for nonce, _ in script.sent]
    assert sent == sorted(set(sent))
    assert sum(isinstance(result, Expired) for result in results) == 5 - len(sent)


async def test_loops_of_two_threads_do_not_sign_the_same_transaction(client: Client, script: Script) -> None:
    before = script.nonce

    async def pay() -> None:
        await signer(client).send("bob.sandbox", [transactions.transfer("1 NEAR")])

    await pay()
    script.nonce = before  # as it was read in the other thread, just before the transaction came into a block
    await asyncio.to_thread(lambda: asyncio.run(pay()))
    assert [nonce for nonce, _ in script.sent] == [before + 1, before + 2]


async def test_after_a_rollback_another_loop_may_sign_the_same_transaction(client: Client, script: Script) -> None:
    async def pay() -> None:
        await signer(client).send("bob.sandbox", [transactions.transfer("1 NEAR")])

    before = script.nonce
    await pay()
    script.nonce = before
    client.forget_nonces()  # as a rollback does
    await asyncio.to_thread(lambda: asyncio.run(pay()))
    assert [nonce for nonce, _ in script.sent] == [before + 1, before + 1]


def test_another_library_than_asyncio_is_told_so() -> None:
    asked = Client("http://127.0.0.1:1").rpc("status", [])
    with pytest.raises(BadInput, match=r"no event loop of asyncio runs here.*anyio_backend"):
        asked.send(None)  # as trio would begin it
