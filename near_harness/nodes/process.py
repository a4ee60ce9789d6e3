"""A node's processes, in the care of a keeper (:mod:`near_harness.nodes.keeper`): they end with this process."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from near_harness.errors import NodeError

OPEN_FILES = 65_535
"""What a real node wants (nearcore: ``RLIMIT_NOFILE``); it refuses to start with less."""
FOLDER_PREFIX = "near-harness-"
_KEEPER = Path(__file__).with_name("keeper.py")
_ANSWER_LIMIT_S = 30.0
if sys.platform == "win32":
    _NEW_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP
else:
    _NEW_GROUP = 0
"""For Windows, which knows no sessions: out of reach of Ctrl-C, too."""


class Kept:
    """A keeper, and through it a folder, processes and containers that last as long as this object at most."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._exited: dict[int, int] = {}
        self._spoken = threading.Condition()

    def start(self) -> None:
        """Start the keeper."""
        self._process = process = subprocess.Popen(  # noqa: S603 - a file of this package
            [sys.executable, "-I", "-S", str(_KEEPER), str(os.getpid()), *_controller()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            creationflags=_NEW_GROUP,
        )
        threading.Thread(target=self._listen, args=(process,), name="near-harness-keeper", daemon=True).start()

    def make_folder(self) -> Path:
        """Make a folder that goes with the keeper."""
        folder = Path(tempfile.gettempdir()) / f"{FOLDER_PREFIX}{os.getpid()}-{secrets.token_hex(4)}"
        self._ask({"folder": str(folder)})
        return folder

    def watch_containers(self, run: str) -> None:
        """Let the containers labelled with ``run`` go with the keeper."""
        self._ask({"containers": {"run": run, "path": sys.path}})

    def forget_containers(self) -> None:
        """Leave containers alone: they are removed already."""
        self._ask({"containers": None})

    def spawn(self, argv: Sequence[str], environ: Mapping[str, str], log: Path) -> int:
        """Start a process in a group of its own, what it prints appended to ``log``; return its id.

        :raises OSError: where it cannot be executed.
        """
        answer = self._ask({"argv": list(argv), "environ": dict(environ), "log": str(log)})
        if "error" in answer:
            raise OSError(answer["errno"], answer["error"])
        return int(answer["pid"])

    def exit_code(self, pid: int, within_s: float = 0.0) -> int | None:
        """Return the exit code of a process, or None where it runs (still, after ``within_s``)."""
        with self._spoken:
            self._spoken.wait_for(lambda: pid in self._exited, within_s)
            return self._exited.get(pid)

    def end(self) -> None:
        """Kill and remove everything; harmless when called twice."""
        process, self._process = self._process, None
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_ANSWER_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None:
            raise NodeError("the node is not started")
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return self._answers.get(timeout=_ANSWER_LIMIT_S)
        except (OSError, queue.Empty) as error:
            raise NodeError("the process that looks after the node does not answer; was it killed?") from error

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        with process.stdout as answers:
            for line in answers:
                answer = json.loads(line)
                if "exited" in answer:
                    with self._spoken:
                        self._exited[answer["exited"]] = answer["code"]
                        self._spoken.notify_all()
                else:
                    self._answers.put(answer)


def _controller() -> list[str]:
    """Return the process that controls this one, where this is a worker of pytest-xdist: it may die without a word."""
    return [str(os.getppid())] if "PYTEST_XDIST_WORKER" in os.environ else []


def open_files_allowed() -> int:
    """Return how many files a node that is started here may open, after what can be raised is raised."""
    if sys.platform == "win32":  # which sets no such limit
        return OPEN_FILES
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or hard >= OPEN_FILES:
        return OPEN_FILES
    # Some of those who are root may raise the hard limit. Tried here, since nothing tells it: no file more is opened by it.
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, OPEN_FILES))
    except (ValueError, OSError):
        return hard
    return OPEN_FILES
