"""A contract is checked before it is sent: each thing that can be wrong with it has a text of its own."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from near_harness.contract.wasm import MAX_CONTRACT_SIZE, load_wasm
from near_harness.errors import InvalidContractCode

_EMPTY_MODULE = b"\0asm\1\0\0\0"


def test_lists_the_exports_of_a_contract(contracts: Path) -> None:
    bank = load_wasm(contracts / "bank.wasm")
    assert {"deposit_and_stake", "credit_of", "withdraw", "__contract_abi"} <= set(bank.exports)
    assert load_wasm(bank.code).exports == bank.exports


def test_exports_of_memory_and_globals_are_no_methods() -> None:
    memory_export = b"\x07\x0a\x01\x06memory\x02\x00"
    assert load_wasm(_EMPTY_MODULE + memory_export).exports == ()


def test_a_missing_file_names_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidContractCode, match=r"does not exist; .* has no \.wasm file: build the contract first"):
        load_wasm(tmp_path / "bank.wasm")
    (tmp_path / "pool.wasm").write_bytes(_EMPTY_MODULE)
    with pytest.raises(InvalidContractCode, match=r"bank\.wasm does not exist; .* has pool\.wasm"):
        load_wasm(str(tmp_path / "bank.wasm"))


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidContractCode, match="cannot be read"):
        load_wasm(tmp_path)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (b"", "is empty"),
        (b"(module)", r"is no WebAssembly module \(it begins with b'\(mod'\)"),
        (b"\0asm\x0d\0\1\0", "component"),
        (_EMPTY_MODULE + b"\x07\xff\xff\x03\x01", "is damaged"),
        (_EMPTY_MODULE + b"\x07", "is damaged"),
        (_EMPTY_MODULE + b"\0" * MAX_CONTRACT_SIZE, "the protocol allows 4,194,304"),
    ],
)
def test_what_is_no_contract_says_why(code: bytes, why: str) -> None:
    with pytest.raises(InvalidContractCode, match=why):
        load_wasm(code)


def test_other_objects_are_refused() -> None:
    with pytest.raises(InvalidContractCode, match="give the path"):
        load_wasm(7)  # type: ignore[arg-type]


def test_a_contract_cut_anywhere_is_an_error_or_a_contract(contracts: Path) -> None:
    code = (contracts / "deposit_demo.wasm").read_bytes()
    for end in range(8, len(code), 101):
        with contextlib.suppress(InvalidContractCode):
            assert set(load_wasm(code[:end]).exports) <= set(load_wasm(code).exports)
    with pytest.raises(InvalidContractCode, match="is damaged"):
        load_wasm(code[:-1])
