"""JSON-RPC without an event loop: for what is read when a test looks at it, not when it awaits."""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from near_harness.errors import NodeUnreachable, rpc_error

_TIMEOUT_S = 30.0


def ask(rpc_url: str, method: str, params: Any) -> Any:
    """Call an RPC method and return its result.

    :raises NodeUnreachable: where nothing answers.
    :raises RpcError: where the node answers with an error.
    """
    url = urlsplit(rpc_url)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=_TIMEOUT_S)
    body = json.dumps({"jsonrpc": "2.0", "id": "near-harness", "method": method, "params": params})
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NodeUnreachable(f"{rpc_url} does not answer {method}: {error}") from error
    finally:
        connection.close()
    if "error" in answer:
        raise rpc_error(method, answer["error"], response.status)
    return answer["result"]
