"""Account ids, checked before anything else sees them."""

from __future__ import annotations

import re

from near_harness.errors import InvalidAccountId

_SHAPE = re.compile(r"(?:[a-z0-9]+[-_])*[a-z0-9]+(?:\.(?:[a-z0-9]+[-_])*[a-z0-9]+)*")


def check_account_id(account_id: object) -> str:
    """Return ``account_id`` where it is one by the protocol's rules.

    An account id has 2 to 64 characters: lower-case letters and digits in parts, with single ``-``, ``_`` or ``.``
    between them (nomicon, "Account ID rules").

    :raises InvalidAccountId: naming the first rule that is broken.
    """
    account_id = text_of_name(account_id)
    if not 2 <= len(account_id) <= 64:
        raise InvalidAccountId(f"account id {account_id!r} has {len(account_id)} characters; the protocol allows 2 to 64")
    if _SHAPE.fullmatch(account_id):
        return account_id
    odd = sorted({c for c in account_id if not re.fullmatch(r"[a-z0-9._-]", c)})
    if odd:
        hint = f"; did you mean {account_id.lower()!r}?" if _SHAPE.fullmatch(account_id.lower()) else ""
        raise InvalidAccountId(
            f"account id {account_id!r} contains {', '.join(map(repr, odd))}; only a-z, 0-9, '-', '_' and '.' are allowed{hint}"
        )
    raise InvalidAccountId(
        f"account id {account_id!r}: '-', '_' and '.' must stand alone between letters or digits, not at an end"
    )


def text_of_name(name: object) -> str:
    """Return the name of an account where it is text.

    :raises InvalidAccountId: where it is anything else.
    """
    if not isinstance(name, str):
        raise InvalidAccountId(f"{name!r} is no account id: text is needed, such as 'alice.sandbox'")
    return name


def account_id_of(who: object) -> str:
    """Return the account id of an account, a contract, or text.

    :raises InvalidAccountId: where ``who`` is none of these.
    """
    return check_account_id(getattr(who, "id", who))
