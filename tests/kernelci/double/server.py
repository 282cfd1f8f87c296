# SPDX-License-Identifier: LGPL-2.1-or-later
"""The double as a server: addresses, tokens, and faults on demand."""

import json
import re
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

from tests.kernelci.double import history
from tests.kernelci.double.accounts import user_of
from tests.kernelci.double.pubsub import Gone, PubSub
from tests.kernelci.double.routes import Request, answer
from tests.kernelci.double.state import Form, Json, Refusal, State

_FORM = "application/x-www-form-urlencoded"
_VERSION = re.compile(r"(?:/(latest|v\d+)(?=/))?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Fault:
    """What happens to the next requests whose method and path match.

    `cut` ends the connection before anything is done, `lost` after it was done and before it is
    said; `error` says 500 and does nothing, `late error` says so after it was done; `hang` waits
    for so many seconds first.
    """

    kind: Literal["cut", "lost", "error", "late error", "hang"]
    method: str = "GET"
    path: str = ""
    seconds: float = 0.0

    def hits(self, request: Request) -> bool:
        """Tell whether the fault is meant for the request."""
        of_method = re.fullmatch(self.method, request.method)
        return bool(of_method and re.search(self.path, request.path))


@dataclass
class Double:
    """A KernelCI API on a port of this machine. `faults` are used up in their order.

    `requests` are those that it got. `beep` is the seconds between two keep-alives.
    """

    clock: Callable[[], datetime] = lambda: datetime.now(UTC).replace(tzinfo=None)
    beep: float = 45.0
    faults: deque[Fault] = field(default_factory=deque)
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.state = State(lambda: self.clock())
        self.pubsub = PubSub(self.state, self.beep)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.double = self
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.pubsub.close()
        self._server.shutdown()
        self._server.server_close()

    def publish(self, data: Any, channel: str = "node", late: float = 0.0) -> Json:
        """Tell everybody of an event, as the API does itself."""
        return history.publish(self.state, channel, data, "admin", late=late)

    def restart(self) -> None:
        """Start anew: subscriptions are gone, everything else is as it was."""
        gone, self.pubsub = self.pubsub, PubSub(self.state, self.beep, first=1000)
        gone.close()

    def count(self, method: str, path: str) -> int:
        """Return how many requests of a method there were whose paths match."""
        wanted = [r for r in self.requests if r.method == method and re.search(path, r.path)]
        return len(wanted)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    double: Double

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def handle_one_request(self) -> None:
        """Answer a request, or let one of the faults happen to it."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        double = self.server.double
        try:
            request = self._read()
        except Refusal as no:
            self._say(no.status, no.body)
            return
        double.requests.append(request)
        fault = double.faults[0] if double.faults and double.faults[0].hits(request) else None
        if fault is not None:
            double.faults.popleft()
        if fault is not None and fault.kind == "hang":
            time.sleep(fault.seconds)
        if fault is not None and fault.kind == "cut":
            self._cut()
        elif fault is not None and fault.kind == "error":
            self._say(500, {"message": "Internal server error, check container logs"})
        else:
            self._answer(double, request, fault)

    def _answer(self, double: Double, request: Request, fault: Fault | None) -> None:
        try:
            status, body = 200, answer(double, request)
        except Refusal as no:
            status, body = no.status, no.body
        except Gone:
            self._cut()
            return
        if fault is not None and fault.kind == "lost":
            self._cut()
        elif fault is not None and fault.kind == "late error":
            self._say(500, {"message": "Internal server error, check container logs"})
        else:
            self._say(status, body)

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        version, path = _VERSION.fullmatch(parts.path).groups()  # type: ignore[union-attr] # any is
        authorization = self.headers.get("Authorization")
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if version not in (None, "latest", "v0"):
            raise Refusal(400, f"Unsupported API version: {version}", "text")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        form = self.headers.get("Content-Type") == _FORM
        try:
            body = Form(parse_qsl(raw.decode())) if form else json.loads(raw) if raw else None
        except json.JSONDecodeError as error:
            complaint = {"type": "json_invalid", "loc": ["body", error.pos]}
            told = {"msg": "JSON decode error", "input": {}, "ctx": {"error": error.msg}}
            raise Refusal(422, [complaint | told]) from error
        user = user_of(authorization)
        return Request(self.command, path, query, user, body, authorization)

    def _say(self, status: int, body: Any) -> None:
        kind = next(iter(body)) if isinstance(body, dict) and len(body) == 1 else ""
        as_text = {"text": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"}
        content = (body[kind] if kind in as_text else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Type", as_text.get(kind, "application/json"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(content)
            self.wfile.flush()

    def _cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: the double is asked what it got."""
