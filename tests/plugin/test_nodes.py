"""Several nodes, what a node cannot do, nodes without snapshots, and what is left when pytest is killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nodes.programs import DROP_IN, program
from printing import write_printing_contract

if TYPE_CHECKING:
    from plugin.conftest import Run


@pytest.fixture(autouse=True)
def drop_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = program(tmp_path, DROP_IN)
    monkeypatch.setenv("NEAR_SANDBOX_BIN_PATH", str(path))
    return path


def test_accounts_that_a_test_asks_for_are_made_together_where_each_takes_time(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.fixture
        async def known(near, alice):
            return [near.known_account(name) for name in ("bob", "carol")]

        @pytest.fixture
        async def carol(near):
            return await near.create_account("carol", "7 NEAR")

        async def test_together(near, known, bob):
            assert known == [bob, None]
            assert await bob.balance() == await near.balance(f"alice.{near.root.id}")

        async def test_one_of_the_projects_own(near, known, alice, bob, carol):
            assert known == [bob, None]
            assert await alice.balance() > await carol.balance()

        async def test_one_only(near, known):
            assert known == [None, None]
        """,
        "--near-node=binary",
    )
    result.assert_outcomes(passed=3)


def test_every_test_runs_on_each_node_with_each_protocol_version(run: Run) -> None:
    result = run(
        """
        async def test_it(near, alice):
            assert near.node.kind in ("embedded", "binary")
            await alice.transfer(near.root, "1 NEAR")

        def test_without_a_node():
            pass
        """,
        "-v",
        "--near-node=embedded",
        "--near-node=binary",
        "--near-protocol=85",
        "--near-protocol=86",
    )
    result.assert_outcomes(passed=5)
    for node in ("embedded", "binary"):
        for version in (85, 86):
            result.stdout.fnmatch_lines([f"near: {node} node, protocol {version}"])
            result.stdout.fnmatch_lines([f"*::test_it[[]{node}-{version}] PASSED*"])


def test_a_protocol_version_that_a_node_has_not_is_skipped_only_in_a_matrix(run: Run, drop_in: Path) -> None:
    drop_in.write_text(
        DROP_IN.replace("from near", "import os\nos.environ.pop('NEAR_HARNESS_PROTOCOL_VERSION', 0)\nfrom near", 1)
    )
    test = "async def test_it(near):\n    pass"
    result = run(test, "--near-node=binary", "--near-protocol=85", "--near-protocol=86")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["the test is to run with protocol 85, and the node binary runs 86:"])
    run(test, "--near-node=binary", "--near-protocol=85").assert_outcomes(errors=1)


def test_what_a_node_lacks_is_skipped_and_listed(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.near_needs("snapshot", "time_travel")
        async def test_goes_back(near):
            with near.anchor():
                await near.fast_forward(10)

        @pytest.mark.near_needs(protocol=1000)
        async def test_of_the_future(near):
            pass
        """,
        "--strict-markers",
        "--near-node=embedded,binary",
    )
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "*= not run: what the node lacks =*",
            "the test needs snapshot, which the node binary has not:",
            "  *::test_goes_back[[]binary]",
        ]
    )
    result.stdout.fnmatch_lines(["the test needs protocol 1000, and the node embedded runs 86:"])


def test_a_capability_that_does_not_exist_is_refused(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.near_needs("snapshots")
        async def test_it(near):
            pass
        """
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*test_it: near_needs takes names out of snapshot, time_travel, *not 'snapshots'"])


def test_a_failing_test_shows_what_the_node_wrote(run: Run) -> None:
    result = run(
        """
        import os, signal

        def test_dies(near_node):
            os.kill(near_node.pid, signal.SIGKILL)
            assert near_node.ended(within_s=10)
            assert False
        """,
        "--near-node=binary",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- near: log of the node binary -*",
            "*| sandbox, protocol 86: JSON-RPC on*",
            "*| [[]the process has ended with code -9]",
        ]
    )


def test_a_failing_test_shows_what_contracts_logged_and_printed(run: Run, contracts: Path, tmp_path: Path) -> None:
    printing = tmp_path / "printing.wasm"
    printing.write_bytes(write_printing_contract())
    source = f"""
        async def test_it(near, alice):
            pool = await near.deploy({str(contracts / "staking_pool.wasm")!r}, "pool")
            await pool.deposit_and_stake().by(alice).attach("7 NEAR")
            printing = await near.deploy({str(printing)!r}, "printing")
            await printing.prints().by(alice)
            await printing.fails().by(alice)
        """
    for node in ("embedded", "binary"):
        result = run(source, f"--near-node={node}", "--near-isolation=node")
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines(
            ["*- near: logs of contracts -*", "*pool*.deposit_and_stake*", "  | pool*.deposit_and_stake: *staked*"]
        )
        result.stdout.fnmatch_lines(
            [f"*- near: debug log of contracts on the node {node} -*", "  | so far", "  | and further", "  | before it fails"],
            consecutive=True,
        )
        own_log = f"near: log of the node {node}"  # the embedded node writes nothing but what contracts print
        assert (own_log in result.stdout.str()) == (node == "binary")


def test_without_snapshots_each_test_has_accounts_of_its_own(run: Run) -> None:
    run(
        """
        import pytest

        roots = set()

        @pytest.fixture(scope="module")
        async def shared(near):
            return await near.create_account("shared", "5 NEAR")

        @pytest.mark.parametrize("turn", range(3))
        async def test_it(near, shared, turn):
            roots.add(near.root.id)
            assert len(roots) == turn + 1
            dora = await near.create_account("dora")
            assert dora.id == f"dora.{near.root.id}"
            assert near.known_account("dora") is dora
            assert near.known_account("shared") is shared
            assert await shared.balance() == 5 * 10**24

        async def test_names_are_forgotten(near, alice):
            assert near.known_account("dora") is None
            assert near.known_account("alice") is alice
            assert (await near.create_account()).id == f"account-1.{near.root.id}"
        """,
        "--near-node=binary",
    ).assert_outcomes(passed=4)


def test_a_node_for_each_test(run: Run) -> None:
    run(
        """
        import pytest

        @pytest.fixture(scope="module")
        async def shared(near):
            return await near.create_account("shared")

        @pytest.mark.parametrize("turn", range(2))
        async def test_it(near, turn):
            assert near.root.id.endswith(".sandbox")
            await near.fast_forward(1000)
            assert await near.height() < 2000

        async def test_shared(shared):
            pass
        """,
        "--near-node=binary",
        "--near-isolation=node",
    ).assert_outcomes(passed=2, errors=1)


def test_workers_have_a_binary_each(run: Run) -> None:
    run(
        """
        import pytest

        @pytest.mark.parametrize("turn", range(4))
        async def test_it(near, alice, turn):
            await alice.transfer(near.root, "1 NEAR")
        """,
        "--near-node=binary",
        "-n2",
    ).assert_outcomes(passed=4)


def test_workers_share_a_remote_node(run: Run, drop_in: Path) -> None:
    from near_harness.nodes.base import NodeSettings
    from near_harness.nodes.binary import BinaryNode

    node = BinaryNode(NodeSettings(kind="binary", detail=str(drop_in)))
    node.start()
    try:
        run(
            """
            import pytest

            @pytest.mark.parametrize("turn", range(8))
            async def test_it(near, alice, turn):
                await alice.transfer(near.root, "1 NEAR")
            """,
            f"--near-node={node.rpc_url}",
            "-n3",
        ).assert_outcomes(passed=8)
    finally:
        node.stop()


def test_a_node_that_cannot_start_is_a_failure_and_tried_once(run: Run, drop_in: Path) -> None:
    drop_in.write_text(f"#!/bin/sh\necho again >> {drop_in}.tries\nexit 1\n")
    result = run("def test_one(near_node): pass\ndef test_two(near_node): pass", "--near-node=binary")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["BinaryMissing: *--version ended with code 1*"])
    result.stdout.no_fnmatch_line("*During handling of the above exception*")
    assert Path(f"{drop_in}.tries").read_text().count("again") == 1


_LONG = """
import time

def test_it(near, near_node):
    near.root
    with open("out", "a") as out:
        print("PID", near_node.pid, "FOLDER", near_node.folder, "URL", near_node.rpc_url, file=out)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [0, 2])
def test_nothing_is_left_however_pytest_ends(pytester: pytest.Pytester, number: signal.Signals, workers: int) -> None:
    pytester.makepyfile(**{f"test_{i}": _LONG for i in range(max(workers, 1))})
    log = pytester.path / "out"
    log.touch()
    command = [sys.executable, "-m", "pytest", "--near-node=binary", "-p", "no:cacheprovider", f"-n{workers}"]
    process = subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        found = _wait(lambda: _nodes_in(log, max(workers, 1)), 60)
        process.send_signal(number)
        process.wait(30)
    finally:
        process.kill()
        process.wait()
    for pid, folder, port in found:
        _wait(lambda pid=pid: not _runs(pid), 20)  # type: ignore[misc]
        _wait(lambda folder=folder: not Path(folder).exists(), 20)  # type: ignore[misc]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    _wait(lambda: not _keepers_of(process.pid), 20)


def _nodes_in(log: Path, wanted: int) -> list[tuple[int, str, int]]:
    found = re.findall(r"PID (\d+) FOLDER (\S+) URL http://127.0.0.1:(\d+)", log.read_text())
    return [(int(pid), folder, int(port)) for pid, folder, port in found] if len(found) == wanted else []


def _wait(ready: Callable[[], Any], limit_s: float) -> Any:
    until = time.monotonic() + limit_s
    while True:
        found = ready()
        if found:
            return found
        assert time.monotonic() < until, "it has not happened in time"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def _keepers_of(pid: int) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)  # noqa: S607
    return [line for line in listed.stdout.splitlines() if re.search(rf"keeper\.py {pid}$", line)]
