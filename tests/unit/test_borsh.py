"""Values are written and read as a borsh schema says, and what does not fit is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from near_harness.contract.borsh import BorshType
from near_harness.errors import BadInput, InvalidArguments
from near_harness.units import NEAR, Amount, Gas


def _number(name: str, size: int) -> dict[str, Any]:
    return {name: {"Primitive": size}}


def _sequence(elements: str, width: int = 4, start: int = 0, end: int = 2**32 - 1) -> dict[str, Any]:
    return {"Sequence": {"length_width": width, "length_range": {"start": start, "end": end}, "elements": elements}}


DEFINITIONS: dict[str, Any] = {
    **_number("()", 0), **_number("bool", 1), **_number("f32", 4), **_number("f64", 8), **_number("NonZeroI16", 2),
    **{f"{sign}{size}": {"Primitive": size // 8} for sign in "ui" for size in (8, 16, 32, 64, 128)},
    "String": _sequence("u8"), "AsciiString": _sequence("u8"),
    "Vec<u8>": _sequence("u8"), "Vec<u16>": _sequence("u16"), "[u8; 3]": _sequence("u8", 0, 3, 3),
    "[u16; 2]": _sequence("u16", 0, 2, 2), "Short": _sequence("u16", 1, 1, 2), "Vec<()>": _sequence("()"),
    "HashMap<String, u8>": _sequence("(String, u8)"), "IndexMap<String, u8>": _sequence("(String, u8)"),
    "HashMap<Option<u8>, u8>": _sequence("(Option<u8>, u8)"), "(Option<u8>, u8)": {"Tuple": ["Option<u8>", "u8"]},
    "BTreeMap<u8, bool>": _sequence("(u8, bool)"),
    "HashSet<u8>": _sequence("u8"),
    "(String, u8)": {"Tuple": ["String", "u8"]}, "(u8, bool)": {"Tuple": ["u8", "bool"]},
    "Option<u8>": {"Enum": {"tag_width": 1, "variants": [[0, "None", "()"], [1, "Some", "u8"]]}},
    "Way": {"Enum": {"tag_width": 1, "variants": [[0, "Pickup", "Way__Pickup"], [5, "Post", "Way__Post"], [6, "By", "Way__By"]]}},
    "Way__Pickup": {"Struct": None}, "Way__Post": {"Struct": [["street", "String"], ["number", "u16"]]},
    "Way__By": {"Struct": ["AccountId"]},
    "AccountId": {"Struct": ["String"]}, "Pair": {"Struct": ["u8", "u16"]}, "NearToken": {"Struct": [["inner", "u128"]]},
    "NearGas": {"Struct": [["inner", "u64"]]}, "Gas": {"Struct": [["limit", "u8"], ["price", "u8"]]},
    "Names": {"Struct": ["HashMap<String, u8>"]},
    "Sign": {"Enum": {"tag_width": 1, "variants": [[-1, "Minus", "()"], [1, "Plus", "()"]]}},
    "Endless": {"Struct": ["Endless"]}, "Odd": {"Union": []}, "Two": {"Primitive": 1, "Tuple": []},
}  # fmt: skip


def _type(declaration: str) -> BorshType:
    return BorshType.of({"declaration": declaration, "definitions": DEFINITIONS})


@pytest.mark.parametrize(
    ("declaration", "value", "written"),
    [
        ("()", None, ""),
        ("bool", True, "01"),
        ("u16", 258, "0201"),
        ("i32", -2, "feffffff"),
        ("u128", 2**127, "00" * 15 + "80"),
        ("NonZeroI16", -1, "ffff"),
        ("f32", 1.5, "0000c03f"),
        ("f64", 1.5, "000000000000f83f"),
        ("String", "zoë", "04000000" + "zoë".encode().hex()),
        ("Vec<u8>", b"\1\2", "020000000102"),
        ("Vec<u16>", [1, 2], "0200000001000200"),
        ("[u8; 3]", b"abc", "616263"),
        ("[u16; 2]", [1, 2], "01000200"),
        ("Short", [7], "010700"),
        ("HashMap<String, u8>", {"a": 1}, "01000000010000006101"),
        ("BTreeMap<u8, bool>", {1: True, 2: False}, "0200000001010200"),
        ("Names", {"a": 1}, "01000000010000006101"),
        ("Vec<()>", [None] * 4, "04000000"),
        ("Sign", "Minus", "ff"),
        ("Sign", "Plus", "01"),
        ("NearGas", Gas(5), "05" + "00" * 7),
        ("Gas", {"limit": 1, "price": 2}, "0102"),
        ("(u8, bool)", (1, True), "0101"),
        ("Option<u8>", None, "00"),
        ("Option<u8>", 7, "0107"),
        ("Way", "Pickup", "00"),
        ("Way", {"Post": {"street": "A", "number": 3}}, "0501000000410300"),
        ("Way", {"By": "bob"}, "0603000000626f62"),
        ("Pair", [1, 2], "010200"),
        ("NearToken", Amount(5), "05" + "00" * 15),
    ],
)
def test_a_value_and_its_bytes(declaration: str, value: Any, written: str) -> None:
    assert _type(declaration).encode(value).hex() == written
    assert _type(declaration).decode(bytes.fromhex(written)) == value


def test_values_of_the_harness_are_taken() -> None:
    class Alice:
        id = "alice.near"

    assert _type("AccountId").encode(Alice()) == _type("String").encode("alice.near")
    assert _type("NearToken").encode({"inner": 5}) == _type("NearToken").encode(5)
    assert _type("NearToken").encode(NEAR(1)) == int(NEAR(1)).to_bytes(16, "little")
    assert _type("BTreeMap<u8, bool>").encode({2: True, 1: False}) == _type("BTreeMap<u8, bool>").encode({1: False, 2: True})
    assert _type("Vec<u8>").encode([1, 2]) == _type("Vec<u8>").encode(bytearray(b"\1\2")) == _type("Vec<u8>").encode(b"\1\2")
    assert _type("HashSet<u8>").encode({9, 2, 1}) == _type("HashSet<u8>").encode(frozenset({9, 2, 1})) == b"\3\0\0\0\1\2\x09"


def test_maps_are_written_in_the_order_that_borsh_gives_them() -> None:
    given, sorted_ = {"b": 1, "a": 2}, {"a": 2, "b": 1}
    assert _type("HashMap<String, u8>").encode(given) == _type("HashMap<String, u8>").encode(sorted_)
    assert _type("IndexMap<String, u8>").encode(given) != _type("IndexMap<String, u8>").encode(sorted_)
    assert list(_type("IndexMap<String, u8>").decode(_type("IndexMap<String, u8>").encode(given))) == ["b", "a"]
    unordered = {5: 1, None: 2}
    assert _type("HashMap<Option<u8>, u8>").decode(_type("HashMap<Option<u8>, u8>").encode(unordered)) == unordered


@pytest.mark.parametrize(
    ("declaration", "value", "why"),
    [
        ("u8", 256, "x: 256 does not fit u8"),
        ("u8", -1, "x: -1 does not fit u8"),
        ("u8", True, r"x: True is given, but a whole number \(u8\) is wanted"),
        ("u8", 1.0, "a whole number"),
        ("bool", 1, "true or false"),
        ("f32", float("nan"), "borsh has no NaN"),
        ("f32", "1", "a number is wanted"),
        ("f64", True, "a number is wanted"),
        ("f32", 1e300, r"x: 1e\+300 does not fit f32"),
        ("f64", 10**400, "x: 10+ does not fit f64"),
        ("AsciiString", "zoë", "x: 'zoë' is no text in ascii, as AsciiString is"),
        ("String", "\ud800", "is no text in utf-8"),
        ("HashSet<u8>", {"a", 1}, r"x\[\d\]: 'a' is given"),
        ("String", 5, "x: 5 is given, but text is wanted"),
        ("[u8; 3]", b"ab", r"x: 2 elements, but \[u8; 3\] has 3"),
        ("Short", [1, 2, 3], "3 elements, but Short has 1 to 2"),
        ("Vec<u16>", [1, "2"], r"x\[1\]: '2' is given"),
        ("Vec<u16>", 7, "a list"),
        ("(u8, bool)", (1,), "2 values"),
        ("Way", "Fly", "'Fly' is no variant of Way; those are Pickup, Post, By"),
        ("Way", {"Post": {"street": "A"}}, r"x\.Post: missing field 'number'; Way__Post has street, number"),
        ("Way", {"Post": {"street": "A", "number": 1, "zip": 2}}, "unknown field 'zip'"),
        ("Way", {"Post": 5}, "a dict with street, number is wanted"),
        ("Way", {"Pickup": 5}, r"nothing \(None\) is wanted"),
        ("Option<u8>", "x", "x: 'x' is given"),
        ("Odd", 1, "unknown kind Union"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(declaration: str, value: Any, why: str) -> None:
    with pytest.raises(InvalidArguments, match=why):
        _type(declaration).encode(value, "x")


@pytest.mark.parametrize(
    ("declaration", "data", "why"),
    [
        ("u16", b"\1", "the bytes end inside a value of u16: 2 wanted, 1 left"),
        ("u8", b"\1\2", "1 of 2 bytes are left after a value of u8"),
        ("bool", b"\2", "2 is no bool"),
        ("String", b"\1\0\0\0\xff", "no text"),
        ("AsciiString", b"\2\0\0\0\xc3\xab", "a value of AsciiString is no text"),
        ("Short", b"\0", "0 elements, but Short has 1 to 2"),
        ("Way", b"\1", "1 is the tag of no variant of Way"),
        ("Short", b"\3", "3 elements, but Short has 1 to 2"),
        ("Vec<u16>", b"\xff\xff\xff\xff", "the bytes end"),
        ("Vec<()>", b"\xff\xff\xff\xff", "take no bytes"),
        ("Endless", b"", "nested more than 64 times"),
        ("Odd", b"", "unknown kind Union"),
        ("Two", b"", "does not say what Two is"),
        ("Missing", b"", "does not say what Missing is"),
    ],
)
def test_bytes_that_are_no_value_are_refused(declaration: str, data: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        _type(declaration).decode(data)


@pytest.mark.parametrize(
    "schema", [None, [], {}, {"declaration": 1}, {"declaration": "u8"}, {"declaration": "u8", "definitions": []}]
)
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(BadInput, match="is no schema of borsh"):
        BorshType.of(schema)


def test_other_types_of_the_same_definitions_by_name() -> None:
    assert _type("u8").named("u16").decode(b"\1\0") == 1
    with pytest.raises(BadInput, match=r"no borsh type 'Nothing'; there are \(\), \(Option<u8>, u8\), \(String, u8\)"):
        _type("u8").named("Nothing")


_VALUES = {
    "Vec<u16>": st.lists(st.integers(0, 2**16 - 1)),
    "HashMap<String, u8>": st.dictionaries(st.text(), st.integers(0, 255)),
    "Option<u8>": st.none() | st.integers(0, 255),
    "i64": st.integers(-(2**63), 2**63 - 1),
    "String": st.text(),
    "Way": st.just("Pickup")
    | st.builds(lambda street, n: {"Post": {"street": street, "number": n}}, st.text(), st.integers(0, 9)),
}


@settings(deadline=None)
@given(st.sampled_from(sorted(_VALUES)).flatmap(lambda name: st.tuples(st.just(name), _VALUES[name])))
def test_what_is_written_is_read_again(case: tuple[str, Any]) -> None:
    declaration, value = case
    assert _type(declaration).decode(_type(declaration).encode(value)) == value


@settings(deadline=None)
@given(st.sampled_from(sorted(DEFINITIONS)), st.binary(max_size=40))
def test_any_bytes_are_a_value_or_refused(declaration: str, data: bytes) -> None:
    try:
        value = _type(declaration).decode(data)
    except BadInput:
        return
    assert value is not None or declaration in ("()", "Option<u8>", "Way__Pickup")
