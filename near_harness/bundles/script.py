"""A bundle as a plain script: the same steps in the words of the harness, to be read, run and changed by hand."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import base58

from near_harness.bundles.form import SIGNED
from near_harness.bundles.script_frame import HEAD, TAIL
from near_harness.contract.arguments import encode_arguments
from near_harness.units import Amount

Step = dict[str, Any]
_INDENT = 2
_SHORT = 60
"""Actions with fewer characters stand in one line."""


def script(content: dict[str, Any], bundle: str) -> str:
    """Write the script of a bundle's content, for the bundle file of this name beside it."""
    test = content["test"]
    failure = str(test.get("failure") or "It did not fail.").strip()[:2_000]
    writer = _Writer(content)
    body = "\n".join(writer.lines())
    head = HEAD.format(
        title=_safe(f"{test['id']} on a {content['node']['kind']} node"),
        failure=_safe(failure),
        bundle=bundle,
        script=bundle.replace(".zip", ".py"),
        accounts="\n".join(f"        {line}" for line in writer.accounts()),
    )
    protocol = str(content["node"]["protocol_version"])
    return head + (body or "        print('nothing was done')") + "\n" + TAIL.format(protocol=protocol)


def _safe(text: str) -> str:
    """Text that can stand in a docstring."""
    return text.replace("\\", "\\\\").replace('"""', "'''").rstrip('"')


class _Writer:
    """Turns steps into lines; blocks that are paused are indented."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._content, self._steps = content, content["steps"]
        self._indent = _INDENT
        self._sent: list[int] = []
        self._names: dict[tuple[str, str], str] = {}
        self._delegates: dict[str, int] = {}
        """The steps in which delegate actions are signed, by their signatures."""
        for step in self._steps:
            if step["kind"] in SIGNED:
                name = "".join(c if c.isalnum() else "_" for c in step["signer"])
                taken = set(self._names.values())
                key = (step["signer"], step["key"])
                if key not in self._names:
                    name = name if name.isidentifier() else f"a_{name}"
                    self._names[key] = name if name not in taken else f"{name}_{len(taken)}"

    def accounts(self) -> Iterator[str]:
        """The accounts that sign, and their keys."""
        for (account, public_key), name in self._names.items():
            key = self._content["keys"].get(public_key, {})
            if account == self._content["node"]["root"]:
                pair = f"near.node.root_key if near.node.root_account_id == {account!r} else KeyPair.from_seed({account!r})"
            elif "seed" in key:
                pair = f"KeyPair.from_seed({key['seed']!r})"
            elif "secret_key" in key:
                pair = f"KeyPair.from_secret_key({key['secret_key']!r})"
            else:
                pair = f"KeyPair.from_seed({account!r})  # its key is not in the bundle"
            yield f"{name} = Account(near, {account!r}, {pair})"

    def lines(self) -> Iterator[str]:
        """The steps. Those that ran at the same time are sent at the same time."""
        group: list[Step] = []
        for step in self._steps:
            if group and not (step["kind"] == "transaction" and step.get("beside")):
                yield from self._together(group)
                group = []
            if step["kind"] == "transaction" and not step.get("handed_over"):
                group.append(step)
            else:
                yield from self._step(step)
        yield from self._together(group)
        while self._indent > _INDENT:
            yield from self._step({"kind": "resume", "n": len(self._steps)})
        yield from self._hear()

    def _hear(self) -> Iterator[str]:
        """Wait for the transactions that were handed over."""
        for sent in self._sent:
            yield self._put(f"await {self._happens(self._steps[sent - 1], f'sent_{sent}.attempt()')}")
        self._sent = []

    def _put(self, line: str) -> str:
        return "    " * self._indent + line

    def _together(self, group: list[Step]) -> Iterator[str]:
        if len(group) == 1:
            yield self._put(f"await {self._happens(group[0])}")
        elif group:
            yield self._put("await asyncio.gather(")
            yield from (self._put(f"    {self._happens(step)},") for step in group)
            yield self._put(")")

    def _happens(self, step: Step, doing: str | None = None) -> str:
        signer = self._names[step["signer"], step["key"]]
        what = f"{step['signer']} -> {step['receiver']}"
        sending = doing or f"near.send({signer}, {step['receiver']!r}, {self._actions(step)}, raising=False)"
        return f"happens({step['n']}, {what!r}, {_result(step.get('seen'))!r}, {sending})"

    def _actions(self, step: Step) -> str:
        made = [self._action(action) for action in step["actions"] or ()]
        if sum(map(len, made)) < _SHORT:
            return f"[{', '.join(made)}]"
        return "".join(("[\n", *(f"{self._put(f'    {one}')},\n" for one in made), self._put("]")))

    def _step(self, step: Step) -> Iterator[str]:
        kind, number = step["kind"], step["n"]
        if kind == "pause":
            yield self._put("async with near.paused() as chain:")
            self._indent += 1
        elif kind == "resume":
            self._indent -= 1
            yield self._put(f"# step {number}: the chain goes on")
            yield from self._hear()
        elif kind == "run" and self._indent == _INDENT:
            yield from self._hear()
        elif kind == "delegate":
            yield from self._signed(step)
        elif kind == "transaction":
            self._sent.append(number)
            signer = self._names[step["signer"], step["key"]]
            yield self._put(f"sent_{number} = await near.start({signer}, {step['receiver']!r}, {self._actions(step)})")
        else:
            yield from (self._put(line) for line in _LINES[kind](step))

    def _action(self, action: Any) -> str:
        if isinstance(action, str):
            return "create_account()"
        kind, fields = next(iter(action.items()))
        if kind == "Delegate" and fields["signature"] in self._delegates:
            return f"delegate_{self._delegates[fields['signature']]}.action"
        return _ACTIONS[kind](fields)

    def _signed(self, step: Step) -> Iterator[str]:
        """A delegate action, for the relayer's transaction."""
        number, signer = step["n"], self._names[step["signer"], step["key"]]
        if not self._delegates:
            yield self._put("from near_harness.delegates import sign_delegate")
        self._delegates[step["signature"]] = number
        shown = f"{step['signer']} -> {step['receiver']}, to be relayed"
        signing = f"near, {signer}, {step['receiver']!r}, {self._actions(step)}, blocks={step['blocks']}, shown={shown!r}"
        yield self._put(f"delegate_{number} = await sign_delegate({signing})")


def _call(fields: dict[str, Any]) -> str:
    args = base64.b64decode(fields["args"])
    shown = repr(args)
    with contextlib.suppress(ValueError):
        value = json.loads(args)
        if isinstance(value, (dict, list)) and encode_arguments(value, fields["method_name"]) == args:
            shown = repr(value)
    deposit = "" if fields["deposit"] == "0" else f", deposit={_money(fields['deposit'])}"
    return f"function_call({fields['method_name']!r}, {shown}{deposit}, gas=Gas({fields['gas']:_}))"


def _money(amount: str) -> str:
    return repr(Amount(amount))


def _add_key(fields: dict[str, Any]) -> str:
    permission = fields["access_key"]["permission"]
    if permission == "FullAccess":
        return f"add_full_access_key({fields['public_key']!r})"
    call = permission["FunctionCall"]
    allowance = "" if call["allowance"] is None else f", allowance={_money(call['allowance'])}"
    return f"add_function_call_key({fields['public_key']!r}, {call['receiver_id']!r}, {call['method_names']!r}{allowance})"


def _use_global(fields: dict[str, Any]) -> str:
    contract = fields["contract_identifier"]
    used: Any = base58.b58decode(contract["hash"]) if "hash" in contract else contract["account_id"]
    return f"use_global({used!r})"


_ACTIONS: dict[str, Callable[[dict[str, Any]], str]] = {
    "DeployContract": lambda fields: f"deploy(code({fields['code']!r}))",
    "FunctionCall": _call,
    "Transfer": lambda fields: f"transfer({_money(fields['deposit'])})",
    "Stake": lambda fields: f"stake({_money(fields['stake'])}, {fields['public_key']!r})",
    "AddKey": _add_key,
    "DeleteKey": lambda fields: f"delete_key({fields['public_key']!r})",
    "DeleteAccount": lambda fields: f"delete_account({fields['beneficiary_id']!r})",
    "DeployGlobalContract": lambda fields: f"deploy_global(code({fields['code']!r}))",
    "DeployGlobalContractByAccountId": lambda fields: f"deploy_global(code({fields['code']!r}), by='account')",
    "UseGlobalContract": _use_global,
    "Delegate": lambda fields: f"signed_by_hand({fields!r})",
}


def _patch(step: Step) -> Iterator[str]:
    records = repr(step["records"])
    for record in step["records"]:
        if "Contract" in record:
            name = record["Contract"]["code"]
            records = records.replace(repr(name), f"base64.b64encode(code({name!r})).decode()")
    if "base64." in records:
        yield "import base64"
    yield f"await near.patch_state({records})"


def _view(step: Step) -> Iterator[str]:
    seen = step.get("seen") or {}
    recorded = base64.b64decode(seen["value"]) if "value" in seen else "ViewFailed"
    args = base64.b64decode(step["args"])
    view = f"near.view({step['contract']!r}, {step['method']!r}, {args!r}).bytes()"
    title = f"view {step['contract']}.{step['method']}"
    yield f"await happens({step['n']}, {title!r}, {recorded!r}, {view})"


def _forward(step: Step) -> Iterator[str]:
    if "nanoseconds" in step:
        whole, part = divmod(step["nanoseconds"], 10**9)
        yield "from decimal import Decimal"
        yield f'await near.fast_forward(seconds=Decimal("{whole}.{part:09}"))'
    else:
        name = "blocks" if "blocks" in step else "epochs"
        yield f"await near.fast_forward({name}={step[name]})"


def _next_block(step: Step) -> Iterator[str]:
    given = [f"{name}={step[name]}" for name in ("timestamp_ns", "block_time_ns") if name in step]
    given += [f"random_seed=bytes.fromhex({step['random_seed']!r})"] if "random_seed" in step else []
    yield f"near.set_next_block({', '.join(given)})"


def _block_of(step: Step) -> Iterator[str]:
    chosen = ", ".join(
        f"{kind}s=[{', '.join(_named(kind, one) for one in step[f'{kind}s'])}]"
        for kind in ("transaction", "receipt")
        if step[f"{kind}s"]
    )
    overtaking = "overtaking=True" if step["overtaking"] else ""
    yield f"await chain.step_of({', '.join(filter(None, (chosen, overtaking)))})"


def _named(kind: str, one: dict[str, Any]) -> str:
    nth = f", {one['nth']}" if one["nth"] else ""
    return f"named(near.pending().{kind}_names(), {one['from']!r}, {one['to']!r}, {one['does']!r}{nth})"


def _root(step: Step) -> Iterator[str]:
    key = f"KeyPair.from_seed({step['account']!r}).public_key"
    yield (
        f"await near.send(near.root, {step['account']!r}, "
        f"[create_account(), transfer({_money(step['balance'])}), add_full_access_key({key})])"
    )


_LINES: dict[str, Callable[[Step], Iterator[str]]] = {
    "view": _view,
    "patch": _patch,
    "fast_forward": _forward,
    "next_block": _next_block,
    "blocks": lambda step: iter([f"await chain.step({step['count']})"]),
    "block_of": _block_of,
    "run": lambda _step: iter(["await chain.run()"]),
    "root": _root,
    "load": lambda _step: iter(
        ["# the chain that the test loaded is in the bundle, as the file 'chain'", "near.load(HERE / 'chain')"]
    ),
}


def _result(seen: Any) -> str | None:
    """What a script compares: the name of the failure, or that there was none."""
    from near_harness.outcome.failures import parse_failure  # noqa: PLC0415 - a cycle otherwise

    if not seen:
        return None
    if "refused" in seen:
        return parse_failure(seen["refused"]).name
    if "error" in seen:
        return str(seen["error"])
    status = seen["status"]
    return parse_failure(status["failure"]).name if isinstance(status, dict) and "failure" in status else "succeeded"
