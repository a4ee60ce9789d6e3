"""Meta-transactions in bundles: signed again on the chain where they are replayed, so that they are valid there as well."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from near_harness.bundles.form import Bundle

if TYPE_CHECKING:
    from plugin.conftest import Run

SANDBOX = Path(sys.executable).with_name("near-harness-sandbox")
_TEST = """
from near_harness import NEAR, KeyPair
from near_harness.actions import add_full_access_key, transfer
from near_harness.outcome.failures import DelegateActionExpired, DelegateActionInvalidNonce

async def test_relayed(near, alice, bob, carol):
    twice = await alice.delegate(carol, transfer(NEAR(3)))
    late = await alice.delegate(carol, transfer(NEAR(1)), blocks=40)
    await carol.transfer(alice, NEAR(1))
    await twice.by(bob)
    await twice.by(bob).expect_failure(DelegateActionInvalidNonce)
    key = KeyPair.from_seed("another")
    await (await alice.delegate(alice, add_full_access_key(key.public_key))).by(bob)
    await (await near.account(alice.id, key=key).delegate(bob, transfer(NEAR(2)))).by(carol)
    await near.fast_forward(60)
    await late.by(bob).expect_failure(DelegateActionExpired)
    assert await alice.balance() == 0
"""


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=120)  # noqa: S603 - our own


@pytest.fixture
def bundle(run: Run, pytester: pytest.Pytester) -> Path:
    """What the test leaves, which fails at its end."""
    run(_TEST).assert_outcomes(failed=1)
    (path,) = (pytester.path / ".near" / "bundles").glob("*.zip")
    return path


def test_they_are_in_it(bundle: Path) -> None:
    read = Bundle.read(bundle)
    kinds = [step["kind"] for step in read.steps if step["kind"] in {"delegate", "fast_forward"}]
    assert kinds == ["delegate"] * 4 + ["fast_forward"]
    assert read.content["left_out"] == []
    signed = next(step for step in read.steps if step["kind"] == "delegate")
    assert {name: signed[name] for name in ("signer", "receiver", "blocks", "actions")} == {
        "signer": "alice.sandbox",
        "receiver": "carol.sandbox",
        "blocks": 100,
        "actions": [{"Transfer": {"deposit": str(3 * 10**24)}}],
    }
    relayed = [step["actions"][0]["Delegate"] for step in read.steps if "Delegate" in str(step.get("actions"))]
    assert [one["signature"] == signed["signature"] for one in relayed] == [True, True, False, False, False]
    assert relayed[0]["delegate_action"]["actions"] == signed["actions"]
    assert [step["seen"].get("status") == "succeeded" for step in read.steps if "Delegate" in str(step.get("actions"))] == [
        True, False, True, True, False,
    ]  # fmt: skip
    by_two_keys = {step["key"] for step in read.steps if step["kind"] == "delegate"}
    assert all(read.content["keys"][key]["account"] == "alice.sandbox" for key in by_two_keys)
    assert len(by_two_keys) == 2


@pytest.mark.parametrize("node", ["embedded", f"binary:{SANDBOX}"], ids=["embedded", "binary"])
def test_they_reproduce(bundle: Path, node: str) -> None:
    done = _python("-m", "near_harness.cli", "replay", str(bundle), "--near-node", node, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["reproduces"], told["differences"]) == (True, [])


def test_the_script_does_the_same(bundle: Path) -> None:
    script = bundle.with_suffix(".py")
    assert script.read_text().count("await sign_delegate(") == 4
    done = _python(str(script))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("as recorded\n")


def test_one_that_the_test_has_signed_by_hand(run: Run, pytester: pytest.Pytester) -> None:
    """Nobody can sign it again, so it is written as it was: on a chain with the same heights it is valid."""
    run(
        """
from nacl.signing import SigningKey
from py_near.models import DelegateActionModel
from py_near_primitives import SignedDelegateAction
from near_harness import NEAR
from near_harness.actions import transfer

async def test_by_hand(near, alice, bob, carol):
    key = await near.client.signer(alice.id, alice.key).get_access_key()
    told = DelegateActionModel(
        sender_id=alice.id, receiver_id=carol.id, actions=[transfer(NEAR(3))], nonce=key.nonce + 1,
        max_block_height=key.block_height + 50, public_key=alice.key.public_key.removeprefix("ed25519:"),
    )
    signature = SigningKey(alice.key.raw[:32]).sign(told.nep461_hash).signature
    await bob.send(alice, [SignedDelegateAction(delegate_action=told.near_delegate_action, signature=signature)])
    assert False
"""
    ).assert_outcomes(failed=1)
    (path,) = (pytester.path / ".near" / "bundles").glob("*.zip")
    assert [step["kind"] for step in Bundle.read(path).steps] == ["transaction"] * 4
    test_they_reproduce(path, "embedded")
    done = _python(str(path.with_suffix(".py")))
    assert done.returncode == 0, done.stdout + done.stderr
