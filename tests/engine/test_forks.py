"""The engine in children: fork, spawn, forkserver; what is compiled there for the first time, and what is held meanwhile."""

from __future__ import annotations

import multiprocessing
import sys

import pytest

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forks")

_FORK = """
import os, signal, threading, time, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 warns of a fork beside threads: that is what is tested

def forked(work):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0, f"the child ended with {status}"
            return
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    raise AssertionError("the child hangs")
"""


@needs_fork
def test_a_child_compiles_what_is_new(alone):
    alone(
        _FORK
        + """
fail_in_every_way(salt="parent")
forked(lambda: fail_in_every_way(salt="child"))
forked(lambda: fail_in_every_way(salt="parent"))
fail_in_every_way(salt="afterwards")
"""
    )


@needs_fork
def test_a_child_goes_on_with_its_copy_of_the_chain(alone):
    alone(
        _FORK
        + """
sandbox = Sandbox()
height = sandbox.chain.height
snapshot = sandbox.chain.snapshot()
def work():
    fail_in_every_way(sandbox=sandbox)
    assert sandbox.chain.height > height
    sandbox.chain.restore(snapshot)
    assert sandbox.chain.height == height
    forked(lambda: fail_in_every_way(salt="grandchild"))
forked(work)
assert sandbox.chain.height == height, "the child's blocks are the child's"
fail_in_every_way(sandbox=sandbox)
"""
    )


@needs_fork
def test_forks_beside_threads_that_run_contracts(alone):
    """No lock that a thread of the parent holds at the fork may stay locked in the child."""
    alone(
        _FORK
        + """
stop, shared, errors = threading.Event(), Sandbox(), []
def busy(number):
    try:
        sandbox, round = Sandbox(salt=str(number)), 0
        while not stop.is_set():
            round += 1
            fail_in_every_way(sandbox=sandbox)
            shared.chain.produce_blocks(20)
            if round % 5 == 0:
                fail_in_every_way(salt=f"{number} {round}")  # compiles
    except BaseException as error:
        errors.append(error)
threads = [threading.Thread(target=busy, args=(number,)) for number in range(3)]
for thread in threads: thread.start()
for number in range(20):
    forked(lambda: (shared.chain.produce_blocks(), fail_in_every_way(salt=f"child {number % 3}")))
stop.set()
for thread in threads: thread.join()
assert not errors, errors
""",
        timeout=120,
    )


@needs_fork
def test_forks_from_several_threads(alone):
    alone(
        _FORK
        + """
from concurrent.futures import ThreadPoolExecutor
fail_in_every_way()
with ThreadPoolExecutor(4) as pool:
    for done in [pool.submit(forked, lambda: fail_in_every_way(salt=f"{n}")) for n in range(8)]:
        done.result()
""",
        timeout=120,
    )


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_multiprocessing(alone, method):
    alone(
        """
        import multiprocessing, sys, warnings
        if __name__ == "__main__":
            warnings.simplefilter("ignore", DeprecationWarning)
            fail_in_every_way(salt="parent")
            with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
                for done in [pool.apply_async(fail_in_every_way, kwds={"salt": salt}) for salt in ("parent", "child", "other")]:
                    done.get(timeout=50)
            fail_in_every_way(salt="parent")
        """,
        method,
        timeout=90,
    )


@needs_fork
def test_a_process_started_beside_a_run(alone):
    """``subprocess`` with a ``preexec_fn`` forks as well."""
    alone(
        """
        import subprocess, sys, threading
        thread = threading.Thread(target=fail_in_every_way)
        thread.start()
        for _ in range(10):
            subprocess.run([sys.executable, "-S", "-c", ""], check=True, preexec_fn=lambda: None)
        thread.join()
        fail_in_every_way()
        """
    )
