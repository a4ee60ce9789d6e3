"""Made-up money, accounts and arguments are valid; a state machine is rewound for each of its examples."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from near_harness import NEAR, Account, Contract, Near, TGas
from near_harness.account_ids import check_account_id
from near_harness.contract.abi import Interface, Method, Parameter
from near_harness.contract.json_schema import corrected
from near_harness.errors import BadInput
from near_harness.stateful import ChainMachine
from near_harness.strategies import account_ids, amounts, arguments, calls, gas


@given(account_ids(), account_ids(below="bank.sandbox"))
def test_account_ids_are_valid(account_id: str, below: str) -> None:
    check_account_id(account_id)
    assert check_account_id(below).endswith(".bank.sandbox")


@given(amounts("1 NEAR", "2.5 NEAR"), amounts(), gas(TGas(5), TGas(6)))
def test_money_and_gas_are_in_their_bounds(amount: Any, any_amount: Any, some_gas: Any) -> None:
    assert NEAR(1) <= amount <= NEAR("2.5")
    assert 0 <= any_amount <= NEAR(100)
    assert TGas(5) <= some_gas <= TGas(6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
async def test_arguments_fit_the_abi(data: Any, bank: Contract, alice: Account) -> None:
    made = data.draw(arguments(bank, "deposit_and_stake"))
    check_account_id(made["pool"])
    only = data.draw(arguments(bank, "deposit_and_stake", account_ids_from=[alice]))
    assert only == {"pool": alice.id}
    assert data.draw(arguments(bank, "deposit_and_stake", given={"pool": "x.near"})) == {"pool": "x.near"}
    call = data.draw(calls(bank, "deposit_and_stake", by=st.just(alice), account_ids_from=[alice]))
    assert (await call.attempt()).signer == alice.id


@given(data=st.data())
def test_bytes_are_made_as_base64(data: Any) -> None:
    method = Method(
        "m",
        parameters=(Parameter("seal", optional=False, schema={"$ref": "#/definitions/Base64VecU8"}),),
        definitions=corrected({"Base64VecU8": {"type": "array", "items": {"type": "integer"}}}),
    )
    contract = Contract(Account(None, "c.sandbox", None), Interface({"m": method}, definitions=method.definitions))  # type: ignore[arg-type]
    made = data.draw(arguments(contract, "m"))
    base64.b64decode(made["seal"], validate=True)
    assert method.arguments((), made) == made


seen: list[int] = []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=amounts("1 NEAR", "5 NEAR"))
async def test_every_example_starts_from_the_same_chain(near: Near, alice: Account, bob: Account, amount: Any) -> None:
    assert await bob.balance() == NEAR(100)
    await alice.transfer(bob, amount)
    seen.append(await near.height())
    assert len(set(seen)) == 1


class Counter(ChainMachine):
    contract: Any
    alice: Any

    def __init__(self) -> None:
        super().__init__()
        self.expected = 0
        assert self.contract.counter() == 0

    @rule(times=st.integers(1, 2))
    def count(self, times: int) -> None:
        for _ in range(times):
            self.contract.count().by(self.alice).send()
        self.expected += times

    @invariant()
    def counted(self) -> None:
        assert self.contract.counter() == self.expected


class WrongCounter(Counter):
    @rule()
    def forget(self) -> None:
        self.expected = 0


FEW = settings(max_examples=6, stateful_step_count=6, deadline=None)


def test_a_machine_is_rewound(near: Near, alice: Account, counter: Contract) -> None:
    height = near.node.height
    Counter.run(near, settings=FEW, contract=counter, alice=alice)
    assert near.node.height == height


def test_a_machine_finds_what_is_wrong(near: Near, alice: Account, counter: Contract) -> None:
    with pytest.raises(AssertionError):
        WrongCounter.run(near, settings=settings(FEW, max_examples=50), contract=counter, alice=alice)
    with pytest.raises(TypeError, match="run the machine with"):
        Counter()


drawn: list[list[int]] = []


class Draws(ChainMachine):
    """Notes what is drawn in each of its examples."""

    def __init__(self) -> None:
        super().__init__()
        drawn.append([])

    @rule(number=st.integers())
    def draw(self, number: int) -> None:
        drawn[-1].append(number)


def test_the_examples_of_a_machine_are_those_of_its_seed(near: Near) -> None:
    def examples(seed: int | None) -> list[list[int]]:
        drawn.clear()
        Draws.run(near, settings=settings(FEW, database=None, derandomize=False), seed=seed)  # where CI is set, it is
        return list(drawn)

    assert examples(0) == examples(0)
    assert examples(1) == examples(1)
    assert examples(0) != examples(1)
    assert examples(None) != examples(None)


def test_without_an_abi_nothing_is_made_up(near: Near, alice: Account) -> None:
    from near_harness.contract.abi import Interface

    bare = Contract(alice, Interface.from_exports(("go",)))
    with pytest.raises(BadInput, match="none can be made up"):
        arguments(bare, "go")
    with pytest.raises(BadInput, match="name them"):
        calls(bare, by=st.just(alice))
    assert near


@pytest.fixture
async def counter(near: Near, contracts: Path) -> Contract:
    return await near.deploy(contracts / "callback_results.wasm", "counter")
