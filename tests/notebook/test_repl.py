"""What somebody sees who types into Python: each line's answer, as Python itself shows it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from docs.blocks import DOCS, blocks

CONTRACTS = Path(__file__).parents[2] / "contracts" / "compiled"


def typed(*lines: str, repl: tuple[str, ...] = ("-i", "-q")) -> tuple[list[str], str]:
    """What is answered to these lines, and all that is written besides; the prompts are left out."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("NEAR_HARNESS_NODE", "PYTHON"))}
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, *repl],
        cwd=CONTRACTS,
        input="\n".join((*lines, "")),
        env={**env, "PYTHONIOENCODING": "utf-8", "PYTHON_BASIC_REPL": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), re.sub(r"^(>>> |\.\.\. )+", "", done.stderr, flags=re.MULTILINE)


def test_objects_say_what_they_are_in_a_line() -> None:
    answers, besides = typed(
        "import near_harness.sync",
        "near = near_harness.sync.start()",
        "near",
        'alice = near.create_account("alice"); alice',
        f'bank = near.deploy({str(CONTRACTS / "bank.wasm")!r}, "bank"); bank',
        f'pool = near.deploy({str(CONTRACTS / "staking_pool.wasm")!r}, "pool")',
        'call = bank.deposit_and_stake(pool=pool).by(alice).attach("1 NEAR").gas("150 Tgas")',
        "call",
        "tx = call.send()",
        "tx",
        "[tx.root]",
        "tx.ledger",
        "tx.ledger.state",
        "near.snapshot()",
        "alice.balance() < near_harness.NEAR(99)",
    )
    wanted = [
        r"<Near embedded node, protocol 86>",
        r"<Account alice\.sandbox>",
        r"<Contract bank\.sandbox>",
        r"<Call bank\.sandbox\.deposit_and_stake\(.* by alice\.sandbox with 1 NEAR, 150 Tgas: not sent yet, \.send\(\) does it>",
        r"<Outcome \w+ alice\.sandbox -> bank\.sandbox, 6 receipts, succeeded>",
        r"\[<Receipt \w+ alice\.sandbox -> bank\.sandbox\.deposit_and_stake, ok>\]",
        r"<Ledger of transaction \w+: alice\.sandbox, bank\.sandbox, pool\.sandbox>",
        r"<StateChanges of transaction \w+: alice\.sandbox, bank\.sandbox, pool\.sandbox>",
        r"<a moment of the chain, with 4 accounts known to the harness: near\.restore\(…\) goes back to it>",
        r"True",
    ]
    assert len(answers) == len(wanted), answers
    assert all(re.fullmatch(pattern, answer) for pattern, answer in zip(wanted, answers, strict=True)), answers
    assert besides.strip() == ""  # nor at the end, where the node was not stopped


def test_a_node_that_was_stopped_is_said() -> None:
    answers, besides = typed(
        "import near_harness.sync",
        "near = near_harness.sync.start()",
        'alice = near.create_account("alice")',
        "near.stop()",
        "near.stop()",
        "alice.balance()",
        'near.create_account("bob")',
    )
    assert answers == []
    said = "NodeUnreachable: the node was stopped by near.stop(): start another with near_harness.sync.start()"
    assert besides.count(said) == 2
    assert "never awaited" not in besides


def test_the_repl_of_asyncio() -> None:
    answers, _ = typed(
        "import near_harness",
        "from contextlib import AsyncExitStack",
        "running = AsyncExitStack()",
        "near = await running.enter_async_context(near_harness.start())",
        'alice = await near.create_account("alice")',
        'tx = await alice.transfer(near.root, "1 NEAR")',
        "tx",
        "print(tx)",
        "await running.aclose()",
        repl=("-m", "asyncio"),
    )
    shown = "\n".join(answers)
    assert re.search(r"<Outcome \w+ alice\.sandbox -> sandbox, 2 receipts, succeeded>", shown)
    assert "#1 ok sandbox: Transfer  +1 NEAR" in shown


def test_the_page_shows_what_python_answers() -> None:
    sessions = [block.code.splitlines() for block in blocks(DOCS / "notebook.md") if block.language == "pycon"]
    with_await = [lines for lines in sessions if any("await " in line for line in lines)]
    without = [line for lines in sessions if lines not in with_await for line in lines]
    assert without and with_await
    for lines, repl in ((without, ("-i", "-q")), *((lines, ("-m", "asyncio")) for lines in with_await)):
        said, besides = typed(*(line[4:] for line in lines if line.startswith(">>> ")), repl=repl)
        answers = [_without_prompts(line) for line in said if _without_prompts(line)]
        wanted = [line for line in lines if not line.startswith(">>> ")]
        assert [_any_hash(line) for line in answers] == [_any_hash(line) for line in wanted], besides


def _without_prompts(line: str) -> str:
    return re.sub(r"^(>>> )+", "", line)


def _any_hash(text: str) -> str:
    return re.sub(r"<Outcome \w+ ", "<Outcome HASH ", text)
