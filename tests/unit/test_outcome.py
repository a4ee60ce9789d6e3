"""The receipt tree, built from what a real node answered."""

from __future__ import annotations

import copy
import re

import pytest
from recorded import answer, balances_before_and_after

from near_harness.errors import BadInput, ReceiptNotFound, RpcError
from near_harness.ledger import receipt_reward
from near_harness.outcome import Outcome, Receipt, Refund, parse_outcome
from near_harness.outcome.failures import ContractPanic, WasmTrap
from near_harness.outcome.parse import parse_action
from near_harness.units import NEAR, Amount, TGas

ALL = (
    "credited before the stake",
    "withdraws the credit",
    "withdraws again",
    "credited in the callback: the pool accepts",
    "credited in the callback: the pool panics",
    "query a pool",
)


@pytest.fixture
def failing() -> Outcome:
    """Right order; the pool panics, and so does the callback."""
    return parse_outcome(answer("credited in the callback: the pool panics"))


def test_the_tree_has_children_in_the_order_of_creation(failing: Outcome) -> None:
    root = failing.root
    assert root is not None
    assert [child.receiver for child in root.children] == ["pool.sandbox", "bank.sandbox", "alice.sandbox"]
    assert [r.id for r in failing.receipts] == [o["id"] for o in failing.raw["receipts_outcome"]]
    assert all(child.parent is parent for parent in failing.receipts for child in parent.children)


def test_a_receipt_knows_who_called_what_with_what(failing: Outcome) -> None:
    pool = failing.receipt("pool.sandbox", "boom")
    assert (pool.predecessor, pool.receiver, pool.signer) == ("bank.sandbox", "pool.sandbox", "alice.sandbox")
    assert pool.deposit == NEAR(10)
    assert pool.gas == TGas(50)
    assert pool.gas_burnt == 901670415566
    assert pool.tokens_burnt == Amount(90167041556600000000)
    assert isinstance(pool.failure, ContractPanic)
    assert pool.failure.text == "boom"
    assert pool.failed
    assert not pool.succeeded


def test_a_callback_knows_its_promise(failing: Outcome) -> None:
    callback = failing.receipt("bank.sandbox", "on_result")
    assert callback.callback_of == [failing.receipt("pool.sandbox", "boom")]
    assert failing.receipt("bank.sandbox", "run").callback_of == []


def test_of_several_receipts_that_name_one_data_id_the_first_is_what_the_callback_waits_for() -> None:
    """A promise that returns another hands on to it whom its result is for."""
    raw = answer("credited in the callback: the pool accepts")
    outcome, body = copy.deepcopy(raw["receipts_outcome"][0]), copy.deepcopy(raw["receipts"][0])
    callback = next(receipt for receipt in raw["receipts"] if receipt["receipt"]["Action"].get("input_data_ids"))
    source = parse_outcome(raw).find("pool.sandbox")[0].id
    outcome["id"], outcome["outcome"]["receipt_ids"] = "handed on", []
    data = [{"data_id": name, "receiver_id": "bank.sandbox"} for name in callback["receipt"]["Action"]["input_data_ids"]]
    body["receipt_id"], body["receipt"]["Action"]["output_data_receivers"] = "handed on", data
    raw["receipts_outcome"].append(outcome)
    raw["receipts"].append(body)
    next(entry for entry in raw["receipts_outcome"] if entry["id"] == source)["outcome"]["receipt_ids"].append("handed on")
    found = {receipt.id: receipt for receipt in parse_outcome(raw).receipts}
    assert found["handed on"].output_data == found[source].output_data
    assert [receipt.id for receipt in found[callback["receipt_id"]].callback_of] == [source]


def test_refunds_of_deposits_and_of_gas_are_told_apart(failing: Outcome) -> None:
    deposits = [r for r in failing.refunds if r.refund is Refund.DEPOSIT]
    assert [(r.receiver, r.deposit) for r in deposits] == [("bank.sandbox", NEAR(10))]
    assert deposits[0].parent is failing.receipt("pool.sandbox", "boom")
    assert {r.receiver for r in failing.refunds if r.refund is Refund.GAS} == {"alice.sandbox"}


def test_the_result_of_the_transaction_is_that_of_its_last_promise(failing: Outcome) -> None:
    assert isinstance(failing.failure, WasmTrap)
    assert failing.failure.outcome is failing
    assert parse_outcome(answer("query a pool")).json() == "12345"
    with pytest.raises(WasmTrap):
        failing.json()


def test_a_transaction_may_succeed_with_failures_inside() -> None:
    outcome = parse_outcome(answer("credited in the callback: the pool accepts"))
    assert outcome.succeeded
    assert outcome.failed_receipts == ()


def test_totals_are_the_sums_of_the_parts(failing: Outcome) -> None:
    parts = failing.raw["receipts_outcome"] + [failing.raw["transaction_outcome"]]
    assert failing.gas_burnt == sum(part["outcome"]["gas_burnt"] for part in parts)
    assert failing.tokens_burnt == sum(int(part["outcome"]["tokens_burnt"]) for part in parts)
    assert failing.accounts == ("alice.sandbox", "bank.sandbox", "pool.sandbox")


@pytest.mark.parametrize("note", ALL)
def test_burnt_tokens_and_rewards_explain_every_yocto_that_is_gone(note: str) -> None:
    """Balances that the real node showed around the transaction: nothing is left over."""
    outcome = parse_outcome(answer(note))
    change = sum(after - before for before, after in balances_before_and_after(note).values())
    rewards = sum(int(receipt_reward(receipt, outcome)) for receipt in outcome.receipts)
    assert change + int(outcome.tokens_burnt) - rewards == 0


@pytest.mark.parametrize("note", ALL)
def test_every_tree_prints(note: str) -> None:
    outcome = parse_outcome(answer(note))
    text = str(outcome)
    assert text.count("\n") + 1 >= len(outcome.receipts) + 1
    assert all(f"#{number} " in text for number in range(1, len(outcome.receipts) + 1))


def test_the_printed_tree(failing: Outcome) -> None:
    cut = re.sub(r"\(([0-9a-f]{4})[0-9a-f]+…?\)", r"(\1…)", str(failing))
    assert (
        cut
        == """\
transaction r0  alice.sandbox -> bank.sandbox  FAILED  ~4.65 Tgas burnt, ~0.00038 NEAR
└── #1 ok bank.sandbox: run(1f05…)  +10 NEAR  from alice.sandbox, ~1.63 Tgas burnt, 300 Tgas attached
        returned the result of #5
    ├── #2 FAILED pool.sandbox: boom()  +10 NEAR  from bank.sandbox, ~0.9 Tgas burnt, 50 Tgas attached
    │       ContractPanic: boom; its changes were rolled back
    │   ├── #3 ok refund 10 NEAR to bank.sandbox (deposit of the failed receipt)
    │   └── #4 ok refund ~0.0508 NEAR to alice.sandbox (gas)
    ├── #5 FAILED bank.sandbox: on_result(4002…)  callback of #2  from bank.sandbox, ~0.9 Tgas burnt, 50 Tgas attached
    │       WasmTrap: WebAssembly trap: An `unreachable` opcode was executed.; its changes were rolled back
    │   └── #6 ok refund ~0.0508 NEAR to alice.sandbox (gas)
    └── #7 ok refund ~0.19895 NEAR to alice.sandbox (gas)"""
    )


def test_a_panic_with_a_stack_trace_prints(failing: Outcome) -> None:
    """As contracts in JavaScript panic."""
    panicked = failing.receipt("pool.sandbox").how_failed
    assert isinstance(panicked, ContractPanic)
    panicked.fields = "Smart contract panicked: boom\n    at withdraw (build/contract.js:3440)\n"
    lines = [line.strip(" │") for line in str(failing).splitlines()]
    at = lines.index("ContractPanic: boom; its changes were rolled back")
    assert lines[at + 1] == "at withdraw (build/contract.js:3440)"
    assert lines[at + 2].startswith("├── #3")


def test_a_receipt_that_is_not_there_or_not_alone_is_an_error_with_the_tree(failing: Outcome) -> None:
    with pytest.raises(ReceiptNotFound, match=r"no receipt for pool\.sandbox\.run\ntransaction r0"):
        failing.receipt("pool.sandbox", "run")
    with pytest.raises(ReceiptNotFound, match=r"2 receipts for bank\.sandbox; take one of tx\.find"):
        failing.receipt("bank.sandbox")
    assert len(failing.find("bank.sandbox")) == 2


def test_a_receipt_that_was_not_executed_yet_says_so() -> None:
    raw = answer("query a pool")
    raw["receipts_outcome"] = raw["receipts_outcome"][:1]
    raw["status"] = "Started"
    outcome = parse_outcome(raw)
    assert outcome.root is not None
    assert [child.executed for child in outcome.root.children] == [False, False, False]
    assert "not executed" in str(outcome)


def test_a_transaction_to_oneself_has_its_first_receipt() -> None:
    raw = answer("query a pool")
    raw["receipts"] = [r for r in raw["receipts"] if r["receipt_id"] != "r1"]
    root = parse_outcome(raw).root
    assert root is not None
    assert (root.predecessor, root.method, root.signer) == ("alice.sandbox", "run", "alice.sandbox")


def test_an_answer_without_an_outcome_is_an_error() -> None:
    with pytest.raises(RpcError, match="NO_OUTCOME"):
        parse_outcome({"final_execution_status": "NONE"})


def _receipt(logs: tuple[str, ...] = (), value: bytes | None = None) -> Receipt:
    outcome = parse_outcome(answer("query a pool"))
    assert outcome.root is not None
    outcome.root.logs, outcome.root.value = logs, value
    return outcome.root


def test_reads_events_and_leaves_other_logs_alone() -> None:
    event = 'EVENT_JSON:{"standard":"nep141","version":"1.0.0","event":"ft_mint","data":[{"amount":"5"}]}'
    receipt = _receipt((event, "EVENT_JSON:{broken", "EVENT_JSON:[]", 'EVENT_JSON:{"standard":"x"}', "plain"))
    assert [(e.standard, e.event, e.data) for e in receipt.events] == [("nep141", "ft_mint", [{"amount": "5"}])]
    (bare,) = _receipt(('EVENT_JSON:{"standard":"x","version":"1","event":"opened"}',)).events
    assert (bare.event, bare.data) == ("opened", None)


@pytest.mark.parametrize(
    ("raw", "carries"),
    [
        ("CreateAccount", 0),
        ({"Transfer": {"deposit": "5"}}, 5),
        ({"TransferToGasKey": {"public_key": "ed25519:x", "deposit": "5"}}, 5),
        ({"DeterministicStateInit": {"code": {}, "data": {}, "deposit": "5"}}, 5),
        ({"Stake": {"stake": "5", "public_key": "ed25519:x"}}, 0),
        ({"Delegate": {"delegate_action": {"actions": [{"Transfer": {"deposit": "5"}}, "CreateAccount"]}}}, 5),
        ({"DeleteAccount": {"beneficiary_id": "alice.sandbox"}}, 0),
    ],
    ids=str,
)
def test_what_an_action_carries(raw: object, carries: int) -> None:
    assert parse_action(raw).deposit == Amount(carries)


def test_values_are_read_as_json_in_utf8() -> None:
    assert _receipt(value='"é✓"'.encode()).json() == "é✓"
    assert _receipt(value=b"").json() is None
    with pytest.raises(BadInput, match=r"is no JSON but 2 bytes.*use \.value"):
        _receipt(value=b"\xff\x00").json()
    with pytest.raises(BadInput, match="has no value of its own"):
        _receipt(value=None).json()


def _chain(length: int) -> Outcome:
    """A transaction whose every receipt makes one more."""
    raw = answer("query a pool")
    outcome, body = raw["receipts_outcome"][0], raw["receipts"][0]
    raw["receipts_outcome"], raw["receipts"] = [], []
    for number in range(1, length + 1):
        children = [f"r{number + 1}"] if number < length else []
        raw["receipts_outcome"].append(
            {**outcome, "id": f"r{number}", "outcome": {**outcome["outcome"], "receipt_ids": children}}
        )
        raw["receipts"].append({**body, "receipt_id": f"r{number}"})
    return parse_outcome(raw)


def test_a_chain_of_promises_may_be_longer_than_pythons_stack() -> None:
    assert [receipt.id for receipt in _chain(5000).receipts] == [f"r{number}" for number in range(1, 5001)]


def test_a_deep_tree_prints() -> None:
    assert "#200 ok bank.sandbox" in str(_chain(200))
