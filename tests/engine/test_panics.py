"""A defect of the engine is an error of its caller's, and nothing else: the process, the chain and other threads go on."""

from __future__ import annotations

import sys

import near_harness_engine as engine
import pytest


def _chain():
    return engine.Chain(engine.sandbox_genesis(), blocks="manual")


def test_a_panic_is_an_error_that_says_so():
    with pytest.raises(
        engine.EnginePanic, match=r"the engine panicked: out of luck \(at src/py/chain\.rs:\d+:\d+\).*not of the test"
    ) as caught:
        _chain()._panic_for_tests("out of luck")
    assert isinstance(caught.value, engine.EngineError)
    assert isinstance(caught.value, Exception), "a panic must not pass by `except Exception` as PyO3's own does"


def test_the_chain_is_what_it_was():
    chain = _chain()
    chain.produce_blocks(3)
    head = chain.request(b'{"jsonrpc":"2.0","id":1,"method":"block","params":{"finality":"optimistic"}}')
    with pytest.raises(engine.EnginePanic):
        chain._panic_for_tests("after a block")
    assert chain.height == 3
    assert chain.request(b'{"jsonrpc":"2.0","id":1,"method":"block","params":{"finality":"optimistic"}}') == head
    chain.produce_blocks()
    assert chain.height == 4


def test_contracts_run_afterwards(alone):
    done = alone(
        """
        sandbox = Sandbox()
        for _ in range(3):
            try:
                sandbox.chain._panic_for_tests("boom")
            except engine.EnginePanic:
                pass
            else:
                raise AssertionError("no error")
            fail_in_every_way(sandbox=sandbox)
        fail_in_every_way(salt="new")
        """
    )
    assert done.stderr == "", "Rust prints nothing"


def test_threads_that_wait_for_the_chain_get_it(alone):
    alone(
        """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        threading.stack_size(64 * 1024)
        chain = engine.Chain(engine.sandbox_genesis(), blocks="manual")
        def panic():
            try:
                chain._panic_for_tests("boom")
            except engine.EnginePanic as error:
                return str(error)
        with ThreadPoolExecutor(8) as pool:
            panics = [pool.submit(panic) for _ in range(50)]
            blocks = [pool.submit(chain.produce_blocks) for _ in range(50)]
            assert all("boom" in done.result() for done in panics)
            for done in blocks: done.result()
        assert chain.height == 50, chain.height
        """
    )


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: engine.Chain("{"), "genesis"),
        (lambda: engine.Chain(engine.sandbox_genesis(), blocks="sometimes"), "blocks=.*sometimes.*'auto'"),
        (lambda: engine.Chain(engine.sandbox_genesis(), clock="sun"), "clock=.*sun.*'wall'"),
        (lambda: _chain().produce_blocks(-1), "count=-1"),
        (lambda: engine.sandbox_genesis(account_id="Not An Account"), "Not An Account"),
        (lambda: engine.Chain(engine.sandbox_genesis(protocol_version=83)), "83"),
        (lambda: engine.Chain(engine.sandbox_genesis(protocol_version=10_000)), "10000"),
    ],
)
def test_bad_input_is_an_error_but_not_a_panic(make, text):
    with pytest.raises(engine.EngineError, match=text) as caught:
        make()
    assert not isinstance(caught.value, engine.EnginePanic)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such limit")
def test_a_limit_of_address_space_is_an_error_with_the_remedy(alone):
    """As under ``ulimit -v``: the VM reserves 131 GB. Afterwards, without the limit, all is well."""
    alone(
        """
        import resource
        genesis = engine.sandbox_genesis()
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (16 << 30, hard))
        for _ in range(2):
            try:
                engine.Chain(genesis)
            except engine.EngineError as error:
                assert not isinstance(error, engine.EnginePanic), error
                assert "16777216 KiB" in str(error) and "ulimit -v unlimited" in str(error), error
            else:
                raise AssertionError("16 GB were enough: this test, and the error's text, are out of date")
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        fail_in_every_way()
        """
    )


def test_a_deep_trie_goes_on_a_thread_with_a_small_stack(alone):
    """Keys that are each the beginning of the next make a trie as deep as they are long."""
    alone(
        """
        import base64, threading
        threading.stack_size(64 * 1024)
        key = bytes(range(1, 256)) * 8  # 2,040 bytes; nearcore allows 2,048
        records = [
            {"Data": {"account_id": "sandbox", "data_key": base64.b64encode(key[:n]).decode(), "value": "AA=="}}
            for n in range(1, len(key))
        ]
        def run():
            sandbox = Sandbox()
            sandbox.rpc("sandbox_patch_state", {"records": records})
            snapshot = sandbox.chain.snapshot()
            sandbox.chain.produce_blocks()
            sandbox.chain.restore(snapshot)
            assert sandbox.call("fine") is None
            well.append(sandbox.rpc("query", {
                "request_type": "view_state", "finality": "optimistic", "account_id": "sandbox",
                "prefix_base64": base64.b64encode(key[:2000]).decode(),
            })["values"])
        well = []
        for _ in range(2):  # the chain ends with the thread
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        assert [len(values) for values in well] == [40, 40], [len(values) for values in well]
        """
    )
