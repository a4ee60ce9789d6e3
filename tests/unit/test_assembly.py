"""Contracts that are written, and contracts in which methods are replaced, byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from near_harness.assembly.graft import ROOM, WINDOW, graft
from near_harness.assembly.host import HOST
from near_harness.assembly.instructions import call, code, name_of, signed, unsigned
from near_harness.assembly.module import DATA_COUNT, Data, Function, write_module
from near_harness.contract.wasm import load_wasm, sections
from near_harness.errors import BadInput, CannotGraft, InvalidContractCode

_NOTHING = Function(())


@pytest.mark.parametrize(("value", "encoded"), [(0, "00"), (127, "7f"), (128, "8001"), (624485, "e58e26"), (2**32, "8080808010")])
def test_numbers_without_sign_are_written_as_the_specification_says(value: int, encoded: str) -> None:
    assert unsigned(value).hex() == encoded


@pytest.mark.parametrize(
    ("value", "encoded"), [(0, "00"), (63, "3f"), (64, "c000"), (-1, "7f"), (-64, "40"), (-65, "bf7f"), (-123456, "c0bb78")]
)
def test_numbers_with_sign_are_written_as_the_specification_says(value: int, encoded: str) -> None:
    assert signed(value).hex() == encoded


def test_the_largest_number_without_sign_is_written_as_minus_one() -> None:
    assert code((1 << 64) - 1) == (b"\x42\x7f",)


def test_a_module_exports_its_methods_and_imports_only_what_it_calls() -> None:
    data = Data()
    wasm = write_module({"greet": Function(call("log_utf8", *data.place(b"hello")))}, {"hello": "greet", "hi": "greet"}, data)

    assert load_wasm(wasm).exports == ("hello", "hi")
    assert [name for name in HOST if name.encode() in wasm] == ["log_utf8"]


def test_equal_data_is_kept_once() -> None:
    data = Data(start=100)
    assert data.place(b"abc") == (3, 100)
    assert data.place(b"de") == (2, 103)
    assert data.place(b"abc") == (3, 100)


def test_data_that_is_too_much_is_refused() -> None:
    with pytest.raises(BadInput, match="11 bytes more are too many for a contract that has room for 10"):
        Data(room=10).place(b"hello world")


@pytest.mark.parametrize("name", ["", "m" * 257, None, 7])
def test_what_is_no_name_of_a_method_is_refused(name: object) -> None:
    with pytest.raises(BadInput, match="no name of a method"):
        name_of(name)


def test_a_graft_takes_a_method_away_and_leaves_the_others(contracts: Path) -> None:
    before = load_wasm(contracts / "bank.wasm")
    after = load_wasm(graft(before.code, {"withdraw": None}, Data(WINDOW, ROOM)))

    assert set(before.exports) - set(after.exports) == {"withdraw"}


def test_a_graft_changes_no_section_but_those_it_adds_to(contracts: Path) -> None:
    before = (contracts / "bank.wasm").read_bytes()
    data = Data(WINDOW, ROOM)
    after = graft(before, {"withdraw": Function(call("panic_utf8", *data.place(b"no")))}, data)

    changed = [k for (k, a, b), (_, c, d) in zip(sections(before), sections(after), strict=True) if before[a:b] != after[c:d]]
    assert changed == [1, 3, 7, DATA_COUNT, 10, 11]


def test_a_graft_of_a_contract_without_data_gives_it_some() -> None:
    empty = write_module({"nothing": Function(call("panic_utf8", 0, 0))}, {"go": "nothing"}, Data())
    data = Data(WINDOW, ROOM)
    grafted = graft(empty, {"go": Function(call("panic_utf8", *data.place(b"no")))}, data)

    assert grafted.endswith(b"no")
    assert load_wasm(grafted).exports == ("go",)


def test_a_graft_needs_the_method(contracts: Path) -> None:
    with pytest.raises(CannotGraft, match=r"the contract has no method 'wihdraw'; it has .*withdraw"):
        graft((contracts / "bank.wasm").read_bytes(), {"wihdraw": None}, Data())


def test_a_graft_needs_the_host_functions_that_it_calls() -> None:
    bare = write_module({"nothing": _NOTHING}, {"go": "nothing"}, Data())
    with pytest.raises(CannotGraft, match="go: the contract does not import value_return, which the new method calls"):
        graft(bare, {"go": Function(call("value_return", 0, 0))}, Data())


def test_a_damaged_contract_is_refused(contracts: Path) -> None:
    with pytest.raises(InvalidContractCode, match="damaged"):
        graft((contracts / "bank.wasm").read_bytes()[:5000], {"withdraw": None}, Data())
