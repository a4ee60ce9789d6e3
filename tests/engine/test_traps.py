"""Contracts that fail, on every kind of thread that Python has: each time an outcome, and the process goes on."""

from __future__ import annotations

import sys

import pytest

_SMALL, _USUAL = 64 * 1024, 0  # bytes of stack; 0 is the system's default


def test_on_the_main_thread(alone):
    alone("fail_in_every_way()")


@pytest.mark.parametrize("version", [84, 85, 86, 87, 88])
def test_at_every_protocol_version(alone, version):
    alone(
        """
        import sys
        version = int(sys.argv[1])
        oldest, newest = engine.protocol_versions()
        assert oldest <= version <= newest, "the list of this test is out of date"
        fail_in_every_way(sandbox=Sandbox(genesis=engine.sandbox_genesis(protocol_version=version)))
        """,
        str(version),
    )


@pytest.mark.parametrize("stack", [_SMALL, 256 * 1024, _USUAL])
def test_in_threads(alone, stack):
    alone(
        """
        import sys, threading
        threading.stack_size(int(sys.argv[1]))
        well = []
        def run(salt):
            fail_in_every_way(salt=salt)  # compiles there
            well.append(salt)
        threads = [threading.Thread(target=run, args=(str(n),)) for n in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        assert len(well) == 4
        fail_in_every_way(salt="0")
        """,
        str(stack),
    )


@pytest.mark.parametrize("stack", [_SMALL, _USUAL])
def test_in_threads_that_share_a_chain(alone, stack):
    alone(
        """
        import sys, threading
        from concurrent.futures import ThreadPoolExecutor
        threading.stack_size(int(sys.argv[1]))
        sandbox, one_at_a_time = Sandbox(), threading.Lock()
        def call(method):
            with one_at_a_time:  # nonces: the transactions of one account queue
                sent = sandbox.call(method)
            sandbox.chain.height
            return sent
        with ThreadPoolExecutor(8) as pool:
            for method, seen in zip(list(EXPECTED) * 10, pool.map(call, list(EXPECTED) * 10)):
                assert seen == EXPECTED[method], (method, seen)
        """,
        str(stack),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="the stack's size stands in the program there, not in a limit")
def test_on_a_main_thread_with_a_small_stack(alone):
    """As under ``ulimit -s``, which a process takes over when it starts."""
    alone(
        """
        import os, resource, sys
        if not sys.argv[1:]:
            resource.setrlimit(resource.RLIMIT_STACK, (256 * 1024, resource.getrlimit(resource.RLIMIT_STACK)[1]))
            os.execv(sys.executable, [sys.executable, __file__, "limited"])
        fail_in_every_way()
        """
    )


def test_in_asyncio(alone):
    alone(
        """
        import asyncio
        async def main():
            fail_in_every_way(salt="in the loop")
            await asyncio.gather(*(asyncio.to_thread(fail_in_every_way, salt=str(n)) for n in range(4)))
        asyncio.run(main(), debug=True)
        asyncio.run(main())  # a second loop, on the same thread
        """
    )


def test_other_threads_run_meanwhile(alone):
    """The GIL is released: a Python thread gets on while a contract burns all its gas."""
    alone(
        """
        import threading, time
        sandbox = Sandbox()
        ticks, stop = [], threading.Event()
        def tick():
            while not stop.is_set():
                ticks.append(time.monotonic())
                time.sleep(0.001)
        thread = threading.Thread(target=tick)
        thread.start()
        begun = time.monotonic()
        assert sandbox.call("spin", gas=300 * 10**12) == EXPECTED["spin"]
        ended = time.monotonic()
        stop.set(); thread.join()
        during = [at for at in ticks if begun < at < ended]
        assert len(during) > (ended - begun) / 0.001 / 20, (len(during), ended - begun)
        """
    )


def test_ctrl_c_interrupts_the_making_of_blocks(alone):
    alone(
        """
        import _thread, signal, threading, time
        chain = engine.Chain(engine.sandbox_genesis())
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.2, _thread.interrupt_main).start()
        begun = time.monotonic()
        try:
            chain.produce_blocks(10**9)
        except KeyboardInterrupt:
            assert time.monotonic() - begun < 5
            before = chain.height
            chain.produce_blocks()
            assert chain.height == before + 1
        else:
            raise AssertionError("not interrupted")
        """
    )
