"""Outside of tests a warning says what was never awaited, as Python says it of coroutines."""

from __future__ import annotations

import asyncio
import operator
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from near_harness.errors import BadInput
from near_harness.not_begun import begun_by_await
from near_harness.not_yet import NeverAwaited, NotYet, Warner, heard_by, on_trial, take
from near_harness.transactions import View


@dataclass(frozen=True, eq=False, repr=False)
class _Call(NotYet):
    name: str

    def __str__(self) -> str:
        return self.name


class _Heard(list[str]):
    def hear(self, forgotten: str) -> None:
        self.append(forgotten)


@pytest.fixture
def heard() -> Any:
    heard = _Heard()
    heard_by(heard)
    yield heard
    heard_by(None)


def test_who_listens_hears_of_what_is_let_go_of(heard: _Heard) -> None:
    _Call("one")
    _Call("two").taken()
    kept = _Call("three")
    assert heard == ["one was never awaited: nothing was sent"]
    del kept
    assert heard[1:] == ["three was never awaited: nothing was sent"]


def test_what_is_handed_over_is_not_missed(heard: _Heard) -> None:
    take([_Call("one"), (_Call("two"), 3, "four"), [[_Call("five")]]])
    assert heard == []


def test_who_listened_when_it_was_made_hears_of_it(heard: _Heard) -> None:
    call = _Call("one")
    heard_by(None)
    later = _Call("two")
    del call, later
    assert heard == ["one was never awaited: nothing was sent"]


def test_a_warning_outside_of_tests(heard: _Heard) -> None:
    heard_by(Warner())
    with pytest.warns(NeverAwaited, match=r"^one was never awaited: nothing was sent$"):
        _Call("one")
    assert heard == []


def test_what_fails_while_it_is_made_or_lives_to_the_end_is_not_missed() -> None:
    program = (
        "import near_harness.transactions as t\n"
        "try:\n    t.Call(1)\nexcept TypeError:\n    pass\n"
        "kept = t.View(None, 'bank', 'credit', b'')\n"
        "t.View(None, 'bank', 'total', b'')\n"
        "print('end')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 - this interpreter
    assert ran.stdout == "end\n"
    assert ran.stderr.count("never awaited") == 1, ran.stderr
    assert "NeverAwaited: bank.total() was never awaited: nothing was read" in ran.stderr


def test_two_that_say_the_same_are_two() -> None:
    asked = []

    class Asked(View):
        async def _value(self) -> Any:
            asked.append(self.taken())

    async def gathered() -> None:
        same: Any = {"near": None, "contract_id": "bank", "method": "total", "args": b""}
        await asyncio.gather(Asked(**same), Asked(**same), Asked(**same))

    asyncio.run(gathered())
    assert len({id(view) for view in asked}) == 3
    assert asked[0] == asked[0]
    assert asked[0] != asked[1]


@pytest.mark.parametrize(
    "use",
    [
        lambda call: call == 0,
        lambda call: call != 0,
        lambda call: 0 == call,  # noqa: SIM300 - the other way round is another path
        lambda call: call < 1,
        lambda call: call >= 1,
        lambda call: 1 > call,  # noqa: SIM300
        operator.itemgetter("owner"),
        list,
        len,
        bool,
    ],
)
def test_it_has_no_value_yet(heard: _Heard, use: Callable[[object], object]) -> None:
    with pytest.raises(BadInput, match=r"^one .* before it is awaited: write \(await …\)$"):
        use(_Call("one").taken())
    assert heard == []


def test_a_view_says_how_its_method_is_called_in_a_transaction(heard: _Heard) -> None:
    view: Any = View(None, "bank", "total", b"{}")  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match=r"is a view, so it has no \.by\(\): .* alice\.call\('bank', 'total', …\)"):
        view.by("alice")
    with pytest.raises(AttributeError, match="'View' object has no attribute 'bye'"):
        _ = view.bye
    assert heard == []


async def test_a_coroutine_of_the_facade_has_nothing_of_what_it_gives_before_it_is_awaited(heard: _Heard) -> None:
    @begun_by_await("near")
    class Facade:
        async def deploy(self) -> str:
            return "bank"

    deployed: Any = Facade().deploy()
    with pytest.raises(AttributeError, match=r"^near\.deploy\(\) has no \.withdraw before .*: write \(await …\)\.withdraw$"):
        deployed.withdraw()
    assert await deployed == "bank"
    assert await asyncio.create_task(Facade().deploy()) == "bank"
    assert heard == []


def test_it_is_shown_in_short() -> None:
    assert repr(View(None, "bank", "total", b"{}").taken()) == "<View bank.total({}), not awaited>"  # type: ignore[arg-type]


def test_what_an_exception_has_left_behind_is_not_missed(heard: _Heard) -> None:
    kept = []

    def leaves() -> None:
        with on_trial():
            _Call("one")
            kept.append(_Call("two"))
            raise EOFError

    with pytest.raises(EOFError):
        leaves()
    kept.clear()
    assert heard == []


def test_what_a_block_has_forgotten_is_missed_when_it_ends(heard: _Heard) -> None:
    kept = []
    with on_trial():
        _Call("one")
        kept.append(_Call("two"))
    kept.clear()
    _Call("three")
    assert [text.partition(" ")[0] for text in heard] == ["one", "two", "three"]
