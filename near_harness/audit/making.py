"""The chain of an audit from the command line, made step by step: each step runs, and reads as Python in the scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from near_harness.audit.errors import CannotAudit
from near_harness.audit.samples import Samples
from near_harness.audit.steps import python_arguments
from near_harness.audit.world import WEALTH, World
from near_harness.contract.wasm import Wasm
from near_harness.errors import BadInput
from near_harness.outcome.failures import TransactionFailed
from near_harness.outcome.failures.calls import CompilationError, LinkError

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.near import Near

_USERS = ("alice", "bob")
_STRANGER = "mallory"
_MOST_INITS = 40


@dataclass(frozen=True)
class AccountMaking:
    """An account with money."""

    name: str

    async def run(self, near: Near) -> Account:
        """Create it."""
        return await near.create_account(self.name, WEALTH)

    def line(self) -> str:
        """The same as Python."""
        return f"await near.create_account({self.name!r}, {WEALTH!r})"


@dataclass(frozen=True)
class ContractMaking:
    """A contract on an account of its own, initialised where ``init`` names a method."""

    name: str
    wasm: Wasm
    init: str | None = None
    args: bytes = b"{}"

    @property
    def file(self) -> str:
        """The name of the code's file beside a script."""
        return f"{self.name}.wasm"

    async def run(self, near: Near) -> Contract:
        """Deploy and initialise it.

        :raises TransactionFailed: where that fails.
        """
        account = await near.create_account(self.name, WEALTH)
        args = self.args if self.init else None
        return await near.deploy(self.wasm, account, init=self.init, args=args)  # by itself: an init may be private

    def line(self, path: str = "") -> str:
        """The same as Python, with the code from a path (an expression)."""
        init = f", init={self.init!r}, args={python_arguments(self.args)}" if self.init else ""
        account = f"await near.create_account({self.name!r}, {WEALTH!r})"
        return f"await near.deploy({path or f'HERE / {self.file!r}'}, {account}{init})"


@dataclass(frozen=True)
class MadeOrigin:
    """A chain that scripts make again by the same steps; the contract itself comes last."""

    others: tuple[AccountMaking | ContractMaking, ...]
    contract: ContractMaking

    @property
    def source(self) -> str:
        """The path of the contract's file."""
        return Path(self.contract.wasm.origin).as_posix()

    @property
    def code(self) -> bytes:
        """The contract's code."""
        return self.contract.wasm.code

    @property
    def init(self) -> tuple[str, bytes] | None:
        """The method that initialised the contract, and its arguments."""
        return (self.contract.init, self.contract.args) if self.contract.init else None

    def lines(self) -> list[str]:
        """One line for each step."""
        return [*(making.line() for making in self.others), self.contract.line(f"CONTRACT or HERE / {self.contract.file!r}")]

    def files(self) -> dict[str, bytes]:
        """The contracts."""
        makings = (*self.others, self.contract)
        return {making.file: making.wasm.code for making in makings if isinstance(making, ContractMaking)}


async def make_world(near: Near, contract: ContractMaking, others: Sequence[ContractMaking]) -> tuple[World, MadeOrigin]:
    """Make accounts, other contracts and the contract. Where its init is not given, and its ABI has one, sample arguments do.

    Other contracts are initialised where that needs no arguments.

    :raises CannotAudit: where the contract or one of the others cannot be deployed, run or initialised.
    """
    makings: list[AccountMaking | ContractMaking] = [AccountMaking(name) for name in (*_USERS, _STRANGER)]
    accounts = [await making.run(near) for making in makings if isinstance(making, AccountMaking)]
    callees, notes = [], []
    for other in others:
        making, note = await _with_plain_init(near, other)
        callees.append((await _deployed(near, making)).id)
        makings.append(making)
        notes += [note] if note else []
    users = tuple(account.id for account in accounts[:2])
    made = contract if contract.init else await _with_sample_init(near, contract, users, tuple(callees))
    world = World(near, await _deployed(near, made), tuple(accounts[:2]), accounts[2], tuple(callees), tuple(notes))
    return world, MadeOrigin(tuple(makings), made)


async def _deployed(near: Near, making: ContractMaking) -> Contract:
    origin = making.wasm.origin
    callable_names = [name for name in making.wasm.exports if not name.startswith("__")]
    if not callable_names:
        raise CannotAudit(
            f"{origin} exports no functions, so there is nothing to call: is it a contract? Build it with cargo near build"
        )
    try:
        deployed = await making.run(near)
    except BadInput as error:
        raise CannotAudit(f"{origin} cannot be deployed: {error}") from error
    except TransactionFailed as error:
        init = f" with {making.init}({making.args.decode('utf-8', 'replace')})" if making.init else ""
        raise CannotAudit(f"{origin} cannot be deployed{init}: {error.message}") from error
    await _check_that_it_runs(near, deployed.id, callable_names[0], origin)
    return deployed


async def _check_that_it_runs(near: Near, account_id: str, method: str, origin: str) -> None:
    """A node takes any code; whether it can run shows with the first call."""
    with near.anchor("audit"):
        failure = (await near.root.call(account_id, method, b"{}").attempt()).failure
    if isinstance(failure, (CompilationError, LinkError)):
        raise CannotAudit(
            f"{origin} was deployed, but protocol {near.node.protocol_version} cannot run it: {failure.message}\n{failure.hint}"
        )


async def _with_plain_init(near: Near, other: ContractMaking) -> tuple[ContractMaking, str]:
    """Initialise another contract where that needs no arguments; and what is to be said of it, if anything."""
    with near.anchor("audit"):
        deployed = await _deployed(near, other)
    inits = sorted(deployed.interface.inits, key=lambda method: method.name != "new")
    for method in inits:
        if method.parameters:
            continue
        tried = ContractMaking(other.name, other.wasm, method.name)
        try:
            with near.anchor("audit"):
                await tried.run(near)
        except TransactionFailed:
            continue
        return tried, f"{deployed.id} was initialised with {method.name}()"
    note = f"{deployed.id} was not initialised: a --setup file can call its {inits[0].signature}" if inits else ""
    return other, note


async def _with_sample_init(
    near: Near, contract: ContractMaking, users: tuple[str, ...], callees: tuple[str, ...]
) -> ContractMaking:
    """Find arguments with which one of the contract's inits works; without any, the contract is used as it is."""
    with near.anchor("audit"):
        deployed = await _deployed(near, contract)
    interface = deployed.interface
    inits = [
        method for method in (interface.methods or {}).values() if "init" in method.modifiers and method.parameters is not None
    ]
    samples = Samples(interface.definitions, users, callees, deployed.id)
    for method in sorted(inits, key=lambda one: (one.name != "new", len(one.parameters or ()))):
        for args in samples.encoded(method, _MOST_INITS):
            tried = ContractMaking(contract.name, contract.wasm, method.name, args)
            try:
                with near.anchor("audit"):
                    await tried.run(near)
            except TransactionFailed:
                continue
            return tried
    return contract
