"""A peer: where it comes from, what it does in the comparison, and its figures."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bytecode import keeping_bytecode
from rows import Row, Section

from peers.installing import HERE, NotInstalled, installed

CONTRACTS = HERE.parent.parent / "contracts" / "compiled"
_LIMIT_S = 900.0
_RUNS = 3
"""The first one compiles Python's modules."""
_OURS = ("-o", "asyncio_mode=auto", "-p", "no:hypothesispytest", "-p", "no:xdist")
"""Settings of our own suite. This environment has plugins that others' have not, and that its tests do not need."""
_CLOSING_LINES = 30

IN_PROCESS = {
    "start": "start of a chain",
    "transfer": "transfer",
    "call": "a contract that calls another",
    "view": "a view",
    "rewind": "snapshot and restore",
}
AS_NODE = {
    "start": "start of a node, until it answers",
    "transfer": "transfer until it is final",
    "call": "a contract that calls another, until all of it is final",
    "view": "a view",
    "rewind": "snapshot and restore",
}
FIRST_TEST, NEXT_TEST = "a run of one test, start to end", "each further test"


class Broken(Exception):
    """A program of a peer failed: that is a fault of the benchmark or of the machine, and no figure."""


@dataclass(frozen=True)
class Peer:
    """One peer.

    ``folder`` has ``measure`` and the suite; ``title`` names it, with its version in place of ``{}``. ``lacks``: what it does
    not offer, and why. ``ours``: it runs in this environment and needs no installing. ``tests``: so many that what a test adds
    to a run is more than two runs differ anyway.
    """

    folder: str
    title: str
    section: Section
    lacks: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    ours: bool = False
    tests: int = 30

    def rows(self, calls: int, environ: Mapping[str, str], beside: str = "") -> list[Row]:
        """Install it, run it, and return its figures: a row for everything, also for what cannot be had.

        :raises Broken: where its program fails.
        """
        try:
            run = _Run(self, {**environ, **self.environ, "PEER_CALLS": str(calls), "PEER_CONTRACTS": str(CONTRACTS)})
        except NotInstalled as error:
            return self.absent(f"not installed: {error}")
        measured, one, many = run.measured(), run.suite(1), run.suite(self.tests)
        by = self.title.format(measured.pop("version")) + beside
        rows = []
        for key, name in self._works.items():
            taken, why = measured.get(key), self.lacks.get(key, "")
            if taken is None and not why:
                raise Broken(f"{self.folder} measures no {key}")
            value = statistics.median(taken) if taken is not None else None
            rows.append(Row(self.section, name, value, "ms", by=by, why=why))
        further = (many - one) / (self.tests - 1) * 1000
        added = Row(Section.SUITES, NEXT_TEST, further, "ms", by=by)
        if further <= 0:
            added = Row(
                Section.SUITES, NEXT_TEST, None, "", by=by, why="less than two runs differ: measure where nothing else runs"
            )
        return [*rows, Row(Section.SUITES, FIRST_TEST, one, "s", by=by), added]

    def absent(self, why: str) -> list[Row]:
        """All its rows without a figure, each with the reason."""
        by = self.title.replace(" {}", "")
        here = [Row(self.section, name, None, "", by=by, why=why) for name in self._works.values()]
        return [*here, *(Row(Section.SUITES, name, None, "", by=by, why=why) for name in (FIRST_TEST, NEXT_TEST))]

    @property
    def _works(self) -> Mapping[str, str]:
        return IN_PROCESS if self.section is Section.IN_PROCESS else AS_NODE


class _Run:
    """The programs of a peer, in the environment that is installed for it."""

    def __init__(self, peer: Peer, environ: Mapping[str, str]) -> None:
        self._peer = peer
        self._environ = {**os.environ, **environ}
        home = Path(sys.prefix) if peer.ours else installed(peer.folder)
        self._node = (HERE / peer.folder / "package.json").exists()
        self._folder = home / peer.folder if self._node else HERE / peer.folder
        self._python = sys.executable if peer.ours else str(home / "bin" / "python")

    def measured(self) -> dict[str, Sequence[float]]:
        """Times by what was timed, in milliseconds; and ``version``."""
        program = ["node", "measure.js"] if self._node else [self._python, "-m", f"peers.{self._peer.folder}.measure"]
        return dict(json.loads(self._run(program, self._environ).splitlines()[-1]))

    def suite(self, tests: int) -> float:
        """Seconds that a run of the suite takes, with so many tests; the quickest of some runs."""
        here = str(self._folder)
        pytest = ("pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", here, "--confcutdir", here)
        program = [self._python, "-m", *pytest, *(_OURS if self._peer.ours else ()), f"{here}/test_suite.py"]
        if self._node:
            program = ["node", "--test", "suite.test.js"]
        taken = []
        with tempfile.TemporaryDirectory() as folder:
            environ = keeping_bytecode(folder, {**self._environ, "PEER_TESTS": str(tests)})
            for _ in range(_RUNS):
                begin = time.perf_counter()
                self._run(program, environ)
                taken.append(time.perf_counter() - begin)
        return min(taken)

    def _run(self, program: Sequence[str], environ: Mapping[str, str]) -> str:
        environ = {**environ, "PYTHONPATH": str(HERE.parent)}
        folder = self._folder if self._node else HERE.parent
        done = subprocess.run(  # noqa: S603 - programs of this folder
            program, cwd=folder, env=environ, check=False, capture_output=True, text=True, timeout=_LIMIT_S
        )
        if done.returncode:
            said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-_CLOSING_LINES:]
            raise Broken(f"{self._peer.folder}: {' '.join(program[:3])} ended with {done.returncode}:\n" + "\n".join(said))
        return done.stdout
