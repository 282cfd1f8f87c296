# SPDX-License-Identifier: LGPL-2.1-or-later
"""Answers `/healthz` and `/metrics` while a planner works."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from models import PlannerError
from planner.monitor.health import Health
from planner.monitor.metrics import Metrics

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base
        """Say nothing: somebody asks every few seconds."""


@contextmanager
def serving(address: str, health: Health, metrics: Metrics) -> Iterator[int]:
    """Answer at `HOST:PORT`, and give the port, which is a free one for port 0.

    Raises:
        PlannerError: if that is no address, or one that cannot be had.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise PlannerError(f"{address!r} is no HOST:PORT to answer at")
    try:
        server = make_server(host, int(port), application(health, metrics), _Server, _Quiet)
    except (OSError, OverflowError) as error:
        raise PlannerError(f"nobody can answer at {address}: {error}") from error
    thread = Thread(target=server.serve_forever, args=(0.2,), name="monitor", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def application(health: Health, metrics: Metrics) -> Application:
    """Return what answers a request."""
    numbers = make_wsgi_app(metrics.registry)

    def answer(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/metrics":
            told: Iterable[bytes] = numbers(environ, start)
            return told
        if path != "/healthz":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"there are /healthz and /metrics\n"]
        state = health.state()
        status = "200 OK" if state["well"] else "503 Service Unavailable"
        start(status, [("Content-Type", "application/json")])
        return [json.dumps(state).encode() + b"\n"]

    return answer
