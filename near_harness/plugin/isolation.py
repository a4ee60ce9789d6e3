"""Every test starts from the same chain: which moments are opened when, and when the chain goes back to them.

* A fixture of a wider scope than a test (class, module, package, session) gets a moment before its setup; the chain goes back
  there after its teardown, or where it fails. What it does stays for the tests of its scope.
* A test gets one moment, after the wider fixtures and before the first fixture of its own; the chain goes back there after the
  last teardown of its own fixtures, which so still see what the test did.

The moments form one stack (:mod:`near_harness.chain.anchors`). Where the node has no snapshots, its names go back instead
(:mod:`near_harness.chain.namespaces`), or every test gets a node of its own.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from near_harness.errors import HarnessError
from near_harness.not_yet import on_trial

if TYPE_CHECKING:
    from near_harness.chain.anchors import Moment
    from near_harness.near import Near


class IsolationWarning(UserWarning):
    """The chain cannot go back where it should."""


class IsolationError(HarnessError):
    """The chain cannot be kept apart as was asked for."""


class Isolation:
    """The moments of one pytest run. Does nothing before the node runs."""

    def __init__(self) -> None:
        self._near: Near | None = None
        self._test: pytest.Item | None = None
        self._own: Moment | None = None
        self._in_own_part = False
        self._node_per_test = False

    def begin(self, near: Near, *, node_per_test: bool = False) -> None:
        """Start with a node that runs. ``node_per_test``: where it has no snapshots, a fresh one for each test."""
        self._near = near
        self._node_per_test = node_per_test and not near.node.capabilities.snapshot
        if self._in_own_part:
            self._open_own()

    def end(self) -> None:
        """Forget the node."""
        self._near = self._own = None

    def test_begins(self, item: pytest.Item) -> None:
        """Begin with a test, before any of its fixtures."""
        self._test, self._own, self._in_own_part = item, None, False
        if self._near is not None:
            self._near.begin_debug_log()

    def own_part_begins(self) -> None:
        """Open the test's own moment: the wider fixtures are done. Called before each fixture of its own, and its call."""
        self._in_own_part = True
        if self._near is not None and self._own is None:
            self._open_own()

    def before_wider_fixture(self, fixturedef: pytest.FixtureDef[Any]) -> Moment | None:
        """Open a fixture's moment."""
        if self._near is None:
            return None
        return self._near.anchors.open(f"{fixturedef.scope} fixture {fixturedef.argname}")

    def after_wider_fixture(self, fixturedef: pytest.FixtureDef[Any], moment: Moment | None) -> None:
        """Keep a fixture's moment for its teardown, or drop it where the fixture left the chain alone."""
        near = self._near
        if near is None or moment is None:
            return
        if near.anchors.drop_if_unchanged(moment):
            return
        if self._node_per_test:
            raise IsolationError(
                f"the {fixturedef.scope} fixture {fixturedef.argname!r} changed the chain, and each test has a node of its own: "
                "make it a fixture of the test, or use --near-isolation=accounts"
            )
        if self._own is not None:
            warnings.warn(
                f"the {fixturedef.scope} fixture {fixturedef.argname!r} changed the chain inside a test: what the test did "
                "before stays until the fixture ends; request it as an argument of the test",
                IsolationWarning,
                stacklevel=2,
            )

    def wider_fixture_failed(self, moment: Moment | None) -> None:
        """Go back to before a fixture that has failed, or as soon as nothing stands on what it did."""
        if self._near is not None and moment is not None:
            self._near.anchors.close(moment)

    @contextmanager
    def example(self) -> Iterator[None]:
        """Go back after one of the many runs that a test has under Hypothesis."""
        with on_trial(), ExitStack() as stack:
            if self._near is not None:
                stack.enter_context(self._near.anchors.anchor("example"))
                stack.enter_context(self._near.example())
            yield

    def closing(self, moment: Moment | None) -> functools.partial[None]:
        """Return what brings the chain back to a moment."""
        return functools.partial(self._close, moment)

    def _open_own(self) -> None:
        near, item = self._near, self._test
        if near is None or item is None:
            return
        if self._node_per_test and near.has_changed:
            near.renew()
        self._own = near.anchors.open(f"test {item.name}")
        item.addfinalizer(self.closing(self._own))

    def _close(self, moment: Moment | None) -> None:
        if self._near is not None and moment is not None:
            self._near.anchors.close(moment)
        if moment is self._own:
            self._own, self._in_own_part = None, False
