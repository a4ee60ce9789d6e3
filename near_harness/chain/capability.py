"""The engine's chain behind a node, for what only a chain in this process can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from near_harness.errors import BadInput, CapabilityMissing
from near_harness.nodes.base import Node
from near_harness.nodes.engine import load_engine


def engine_chain(node: Node, what: str) -> Any:
    """Return the chain (``near_harness_engine.Chain``) of a node that has one in this process; ``what`` is needed for.

    :raises CapabilityMissing: where the node is another program.
    """
    if not node.capabilities.stepping:
        raise CapabilityMissing(f"{what}: the {node.kind} node cannot do that; the embedded node can (--near-node=embedded)")
    return node.chain  # type: ignore[attr-defined] # that is what the capability says


@contextmanager
def refusals(kind: type[BadInput] = BadInput) -> Iterator[None]:
    """Turn what the engine refuses into an error of the harness; its defects stay what they are."""
    engine = load_engine()
    try:
        yield
    except engine.EnginePanic:
        raise
    except (engine.EngineError, OverflowError) as error:
        raise kind(str(error)) from None
