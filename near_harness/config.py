"""Settings: the command line wins over the ini file, the ini file over the environment.

=====================  ===================  =================================
option                 ini key              environment variable
=====================  ===================  =================================
``--near-node``        ``near_node``        ``NEAR_HARNESS_NODE``
``--near-protocol``    ``near_protocol``    ``NEAR_HARNESS_PROTOCOL_VERSION``
``--near-port``        ``near_port``        ``NEAR_HARNESS_PORT``
``--near-isolation``   ``near_isolation``   ``NEAR_HARNESS_ISOLATION``
``--near-block-time``  ``near_block_time``  ``NEAR_HARNESS_BLOCK_TIME``
``--near-fast``        ``near_fast``        ``NEAR_HARNESS_FAST``
``--near-genesis``     ``near_genesis``     ``NEAR_HARNESS_GENESIS``
``--near-config``      ``near_config``      ``NEAR_HARNESS_CONFIG``
``--near-bundle``      ``near_bundle``      ``NEAR_HARNESS_BUNDLE``
=====================  ===================  =================================

A node is written ``embedded``, ``docker``, ``docker:TAG``, ``docker:IMAGE``, ``binary``, ``binary:VERSION``, ``binary:PATH``,
``http://HOST:PORT``, or ``remote`` for the URL in ``NEAR_HARNESS_RPC_URL``. Nodes and protocol versions may be several, with
commas or as the option given several times: then every test runs on each node with each version.
"""

from __future__ import annotations

import difflib
import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from near_harness.errors import InvalidSetting
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.edits import Edit, files_are_edited, parse_edits
from near_harness.nodes.registry import check_kind

DEFAULT_NODE = "embedded"
DEFAULT_PROTOCOL = "86"
"""The protocol version of the default node image, so that exact figures agree between kinds of node."""
ISOLATIONS = ("accounts", "node")
"""How tests are kept apart on a node without snapshots: by accounts of their own, or each by a node of its own."""

BUNDLES = ("never", "failed", "always")
"""Of which tests bundles are written."""

Choice: TypeAlias = "str | int | Sequence[str] | None"


@dataclass(frozen=True)
class Settings:
    """What was chosen: every test runs on each of the nodes."""

    nodes: tuple[NodeSettings, ...]
    isolation: str = "accounts"
    bundle: str = "failed"

    @property
    def node(self) -> NodeSettings:
        """The first node, for what runs on one only."""
        return self.nodes[0]

    @property
    def protocol_versions(self) -> tuple[int | None, ...]:
        """The protocol versions that were chosen; None for the newest of the node."""
        return tuple(dict.fromkeys(node.protocol_version for node in self.nodes))

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """Take settings by their names, as somebody has written them.

        :raises InvalidSetting: for a name that is none, and for a value that cannot be used.
        """
        names = [name for name in inspect.signature(cls.resolve).parameters if name not in ("ini", "environ")]
        for name in given:
            if name not in names:
                alike = difflib.get_close_matches(name, names, n=1)
                hint = f"did you mean {alike[0]!r}?" if alike else f"there are {', '.join(names)}"
                raise InvalidSetting(f"there is no setting {name!r}; {hint}")
        return cls.resolve(**given)

    @classmethod
    def resolve(
        cls,
        *,
        node: Choice = None,
        protocol_version: Choice = None,
        port: str | int | None = None,
        isolation: str | None = None,
        block_time: str | int | None = None,
        fast: str | None = None,
        genesis: Sequence[str] | None = None,
        config: Sequence[str] | None = None,
        bundle: str | None = None,
        ini: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Settings:
        """Take each setting from the first place that has it: the arguments, ``ini``, the environment, the default.

        :raises UnknownNodeKind: naming the kinds.
        :raises InvalidSetting: for a value that cannot be used; the text names where it was set.
        """
        first = _Places(ini or {}, os.environ if environ is None else environ)
        nodes = first.several(node, "node", "NEAR_HARNESS_NODE", DEFAULT_NODE)
        protocols = first.several(protocol_version, "protocol", "NEAR_HARNESS_PROTOCOL_VERSION", DEFAULT_PROTOCOL)
        chosen_port = first.number(
            port, "port", "NEAR_HARNESS_PORT", (0, 65_535), "a number from 1 to 65535, or 0 for a free one"
        )
        milliseconds = first.number(
            block_time, "block-time", "NEAR_HARNESS_BLOCK_TIME", (1, 3_600_000), "milliseconds, from 1 to 3600000"
        )
        is_fast = first.one_of(("yes", "no"), fast, "fast", "NEAR_HARNESS_FAST", "yes") == "yes"
        of_genesis = first.edits(genesis, "genesis", "NEAR_HARNESS_GENESIS")
        of_config = first.edits(config, "config", "NEAR_HARNESS_CONFIG")
        made = dict.fromkeys(
            replace(
                parse_node(text, first.environ),
                fast=is_fast,
                genesis=of_genesis,
                config=of_config,
                protocol_version=parse_protocol(version, protocols[1]),
                protocol_chosen=protocols[1] != _DEFAULT,
                port=chosen_port or 0,
                block_time_ms=milliseconds,
            )
            for text in nodes[0]
            for version in protocols[0]
        )
        for settings in made:
            if settings.kind == "remote" and files_are_edited(settings):
                raise InvalidSetting(
                    f"the node {settings.name} runs already: its block time, genesis and configuration cannot be chosen any more"
                )
        return cls(
            tuple(made),
            first.one_of(ISOLATIONS, isolation, "isolation", "NEAR_HARNESS_ISOLATION", ISOLATIONS[0]),
            first.one_of(BUNDLES, bundle, "bundle", "NEAR_HARNESS_BUNDLE", "failed"),
        )

    def telling(self, tell: Callable[[str], None]) -> Settings:
        """Return the same, with somebody who hears what takes long."""
        return replace(self, nodes=tuple(replace(node, tell=tell) for node in self.nodes))

    def for_worker(self, number: int) -> Settings:
        """Return the same for one of several processes: a port that was chosen is the first one's, the others follow."""
        return replace(self, nodes=tuple(replace(node, port=node.port + number if node.port else 0) for node in self.nodes))


def parse_node(text: str, environ: Mapping[str, str]) -> NodeSettings:
    """Read one value of ``--near-node``.

    :raises UnknownNodeKind: naming the kinds.
    :raises InvalidSetting: for a remote node without an address.
    """
    if re.match(r"https?://", text):
        return NodeSettings(kind="remote", detail=text.rstrip("/"))
    kind, _, detail = text.partition(":")
    if check_kind(kind) == "remote":
        detail = detail or environ.get("NEAR_HARNESS_RPC_URL", "")
        if not re.match(r"https?://", detail):
            raise InvalidSetting(
                "node kind 'remote': give the address itself, --near-node=http://HOST:PORT, or NEAR_HARNESS_RPC_URL"
            )
    return NodeSettings(kind=kind, detail=detail.rstrip("/") if kind == "remote" else detail)


_DEFAULT = "the default"


@dataclass(frozen=True)
class _Places:
    """Where settings come from."""

    ini: Mapping[str, str]
    environ: Mapping[str, str]

    def one(self, argument: object, name: str, variable: str, default: str) -> tuple[str, str]:
        """Return the value from the first place that has one, and the place."""
        key = f"near_{name.replace('-', '_')}"
        places = (
            (None if argument is None else str(argument), f"--near-{name}"),
            (self.ini.get(key), f"ini key {key}"),
            (self.environ.get(variable), variable),
        )
        return next(((value, place) for value, place in places if value), (default, _DEFAULT))

    def one_of(self, choices: Sequence[str], argument: object, name: str, variable: str, default: str) -> str:
        """Return the value from the first place that has one, where it is one of these."""
        value, place = self.one(argument, name, variable, default)
        if value not in choices:
            raise InvalidSetting(f"{name} {value!r} ({place}): choose one of {', '.join(choices)}")
        return value

    def several(self, argument: Choice, name: str, variable: str, default: str) -> tuple[list[str], str]:
        """Return the values from the first place that has some, and the place."""
        given: Any = argument
        if isinstance(given, (list, tuple)):
            given = ",".join(str(value) for value in given)
        text, place = self.one(given, name, variable, default)
        values = [value for value in re.split(r"[,\s]+", text) if value] if place != f"--near-{name}" else text.split(",")
        return list(dict.fromkeys(value.strip() for value in values)), place

    def edits(self, argument: Sequence[str] | None, name: str, variable: str) -> tuple[Edit, ...]:
        """Return the changes of a file from the first place that has some: of the ini file and the environment one a line."""
        text, place = self.one("\n".join(argument) if argument else None, name, variable, "")
        try:
            return parse_edits(line for line in text.splitlines() if line.strip())
        except InvalidSetting as error:
            raise InvalidSetting(f"{name} ({place}): {error}") from None

    def number(self, argument: object, name: str, variable: str, limits: tuple[int, int], wanted: str) -> int | None:
        """Return a number, or None where no place has one."""
        text, place = self.one(argument, name, variable, "")
        if not text:
            return None
        if text.isascii() and text.isdecimal() and limits[0] <= int(text) <= limits[1]:
            return int(text)
        raise InvalidSetting(f"{name} {text!r} ({place}): give {wanted}")


def parse_protocol(text: str, place: str) -> int | None:
    """Read one value of ``--near-protocol``; None for the newest. ``place`` is where it was set.

    :raises InvalidSetting: where it is no number and not ``latest``.
    """
    if text == "latest":
        return None
    if text.isascii() and text.isdecimal() and int(text) > 0:
        return int(text)
    raise InvalidSetting(f"protocol version {text!r} ({place}): give a number such as 86, or 'latest'")
