"""JSON-RPC as text: requests, and what the answers say. Without a way to send them, so that it costs nothing to import."""

from __future__ import annotations

import json
from typing import Any, Protocol
from urllib.parse import urlsplit

from near_harness.errors import rpc_error


class Questions(Protocol):
    """A node that can be asked where nothing is awaited."""

    def call(self, method: str, params: Any) -> Any:
        """Return the ``result`` of a request.

        :raises NodeError: where it does not answer.
        :raises RpcError: where it answers with an error.
        """


def request_of(method: str, params: Any) -> bytes:
    """Return a request in JSON-RPC."""
    return json.dumps({"jsonrpc": "2.0", "id": "near-harness", "method": method, "params": params}).encode()


def result_of(method: str, status: int, answer: dict[str, Any]) -> Any:
    """Return the ``result`` of an answer in JSON-RPC.

    :raises RpcError: where it is an error.
    """
    if "error" in answer:
        raise rpc_error(method, answer["error"], status)
    return answer["result"]


def shown_address(url: str) -> str:
    """An address without what may be a key in it: scheme, host and port, and a sign that there was more."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    more = "/…" if parts.path.strip("/") or parts.query else ""
    return f"{parts.scheme}://{host}{more}" if host else f"…{more}"
