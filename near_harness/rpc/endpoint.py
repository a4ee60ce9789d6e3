"""JSON-RPC to one address, without an event loop.

Addresses and headers may have keys in them, so no error and no text shows more of an address than its host, nor any header.
"""

from __future__ import annotations

import base64
import functools
import json
import os
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from urllib3.exceptions import HTTPError

from near_harness.errors import CertificateRefused, InvalidSetting, NodeUnreachable
from near_harness.rpc.connections import Where, close, connections
from near_harness.rpc.jsonrpc import request_of, result_of, shown_address

_TIMEOUT_S = 30.0
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*?)[ \t]*")
_SHOWN = 200
"""Characters of an answer that is none."""


@dataclass(frozen=True)
class Endpoint:
    """An address. ``headers`` are sent with each request; ``ca_file`` has the certificates of those who are trusted there.

    Without it they are the system's, or those of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``. Connections are kept for the next
    request until :meth:`close`.
    """

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        _parts(self.url)

    @property
    def host(self) -> str:
        """The host's name or address."""
        return _parts(self.url).hostname or ""

    @property
    def shown(self) -> str:
        """The address as texts may have it: without what may be a key."""
        return shown_address(self.url)

    def call(self, method: str, params: Any, timeout_s: float = _TIMEOUT_S) -> Any:
        """Return the ``result`` of a request.

        :raises NodeUnreachable: where nothing answers, or no JSON-RPC.
        :raises CertificateRefused: where the other side cannot show who it is.
        :raises RpcError: where the node answers with an error.
        """
        status, reason, text = self._posted(method, request_of(method, params), timeout_s)
        try:
            answer = json.loads(text)
        except ValueError:
            said = repr(text[:_SHOWN]) if text.strip() else "no text"
            raise NodeUnreachable(self._private(f"{self.shown} answers {method} with HTTP {status}{reason}: {said}")) from None
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            shown = self._private(repr(text[:_SHOWN]))
            raise NodeUnreachable(f"{self.shown} answers {method} with no JSON-RPC (HTTP {status}{reason}): {shown}")
        return result_of(method, status, answer)

    def close(self) -> None:
        """Close the connections that are kept to this address; the next request opens another."""
        close(self._where)

    def _posted(self, method: str, body: bytes, timeout_s: float) -> tuple[int, str, bytes]:
        """Send a request; the status of the answer, where it sends to instead, and its text."""
        parts = _parts(self.url)
        headers = {"Content-Type": "application/json", **_of_a_user(parts), **dict(self.headers)}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        pool = connections(self._where)
        try:
            response = pool.urlopen("POST", path, body, headers, retries=False, redirect=False, timeout=timeout_s)
        except HTTPError as error:
            cause = _cause(error)
            raise self._unreachable(method, cause) from cause
        elsewhere = response.headers.get("Location")
        return response.status, f", go to {shown_address(elsewhere)}" if elsewhere else "", response.data

    def _unreachable(self, method: str, cause: BaseException) -> NodeUnreachable:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return CertificateRefused(self.shown, cause.verify_message)
        if isinstance(cause, ssl.SSLError):
            said = cause.reason or cause
            return NodeUnreachable(f"{self.shown} does not speak TLS as it should ({said}): where it has none, write http://")
        return NodeUnreachable(self._private(f"{self.shown} does not answer {method}: {cause or type(cause).__name__}"))

    @property
    def _where(self) -> Where:
        parts, named = _parts(self.url), (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        return Where(parts.scheme, parts.hostname or "", parts.port, self.ca_file, named)

    def _private(self, text: str) -> str:
        """A text without the values of headers: some servers send back what they got."""
        for _, value in self.headers:
            for secret in (value, *value.split()):
                text = text.replace(secret, "…") if len(secret) >= 6 else text
        return text


def _cause(error: HTTPError) -> BaseException:
    """What has happened below the library, whose own words tell of its objects."""
    inner = (part for part in error.args if isinstance(part, BaseException))
    return next(inner, error.__cause__ or error)


def headers_of(lines: Iterable[str], where: str) -> tuple[tuple[str, str], ...]:
    """Read headers, each ``Name: value``.

    :raises InvalidSetting: for one that is none; its text is not shown, since it may be a key.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        read = _HEADER.fullmatch(line)
        if read is None:
            raise InvalidSetting(f"header {number} ({where}) is no header: write 'Name: value', in ASCII")
        found.append((read[1], read[2]))
    return tuple(found)


@functools.lru_cache(maxsize=64)
def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError as error:  # a port that is none, for example
        raise InvalidSetting(f"{shown_address(url.partition('?')[0])!r} is no address of a node: {error}") from None
    if not usable:
        raise InvalidSetting(f"{shown_address(url) if parts.netloc else url!r} is no address of a node: write http://HOST:PORT")
    return parts


def _of_a_user(parts: SplitResult) -> dict[str, str]:
    """What an address with a name and a password stands for."""
    if parts.username is None:
        return {}
    said = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(said.encode()).decode()}"}
