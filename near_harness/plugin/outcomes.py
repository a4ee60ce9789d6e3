"""What the plugin does with the outcomes of a test's transactions: options, and the plugins that hear of each outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from near_harness.plugin import bundles, explorations, gas, logs, report, unawaited, unseen
from near_harness.plugin.programs import UnsentPrograms

if TYPE_CHECKING:
    from near_harness.near import Near

_UNSEEN = pytest.StashKey[unseen.UnseenFailures]()
_GAS = pytest.StashKey[gas.GasPlugin]()
_LOGS = pytest.StashKey[logs.ContractLogs]()
_UNSENT = pytest.StashKey[UnsentPrograms]()
_BUNDLES = pytest.StashKey[bundles.BundlePlugin]()
_EXPLORE = pytest.StashKey[explorations.ExplorePlugin]()
_REPORT = pytest.StashKey[report.ReportPlugin]()


def add_options(parser: pytest.Parser) -> None:
    """Add the options and ini keys about outcomes."""
    parser.addini(unseen.NAME, "receipts that failed unseen inside a transaction: error, warn or ignore", default="error")
    parser.addini(unawaited.NAME, "calls and views that are never awaited: error, warn or ignore", default="error")
    gas.add_options(parser)
    report.add_options(parser)
    bundles.add_options(parser)
    explorations.add_options(parser)


def configure(config: pytest.Config, *, bundle: str) -> None:
    """Register markers and plugins; ``bundle`` says of which tests bundles are written."""
    config.addinivalue_line("markers", f"{unseen.NAME}(way): error, warn or ignore failures that the test does not see")
    config.stash[_UNSEEN] = unseen.UnseenFailures(config)
    config.pluginmanager.register(config.stash[_UNSEEN], unseen.NAME)
    config.addinivalue_line("markers", f"{unawaited.NAME}(way): error, warn or ignore calls that the test never awaits")
    config.pluginmanager.register(unawaited.UnawaitedCalls(config), unawaited.NAME)
    config.stash[_LOGS] = logs.ContractLogs()
    config.pluginmanager.register(config.stash[_LOGS], "near_contract_logs")
    config.stash[_UNSENT] = UnsentPrograms()
    config.pluginmanager.register(config.stash[_UNSENT], "near_puppets")
    config.stash[_GAS] = gas.GasPlugin(config)
    config.pluginmanager.register(config.stash[_GAS], "near_gas")
    config.stash[_REPORT] = report.ReportPlugin(config)
    config.pluginmanager.register(config.stash[_REPORT], "near_report_html")
    config.stash[_EXPLORE] = explorations.ExplorePlugin(config)
    config.pluginmanager.register(config.stash[_EXPLORE], "near_explore")
    config.stash[_BUNDLES] = bundles.BundlePlugin(config, bundle)
    config.pluginmanager.register(config.stash[_BUNDLES], "near_bundles")


def watch(config: pytest.Config, near: Near) -> None:
    """Hear of everything that is sent through a façade from now on."""
    near.observers += [
        config.stash[_UNSEEN].hear,
        config.stash[_GAS].hear,
        config.stash[_LOGS].hear,
        config.stash[_REPORT].hear,
    ]
    near.example_observers += [config.stash[_LOGS].example, config.stash[_REPORT].example]
    config.stash[_UNSENT].watch(near)
    config.stash[_EXPLORE].watch(near)
    config.stash[_BUNDLES].watch(near)
