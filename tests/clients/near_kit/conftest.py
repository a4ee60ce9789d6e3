"""A node for near-kit's own pytest plugin, which knows only Docker and the URL of a node that runs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

_START_LIMIT_S = 30.0


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/status", timeout=2) as answer:  # noqa: S310 - our own node, on loopback
            return bool(answer.status == 200)
    except OSError:
        return False


class _Node:
    """The drop-in command as a process; started before near-kit's fixtures look for a node."""

    def __init__(self) -> None:
        command = os.environ.get("NEAR_SANDBOX_BIN_PATH")
        if not command:
            raise pytest.UsageError("NEAR_SANDBOX_BIN_PATH has to name near-harness-sandbox: run scripts/test-clients")
        self._home = Path(tempfile.mkdtemp(prefix="near-harness-near-kit-"))
        named = ["--account-id", "sandbox", "--test-seed", "sandbox", "--chain-id", "sandbox"]
        subprocess.run([command, "--home", self._home, "init", "--fast", *named], check=True)  # noqa: S603
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        run = [command, "--home", str(self._home), "run", "--rpc-addr", address, "--network-addr", "127.0.0.1:0"]
        self._process = subprocess.Popen(run)  # noqa: S603
        self.url = f"http://{address}"
        until = time.monotonic() + _START_LIMIT_S
        while not _answers(self.url):
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise pytest.UsageError("the node did not come up")
            time.sleep(0.05)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        shutil.rmtree(self._home)


def pytest_configure(config: pytest.Config) -> None:
    node = _Node()
    config.add_cleanup(node.stop)
    os.environ["NEAR_SANDBOX_URL"] = node.url
