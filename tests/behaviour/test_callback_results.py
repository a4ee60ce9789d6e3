"""Three calls in parallel, joined in one callback that hears how each of them ended."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from near_harness import Account, Call, Contract, ContractPanic, Near, TGas, expect


class Parts(NamedTuple):
    """The contract on four accounts: one calls the others."""

    caller: Contract
    first: Contract
    second: Contract
    third: Contract

    def call(self, method: str, **args: object) -> Call:
        return self.caller.call(method, first=self.first, second=self.second, third=self.third, text="hello", **args).gas(
            TGas(150)
        )


@pytest.fixture
async def parts(near: Near, contracts: Path) -> Parts:
    wasm = contracts / "callback_results.wasm"
    return Parts(*[await near.deploy(wasm, name) for name in ("caller", "first", "second", "third")])


async def test_the_callback_reads_three_results(parts: Parts, alice: Account) -> None:
    tx = await parts.call("call_three", fail=False).by(alice)

    calls = [tx.receipt(parts.first, "count"), tx.receipt(parts.second, "return_text"), tx.receipt(parts.third)]
    expect(tx.receipt(parts.caller, "on_three_results")).succeeded().callback_of(*calls)
    report = tx.json()
    assert report["all_succeeded"] is True
    assert [(result["how"], result["value"]) for result in report["results"]] == [
        ("returned", 1),
        ("returned", "hello"),
        ("returned_nothing", None),
    ]
    expect(tx).conserved_tokens()


async def test_one_call_fails_and_the_callback_hears_of_it(parts: Parts, alice: Account) -> None:
    tx = await parts.call("call_three", fail=True).by(alice)

    expect(tx).succeeded()
    failed = tx.receipt(parts.third, "count_and_maybe_fail")
    expect(failed).panicked("failed by choice").rolled_back()
    assert tx.failed_receipts == (failed,)
    report = tx.json()
    assert [result["how"] for result in report["results"]] == ["returned", "returned", "failed"]
    assert report["all_succeeded"] is False
    assert report["called_by"] == parts.caller.id
    expect(tx).conserved_tokens()


async def test_only_the_call_that_failed_is_rolled_back(parts: Parts, alice: Account) -> None:
    tx = await parts.call("call_three", fail=True).by(alice)

    expect(tx).kept(parts.first).rolled_back(parts.third).kept(parts.caller)
    assert await parts.first.counter() == 1
    assert await parts.third.counter() == 0


async def test_a_result_of_another_type_makes_the_callback_fail(parts: Parts, alice: Account) -> None:
    tx = await parts.call("call_three_typed", wrong_type=True).by(alice).attempt()

    expect(tx).failed(ContractPanic)
    expect(tx.receipt(parts.second, "return_number")).succeeded()
    expect(tx.receipt(parts.caller, "on_three_typed")).panicked().rolled_back()
    expect(tx).kept(parts.first)  # the calls themselves have succeeded, and what they changed stays
    assert await parts.first.counter() == 1
    assert await parts.third.counter() == 1


async def test_a_result_of_the_right_type_is_read(parts: Parts, alice: Account) -> None:
    tx = await parts.call("call_three_typed", wrong_type=False).by(alice)

    assert tx.json() == "hello 1"


async def test_a_stranger_cannot_call_a_private_callback(parts: Parts, alice: Account) -> None:
    with pytest.raises(ContractPanic, match="private"):
        await parts.caller.on_three_results().by(alice)
    assert await parts.caller.last_report() is None


async def test_a_stranger_can_call_a_callback_that_is_not_private(parts: Parts, alice: Account) -> None:
    await parts.caller.on_three_results_open().by(alice)

    report = await parts.caller.last_report()
    assert report == {"results": [], "all_succeeded": True, "called_by": alice.id}  # nothing ran, and all is said to be well


async def test_a_callback_belongs_to_the_promise_that_was_made_and_not_to_what_that_handed_on(near: Near, alice: Account) -> None:
    """The result comes from elsewhere; what the callback was attached to is the call of the go-between."""
    caller, between, source = [await near.puppet(name) for name in ("caller", "between", "source")]
    caller.on("go").calls(between, "ask", gas=TGas(50)).then("heard", gas=TGas(5)).returns_promise()
    caller.on("heard").returns("done")
    between.on("ask").calls(source, "answer", gas=TGas(5)).returns_promise()
    source.on("answer").returns(7)
    tx = await caller.go().by(alice).gas(TGas(150))
    asked, answered = tx.receipt(between, "ask"), tx.receipt(source, "answer")
    assert [data_id for data_id, _ in answered.output_data] == [data_id for data_id, _ in asked.output_data]
    expect(tx.receipt(caller, "heard")).succeeded().callback_of(asked)
    assert tx.json() == "done"
