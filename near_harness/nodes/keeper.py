"""The keeper: a process beside pytest that lets nothing of a node outlive it, however pytest ends.

It reads requests, one JSON object a line, from a pipe that only pytest holds; when the pipe closes, or pytest is no longer its
parent, it kills the process groups that it started, removes their folder and the containers of its run, and ends. SIGKILL of
pytest closes the pipe as well. Processes are started by the keeper itself, so there is no moment at which one runs and the
keeper does not know. It runs as a file of its own and imports the standard library only (for containers, Docker's SDK too).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

_LABEL = "near-harness.run"
_PARENT_CHECK_S = 0.2
_CONTAINER_ROUNDS = 3
"""How often containers are looked for: one that was being created when pytest died appears a little later."""


class Keeper:
    """What has to go when pytest goes."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._containers: dict[str, Any] | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._ended = False

    def serve(self) -> None:
        """Answer requests until the pipe closes."""
        for line in sys.stdin:
            request = json.loads(line)
            try:
                self._answer(request)
            except OSError as error:
                _say({"error": error.strerror or str(error), "errno": error.errno})

    def watch_parent(self, parent: int, controller: int | None) -> None:
        """End when ``parent`` is gone: a forked child of it may hold the pipe open.

        A worker of pytest-xdist goes on with its test when its ``controller`` is gone; nobody waits for it any more.
        """
        while os.getppid() == parent and (controller is None or _runs(controller)):
            time.sleep(_PARENT_CHECK_S)
        if os.getppid() == parent:
            with contextlib.suppress(ProcessLookupError):
                os.kill(parent, signal.SIGTERM)
        self.end()
        os._exit(0)

    def _answer(self, request: dict[str, Any]) -> None:
        if "folder" in request:
            self._folder = request["folder"]
            Path(request["folder"]).mkdir(mode=0o700)
            _say({"done": True})
        elif "containers" in request:
            self._containers = request["containers"]
            _say({"done": True})
        else:
            self._spawn(request)

    def _spawn(self, request: dict[str, Any]) -> None:
        with self._lock:
            if self._ended:
                return
            with Path(request["log"]).open("ab") as log:
                child = subprocess.Popen(  # noqa: S603 - the node, as pytest asked
                    request["argv"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    env=request["environ"],
                    cwd=self._folder,
                    start_new_session=True,
                )
            self._children.append(child)
        _say({"pid": child.pid})
        threading.Thread(target=lambda: _say({"exited": child.pid, "code": child.wait()}), daemon=True).start()

    def end(self) -> None:
        """Kill and remove everything."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            for child in self._children:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
            for child in self._children:
                child.wait()
            # With the lock held: the process ends when the thread that comes second is through.
            if self._folder is not None:
                _remove_folder(self._folder)
            if self._containers is not None:
                _remove_containers(self._containers)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _say(answer: dict[str, Any]) -> None:
    # Nobody may be there to read it any more.
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _remove_folder(folder: str) -> None:
    for _ in range(10):
        shutil.rmtree(folder, ignore_errors=True)
        if not Path(folder).exists():
            return
        time.sleep(0.1)


def _remove_containers(where: dict[str, Any]) -> None:
    sys.path[:] = where["path"]
    import docker  # noqa: PLC0415 - only here, and from where pytest has it

    with contextlib.suppress(docker.errors.DockerException, OSError):
        client = docker.from_env(timeout=60)
        for turn in range(_CONTAINER_ROUNDS):
            if turn:
                time.sleep(1)
            label = f"{_LABEL}={where['run']}"
            for container in client.containers.list(all=True, filters={"label": label}, ignore_removed=True):
                with contextlib.suppress(docker.errors.APIError):
                    container.remove(force=True, v=True)


def main() -> None:
    """Serve, and clean up when that ends."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Not SIG_IGN, which the node would inherit.
        signal.signal(number, lambda *_: None)
    raise_open_file_limit()
    keeper = Keeper()
    parent, *controller = map(int, sys.argv[1:])
    watched = (parent, controller[0] if controller else None)
    threading.Thread(target=keeper.watch_parent, args=watched, daemon=True).start()
    try:
        keeper.serve()
    finally:
        keeper.end()


def raise_open_file_limit() -> None:
    """Raise the limit of open files as far as a node wants it, or as far as it goes."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    wanted = 65_535
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))


if __name__ == "__main__":
    main()
