"""Lets the reference say ``async`` of methods that are wrapped (:mod:`near_harness.not_begun`); Python says so from 3.12 on."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import sphinx.util.inspect

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(_app: Sphinx) -> dict[str, Any]:
    """Let Sphinx look at what is wrapped."""
    inspection: Any = sphinx.util.inspect
    known = inspection.iscoroutinefunction

    def is_async(found: Any) -> bool:
        return bool(known(found) or inspect.iscoroutinefunction(inspect.unwrap(found) if callable(found) else found))

    inspection.iscoroutinefunction = is_async
    return {"parallel_read_safe": True, "parallel_write_safe": True}
