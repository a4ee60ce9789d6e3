"""What contracts logged, as a section of a failing test's report: the logs of all receipts of what the test has sent.

Under Hypothesis they are those of the last example, which is the one that fails.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest

from near_harness.plugin.sent import SentByTest

_MOST_LINES = 200


class ContractLogs(SentByTest):
    """Attaches the logs to the report."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the logs to a failure."""
        report = yield
        lines = self._lines() if report.failed else []
        if lines:
            left_out = [f"… {len(lines) - _MOST_LINES} lines before these"] if len(lines) > _MOST_LINES else []
            report.sections.append(("near: logs of contracts", "\n".join([*left_out, *lines[-_MOST_LINES:]])))
        return report

    def _lines(self) -> list[str]:
        lines = []
        for heard in self._sent_at_last:
            logs = [
                f"  | {receipt.receiver}.{receipt.method}: {log}" if receipt.method else f"  | {receipt.receiver}: {log}"
                for receipt in heard.outcome.receipts
                for log in receipt.logs
            ]
            lines += [heard.called, *logs] if logs else []
        return lines
