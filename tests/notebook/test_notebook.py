"""The example notebook, run in a kernel as Jupyter runs it: with a loop that runs already, and no ``near.stop()`` needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

EXAMPLE = Path(__file__).parents[2] / "examples" / "notebook" / "refused_deposit.ipynb"


async def run(notebook: Any, folder: Path, tmp_path: Path) -> list[Any]:
    """Run the cells; their outputs in the order of the cells. The kernel is spoken to over files, not over the network."""
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", connection_file=str(tmp_path / "kernel.json"))
    client = NotebookClient(notebook, km=manager, timeout=60, resources={"metadata": {"path": str(folder)}})
    try:
        await client.async_execute()
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
        await manager.shutdown_kernel(now=True)
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def cells(*sources: str) -> Any:
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def shown(outputs: Sequence[Any], kind: str) -> str:
    (result,) = (output for output in outputs if output.output_type == "execute_result")
    return str(result.data[kind])


def drawn(outputs: Sequence[Any]) -> str:
    """The text of what is drawn, without its marks."""
    return re.sub(r"<style>.*?</style>|<[^>]+>", " ", shown(outputs, "text/html"), flags=re.DOTALL)


async def test_the_example_runs_and_draws_what_happened(tmp_path: Path) -> None:
    notebook = nbformat.read(EXAMPLE, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")  # the committed file has none
    started, _, tx, ledger, credit, refused, _, again, error, _, transfer, _, _ = await run(notebook, EXAMPLE.parent, tmp_path)
    assert shown(started, "text/plain").startswith("<Near embedded node, protocol 86")
    assert re.search(r"succeeded .*alice\.sandbox → bank\.sandbox.*#4 +ok +bank\.sandbox +: on_staked", drawn(tx), re.DOTALL)
    assert re.search(r"alice\.sandbox +100 NEAR", drawn(ledger))
    assert shown(credit, "text/plain") == shown(again, "text/plain") == f"'{10**24}'"
    assert "FAILED" in drawn(refused) and "ContractPanic: pool is paused; its changes were rolled back" in drawn(refused)
    assert "refund 1 NEAR to bank.sandbox (deposit of the failed receipt)" in drawn(refused)
    (printed,) = error  # as text, with the receipts: nothing is drawn behind the back of print
    assert printed.name == "stdout" and "#1 FAILED bank.sandbox: withdraw(" in printed.text
    assert re.search(r"bob\.sandbox → sandbox.*#1 +ok +sandbox +: Transfer +\+2 NEAR", drawn(transfer), re.DOTALL)


async def test_an_outcome_asks_for_nothing_and_escapes_what_contracts_say(tmp_path: Path) -> None:
    contracts = Path(__file__).parents[2] / "contracts" / "compiled"
    *_, outputs, gone = await run(
        cells(
            "import near_harness.sync\nnear = near_harness.sync.start()",
            f"demo = near.deploy({str(contracts / 'bank.wasm')!r}, 'bank')",
            "near.root.call(demo, 'withdraw', {'amount': '<b>&'}).attempt()",
            "tx = near.root.call(demo, 'withdraw', {}).attempt()\nnear.stop()\ntx",
        ),
        tmp_path,
        tmp_path,
    )
    html = shown(outputs, "text/html")
    assert "&lt;b&gt;&amp;" in html and "<b>" not in html
    assert "http" not in html.replace("http://www.w3.org/2000/svg", "") and "<script" not in html and "@import" not in html
    assert "cannot be read: " in shown(gone, "text/html") and "#1" in drawn(gone)  # the node is gone, the receipts are not


async def test_a_cell_that_fails_does_not_hold_the_next_ones(tmp_path: Path) -> None:
    notebook = cells(
        "import near_harness.sync\nnear = near_harness.sync.start()",
        "near.create_account('Alice!')",
        "near.create_account('alice')",
        "import near_harness\nasync with near_harness.start() as node:\n    bob = await node.create_account('bob')\nbob",
    )
    with pytest.raises(CellExecutionError, match="InvalidAccountId"):
        await run(notebook, tmp_path, tmp_path)
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    (tmp_path / "again").mkdir()
    _, _, alice, bob = await run(notebook, tmp_path, tmp_path / "again")
    assert (shown(alice, "text/plain"), shown(bob, "text/plain")) == ("<Account alice.sandbox>", "<Account bob.sandbox>")
