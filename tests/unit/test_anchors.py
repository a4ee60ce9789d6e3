"""The chain goes back from the top of the stack only."""

from __future__ import annotations

import pytest

from near_harness.chain.anchors import AnchorStack


class Chain:
    """A number that stands for a chain."""

    def __init__(self) -> None:
        self.state = 0
        self.restored: list[int] = []

    def restore(self, state: int) -> None:
        self.state = state
        self.restored.append(state)

    def stack(self) -> AnchorStack:
        return AnchorStack(lambda: self.state, self.restore, lambda: self.state)


def test_goes_back_in_the_order_of_a_stack() -> None:
    chain = Chain()
    stack = chain.stack()
    first = stack.open("first")
    chain.state = 1
    second = stack.open("second")
    chain.state = 2
    assert list(stack.labels) == ["first", "second"]
    stack.close(second)
    assert chain.state == 1
    stack.close(first)
    assert chain.state == 0
    assert not stack.labels


def test_one_that_is_closed_early_waits_for_those_above_it() -> None:
    chain = Chain()
    stack = chain.stack()
    low, high = stack.open(), None
    chain.state = 1
    high = stack.open()
    chain.state = 2
    stack.close(low)
    assert chain.state == 2
    stack.close(high)
    assert chain.restored == [0]


def test_closing_twice_is_harmless() -> None:
    chain = Chain()
    stack = chain.stack()
    moment = stack.open()
    stack.close(moment)
    chain.state = 5
    stack.close(moment)
    assert chain.state == 5


def test_a_with_block_goes_back_when_it_fails() -> None:
    chain = Chain()
    stack = chain.stack()

    def fails() -> None:
        with stack.anchor():
            chain.state = 3
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert chain.state == 0


def test_a_moment_is_dropped_only_where_nothing_changed() -> None:
    chain = Chain()
    stack = chain.stack()
    quiet = stack.open()
    assert stack.drop_if_unchanged(quiet)
    assert chain.restored == []
    loud = stack.open()
    chain.state = 1
    assert not stack.drop_if_unchanged(loud)
    covered = stack.open()
    stack.open()
    assert not stack.drop_if_unchanged(covered)
