"""A schedule as it ran, in words: what each receipt did, and what it changed."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

from near_harness.explore.faults import Plan, word
from near_harness.explore.moves import Move, Moves, Position
from near_harness.explore.outcomes import held
from near_harness.explore.scene import Scene
from near_harness.explore.schedule import Schedule
from near_harness.outcome.failures import parse_failure
from near_harness.units import Amount


@dataclass(frozen=True)
class Change:
    """A piece of a contract's data before and after, or money (``key`` empty), as text."""

    account: str
    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """A receipt that ran. ``what``: its methods or what it brings, ``wrong``: why it failed, ``fault``: what was done to it."""

    name: str
    sender: str
    place: str
    what: str
    callback: bool
    wrong: str = ""
    fault: str = ""
    logs: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    sent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trace:
    """A schedule with all its lines. It can be pickled and written as JSON."""

    schedule: str
    lines: tuple[Line, ...]
    root: str
    """The state root in the end, in hexadecimal."""

    def as_json(self) -> dict[str, Any]:
        """The trace as JSON has it."""
        return asdict(self)


def trace(scene: Scene, schedule: Schedule, plan: Plan | None = None) -> Trace:
    """Run a schedule and write down what happens. ``plan``: the faults in it, where they are not the usual ones.

    :raises ScheduleDiverged: where it cannot be run.
    """
    moves = Moves(scene, schedule.order, schedule.plan() if plan is None else plan)
    before = moves.start()
    lines = []
    for move, after, step in schedule.play(moves, before):
        lines.append(_line(move, before, after, step, moves))
        before = after
    return Trace(str(schedule), tuple(lines), before.world.root.hex())


def _line(move: Move, before: Position, after: Position, step: Any, moves: Moves) -> Line:
    runs = [run for run in json.loads(step.runs()) if run["kind"] != "refund"]
    failures = [run["outcome"]["status"]["Failure"] for run in runs if "Failure" in run["outcome"]["status"]]
    fault = moves.faults.get(move.name)
    return Line(
        move.name,
        move.sender,
        move.place,
        " and ".join(filter(None, (_what(run) for run in runs))) or ("result, kept" if move.is_callback else move.kind),
        move.is_callback,
        "; ".join(parse_failure(failure).message for failure in failures),
        word(fault) if fault is not None else "",
        tuple(log for run in runs for log in run["outcome"]["logs"]),
        (*_money(before.world, after.world, {move.place, move.sender}), *_data(step)),
        tuple(new.name for new in after.pending[len(before.pending) - 1 :]),
    )


def _what(run: dict[str, Any]) -> str:
    """The methods or actions of a receipt that ran, with the money that it brings."""
    action = run["receipt"]["receipt"].get("Action") or {}
    words, money = [], 0
    for one in action.get("actions", ()):
        kind, body = (one, {}) if isinstance(one, str) else next(iter(one.items()))
        money += int(body.get("deposit", 0)) if isinstance(body, dict) else 0
        if kind == "FunctionCall":
            words.append(f"{body['method_name']}({_text(base64.b64decode(body['args']))})")
        else:
            words.append(kind)
    return " + ".join(words) + (f" +{Amount(money).short}" if money else "")


def _money(before: Any, after: Any, places: set[str]) -> list[Change]:
    """What the accounts of a step hold without gas, where that has changed."""
    changes = []
    for place in sorted(places - {"system"}):
        then, now = held(before, place), held(after, place)
        had, has = then[0] if then else 0, now[0] if now else 0
        if had != has:
            changes.append(Change(place, "", Amount(had).short, Amount(has).short))
    return changes


def _data(step: Any) -> list[Change]:
    return [Change(place, _text(key), _value(old), _value(new)) for place, key, old, new in step.changes()]


def _value(value: bytes | None) -> str:
    return "nothing" if value is None else _text(value)


def _text(value: bytes) -> str:
    """Bytes as text where they are text, else in hexadecimal with the text that is in them."""
    shown = value[:120]
    if shown.isascii() and all(32 <= byte < 127 for byte in shown):
        text = shown.decode()
    else:
        text = "".join(chr(byte) if 32 < byte < 127 else f"\\{byte:02x}" for byte in shown)
    return text + (" …" if len(value) > len(shown) else "")
