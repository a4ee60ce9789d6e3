"""A failing test shows its own lines: where the harness raises one of its errors, the harness' frames are left out.

The error says what is wrong; ``--full-trace`` shows the frames all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest


def _of_the_harness(excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
    from near_harness.errors import HarnessError  # noqa: PLC0415 - nothing at import

    return isinstance(excinfo.value, HarnessError)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Mark the harness' modules as what a traceback may leave out (pytest's ``__tracebackhide__``)."""
    if call.excinfo is not None:
        for name, module in list(sys.modules.items()):
            if name.partition(".")[0] == "near_harness":
                vars(module).setdefault("__tracebackhide__", _of_the_harness)
    return (yield)
