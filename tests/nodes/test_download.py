"""The download of a named version, from a server on the loopback: once for all, trusted at its first use and the same since."""

from __future__ import annotations

import io
import platform
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError

import pytest
from nodes.programs import DROP_IN

from near_harness.errors import DownloadFailed, WrongArchitecture
from near_harness.nodes.base import NodeSettings
from near_harness.nodes.binary import BinaryNode
from near_harness.nodes.download import download, platform_name


def archive(content: bytes = DROP_IN.encode(), name: str = "near-sandbox") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo(f"Linux-x86_64/{name}")
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


class Shop:
    """Serves the same bytes under every version but 9.9.9."""

    def __init__(self) -> None:
        self.goods, self.asked, self.length = archive(), list[str](), -1
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                shop.asked.append(self.path)
                if "/9.9.9/" in self.path:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(shop.length if shop.length >= 0 else len(shop.goods)))
                self.end_headers()
                self.wfile.write(shop.goods)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """One that has something for every system: on Macs with Intel too these tests are of a machine that has."""
    shop = Shop()
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setenv("SANDBOX_ARTIFACT_URL", shop.url + "/")
    monkeypatch.setenv("NEAR_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("NEAR_SANDBOX_BIN_PATH", raising=False)
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


def silently(_: str) -> None:
    pass


def test_a_version_is_downloaded_once_and_runs(shop: Shop) -> None:
    told: list[str] = []
    node = BinaryNode(NodeSettings(kind="binary", detail="2.13.4", tell=told.append))
    node.start()
    try:
        assert node.height > 0
    finally:
        node.stop()
    assert told[0].startswith("downloading near-sandbox 2.13.4: ")
    path = download("2.13.4", tell=silently)
    assert path.stat().st_mode & 0o777 == 0o755
    assert shop.asked == [f"/nearcore/{platform_name()}/2.13.4/near-sandbox.tar.gz"]
    assert sorted(file.name for file in path.parent.iterdir()) == ["lock", "near-sandbox", "near-sandbox.json"]


def test_processes_that_come_first_at_the_same_time_download_once(shop: Shop) -> None:
    script = (
        "import platform; platform.machine = lambda: 'arm64'; "
        "from near_harness.nodes.download import download; print(download('2.13.4', tell=lambda _: None))"
    )
    first = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(4)]  # noqa: S603
    paths = {process.communicate(timeout=60)[0] for process in first}
    assert [process.returncode for process in first] == [0] * 4
    assert len(paths) == 1
    assert len(shop.asked) == 1


def test_other_bytes_than_at_the_first_use_are_refused(shop: Shop) -> None:
    path = download("2.13.4", tell=silently)
    path.write_text("something else")
    with pytest.raises(DownloadFailed, match=r"is not the file that was downloaded.*Remove .* to download it anew"):
        download("2.13.4", tell=silently)
    path.unlink()
    shop.goods = archive(b"a new program of the same version")
    with pytest.raises(DownloadFailed, match=r"has changed since its first use: its checksum was \w{64} and is now \w{64}"):
        download("2.13.4", tell=silently)
    assert not path.exists()


def test_what_goes_wrong_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        DownloadFailed, match=r"HTTP 404: there is no such version for this machine\. Set NEAR_SANDBOX_BIN_PATH"
    ) as refused:
        download("9.9.9", tell=silently)
    answer = refused.value.__cause__
    assert isinstance(answer, HTTPError) and answer.closed
    shop.goods = b"no archive"
    with pytest.raises(DownloadFailed, match=r"is no tar\.gz that can be read"):
        download("1.0.0", tell=silently)
    shop.goods = archive(name="readme")
    with pytest.raises(DownloadFailed, match="has no file 'near-sandbox' in it"):
        download("1.0.1", tell=silently)
    shop.goods, shop.length = archive(), 1_000_000
    with pytest.raises(DownloadFailed, match=r"the connection ended after|cannot be downloaded"):
        download("1.0.2", tell=silently)
    monkeypatch.setenv("SANDBOX_ARTIFACT_URL", "http://127.0.0.1:9")
    with pytest.raises(DownloadFailed, match=r"cannot be downloaded: .*refused"):
        download("1.0.3", tell=silently)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(WrongArchitecture, match=f"no near-sandbox is published for {platform.system()} riscv64"):
        download("1.0.4", tell=silently)
