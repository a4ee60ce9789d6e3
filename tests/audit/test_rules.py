"""Each rule finds the methods that are wrong on purpose, and keeps quiet about the right ones."""

from __future__ import annotations

from audit.conftest import Audited, fresh_audit

from near_harness.audit import Report, Severity


def _found(report: Report, rule: str) -> dict[str, Severity]:
    return {finding.method: finding.severity for finding in report.findings if finding.rule == rule}


def test_a_callback_that_is_not_private_is_found_by_calling_it(audited: Audited) -> None:
    report = audited("callback_results")
    assert _found(report, "NH001") == {"on_three_results_open": Severity.HIGH}
    (finding,) = (one for one in report.findings if one.rule == "NH001")
    assert 'called_by":"mallory.sandbox' in finding.tree
    assert finding.call.signer == "mallory.sandbox"


def test_private_callbacks_refuse_the_stranger(audited: Audited) -> None:
    assert _found(audited("deposit_demo"), "NH001") == {}
    assert _found(audited("bank", "staking_pool"), "NH001") == {}


def test_state_kept_after_a_failed_call_is_found(audited: Audited) -> None:
    report = audited("bank", "staking_pool")
    assert _found(report, "NH002") == {"deposit_and_stake_wrong": Severity.HIGH}
    (finding,) = (one for one in report.findings if one.rule == "NH002")
    assert "FAILED" in finding.tree
    assert len(finding.steps) == 1


def test_state_that_is_not_kept_or_not_changed_before_is_left_alone(audited: Audited) -> None:
    for contract in ("callback_results", "deposit_demo", "staking_pool"):
        assert _found(audited(contract), "NH002") == {}


def test_an_audit_says_the_same_each_time(audited: Audited) -> None:
    first, again = audited("staking_pool"), fresh_audit("staking_pool")
    assert [f.fingerprint for f in first.findings] == [f.fingerprint for f in again.findings]
    assert [(m.method.name, m.tries, len(m.entries)) for m in first.methods] == [
        (m.method.name, m.tries, len(m.entries)) for m in again.methods
    ]


def test_what_could_not_be_entered_is_named_with_the_contracts_words(audited: Audited) -> None:
    report = audited("deposit_demo")
    assert [record.method.name for record in report.not_entered] == ["refuse"]
    assert "NOT ENTERED: ContractPanic: this callee refuses deposits" in str(report)
    assert "1 could not be entered: nothing is known of them" in str(report)


def test_a_method_that_needs_an_earlier_call_is_entered_after_it(audited: Audited) -> None:
    report = audited("bank", "staking_pool")
    (record,) = (record for record in report.methods if record.method.name == "withdraw")
    (step,) = record.entries[0].past
    assert "deposit_and_stake" in str(step)


def test_a_deposit_that_stays_is_found_and_one_that_goes_back_is_not(audited: Audited) -> None:
    assert _found(audited("deposit_demo"), "NH003") == {"forgets": Severity.HIGH}
    assert _found(audited("bank", "staking_pool"), "NH003") == {}


def test_a_callback_with_too_little_gas_is_found(audited: Audited) -> None:
    assert _found(audited("deposit_demo"), "NH005") == {"gives_back_with_too_little_gas": Severity.HIGH}


def test_nothing_else_is_found(audited: Audited) -> None:
    found = {
        finding.rule for contract in (("bank", "staking_pool"), ("deposit_demo",)) for finding in audited(*contract).findings
    }
    assert found == {"NH002", "NH003", "NH005"}
    assert audited("staking_pool").findings == ()
    assert {finding.rule for finding in audited("callback_results").findings} == {"NH001"}
