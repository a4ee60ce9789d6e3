"""What makes an audit harder: no ABI, calls that do not end, users without money. It says so, and goes on."""

from __future__ import annotations

from pathlib import Path

from audit import hand_written
from audit.conftest import CONTRACTS

from near_harness import NEAR, Near
from near_harness.audit import Severity
from near_harness.audit.of_file import Request, audit_file


def test_arguments_are_learnt_from_what_a_contract_without_an_abi_refuses(tmp_path: Path) -> None:
    path = tmp_path / "bank.wasm"
    path.write_bytes((CONTRACTS / "bank.wasm").read_bytes().replace(b"__contract_abi", b"__contract_abc"))
    report = audit_file(Request(path, rules=("NH002",), tries=12))
    assert [(finding.method, finding.severity) for finding in report.findings] == [("deposit_and_stake_wrong", Severity.HIGH)]
    records = {record.method.name: record for record in report.methods}
    learnt = records["staked_with"].method.parameters or ()
    assert sorted(parameter.name for parameter in learnt) == ["account", "pool"]
    assert "the contract has no ABI, so arguments were guessed" in str(report)


def test_a_method_that_wants_a_public_key_is_entered(tmp_path: Path) -> None:
    code = (CONTRACTS / "workshop.wasm").read_bytes()
    for name, content in (("with_abi", code), ("without", code.replace(b"__contract_abi", b"__contract_abc"))):
        path = tmp_path / f"{name}.wasm"
        path.write_bytes(content)
        report = audit_file(Request(path, rules=("NH001",), tries=12))
        (give,) = (record for record in report.methods if record.method.name == "give")
        assert {entry.call.args for entry in give.entries}, str(report)


async def test_a_call_that_waits_for_a_resume_is_told(near: Near) -> None:
    contract = await near.deploy(hand_written.waits(), "waits")
    report = await near.audit(contract, tries=2)
    (record,) = report.not_entered
    assert record.method.name == "wait"
    assert record.last_refusal.startswith("it waits for somebody to resume it (yield)")


async def test_a_user_without_money_is_told(near: Near) -> None:
    poor = await near.create_account("poor", balance=NEAR("0.01"))
    demo = await near.deploy(CONTRACTS / "deposit_demo.wasm", "demo")
    report = await near.audit(demo, users=[poor], rules=["NH003"], tries=2)
    (record,) = (record for record in report.methods if record.method.name == "forgets")
    assert record.last_refusal.startswith("NotEnoughBalance")
    assert "entered by the contract's own account only" in str(report)


def test_the_proof_of_a_large_transaction_says_how_much_of_it_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "contract.wasm"
    path.write_bytes(hand_written.unread_promises(50))
    report = audit_file(Request(path, rules=("NH006",), tries=1))
    finding = report.findings[0]
    # Each payment fails and comes back, with the gas: 150 receipts below the call, besides the gas of the call.
    assert finding.tree.endswith("    │   └── … 1 more receipt\n    └── … 127 more receipts")
    assert finding.tree.count("#") == 24 and "FAILED nobody3.sandbox: Transfer" in finding.tree
    assert "… 40 more" in finding.ledger and "all together" in finding.ledger
    assert max(len((one.tree + one.ledger).splitlines()) for one in report.findings) < 60
