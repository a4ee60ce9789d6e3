"""The docker kind: a container from its start to its end, and what is said where it has none."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from near_harness.errors import ImageMissing, NodeStartFailed, PortInUse, WrongArchitecture
from near_harness.keys import KeyPair
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.docker import LABEL, DockerNode, readiness
from near_harness.nodes.edits import parse_edits
from near_harness.nodes.ports import reserve_port


def node(image: str, **settings: Any) -> DockerNode:
    return DockerNode(NodeSettings(kind="docker", detail=image, **settings))


@contextmanager
def running(image: str, **settings: Any) -> Iterator[DockerNode]:
    started = node(image, **settings)
    started.start()
    try:
        yield started
    finally:
        started.stop()


def ours(engine: Any) -> list[Any]:
    # The list is names first and then a question for each: one may be gone in between.
    found: list[Any] = engine.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    return found


@pytest.fixture
def variant(engine: Any, image: str) -> Iterator[Any]:
    """Makes an image that is like the real one but for its entrypoint."""
    made: list[str] = []

    def make(*entrypoint: str) -> str:
        name = f"near-harness/test:variant{len(made)}"
        container = engine.containers.create(image)
        listed = ", ".join(f'"{word}"' for word in entrypoint)
        container.commit("near-harness/test", f"variant{len(made)}", changes=f"ENTRYPOINT [{listed}]")
        container.remove()
        made.append(name)
        return name

    yield make
    for name in made:
        engine.images.remove(name, force=True)


def test_a_container_runs_and_leaves_nothing(engine: Any, image: str) -> None:
    assert readiness().ready
    with running(image) as started:
        [container] = ours(engine)
        assert container.id == started.container_id
        assert container.ports["3030/tcp"][0]["HostIp"] == "127.0.0.1"
        assert (started.root_account_id, started.protocol_version) == ("sandbox", 86)
        height = started.height
        started.fast_forward(100)
        assert started.height >= height + 100
        assert "JSON-RPC on" in started.log_since(0)
        position = started.log_position()
        assert started.log_since(position) == ""
        container.kill()
        assert re.search(r"\[the container has ended with code \d+\]", started.log_since(position))
        mounts = [mount["Name"] for mount in container.attrs["Mounts"]]
    assert ours(engine) == []
    assert not {volume.name for volume in engine.volumes.list()} & set(mounts)


def test_a_chosen_port_and_block_time(image: str) -> None:
    port = reserve_port()
    with pytest.raises(PortInUse), _listening(port.number):
        node(image, port=port.number).start()
    with running(image, port=port.number, block_time_ms=250) as started:
        assert started.rpc_url == f"http://127.0.0.1:{port.number}"
        done = started._container.exec_run(["cat", "/data/config.json"])
        assert b'"min_block_production_delay": {\n      "secs": 0,\n      "nanos": 250000000' in done.output
    port.release()


def test_a_genesis_and_a_configuration_of_ones_own(image: str) -> None:
    genesis, config = parse_edits(["epoch_length=20"]), parse_edits(["max_gas_burnt_view=5"])
    with running(image, genesis=genesis, config=config, fast=False) as started:
        assert started.rpc.call("EXPERIMENTAL_genesis_config", [])["epoch_length"] == 20
        assert started.rpc.call("client_config", [])["max_gas_burnt_view"] == 5
        assert started.rpc.call("client_config", [])["min_block_production_delay"] == "[0,600000000]"


def test_the_root_is_that_of_the_containers_own_key_file(variant: Any) -> None:
    init = "near-sandbox --home /data init --fast --account-id own.near --test-seed other"
    name = variant("sh", "-c", f"{init} && exec near-sandbox --home /data run --rpc-addr 0.0.0.0:3030")
    with running(name) as started:
        assert started.root_account_id == "own.near"
        assert started.root_key.public_key == KeyPair.from_seed("other").public_key


@contextmanager
def _listening(port: int) -> Iterator[None]:
    import socket

    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        yield


def test_an_image_that_is_not_to_be_had(engine: Any) -> None:
    told: list[str] = []
    with pytest.raises(ImageMissing, match=r"never:was is not here and could not be pulled|no image near-harness/never:was"):
        node("near-harness/never:was", tell=told.append).start()
    assert told == ["pulling near-harness/never:was"]
    assert ours(engine) == []


def test_a_node_that_ends_shows_its_last_words(engine: Any, variant: Any) -> None:
    name = variant("sh", "-c", "echo genesis is broken; exit 3")
    with pytest.raises(NodeStartFailed, match=r"has ended with code 3(?s:.*)\| genesis is broken"):
        node(name).start()
    assert ours(engine) == []


def test_a_node_that_never_answers_is_unhealthy(engine: Any, variant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_RPC_TIMEOUT_SECS", "4")
    name = variant("sh", "-c", "echo thinking; exec sleep 60")
    with pytest.raises(NodeStartFailed, match=r"its node is (starting|unhealthy) \(the node does not answer(?s:.*)\| thinking"):
        node(name).start()
    assert ours(engine) == []


def test_an_image_for_another_processor(engine: Any) -> None:
    elf = b"\x7fELF\x02\x01\x01" + bytes(9) + (2).to_bytes(2, "little") + (0xF3).to_bytes(2, "little") + bytes(100)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo("node")
        entry.size, entry.mode = len(elf), 0o755
        tar.addfile(entry, io.BytesIO(elf))
    engine.api.import_image_from_data(
        buffer.getvalue(), "near-harness/test", "riscv", changes=['ENTRYPOINT ["/node"]', "EXPOSE 3030"]
    )
    try:
        with pytest.raises(WrongArchitecture, match=r"the image near-harness/test:riscv is for \w+, and Docker's engine runs on"):
            node("near-harness/test:riscv").start()
    finally:
        engine.images.remove("near-harness/test:riscv", force=True)
    assert ours(engine) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_container_is_left_however_pytest_ends(engine: Any, image: str, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "test_long.py").write_text("import time\n\ndef test_it(near_node):\n    time.sleep(60)\n")
    command = [sys.executable, "-m", "pytest", f"--near-node=docker:{image}", "-p", "no:cacheprovider", "-q"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        _wait(lambda: [container.status for container in ours(engine)] == ["running"])
        process.send_signal(number)
        process.wait(30)
    finally:
        process.kill()
        process.wait()
    _wait(lambda: ours(engine) == [])


def test_pytest_that_dies_while_the_container_is_made_leaves_none(engine: Any, image: str, tmp_path: Path) -> None:
    (tmp_path / "test_long.py").write_text("def test_it(near_node):\n    pass\n")
    command = [sys.executable, "-m", "pytest", f"--near-node=docker:{image}", "-p", "no:cacheprovider", "-q"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)  # noqa: S603
    _wait(lambda: process.poll() is not None or ours(engine))
    process.kill()
    process.wait()
    _wait(lambda: ours(engine) == [])
    time.sleep(0.5)
    assert ours(engine) == []


def _wait(ready: Any, limit_s: float = 40.0) -> None:
    until = time.monotonic() + limit_s
    while not ready():
        assert time.monotonic() < until, "it has not happened in time"
        time.sleep(0.05)
