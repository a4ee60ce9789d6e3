"""The part of :class:`near_harness.Near` that audits: ``report = await near.audit(bank, callees=[pool])``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from near_harness.accounts import Contract
from near_harness.chain.capability import engine_chain
from near_harness.errors import BadInput
from near_harness.progress import Progress, untold

if TYPE_CHECKING:
    from near_harness.accounts import Account
    from near_harness.audit.report import Report
    from near_harness.near import Near
    from near_harness.transactions import Call

TRIES = 36
"""How many calls are tried for each method, from each state."""


class Auditing:
    """Audits of contracts that are deployed."""

    async def audit(
        self,
        contract: Contract,
        *,
        users: Sequence[Account] = (),
        callees: Sequence[object] = (),
        calls: Sequence[Call] = (),
        rules: Sequence[str] = (),
        tries: int = TRIES,
        seed: int = 0,
        progress: Progress = untold,
    ) -> Report:
        """Look for faults of a contract by running it from the chain as it is; afterwards the chain is as before.

        ``users`` call it (alice and bob, where fewer are named), ``callees`` are other contracts that it may be told to call,
        ``calls`` are examples: they are tried first, and lead where sample arguments do not. ``rules`` are ids or names (all,
        where none is named), ``tries`` is how many calls are tried for each method from each state, ``seed`` decides how sample
        arguments are mixed. ``progress`` is told how many runs were made (:mod:`near_harness.progress`). ``report.findings`` are
        proven; ``report.not_entered`` names the methods of which nothing is known.

        :raises BadInput: for a rule that does not exist, or an example that calls another contract.
        :raises CapabilityMissing: on nodes other than the embedded one.
        """
        from near_harness.audit.auditor import Auditor  # noqa: PLC0415 - only audits need it
        from near_harness.audit.rules import rules_of  # noqa: PLC0415
        from near_harness.audit.subject import Subject  # noqa: PLC0415

        near: Near = self  # type: ignore[assignment] # Near is made of this class
        engine_chain(near.node, "audit")
        if not isinstance(contract, Contract):
            raise BadInput(f"{contract!r} is no contract: near.deploy(…) and near.contract(account_id) give them")
        if not all(isinstance(names, (list, tuple)) for names in (users, callees, calls, rules)):
            raise BadInput("audit: users, callees, calls and rules are lists, such as rules=['NH001']")
        chosen = rules_of(rules)
        subject = Subject(contract, users, callees, calls)
        await near.puppets.flush()
        with near.unobserved(), near.anchor("audit"):
            world = await subject.world(near, progress)
            examples, origin = subject.examples(world.user), await subject.origin(near)
            return await Auditor(world, origin, chosen, tries=tries, seed=seed, examples=examples).audit()
