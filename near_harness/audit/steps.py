"""The steps of a proof: calls, and what is done to other accounts beforehand. A step runs, and reads as Python in a script."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from near_harness.actions import delete_account, function_call
from near_harness.units import Amount, Gas, TGas

if TYPE_CHECKING:
    from near_harness.near import Near
    from near_harness.outcome import Outcome

PROBE_GAS = TGas(300)
"""What calls carry: enough for any chain of promises that a user would send."""
NOTHING = Amount(0)


@dataclass(frozen=True)
class CallStep:
    """A call of a method, as a transaction of its own. ``args`` are bytes, ``deposit`` is in yoctoNEAR."""

    signer: str
    receiver: str
    method: str
    args: bytes = b"{}"
    deposit: Amount = NOTHING
    gas: Gas = PROBE_GAS

    async def run(self, near: Near) -> Outcome:
        """Send it, whatever comes of it.

        :raises InvalidTransaction: where the protocol refuses it.
        """
        action = function_call(self.method, self.args, deposit=self.deposit, gas=self.gas)
        return await near.send(near.account(self.signer), self.receiver, [action], raising=False, context=str(self))

    def with_gas(self, gas: Gas) -> CallStep:
        """Return the same call with other gas."""
        return replace(self, gas=gas)

    def code(self) -> str:
        """The step as a line of Python; ``near`` is the façade."""
        extra = f", deposit={self.deposit!r}" if self.deposit else ""
        args = python_arguments(self.args)
        call = f"{self.receiver!r}, {self.method!r}, {args}{extra}, gas={self.gas!r}"
        return f"tx = await near.account({self.signer!r}).call({call}).attempt()"

    def __str__(self) -> str:
        attached = f" with {self.deposit}" if self.deposit else ""
        return f"{self.receiver}.{self.method}({_shown(self.args)}) by {self.signer}{attached}"


@dataclass(frozen=True)
class NewCodeStep:
    """Other code on an account: ``why`` says what it does from then on, ``source`` is the Python that makes the code."""

    account: str
    code_bytes: bytes
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


Step = CallStep | NewCodeStep | DeleteStep


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
