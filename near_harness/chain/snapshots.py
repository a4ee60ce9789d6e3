"""The chain at a moment, and back to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from near_harness.bundles.history import History, Step
from near_harness.chain.namespaces import Namespace, Namespaces
from near_harness.errors import BadInput
from near_harness.nodes.base import Node
from near_harness.rpc.client import Client

if TYPE_CHECKING:
    from near_harness.accounts import Account
    from near_harness.chain.anchors import Anchor, AnchorStack
    from near_harness.outcome import Outcome
    from near_harness.puppets.registry import Puppets, RememberedPuppets


@dataclass(frozen=True)
class _Moment:
    """What a façade goes back to: the chain, and what it knows of it."""

    snapshot: Any
    namespaces: tuple[Namespace, ...]
    accounts: dict[str, Account]
    names_taken: set[str]
    puppets: RememberedPuppets
    history: Step | None

    def __repr__(self) -> str:
        accounts = f"{len(self.accounts)} account{'' if len(self.accounts) == 1 else 's'}"
        return f"<a moment of the chain, with {accounts} known to the harness: near.restore(…) goes back to it>"


class Snapshots:
    """The part of :class:`near_harness.Near` that goes back. Where the chain cannot, the names do."""

    node: Node
    client: Client
    anchors: AnchorStack
    observers: list[Callable[[Outcome, str], None]]
    example_observers: list[Callable[[], AbstractContextManager[None]]]
    puppets: Puppets
    history: History
    _namespaces: Namespaces
    _accounts: dict[str, Account]
    _names_taken: set[str]
    _changes: int

    def snapshot(self) -> Any:
        """Return the chain at this moment, for :meth:`restore`: state, height, time, everything.

        :raises CapabilityMissing: where the node cannot.
        """
        return self._remember() if self.node.capabilities.snapshot else self.node.snapshot()

    def restore(self, snapshot: Any) -> None:
        """Bring the chain back to a snapshot, as often as wanted.

        :raises BadInput: for what is no snapshot.
        :raises CapabilityMissing: where the node cannot.
        """
        if not self.node.capabilities.snapshot:
            self.node.restore(snapshot)
        if not isinstance(snapshot, _Moment):
            raise BadInput(f"{snapshot!r} is no snapshot: near.snapshot() makes them")
        self._go_back(snapshot)

    def anchor(self, label: str = "") -> Anchor:
        """Roll back, at the end of a ``with`` block (or ``async with``, which is the same), whatever it did to the chain.

        :raises CapabilityMissing: where the node cannot.
        """
        if not self.node.capabilities.snapshot:
            self.node.snapshot()
        return self.anchors.anchor(label)

    @contextmanager
    def unobserved(self) -> Iterator[None]:
        """Let no observer hear of what is sent inside ``with``: trials, that are rolled back."""
        observers, self.observers = self.observers, []
        try:
            yield
        finally:
            self.observers = observers

    @contextmanager
    def example(self) -> Iterator[None]:
        """Let observers know that what is sent inside ``with`` is one of many examples of a test."""
        with ExitStack() as stack:
            for observe in self.example_observers:
                stack.enter_context(observe())
            yield

    def _remember(self) -> _Moment:
        snapshot = self.node.snapshot() if self.node.capabilities.snapshot else None
        moment = _Moment(
            snapshot,
            self._namespaces.stack,
            dict(self._accounts),
            set(self._names_taken),
            self.puppets.remember(),
            self.history.newest,
        )
        if snapshot is None:
            self._namespaces.enter()
        return moment

    def _mark(self) -> int:
        return self.node.height if self.node.capabilities.snapshot else self._changes

    def _go_back(self, moment: _Moment) -> None:
        if moment.snapshot is not None:
            self.node.restore(moment.snapshot)
            self.client.forget_nonces()
        self._namespaces.go_back(moment.namespaces)
        self.history.go_back(moment.history, with_the_chain=moment.snapshot is not None)
        self._accounts, self._names_taken = dict(moment.accounts), set(moment.names_taken)
        self.puppets.go_back(moment.puppets, with_the_chain=moment.snapshot is not None)
