"""The binary kind: which binary is taken, what is said where none runs, and a node from its start to its end."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from nodes.programs import DROP_IN, program

from near_harness.errors import BinaryMissing, NodeStartFailed, OpenFileLimit, PortInUse, ProtocolMismatch, WrongArchitecture
from near_harness.nodes import binary
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.binary import BinaryNode, find_binary
from near_harness.nodes.ports import reserve_port


def node(**settings: object) -> BinaryNode:
    return BinaryNode(NodeSettings(kind="binary", **settings))  # type: ignore[arg-type]


def test_the_named_file_wins_over_the_path(tmp_path: Path, drop_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "bin"
    other.mkdir()
    program(other, DROP_IN)
    monkeypatch.setenv("PATH", f"{other}{os.pathsep}{os.environ['PATH']}")
    assert find_binary("") == drop_in
    assert find_binary(str(other / "near-sandbox")) == other / "near-sandbox"
    assert find_binary("2.13.4") is None  # a version is downloaded
    monkeypatch.delenv("NEAR_SANDBOX_BIN_PATH")
    assert find_binary("") == other / "near-sandbox"


def test_a_file_that_is_missing_or_no_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_SANDBOX_BIN_PATH", str(tmp_path / "nothing"))
    with pytest.raises(BinaryMissing, match=r"nothing \(NEAR_SANDBOX_BIN_PATH\) does not exist"):
        node().start()
    with pytest.raises(BinaryMissing, match="is a folder: name the file in it"):
        node(detail=str(tmp_path)).start()
    text = tmp_path / "text"
    text.write_text("no program")
    with pytest.raises(BinaryMissing, match=r"cannot be executed: chmod \+x"):
        find_binary(str(text)) if os.geteuid() else _not_executable(text)
    with pytest.raises(WrongArchitecture, match="it is built for another one, or is no program"):
        node(detail=str(program(tmp_path, "\x7fELF of another machine", "elf"))).start()
    with pytest.raises(BinaryMissing, match=r"--version ended with code 3.*\n.*  \| not today"):
        node(detail=str(program(tmp_path, "#!/bin/sh\necho not today\nexit 3\n", "broken"))).start()


def _not_executable(path: Path) -> None:
    path.chmod(stat.S_IRUSR)  # root may execute what has any x bit, and this has none
    find_binary(str(path))


@pytest.mark.usefixtures("drop_in")
def test_a_node_runs_and_leaves_nothing() -> None:
    running = node()
    running.start()
    folder, pid = running.folder, running.pid
    assert folder is not None and folder.is_dir()
    assert running.root_account_id == "sandbox"
    assert running.protocol_version == 86
    assert running.height > 0
    height = running.height
    running.fast_forward(100)
    assert running.height >= height + 100
    assert "JSON-RPC on" in running.log_since(0)
    assert running.log_since(running.log_position()) == ""
    running.stop()
    running.stop()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.usefixtures("drop_in")
def test_a_fresh_chain_begins_again() -> None:
    running = node()
    running.start()
    try:
        running.fast_forward(1000)
        running.renew()
        assert running.height < 1000
    finally:
        running.stop()


@pytest.mark.usefixtures("drop_in")
def test_block_times_are_written_into_the_configuration() -> None:
    running = node(block_time_ms=1500)
    running.start()
    try:
        assert running.folder is not None
        consensus = json.loads((running.folder / "home" / "config.json").read_bytes())["consensus"]
        assert consensus["min_block_production_delay"] == {"secs": 1, "nanos": 500_000_000}
        assert consensus["max_block_production_delay"] == {"secs": 6, "nanos": 0}
    finally:
        running.stop()


@pytest.mark.usefixtures("drop_in")
def test_a_protocol_version_that_was_asked_for_must_be_the_nodes(tmp_path: Path) -> None:
    running = node(protocol_version=85, protocol_chosen=True)
    running.start()
    assert running.protocol_version == 85  # the drop-in takes any
    running.stop()
    script = DROP_IN.replace("from near", "import os\nos.environ.pop('NEAR_HARNESS_PROTOCOL_VERSION', None)\nfrom near", 1)
    fixed = program(tmp_path, script, "fixed")
    with pytest.raises(ProtocolMismatch, match="runs protocol 86, but 85 was asked for"):
        node(detail=str(fixed), protocol_version=85, protocol_chosen=True).start()


def test_a_node_that_ends_shows_its_last_words(tmp_path: Path) -> None:
    script = '#!/bin/sh\ncase "$*" in *--version*) echo build near-harness; exit 0;; esac\necho genesis is broken\nexit 7\n'
    with pytest.raises(NodeStartFailed, match=r"init ended with code 7; (?s:.*)\| genesis is broken"):
        node(detail=str(program(tmp_path, script))).start()
    assert not list(Path("/tmp").glob(f"near-harness-{os.getpid()}-*"))  # noqa: S108 - what it would have left


def test_a_node_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_RPC_TIMEOUT_SECS", "1")
    script = '#!/bin/sh\ncase "$*" in *run*) echo thinking; exec sleep 60;; esac\necho build near-harness\n'
    with pytest.raises(NodeStartFailed, match=r"runs, but no answer within 1 s(?s:.*)\| thinking"):
        node(detail=str(program(tmp_path, script))).start()


def test_the_limit_of_open_files_is_told_before_the_node_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "open_files_allowed", lambda: 1024)
    real = program(tmp_path, "#!/bin/sh\necho 'near-sandbox (release 2.13.4) (build 2.13.4)'\n")
    with pytest.raises(OpenFileLimit, match=r"may open 65535 files, and the limit here is 1024.*ulimit -Hn 65535"):
        node(detail=str(real)).start()


@pytest.mark.usefixtures("drop_in")
def test_a_port_that_was_asked_for_and_is_taken() -> None:
    port = reserve_port()
    with pytest.raises(PortInUse, match=f"port {port.number} on 127.0.0.1 is in use"):
        node(port=port.number).start()
    port.release()
    running = node(port=port.number)
    running.start()
    assert running.rpc_url == f"http://127.0.0.1:{port.number}"
    running.stop()


def test_a_port_that_is_lost_at_the_last_moment_is_replaced(tmp_path: Path) -> None:
    script = DROP_IN.replace(
        "from near",
        "import sys, pathlib\nonce = pathlib.Path(__file__).with_name('once')\n"
        "if 'run' in sys.argv and not once.exists():\n    once.touch()\n    sys.exit('Address already in use')\nfrom near",
        1,
    )
    running = node(detail=str(program(tmp_path, script, "unlucky")))
    running.start()
    assert running.height > 0
    running.stop()
    assert (tmp_path / "once").exists()


@pytest.mark.usefixtures("drop_in")
def test_a_node_that_dies_says_so() -> None:
    running = node()
    running.start()
    try:
        os.kill(running.pid, 9)
        assert running.ended(within_s=10)
        assert running.log_since(0).endswith("[the process has ended with code -9]\n")
    finally:
        running.stop()
