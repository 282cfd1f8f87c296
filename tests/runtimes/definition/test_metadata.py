# SPDX-License-Identifier: LGPL-2.1-or-later
"""A build's metadata.json, from a real server."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from planner.runtimes import DefinitionError, NotSentError
from planner.runtimes.definition.metadata import read_artifacts


class _Storage(BaseHTTPRequestHandler):
    answers: ClassVar[dict[str, tuple[int, str]]] = {
        "/good": (200, json.dumps({"artifacts": {"dtbs/a.dtb": "https://x/a.dtb"}})),
        "/gone": (404, "no"),
        "/broken": (503, "later"),
        "/page": (200, "<html>"),
        "/list": (200, "[]"),
        "/none": (200, json.dumps({"artifacts": None})),
    }
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, text = self.answers[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def storage() -> Iterator[str]:
    """Yield the URL of a storage."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Storage)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_it_is_read_once(storage: str) -> None:
    """All runs of a build share what it lists."""
    for _ in range(3):
        assert read_artifacts(f"{storage}/good") == {"dtbs/a.dtb": "https://x/a.dtb"}
    assert _Storage.asked.count("/good") == 1


@pytest.mark.parametrize("name", ["gone", "page", "list", "none"])
def test_what_will_never_do(storage: str, name: str) -> None:
    """No file, or a file that lists nothing: the run cannot be made."""
    with pytest.raises(DefinitionError, match=f"{storage}/{name}") as error:
        read_artifacts(f"{storage}/{name}")
    assert error.value.code == "invalid_job_params"


def test_what_may_do_later(storage: str) -> None:
    """A storage that is away or overloaded ends no run: it waits."""
    for url in (f"{storage}/broken", "http://127.0.0.1:9/metadata.json"):
        with pytest.raises(NotSentError, match="the storage"):
            read_artifacts(url)


@pytest.mark.parametrize("url", ["nonsense", "ftp://x/y", "http://[", "/etc/passwd"])
def test_what_is_no_url(url: str) -> None:
    """A node that names anything but a web address reaches nothing."""
    with pytest.raises(DefinitionError, match="no URL"):
        read_artifacts(url)
