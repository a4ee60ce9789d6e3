"""Doing again what a bundle says, on any kind of node, and telling where it comes out otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from near_harness.bundles.actions import code_hash
from near_harness.bundles.compare import Difference
from near_harness.bundles.form import Bundle, BundleError
from near_harness.bundles.player import Player
from near_harness.near import Near
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.registry import create_node
from near_harness.progress import Progress, untold


@dataclass
class Replay:
    """What came of a replay. ``notes`` tell what could not be done exactly as recorded."""

    bundle: Bundle
    kind: str
    protocol_version: int
    differences: list[Difference]
    notes: list[str] = field(default_factory=list)

    @property
    def same_protocol(self) -> bool:
        """Whether it ran with the protocol version that was recorded: then gas must be the same as well."""
        recorded: int = self.bundle.content["node"]["protocol_version"]
        return self.protocol_version == recorded

    @property
    def that_matter(self) -> list[Difference]:
        """The differences that neither the protocol version explains, nor where the chain was recorded."""
        return [one for one in self.differences if one.compared and (self.same_protocol or not one.cost)]

    @property
    def reproduces(self) -> bool:
        """Whether everything came out as recorded, except for costs where they need not be the same."""
        return not self.that_matter


async def replay(bundle: Bundle, settings: NodeSettings, progress: Progress = untold) -> Replay:
    """Start a node and do it again; ``progress`` is told how many of the steps are done.

    :raises BundleError: where the bundle lacks something, or cannot run on this kind of node.
    :raises NodeError: where the node cannot be started, or cannot do what was done.
    """
    if bundle.missing:
        raise BundleError(f"contracts were left out of the bundle: {', '.join(bundle.missing)}; give each with --contract FILE")
    node = create_node(replace(settings, genesis_time_ns=_genesis_time(bundle)))
    node.start()
    near = Near(node)
    try:
        player = Player(near, bundle, progress)
        await player.play()
        return Replay(bundle, node.kind, node.protocol_version, player.differences, player.notes)
    finally:
        await near.client.close()
        node.stop()


def with_contracts(bundle: Bundle, paths: tuple[Path, ...]) -> Bundle:
    """Return a bundle with contracts that were left out of it.

    :raises BundleError: for a file that cannot be read, or whose hash the bundle does not ask for.
    """
    codes = dict(bundle.codes)
    for path in paths:
        try:
            code = path.read_bytes()
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror}") from None
        if code_hash(code) not in bundle.content["contracts"]:
            wanted = ", ".join(bundle.missing) or "none, all are in it"
            raise BundleError(f"{path} has the hash {code_hash(code)}, which the bundle does not ask for; it wants: {wanted}")
        codes[code_hash(code)] = code
    return replace(bundle, codes=codes)


def _genesis_time(bundle: Bundle) -> int | None:
    found = bundle.content["start"].get("time_ns")
    return found if isinstance(found, int) and 0 <= found < 2**63 else None
