"""``near.audit(…)``: from the chain as a test has made it, and back to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from audit.conftest import CONTRACTS, run_script

from near_harness import NEAR, Account, Contract, Near
from near_harness.errors import BadInput, CapabilityMissing


async def test_an_audit_leaves_the_chain_as_it_was(near: Near, bank: Contract, alice: Account) -> None:
    height, balance = await near.height(), await alice.balance()
    heard: list[str] = []
    near.observers.append(lambda _outcome, called: heard.append(called))
    report = await near.audit(bank, rules=["NH001", "NH002"], tries=6)
    near.observers.pop()
    assert [(finding.rule, finding.method) for finding in report.findings] == [("NH002", "deposit_and_stake_wrong")]
    assert (await near.height(), await alice.balance(), heard) == (height, balance, [])


async def test_assert_clean_fails_with_the_proof(near: Near, bank: Contract) -> None:
    report = await near.audit(bank, rules=["kept-state"], tries=6)
    with pytest.raises(AssertionError, match=r"NH002 kept-state  high  bank\.sandbox\.deposit_and_stake_wrong"):
        report.assert_clean()
    (await near.audit(bank, rules=["open-callback"], tries=1)).assert_clean()


async def test_scripts_of_a_test_go_on_from_its_chain(near: Near, bank: Contract, alice: Account, tmp_path: Path) -> None:
    await alice.transfer(bank, NEAR(3))
    report = await near.audit(bank, rules=["NH002"], tries=6)
    (path,) = report.write_scripts(tmp_path).values()
    assert (tmp_path / "audited.chain").is_file()
    ran = await asyncio.to_thread(run_script, path)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "bank.sandbox 103 NEAR" in " ".join(ran.stdout.split())


async def test_examples_lead_the_way(near: Near, alice: Account) -> None:
    demo = await near.deploy(CONTRACTS / "deposit_demo.wasm", "demo")
    call = demo.gives_back(callee=demo, accepted=True).by(alice).attach("7 NEAR")
    report = await near.audit(demo, calls=[call], tries=1)
    (record,) = (record for record in report.methods if record.method.name == "gives_back")
    assert record.entries[0].call.deposit == NEAR(7)


async def test_a_node_without_an_engine_cannot(near: Near, bank: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near.node, "capabilities", replace(near.node.capabilities, stepping=False))
    with pytest.raises(CapabilityMissing, match="audit: the embedded node cannot do that"):
        await near.audit(bank)


async def test_what_cannot_be_audited_is_refused(near: Near, bank: Contract) -> None:
    with pytest.raises(BadInput, match="there is no rule 'NH999'"):
        await near.audit(bank, rules=["NH999"])
    other = await near.deploy(CONTRACTS / "staking_pool.wasm", "pool")
    with pytest.raises(BadInput, match=r"is an example of bank\.sandbox's calls, but calls pool\.sandbox"):
        await near.audit(bank, calls=[other.deposit_and_stake()])
