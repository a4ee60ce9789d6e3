"""What ``config.json`` sets of a running node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from near_harness.sandbox.files import CONFIG, GENESIS, NODE_KEY, VALIDATOR_KEY, BrokenHome, read_json


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``host:port``, the host of IPv6 in brackets.

        :raises ValueError: where it is none.
        """
        host, colon, port = text.rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            colon = ""
        if not (colon and host and port.isascii() and port.isdecimal() and int(port) <= 65_535):
            raise ValueError(f"{text!r} is no address: write HOST:PORT, such as 127.0.0.1:3030")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


_LEAST_BLOCK_TIME_S = 0.001


@dataclass(frozen=True)
class Settings:
    """The part of ``config.json`` that this node obeys."""

    genesis: Path
    rpc: Address
    origins: tuple[str, ...]
    """Whose pages in a browser may ask: ``*`` for all."""
    most_bytes: int
    """The largest body of a request."""
    patience_s: float
    """How long a request may wait for blocks before it is answered with TIMEOUT_ERROR."""
    max_gas_burnt_view: int | None
    """The most gas of a view call."""
    block_time_s: float
    """How long it is from block to block where nobody waits for one."""
    node_key_file: Path
    node_public_key: str | None
    validator_key_file: Path
    validator_key: str | None
    """The secret key, with which blocks are signed."""
    text: str
    """All of ``config.json``, for those who ask how the node is configured."""

    @classmethod
    def read(cls, home: Path) -> Settings:
        """Read them from a home folder.

        :raises BrokenHome: naming the setting that cannot be used.
        """
        path = home / CONFIG
        content = read_json(path)
        found = _Reader(path, content)
        node_key = home / found.get(("node_key_file",), str, NODE_KEY)
        validator_key = home / found.get(("validator_key_file",), str, VALIDATOR_KEY)
        address = found.get(("rpc", "addr"), str, "0.0.0.0:3030")
        try:
            rpc = Address.parse(address)
        except ValueError as error:
            raise BrokenHome(f"{path}: rpc.addr: {error}") from None
        return cls(
            genesis=home / found.get(("genesis_file",), str, GENESIS),
            rpc=rpc,
            origins=tuple(str(origin) for origin in found.get(("rpc", "cors_allowed_origins"), list, ["*"])),
            most_bytes=found.get(("rpc", "limits_config", "json_payload_max_size"), int, 10 * 1024 * 1024),
            max_gas_burnt_view=found.get(("max_gas_burnt_view",), int, None),
            block_time_s=max(found.seconds(("consensus", "min_block_production_delay"), 0.1), _LEAST_BLOCK_TIME_S),
            node_key_file=node_key,
            node_public_key=_key(node_key, "public_key"),
            validator_key_file=validator_key,
            validator_key=_key(validator_key, "secret_key"),
            text=json.dumps(content),
            patience_s=found.seconds(("rpc", "polling_config", "polling_timeout"), 10.0),
        )


def _key(path: Path, name: str) -> str | None:
    found: str | None = _Reader(path, read_json(path)).get((name,), str, None) if path.exists() else None
    return found


class _Reader:
    """Values by their path in the file; what is absent has its default, what has the wrong type is an error."""

    def __init__(self, path: Path, content: Any) -> None:
        self._path = path
        if not isinstance(content, dict):
            raise BrokenHome(f"{path}: a JSON object was expected")
        self._content: Mapping[str, Any] = content

    def get(self, place: tuple[str, ...], kind: type[Any], default: Any) -> Any:
        value: Any = self._content
        for key in place:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return default
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BrokenHome(f"{self._path}: {'.'.join(place)} is {value!r}, but {kind.__name__} was expected")
        return value

    def seconds(self, place: tuple[str, ...], default: float) -> float:
        value = self.get(place, dict, None)
        if value is None:
            return default
        whole = self.get((*place, "secs"), int, 0)
        fraction = self.get((*place, "nanos"), int, 0)
        return float(whole) + float(fraction) / 1e9
