"""A contract's own description of its methods decides what can be called, and how."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import zstandard

from near_harness.contract.abi import Interface
from near_harness.errors import InvalidArguments, UnknownMethod


@pytest.fixture
def bank(contracts: Any) -> Interface:
    abi = json.loads((contracts / "bank.abi.json").read_text())
    return Interface.from_abi(zstandard.compress(json.dumps(abi).encode()), ("__contract_abi", "only_exported"))


def test_tells_views_from_calls(bank: Interface) -> None:
    assert bank.method("credit_of", "bank").view is True
    assert bank.method("withdraw", "bank").view is False
    assert bank.method("only_exported", "bank").view is None
    assert bank.method("on_staked", "bank").modifiers == ("private",)
    assert bank.method("deposit_and_stake", "bank").doc.startswith("Stakes the attached deposit")


def test_brings_arguments_into_order(bank: Interface) -> None:
    method = bank.method("staked_with", "bank")
    assert method.signature == "staked_with(pool, account)"
    assert method.arguments(("p",), {"account": "a"}) == {"pool": "p", "account": "a"}


def test_optional_arguments_may_be_left_out(bank: Interface) -> None:
    method = bank.method("withdraw", "bank")
    assert method.signature == "withdraw(amount?)"
    assert method.arguments((), {}) == {}


@pytest.mark.parametrize(
    ("positional", "named", "why"),
    [
        ((), {}, r"missing argument 'pool' for deposit_and_stake\(pool\)"),
        ((), {"pol": 1, "pool": 1}, r"unknown argument 'pol' for deposit_and_stake\(pool\); did you mean pool\?"),
        ((1, 2), {}, r"2 arguments for deposit_and_stake\(pool\)"),
        ((1,), {"pool": 2}, "given twice"),
    ],
)
def test_refuses_wrong_arguments(bank: Interface, positional: tuple[Any, ...], named: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidArguments, match=why):
        bank.method("deposit_and_stake", "bank").arguments(positional, named)


def test_an_unknown_method_names_those_that_come_near(bank: Interface) -> None:
    with pytest.raises(UnknownMethod, match=r"contract bank\.test has no method 'withdrow'; did you mean withdraw"):
        bank.method("withdrow", "bank.test")


def test_an_unknown_method_that_resembles_none_lists_all() -> None:
    with pytest.raises(UnknownMethod, match="has no method 'zzz'; it has add, remove"):
        Interface.from_exports(("remove", "add", "__hidden")).method("zzz", "c")


def test_without_an_abi_arguments_need_names() -> None:
    method = Interface.from_exports(("add",)).method("add", "c")
    assert method.arguments((), {"x": 1}) == {"x": 1}
    with pytest.raises(InvalidArguments, match="name the arguments"):
        method.arguments((1,), {})


def test_without_an_abi_a_dict_is_all_the_arguments() -> None:
    method = Interface.from_exports(("anything",)).method("anything", "contract")
    assert method.arguments(({"x": 1, "y": 2},), {}) == {"x": 1, "y": 2}
    with pytest.raises(InvalidArguments, match=r"anything\(x=1\), or anything\({'x': 1}\)"):
        method.arguments(({"x": 1},), {"y": 2})


@pytest.mark.parametrize(
    "abi", [b"", b"no zstd", zstandard.compress(b"no json"), zstandard.compress(b"[]"), zstandard.compress(b"{}")]
)
def test_an_abi_that_cannot_be_read_is_a_value_error(abi: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Interface.from_abi(abi, ("add",))


def _abi(arguments: dict[str, Any], *, serialization: str = "json", definitions: Any = None) -> Interface:
    args = [{"name": name, "type_schema": schema} for name, schema in arguments.items()]
    function = {"name": "m", "kind": "call", "params": {"serialization_type": serialization, "args": args}}
    body = {"functions": [function], "root_schema": {"definitions": definitions or {}}}
    return Interface.from_abi(zstandard.compress(json.dumps({"body": body}).encode()), ())


@pytest.mark.parametrize(
    ("schema", "fits", "wrong"),
    [
        ({"type": "integer"}, [1], ["1", 1.5, 1.0, True, None, [1]]),
        ({"type": "number"}, [1, 1.5], ["1"]),
        ({"type": ["string", "null"]}, ["x", None], [1]),
        ({"$ref": "#/definitions/Name"}, ["x"], [1, {}]),
        ({"allOf": [{"$ref": "#/definitions/Name"}]}, ["x"], [1]),
        ({"anyOf": [{"$ref": "#/definitions/Name"}, {"type": "null"}]}, ["x", None], [1]),
        ({"oneOf": [{"type": "string"}, {"type": "object"}]}, ["x", {"y": 1}], [1]),
        ({"anyOf": [True, {"type": "null"}]}, [1, "x", None], []),
        ({"$ref": "#/definitions/Endless"}, [1, "x"], []),
        (True, [1, "x", None], []),
        ({"type": "array"}, [[], [1, 2]], ["x"]),
        ({"type": "integer", "format": "uint8", "minimum": 0.0}, [0, 255], [256, -1]),
        ({"type": "integer", "format": "int64"}, [2**63 - 1, -(2**63)], [2**63, -(2**63) - 1]),
    ],
)
def test_the_types_of_arguments(schema: Any, fits: list[Any], wrong: list[Any]) -> None:
    definitions = {"Name": {"type": "string"}, "Endless": {"$ref": "#/definitions/Endless"}}
    method = _abi({"x": schema}, definitions=definitions).method("m", "c")
    for value in fits:
        assert method.arguments((value,), {}) == {"x": value}
    for value in wrong:
        with pytest.raises(InvalidArguments, match=r"'x' of m.* is .*, but the contract takes "):
            method.arguments((value,), {})


_WAY = {"oneOf": [{"type": "object", "required": ["Post"], "additionalProperties": False}, {"type": "string", "enum": ["By"]}]}


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": ["string", "null"]}, 1, "is 1, but the contract takes null or string"),
        ({"enum": ["a", "b"]}, "c", "is 'c', but the contract takes one of 'a', 'b'"),
        ({"const": 5}, 6, "is 6, but the contract takes 5"),
        ({"anyOf": [{"$ref": "#/definitions/Name"}, {"type": "null"}]}, 1, "is 1, but the contract takes Name or null"),
        ({"oneOf": [{"$ref": "#/definitions/Name"}, {"maxLength": 5}, True]}, "x", "takes Name or another form"),
        (_WAY, 5, "is 5, but the contract takes object or string"),
        (_WAY, "Fly", "is 'Fly', but the contract takes one of 'By'"),
        ({"required": ["a", "b"]}, {"a": 1}, "is {'a': 1}, but the contract takes a value with the field 'b'"),
        ({"items": {"properties": {"price": {"type": "string"}}}}, [{"price": 5}], "of m(x): x[0].price is 5, but"),
        ({"minimum": 0.0}, -1, "is -1, but the contract takes 0 or more"),
        ({"format": "uint64"}, 2**64, f"is {2**64}, but the contract takes uint64"),
        ({"maximum": 255}, 256, "is 256, but the contract takes a value with maximum 255"),
        ({"pattern": "^a"}, "b", "is 'b', but the contract takes a value with pattern '^a'"),
        ({"type": "string"}, ["x" * 100], f"is ['{'x' * 78}…, but the contract takes string"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(schema: Any, value: Any, said: str) -> None:
    with pytest.raises(InvalidArguments, match=re.escape(said) + "$|" + re.escape(said) + " "):
        _abi({"x": schema}, definitions={"Name": {"type": "string"}}).method("m", "c").arguments((value,), {})


def test_bytes_become_base64_where_the_contract_takes_that() -> None:
    of_near_sdk = {"type": "array", "items": {"type": "integer", "format": "uint8", "minimum": 0.0}}
    action = {"type": "object", "properties": {"args": {"$ref": "#/definitions/Base64VecU8"}, "names": {"type": "array"}}}
    interface = _abi(
        {
            "one": {"$ref": "#/definitions/Base64VecU8"},
            "perhaps": {"anyOf": [{"$ref": "#/definitions/Base64VecU8"}, {"type": "null"}]},
            "actions": {"type": "array", "items": {"$ref": "#/definitions/Action"}},
            "plain": {"type": "array", "items": {"type": "integer", "format": "uint8"}},
        },
        definitions={"Base64VecU8": of_near_sdk, "Action": action},
    )
    method = interface.method("m", "c")
    given = method.arguments((b"wax", None, ({"args": b"seal", "names": ("x",)}, {"args": "AAA="}), [1, 255]), {})
    assert given == {
        "one": "d2F4",
        "perhaps": None,
        "actions": [{"args": "c2VhbA==", "names": ["x"]}, {"args": "AAA="}],
        "plain": [1, 255],
    }
    assert method.arguments(("d2F4", b"", [], []), {})["perhaps"] == ""
    with pytest.raises(InvalidArguments, match=r"'one' of m.* is \[1, 2\], but the contract takes string"):
        method.arguments(([1, 2], None, [], []), {})
    with pytest.raises(InvalidArguments, match="bytes inside JSON need a form of your choice"):
        method.arguments(("", None, [], b"raw"), {})


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/definitions/Nobody"}, {"type": "strange"}, {"type": 5}, {"properties": 5}, {"pattern": r"^\p{L}+$"}]
)
def test_a_schema_that_is_none_refuses_nothing(schema: Any) -> None:
    """The pattern is one of Rust's, which Python cannot read."""
    for value in ("x", {"y": 1}):
        assert _abi({"x": schema}).method("m", "c").arguments((value,), {}) == {"x": value}


def test_borsh_arguments_are_written_one_after_the_other() -> None:
    byte = {"u8": {"Primitive": 1}}
    variants = [[0, "None", "()"], [1, "Some", "u8"]]
    optional = {**byte, "()": {"Primitive": 0}, "Option<u8>": {"Enum": {"tag_width": 1, "variants": variants}}}
    u8 = {"declaration": "u8", "definitions": byte}
    option = {"declaration": "Option<u8>", "definitions": optional}
    method = _abi({"x": u8, "y": option}, serialization="borsh").method("m", "c")
    assert method.signature == "m(x, y?)"
    assert method.encode((7,), {}) == b"\7\0"
    assert method.encode((), {"y": 8, "x": 7}) == b"\7\1\x08"
    with pytest.raises(InvalidArguments, match=r"m\.x: 300 does not fit u8"):
        method.encode((300,), {})


def test_what_takes_a_deposit(bank: Interface) -> None:
    names = ("deposit_and_stake", "withdraw", "only_exported")
    assert [bank.method(name, "bank").payable for name in names] == [True, False, None]
