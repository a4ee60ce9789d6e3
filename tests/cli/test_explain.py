"""``near-harness explain``: every error, warning and rule has a meaning and something to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from near_harness.explanations.errors import OF_PARTS, group_of, kinds
from near_harness.explanations.find import codes, explain
from near_harness.explanations.unknown import NothingKnown

if TYPE_CHECKING:
    from cli.conftest import Cli


def test_a_name_of_nearcore(cli: Cli) -> None:
    done = cli("explain", "NotEnoughBalance")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("NotEnoughBalance (error)\n\nThe signer cannot pay the deposits plus all attached gas")
    assert "Why the protocol does so\n  A transaction is paid in advance." in done.stdout
    assert "What to do: give the signer more NEAR, or attach less gas" in done.stdout
    assert "expect_failure(NotEnoughBalance)" in done.stdout


def test_a_rule(cli: Cli) -> None:
    done = cli("explain", "NH001")
    assert done.returncode == 0, done.stderr
    assert "NH001" in done.stdout
    assert cli("explain", "open-callback").stdout == done.stdout


@pytest.mark.parametrize(("text", "expected"), [
    ("InvalidTxError", ["InvalidTransaction"]),
    ("unknown_account", ["UnknownAccount"]),
    ("TIMEOUT_ERROR", ["RpcTimeout"]),
    ("FunctionCallError", ["FunctionCallFailed"]),
    ("Deserialization", ["PrepareDeserialization"]),
    ("InvalidAccountId", ["InvalidAccountId", "InvalidAccountIdInAction"]),
    ("TightCallback", ["TightCallback"]),
    ("E   NotEnoughBalance: NotEnoughBalance: balance 5 NEAR, cost 7 NEAR", ["NotEnoughBalance"]),
    ('{"ActionError": {"kind": {"AccountDoesNotExist": {}}}}', ["ActionFailed", "AccountDoesNotExist"]),
])  # fmt: skip
def test_what_a_user_has_in_hand(text: str, expected: list[str]) -> None:
    assert [one.code for one in explain(text)] == expected


def test_everything_has_a_meaning_and_something_to_do() -> None:
    assert len(codes()) > 150
    for name in codes():
        for one in explain(name):
            assert one.meaning
            assert one.title
            assert one.what_to_do or one.kind == "rule", one.code


def test_every_error_is_in_a_group() -> None:
    others = [name for name, kind in kinds().items() if group_of(kind).title == "Others"]
    parts = {kind.__name__ for kind in OF_PARTS}
    assert [name for name in others if name not in parts] == ["HarnessError", "ReceiptNotFound", "TransactionFailed"]


def test_a_long_text_is_printed_with_its_example(cli: Cli) -> None:
    done = cli("explain", "GasExceeded")
    assert "\nWhy the protocol does so\n  Gas is paid before a call begins" in done.stdout
    assert "\n    async def test_gas_exceeded(near, alice, demo):\n" in done.stdout
    assert done.stdout.endswith("Read on in the documentation: gas\n")
    assert max(map(len, done.stdout.splitlines())) <= 130


def test_what_is_unknown(cli: Cli) -> None:
    done = cli("explain", "NotEnoughBalanse")
    assert done.returncode == 3
    assert "did you mean NotEnoughBalance" in done.stderr
    with pytest.raises(NothingKnown, match="explain --list shows all"):
        explain("§§§")
    assert cli("explain").returncode == 2


def test_the_list_and_json(cli: Cli) -> None:
    listed = json.loads(cli("explain", "--list", "--json").stdout)
    assert listed == {"schema": "near_harness/explain_list@1", "codes": codes()}
    told = json.loads(cli("explain", "GasExceeded", "--json").stdout)
    assert told["found"][0]["what_to_do"].startswith("attach more gas")


def test_how_an_error_is_expected_in_a_test_and_what_to_do() -> None:
    (inside,) = explain("DelegateActionRequiresGasKey")
    assert inside.in_a_test[-1] == (
        'failure = await signed.by(relayer).expect_failure(DelegateActionAccessKeyError, "DelegateActionRequiresGasKey")'
    )
    assert inside.what_to_do.startswith("Sign a delegate action of the first version")
    assert explain("DelegateActionExpired")[0].in_a_test[-1].startswith("failure = await signed.by(relayer)")
    assert explain("ExplorationFailed")[0].in_a_test[-1] == "    report.assert_safe()"
    assert explain("ExpectationFailed")[0].in_a_test[-1] == "    expect(tx).succeeded()"


def test_what_to_do_is_told_once(cli: Cli) -> None:
    assert "What to do: " in cli("explain", "GasExceeded").stdout  # a hint, which a failing test prints as well
    assert "What to do: " not in cli("explain", "ExplorationFailed").stdout  # the text has it
