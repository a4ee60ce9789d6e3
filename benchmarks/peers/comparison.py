"""All peers, one after the other, on this machine: the rows of the comparison."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rows import OURS, Row, Section

from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import create_node
from peers.peer import AS_NODE, Broken, Peer

_WORKERS_WAY = "not offered: a new node instead"
IN_PROCESS = (
    Peer("ours", f"{OURS}, embedded node", Section.IN_PROCESS, environ={"NEAR_HARNESS_NODE": "embedded"}, ours=True, tests=200),
    Peer(
        "litesvm",
        "LiteSVM (solders {}, Solana)",
        Section.IN_PROCESS,
        lacks={"view": "not offered: accounts are read as bytes", "rewind": "not offered in Python: a new chain instead"},
        tests=200,
    ),
    Peer("ton_sandbox", "TON Sandbox {}", Section.IN_PROCESS, tests=100),
)
CLIENTS = (
    Peer(
        "ours",
        f"{OURS}, the node as a process",
        Section.CLIENTS,
        lacks={"rewind": "not offered by a node as a process: new accounts instead"},
        environ={"NEAR_HARNESS_NODE": "binary"},
        ours=True,
    ),
    Peer(
        "near_kit_pypi",
        "near-kit {} (PyPI)",
        Section.CLIENTS,
        lacks={"start": "not offered without Docker", "rewind": "not offered: new accounts instead"},
    ),
    Peer("near_kit_npm", "near-kit {} (npm)", Section.CLIENTS),
    Peer("near_workspaces_npm", "near-workspaces {} (npm)", Section.CLIENTS, lacks={"rewind": _WORKERS_WAY}, tests=5),
)
OTHER_NODES = (Peer("anvil", "anvil {} (Ethereum), viem", Section.CLIENTS, tests=200),)
NEARCORE = Row(
    Section.CLIENTS,
    AS_NODE["start"],
    None,
    "",
    by="near-sandbox (nearcore's node)",
    why="not installed: no registry has it, its packages download it from a server; --near-sandbox PATH takes one",
)


class Comparison:
    """Measures everybody. A peer whose program fails has rows that say so, and what it said is in ``broken``."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self.broken: list[str] = []

    def rows(self, near_sandbox: str | None = None) -> list[Row]:
        """Return all figures. With ``near_sandbox``, a file, the clients are timed against that node as well."""
        own = str(Path(sys.executable).parent / "near-harness-sandbox")
        rows = [row for peer in IN_PROCESS for row in self._of(peer)]
        rows += self._clients(own, "")
        rows += [NEARCORE] if near_sandbox is None else self._clients(near_sandbox, f", {_version(near_sandbox)}")
        return rows + [row for peer in OTHER_NODES for row in self._of(peer)]

    def _clients(self, binary: str, beside: str) -> list[Row]:
        rows = []
        with _running(binary) as url:
            for peer in CLIENTS:
                rows += self._of(peer, {"NEAR_SANDBOX_BIN_PATH": binary, "NEAR_SANDBOX_URL": url}, beside)
        return rows

    def _of(self, peer: Peer, environ: Mapping[str, str] | None = None, beside: str = "") -> list[Row]:
        try:
            return peer.rows(self._calls, environ or {}, beside)
        except Broken as error:
            self.broken.append(str(error))
            return peer.absent("its program failed")


@contextmanager
def _running(binary: str) -> Iterator[str]:
    """The URL of a node for a client that starts none; its root account is ``sandbox``."""
    node = create_node(NodeSettings(kind="binary", detail=str(Path(binary).resolve())))
    node.start()
    try:
        yield node.rpc_url
    finally:
        node.stop()


def _version(binary: str) -> str:
    done = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.strip()
