"""Stories of the literature: what is wrong in the bad twin is found from its wasm alone, without an example of a call."""

from __future__ import annotations

import pytest
from audit.conftest import Audited

FOUND = {
    "escrow": {"NH007": {"decide"}},
    "forwarder": {"NH005": {"forward"}},
    "payroll": {"NH006": {"pay"}},
    "quotes": {"NH007": {"buy"}, "NH004": {"buy"}},
    "savings": {"NH001": {"on_checked"}},
    "seats": {"NH005": {"book"}},
    "shop": {"NH007": {"buy"}, "NH004": {"buy"}},
    "token": {
        "NH003": {"ft_transfer_call"},
        "NH004": {"ft_transfer", "ft_transfer_call"},
        "NH007": {"ft_transfer_call"},
        "NH009": {"ft_transfer", "ft_transfer_call"},
    },
}
"""The methods at fault, by story and rule. The faults of the other stories lie in the order of receipts."""


@pytest.mark.parametrize("story", FOUND)
def test_the_bad_twin_is_found(audited: Audited, story: str) -> None:
    found: dict[str, set[str]] = {}
    for finding in audited(f"{story}_bad", "clerk").findings:
        found.setdefault(finding.rule, set()).add(finding.method)
    assert found == FOUND[story]
