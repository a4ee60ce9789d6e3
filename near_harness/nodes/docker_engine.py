"""The way to Docker's engine and its images, with an error for each thing that can be wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from near_harness.errors import DockerUnavailable, ImageMissing

DEFAULT_TAG = "2.13.4"
"""Protocol 86."""
REPOSITORY = "nearprotocol/sandbox"
_TIMEOUT_S = 60
_ELSEWHERE = "or use --near-node=binary or embedded, which need no Docker"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def connect() -> Any:
    """Return a client of the engine, which answers.

    :raises DockerUnavailable: where it is not installed, not running, not for this user, or on another machine.
    """
    where = os.environ.get("DOCKER_HOST", "")
    if urlsplit(where).scheme in ("tcp", "http", "https", "ssh") and urlsplit(where).hostname not in _LOOPBACK:
        raise DockerUnavailable(
            f"DOCKER_HOST={where} is an engine on another machine, whose containers cannot be reached on this one's loopback: "
            "start the sandbox there and use --near-node=http://…, or unset DOCKER_HOST"
        )
    try:
        client = docker.from_env(timeout=_TIMEOUT_S)
        client.ping()
    except (DockerException, OSError, ValueError) as error:
        raise DockerUnavailable(_reason(error, where)) from error
    return client


def _reason(error: BaseException, where: str) -> str:
    causes = list(_chain(error))
    text = " ".join(str(cause) for cause in causes)
    socket = where or "/var/run/docker.sock"
    if any(isinstance(cause, PermissionError) for cause in causes) or "Permission denied" in text:
        return (
            f"this user may not use Docker's engine ({socket}): join its group (sudo usermod -aG docker $USER, then log in "
            f"again), {_ELSEWHERE}"
        )
    if shutil.which("docker") is None and shutil.which("dockerd") is None and not os.path.exists(urlsplit(socket).path):  # noqa: PTH110
        return f"Docker is not installed here: install it (https://docs.docker.com/engine/install), {_ELSEWHERE}"
    if any(isinstance(cause, (FileNotFoundError, ConnectionError)) for cause in causes) or "Connection refused" in text:
        return (
            f"Docker's engine does not run ({socket}): start it (systemctl start docker, or Docker Desktop; rootless or "
            f"elsewhere: set DOCKER_HOST), {_ELSEWHERE}"
        )
    return f"Docker's engine ({socket}) cannot be used: {error}"


def _chain(error: BaseException) -> Any:
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        cause = todo.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            # urllib3 and requests hand causes on as arguments.
            todo += [cause.__cause__, cause.__context__, *cause.args, getattr(cause, "reason", None)]
    return seen


def image_name(detail: str) -> str:
    """Return the image that ``docker:…`` names: a tag of the official one, or an image of another name."""
    if not detail:
        return f"{REPOSITORY}:{DEFAULT_TAG}"
    return detail if "/" in detail or ":" in detail else f"{REPOSITORY}:{detail}"


def need_image(client: Any, name: str, tell: Callable[[str], None]) -> Any:
    """Return an image, pulled where it is not here.

    :raises ImageMissing: where it is not to be had.
    """
    try:
        return client.images.get(name)
    except ImageNotFound:
        pass
    tell(f"pulling {name}")
    try:
        _pull(client, name, tell)
        return client.images.get(name)
    except (NotFound, ImageNotFound) as error:
        raise ImageMissing(
            f"there is no image {name}, neither here nor where images are pulled from: write another, such as "
            f"--near-node=docker:{DEFAULT_TAG}; docker images lists those that are here"
        ) from error
    except (APIError, DockerException, OSError) as error:
        why = getattr(error, "explanation", None) or error
        raise ImageMissing(
            f"the image {name} is not here and could not be pulled: {why}. Pull or load it by hand (docker pull {name}), "
            f"{_ELSEWHERE}"
        ) from error


def _pull(client: Any, name: str, tell: Callable[[str], None]) -> None:
    repository, tag = name, None
    if "@" not in name:
        head, _, last = name.rpartition(":")
        repository, tag = (head, last) if head and "/" not in last else (name, "latest")
    sizes: dict[str, tuple[int, int]] = {}
    told = 0
    for event in client.api.pull(repository, tag=tag, stream=True, decode=True):
        if "error" in event:
            lost = "not found" in event["error"] or "does not exist" in event["error"]
            raise (NotFound if lost else DockerException)(event["error"])
        detail = event.get("progressDetail") or {}
        if event.get("status") == "Downloading" and detail.get("total"):
            sizes[event["id"]] = (detail["current"], detail["total"])
            done, total = (sum(column) for column in zip(*sizes.values(), strict=True))
            if done * 10 // total > told:
                told = done * 10 // total
                tell(f"pulling {name}: {done / 1e6:.0f} of {total / 1e6:.0f} MB")
