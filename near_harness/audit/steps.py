"""The steps of a proof: calls, and what is done to other accounts beforehand. A step runs, and reads as Python in a script."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from near_harness.actions import add_function_call_key, delete_account, function_call
from near_harness.errors import RpcTimeout
from near_harness.keys import KeyPair
from near_harness.outcome.failures import InvalidTransaction
from near_harness.units import Amount, Gas, TGas

if TYPE_CHECKING:
    from near_harness.near import Near
    from near_harness.outcome import Outcome

PROBE_GAS = TGas(300)
"""What calls carry: enough for any chain of promises that a user would send."""
NOTHING = Amount(0)
NOT_PLAYED = (InvalidTransaction, RpcTimeout)
"""What a step raises that the protocol refuses, or that does not come to its end."""


@dataclass(frozen=True)
class CallStep:
    """A call of a method, as a transaction of its own. ``args`` are bytes, ``deposit`` is in yoctoNEAR."""

    signer: str
    receiver: str
    method: str
    args: bytes = b"{}"
    deposit: Amount = NOTHING
    gas: Gas = PROBE_GAS
    key: str = ""
    """The seed of the key that signs, where it is not the account's own."""

    async def run(self, near: Near) -> Outcome:
        """Send it, whatever comes of it.

        :raises InvalidTransaction: where the protocol refuses it.
        """
        action = function_call(self.method, self.args, deposit=self.deposit, gas=self.gas)
        signer = near.account(self.signer, KeyPair.from_seed(self.key) if self.key else None)
        return await near.send(signer, self.receiver, [action], raising=False, context=str(self))

    def with_gas(self, gas: Gas) -> CallStep:
        """Return the same call with other gas."""
        return replace(self, gas=gas)

    def code(self) -> str:
        """The step as a line of Python; ``near`` is the façade."""
        extra = f", deposit={self.deposit!r}" if self.deposit else ""
        args = python_arguments(self.args)
        call = f"{self.receiver!r}, {self.method!r}, {args}{extra}, gas={self.gas!r}"
        key = f", KeyPair.from_seed({self.key!r})" if self.key else ""
        return f"tx = await near.account({self.signer!r}{key}).call({call}).attempt()"

    def __str__(self) -> str:
        attached = f" with {self.deposit}" if self.deposit else ""
        key = f", signed with {self.key}" if self.key else ""
        gas = f", {self.gas}" if self.gas != PROBE_GAS else ""
        return f"{self.receiver}.{self.method}({_shown(self.args)}) by {self.signer}{attached}{gas}{key}"


@dataclass(frozen=True)
class NewCodeStep:
    """Other code on an account: ``why`` says what it does from then on, ``source`` is the Python that makes the code."""

    account: str
    code_bytes: bytes = field(repr=False)
    why: str
    source: str

    async def run(self, near: Near) -> None:
        """Put the code there; no transaction is sent."""
        await near.set_code(self.account, self.code_bytes)

    def code(self) -> str:
        """The step as a line of Python."""
        return f"await near.set_code({self.account!r}, {self.source})  # {self.why}"

    def __str__(self) -> str:
        return f"{self.account}: {self.why}"


@dataclass(frozen=True)
class AnswerStep:
    """An account becomes a contract that has some methods, each of which returns the same: JSON, or no bytes at all."""

    account: str
    methods: tuple[str, ...]
    value: Any

    async def run(self, near: Near) -> None:
        """Make a puppet of the account."""
        puppet = await near.puppet(near.account(self.account), methods=self.methods)
        for method in self.methods:
            puppet.on(method).returns(self.value)
        await puppet.update()

    def code(self) -> str:
        """The step as lines of Python."""
        made = f"puppet = await near.puppet(near.account({self.account!r}))"
        return "\n".join((made, *(f"puppet.on({method!r}).returns({self.value!r})" for method in self.methods)))

    def __str__(self) -> str:
        returned = "nothing" if self.value == b"" else json.dumps(self.value)
        return f"{self.account} becomes a contract whose {' and '.join(self.methods)} returns {returned}"


@dataclass(frozen=True)
class DeleteStep:
    """An account deletes itself; what it has goes to another."""

    account: str
    beneficiary: str

    async def run(self, near: Near) -> Outcome:
        """Send the deletion."""
        return await near.send(near.account(self.account), self.account, [delete_account(self.beneficiary)], raising=False)

    def code(self) -> str:
        """The step as a line of Python."""
        return f"await near.account({self.account!r}).send({self.account!r}, [delete_account({self.beneficiary!r})])"

    def __str__(self) -> str:
        return f"{self.account} deletes itself"


@dataclass(frozen=True)
class KeyStep:
    """An account adds a key that may only call one contract, without deposits."""

    account: str
    contract: str
    seed: str

    async def run(self, near: Near) -> Outcome:
        """Send the action."""
        action = add_function_call_key(KeyPair.from_seed(self.seed).public_key, self.contract)
        return await near.send(near.account(self.account), self.account, [action], raising=False)

    def code(self) -> str:
        """The step as a line of Python."""
        action = f"add_function_call_key(KeyPair.from_seed({self.seed!r}).public_key, {self.contract!r})"
        return f"await near.account({self.account!r}).send({self.account!r}, [{action}])"

    def __str__(self) -> str:
        return f"{self.account} adds a key that may only call {self.contract}, and attach no deposits"


Step = CallStep | NewCodeStep | AnswerStep | DeleteStep | KeyStep


def last_call(steps: Sequence[Step]) -> CallStep:
    """Return the last step, which is a call wherever steps end with what they are for."""
    last = steps[-1]
    if not isinstance(last, CallStep):
        raise TypeError(f"{last} is no call")
    return last


def python_arguments(args: bytes) -> str:
    """Arguments as a Python expression: a dict where they are a JSON object, else the bytes."""
    try:
        value: Any = json.loads(args)
    except ValueError:
        return repr(args)
    return repr(value) if isinstance(value, dict) and json.dumps(value).encode() == args else repr(args)


def _shown(args: bytes) -> str:
    text = args.decode("utf-8", "replace") if args[:1] in b'{["' else repr(args)
    text = "" if text == "{}" else text
    return text if len(text) <= 160 else text[:160] + "…"
