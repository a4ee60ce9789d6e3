"""Options, modes of pytest-asyncio, and what happens where no node can be had."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from plugin.conftest import Run

CONTRACTS = Path(__file__).parent.parent.parent / "contracts" / "compiled"

_USES_THE_NODE = """
    async def test_it(near, alice):
        assert await alice.balance() == 100 * 10**24
"""


def test_no_conftest_is_needed(run: Run) -> None:
    result = run(_USES_THE_NODE)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["near: embedded node, protocol 86"])


@pytest.mark.parametrize("mode", ["asyncio_mode = strict", ""])
def test_strict_mode_runs_what_uses_the_node(run: Run, mode: str) -> None:
    run(
        """
        import pytest

        @pytest.fixture
        async def dora(near):
            yield await near.create_account("dora", "1 NEAR")

        @pytest.fixture(scope="module")
        async def emil(near):
            return await near.create_account("emil", "1 NEAR")

        async def test_it(dora, emil):
            assert await dora.balance() == await emil.balance() == 10**24

        class TestMethods:
            async def test_it(self, alice, bob):
                await alice.transfer(bob, "1 NEAR")
        """,
        ini=mode,
    ).assert_outcomes(passed=2)


def test_strict_mode_leaves_other_tests_alone(run: Run) -> None:
    result = run(
        """
        async def test_it():
            pass
        """,
        ini="asyncio_mode = strict",
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*async def functions are not natively supported*"])


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_one_node_serves_loops_of_every_scope(run: Run, scope: str) -> None:
    run(
        f"""
        import pytest

        @pytest.fixture(scope="module")
        async def dora(near):
            return await near.create_account("dora")

        @pytest.mark.asyncio(loop_scope="{scope}")
        async def test_one(dora, alice):
            await alice.transfer(dora, "1 NEAR")

        @pytest.mark.asyncio(loop_scope="{scope}")
        async def test_two(dora, alice):
            await dora.transfer(alice, "1 NEAR")
        """
    ).assert_outcomes(passed=2)


def test_one_node_serves_the_whole_session(run: Run) -> None:
    run(
        test_a="def test_it(near_node):\n    import builtins\n    builtins.seen = near_node.rpc_url",
        test_b="def test_it(near_node):\n    import builtins\n    assert builtins.seen == near_node.rpc_url",
    ).assert_outcomes(passed=2)


def test_workers_have_a_node_each(run: Run) -> None:
    run(
        """
        import pytest

        @pytest.mark.parametrize("turn", range(6))
        async def test_it(near, turn):
            await near.create_account("dora")
        """,
        "-n2",
        "-W",
        "default",
    ).assert_outcomes(passed=6)


@pytest.mark.parametrize("place", ["option", "ini", "environment"])
def test_an_unknown_kind_of_node_is_a_usage_error(run: Run, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    if place == "environment":
        monkeypatch.setenv("NEAR_HARNESS_NODE", "testnet")
    result = run(
        _USES_THE_NODE,
        *(["--near-node=testnet"] if place == "option" else []),
        ini="near_node = testnet" if place == "ini" else "",
    )
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: unknown kind of node 'testnet': choose one of embedded, docker, binary, remote"])


def test_the_option_wins_over_the_ini_file_and_that_over_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_HARNESS_PROTOCOL_VERSION", "84")
    source = "def test_it(near_node):\n    assert near_node.protocol_version == {}"
    run(source.format(84)).assert_outcomes(passed=1)
    run(source.format(85), ini="near_protocol = 85").assert_outcomes(passed=1)
    run(source.format(86), "--near-protocol=86", ini="near_protocol = 85").assert_outcomes(passed=1)


def test_the_newest_protocol_version_by_name(run: Run) -> None:
    run(
        """
        def test_it(near_node):
            assert near_node.protocol_version == near_node.capabilities.protocol_versions[1]
        """,
        "--near-protocol=latest",
    ).assert_outcomes(passed=1)


def test_a_protocol_version_that_the_engine_does_not_run_is_an_error(run: Run) -> None:
    result = run(_USES_THE_NODE, "--near-protocol=9999")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*InvalidSetting: protocol version 9999: the engine runs * to *"])


def test_a_protocol_version_that_is_none_is_a_usage_error(run: Run) -> None:
    result = run(_USES_THE_NODE, "--near-protocol=new")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: protocol version 'new' (--near-protocol): give a number such as 86, or 'latest'"])


def test_a_port_in_use_is_an_error_that_names_it(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(_USES_THE_NODE, f"--near-port={port}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*PortInUse: port {port} on 127.0.0.1 is in use by another program: choose another, or 0*"])


def test_a_port_of_choice(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run(
        f"def test_it(near_node):\n    assert near_node.rpc_url == 'http://127.0.0.1:{port}'", f"--near-port={port}"
    ).assert_outcomes(passed=1)


_WITHOUT_ENGINE = "import sys\nsys.modules['near_harness_engine'] = None"


def test_a_missing_engine_is_an_error_that_names_the_command(run: Run) -> None:
    result = run(test_it=_USES_THE_NODE, conftest=_WITHOUT_ENGINE)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*EngineMissing: the embedded node needs the engine*: pip install 'near-harness?engine?'*"])


def test_an_engine_of_another_version_is_an_error_that_names_both(run: Run) -> None:
    result = run(
        test_it=_USES_THE_NODE,
        conftest="import sys, types\nsys.modules['near_harness_engine'] = types.SimpleNamespace(__version__='9.9.9')",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*EngineMismatch: near-harness * needs near-harness-engine *, but 9.9.9 is installed: pip install*"]
    )


def test_tests_without_a_node_need_no_engine(run: Run) -> None:
    run(test_it="def test_it():\n    pass", conftest=_WITHOUT_ENGINE).assert_outcomes(passed=1)


def test_the_plugin_loads_nothing_heavy(run: Run) -> None:
    run("""
        import sys

        def test_it():
            for heavy in ("aiohttp", "py_near", "nacl", "rich.tree", "near_harness_engine", "zstandard"):
                assert heavy not in sys.modules
    """).assert_outcomes(passed=1)


def test_a_test_on_the_embedded_node_needs_no_http(run: Run) -> None:
    """What takes a third of the time of a run of one test, where it is imported."""
    run(f"""
        import sys

        async def test_it(near, alice):
            bank = await near.deploy({str(CONTRACTS / "bank.wasm")!r}, "bank")
            assert await bank.credit_of(account=alice) == "0"
            tx = await alice.transfer(near.root, "1 NEAR")
            assert tx.ledger.state
            assert repr(near) == "<Near embedded node, protocol 86>"
            for heavy in ("aiohttp", "urllib3", "pydantic", "rich.tree"):
                assert heavy not in sys.modules
            assert near.node.rpc_url.startswith("http://127.0.0.1:")
            assert "aiohttp" in sys.modules
    """).assert_outcomes(passed=1)


def test_a_failing_transaction_shows_its_tree(run: Run) -> None:
    result = run("""
        async def test_it(alice):
            await alice.transfer("nobody.sandbox", "1 NEAR")
    """)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*AccountDoesNotExist: account_id nobody.sandbox*",
            "*transaction * alice.sandbox -> nobody.sandbox  FAILED*",
            "*#1 FAILED nobody.sandbox: Transfer*from alice.sandbox*",
        ]
    )


def test_without_pytest_asyncio_other_tests_still_run(run: Run) -> None:
    run("def test_it(near_node):\n    assert near_node.height >= 0", "-p", "no:asyncio", "-W", "default", ini="").assert_outcomes(
        passed=1
    )
