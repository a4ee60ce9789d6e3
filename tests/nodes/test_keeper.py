"""The keeper as the program that it is: what it starts ends with it, and nothing but its end ends it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from near_harness.nodes import keeper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sessions and signals are Unix's")

_LONG = "import time; time.sleep(60)"


class Kept:
    """A keeper, and the pipe that only this process holds."""

    def __init__(self, before: Callable[[], object] | None = None) -> None:
        command = [sys.executable, "-I", keeper.__file__, str(os.getpid())]
        self.process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=before,  # noqa: PLW1509 - nothing else runs in the child
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Its answer to a request."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def start(self, program: str, log: Path) -> int:
        """Start a program in Python; its process."""
        argv = [sys.executable, "-I", "-c", program]
        pid: int = self.ask(argv=argv, log=str(log), environ=dict(os.environ))["pid"]
        return pid

    def close(self) -> None:
        """Let go of the pipe, and wait for its end."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept()
    yield made
    made.close()


def written(log: Path, lines: int = 1) -> list[str]:
    """What a program has written, as soon as it is there."""
    until = time.monotonic() + 20
    while not log.exists() or log.read_text().count("\n") < lines:
        assert time.monotonic() < until, "it has not written"
        time.sleep(0.01)
    return log.read_text().splitlines()


def gone(pid: int) -> bool:
    """Whether a process has ended, at once or soon."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":  # nobody has asked for its end yet
            return True
        time.sleep(0.01)
    return False


def test_a_folder_is_for_this_user_alone_and_goes_with_all_that_is_in_it(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    assert kept.ask(folder=str(folder)) == {"done": True}
    assert folder.stat().st_mode & 0o777 == 0o700
    (folder / "data").mkdir()
    (folder / "data" / "file").write_text("x")
    kept.close()
    assert not folder.exists()


def test_what_a_node_has_started_ends_with_it(kept: Kept, tmp_path: Path) -> None:
    log = tmp_path / "log"
    starts = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {_LONG!r}]).pid, flush=True); {_LONG}"
    node = kept.start(starts, log)
    (child,) = map(int, written(log))
    kept.close()
    assert gone(node)
    assert gone(child)


def test_what_cannot_be_started_is_told_and_harms_nothing(kept: Kept, tmp_path: Path) -> None:
    nothing = kept.ask(argv=[str(tmp_path / "nothing")], log=str(tmp_path / "log"), environ={})
    assert nothing == {"error": "No such file or directory", "errno": 2}
    assert kept.ask(folder=str(tmp_path / "node")) == {"done": True}
    assert kept.ask(folder=str(tmp_path / "node"))["error"] == "File exists"


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_that_is_meant_for_pytest_does_not_end_it(kept: Kept, tmp_path: Path, name: str) -> None:
    assert kept.ask(folder=str(tmp_path / "node")) == {"done": True}
    kept.process.send_signal(getattr(signal, name))
    log = tmp_path / "log"
    kept.start(f"import signal; print(signal.getsignal(signal.{name}) is signal.SIG_IGN, flush=True); {_LONG}", log)
    assert written(log) == ["False"], "and the node can be ended by it"


def test_a_node_may_open_as_many_files_as_it_wants(tmp_path: Path) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    kept = Kept(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard)))
    log = tmp_path / "log"
    kept.start(f"import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0], flush=True); {_LONG}", log)
    assert written(log) == [str(65_535 if hard == resource.RLIM_INFINITY else min(65_535, hard))]
    kept.close()


def test_a_worker_whose_controller_is_gone_is_ended() -> None:
    controller = subprocess.Popen([sys.executable, "-c", _LONG])  # noqa: S603
    command = f"[sys.executable, '-I', {keeper.__file__!r}, str(os.getpid()), '{controller.pid}']"
    program = f"import os, subprocess, sys; subprocess.Popen({command}, stdin=subprocess.PIPE); {_LONG}"
    worker = subprocess.Popen([sys.executable, "-c", program])  # noqa: S603
    controller.kill()
    controller.wait()
    try:
        assert worker.wait(20) == -signal.SIGTERM
    finally:
        worker.kill()
