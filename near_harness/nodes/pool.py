"""The nodes of one pytest process: each is started when the first test asks for it, and never twice where it cannot start."""

from __future__ import annotations

from typing import Any

from near_harness.errors import HarnessError
from near_harness.nodes.base import Node, NodeSettings
from near_harness.nodes.registry import create_node


class NodePool:
    """Nodes by their settings."""

    def __init__(self) -> None:
        self._running: dict[NodeSettings, Node] = {}
        self._failed: dict[NodeSettings, HarnessError] = {}
        self._log_positions: dict[NodeSettings, Any] = {}

    def get(self, settings: NodeSettings) -> Node:
        """Return the node of these settings, started if need be.

        :raises HarnessError: where it cannot be started; the second time without another try.
        """
        if settings in self._failed:
            raise self._failed[settings]
        if settings not in self._running:
            try:
                node = create_node(settings)
                node.start()
            except HarnessError as error:
                self._failed[settings] = error
                raise
            self._running[settings] = node
        return self._running[settings]

    def stop(self, settings: NodeSettings) -> None:
        """Stop one node; harmless where it does not run."""
        node = self._running.pop(settings, None)
        self._log_positions.pop(settings, None)
        if node is not None:
            node.stop()

    def stop_all(self) -> None:
        """Stop all nodes."""
        for settings in list(self._running):
            self.stop(settings)

    def logs_begin(self) -> None:
        """Remember where the logs end now."""
        self._log_positions = {settings: node.log_position() for settings, node in self._running.items()}

    def logs(self, settings: NodeSettings) -> str:
        """Return what a node wrote since then, or since its start where it was started later."""
        node = self._running.get(settings)
        return "" if node is None else node.log_since(self._log_positions.get(settings, 0))
