"""Arguments become the bytes that contracts read, or an error that names the place."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from near_harness.contract.arguments import LONGEST_ARGUMENTS, encode_arguments
from near_harness.errors import InvalidArguments
from near_harness.units import NEAR, TGas


class _Alice:
    id = "alice.sandbox"


def test_writes_json_as_near_sdk_reads_it() -> None:
    args = {"to": _Alice(), "amount": NEAR(1), "gas": TGas(5), "list": [1, (2, None)], "text": "é✓", "nested": {"ok": True}}
    assert json.loads(encode_arguments(args, "m")) == {
        "to": "alice.sandbox",
        "amount": "1000000000000000000000000",
        "gas": "5000000000000",
        "list": [1, [2, None]],
        "text": "é✓",
        "nested": {"ok": True},
    }


def test_leaves_bytes_alone() -> None:
    assert encode_arguments(b"\x00\xff borsh", "m") == b"\x00\xff borsh"
    assert encode_arguments(b"", "m") == b""


def test_no_arguments_are_an_empty_object() -> None:
    assert encode_arguments(None, "m") == b"{}"


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"a": {"b": [1, b"x"]}}, r"transfer\.a\.b\[1\].*bytes inside JSON"),
        ({"a": Decimal(1)}, r"transfer\.a.*write text, or an amount"),
        ({"a": float("nan")}, r"transfer\.a: nan"),
        ({1: 2}, "the key 1 is no text"),
        ({"a": object()}, r"transfer\.a: <object"),
    ],
)
def test_names_the_place_of_what_has_no_json(args: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidArguments, match=why):
        encode_arguments(args, "transfer")


def test_refuses_arguments_above_the_limit() -> None:
    with pytest.raises(InvalidArguments, match="the protocol allows 4,194,304"):
        encode_arguments(b"x" * (LONGEST_ARGUMENTS + 1), "m")
