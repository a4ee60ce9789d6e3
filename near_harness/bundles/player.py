"""The steps of a bundle, done one after the other on a node."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from decimal import Decimal
from typing import Any

from near_harness.accounts import Account
from near_harness.bundles import actions
from near_harness.bundles.compare import Difference, differences
from near_harness.bundles.form import Bundle, BundleError
from near_harness.bundles.seen import refused, seen
from near_harness.bundles.state import load_chain, put_state, with_codes
from near_harness.chain.files import SavedChainError
from near_harness.chain.stepping import PausedChain, Sent
from near_harness.chain.time_travel import SECOND_NS
from near_harness.delegates import sign_delegate
from near_harness.errors import BadInput, HarnessError, RpcError, ViewFailed
from near_harness.keys import KeyPair
from near_harness.near import Near
from near_harness.outcome import Outcome
from near_harness.progress import Progress
from near_harness.transactions import add_full_access_key, create_account, transfer
from near_harness.units import NEAR, Amount

Step = dict[str, Any]
_ROOT_MONEY = NEAR(1_000_000_000)
"""What the root account gets on a node whose own has another name."""


class Player:
    """Plays a bundle. ``differences`` are what came out otherwise, ``notes`` what this kind of node could not do exactly."""

    def __init__(self, near: Near, bundle: Bundle, progress: Progress) -> None:
        self._near, self._bundle, self._progress = near, bundle, progress
        self.differences: list[Difference] = []
        self.notes: list[str] = []
        self._steps_exactly = near.node.capabilities.stepping
        self._running: dict[int, tuple[Step, Sent]] = {}
        """Transactions that were under way at the same time. Each is handed over before the next, and none is waited for
        before all are: so they come in the order in which they were sent, as early as they were sent."""
        self._overlapped = {number for step in bundle.steps for number in step.get("beside", ())}
        self._crowd = self._overlapped | {step["n"] for step in bundle.steps if step.get("beside")}
        self._handed_over: list[tuple[Step, Sent]] = []
        self._chain: PausedChain | None = None
        self._signed: dict[str, Any] = {}
        """Delegate actions as they are signed on this chain, by the signatures that were recorded."""
        self._pause = AsyncExitStack()
        self._work: dict[str, Callable[[Step], Awaitable[None]]] = {
            "transaction": self._transaction,
            "delegate": self._delegate,
            "view": self._view,
            "patch": self._patch,
            "fast_forward": self._fast_forward,
            "next_block": self._next_block,
            "pause": self._pause_blocks,
            "blocks": self._blocks,
            "block_of": self._block_of,
            "run": self._run,
            "resume": self._resume,
            "root": self._root,
            "load": self._load,
        }

    async def play(self) -> None:
        """Do all steps.

        :raises BundleError: naming the step that cannot be done, and why.
        """
        await self._guarded("the first step", self._prepare())
        try:
            for done, step in enumerate(self._bundle.steps, start=1):
                await self._wait_for_all_but(step.get("beside", ()))
                await self._do(step)
                self._progress(done, len(self._bundle.steps))
            await self._wait_for_all_but(())
            await self._resume({})
        finally:
            await self._pause.aclose()

    async def _do(self, step: Step) -> None:
        await self._guarded(f"step {step['n']} ({step['kind']})", self._work[step["kind"]](step))

    async def _guarded(self, what: str, work: Awaitable[None]) -> None:
        """Do something with what a file says: whatever is wrong with it is an error of the bundle."""
        try:
            await work
        except BundleError:
            raise
        except (RpcError, BadInput, KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as error:
            raise BundleError(f"{what} cannot be done: {type(error).__name__}: {error}") from None

    async def _prepare(self) -> None:
        """See that the chain is fresh, and that it has the root account."""
        near, root = self._near, str(self._bundle.content["node"]["root"])
        made = next((step["receiver"] for step in self._bundle.steps if "CreateAccount" in (step.get("actions") or ())), None)
        if made is not None and await near.exists(made):
            raise BundleError(f"{made} exists on the node already: a bundle needs a fresh chain")
        if root != near.node.root_account_id and not await near.exists(root):
            await near.put_account(root, _ROOT_MONEY)
            self.notes.append(f"the root account {root} was made: the node's own is {near.node.root_account_id}")

    def _why_gas_may_differ(self, step: Step) -> str | None:
        """Reading and writing cost what the shape of the whole state makes of it, and what shares a block."""
        recorded, node = self._bundle.content["node"], self._near.node
        if recorded.get("kind") == "remote" or any(one["kind"] == "root" for one in self._bundle.steps):
            return "gas is not compared: the recorded chain was shared with other tests"
        if recorded["root"] != node.root_account_id:
            return "gas is not compared: the node's root account is another"
        if step["n"] in self._crowd and not (self._steps_exactly and recorded.get("kind") == "embedded"):
            return "gas of transactions that were under way at the same time is not compared: a node chooses their blocks"
        return None

    def _compare(self, step: Step, came: dict[str, Any]) -> None:
        expected = step.get("seen")
        if expected is None:
            return
        for one in differences(step["n"], _title(step), expected, came):
            why = self._why_gas_may_differ(step) if one.cost else None
            if why is not None and why not in self.notes:
                self.notes.append(why)
            self.differences.append(replace(one, compared=why is None))

    async def _wait_for_all_but(self, numbers: Any) -> None:
        for number in [number for number in self._running if number not in numbers]:
            step, sent = self._running.pop(number)
            await self._hear_of(step, sent.attempt())

    # transactions and views

    async def _transaction(self, step: Step) -> None:
        if step["actions"] is None:
            raise BadInput("its actions were left out")
        signer = self._signer(step)
        made = actions.from_json(step["actions"], self._bundle.codes, self._signed)
        if not (step.get("handed_over") or step["n"] in self._overlapped or self._running):
            await self._hear_of(step, self._near.send(signer, step["receiver"], made, raising=False))
            return
        try:
            sent = await self._near.start(signer, step["receiver"], made)
        except HarnessError as error:
            self._compare(step, _refusal(error))
            return
        if step.get("handed_over"):
            self._handed_over.append((step, sent))
        else:
            self._running[step["n"]] = (step, sent)

    async def _hear_of(self, step: Step, outcome: Awaitable[Outcome]) -> None:
        """Compare what came of a transaction."""
        try:
            came = seen(await outcome)
        except HarnessError as error:
            came = _refusal(error)
        self._compare(step, came)

    async def _delegate(self, step: Step) -> None:
        """Sign it again, here and now: nonces and heights are those of this chain."""
        if step["actions"] is None:
            raise BadInput("its actions were left out")
        signer, made = self._signer(step), actions.from_json(step["actions"], self._bundle.codes)
        again = await sign_delegate(self._near, signer, step["receiver"], made, blocks=step["blocks"], shown=_title(step))
        self._signed[step["signature"]] = again.action

    async def _view(self, step: Step) -> None:
        try:
            value, _ = await self._near.client.view(
                step["contract"], step["method"], base64.b64decode(step["args"], validate=True)
            )
            came = {"value": base64.b64encode(value).decode()}
        except ViewFailed as error:
            came = {"error": str(error.data)}
        self._compare(step, came)

    def _signer(self, step: Step) -> Account:
        node, key = self._near.node, self._bundle.content["keys"][step["key"]]
        if "seed" in key:
            pair = KeyPair.from_seed(key["seed"])
        elif "secret_key" in key:
            pair = KeyPair.from_secret_key(key["secret_key"])
        elif step["signer"] == node.root_account_id:
            pair = node.root_key
        else:
            raise BadInput(f"the key of {step['signer']} is not in the bundle")
        if step["signer"] == node.root_account_id and step["signer"] == self._bundle.content["node"]["root"]:
            pair = node.root_key if pair.public_key == KeyPair.from_seed(step["signer"]).public_key else pair
        return Account(self._near, step["signer"], pair)

    # the chain

    async def _root(self, step: Step) -> None:
        key = add_full_access_key(KeyPair.from_seed(step["account"]).public_key)
        parent = self._near.account(self._bundle.content["node"]["root"])
        if parent.id == self._near.node.root_account_id:
            parent = Account(self._near, parent.id, self._near.node.root_key)
        await self._near.send(parent, step["account"], [create_account(), transfer(Amount(step["balance"])), key])

    async def _patch(self, step: Step) -> None:
        await self._near.patch_state(with_codes(step["records"], self._bundle.codes))

    async def _load(self, step: Step) -> None:
        if not self._steps_exactly:
            self._note(step, "a saved chain cannot be loaded")
        else:
            try:
                load_chain(self._near, self._bundle.chain or b"")
            except SavedChainError as error:
                self._note(step, f"the saved chain cannot be loaded ({error})")
            else:
                return
        self.notes.append(
            "its state was put in record by record: what was under way in it, its blocks and its time are not there"
        )
        await put_state(self._near, with_codes(self._bundle.records or [], self._bundle.codes))

    async def _fast_forward(self, step: Step) -> None:
        if "blocks" in step:
            await self._near.fast_forward(step["blocks"])
        elif "epochs" in step:
            await self._near.fast_forward(epochs=step["epochs"])
        elif self._steps_exactly:
            await self._near.fast_forward(seconds=Decimal(step["nanoseconds"]) / SECOND_NS)
        else:
            self._note(
                step, f"time went on by {step['made']} blocks, not by exactly {Decimal(step['nanoseconds']) / SECOND_NS} s"
            )
            await self._near.fast_forward(step["made"])

    async def _next_block(self, step: Step) -> None:
        if not self._steps_exactly:
            self._note(step, "time and randomness of a block cannot be chosen")
            return
        seed = step.get("random_seed")
        self._near.set_next_block(
            timestamp_ns=step.get("timestamp_ns"),
            random_seed=None if seed is None else bytes.fromhex(seed),
            block_time_ns=step.get("block_time_ns"),
        )

    # stepping

    async def _pause_blocks(self, step: Step) -> None:
        if self._steps_exactly:
            self._chain = await self._pause.enter_async_context(self._near.paused())
        else:
            self._note(step, "the order of receipts was chosen, and cannot be chosen here: they run in the node's own order")

    async def _resume(self, step: Step) -> None:  # noqa: ARG002 - every step gets itself
        chain, self._chain = self._chain, None
        if chain is not None:
            await self._pause.aclose()
            self._pause = AsyncExitStack()
        await self._hear()

    async def _hear(self) -> None:
        """Compare what came of the transactions that were handed over."""
        handed_over, self._handed_over = self._handed_over, []
        for step, sent in handed_over:
            await self._hear_of(step, sent.attempt())

    async def _blocks(self, step: Step) -> None:
        if self._chain is not None:
            await self._chain.step(step["count"])

    async def _run(self, step: Step) -> None:  # noqa: ARG002 - every step gets itself
        if self._chain is not None:
            await self._chain.run()
        else:
            await self._hear()

    async def _block_of(self, step: Step) -> None:
        if self._chain is None:
            return
        pending = self._near.pending()
        transactions = {_same(described): name for name, described in pending.transaction_names().items()}
        receipts = {_same(described): name for name, described in pending.receipt_names().items()}
        wanted = [(_same(one), transactions) for one in step["transactions"]] + [
            (_same(one), receipts) for one in step["receipts"]
        ]
        absent = [one for one, known in wanted if one not in known]
        if absent:
            self.differences.append(Difference(step["n"], "a chosen block", None, "what can run", absent[0], str(pending)))
            return
        await self._chain.step_of(
            transactions=[transactions[_same(one)] for one in step["transactions"]],
            receipts=[receipts[_same(one)] for one in step["receipts"]],
            overtaking=bool(step["overtaking"]),
        )

    def _note(self, step: Step, text: str) -> None:
        self.notes.append(f"step {step['n']}: on a {self._near.node.kind} node {text}")


def _refusal(error: HarnessError) -> dict[str, Any]:
    """What a transaction came to that was not executed; an error of the node itself is none of its results."""
    if isinstance(error, BadInput):
        raise error
    return refused(error)


def _same(described: Any) -> str:
    return json.dumps(described, sort_keys=True)


def _title(step: Step) -> str:
    """What a step does, in a few words."""
    if step["kind"] == "view":
        return f"view {step['contract']}.{step['method']}"
    names = [
        action if isinstance(action, str) else next(iter(action.values())).get("method_name") or next(iter(action))
        for action in step["actions"]
    ]
    return f"{step['signer']} -> {step['receiver']} {' + '.join(names)}"
