"""The way to Docker's engine and its images, with an error for each thing that can be wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import docker
from docker.context import ContextAPI
from docker.errors import APIError, DockerException, ImageNotFound, NotFound

from near_harness.errors import DockerUnavailable, ImageMissing

DEFAULT_TAG = "2.13.4"
"""Protocol 86."""
REPOSITORY = "nearprotocol/sandbox"
_TIMEOUT_S = 60
_ELSEWHERE = "or use --near-node=binary or embedded, which need no Docker"
_DEFAULT_HOST = "npipe:////./pipe/docker_engine" if sys.platform == "win32" else "unix:///var/run/docker.sock"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def connect() -> Any:
    """Return a client of the engine, which answers.

    :raises DockerUnavailable: where it is not installed, not running, not for this user, or on another machine.
    """
    chosen = os.environ.get("DOCKER_HOST", "")
    where = chosen or _host_of_context()
    parts = urlsplit(where)
    if parts.scheme in ("tcp", "http", "https", "ssh") and parts.hostname not in _LOOPBACK:
        raise DockerUnavailable(
            f"{where} is an engine on another machine, whose containers cannot be reached on this one's loopback: "
            "start the sandbox there and use --near-node=http://…, or unset DOCKER_HOST"
        )
    if parts.scheme == "unix":
        _try_socket(parts.path)
    try:
        client = docker.from_env(timeout=_TIMEOUT_S) if chosen else docker.DockerClient(base_url=where, timeout=_TIMEOUT_S)
        client.ping()
    except (DockerException, OSError, ValueError) as error:
        remedy = f". Start Docker Desktop, {_ELSEWHERE}" if parts.scheme == "npipe" else ""
        raise DockerUnavailable(f"Docker's engine ({where}) cannot be used: {error}{remedy}") from error
    return client


def _host_of_context() -> str:
    """Return where the engine of the chosen context is (``docker context use``), which the SDK does not look at by itself."""
    try:
        host = ContextAPI.get_current_context().Host
    except (DockerException, OSError, ValueError, AttributeError):
        host = None
    # The SDK writes the default with a scheme that only it knows.
    return str(host or _DEFAULT_HOST).replace("http+unix://", "unix://")


def _try_socket(path: str) -> None:
    """Connect once: the reason of a failure is plain here, and the SDK would hide it.

    :raises DockerUnavailable: saying which of the things that can be wrong it is.
    """
    if sys.platform == "win32":
        raise DockerUnavailable(
            f"DOCKER_HOST or the context names a Unix socket ({path}), which there is not on Windows: unset it, "
            f"and Docker Desktop's own address is taken, {_ELSEWHERE}"
        )
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_TIMEOUT_S)
            probe.connect(path)
    except PermissionError as error:
        raise DockerUnavailable(
            f"this user may not use Docker's engine ({path}): join its group (sudo usermod -aG docker $USER, then log in "
            f"again), {_ELSEWHERE}"
        ) from error
    except OSError as error:
        if isinstance(error, FileNotFoundError) and shutil.which("docker") is None and shutil.which("dockerd") is None:
            raise DockerUnavailable(
                f"Docker is not installed here: install it (https://docs.docker.com/engine/install), {_ELSEWHERE}"
            ) from error
        raise DockerUnavailable(
            f"Docker's engine does not run ({path}: {error.strerror or error}): start it (systemctl start docker, or Docker "
            f"Desktop; rootless or elsewhere: set DOCKER_HOST), {_ELSEWHERE}"
        ) from error


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
