"""What counts as a difference, and what another protocol version may bring."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from near_harness.bundles.compare import Difference, differences

_PANIC = {
    "ActionError": {"index": 0, "kind": {"FunctionCallError": {"ExecutionError": "Smart contract panicked: pool is paused"}}}
}
_POOR = {"InvalidTxError": {"NotEnoughBalance": {"signer_id": "a", "balance": "5", "cost": "7"}}}


def _receipt(**changes: Any) -> dict[str, Any]:
    return {"from": "a", "to": "b", "does": ["m"], "status": "succeeded", "gas_burnt": 5, "tokens_burnt": "6", **changes}


_SEEN: dict[str, Any] = {
    "status": {"value": "NQ=="},
    "gas_burnt": 10,
    "tokens_burnt": "12",
    "receipts": [
        _receipt(status={"result_of": 3}),
        _receipt(refund="gas", made_by=1),
        _receipt(made_by=1, status={"failure": _PANIC}, logs=["hello"], deposit="9"),
    ],
}


def _found(change: Any) -> list[Difference]:
    came = deepcopy(_SEEN)
    change(came)
    return list(differences(4, "a -> b m", _SEEN, came))


def test_the_same_has_no_differences() -> None:
    assert _found(lambda _came: None) == []


@pytest.mark.parametrize(("change", "receipt", "field"), [
    (lambda came: came.update(status="succeeded"), None, "result"),
    (lambda came: came["receipts"][2].update(logs=["bye"]), 2, "logs"),
    (lambda came: came["receipts"][2].update(deposit="8"), 2, "deposit"),
    (lambda came: came["receipts"][2].update(status="succeeded"), 2, "status"),
    (lambda came: came["receipts"][2].update(to="c"), 2, "to"),
    (lambda came: came["receipts"][2].update({"from": "c"}), 2, "from"),
    (lambda came: came["receipts"][2].update(does=["n"]), 2, "does"),
    (lambda came: came["receipts"][2].update(made_by=2), 2, "made_by"),
    (lambda came: came["receipts"][2].update(refund="deposit"), 2, "refund"),
    (lambda came: came["receipts"][2]["status"]["failure"]["ActionError"].update(index=1), 2, "status"),
    (lambda came: came["receipts"].append(_receipt(made_by=1)), 3, "receipts"),
])  # fmt: skip
def test_behaviour(change: Any, receipt: int | None, field: str) -> None:
    (found,) = _found(change)
    assert (found.step, found.receipt, found.field, found.cost) == (4, receipt, field, False)


@pytest.mark.parametrize(("change", "field"), [
    (lambda came: came.update(gas_burnt=11), "gas_burnt"),
    (lambda came: came["receipts"][0].update(tokens_burnt="7"), "tokens_burnt"),
])  # fmt: skip
def test_costs(change: Any, field: str) -> None:
    (found,) = _found(change)
    assert (found.field, found.cost) == (field, True)


def test_a_refund_of_gas_is_a_cost_and_moves_nothing_else() -> None:
    def without(came: dict[str, Any]) -> None:
        came["receipts"].pop(1)
        came["receipts"][0]["status"] = {"result_of": 2}

    (found,) = _found(without)
    assert (found.field, found.cost) == ("refunds of gas", True)


def test_behaviour_comes_before_costs() -> None:
    def both(came: dict[str, Any]) -> None:
        came["receipts"][0]["gas_burnt"] = 1
        came["status"] = "succeeded"

    assert [one.cost for one in _found(both)] == [False, True]


def test_refusals() -> None:
    richer = deepcopy(_POOR)
    richer["InvalidTxError"]["NotEnoughBalance"]["balance"] = "6"
    (cost,) = differences(1, "x", {"refused": _POOR}, {"refused": richer})
    assert cost.cost
    (other,) = differences(1, "x", {"refused": _POOR}, {"refused": {"InvalidTxError": "Expired"}})
    assert not other.cost
    (ran,) = differences(1, "x", {"refused": _POOR}, _SEEN)
    assert not ran.cost
    assert "NotEnoughBalance" in str(ran)
    assert list(differences(1, "x", {"error": "RpcTimeout"}, {"error": "RpcTimeout"})) == []
