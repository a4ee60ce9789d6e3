"""Which arguments an audit tries first."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from near_harness import KeyPair
from near_harness.audit.samples import Samples
from near_harness.contract.abi import Parameter

TEXT = {"type": "string"}
KEYS = [KeyPair.from_seed(seed).public_key for seed in ("audit", "audit 2")]
SAMPLES = Samples({"PublicKey": TEXT}, ("alice.sandbox",), ("pool.sandbox",), "bank.sandbox")


@pytest.mark.parametrize("name", ["public_key", "new_public_key", "publicKey", "signer_pk"])
def test_text_that_is_named_as_a_public_key_is_one(name: str) -> None:
    assert SAMPLES.values(Parameter(name, optional=False, schema=TEXT))[:2] == KEYS
    assert SAMPLES.values(Parameter(name, optional=False))[:2] == KEYS


def test_a_list_of_public_keys_has_one() -> None:
    found = SAMPLES.values(Parameter("public_keys", optional=False, schema={"type": "array", "items": TEXT}))
    assert [KEYS[0]] in found


@pytest.mark.parametrize("schema", [{"$ref": "#/definitions/PublicKey"}, {"anyOf": [{"$ref": "#/definitions/PublicKey"}]}])
def test_the_type_of_a_public_key_is_known_whatever_the_parameter_is_called(schema: Any) -> None:
    assert SAMPLES.values(Parameter("whose", optional=False, schema=schema)) == KEYS


def test_a_key_may_be_a_public_one_or_any_text() -> None:
    assert SAMPLES.values(Parameter("key", optional=False, schema=TEXT))[:2] == ["1", KEYS[0]]
    assert SAMPLES.values(Parameter("monkey", optional=False, schema=TEXT))[0] == "1"
    assert KEYS[0] not in SAMPLES.values(Parameter("monkey", optional=False, schema=TEXT))


def test_bytes_are_given_as_base64() -> None:
    (first, *others) = SAMPLES.values(Parameter("msg", optional=False, schema={**TEXT, "contentEncoding": "base64"}))
    assert first == ""
    assert [base64.b64decode(text, validate=True) for text in others] == [b"\1", b"{}"]


def test_each_variant_of_an_enum_is_among_the_first() -> None:
    variants = [
        {"properties": {name: {"type": "integer"}}, "required": [name], "type": "object"} for name in ("Pay", "Call", "Add")
    ]
    found = SAMPLES.values(Parameter("action", optional=False, schema={"oneOf": variants}))
    assert [next(iter(value)) for value in found[:3]] == ["Pay", "Call", "Add"]
