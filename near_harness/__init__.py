"""Write a pytest test against a NEAR node, and know what every receipt did and where the money went.

Names are loaded when they are used, so that the pytest plugin costs nothing where no test asks for a node.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from near_harness.version import __version__

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.errors import HarnessError
    from near_harness.expectations import expect
    from near_harness.keys import KeyPair
    from near_harness.near import Near, start
    from near_harness.outcome import Outcome, Receipt
    from near_harness.outcome.bounds import at_least, at_most, between
    from near_harness.outcome.failures import ContractPanic, TransactionFailed
    from near_harness.puppets.puppet import Puppet
    from near_harness.transactions import Call, View
    from near_harness.units import NEAR, Amount, Gas, TGas, yocto

_HOMES = {
    "NEAR": "units",
    "Account": "accounts",
    "Amount": "units",
    "Call": "transactions",
    "Contract": "accounts",
    "ContractPanic": "outcome.failures",
    "Gas": "units",
    "HarnessError": "errors",
    "KeyPair": "keys",
    "Near": "near",
    "Outcome": "outcome",
    "Puppet": "puppets.puppet",
    "Receipt": "outcome",
    "TGas": "units",
    "TransactionFailed": "outcome.failures",
    "View": "transactions",
    "at_least": "outcome.bounds",
    "at_most": "outcome.bounds",
    "between": "outcome.bounds",
    "expect": "expectations",
    "start": "near",
    "yocto": "units",
}

__all__ = [
    "NEAR",
    "Account",
    "Amount",
    "Call",
    "Contract",
    "ContractPanic",
    "Gas",
    "HarnessError",
    "KeyPair",
    "Near",
    "Outcome",
    "Puppet",
    "Receipt",
    "TGas",
    "TransactionFailed",
    "View",
    "__version__",
    "at_least",
    "at_most",
    "between",
    "expect",
    "start",
    "yocto",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    module = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    value = globals()[name] = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
