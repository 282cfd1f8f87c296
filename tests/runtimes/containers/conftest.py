# SPDX-License-Identifier: LGPL-2.1-or-later
"""A container engine that answers over a real socket from memory, and does as it is told to."""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from models import LabType, Runtime, Sent
from planner.runtimes.containers import ContainerRuntime
from planner.runtimes.containers.recipe import Recipe
from tests.runtimes.conftest import HERE, catalog

CREATED = 1_767_323_045  # seconds
CUT = "cut"  # an answer that never comes whole
_PATH = re.compile(r"(?:/v[0-9.]+)?/(version|info|containers|images)(?:/([^/]+))?(?:/([a-z]+))?")


@dataclass
class Engine:
    """Containers by name. `faults` come first, by the last word of a request."""

    containers: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        """Answer one request."""
        match = _PATH.fullmatch(path)
        assert match is not None
        group, name, verb = match[1], match[2], match[3]
        action = verb or (name if name in ("json", "create") else group)
        if method == "DELETE":
            action = "remove"
        self.asked.append(action)
        if self.faults.get(action):
            fault = self.faults[action].pop(0)
            if fault != "after":
                return fault, {"message": f"fault in {action}"}
            self._act(action, name or "", query, body)
            return 0, CUT
        return self._act(action, name or "", query, body)

    def _act(self, action: str, name: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        if action in ("version", "info"):
            return 200, {"ApiVersion": "1.41", "NCPU": 4}
        if name == "json":
            return 200, [
                {**it, "Names": [f"/{each}"], "State": it["State"]["Status"], "Created": CREATED}
                for each, it in self.containers.items()
            ]
        if action == "create":
            if query["name"] in self.containers:
                return 409, {"message": "the name is already in use"}
            state = {"Status": "created", "ExitCode": 0, "StartedAt": "", "FinishedAt": ""}
            self.containers[query["name"]] = {
                "State": state,
                "Config": body,
                "Labels": body["Labels"],
            }
            return 201, {"Id": query["name"], "Warnings": []}
        if name not in self.containers:
            return 404, {"message": "no such container"}
        it = self.containers[name]
        if action == "json":
            return 200, it
        if action == "start":
            it["State"] |= {"Status": "running", "StartedAt": "2026-01-02T03:04:05Z"}
        if action == "remove":
            del self.containers[name]
        if action == "logs":
            return 200, b""
        return 200, {}


@contextlib.contextmanager
def serving(engine: Engine) -> Iterator[str]:
    """Serve on the loopback device; give the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            path, _, text = self.path.partition("?")
            query = dict(each.split("=", 1) for each in text.split("&") if "=" in each)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_json = self.headers.get("Content-Type") == "application/json" and sent
            status, said = engine.answer(
                self.command, path, query, json.loads(sent) if is_json else {}
            )
            if said is CUT:
                self.close_connection = True
                return
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = do_any  # noqa: N815  # the library's names

        def log_request(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Site:
    """An engine, and the way to it."""

    engine: Engine
    url: str

    def runtime(self, **keys: Any) -> ContainerRuntime:
        """Open the runtime anew, as a planner that starts would."""
        made = Runtime(name="tools", lab_type=LabType.DOCKER, url=self.url, params=keys, where=HERE)
        now = datetime.fromtimestamp(CREATED + 5, UTC)
        return ContainerRuntime(made, catalog(made), environment={}, clock=lambda: now)


@pytest.fixture
def site() -> Iterator[Site]:
    """Give a served engine without containers."""
    engine = Engine()
    with serving(engine) as url:
        yield Site(engine, url)


def definition(script: str = "true") -> str:
    """Return a definition."""
    return Recipe(image="gcc", timeout=60, script=script).written()


def sent_to(run: str = "ab12-0") -> Sent:
    """Return a run that was sent."""
    return Sent(run=run, runtime="tools", job_id=f"kci-{run}", device_type="docker")
