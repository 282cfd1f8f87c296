# SPDX-License-Identifier: LGPL-2.1-or-later
"""API servers that answer over a real socket: from memory, or as was recorded."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Any]
Ask = Callable[[str, str, dict[str, str], Any], Answer]


def _set() -> threading.Event:
    made = threading.Event()
    made.set()
    return made


@dataclass
class Memory:
    """A server's objects. `faults` are answers that come first, by method.

    `denied` are what the planner may not do, as in "create jobs".
    While `hangs` is cleared, it takes requests and says nothing.
    """

    nodes: list[Any] = field(default_factory=list)
    pods: list[Any] = field(default_factory=list)
    quotas: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    jobs: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[Any]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    page: int = 500
    hangs: threading.Event = field(default_factory=_set)

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        """Answer one request."""
        self.hangs.wait(60)
        self.asked.append(f"{method} {path}")
        if path.endswith("/selfsubjectaccessreviews"):
            wish = body["spec"]["resourceAttributes"]
            allowed = f"{wish['verb']} {wish['resource']}" not in self.denied
            return 201, {"status": {"allowed": allowed}}
        if self.faults.get(method):
            fault = self.faults[method].pop(0)
            if fault != "after":
                return fault if isinstance(fault, tuple) else (fault, said(fault, "Fault"))
        if path == "/version/":
            return 200, {"gitVersion": "v1.20.2"}
        end = path.rpartition("/")[2]
        if method == "POST":
            name = body["metadata"]["name"]
            if name in self.jobs:
                return 409, said(409, "AlreadyExists", f'jobs.batch "{name}" already exists')
            body["metadata"] |= {"uid": f"uid-{name}", "creationTimestamp": "2026-01-02T03:00:00Z"}
            self.jobs[name] = {"status": {}, **body}
            return 201, self.jobs[name]
        if method == "PATCH":
            job = self.jobs[end]
            job["metadata"].setdefault("annotations", {}).update(body["metadata"]["annotations"])
            job["spec"] |= body["spec"]
            return 200, job
        if end in ("nodes", "pods", "resourcequotas", "jobs", "events"):
            found = {
                "nodes": self.nodes,
                "pods": self.pods,
                "resourcequotas": self.quotas,
                "jobs": [*self.jobs.values()],
                "events": self.events,
            }[end]
            first = int(query.get("continue", 0))
            metadata = (
                {"continue": str(first + self.page)} if first + self.page < len(found) else {}
            )
            return 200, {"items": found[first : first + self.page], "metadata": metadata}
        if end in self.jobs:
            return 200, self.jobs[end]
        return 404, said(404, "NotFound", f'jobs.batch "{end}" not found')


def said(status: int, reason: str, message: str = "as the test wants it") -> dict[str, Any]:
    """Return Kubernetes' word for an error."""
    return {"kind": "Status", "code": status, "reason": reason, "message": message}


def replay(exchanges: list[Any]) -> Ask:
    """Answer as was recorded, each exchange once, in the order of the record."""
    left = list(exchanges)

    def answer(method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        for number, exchange in enumerate(left):
            asked = exchange["request"]
            if (asked["method"], asked["path"]) == (method, path):
                response = left.pop(number)["response"]
                return response["status"], response["body"]
        return 599, said(599, "NotRecorded", f"{method} {path}")

    return answer


@contextlib.contextmanager
def serving(ask: Ask) -> Iterator[str]:
    """Serve on the loopback device; give the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"null")
            status, content = ask(self.command, parts.path, query, body)
            if content is CUT:
                self.wfile.write(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b'{"items": ['
                )
                self.close_connection = True
                return
            text = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = do_any  # noqa: N815  # the library's names

        def log_request(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


CUT = object()  # an answer whose sender dies in the middle


def write_kubeconfig(path: Path, servers: dict[str, str], token: str = "secret-token") -> None:  # noqa: S107
    """Write a kubeconfig with a context for each server, all in the namespace `jobs`."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": url}} for name, url in servers.items()],
        "users": [{"name": "planner", "user": {"token": token}}],
        "contexts": [
            {"name": name, "context": {"cluster": name, "user": "planner", "namespace": "jobs"}}
            for name in servers
        ],
        "current-context": next(iter(servers)),
    }
    path.write_text(json.dumps(content))
