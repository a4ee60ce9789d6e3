"""A look at a compiled contract on an embedded node: how it begins, and what its views say then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from near_harness.accounts import Contract
from near_harness.contract.abi import Method
from near_harness.errors import HarnessError
from near_harness.near import Near, start
from near_harness.outcome.failures import TransactionFailed

_MOST_VIEWS = 3
_LONGEST = 60
_READS = ("get_", "is_", "has_", "total_", "ft_metadata", "nft_metadata")


@dataclass(frozen=True)
class Look:
    """What was seen. ``init`` is a method without arguments that begins it, ``views`` what views without arguments say then.

    ``wanted`` is how a method looks that begins it and takes arguments, where there is such a one and no ``init``. ``private``:
    nobody may call the method that begins it but the contract's own account.
    """

    init: str | None
    views: tuple[tuple[str, Any], ...]
    wanted: str | None = None
    private: bool = False


async def look(wasm: Path, account: str) -> Look:
    """Deploy a contract on an account of this name, in each way in which it may begin, and call views without arguments.

    :raises NodeError: where there is no embedded node.
    """
    async with start(node="embedded") as near:
        with near.anchor():
            interface = (await near.deploy(wasm, account)).interface
        methods = list((interface.methods or {}).values())
        plain = [method.name for method in interface.inits if not method.parameters]
        views = [method.name for method in methods if _may_be_read(method)]
        found = [one for init in (*plain, None) if (one := await _look(near, wasm, account, init, views)) is not None]
        best = max(found, key=lambda one: len(one.views))  # the first of those that tell most
        begins = next((method for method in methods if "init" in method.modifiers and method.parameters), None)
        if best.init or begins is None:
            return best
        return replace(best, wanted=_with_arguments(begins), private="private" in begins.modifiers)


async def _look(near: Near, wasm: Path, account: str, init: str | None, views: list[str]) -> Look | None:
    """Begin a contract with a method, by its own account where nobody else may; None where that cannot be."""
    for private in (False, True) if init else (False,):
        with near.anchor():
            where = await near.create_account(account) if private else account
            try:
                contract = await near.deploy(wasm, where, init=init)
            except TransactionFailed:
                continue
            said = {name: await _says(contract, name) for name in views}
            await near.fast_forward(100)
            # What changes by itself is nothing to test.
            lasting = [
                (name, value) for name, value in said.items() if value is not None and value == await _says(contract, name)
            ]
            return Look(init, tuple(lasting[:_MOST_VIEWS]), private=private)
    return None


def _with_arguments(method: Method) -> str:
    """A call of ``near.deploy``'s arguments for a method that begins a contract and takes some."""
    args = ", ".join(f'"{parameter.name}": …' for parameter in method.parameters or () if not parameter.optional)
    return f'init="{method.name}", args={{{args}}}'


def _may_be_read(method: Method) -> bool:
    if method.view is None:
        return method.name.startswith(_READS)
    return method.view and not method.parameters


async def _says(contract: Contract, name: str) -> Any:
    """What a view says, where it is short enough to stand in a test; else None."""
    try:
        value = await contract.view(name)
    except HarnessError:
        return None
    return value if len(repr(value)) <= _LONGEST else None
