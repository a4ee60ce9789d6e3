"""Runs ``near-harness-sandbox`` as a process of its own, as the tools do that look for a ``near-sandbox``."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

_COMMAND = [sys.executable, "-m", "near_harness.sandbox"]
_START_LIMIT_S = 30.0


def command(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(  # noqa: S603 - the project's own command
        [*_COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **(environ or {})},
    )


def init(home: Path, *options: str, environ: Mapping[str, str] | None = None) -> None:
    """Make a home folder."""
    done = command("--home", str(home), "init", *options, environ=environ)
    assert done.returncode == 0, done.stderr


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class SandboxProcess:
    """A running node."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self._process = process
        self._port = port

    @property
    def url(self) -> str:
        """Where it serves JSON-RPC."""
        return f"http://{self.host}"

    @property
    def host(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + _START_LIMIT_S
        while not self._answers():
            if self._process.poll() is not None:
                raise RuntimeError(f"the node ended: {self._process.communicate()[1]}")
            if time.monotonic() > until:
                raise TimeoutError("the node did not come up")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return self.get("/status")[0] == 200
        except OSError:
            return False

    def end(self, number: signal.Signals) -> int:
        """Send a signal and return the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(number)
            self._process.communicate(timeout=20)
        return self._process.returncode

    def ended_by_itself(self) -> tuple[int, str]:
        """Wait until it ends; return its exit code and what it has written."""
        text = self._process.communicate(timeout=20)[1]
        return self._process.returncode, text

    def call(self, method: str, params: Any) -> dict[str, Any]:
        """Send a JSON-RPC request and return the whole answer."""
        body = json.dumps({"jsonrpc": "2.0", "id": "test", "method": method, "params": params}).encode()
        found: dict[str, Any] = json.loads(self.post(body)[1])
        return found

    def post(self, body: bytes, content_type: str = "application/json") -> tuple[int, bytes]:
        """Send a body and return HTTP status and body of the answer."""
        status, _, answer = self.fetch("POST", "/", body, {"Content-Type": content_type})
        return status, answer

    def get(self, path: str) -> tuple[int, bytes]:
        """Get a page."""
        status, _, answer = self.fetch("GET", path)
        return status, answer

    def fetch(
        self, verb: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send any request; returns status, headers and body."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request(verb, path, body, dict(headers or {}))
            answer: HTTPResponse = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


@contextmanager
def running(home: Path) -> Iterator[SandboxProcess]:
    """A node that serves a home folder, ended with SIGTERM."""
    port = free_port()
    addresses = ["--rpc-addr", f"127.0.0.1:{port}", "--network-addr", "127.0.0.1:0"]
    process = subprocess.Popen(  # noqa: S603 - the project's own command
        [*_COMMAND, "--home", str(home), "run", *addresses], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    node = SandboxProcess(process, port)
    try:
        node.wait_until_it_answers()
        yield node
    finally:
        node.end(signal.SIGTERM)
