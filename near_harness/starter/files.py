"""The files of a first test: plain text, to be changed by whoever gets them."""

from __future__ import annotations

import json

from near_harness.starter.look import Look
from near_harness.starter.project import Project, Target

_CONFTEST = '''\
"""The contract under test. The tests use what was built last: {build}"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def built(*patterns):
    """The newest file of these patterns, or a failure that says how it is built."""
    found = [path for pattern in patterns for path in ROOT.glob(pattern)]
    if not found:
        pytest.fail("the contract is not built yet: {build}", pytrace=False)
    return max(found, key=lambda path: path.stat().st_mtime)
{fixtures}'''

_FIXTURE = '''

@pytest.fixture
async def {name}(near):
    """The contract on an account of its own; each test begins with a fresh one."""
    wasm = built({places}){wanted}
    return await near.deploy(wasm, {account}{init})
'''

_TEST = '''\
"""First tests of {name}, to be changed and added to. What a name or a failure means: near-harness explain NAME."""

from near_harness import NEAR, expect


async def test_it_is_deployed(near, {name}):
    assert await near.exists({name})
    assert {name}.interface.methods  # from its ABI, or its exports


async def test_anyone_can_send_it_money(near, {name}, alice):
    before = await near.balance({name})
    tx = await alice.transfer({name}, NEAR(1))

    expect(tx).succeeded().conserved_tokens()
    assert await near.balance({name}) == before + NEAR(1)
'''

_VIEW = """

async def test_{view}_at_the_beginning({name}):
    assert await {name}.view("{view}") {said}
"""

_PYPROJECT = {
    "dependency-groups": '[dependency-groups]\ntest = ["near-harness[engine]"]  # pip install --group test\n',
    "tool.pytest.ini_options": (
        '[tool.pytest.ini_options]\ntestpaths = ["tests"]\nasyncio_mode = "auto"\n'
        'asyncio_default_fixture_loop_scope = "function"\n'
    ),
}

_WORKFLOW = """\
name: near-harness
on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
{setup}
{builds}
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: pip install 'near-harness[engine]'
      - run: pytest
      - uses: actions/upload-artifact@v4
        if: failure()
        with:
          name: near-bundles
          path: .near/bundles
          include-hidden-files: true
          if-no-files-found: ignore
"""

_SETUPS = {
    "rust": """\
      - run: rustup target add wasm32-unknown-unknown
      - uses: Swatinem/rust-cache@v2
      - run: cargo install cargo-near --locked""",
    "javascript": """\
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - run: npm ci""",
}


def conftest(project: Project, looks: dict[str, Look]) -> str:
    """Write ``tests/conftest.py``."""
    fixtures = "".join(
        _FIXTURE.format(
            name=target.name,
            places=", ".join(f'"{place}"' for place in target.places),
            account=_account(target, looks.get(target.name)),
            init=f', init="{looks[target.name].init}"' if target.name in looks and looks[target.name].init else "",
            wanted=_wanted(looks.get(target.name)),
        )
        for target in project.targets
    )
    build = " && ".join(project.builds).replace("\\", "\\\\").replace('"', '\\"')  # it stands in texts of Python
    return _CONFTEST.format(build=build, fixtures=fixtures)


def test_module(target: Target, look: Look | None) -> str:
    """Write the test module of a contract: it is deployed, it takes money, and its views say what they say today."""
    views = look.views if look is not None else ()
    return _TEST.format(name=target.name) + "".join(
        _VIEW.format(view=view, name=target.name, said=_is(value)) for view, value in views
    )


def _is(value: object) -> str:
    """A comparison with what a view says, as linters want it."""
    return f"is {value!r}" if isinstance(value, bool) else f"== {value!r}"


def workflow(project: Project) -> str:
    """Write the CI workflow."""
    builds = "\n".join(f"      - run: {_in_yaml(build)}" for build in project.builds)
    return _WORKFLOW.format(setup=_SETUPS[project.language], builds=builds)


def _in_yaml(command: str) -> str:
    """A command as a value of YAML: as it is, or in quotes, as JSON has them, where it would be something else."""
    return json.dumps(command, ensure_ascii=False) if any(mark in command for mark in (" #", ": ", '"', "\\")) else command


def pyproject(present: str | None, *, has_pytest: bool, has_groups: bool) -> str | None:
    """Write ``pyproject.toml``, or add to the present one what it does not have; None where nothing is missing."""
    missing = [text for name, text in _PYPROJECT.items() if not (has_pytest if name == "tool.pytest.ini_options" else has_groups)]
    if not missing:
        return None
    return "\n".join(filter(None, [present.rstrip("\n") + "\n" if present else "", *missing]))


def _wanted(look: Look | None) -> str:
    """A line for a contract that begins with arguments, which only its author knows; one for a method that is private."""
    found = []
    if look is not None and look.wanted is not None:
        found.append(f"Most methods want it initialised: near.deploy(…, {look.wanted})")
    if look is not None and look.private:
        found.append("The account comes first: what initialises the contract is private, so the account itself must call it")
    return "".join(f"\n    # {line}" for line in found)


def _account(target: Target, look: Look | None) -> str:
    """Where the contract is deployed: on a new account of this name, or on one that is there and signs for itself."""
    name = f'"{account_name(target)}"'
    return f"await near.create_account({name})" if look is not None and look.private else name


def account_name(target: Target) -> str:
    """The name of a contract's account: letters, digits and single dashes between."""
    return target.name.replace("_", "-")[:40].strip("-") or "contract"
