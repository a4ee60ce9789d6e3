"""Somebody else acts in between: each method of the contracts that take part, called by a stranger.

The calls are roots of their own, to be explored together with those of one actor: every place between a call and its callback is
among the orders.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from near_harness.audit.samples import Samples
from near_harness.contract.abi import ABI_METHOD, Method
from near_harness.explore.scene import Root, Signing
from near_harness.transactions import Call
from near_harness.units import NEAR, Amount, TGas

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.near import Near

_EACH = 2
"""Arguments that are tried for a method."""
_GAS = TGas(100)
_DEPOSIT = NEAR(1)


async def strangers_calls(
    near: Near, signing: Signing, stranger: Account, contracts: Sequence[Contract], users: Iterable[str]
) -> list[Root]:
    """Sign a stranger's calls: of each method that is no view, with a few arguments; with a deposit where it takes one."""
    ids = tuple(contract.id for contract in contracts)
    made: list[Root] = []
    for contract in contracts:
        samples = Samples(contract.interface.definitions, (stranger.id, *users), ids, contract.id)
        for method in (contract.interface.methods or {}).values():
            if method.view or method.name == ABI_METHOD:
                continue
            deposit = _DEPOSIT if method.payable else Amount(0)
            for args in itertools.islice(_arguments(samples, method), _EACH):
                call = Call(near, contract.id, method.name, args).by(stranger).attach(deposit).gas(_GAS)
                made.append(await signing.root(call, f"s{len(made)}", -1))
    return made


def _arguments(samples: Samples, method: Method) -> Iterable[bytes]:
    """The arguments to try; none at all are tried where the contract does not say which it takes."""
    return [b"{}"] if method.parameters is None else samples.encoded(method, _EACH)
