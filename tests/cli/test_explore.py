"""``near-harness explore``: scenarios of a file, tests of a project, options in place of what they say, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cli.conftest import Cli, InTurn

LINE = "near-schedule v1 fifo w0 w1 w0.0 w1.0.cb w0.0.cb"
_FIXTURES = """
import pytest
from near_harness import NEAR, TGas

@pytest.fixture
async def pool(near):
    pool = await near.deploy(CONTRACTS / "staking_pool.wasm", "pool")
    await pool.set_paused(paused=PAUSED).by(pool.account)
    return pool

@pytest.fixture
async def bank(near):
    return await near.deploy(CONTRACTS / "bank.wasm", "bank")
"""
_SCENARIOS = """
async def scenario_race(near, bank, pool, alice):
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
    await near.explore([stake, bank.withdraw().by(alice)])

async def scenario_right(near, bank, pool, alice):
    stake = bank.deposit_and_stake(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
    await near.explore([stake, bank.withdraw().by(alice)])
"""
_TESTS = """
def test_that_explores_nothing():
    assert "explore"

async def test_right(near, bank, pool, alice):
    stake = bank.deposit_and_stake(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
    report = await near.explore([stake, bank.withdraw().by(alice)])
    report.assert_safe()

async def test_race(near, bank, pool, alice):
    stake = bank.deposit_and_stake_racy(pool=pool).by(alice).attach("10 NEAR").gas("150 Tgas")
    report = await near.explore([stake, bank.withdraw().by(alice)])
    report.assert_safe()
"""


@pytest.fixture
def project(tmp_path: Path, contracts: Path) -> Path:
    """Scenarios in a file, tests in another, and fixtures for both."""
    fixtures = _FIXTURES.replace("PAUSED", "True").replace(
        "\n@pytest", f"\nfrom pathlib import Path\nCONTRACTS = Path({str(contracts)!r})\n@pytest", 1
    )
    (tmp_path / "conftest.py").write_text(fixtures)
    (tmp_path / "bank.py").write_text(_SCENARIOS)
    (tmp_path / "test_bank.py").write_text(_TESTS)
    (tmp_path / "test_other.py").write_text("def test_that_would_fail():\n    assert False\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nfilterwarnings = error\naddopts = -q -n 2\nasyncio_default_fixture_loop_scope = function\n"
    )
    return tmp_path


def _told(cli: Cli, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = cli("explore", *arguments, "--json")
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def _explorations(told: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {one["name"].partition("::")[2]: one["explorations"] for one in told["scenarios"]}


def test_the_scenarios_of_a_file(cli: Cli, project: Path) -> None:
    done = cli("explore", "bank.py", "--html", "out/page.html")
    assert done.returncode == 1
    assert "bank.py::scenario_race: explored 1 receipt order (fifo), until the first finding" in done.stdout
    assert f"--near-schedule='{LINE}'" in done.stdout
    assert "bank.py::scenario_right: explored 3/3 receipt orders (fifo, exhaustive)" in done.stdout
    assert done.stderr.splitlines()[-1] == "the drawings are in out/page.html"  # how far it is comes before, where it takes long
    assert LINE in (project / "out" / "page.html").read_text()
    assert [page.suffix for page in (project / ".near" / "explore").iterdir() if "race" in page.name].count(".html") == 1


def test_one_scenario_in_which_nothing_is_found(cli: Cli, project: Path) -> None:
    done = cli("explore", "bank.py::scenario_right", "--all-orders", "--html", "page.html")
    assert (done.returncode, done.stderr) == (0, "nothing was found: page.html is not written\n")
    assert "scenario_race" not in done.stdout
    assert not (project / "page.html").exists()


def test_the_tests_of_a_project(cli: Cli, project: Path) -> None:
    code, told = _told(cli, ".", "--save", "found")
    assert code == 1
    assert (told["schema"], told["found"], told["exhaustive"]) == ("near_harness/explore@1", True, False)
    found = _explorations(told)
    assert {name: [len(one["findings"]) for one in reports] for name, reports in found.items()} == {
        "test_race": [1],
        "test_right": [0],
    }  # bank.py is no file of tests, test_other.py never explores
    (finding,) = found["test_race"][0]["findings"]
    assert (finding["oracle"], finding["schedule"]) == ("serialisable", LINE)
    assert [line["name"] for line in finding["trace"]["lines"]][:3] == ["w0", "w1", "w1.0"]
    assert Path(finding["page"]).parent == project / "found"
    assert not (project / ".near").exists()


def test_a_finding_is_not_kept_for_the_test_itself(cli: Cli, project: Path) -> None:
    _, first = _told(cli, "test_bank.py", "-k", "race", "--faults", "1")
    _, second = _told(cli, "test_bank.py", "-k", "race", "--faults", "1")
    (first_one,), (second_one,) = _explorations(first)["test_race"], _explorations(second)["test_race"]
    assert not second_one["replayed"]
    assert first_one["findings"] == second_one["findings"]
    assert not (project / ".pytest_cache" / "v" / "near_harness").exists()


@pytest.mark.usefixtures("project")
def test_one_order_again(cli: Cli) -> None:
    code, told = _told(cli, "bank.py::scenario_race", "--schedule", LINE)
    (one,) = _explorations(told)["scenario_race"]
    assert (code, one["replayed"], one["orders"], len(one["findings"])) == (1, True, 1, 1)
    code, told = _told(cli, "bank.py::scenario_race", "--schedule", "near-schedule v1 fifo w1 w0 w0.0 w0.0.cb", "--all-orders")
    (one,) = _explorations(told)["scenario_race"]
    assert (code, one["findings"]) == (0, [])


@pytest.mark.usefixtures("project")
def test_options_stand_in_place_of_what_the_scenario_says(cli: Cli) -> None:
    code, told = _told(cli, "bank.py::scenario_right", "--sample", "30", "--seed", "7", "--all-orders")
    (one,) = _explorations(told)["scenario_right"]
    assert (code, one["sampled"], one["orders"], one["exhaustive"]) == (1, 30, 0, False)
    assert one["findings"] == []

    code, told = _told(cli, "bank.py::scenario_right", "--faults", "1", "--stranger", "eve", "--order", "any", "--time-outs")
    (one,) = _explorations(told)["scenario_right"]
    assert (code, one["order"], told["exhaustive"]) == (0, "any", True)
    assert "a stranger's call in between" in one["summary"]
    assert "a choice of faults" in one["summary"]

    code, told = _told(cli, "bank.py::scenario_race", "--all-findings")
    (one,) = _explorations(told)["scenario_race"]
    assert (code, one["orders"], one["exhaustive"], len(one["findings"])) == (1, 4, True, 1)


def test_workers_find_the_same(cli: Cli, project: Path) -> None:
    (project / "spread.py").write_text(
        "LEAST = 0\n"
        "def holds(chain):\n    return chain.balance('bank.sandbox') >= LEAST\n"
        "async def scenario_spread(near, bank, pool, alice):\n"
        "    stake = bank.deposit_and_stake(pool=pool).by(alice).attach('10 NEAR').gas('150 Tgas')\n"
        "    await near.explore([stake, bank.withdraw().by(alice)], invariant=holds)\n"
    )
    code, told = _told(cli, "spread.py", "--workers", "2", "--all-orders")
    (one,) = _explorations(told)["scenario_spread"]
    assert (code, one["orders"], one["findings"]) == (0, 3, [])


_CANNOT: dict[str, tuple[str, list[str], int, str]] = {
    "no such file": ("", ["missing.py"], 2, "'missing.py' does not exist"),
    "no place": ("", ["::x"], 2, "'::x' names no file, or nothing in it"),
    "no Python": ("", ["pytest.ini"], 2, "'pytest.ini' is no Python file"),
    "none drawn": ("", ["bank.py", "--sample", "0"], 2, "Invalid value for '--sample'"),
    "no such scenario": ("", ["bank.py::scenario_x"], 3, "CannotExplore: pytest cannot run bank.py::scenario_x: not found"),
    "none of that name": ("", ["bank.py", "-k", "nobody"], 3, "with 'nobody' in its name"),
    "no schedule": ("", ["bank.py", "--schedule", "w0 w1"], 3, "'w0 w1' is no schedule"),
    "another's schedule": (
        "", ["bank.py::scenario_race", "--schedule", "near-schedule v1 fifo w9"], 3, "ScheduleDiverged: receipt w9 cannot run now"
    ),
    "no account": ("", ["bank.py::scenario_race", "--stranger", "EVE!"], 3, "InvalidAccountId: account id 'EVE!.sandbox'"),
    "no protocol": ("", ["bank.py", "--near-protocol", "moon"], 3, "protocol version 'moon' (--near-protocol)"),
    "no workers": ("", ["bank.py", "--workers", "many"], 3, "BadInput: workers 'many': a number of processes is wanted"),
    "no import": ("import nowhere", ["no_import.py"], 3, "no_import.py cannot be collected"),
    "no function": ("scenario = 5", ["no_function.py"], 3, "no function whose name begins with scenario"),
    "explores nothing": (
        "async def scenario(near): pass", ["explores_nothing.py"], 3, "none of the 1 tests and scenarios calls near.explore"
    ),
    "no fixture": ("async def scenario(near, nobody): pass", ["no_fixture.py"], 3, "fixture 'nobody' not found"),
    "no calls": ("async def scenario(near): await near.explore([])", ["no_calls.py"], 3, "nothing to explore"),
    "left out": ("import pytest\ndef scenario(): pytest.skip('not today')", ["left_out.py"], 3, "not today"),
}  # fmt: skip


def test_what_cannot_be_explored(in_turn: InTurn, project: Path) -> None:
    for name, (content, *_) in _CANNOT.items():
        if content:
            (project / f"{name.replace(' ', '_')}.py").write_text(f"{content}\n")
    done = in_turn(*(("explore", *arguments) for _, arguments, _, _ in _CANNOT.values()), cwd=project)
    assert [one.code for one in done] == [code for _, _, code, _ in _CANNOT.values()]
    assert {one.out for one in done} == {""}
    wrong = {name: one.err for (name, (*_, text)), one in zip(_CANNOT.items(), done, strict=True) if text not in one.err}
    assert wrong == {}
    assert [one.err for one in done if "site-packages" in one.err] == []


def test_a_scenario_that_fails_by_itself_is_noted(cli: Cli, project: Path) -> None:
    (project / "x.py").write_text(f"{_SCENARIOS}\n    raise KeyError('mine')\n")
    done = cli("explore", "x.py::scenario_right")
    assert done.returncode == 0
    assert "explored 3/3 receipt orders" in done.stdout
    assert "note: x.py::scenario_right ended with" in done.stderr
    assert "KeyError: 'mine'" in done.stderr
