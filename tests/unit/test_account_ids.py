"""Account ids are refused before py-near's Rust part sees them, with the rule that they break."""

from __future__ import annotations

import pytest

from near_harness.account_ids import account_id_of, check_account_id
from near_harness.errors import InvalidAccountId


@pytest.mark.parametrize("good", ["ab", "alice.sandbox", "a-b_c.d0", "0" * 64, "0x" + "ab" * 20, "system"])
def test_takes_what_the_protocol_takes(good: str) -> None:
    assert check_account_id(good) == good


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("a", "has 1 characters; the protocol allows 2 to 64"),
        ("a" * 65, "has 65 characters"),
        ("Alice.near", r"contains 'A'.*did you mean 'alice.near'\?"),
        ("Alice Near", r"contains ' ', 'A', 'N'; only .* are allowed$"),
        ("alice near", "contains ' '"),
        ("älice", "contains 'ä'"),
        ("alice..near", "must stand alone"),
        (".near", "must stand alone"),
        ("near-", "must stand alone"),
        ("a_-b", "must stand alone"),
        (7, "text is needed"),
    ],
)
def test_names_the_rule(bad: object, why: str) -> None:
    with pytest.raises(InvalidAccountId, match=why):
        check_account_id(bad)


def test_takes_the_id_of_an_account() -> None:
    class Someone:
        id = "bob.sandbox"

    assert account_id_of(Someone()) == "bob.sandbox"
    Someone.id = "Bob"
    with pytest.raises(InvalidAccountId, match="contains 'B'"):
        account_id_of(Someone())
