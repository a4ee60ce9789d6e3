"""The report of a failing test shows the test's own lines, not those of the harness."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugin.conftest import Run

_FAILING = """
from near_harness import NEAR, expect

def send(near, alice):
    return alice.transfer("nobody.sandbox", NEAR(1))

async def test_it(near, alice):
    {line}
"""


def test_errors_of_the_harness_end_where_the_test_called_it(run: Run) -> None:
    for line, error in (
        ("await send(near, alice)", "AccountDoesNotExist"),
        ("alice.transfer('nobody.sandbox', 1.5).close()\n    await alice.transfer(alice, 1.5)", "InvalidAmount"),
        ("expect(await alice.transfer(alice, NEAR(1))).failed()", "ExpectationFailed"),
    ):
        result = run(_FAILING.format(line=line))
        result.assert_outcomes(failed=1)
        text = result.stdout.str()
        assert error in text
        assert f">       {line.splitlines()[-1].strip()}" in text
        assert "near_harness/units.py:" not in text
        assert "near_harness/sending.py:" not in text


def test_the_whole_traceback_is_there_for_whoever_asks(run: Run) -> None:
    result = run(_FAILING.format(line="await send(near, alice)"), "--full-trace")
    assert "near_harness/sending.py:" in result.stdout.str()


def test_other_errors_keep_their_frames(run: Run) -> None:
    result = run(_FAILING.format(line="near.observers.append(lambda *_: 1 / 0)\n    await alice.transfer(alice, NEAR(1))"))
    assert "near_harness/sending.py:" in result.stdout.str()
