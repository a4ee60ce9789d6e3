"""Node kinds by name. To add a kind: one module here with ``create(settings)`` and ``readiness()``, its name in ``KINDS``."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from near_harness.errors import NodeKindUnavailable, UnknownNodeKind
from near_harness.nodes.base import Node, NodeSettings, Readiness

KINDS = ("embedded", "docker", "binary", "remote")


def check_kind(kind: str) -> str:
    """Return ``kind`` where there is one of that name in this version.

    :raises UnknownNodeKind: naming the kinds.
    :raises NodeKindUnavailable: for a kind that this version does not have yet.
    """
    if kind not in KINDS:
        raise UnknownNodeKind(f"unknown kind of node {kind!r}: choose one of {', '.join(KINDS)}")
    if importlib.util.find_spec(f"{__package__}.{kind}") is None:
        raise NodeKindUnavailable(f"node kind {kind!r} is not in this version of near-harness: use {', '.join(available())}")
    return kind


def available() -> tuple[str, ...]:
    """Return the kinds that this version has."""
    return tuple(kind for kind in KINDS if importlib.util.find_spec(f"{__package__}.{kind}") is not None)


def create_node(settings: NodeSettings) -> Node:
    """Make a node of the kind in ``settings``, not started yet.

    :raises UnknownNodeKind: naming the kinds.
    :raises NodeError: where the kind cannot run; the text names the remedy.
    """
    node: Node = _module(settings.kind).create(settings)
    return node


def readiness(kind: str) -> Readiness:
    """Say whether a kind can run on this machine."""
    try:
        found: Readiness = _module(kind).readiness()
    except NodeKindUnavailable as error:
        return Readiness(ready=False, detail=str(error))
    return found


def _module(kind: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.{check_kind(kind)}")
