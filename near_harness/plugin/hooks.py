"""The pytest plugin: options, fixtures and isolation. Nothing heavy is imported before a test asks for a node.

Fixtures
    ``near_node`` (session): the node that runs. ``near`` (session): the façade for it, usable in fixtures of every scope.
    ``alice``, ``bob``, ``carol`` (function): accounts with 100 NEAR each.

Asynchronous tests and fixtures that use ``near`` run under pytest-asyncio in its ``auto`` and its ``strict`` mode alike;
those that do not use it are left to the mode that the project has chosen.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from near_harness.plugin import outcomes, tracebacks
from near_harness.plugin.examples import rewind_examples
from near_harness.plugin.isolation import Isolation

if TYPE_CHECKING:
    from near_harness.accounts import Account
    from near_harness.near import Near
    from near_harness.nodes.base import Node
    from near_harness.plugin.nodes import NodeHooks

_ISOLATION = pytest.StashKey[Isolation]()
_SCOPES = ("function", "class", "module", "package", "session")
_OPTIONS = (
    ("node", "node: embedded, docker[:TAG or IMAGE], binary[:VERSION or PATH], or http://…; may be given several times"),
    ("protocol", "protocol version of the node, or 'latest' (default: 86); may be given several times"),
    ("port", "port of the node's JSON-RPC on the loopback (default: a free one)"),
    ("isolation", "without snapshots: 'accounts' of their own keep tests apart (default), or a 'node' for each test"),
    ("bundle", "leave a bundle of what a test did, to be replayed anywhere: never, failed (default) or always"),
    ("block-time", "milliseconds between the blocks of a docker or binary node (default: the node's own)"),
    ("fast", "short epochs and block times, as of near-sandbox init --fast: yes (default) or no"),
    ("genesis", "a setting of genesis.json, such as epoch_length=20; may be given several times (ini: one a line)"),
    ("config", "a setting of config.json, such as max_gas_burnt_view=1; may be given several times (ini: one a line)"),
)
_SEVERAL = ("node", "protocol", "genesis", "config")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--near-node`` and the others of ``_OPTIONS``, and ini keys of the same names."""
    group = parser.getgroup("near", "near_harness")
    for name, text in _OPTIONS:
        action, key = "append" if name in _SEVERAL else "store", _key(name)
        group.addoption(f"--near-{name}", dest=key, action=action, default=None, help=text)
        parser.addini(key, text, default="")
    outcomes.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse settings that cannot be used before anything is collected."""
    from near_harness.config import Settings  # noqa: PLC0415 - nothing at import, see above
    from near_harness.errors import HarnessError  # noqa: PLC0415
    from near_harness.plugin.nodes import NODES, NodeHooks  # noqa: PLC0415

    try:
        settings = Settings.resolve(
            node=config.getoption("near_node"),
            protocol_version=config.getoption("near_protocol"),
            port=config.getoption("near_port"),
            isolation=config.getoption("near_isolation"),
            block_time=config.getoption("near_block_time"),
            fast=config.getoption("near_fast"),
            genesis=config.getoption("near_genesis"),
            config=config.getoption("near_config"),
            bundle=config.getoption("near_bundle"),
            ini={_key(name): config.getini(_key(name)) for name, _ in _OPTIONS},
        )
    except HarnessError as error:
        raise pytest.UsageError(str(error)) from None
    config.stash[_ISOLATION] = Isolation()
    config.pluginmanager.register(tracebacks, "near_tracebacks")
    outcomes.configure(config, bundle=settings.bundle)
    config.stash[NODES] = nodes = NodeHooks(config, settings)
    config.pluginmanager.register(nodes, "near_harness_nodes")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say which nodes the tests would run on."""
    return [f"near: {node}" for node in _nodes(config).described()]


def _key(name: str) -> str:
    return f"near_{name.replace('-', '_')}"


def _nodes(config: pytest.Config) -> NodeHooks:
    from near_harness.plugin.nodes import NODES  # noqa: PLC0415

    return config.stash[NODES]


# Isolation


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tell the isolation that a test begins, and let each of its Hypothesis examples begin with the same chain."""
    isolation = item.config.stash[_ISOLATION]
    isolation.test_begins(item)
    if isinstance(item, pytest.Function):
        rewind_examples(item.function, isolation)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Open the moment of a test that has no fixtures of its own."""
    item.config.stash[_ISOLATION].own_part_begins()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Generator[None, object, object]:
    """Open the moments that fixtures need, and let asynchronous fixtures that use the node run in strict mode."""
    isolation = request.config.stash[_ISOLATION]
    if _is_async(fixturedef.func) and "near_node" in request.fixturenames and _has_asyncio(request.config):
        _adopt(fixturedef, request.config)
    if fixturedef.scope == "function":
        isolation.own_part_begins()
        return (yield)
    moment = isolation.before_wider_fixture(fixturedef)
    fixturedef.addfinalizer(isolation.closing(moment))
    try:
        made = yield
    except BaseException:
        # Nobody gets what it did, and where the test is run again so is the fixture.
        isolation.wider_fixture_failed(moment)
        raise
    isolation.after_wider_fixture(fixturedef, moment)
    return made


# Asynchronous tests


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Mark asynchronous tests that use the node for pytest-asyncio, unless another runner is chosen for them."""
    made = yield
    for item in made if isinstance(made, list) else [made]:
        if not isinstance(item, pytest.Function) or not _is_async(item.function) or "near_node" not in item.fixturenames:
            continue
        if _has_asyncio(item.config) and not any(item.get_closest_marker(name) for name in ("asyncio", "anyio", "trio")):
            item.add_marker("asyncio")
    return made


def _adopt(fixturedef: pytest.FixtureDef[Any], config: pytest.Config) -> None:
    """Mark an asynchronous fixture for pytest-asyncio, which leaves it alone in strict mode.

    Where the project's default loop is narrower than the fixture's scope, and the fixture names none, it gets the loop of its
    scope: pytest-asyncio would refuse it.
    """
    default = config.getini("asyncio_default_fixture_loop_scope")
    named = getattr(fixturedef.func, "_loop_scope", None)
    too_narrow = default in _SCOPES and _SCOPES.index(default) < _SCOPES.index(fixturedef.scope)
    pytest_asyncio.fixture(fixturedef.func, loop_scope=named or (fixturedef.scope if too_narrow else None))


def _has_asyncio(config: pytest.Config) -> bool:
    return config.pluginmanager.has_plugin("asyncio")


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


# Fixtures


@pytest.fixture(scope="session")
def near_node(request: pytest.FixtureRequest) -> Node:
    """The node that the tests run on. A node that cannot be started is an error, never a skip."""
    nodes = _nodes(request.config)
    return nodes.node(getattr(request, "param", nodes.settings.node))


@pytest.fixture(scope="session")
def near(near_node: Node, request: pytest.FixtureRequest) -> Iterator[Near]:
    """Accounts, contracts, time and snapshots of the node; every test starts from the same chain."""
    from near_harness.near import Near  # noqa: PLC0415

    facade = Near(near_node)
    outcomes.watch(request.config, facade)
    isolation = request.config.stash[_ISOLATION]
    isolation.begin(facade, node_per_test=_nodes(request.config).settings.isolation == "node")
    yield facade
    isolation.end()


_ACCOUNTS = ("alice", "bob", "carol")


async def _account(near: Near, name: str, request: pytest.FixtureRequest) -> Account:
    known = near.known_account(name)
    if known is not None:
        return known
    if near.node.capabilities.snapshot:
        return await near.create_account(name)
    # A real node takes a second for each: those that the test asks for are made at the same time.
    asked_for = (other for other in _ACCOUNTS if f"_near_{other}" in request.fixturenames)
    names = dict.fromkeys((name, *(other for other in asked_for if near.known_account(other) is None)))
    made = await asyncio.gather(*(near.create_account(one) for one in names))
    return made[0]


# These make the accounts. A test that has one of them uses ours, and not a fixture of its project with the same name.


@pytest_asyncio.fixture
async def _near_alice(near: Near, request: pytest.FixtureRequest) -> Account:
    return await _account(near, "alice", request)


@pytest_asyncio.fixture
async def _near_bob(near: Near, request: pytest.FixtureRequest) -> Account:
    return await _account(near, "bob", request)


@pytest_asyncio.fixture
async def _near_carol(near: Near, request: pytest.FixtureRequest) -> Account:
    return await _account(near, "carol", request)


@pytest.fixture
def alice(_near_alice: Account) -> Account:
    """An account with 100 NEAR."""
    return _near_alice


@pytest.fixture
def bob(_near_bob: Account) -> Account:
    """An account with 100 NEAR."""
    return _near_bob


@pytest.fixture
def carol(_near_carol: Account) -> Account:
    """An account with 100 NEAR."""
    return _near_carol
