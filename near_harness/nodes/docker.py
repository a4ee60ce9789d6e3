"""The docker kind: a container of ``nearprotocol/sandbox``, or of an image that keeps its contract.

``docker`` takes the default tag, ``docker:2.13.4`` that tag, ``docker:NAME:TAG`` that image. The container publishes its RPC on
a free port of the loopback, is labelled, and is removed when pytest ends, however that happens.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from datetime import datetime, timezone
from typing import Any

from docker.errors import APIError, DockerException, NotFound
from docker.types import Ulimit

from near_harness.errors import (
    BadInput,
    DockerUnavailable,
    NodeError,
    NodeStartFailed,
    NodeUnreachable,
    PortInUse,
    WrongArchitecture,
)
from near_harness.keys import KeyPair
from near_harness.nodes.base import NodeSettings, Readiness
from near_harness.nodes.binary import init_arguments, start_limit
from near_harness.nodes.container_files import archive, read_json
from near_harness.nodes.docker_engine import connect, image_name, need_image
from near_harness.nodes.edits import edit_config, edit_genesis, files_are_edited
from near_harness.nodes.logs import last_lines
from near_harness.nodes.ports import HOST
from near_harness.nodes.process import OPEN_FILES, Kept
from near_harness.nodes.rpc import Rpc
from near_harness.nodes.served import ServedNode

LABEL = "near-harness.run"
"""The label of every container of the harness; its value is a name of the run."""
_ROOT = "sandbox"
_PORT = "3030/tcp"
_CHECK_EACH_S = 0.3
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv8": "arm64"}


def create(settings: NodeSettings) -> DockerNode:
    """Make a docker node, not started yet."""
    return DockerNode(settings)


def readiness() -> Readiness:
    """Say whether Docker's engine answers."""
    try:
        client = connect()
    except NodeError as error:
        return Readiness(ready=False, detail=str(error))
    try:
        return Readiness(
            ready=True, detail=f"Docker {client.version()['Version']}, image {image_name('')} unless another is named"
        )
    finally:
        client.close()


class DockerNode(ServedNode):
    """A near-sandbox in a container."""

    kind = "docker"

    def __init__(self, settings: NodeSettings) -> None:
        super().__init__(settings)
        self._image = image_name(settings.detail)
        self._client: Any = None
        self._container: Any = None
        self._kept: Kept | None = None

    @property
    def container_id(self) -> str:
        """The id of its container, empty where there is none."""
        return "" if self._container is None else str(self._container.id)

    def start(self) -> None:
        """Get the image, start a container of it, and wait until its node answers.

        :raises NodeError: naming what is wrong with Docker, the image or the node, and what to do.
        """
        if self._container is not None:
            return
        self._client = connect()
        try:
            image = need_image(self._client, self._image, self._settings.tell)
            self._start(image)
        except DockerException as error:
            self.stop()
            raise NodeStartFailed(f"Docker cannot run {self._image}: {_explained(error)}") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Remove the container, with its volumes."""
        self._hang_up()
        container, self._container = self._container, None
        kept, self._kept = self._kept, None
        client, self._client = self._client, None
        try:
            if container is not None:
                _remove(container)
                if kept is not None:
                    kept.forget_containers()
        except (DockerException, OSError):
            pass  # the engine is gone or does not answer: the keeper tries once more
        finally:
            if kept is not None:
                kept.end()
            if client is not None:
                client.close()

    def log_position(self) -> float:
        """Return the time: the engine keeps one for each line."""
        return time.time()

    def log_since(self, position: float) -> str:
        """Return what the node printed since then, and whether its container has ended."""
        if self._container is None:
            return ""
        try:
            # A timestamp of the engine, which has nanoseconds; a number of seconds would be cut.
            since = datetime.fromtimestamp(position, tz=timezone.utc).timestamp() if position else 0
            log: bytes = self._container.logs(since=since) if since else self._container.logs()
            state = self._state()
        except (DockerException, OSError) as error:
            return f"[the log cannot be read: {error}]"
        ended = "" if state["Running"] else f"[the container has ended with code {state['ExitCode']}]\n"
        return log.decode(errors="replace") + ended

    def _start(self, image: Any) -> None:
        run = uuid.uuid4().hex
        self._kept = kept = Kept()
        kept.start()
        kept.watch_containers(run)
        common = {
            "image": self._image,
            "environment": self._environment(),
            "labels": {LABEL: run, "near-harness.pid": str(os.getpid())},
        }
        files = self._edited_files(common)
        # Where the engine may not raise limits (rootless, or in a container itself), the node says whether its own do.
        if not self._run(image, common, files, [Ulimit(name="nofile", soft=OPEN_FILES, hard=OPEN_FILES)]):
            self._run(image, common, files, [])
        port = self._published_port(image)
        client = Rpc(f"http://{HOST}:{port}")
        watch = _Watch(self, image)
        try:
            status = client.wait_for_status(start_limit(), watch.check)
        except NodeUnreachable as error:
            hint = "" if not os.path.exists("/.dockerenv") else " (pytest itself runs in a container: give it the host's network)"  # noqa: PTH110
            raise NodeStartFailed(
                f"the container of {self._image} runs, but its node is {self._health()}: {error}{hint}; "
                f"{last_lines(self.log_since(0))}"
            ) from None
        self._accept(client, status, *self._root_account())

    def _run(self, image: Any, common: dict[str, Any], files: dict[str, bytes], ulimits: list[Ulimit]) -> bool:
        """Create the container and start it; return False where it may not have the limits."""
        ports = {_PORT: (HOST, self._settings.port or None)}
        self._container = container = self._client.containers.create(**common, ports=ports, ulimits=ulimits)
        if files:
            container.put_archive("/", archive(files))
        try:
            container.start()
        except APIError as error:
            text = _explained(error)
            if "rlimit" in text and ulimits:
                _remove(container)
                return False
            if "already allocated" in text or "already in use" in text:
                raise PortInUse(
                    f"port {self._settings.port} on {HOST} is in use by another program: choose another, or 0 for a free one"
                ) from error
            if "exec format error" in text:
                raise self._wrong_architecture(image) from error
            raise
        return True

    def _published_port(self, image: Any) -> int:
        self._container.reload()
        published = self._container.ports.get(_PORT)
        if not published:
            self._check_running(image)
            raise NodeStartFailed(f"the container of {self._image} publishes no port: does it expose 3030?")
        return int(published[0]["HostPort"])

    def _check_running(self, image: Any) -> None:
        """Raise where the container has ended."""
        state = self._state()
        if state["Running"] or state["Status"] in ("created", "restarting"):
            return
        log = self.log_since(0)
        if "exec format error" in log + state.get("Error", ""):
            raise self._wrong_architecture(image)
        raise NodeStartFailed(f"the container of {self._image} has ended with code {state['ExitCode']}; {last_lines(log)}")

    def _state(self) -> dict[str, Any]:
        self._container.reload()
        found: dict[str, Any] = self._container.attrs["State"]
        return found

    def _health(self) -> str:
        try:
            health = self._state().get("Health") or {}
        except (DockerException, OSError):
            return "out of reach"
        said = [entry["Output"].strip() for entry in health.get("Log") or [] if entry["ExitCode"] and entry["Output"].strip()]
        return str(health.get("Status", "not answering")) + (f" ({said[-1]})" if said else "")

    def _wrong_architecture(self, image: Any) -> WrongArchitecture:
        engine = self._client.info().get("Architecture", "")
        return WrongArchitecture(
            f"the image {self._image} is for {image.attrs.get('Architecture')}, and Docker's engine runs on "
            f"{_ARCHITECTURES.get(engine, engine)}: use a tag that is built for it, or --near-node=binary or embedded"
        )

    def _environment(self) -> dict[str, str]:
        environ = {
            "NEAR_ROOT_ACCOUNT": _ROOT,
            "NEAR_TEST_SEED": _ROOT,
            "NEAR_CHAIN_ID": "sandbox",
            "NEAR_ENABLE_SANDBOX_LOG": "1",  # the contracts' log belongs into a failing test's report
        }
        if self._settings.protocol_version is not None:
            environ["NEAR_HARNESS_PROTOCOL_VERSION"] = str(self._settings.protocol_version)  # for the embedded node's image
        return environ

    def _edited_files(self, common: dict[str, Any]) -> dict[str, bytes]:
        """Return the files that the image's entrypoint takes instead of its own: made by the image itself, then edited."""
        if not files_are_edited(self._settings):
            return {}
        command = ["--home", "/data", *init_arguments(self._settings)]
        container = self._client.containers.create(**common, entrypoint="near-sandbox", command=command)
        try:
            container.start()
            container.wait(timeout=start_limit())
            genesis, config = (read_json(container, name) for name in ("genesis.json", "config.json"))
            log = container.logs().decode(errors="replace")
        finally:
            _remove(container)
        if genesis is None or config is None:
            raise NodeStartFailed(f"{self._image}: init has written no genesis.json or config.json; {last_lines(log)}")
        edit_genesis(genesis, self._settings)
        edit_config(config, self._settings)
        edited = {"genesis.json": genesis, "config.json": config}
        return {f"config/{name}": json.dumps(content, indent=2).encode() for name, content in edited.items()}

    def _root_account(self) -> tuple[str, KeyPair]:
        """Return the root account: as the container's own key file says, else as an entrypoint makes it that leaves none."""
        found = read_json(self._container, "validator_key.json") or {}
        try:
            return str(found["account_id"]), KeyPair.from_secret_key(found["secret_key"])
        except (KeyError, BadInput):
            return _ROOT, KeyPair.from_seed(_ROOT)


class _Watch:
    """Looks now and then whether a container still runs."""

    def __init__(self, node: DockerNode, image: Any) -> None:
        self._node, self._image, self._next = node, image, 0.0

    def check(self) -> None:
        """Look, where the last look is some time ago.

        :raises NodeStartFailed: with the container's last words.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _CHECK_EACH_S
        try:
            self._node._check_running(self._image)  # noqa: SLF001 - a part of it
        except OSError as error:
            raise DockerUnavailable(f"Docker's engine has gone while the node was starting: {error}") from error


def _remove(container: Any) -> None:
    try:
        container.remove(force=True, v=True)
    except NotFound:
        pass
    except APIError as error:
        if error.status_code != 409:  # it is being removed already
            raise


def _explained(error: Exception) -> str:
    return str(getattr(error, "explanation", None) or error)
