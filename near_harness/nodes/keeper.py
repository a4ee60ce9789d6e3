"""The keeper: a process beside pytest that lets nothing of a node outlive it, however pytest ends.

It reads requests, one JSON object a line, from a pipe that only pytest holds; when the pipe closes, or pytest is no longer its
parent, it kills the process groups that it started, removes their folder and the containers of its run, and ends. SIGKILL of
pytest closes the pipe as well. Processes are started by the keeper itself, so there is no moment at which one runs and the
keeper does not know. It runs as a file of its own and imports the standard library only (for containers, Docker's SDK too).

A group is a session on Unix. On Windows it is a job, which ends with the keeper even where that is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

if sys.platform == "win32":
    from ctypes import wintypes

_LABEL = "near-harness.run"
_PARENT_CHECK_S = 0.2
_CONTAINER_ROUNDS = 3
"""How often containers are looked for: one that was being created when pytest died appears a little later."""


class Keeper:
    """What has to go when pytest goes."""

    def __init__(self) -> None:
        self._folder: str | None = None
        self._containers: dict[str, Any] | None = None
        self._group = Group()
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
        here, waited = parent_runs(parent), None if controller is None else runs(controller)
        while here() and (waited is None or waited()):
            time.sleep(_PARENT_CHECK_S)
        if here():
            with contextlib.suppress(ProcessLookupError, PermissionError):
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
                child = self._group.start(request["argv"], log, request["environ"], self._folder)
        _say({"pid": child.pid})
        threading.Thread(target=lambda: _say({"exited": child.pid, "code": child.wait()}), daemon=True).start()

    def end(self) -> None:
        """Kill and remove everything."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._group.kill()
            # With the lock held: the process ends when the thread that comes second is through.
            if self._folder is not None:
                _remove_folder(self._folder)
            if self._containers is not None:
                _remove_containers(self._containers)


def _popen(argv: list[str], log: Any, environ: dict[str, str], folder: str | None, flags: int = 0) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - the node, as pytest asked
        argv,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environ,
        cwd=folder,
        start_new_session=True,  # Windows has none, and takes it for nothing
        creationflags=flags,
    )


if sys.platform == "win32":
    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.OpenProcess.restype = _kernel.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
    _kernel.SetInformationJobObject.argtypes = (wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD)
    _kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    _kernel.TerminateJobObject.argtypes = (wintypes.HANDLE, wintypes.UINT)
    _SYNCHRONIZE, _WAIT_TIMEOUT = 0x0010_0000, 258
    _CREATE_SUSPENDED, _EXTENDED_LIMITS, _KILL_ON_JOB_CLOSE = 0x4, 9, 0x2000

    class _Limits(ctypes.Structure):
        """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``, of which one field is used."""

        _fields_ = (
            ("times", ctypes.c_int64 * 2),
            ("flags", wintypes.DWORD),
            ("sizes", ctypes.c_size_t * 2),
            ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t),
            ("classes", wintypes.DWORD * 2),
            ("counters", ctypes.c_uint64 * 6),
            ("memory", ctypes.c_size_t * 4),
        )

    class Group:
        """A job: all that its processes start belongs to it, and it ends with the last handle to it, which the keeper has."""

        def __init__(self) -> None:
            self._job = _kernel.CreateJobObjectW(None, None)
            limits = _Limits(flags=_KILL_ON_JOB_CLOSE)
            if not self._job or not _kernel.SetInformationJobObject(
                self._job, _EXTENDED_LIMITS, ctypes.byref(limits), ctypes.sizeof(limits)
            ):
                raise ctypes.WinError(ctypes.get_last_error())
            self._children: list[subprocess.Popen[bytes]] = []

        def start(self, argv: list[str], log: Any, environ: dict[str, str], folder: str | None) -> subprocess.Popen[bytes]:
            """Start a process, what it prints appended to ``log``."""
            # It runs when it belongs to the job, so that nothing of it can be outside.
            child = _popen(argv, log, environ, folder, subprocess.CREATE_NEW_PROCESS_GROUP | _CREATE_SUSPENDED)
            handle = wintypes.HANDLE(int(child._handle))  # type: ignore[attr-defined]  # noqa: SLF001
            if not _kernel.AssignProcessToJobObject(self._job, handle):
                error = ctypes.WinError(ctypes.get_last_error())
                child.kill()
                raise error
            ctypes.WinDLL("ntdll").NtResumeProcess(handle)
            self._children.append(child)
            return child

        def kill(self) -> None:
            """Kill all of it, and wait until it is gone."""
            _kernel.TerminateJobObject(self._job, 1)
            for child in self._children:
                child.wait()

    def runs(pid: int) -> Callable[[], bool]:
        """Return what tells whether a process runs: the one that has this id now."""
        process = _kernel.OpenProcess(_SYNCHRONIZE, False, pid)
        return lambda: bool(process) and _kernel.WaitForSingleObject(process, 0) == _WAIT_TIMEOUT

    parent_runs = runs

else:

    class Group:
        """Sessions, each with a process that was started and what that has started."""

        def __init__(self) -> None:
            self._children: list[subprocess.Popen[bytes]] = []

        def start(self, argv: list[str], log: Any, environ: dict[str, str], folder: str | None) -> subprocess.Popen[bytes]:
            """Start a process, what it prints appended to ``log``."""
            child = _popen(argv, log, environ, folder)
            self._children.append(child)
            return child

        def kill(self) -> None:
            """Kill all of them, and wait until they are gone."""
            for child in self._children:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
            for child in self._children:
                child.wait()

    def runs(pid: int) -> Callable[[], bool]:
        """Return what tells whether a process runs."""

        def look() -> bool:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return False
            except PermissionError:
                return True
            return True

        return look

    def parent_runs(pid: int) -> Callable[[], bool]:
        """Return what tells whether a process is the parent of this one still."""
        return lambda: os.getppid() == pid


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
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):  # Windows has others than Unix
            # Not SIG_IGN, which the node would inherit.
            signal.signal(getattr(signal, name), lambda *_: None)
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
    if sys.platform == "win32":  # which sets no such limit
        return
    import resource  # noqa: PLC0415 - not on Windows

    wanted = 65_535
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        possible = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (possible, hard))


if __name__ == "__main__":
    main()
