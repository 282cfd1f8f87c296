# SPDX-License-Identifier: LGPL-2.1-or-later
"""Definitions are uploaded to a KernelCI storage as its own clients do it."""

import threading
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from models import Catalog, LabType, PlannerError, PlannerSettings, PullSettings, Runtime, Where
from planner.config import load_catalog
from planner.runtimes import NoAccessError, NotSentError
from planner.runtimes.pull_labs import Folder, Storage, store_of
from planner.runtimes.tokens import Tokens
from tests.kernelci.nodes import order

HERE = Where(file="site.yaml", line=7)
TOKEN = "token-of-files-77a1"  # noqa: S105 - no secret of anybody
ORDER = order({"id": "65f0"})  # of 2026-11-24


def runtime(**params: Any) -> Runtime:
    """Return a pull lab with these keys."""
    return Runtime(name="pull", lab_type=LabType.PULL_LABS, params=params, where=HERE)


def catalog(storages: Mapping[str, dict[str, Any]], **planner: Any) -> Catalog:
    """Return a site with these storages."""
    update = {"storages": dict(storages), "planner": PlannerSettings.model_validate(planner)}
    return load_catalog().model_copy(update=update)


def backend(files: "Files") -> dict[str, Any]:
    """Return a storage of KernelCI's, whose files are elsewhere than its API."""
    return {
        "storage_type": "backend",
        "api_url": f"{files.url}/api",
        "base_url": "https://files.example/",
    }


class Files:
    """A storage on a real socket; with a `status` it answers just that.

    `kept` are the files that it was sent, by their paths; `asked` are the paths of requests.
    """

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.asked: list[str] = []
        self.status: int | None = None
        handler = type("Handler", (_Handler,), {"files": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, path: str, token: str | None, form: Mapping[str, tuple[str, str]]) -> int:
        """Take a file as KernelCI's storage does: below `path`, from those who show the token."""
        self.asked.append(path)
        if self.status is not None:
            return self.status
        if token != f"Bearer {TOKEN}":
            return 401
        name, content = form["file0"]
        self.kept[f"{form['path'][1]}/{name}"] = content
        return 200


class _Handler(BaseHTTPRequestHandler):
    files: Files

    def do_GET(self) -> None:
        shown = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        known = self.path == "/api/v1/checkauth"
        self.send_response(self.files.status or ((200 if shown else 401) if known else 404))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        parts = message_from_bytes(head + body, policy=HTTP).iter_parts()
        form: dict[str, tuple[str, str]] = {}
        for part in parts:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            name = str(part.get_param("name", header="content-disposition"))
            form[name] = (part.get_filename() or "", content.decode())
        status = self.files.answer(self.path, self.headers.get("Authorization"), form)
        self.send_response(status)
        self.send_header("Location", "/else")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def files() -> Iterator[Files]:
    """Give a storage."""
    made = Files()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def store(files: Files, token: str | None = TOKEN) -> Any:
    """Return the way to the storage."""
    site = catalog({"files": backend(files)})
    secret = None if token is None else SecretStr(token)
    return store_of(runtime(storage_name="files"), site, Tokens(storage=lambda _: secret))


@pytest.mark.parametrize(("text", "name"), [('{"job": 1}', "3f9c-0.json"), ("a: é", "3f9c-0.yaml")])
def test_an_upload(files: Files, text: str, name: str) -> None:
    """It is where the URL says; again, it is the same file."""
    kept = [store(files).keep(ORDER, text) for _ in range(2)]
    path = f"pull_labs_jobs/20261124/{name}"
    assert kept == [f"https://files.example/{path}"] * 2
    assert files.kept == {path: text}


def test_what_the_storage_does_not_take(files: Files) -> None:
    """The run waits: neither a wrong token nor a storage that fails is its fault."""
    with pytest.raises(NotSentError, match=r"answers 401 Unauthorized$"):
        store(files, "wrong").keep(ORDER, "a")
    with pytest.raises(NotSentError, match=r"401 Unauthorized, and there is no token for it"):
        store(files, None).keep(ORDER, "a")
    files.status = 503
    with pytest.raises(NotSentError, match="answers 503"):
        store(files).keep(ORDER, "a")
    assert files.kept == {}


def test_whether_a_storage_takes_the_token(files: Files, tmp_path: Path) -> None:
    """It is asked, and nothing uploaded; what is wrong is said without the token."""
    assert store(files).check().endswith("/api/upload, which takes the token")
    with pytest.raises(NoAccessError, match=r"401: the token is not taken .*storage_cred"):
        store(files, "wrong").check()
    with pytest.raises(NoAccessError, match="the token is missing"):
        store(files, None).check()
    files.status = 404
    assert "does not tell" in store(files).check()
    files.status = 503
    with pytest.raises(OSError, match="answers 503"):
        store(files).check()
    assert files.kept == {}
    assert Folder(tmp_path / "new", "https://here").check().endswith("for https://here")
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").touch()
    with pytest.raises(NoAccessError, match="cannot be written there"):
        Folder(tmp_path / "file" / "new", "https://here").check()


def test_a_storage_that_is_away() -> None:
    """That is said without the token."""
    gone = Storage("http://127.0.0.1:9", "http://127.0.0.1:9", SecretStr(TOKEN))
    with pytest.raises(NotSentError, match="does not answer") as away:
        gone.keep(ORDER, "a")
    assert TOKEN not in str(away.value)


def test_the_token_is_for_this_storage_only(files: Files) -> None:
    """Where it points elsewhere, nobody follows."""
    files.status = 307
    with pytest.raises(NotSentError, match="answers 307"):
        store(files).keep(ORDER, "a")
    assert files.asked == ["/api/upload"]


def test_where_definitions_go(files: Files) -> None:
    """The runtime says it first, then the folder, then the site's storage; or nobody."""
    known = {"files": backend(files)}
    folder = {"pull_labs": PullSettings(url="https://here.example").model_dump()}
    named = runtime(storage_name="files")
    assert isinstance(store_of(named, catalog(known, **folder), Tokens()), Storage)
    assert isinstance(
        store_of(runtime(), catalog(known, storage="files", **folder), Tokens()), Folder
    )
    assert isinstance(store_of(runtime(), catalog(known, storage="files"), Tokens()), Storage)
    assert store_of(runtime(), catalog(known), Tokens()) is None


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({}, r"^site\.yaml:7: runtime 'pull' .* 'files', which is not in section 'storage'"),
        ({"files": {"storage_type": "ssh"}}, r"of type 'ssh', and only .*'backend'"),
        ({"files": {"storage_type": "backend"}}, r"which has no base_url"),
    ],
)
def test_no_such_storage(told: dict[str, Any], problem: str) -> None:
    """What is wrong is said with the place of the runtime."""
    with pytest.raises(PlannerError, match=problem):
        store_of(runtime(storage_name="files"), catalog(told), Tokens())
