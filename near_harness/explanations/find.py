"""From what a user has in hand to what it means: a name of a class or of nearcore's, a rule, or a whole line of output."""

from __future__ import annotations

import difflib
import functools
import inspect
import re
from dataclasses import dataclass, field

from near_harness.audit.pages import page
from near_harness.audit.rules import RULES
from near_harness.errors import RPC_CAUSES
from near_harness.explanations.errors import Kind, group_of, in_a_test, kinds, warnings
from near_harness.explanations.long_texts import LongText, long_text
from near_harness.explanations.unknown import NothingKnown
from near_harness.outcome import failures

_FAMILIES: dict[str, Kind] = {
    "InvalidTxError": failures.InvalidTransaction,
    "InvalidAccessKeyError": failures.InvalidAccessKey,
    "ActionsValidationError": failures.ActionsValidation,
    "ActionError": failures.ActionFailed,
    "ActionErrorKind": failures.ActionFailed,
    "FunctionCallError": failures.FunctionCallFailed,
    "TxExecutionError": failures.TransactionFailed,
}
"""nearcore's enums, whose variants are the classes below these."""


@dataclass(frozen=True)
class Explanation:
    """What something means. ``code`` is its name, ``kind`` error, warning or rule, ``nearcore`` nearcore's name where another."""

    code: str
    kind: str
    title: str
    meaning: str
    why: str
    what_to_do: str
    nearcore: str = ""
    is_a: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    in_a_test: tuple[str, ...] = ()
    more: LongText = field(default_factory=LongText)
    """Sections with an example, and what to read on."""


def explain(text: str) -> list[Explanation]:
    """Explain a name, or every name that a line of output has in it; the first is the one that comes first.

    :raises NothingKnown: where there is none; the text lists names that are like it.
    """
    known = _all()
    lowered = {name.lower(): name for name in known}
    words = re.findall(r"[A-Za-z][\w-]*", text)
    found = [lowered[word.lower()] for word in words if word.lower() in lowered]
    if not found:
        near = difflib.get_close_matches(text.lower(), lowered, n=3, cutoff=0.5)
        hint = f"did you mean {', '.join(lowered[name] for name in near)}?" if near else "near-harness explain --list shows all"
        raise NothingKnown(f"nothing is known of {text!r}: {hint}")
    return list(dict.fromkeys(one for name in found for one in known[name]))


def codes() -> dict[str, str]:
    """Everything that can be explained, with a line on it."""
    return {name: found[0].title for name, found in sorted(_all().items())}


@functools.cache
def _all() -> dict[str, list[Explanation]]:
    """Explanations by name; nearcore has two errors of one name in different enums. They are read once."""
    found: dict[str, list[Explanation]] = {}
    classes = {**kinds(), **warnings()}
    made = {name: _of_class(kind, classes) for name, kind in classes.items()}
    for name, kind in classes.items():
        found.setdefault(name, []).append(made[name])
        variant = vars(kind).get("variant")
        if variant:
            found.setdefault(str(variant), []).append(made[name])
    for names in (_FAMILIES, RPC_CAUSES):
        for name, kind in names.items():
            found.setdefault(name, []).append(made[kind.__name__])
    for rule in RULES:
        text = page(rule.id).strip()
        one = Explanation(rule.id, "rule", rule.question, text, "", f"near-harness audit --rule {rule.id} CONTRACT.wasm")
        found[rule.id] = found[rule.name] = [one]
    return found


def _of_class(kind: Kind, known: dict[str, Kind]) -> Explanation:
    group = group_of(kind)
    meaning, more = inspect.getdoc(kind) or "", long_text(kind.__name__)
    return Explanation(
        code=kind.__name__,
        kind="warning" if issubclass(kind, Warning) else "error",
        title=meaning.splitlines()[0],
        meaning=meaning,
        why=f"{group.title}: {group.why}" if group.why else "",
        what_to_do=getattr(kind, "hint", "") or more.mend,
        nearcore=str(vars(kind).get("variant", "")),
        is_a=tuple(base.__name__ for base in kind.__mro__[1:] if known.get(base.__name__) is base),
        kinds=tuple(name for name, other in known.items() if kind in other.__bases__),
        in_a_test=tuple(in_a_test(kind)),
        more=more,
    )
