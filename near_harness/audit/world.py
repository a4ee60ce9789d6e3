"""What an audit plays in: the contract, users, a stranger, other contracts, and how all of it is made again in a script."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from near_harness.audit.steps import NOT_PLAYED, Step
from near_harness.progress import Progress, untold
from near_harness.units import NEAR

if TYPE_CHECKING:
    from near_harness.accounts import Account, Contract
    from near_harness.contract.abi import Interface
    from near_harness.near import Near

WEALTH = NEAR(1000)
"""What each account of an audit gets: enough for any deposit and any storage."""
NOBODY = "nobody"
"""The name of an account that does not exist."""


class Origin(Protocol):
    """How the chain of an audit comes about, as the first part of a script; and where the contract's code came from."""

    @property
    def source(self) -> str:
        """The path of the contract's file, or its account where it came from the chain."""

    @property
    def code(self) -> bytes:
        """The contract's code."""

    @property
    def init(self) -> tuple[str, bytes] | None:
        """The method that initialised the contract, and its arguments, where that is known."""

    def lines(self) -> list[str]:
        """Lines of Python; ``near`` is the façade, ``HERE`` the script's folder, ``CONTRACT`` another build's path or None."""

    def files(self) -> dict[str, bytes]:
        """What these lines read from the script's folder."""


@dataclass(frozen=True)
class SavedOrigin:
    """A chain that somebody else made, such as a test: it is saved as a file."""

    content: bytes = field(repr=False)
    contract: str
    code: bytes = field(repr=False)
    source: str
    init: tuple[str, bytes] | None = None

    def lines(self) -> list[str]:
        """Load the file."""
        return [
            'near.load(HERE / "audited.chain")',
            "if CONTRACT is not None:",
            f"    await near.set_code({self.contract!r}, CONTRACT)",
        ]

    def files(self) -> dict[str, bytes]:
        """The file."""
        return {"audited.chain": self.content}


@dataclass
class World:
    """The chain of an audit. ``past`` are the steps that were played on it since it was made, ``progress`` hears of each try."""

    near: Near
    contract: Contract
    users: tuple[Account, ...]
    stranger: Account
    callees: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is to be said of how it was made."""
    past: tuple[Step, ...] = field(default=())
    progress: Progress = untold
    tries: int = 0

    @property
    def contract_id(self) -> str:
        """The account of the contract."""
        return self.contract.id

    @property
    def interface(self) -> Interface:
        """What is known of the contract's methods."""
        return self.contract.interface

    @property
    def user(self) -> Account:
        """The first user."""
        return self.users[0]

    @property
    def nobody(self) -> str:
        """An account that does not exist."""
        return f"{NOBODY}.{self.near.root.id}"

    def tried(self) -> None:
        """Say that another try was made; nobody knows how many there will be."""
        self.tries += 1
        self.progress(self.tries, 0)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Go back, at the end of ``with``, in the chain and in :attr:`past`."""
        past = self.past
        with ExitStack() as stack:
            stack.enter_context(self.near.anchor("audit"))
            try:
                yield
            finally:
                self.past = past

    async def go_on(self, step: Step) -> bool:
        """Play a step that stays; tell whether it could be played."""
        try:
            await step.run(self.near)
        except NOT_PLAYED:
            return False
        self.past = (*self.past, step)
        return True
