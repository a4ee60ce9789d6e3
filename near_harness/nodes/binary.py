"""The binary kind: a ``near-sandbox`` as a process of its own, with a home folder of its own.

``binary`` takes the file that ``NEAR_SANDBOX_BIN_PATH`` names, else ``near-sandbox`` on PATH, else it downloads the default
version; ``binary:2.13.4`` that version; ``binary:./near-sandbox`` that file.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from near_harness.errors import (
    BinaryMissing,
    NodeError,
    NodeStartFailed,
    NodeUnreachable,
    OpenFileLimit,
    WrongArchitecture,
)
from near_harness.keys import KeyPair
from near_harness.nodes.base import NodeSettings, Readiness
from near_harness.nodes.download import DEFAULT_VERSION, download, platform_name
from near_harness.nodes.edits import edit_config, edit_genesis, files_are_edited
from near_harness.nodes.logs import last_lines
from near_harness.nodes.ports import HOST, Port, reserve_port
from near_harness.nodes.process import OPEN_FILES, Kept, open_files_allowed
from near_harness.nodes.rpc import Rpc
from near_harness.nodes.served import START_LIMIT_S, ServedNode

_ROOT = "sandbox"
_VERSION = re.compile(r"\d+\.\d+\.\d+(?:-[\w.]+)?")
_TRIES = 4
"""Between our look at a port and the node's taking it another program may take it."""
_OWN = "build near-harness"
"""What ``--version`` of the drop-in says, which does not need as many open files as a real node."""


def create(settings: NodeSettings) -> BinaryNode:
    """Make a binary node, not started yet."""
    return BinaryNode(settings)


def readiness() -> Readiness:
    """Say which binary would be taken."""
    try:
        found = find_binary("")
        if found is None:
            name = platform_name()
            return Readiness(ready=True, detail=f"near-sandbox {DEFAULT_VERSION} for {name}, downloaded at its first use")
        return Readiness(ready=True, detail=f"{found} ({_version_of(found)})")
    except NodeError as error:
        return Readiness(ready=False, detail=str(error))


class BinaryNode(ServedNode):
    """A near-sandbox process."""

    kind = "binary"

    def __init__(self, settings: NodeSettings) -> None:
        super().__init__(settings)
        self._kept: Kept | None = None
        self._ports: list[Port] = []
        self._pid = 0
        self._log: Path | None = None
        self.folder: Path | None = None

    @property
    def pid(self) -> int:
        """The process id of the node, 0 where it does not run."""
        return self._pid

    def start(self) -> None:
        """Find the binary, initialise a home folder, run it, and wait until it answers.

        :raises NodeError: naming what is missing and what mends it.
        """
        if self._kept is not None:
            return
        binary = find_binary(self._settings.detail) or download(
            self._settings.detail or DEFAULT_VERSION, tell=self._settings.tell
        )
        _check_open_files(binary, _version_of(binary))
        tries = 1 if self._settings.port else _TRIES
        while not self._answers(binary, last=(tries := tries - 1) == 0):
            pass

    def _answers(self, binary: Path, *, last: bool) -> bool:
        """Start it and tell whether it answers; false where another program took its port before it did."""
        try:
            self._start(binary)
        except _EndedEarly as early:
            self.stop()
            if last or not early.lost_its_port:
                raise NodeStartFailed(str(early)) from None
            return False
        except BaseException:
            self.stop()
            raise
        return True

    def stop(self) -> None:
        """Kill the node and remove its folder."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.end()
        for port in self._ports:
            port.release()
        self._hang_up()
        self._ports, self._pid, self._log, self.folder = [], 0, None, None

    def log_position(self) -> int:
        """Return how long the log is."""
        return self._log.stat().st_size if self._log is not None and self._log.exists() else 0

    def log_since(self, position: int) -> str:
        """Return what the node printed since then."""
        if self._log is None or not self._log.exists():
            return ""
        with self._log.open("rb") as file:
            file.seek(position)
            text = file.read().decode(errors="replace")
        code = self._kept.exit_code(self._pid) if self._kept is not None and self._pid else None
        return text if code is None else f"{text}[the process has ended with code {code}]\n"

    def ended(self, within_s: float = 0.0) -> bool:
        """Whether the process has ended (within so many seconds)."""
        return self._kept is None or self._kept.exit_code(self._pid, within_s) is not None

    def _start(self, binary: Path) -> None:
        self._kept = kept = Kept()
        kept.start()
        self.folder = folder = kept.make_folder()
        home, self._log = folder / "home", folder / "node.log"
        pid = kept.spawn([str(binary), "--home", str(home), *init_arguments(self._settings)], self._environment(), self._log)
        code = kept.exit_code(pid, START_LIMIT_S)
        if code != 0:
            said = "did not end" if code is None else f"ended with code {code}"
            raise NodeStartFailed(f"{binary} init {said}; {last_lines(self.log_since(0))}")
        if files_are_edited(self._settings):
            _edit(home / "genesis.json", lambda genesis: edit_genesis(genesis, self._settings))
            _edit(home / "config.json", lambda config: edit_config(config, self._settings))
        self._ports = [reserve_port(self._settings.port), reserve_port()]
        rpc, network = (f"{HOST}:{port.number}" for port in self._ports)
        run = [str(binary), "--home", str(home), "run", "--rpc-addr", rpc, "--network-addr", network]
        self._pid = kept.spawn(run, self._environment(), self._log)

        def check() -> None:
            ended = kept.exit_code(self._pid)
            if ended is not None:
                raise _EndedEarly(f"{binary} run ended with code {ended}; {last_lines(self.log_since(0))}")

        client = Rpc(f"http://{rpc}")
        try:
            status = client.wait_for_status(start_limit(), check)
        except NodeUnreachable as error:
            raise NodeStartFailed(f"{binary} runs, but {error}; {last_lines(self.log_since(0))}") from None
        check()  # what has answered is this node, not another that took its port
        key = json.loads((home / "validator_key.json").read_bytes())
        self._accept(client, status, key["account_id"], KeyPair.from_secret_key(key["secret_key"]))

    def _environment(self) -> dict[str, str]:
        environ = {**os.environ}
        # The contracts' debug log (nearcore: target "sandbox") belongs into a failing test's report.
        environ["RUST_LOG"] = environ.get("NEAR_SANDBOX_LOG") or environ.get("RUST_LOG") or "info,sandbox=debug"
        if self._settings.protocol_version is not None:
            environ["NEAR_HARNESS_PROTOCOL_VERSION"] = str(self._settings.protocol_version)  # for the drop-in
        return environ


class _EndedEarly(NodeError):
    """The process has ended before it answered."""

    @property
    def lost_its_port(self) -> bool:
        text = str(self).lower()
        return "in use" in text or "addrinuse" in text


def find_binary(detail: str) -> Path | None:
    """Return the binary that is chosen, or None where one has to be downloaded.

    :raises BinaryMissing: where a file is named that cannot be executed.
    """
    if _VERSION.fullmatch(detail):
        return None
    named = detail or os.environ.get("NEAR_SANDBOX_BIN_PATH", "")
    if named:
        place = "--near-node=binary:…" if detail else "NEAR_SANDBOX_BIN_PATH"
        path = Path(named).expanduser().absolute()
        if not path.is_file():
            what = "is a folder: name the file in it" if path.is_dir() else "does not exist"
            raise BinaryMissing(f"{path} ({place}) {what}")
        if not os.access(path, os.X_OK):
            raise BinaryMissing(f"{path} ({place}) cannot be executed: chmod +x {path}")
        return path
    found = shutil.which("near-sandbox")
    return Path(found).absolute() if found else None


def _version_of(binary: Path) -> str:
    """Ask a binary for its version, which shows that it runs here.

    :raises BinaryMissing: where it does not.
    :raises WrongArchitecture: where it is built for another processor.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the binary that the user chose
            [str(binary), "--version"], capture_output=True, text=True, timeout=START_LIMIT_S, check=False
        )
    except OSError as error:
        if error.errno == errno.ENOEXEC:
            raise WrongArchitecture(
                f"{binary} cannot be executed on this machine ({platform.system()} {platform.machine()}): it is built for "
                "another one, or is no program"
            ) from error
        raise BinaryMissing(f"{binary} cannot be executed: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise BinaryMissing(f"{binary} --version does not end: is it a near-sandbox?") from error
    if done.returncode != 0:
        raise BinaryMissing(f"{binary} --version ended with code {done.returncode}; {last_lines(done.stdout + done.stderr)}")
    return done.stdout.strip() or done.stderr.strip()


def _check_open_files(binary: Path, version: str) -> None:
    allowed = open_files_allowed()
    if allowed < OPEN_FILES and _OWN not in version:
        raise OpenFileLimit(
            f"{binary} starts only where it may open {OPEN_FILES} files, and the limit here is {allowed}, which only root can "
            f"raise. In a shell of root: ulimit -Hn {OPEN_FILES}; in a container: --ulimit nofile={OPEN_FILES}; with systemd: "
            f"LimitNOFILE={OPEN_FILES}. Or use --near-node=embedded, which needs none"
        )


def init_arguments(settings: NodeSettings) -> list[str]:
    """Return the command that makes a home folder whose root account and key are known."""
    fast = ["--fast"] if settings.fast else []
    return ["init", *fast, "--account-id", _ROOT, "--test-seed", _ROOT, "--chain-id", "sandbox"]


def _edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content, indent=2))


def start_limit() -> float:
    """Return how long a node may take to answer: ``NEAR_RPC_TIMEOUT_SECS``, else a minute."""
    text = os.environ.get("NEAR_RPC_TIMEOUT_SECS", "")
    return float(text) if text.isdecimal() and int(text) else START_LIMIT_S
