"""JSON-RPC to a chain in this process, without an event loop and without HTTP: for questions, which wait for no blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from near_harness.errors import NodeError
from near_harness.nodes.answering import Requests
from near_harness.nodes.defect import internal_error
from near_harness.rpc.jsonrpc import request_of, result_of


class LocalRpc:
    """The way to a chain. ``chain`` gives it, or raises :class:`NodeError` where the node does not run.

    It can be pickled, as what holds it can: elsewhere the node is asked at its address, ``url``.
    """

    def __init__(self, chain: Callable[[], Requests], url: Callable[[], str] | None = None) -> None:
        self._chain, self._url = chain, url

    def __reduce__(self) -> tuple[Any, ...]:
        from near_harness.rpc.endpoint import Endpoint  # noqa: PLC0415 - an HTTP client, which a chain in this process needs for nothing else

        with suppress(NodeError):
            if self._url is not None:
                return Endpoint, (self._url(),)
        return LocalRpc, (_elsewhere,)

    def call(self, method: str, params: Any) -> Any:
        """Return the ``result`` of a request.

        :raises RpcError: where the node answers with an error.
        :raises NodeError: where the node does not run, or the answer needs blocks that are not there yet.
        """
        chain = self._chain()
        try:
            answer = chain.request(request_of(method, params))
        except Exception as error:  # noqa: BLE001 - a defect of the chain, told as a node tells it
            answer = internal_error(error)
        if not isinstance(answer, tuple):
            raise NodeError(f"{method} waits for blocks")
        status, text = answer
        return result_of(method, status, json.loads(text))


def _elsewhere() -> NoReturn:
    """Stand for a chain that was in the process where this was pickled, and had no address."""
    raise NodeError("the chain that this is about was in another process, or has ended")
