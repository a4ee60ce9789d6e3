"""A failing test leaves a bundle: what is in it, what is not, and that it can be done again."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from plugin.conftest import Run

CONTRACTS = Path(__file__).parent.parent.parent / "contracts" / "compiled"
SANDBOX = Path(sys.executable).parent / "near-harness-sandbox"
_HEAD = f"""
import asyncio
import pytest
from near_harness import NEAR, TGas, KeyPair
from near_harness.errors import ViewFailed

WASM = {str(CONTRACTS)!r}

@pytest.fixture(scope="session")
async def pool(near):
    return await near.deploy(WASM + "/staking_pool.wasm", "pool")

@pytest.fixture
async def bank(near):
    return await near.deploy(WASM + "/bank.wasm", "bank")
"""
_FAILS = """
async def test_fails(bank, pool, alice):
    await pool.set_paused(paused=True).by(pool.account)
    await bank.deposit_and_stake_wrong(pool).by(alice).attach(NEAR(10)).gas(TGas(150)).attempt()
    assert await bank.credit_of(alice).amount() == 0
"""


def _bundles(folder: Path) -> dict[str, dict[str, Any]]:
    """The contents of the bundles by the names of their tests."""
    found = {}
    for path in sorted((folder / ".near" / "bundles").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read("bundle.json"))
        found[content["test"]["id"].rpartition("::")[2]] = {**content, "path": path}
    return found


def _what(content: dict[str, Any]) -> list[str]:
    """The steps in a word each: receivers of transactions, names of the others."""
    return [step["receiver"].partition(".")[0] if step["kind"] == "transaction" else step["kind"] for step in content["steps"]]


def _replay(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "near_harness.cli", "replay", str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own


def test_a_failing_test_leaves_one_that_reproduces(run: Run, pytester: pytest.Pytester) -> None:
    result = run(_HEAD + _FAILS + "\nasync def test_passes(alice, bob): await alice.transfer(bob, NEAR(1))\n")
    result.assert_outcomes(failed=1, passed=1)
    found = _bundles(pytester.path)
    assert list(found) == ["test_fails"]
    content = found["test_fails"]
    result.stdout.fnmatch_lines([f"near-harness replay .near/bundles/{content['path'].name}"])
    assert _what(content) == ["pool", "bank", "alice", "pool", "bank", "view"]
    assert content["node"]["kind"] == "embedded"
    assert content["node"]["protocol_version"] == 86
    assert 'assert NEAR("10") == 0' in content["test"]["failure"]
    assert content["left_out"] == []
    assert all(key.keys() == {"account", "seed"} for key in content["keys"].values())
    stake = content["steps"][4]
    assert [receipt["status"] for receipt in stake["seen"]["receipts"] if "failure" in receipt["status"]]
    assert (content["path"].parent / ".gitignore").read_text().endswith("*\n")

    done = _replay(content["path"])
    assert done.returncode == 0, done.stderr
    assert "REPRODUCES: 5 transactions and 1 views" in done.stdout

    script = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(content["path"].with_suffix(".py"))], capture_output=True, text=True, check=False, timeout=120
    )
    assert script.returncode == 0, script.stderr
    assert script.stdout.endswith("as recorded\n")
    assert "FAILED pool.sandbox: deposit_and_stake" in script.stdout


@pytest.mark.parametrize(("options", "ini", "expected"), [
    (["--near-bundle=never"], "", []),
    ([], "near_bundle = never", []),
    ([], "near_bundle = always", ["test_fails", "test_passes"]),
    (["--near-bundle=failed"], "near_bundle = always", ["test_fails"]),
])  # fmt: skip
def test_when_they_are_written(run: Run, pytester: pytest.Pytester, options: list[str], ini: str, expected: list[str]) -> None:
    source = "from near_harness import NEAR\n"
    source += "async def test_fails(alice): assert not await alice.balance()\nasync def test_passes(alice): pass\n"
    run(source, *options, ini=f"asyncio_mode = auto\n{ini}").assert_outcomes(failed=1, passed=1)
    assert list(_bundles(pytester.path)) == expected


def test_a_wrong_choice_is_refused(run: Run) -> None:
    result = run("def test_x(): pass", "--near-bundle=sometimes")
    result.stderr.fnmatch_lines(["*bundle 'sometimes' (--near-bundle): choose one of never, failed, always"])
    result = run("def test_x(): pass", ini="near_bundle_limit = much")
    result.stderr.fnmatch_lines(["*near_bundle_limit: 'much' is no number of megabytes from 0 to 1000"])


def test_only_what_led_to_the_state_is_in_it(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        _HEAD
        + """
async def test_before(near, bank, alice, bob):
    await alice.transfer(bob, NEAR(1))

async def test_rolled_back(near, pool, alice, bob, carol):
    moment = near.snapshot()
    await alice.transfer(bob, NEAR(1))
    near.restore(moment)
    with near.anchor():
        await alice.transfer(bob, NEAR(2))
    await alice.transfer(carol, NEAR(3))
    assert False

async def test_inside_an_anchor(near, alice, bob):
    with near.anchor():
        await alice.transfer(bob, NEAR(4))
        with near.anchor():
            await alice.transfer(bob, NEAR(5))
            raise ValueError("inside")

async def test_after_an_error_that_was_expected(near, alice, bob):
    with pytest.raises(ValueError, match="expected"), near.anchor():
        await alice.transfer(bob, NEAR(6))
        raise ValueError("expected")
    assert False
"""
    )
    result.assert_outcomes(failed=3, passed=1)
    found = _bundles(pytester.path)
    assert _what(found["test_rolled_back"]) == ["pool", "alice", "bob", "carol", "carol"]
    assert found["test_rolled_back"]["steps"][-1]["actions"] == [{"Transfer": {"deposit": str(3 * 10**24)}}]
    inside = found["test_inside_an_anchor"]["steps"][-2:]
    assert [step["actions"][0]["Transfer"]["deposit"][0] for step in inside] == ["4", "5"]
    # A fixture of the session was set up for the first test that wanted it, so it is on the path of all after it.
    assert _what(found["test_after_an_error_that_was_expected"]) == ["pool", "alice", "bob"]


def test_setup_and_teardown_leave_them_as_well(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        _HEAD
        + """
@pytest.fixture
async def broken(alice, bob):
    await alice.transfer(bob, NEAR(1))
    raise ValueError("in the setup")

@pytest.fixture
async def breaks(alice):
    yield
    raise ValueError("in the teardown")

async def test_setup(broken): pass

async def test_teardown(breaks, alice, bob):
    await alice.transfer(bob, NEAR(2))
"""
    )
    result.assert_outcomes(errors=2, passed=1)
    found = _bundles(pytester.path)
    assert {name: content["test"]["phase"] for name, content in found.items()} == {
        "test_setup": "setup",
        "test_teardown": "teardown",
    }
    assert [_what(content) for content in found.values()] == [["alice", "bob", "bob"], ["alice", "bob", "bob"]]


def test_steps_time_patches_refusals_and_crowds_reproduce(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        _HEAD
        + """
async def test_everything(near, bank, pool, alice, bob):
    await near.set_balance(bob, NEAR(7))
    await near.set_storage(bank, {"key": b"value"})
    near.set_next_block(timestamp_ns=await near.timestamp() + 10**12, random_seed=b"s" * 32)
    await near.fast_forward(seconds=0.5)
    await near.fast_forward(3)
    await near.fast_forward(epochs=1)
    await asyncio.gather(*(alice.transfer(bob, NEAR(n)) for n in (1, 2, 3)), bob.transfer(alice, NEAR(1)))
    failure = await alice.batch(bob, *[__import__("near_harness.actions").actions.transfer(NEAR(1000))]).expect_failure()
    async with near.paused() as chain:
        first = await chain.send(bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150)))
        second = await chain.send(bank.deposit_and_stake(pool).by(bob).attach(NEAR(1)).gas(TGas(150)))
        await chain.step_transaction(second)
        await chain.step_receipt(chain.pending().receipt("deposit_and_stake", sender=bob))
        await chain.step()
        await chain.run()
        assert (await first).succeeded
    key = KeyPair.random()
    await near.add_key(alice, key)
    await near.account(alice.id, key).transfer(bob, NEAR(1))
    with pytest.raises(ViewFailed):
        await near.view(bank.id, "no_such_method")
    assert False
"""
    )
    result.assert_outcomes(failed=1)
    content = _bundles(pytester.path)["test_everything"]
    kinds = {step["kind"] for step in content["steps"]}
    assert kinds == {"transaction", "patch", "next_block", "fast_forward", "pause", "block_of", "blocks", "run", "resume", "view"}
    assert sum("secret_key" in key for key in content["keys"].values()) == 1
    assert [step["beside"] for step in content["steps"] if "beside" in step]
    done = _replay(content["path"], "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["differences"] == []
    script = content["path"].with_suffix(".py")
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120)  # noqa: S603
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_was_gathered_is_sent_in_the_same_order_again(run: Run, pytester: pytest.Pytester) -> None:
    run(
        _HEAD
        + """
async def test_gathered(near, alice, bob, carol):
    orders = await near.deploy(WASM + "/orders.wasm", "orders")
    def place(buyer):
        items = [dict(name="tea", count=1, price="1")]
        order = dict(buyer=buyer.id, items=items, delivery="Pickup", note=None, labels={}, seal=[0] * 4)
        return orders.place_json(order=order).by(buyer)
    numbers = await asyncio.gather(place(alice), place(bob), place(carol), place(alice))
    assert [tx.json() for tx in numbers] == [4, 3, 2, 1]
"""
    ).assert_outcomes(failed=1)
    content = _bundles(pytester.path)["test_gathered"]
    assert [base64.b64decode(step["seen"]["receipts"][0]["status"]["value"]) for step in content["steps"][-4:]] == [
        b"1", b"2", b"3", b"4",
    ]  # fmt: skip
    for node in ("embedded", f"binary:{SANDBOX}"):
        done = _replay(content["path"], "--near-node", node)
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("gas of transactions that were under way at the same time is not compared" in done.stdout) == (node != "embedded")


def test_a_loaded_chain_is_in_it(run: Run, pytester: pytest.Pytester) -> None:
    run(
        _HEAD
        + """
async def test_loads(near, bank, alice, bob, tmp_path):
    near.save(tmp_path / "saved")
    await alice.transfer(bob, NEAR(1))
    near.load(tmp_path / "saved")
    await alice.transfer(bob, NEAR(2))
    assert False
"""
    ).assert_outcomes(failed=1)
    content = _bundles(pytester.path)["test_loads"]
    assert _what(content) == ["load", "bob"]
    done = _replay(content["path"])
    assert done.returncode == 0, done.stdout + done.stderr
    elsewhere = _replay(content["path"], "--near-node", f"binary:{SANDBOX}")
    assert elsewhere.returncode == 0, elsewhere.stdout + elsewhere.stderr
    assert "its state was put in record by record" in elsewhere.stdout


def test_a_bundle_that_cannot_be_written_leaves_the_result_of_the_test_alone(run: Run, pytester: pytest.Pytester) -> None:
    (pytester.path / "taken").write_text("a file where the folder should be")
    result = run(_HEAD + _FAILS, ini="asyncio_mode = auto\nnear_bundle_dir = taken")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["no bundle of *::test_fails: FileExistsError: *taken*"])


def test_puppets_and_explored_orders_reproduce(run: Run, pytester: pytest.Pytester) -> None:
    result = run(
        _HEAD
        + """
async def test_puppet(near, bank, alice):
    pool = await near.puppet("stand-in")
    pool.on("deposit_and_stake").panics("not today")
    tx = await bank.deposit_and_stake(pool).by(alice).attach(NEAR(1)).gas(TGas(150)).attempt()
    assert await bank.credit_of(alice).amount() == NEAR(1)

async def test_explored(near, bank, pool, alice):
    call = bank.deposit_and_stake_racy(pool).by(alice).attach(NEAR(1)).gas(TGas(150))
    report = await near.explore(actors=[[call], [bank.withdraw().by(alice)]])
    await alice.transfer(bank, NEAR(1))
    assert False
"""
    )
    result.assert_outcomes(failed=2)
    found = _bundles(pytester.path)
    assert len(found["test_explored"]["steps"]) == 4  # what was tried is rolled back
    for content in found.values():
        done = _replay(content["path"])
        assert done.returncode == 0, done.stdout + done.stderr


def test_hypothesis_leaves_the_smallest_example(run: Run, pytester: pytest.Pytester) -> None:
    run("""
from hypothesis import HealthCheck, given, settings, strategies as st
from near_harness import NEAR

@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amount=st.integers(1, 50))
async def test_example(alice, bob, amount):
    await alice.transfer(bob, NEAR(amount))
    assert amount < 20
""").assert_outcomes(failed=1)
    steps = _bundles(pytester.path)["test_example"]["steps"]
    assert steps[-1]["actions"] == [{"Transfer": {"deposit": str(20 * 10**24)}}]
    assert len(steps) == 3


def test_nothing_of_the_machine_or_its_user_is_in_it(
    run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "hunter2-hunter2")
    monkeypatch.setenv("ORDINARY", "an-ordinary-value")
    run(
        _HEAD
        + """
import os, socket, tempfile, pathlib
async def test_talks(near, bank, alice):
    await near.deploy(WASM + "/deposit_demo.wasm")
    folder = pathlib.Path(tempfile.mkdtemp()) / "a folder"
    assert False, (f"{near.client.rpc_url} {socket.gethostname()} {os.environ['DEPLOY_TOKEN']} {__file__} {folder}/x "
                   f"{pathlib.Path.home()}/keys/k.json {KeyPair.random().secret_key}")
"""
    ).assert_outcomes(failed=1)
    path = _bundles(pytester.path)["test_talks"]["path"]
    with zipfile.ZipFile(path) as archive:
        everything = b"\n".join(archive.read(name) for name in archive.namelist() if not name.endswith(".wasm")).decode()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    everything += path.with_suffix(".py").read_text()
    private = [
        "hunter2", "an-ordinary-value", "127.0.0.1", str(pytester.path), str(CONTRACTS), str(Path.home()) + "/", sys.prefix,
        os.environ.get("USER") or "no user", "ed25519:" + "x" * 80,
    ]  # fmt: skip
    if len(socket.gethostname()) > 5:
        private.append(socket.gethostname())
    assert [text for text in private if text in everything and text != "root"] == []
    assert "<value of DEPLOY_TOKEN>" in everything
    assert "<secret key>" in everything


def test_it_is_bounded_and_says_what_was_left_out(run: Run, pytester: pytest.Pytester) -> None:
    run(_HEAD + _FAILS, ini="asyncio_mode = auto\nnear_bundle_limit = 0.06").assert_outcomes(failed=1)
    content = _bundles(pytester.path)["test_fails"]
    assert content["path"].stat().st_size < 70_000
    (note,) = content["left_out"]
    assert note.startswith("the contract ")
    done = _replay(content["path"])
    assert done.returncode == 3
    assert "give each with --contract FILE" in done.stderr
    wrong = _replay(content["path"], "--contract", str(CONTRACTS / "deposit_demo.wasm"))
    assert "which the bundle does not ask for" in wrong.stderr
    assert _replay(content["path"], "--contract", str(CONTRACTS / "bank.wasm")).returncode == 0

    run(_HEAD + _FAILS, ini="asyncio_mode = auto\nnear_bundle_limit = 0.001").assert_outcomes(failed=1)
    assert "all 6 steps: they are larger than 1,000 bytes" in _bundles(pytester.path)["test_fails"]["left_out"]


def test_workers_and_several_nodes(run: Run, pytester: pytest.Pytester) -> None:
    result = run(_HEAD + _FAILS, "-n2", "--near-protocol=85,86")
    result.assert_outcomes(failed=2)
    found = _bundles(pytester.path)
    assert {content["node"]["protocol_version"] for content in found.values()} == {85, 86}
    for content in found.values():
        result.stdout.fnmatch_lines([f"near-harness replay .near/bundles/{content['path'].name}"])
        assert _replay(content["path"]).returncode == 0


def test_from_a_node_without_snapshots(run: Run, pytester: pytest.Pytester) -> None:
    run(_HEAD + _FAILS, f"--near-node=binary:{SANDBOX}").assert_outcomes(failed=1)
    content = _bundles(pytester.path)["test_fails"]
    assert content["node"]["kind"] == "binary"
    assert "root" in {step["kind"] for step in content["steps"]}
    done = _replay(content["path"], "--near-node", "embedded")
    assert done.returncode == 0, done.stdout + done.stderr


def test_gas_of_a_chain_that_was_shared_is_not_compared(run: Run, pytester: pytest.Pytester) -> None:
    run(
        _HEAD
        + """
async def test_others(near, pool, bank, alice, bob):
    await asyncio.gather(*(near.create_account(f"other-{number}") for number in range(30)))
    await pool.set_paused(paused=True).by(pool.account)

async def test_fails(near, bank, pool, alice, bob):
    await bank.deposit_and_stake(pool).by(alice).attach(NEAR(10)).gas(TGas(150)).attempt()
    assert False

async def test_fails_alone(near, bank, alice, bob):
    for _ in range(3):
        await bank.deposit_and_stake("nobody.sandbox").by(alice).attach(NEAR(1)).gas(TGas(150)).attempt()
    assert False
""",
        f"--near-node=binary:{SANDBOX}",
    ).assert_outcomes(failed=2, passed=1)
    found = _bundles(pytester.path)
    alone = _replay(found["test_fails_alone"]["path"])
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert "note: gas is not compared: the recorded chain was shared with other tests" in alone.stdout
    (left_out,) = found["test_fails"]["left_out"]
    assert re.fullmatch(r"what other tests sent to pool\.\S+: the node cannot go back, so it was there", left_out)
    together = _replay(found["test_fails"]["path"])
    assert together.returncode == 1  # the pool was paused by another test
    assert f"left out: {left_out}" in together.stdout


def test_the_command_can_be_typed_in_a_folder_below(run: Run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    below = pytester.mkdir("below")
    (below / "test_it.py").write_text("async def test_it(alice):\n    assert False\n")
    monkeypatch.chdir(below)
    result = run("", str(below))
    result.stdout.re_match_lines([f"near-harness replay {re.escape(str(Path('..') / '.near' / 'bundles' / 'test_it-'))}.*zip"])
