"""The command line wins over the ini file, the ini file over the environment; what cannot be used is refused."""

from __future__ import annotations

from typing import Any

import pytest

import near_harness.sync
from near_harness.config import Settings
from near_harness.errors import InvalidSetting, NodeKindUnavailable, UnknownNodeKind
from near_harness.nodes.base import NodeSettings


def _resolve(**given: Any) -> NodeSettings:
    return Settings.resolve(**{"environ": {}, **given}).node


def test_the_defaults() -> None:
    assert _resolve() == NodeSettings(kind="embedded", protocol_version=86, port=0)


def test_a_setting_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(InvalidSetting, match="there is no setting 'nodee'; did you mean 'node'"):
        Settings.of({"nodee": "embedded"})
    with pytest.raises(InvalidSetting, match="there is no setting 'x'; there are node, protocol_version, port, "):
        near_harness.sync.start(x=1)


def test_the_first_place_wins() -> None:
    environ, ini = {"NEAR_HARNESS_PROTOCOL_VERSION": "84"}, {"near_protocol": "85"}
    assert _resolve(environ=environ).protocol_version == 84
    assert _resolve(environ=environ, ini=ini).protocol_version == 85
    assert _resolve(environ=environ, ini=ini, protocol_version="87").protocol_version == 87
    assert _resolve(environ=environ, ini={"near_protocol": ""}).protocol_version == 84


def test_latest_is_left_to_the_node() -> None:
    assert _resolve(protocol_version="latest").protocol_version is None


def test_an_unknown_kind_names_the_kinds() -> None:
    with pytest.raises(UnknownNodeKind, match="unknown kind of node 'testnet': choose one of embedded, docker, binary, remote"):
        _resolve(environ={"NEAR_HARNESS_NODE": "testnet"})


def test_a_kind_of_a_later_version_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("near_harness.nodes.registry.KINDS", ("embedded", "moon"))
    with pytest.raises(NodeKindUnavailable, match="'moon' is not in this version of near-harness: use embedded"):
        _resolve(node="moon")


@pytest.mark.parametrize("value", ["new", "-1", "8.6", "0", "²"])
def test_a_protocol_version_that_is_none(value: str) -> None:
    with pytest.raises(InvalidSetting, match=r"\(ini key near_protocol\): give a number such as 86, or 'latest'"):
        _resolve(ini={"near_protocol": value})


@pytest.mark.parametrize("value", ["http", "-1", "65536"])
def test_a_port_that_is_none(value: str) -> None:
    with pytest.raises(InvalidSetting, match=r"\(NEAR_HARNESS_PORT\): give a number from 1 to 65535"):
        _resolve(environ={"NEAR_HARNESS_PORT": value})
