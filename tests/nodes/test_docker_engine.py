"""Docker's engine that is not there, not running, not for this user, or elsewhere: each is told, with what to do."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docker.context import ContextAPI

from near_harness.errors import DockerUnavailable
from near_harness.nodes.docker import readiness
from near_harness.nodes.docker_engine import connect, image_name


def nowhere(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")


def test_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere(monkeypatch, tmp_path / "docker.sock")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(DockerUnavailable, match=r"Docker is not installed here: install it .* or use --near-node=binary"):
        connect()
    assert readiness().ready is False


def test_not_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "docker.sock"
    nowhere(monkeypatch, path)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/docker")
    with pytest.raises(DockerUnavailable, match=r"Docker's engine does not run .*: start it \(systemctl start docker"):
        connect()
    with socket.socket(socket.AF_UNIX) as dead:  # a socket that nobody answers any more
        dead.bind(str(path))
    with pytest.raises(DockerUnavailable, match="does not run"):
        connect()


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere(monkeypatch, tmp_path / "docker.sock")

    class Forbidden(socket.socket):
        def connect(self, _: Any) -> None:  # root may use every socket
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", Forbidden)
    with pytest.raises(DockerUnavailable, match=r"this user may not use Docker's .*: join its group \(sudo usermod -aG docker"):
        connect()


def test_the_engine_of_the_context_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/docker")
    path = tmp_path / "context.sock"
    context = SimpleNamespace(Host=f"unix://{path}")
    monkeypatch.setattr(ContextAPI, "get_current_context", lambda *_: context)
    with pytest.raises(DockerUnavailable, match=r"context\.sock: No such file"):
        connect()


def test_on_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://build.example:2376")
    with pytest.raises(DockerUnavailable, match="is an engine on another machine"):
        connect()


def test_images_are_named_by_a_tag_or_in_full() -> None:
    assert image_name("") == "nearprotocol/sandbox:2.13.4"
    assert image_name("2.14.0") == "nearprotocol/sandbox:2.14.0"
    assert image_name("near-harness/sandbox:ci") == "near-harness/sandbox:ci"
    assert image_name("mine:latest") == "mine:latest"
