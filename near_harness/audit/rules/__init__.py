"""The rules, one file each. ``RULES`` lists them in the order of their ids."""

from __future__ import annotations

from collections.abc import Sequence

from near_harness.audit.findings import Rule
from near_harness.audit.rules.failed_callback import FAILED_CALLBACK
from near_harness.audit.rules.kept_deposit import KEPT_DEPOSIT
from near_harness.audit.rules.kept_state import KEPT_STATE
from near_harness.audit.rules.no_one_yocto import NO_ONE_YOCTO
from near_harness.audit.rules.open_callback import OPEN_CALLBACK
from near_harness.audit.rules.reinitialisation import REINITIALISATION
from near_harness.audit.rules.short_gas import SHORT_GAS
from near_harness.audit.rules.unread_promise import UNREAD_PROMISE
from near_harness.audit.rules.unwanted_deposit import UNWANTED_DEPOSIT
from near_harness.errors import BadInput

RULES: tuple[Rule, ...] = (
    OPEN_CALLBACK,
    KEPT_STATE,
    KEPT_DEPOSIT,
    UNWANTED_DEPOSIT,
    SHORT_GAS,
    UNREAD_PROMISE,
    FAILED_CALLBACK,
    REINITIALISATION,
    NO_ONE_YOCTO,
)


def rule_of(name: str) -> Rule:
    """Return a rule by its id (``NH001``) or its name (``open-callback``).

    :raises BadInput: where there is none.
    """
    for rule in RULES:
        if isinstance(name, str) and name.lower() in (rule.id.lower(), rule.name):
            return rule
    raise BadInput(f"there is no rule {name!r}; there are {', '.join(f'{rule.id} ({rule.name})' for rule in RULES)}")


def rules_of(names: Sequence[str]) -> tuple[Rule, ...]:
    """Return the rules of these names; all of them for none.

    :raises BadInput: where there is no rule of a name.
    """
    return tuple(map(rule_of, names)) or RULES
