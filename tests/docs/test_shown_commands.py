"""Commands on the pages: each program and each option is there. Pages that make a project run theirs: ``test_projects``."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from docs.blocks import ROOT, blocks, is_project, pages
from docs.test_projects import is_installation

from near_harness import cli
from near_harness.sandbox import command as sandbox

_PAGES = [
    page
    for page in [*pages(), ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "examples").rglob("README.md"))]
    if not is_project(page)
]
_LINES = [
    pytest.param(page, line, id=f"{page.relative_to(ROOT)}: {line.partition(' #')[0].strip()}")
    for page in _PAGES
    for block in blocks(page)
    if block.language == "sh"
    for line in block.code.splitlines()
]
_CLICK = {"near-harness": cli.main, "near-harness-sandbox": sandbox.main}


@pytest.mark.parametrize(("page", "line"), _LINES)
def test_a_command_is_there_with_its_options(page: Path, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, *arguments = shlex.split(line.partition(" >> ")[0], comments=True)
    if program in _CLICK:
        for place in filter(_is_place, arguments):
            path = tmp_path / place.partition("::")[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            _ = path.mkdir() if place.endswith("/") else path.touch()
        monkeypatch.chdir(tmp_path)
        _understands(_CLICK[program], program, arguments)
    elif program == "pytest":
        _offers(_help_of("-m", "pytest"), arguments)
    elif program == "python":
        _is_program(page, *arguments)
    elif (ROOT / program).is_file():
        _is_script(ROOT / program, arguments)
    else:
        assert is_installation(line.partition(" #")[0]), f"{program} is nothing that a page may name"


def _is_place(argument: str) -> bool:
    return bool(re.fullmatch(r"[\w.-][\w./-]*(/|\.(py|wasm|zip|json)(::\w+)?)", argument))


def _understands(command: click.Command, name: str, arguments: list[str]) -> None:
    if isinstance(command, click.Group):
        with click.Context(command, info_name=name) as context:
            _, rest, _ = command.make_parser(context).parse_args(list(arguments))
            found = command.get_command(context, rest[0])
        assert found is not None, f"{name} has no command {rest[0]}"
        return _understands(found, rest[0], rest[1:])
    with contextlib.suppress(click.exceptions.Exit):
        command.make_context(name, list(arguments))
    return None


def _is_program(page: Path, file: str, *options: str) -> None:
    if file.startswith(".near/"):  # what a failing test has left
        assert not options
        return
    program = page.parent / file if (page.parent / file).is_file() else ROOT / file
    assert program.is_file()
    if options:
        _offers(_help_of(str(program)), options)


def _is_script(script: Path, arguments: list[str]) -> None:
    assert os.access(script, os.X_OK)
    text = script.read_text()
    for argument in arguments:
        assert argument in text or (ROOT / argument).exists() or '"$@"' in text, f"{script.name} knows no {argument}"


@functools.cache
def _help_of(*program: str) -> str:
    done = subprocess.run(  # noqa: S603 - this interpreter, with the project's own programs
        [sys.executable, *program, "--help"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=True
    )
    return done.stdout


def _offers(said: str, arguments: list[str] | tuple[str, ...]) -> None:
    for option in (argument.partition("=")[0] for argument in arguments if argument.startswith("-")):
        assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", said), f"there is no option {option}"
