"""What near-sdk's own panics mean, and what to do: its words are short, and the first that a newcomer sees."""

from __future__ import annotations

import re

_ADVICE = (
    (
        re.compile(r"The contract is not initialized"),
        'initialise it: near.deploy(wasm, name, init="new", args={…}), with the method that is #[init]',
    ),
    (
        re.compile(r"Method (\w+) is private"),
        (
            r"only the contract's own account may call \1: .by(contract); where it is the init, the account has to be there "
            r'first: near.deploy(wasm, await near.create_account(name), init="\1")'
        ),
    ),
)


def advice_on(panic: str) -> str:
    """Return what to try where a contract panicked with these words; an empty text where nothing is known."""
    for words, advice in _ADVICE:
        found = words.search(panic)
        if found is not None:
            return found.expand(advice)
    return ""
