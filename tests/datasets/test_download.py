"""Downloads from a server on this machine that does everything wrong in turn."""
from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cytorch.datasets.download import RemoteFile, fetch
from cytorch.errors import DownloadError

CONTENT = bytes(range(256)) * 4000
FILE = RemoteFile("numbers.bin", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


class Handler(BaseHTTPRequestHandler):
    """The first part of the path says what goes wrong."""

    requests: list[tuple[str, str | None]]

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        kind = self.path.split("/")[1]
        wanted = self.headers.get("Range")
        self.requests.append((kind, wanted))
        if kind in ("missing", "broken"):
            self.send_error(404 if kind == "missing" else 500)
        elif kind == "loop":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
        else:
            self.answer(kind, wanted)

    def answer(self, kind: str, wanted: str | None) -> None:
        body = CONTENT if kind != "wrong" else CONTENT[::-1]
        start = int(wanted[6:-1]) if wanted and kind != "no_range" else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        if kind == "truncated":
            self.wfile.write(body[start:start + 100_000])
        elif kind == "trickle":
            self.wfile.write(body[:10])
            time.sleep(2.0)
        else:
            self.wfile.write(body[start:])


@pytest.fixture
def server() -> Iterator[str]:
    Handler.requests = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_first_mirror(server: str, tmp_path: Path) -> None:
    assert fetch(FILE, tmp_path / "new", [f"{server}/good"]).read_bytes() == CONTENT
    # it is there now: no further request
    fetch(FILE, tmp_path / "new", [f"{server}/good"])
    assert len(Handler.requests) == 1


@pytest.mark.parametrize("fault", ["missing", "broken", "wrong", "truncated", "loop"])
def test_next_mirror_after(fault: str, server: str, tmp_path: Path) -> None:
    path = fetch(FILE, tmp_path, [f"{server}/{fault}", f"{server}/good/"])
    assert path.read_bytes() == CONTENT
    assert not list(tmp_path.glob("*.part"))


def test_resumes(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="ended after 100000 of 1024000"):
        fetch(FILE, tmp_path, [f"{server}/truncated"])
    fetch(FILE, tmp_path, [f"{server}/good"])
    assert Handler.requests[-1] == ("good", "bytes=100000-")


def test_server_without_ranges(server: str, tmp_path: Path) -> None:
    (tmp_path / "numbers.bin.part").write_bytes(CONTENT[:50])
    assert fetch(FILE, tmp_path, [f"{server}/no_range"]).read_bytes() == CONTENT


def test_wrong_beginning_is_thrown_away(server: str, tmp_path: Path) -> None:
    (tmp_path / "numbers.bin.part").write_bytes(b"something else")
    mirrors = [f"{server}/good", f"{server}/good"]
    assert fetch(FILE, tmp_path, mirrors).read_bytes() == CONTENT


def test_slow_server(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="timed out"):
        fetch(FILE, tmp_path, [f"{server}/trickle"], timeout=0.3)


def test_no_network_names_the_place(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"by hand as .*numbers\.bin"):
        fetch(FILE, tmp_path, ["http://127.0.0.1:9"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_read_only_folder(server: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DownloadError, match="cannot write"):
        fetch(FILE, tmp_path, [f"{server}/good"])


def test_folder_that_cannot_be_made(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadError, match="cannot write"):
        fetch(FILE, tmp_path / "file", [f"{server}/good"])


def test_full_disk(server: str) -> None:
    folder = Path("/dev/full")
    with pytest.raises(DownloadError, match="cannot write"):
        fetch(FILE, folder, [f"{server}/good"])


def test_two_at_once_transfer_one(server: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        paths = list(pool.map(lambda _: fetch(FILE, tmp_path, [f"{server}/good"]), range(4)))
    assert len(set(paths)) == 1
    assert len(Handler.requests) == 1
