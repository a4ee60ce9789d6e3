"""Arguments of a call as bytes: JSON from Python values, or the bytes themselves (borsh, or anything else)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from near_harness.errors import InvalidArguments
from near_harness.keys import KeyPair
from near_harness.units import Amount, Gas

Arguments = Mapping[str, Any] | list[Any] | bytes | None

LONGEST_ARGUMENTS = 4 * 1024 * 1024
"""``max_arguments_length`` of the protocol's limits: 4 MiB."""


def encode_arguments(args: Arguments, method: str) -> bytes:
    """Write arguments as the contract reads them.

    Bytes stay as they are. Anything else becomes JSON: an account or contract its id, a :class:`KeyPair` its public key, an
    :class:`Amount` or :class:`Gas` a decimal string (near-sdk's JSON of ``U128``, ``NearToken`` and ``Gas``). None means no
    arguments, ``{}``.

    :raises InvalidArguments: where a value has no such form; the text names its place.
    """
    encoded = args if isinstance(args, bytes) else json.dumps(plain_json({} if args is None else args, method)).encode()
    if len(encoded) > LONGEST_ARGUMENTS:
        raise InvalidArguments(
            f"the arguments of {method} have {len(encoded):,} bytes; the protocol allows {LONGEST_ARGUMENTS:,}"
        )
    return encoded


def plain_json(value: Any, place: str) -> Any:
    """Return a value as JSON has it: accounts as ids, amounts as decimal strings, keys as their public half.

    :raises InvalidArguments: where a part has no such form; ``place`` begins the text.
    """
    if isinstance(value, (Amount, Gas)):
        return str(int(value))
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {_key(key, place): plain_json(part, f"{place}.{key}") for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_json(part, f"{place}[{index}]") for index, part in enumerate(value)]
    named = value.public_key if isinstance(value, KeyPair) else getattr(value, "id", None)
    if isinstance(named, str):
        return named
    raise InvalidArguments(f"{place}: {value!r} ({type(value).__name__}) has no JSON form{_hint(value)}")


def _key(key: object, place: str) -> str:
    if not isinstance(key, str):
        raise InvalidArguments(f"{place}: the key {key!r} is no text")
    return key


def _hint(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return ": bytes inside JSON need a form of your choice, such as base64; raw arguments are given as args=b'…'"
    return ": write text, or an amount such as NEAR('1.5')" if isinstance(value, Decimal) else ""
