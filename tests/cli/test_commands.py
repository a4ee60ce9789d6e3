"""What all commands have in common: help, results as JSON, errors in a line, exit codes, completion, nothing heavy at import."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from near_harness.cli import COMMANDS, main

if TYPE_CHECKING:
    from cli.conftest import Cli

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
CONTRACT = Path(__file__).parents[2] / "contracts" / "compiled" / "deposit_demo.wasm"


def _leaves(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        return [(name, command)]
    context = click.Context(command)
    found = [(f"{name} {inner}".strip(), command.get_command(context, inner)) for inner in command.list_commands(context)]
    return [leaf for inner, child in found if child is not None for leaf in _leaves(child, inner)]


_LEAVES = _leaves(main, "")


@pytest.mark.parametrize(("name", "command"), _LEAVES, ids=[name for name, _ in _LEAVES])
def test_every_command_has_json_a_help_and_a_place_in_the_docs(name: str, command: click.Command) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options
    assert command.help
    assert f"near-harness {name}" in DOCS.read_text()


def test_the_list_of_commands(cli: Cli) -> None:
    done = cli("--help")
    assert done.returncode == 0
    listed = re.findall(r"^  ([a-z]+)  ", done.stdout, re.MULTILINE)
    assert listed == sorted(COMMANDS)


def test_modules_have_their_command() -> None:
    for name, module in COMMANDS.items():
        assert importlib.import_module(module).command.name == name


def test_nothing_heavy_is_imported_before_a_command_runs() -> None:
    heavy = ("aiohttp", "rich", "py_near", "pytest", "near_harness_engine", "docker", "platformdirs", "base58")
    program = (
        "import sys; from near_harness.cli import main; "
        "main(['--help'], standalone_mode=False); "
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr == "[]\n"


def test_an_unknown_command_is_a_wrong_command_line(cli: Cli) -> None:
    done = cli("docter")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "No such command 'docter'" in done.stderr


def test_what_cannot_be_done_is_one_line_and_code_3(cli: Cli) -> None:
    done = cli("demo", "--near-node", "moon")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr == "Error: UnknownNodeKind: unknown kind of node 'moon': choose one of embedded, docker, binary, remote\n"


def _started(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "near_harness.cli", *arguments]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120, check=False, **more)  # noqa: S603 - our own


@pytest.mark.parametrize("arguments", [("explain", "--list"), ("doctor", "--json"), ("trace", "-h")])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_result_that_cannot_be_written_is_no_answer(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = _started(*arguments, stdout=full)
    assert (done.returncode, done.stderr) == (3, "Error: OSError: [Errno 28] No space left on device\n")


@pytest.mark.skipif(sys.platform == "win32", reason="where the other end of a pipe is closed, Windows says something else")
@pytest.mark.parametrize("arguments", [("explain", "--list"), ("audit", str(CONTRACT), "--tries", "1")])
def test_a_reader_that_goes_is_no_answer_either(arguments: tuple[str, ...]) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = _started(*arguments, stdout=theirs)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (141, "")


def test_what_standard_output_has_no_characters_for(cli: Cli) -> None:
    demo = cli("demo", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (demo.returncode, demo.stderr) == (0, "")
    assert "bank.sandbox" in demo.stdout
    explained = cli("explain", "--list", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert json.loads(explained.stdout) == json.loads(cli("explain", "--list", "--json").stdout)


def test_the_demo_as_json(cli: Cli) -> None:
    done = cli("demo", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["node"], told["protocol_version"]) == ("embedded", 86)
    assert [scene["good"] for scene in told["scenes"]] == [True, True, False, False]
    owed = told["scenes"][-1]["balances"]["the bank owes everybody"]
    assert int(owed["before"]) - int(owed["after"]) == 10 * 10**24


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_line_that_makes_clicks_script(cli: Cli, shell: str) -> None:
    done = cli("completion", shell)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert f"_NEAR_HARNESS_COMPLETE={shell}_source near-harness" in done.stdout


def test_completion_completes() -> None:
    script = Path(sys.executable).parent / "near-harness"
    environment = {**os.environ, "_NEAR_HARNESS_COMPLETE": "bash_complete", "COMP_WORDS": "near-harness do", "COMP_CWORD": "1"}
    done = subprocess.run([str(script)], capture_output=True, text=True, env=environment, check=False)  # noqa: S603
    assert done.stdout == "plain,doctor\n"


def test_the_extras_are_wanted_only_where_they_are_used() -> None:
    """What ``pip install 'near-harness[engine]'`` does not bring is not imported by commands that do without."""
    program = (
        "import sys\n"
        "for extra in ('distributed', 'hypothesis', 'cloudpickle', 'trustme', 'sphinx'):\n"
        "    sys.modules[extra] = None\n"
        "from near_harness.cli import main\n"
        "def run(*arguments):\n"
        "    try:\n"
        "        main(list(arguments), prog_name='near-harness')\n"
        "    except SystemExit as end:\n"
        "        print(end.code, file=sys.stderr)\n"
        "run('explain', 'CampaignError')\n"
        "run('doctor')\n"
        f"run('explore', {str(Path(__file__).parents[2] / 'examples' / 'exploration' / 'bank.py')!r}, '--workers', '2')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    said = "Error: WorkersMissing: workers need dask.distributed: pip install 'near-harness[campaign]'"
    assert done.stderr.splitlines() == ["0", "0", said, "3"]
