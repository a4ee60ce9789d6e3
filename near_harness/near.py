"""The façade that a test holds: accounts, contracts, time and snapshots of one node."""

from __future__ import annotations

import base64
import itertools
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

from near_harness.account_ids import account_id_of, check_account_id, text_of_name
from near_harness.accounts import Account, Contract
from near_harness.audit.facade import Auditing
from near_harness.bundles.history import History
from near_harness.chain.anchors import AnchorStack
from near_harness.chain.contract_import import ContractImport
from near_harness.chain.files import SavedChains
from near_harness.chain.namespaces import Namespaces
from near_harness.chain.patches import StatePatches
from near_harness.chain.snapshots import Snapshots
from near_harness.chain.stepping import Stepping
from near_harness.chain.time_travel import TimeTravel
from near_harness.config import Settings
from near_harness.contract.abi import Interface
from near_harness.contract.arguments import Arguments
from near_harness.contract.interfaces import Interfaces
from near_harness.contract.wasm import WasmSource, load_wasm
from near_harness.errors import BadInput, InvalidAccountId, InvalidArguments, UnknownAccount
from near_harness.explore.facade import Exploring
from near_harness.gas.minimum import GasSearch
from near_harness.keys import KeyPair
from near_harness.nodes.base import Node
from near_harness.nodes.logs import debug_lines
from near_harness.nodes.registry import create_node
from near_harness.not_begun import begun_by_await
from near_harness.outcome import Outcome
from near_harness.puppets.facade import PuppetMaking
from near_harness.puppets.registry import Puppets
from near_harness.rpc.client import Client
from near_harness.sending import Sending
from near_harness.sweep.facade import FaultSweeping
from near_harness.transactions import (
    DEFAULT_GAS,
    View,
    add_full_access_key,
    create_account,
    deploy,
    function_call,
    transfer,
)
from near_harness.units import NEAR, Amount, AmountLike, GasLike, to_amount

_log = logging.getLogger(__name__)
DEFAULT_BALANCE = NEAR(100)
"""What a new account gets. Enough for tests; a contract's code needs 1 NEAR for each 100 kB."""


@begun_by_await("near")
class Near(
    TimeTravel,
    Stepping,
    StatePatches,
    ContractImport,
    SavedChains,
    Snapshots,
    PuppetMaking,
    FaultSweeping,
    Auditing,
    Exploring,
    Sending,
):
    """One node, and what a test does with it. Works in any event loop, and in several one after another.

    Time, steps, changes of the state and files are in the classes that it is made of (:mod:`near_harness.chain`), and so are
    puppets (:mod:`near_harness.puppets`), audits (:mod:`near_harness.audit`) and the orders of receipts
    (:mod:`near_harness.explore`).
    """

    def __init__(self, node: Node) -> None:
        self.node = node
        self._interfaces = Interfaces()
        self.observers: list[Callable[[Outcome, str], None]] = []
        """Called with each outcome, and what was called, before a failure is raised."""
        self.example_observers: list[Callable[[], AbstractContextManager[None]]] = []
        """Entered around each of the many examples of one test."""
        self.gas = GasSearch(self)
        self.history = History()
        """What was done to the chain: of a failing test it becomes a bundle."""
        self._connect()
        # Where the chain cannot go back, the names do: what a test made is out of the others' sight.
        self.anchors = AnchorStack(self._remember, self._go_back, self._mark)

    def __repr__(self) -> str:
        # The address is not asked for where a server would start for that.
        address = f", {self.client.rpc_url}" if self.node.local_chain is None else ""
        return f"<Near {self.node.kind} node, protocol {self.node.protocol_version}{address}>"

    def _connect(self) -> None:
        node = self.node
        local = node.local_chain is not None
        self.client = Client((lambda: node.rpc_url) if local else node.rpc_url, chain=node.local_chain)
        self._accounts: dict[str, Account] = {}
        self._names_taken: set[str] = set()
        self._namespaces = Namespaces(self.client, node.root_account_id, node.root_key)
        self._changes = 0
        self.puppets = Puppets(self)
        self.history.begin()
        self.begin_debug_log()

    @property
    def root(self) -> Account:
        """The account from whose money all others are made, and below which they are.

        On a node without snapshots each test has one of its own, a sub-account of the node's root account.
        """
        root_id = self._namespaces.root_id()
        if root_id not in self._accounts:
            key = self.node.root_key if root_id == self.node.root_account_id else KeyPair.from_seed(root_id)
            self._accounts[root_id] = Account(self, root_id, key)
            if root_id != self.node.root_account_id:
                self.history.note("root", account=root_id, balance=self._namespaces.money)
        return self._accounts[root_id]

    @property
    def has_changed(self) -> bool:
        """Whether anything was sent since the chain began."""
        return self._changes > 0

    def renew(self) -> None:
        """Begin again with a fresh chain.

        :raises CapabilityMissing: where the node cannot.
        """
        self.node.renew()
        self._connect()

    def debug_log(self) -> tuple[str, ...]:
        """Return what contracts have printed with the host function ``sandbox_debug_log``, a text for each line.

        Of the test that runs (in a script, since the node started), whatever became of the receipts; on nodes that are
        sandboxes. A failing test's report has it too. A remote node does not tell.
        """
        return tuple(debug_lines(self.node.log_since(self._log_position)))

    def begin_debug_log(self) -> None:
        """Leave out of :meth:`debug_log` what was printed until now."""
        self._log_position = self.node.log_position()

    # accounts and contracts

    async def create_account(self, name: str | None = None, balance: AmountLike = DEFAULT_BALANCE) -> Account:
        """Create an account with ``balance`` yoctoNEAR.

        ``name`` without a dot becomes a sub-account of the root account (``alice.sandbox``); a whole id needs a parent that
        was created here; without a name a new one is found. The key is the one of the id as a seed, so it is the same each time.

        :raises InvalidAccountId: for a name that is none, or whose parent's key is not known.
        :raises AccountAlreadyExists: where it exists.
        """
        account, parent = self._new_account(name, "account")
        key = add_full_access_key(account.key.public_key)
        await self.send(parent, account.id, [create_account(), transfer(balance), key], context=f"create {account.id}")
        self._accounts[account.id] = account
        return account

    def account(self, account_id: str, key: KeyPair | None = None) -> Account:
        """Return a handle of an account that exists; without a key, the one of the id as a seed.

        :raises BadInput: for an id that is none, and a key that is no :class:`KeyPair`.
        """
        check_account_id(account_id)
        if key is not None and not isinstance(key, KeyPair):
            raise BadInput(f"{account_id}: a KeyPair is needed, such as KeyPair.from_seed('alice'), not {type(key).__name__}")
        known = self._accounts.get(account_id) if key is None else None
        return known or Account(self, account_id, key or KeyPair.from_seed(account_id))

    def known_account(self, name: str) -> Account | None:
        """Return the account of this name where it was created here, and not rolled back since."""
        if "." in text_of_name(name):
            return self._accounts.get(name)
        found = (self._accounts.get(f"{name}.{root_id}") for root_id in self._namespaces.known_roots())
        return next((account for account in found if account is not None), None)

    async def deploy(
        self,
        wasm: WasmSource,
        name: str | Account | None = None,
        *,
        init: str | None = None,
        args: Arguments = None,
        balance: AmountLike = DEFAULT_BALANCE,
        gas: GasLike = DEFAULT_GAS,
    ) -> Contract:
        """Deploy a contract (a path, or its bytes) on a new account, or on one that is given, and call ``init`` with ``args``.

        One transaction: when the initialisation fails, nothing is left of it. The parent of a new account signs it, so an
        ``init`` that is ``#[private]`` needs an account that is there.

        :raises InvalidArguments: for ``args`` without ``init``, and those that have no JSON form.
        :raises InvalidContractCode: where the file is missing, is no WebAssembly, or is larger than 4 MiB.
        :raises UnknownMethod: where the contract has no method ``init``.
        :raises TransactionFailed: where the deployment or the initialisation fails.
        """
        if init is None and args:
            raise InvalidArguments('deploy(…, args=…) calls nothing without the method that takes them: add init="new"')
        code = load_wasm(wasm)
        actions: list[Any] = [deploy(code.code)]
        if init is not None:
            Interface.from_exports(code.exports).method(init, code.origin)
            actions.append(function_call(init, args, gas=gas))
        if isinstance(name, Account):
            account = signer = name
        else:
            account, signer = self._new_account(name, "contract")
            key = add_full_access_key(account.key.public_key)
            actions = [create_account(), transfer(to_amount(balance)), key, *actions]
        await self.send(signer, account.id, actions, context=f"deploy {code.origin} on {account.id}")
        self._accounts[account.id] = account
        return Contract(account, await self._interfaces.of(self.client, account.id, code))

    async def contract(self, account_id: object) -> Contract:
        """Return a handle of a contract that is deployed, with its methods read from its code.

        :raises RpcError: where there is no such account, or no contract on it.
        """
        where = account_id_of(account_id)
        answer = await self.client.query("view_code", account_id=where)
        code = load_wasm(base64.b64decode(answer["code_base64"]))
        return Contract(self.account(where), await self._interfaces.of(self.client, where, code))

    # reading

    def view(self, contract: object, method: str, args: Arguments = None, /, **named: Any) -> View:
        """Read with a method of a contract (a contract, or an account id). Await it for the value as JSON.

        :raises UnknownMethod: where the contract is known and has no such method.
        """
        if isinstance(contract, Contract):
            return contract.view(method, args, **named)
        account = self.account(account_id_of(contract))
        return Contract(account, Interface()).view(method, args, **named)

    async def balance(self, who: object) -> Amount:
        """What an account holds in yoctoNEAR, what is locked by staking left out.

        :raises UnknownAccount: where it does not exist.
        """
        return Amount((await self.client.query("view_account", account_id=account_id_of(who)))["amount"])

    async def exists(self, who: object) -> bool:
        """Whether an account exists."""
        try:
            await self.balance(who)
        except UnknownAccount:
            return False
        return True

    async def height(self) -> int:
        """The height of the newest block."""
        return int((await self.client.rpc("status", []))["sync_info"]["latest_block_height"])

    # inside

    def _new_account(self, name: str | None, prefix: str) -> tuple[Account, Account]:
        if name is None:
            name = next(free for i in itertools.count(1) if (free := f"{prefix}-{i}") not in self._names_taken)
            self._names_taken.add(name)
        root = self.root
        account_id = check_account_id(name if "." in text_of_name(name) else f"{name}.{root.id}")
        parent = self._accounts.get(account_id.partition(".")[2])
        if parent is None:
            raise InvalidAccountId(
                f"account id {account_id!r}: its parent account must have been created here; "
                f"a name without a dot becomes a sub-account of {root.id!r}"
            )
        return Account(self, account_id, KeyPair.from_seed(account_id)), parent


@asynccontextmanager
async def start(**settings: Any) -> AsyncIterator[Near]:
    """Start a node for a script, and stop it at the end: ``async with near_harness.start() as near: …``.

    Settings: ``node`` (the kind), ``protocol_version`` (a number or ``"latest"``), ``port``; else those of the environment.

    :raises InvalidSetting: for a setting that there is not, or that cannot be used.
    :raises NodeError: where the node cannot be started; the text names the remedy.
    """
    node = create_node(Settings.of(settings).node)
    node.start()
    near = Near(node)
    try:
        yield near
    finally:
        await near.client.close()
        node.stop()
