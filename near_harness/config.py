"""Settings: the command line wins over the ini file, the ini file over the environment.

=================  ================  ====================================
option             ini key           environment variable
=================  ================  ====================================
``--near-node``      ``near_node``       ``NEAR_HARNESS_NODE``
``--near-protocol``  ``near_protocol``   ``NEAR_HARNESS_PROTOCOL_VERSION``
``--near-port``      ``near_port``       ``NEAR_HARNESS_PORT``
=================  ================  ====================================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from near_harness.errors import InvalidSetting
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import check_kind

DEFAULT_NODE = "embedded"
DEFAULT_PROTOCOL = "86"
"""The protocol version of the default node image, so that exact figures agree between kinds of node."""


@dataclass(frozen=True)
class Settings:
    """What was chosen."""

    node: NodeSettings

    @classmethod
    def resolve(
        cls,
        *,
        node: str | None = None,
        protocol_version: str | int | None = None,
        port: str | int | None = None,
        ini: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Settings:
        """Take each setting from the first place that has it: the arguments, ``ini``, the environment, the default.

        :raises UnknownNodeKind: naming the kinds.
        :raises InvalidSetting: for a protocol version or a port that is none; the text names where it was set.
        """
        ini, environ = ini or {}, os.environ if environ is None else environ

        def first(argument: object, option: str, key: str, variable: str, default: str) -> tuple[str, str]:
            places = (
                (None if argument is None else str(argument), option),
                (ini.get(key), f"ini key {key}"),
                (environ.get(variable), variable),
            )
            return next(((value, place) for value, place in places if value), (default, "the default"))

        kind, _ = first(node, "--near-node", "near_node", "NEAR_HARNESS_NODE", DEFAULT_NODE)
        protocol, protocol_place = first(
            protocol_version, "--near-protocol", "near_protocol", "NEAR_HARNESS_PROTOCOL_VERSION", DEFAULT_PROTOCOL
        )
        chosen_port, port_place = first(port, "--near-port", "near_port", "NEAR_HARNESS_PORT", "0")
        return cls(
            NodeSettings(
                kind=check_kind(kind),
                protocol_version=_protocol(protocol, protocol_place),
                port=_port(chosen_port, port_place),
            )
        )


def _protocol(text: str, place: str) -> int | None:
    if text == "latest":
        return None
    if text.isascii() and text.isdecimal() and int(text) > 0:
        return int(text)
    raise InvalidSetting(f"protocol version {text!r} ({place}): give a number such as 86, or 'latest'")


def _port(text: str, place: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= 65_535:
        return int(text)
    raise InvalidSetting(f"port {text!r} ({place}): give a number from 1 to 65535, or 0 for a free one")
