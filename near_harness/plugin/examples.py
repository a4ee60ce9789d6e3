"""Under Hypothesis a test runs many times: each example starts from the same chain, and each step of shrinking too."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from near_harness.plugin.isolation import Isolation


def rewind_examples(function: Any, isolation: Isolation) -> None:
    """Let every example of a test begin with the chain as the test found it; does nothing for tests without Hypothesis."""
    handle = getattr(function, "hypothesis", None)
    inner = getattr(handle, "inner_test", None)
    if handle is None or inner is None or hasattr(inner, "near_examples"):
        return
    made: Any
    if inspect.iscoroutinefunction(inner):

        @functools.wraps(inner)
        async def made(*args: Any, **named: Any) -> Any:
            with isolation.example():
                return await inner(*args, **named)
    else:

        @functools.wraps(inner)
        def made(*args: Any, **named: Any) -> Any:
            with isolation.example():
                return inner(*args, **named)

    made.near_examples = True
    handle.inner_test = made
