# SPDX-License-Identifier: LGPL-2.1-or-later
"""A lab on a real socket that answers as LAVA's REST v0.2 was seen to answer.

Among that: an unknown device type in a filter is a 400, a wrong token a 403 to everything, no
token or one of another kind is nobody's GET, a cancel is a GET, lists are in no order unless one
is asked for, and some failures are pages of HTML.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import yaml

TOKEN = "right-token"  # noqa: S105 - no secret of anybody
HTML = "<!DOCTYPE html>\n<html lang='en-us'><head><title> | HTTP 500 </title></head></html>"
JSON = "application/json"


@dataclass
class Answer:
    """What the lab says; `before` and `after` are done around saying it."""

    status: int
    body: Any
    kind: str = JSON


# What goes wrong with a request: given the right answer, what is said instead. None: nothing ever.
Fault = Callable[[Callable[[], Answer]], Answer | None]


def html(_: Callable[[], Answer]) -> Answer:
    """Fail with a page of HTML, and do nothing."""
    return Answer(500, HTML, "text/html")


def html_after(act: Callable[[], Answer]) -> Answer:
    """Do what is asked, and then fail."""
    act()
    return Answer(500, HTML, "text/html")


def garbage(_: Callable[[], Answer]) -> Answer:
    """Say what is no JSON at all."""
    return Answer(200, '{"count": 3, "resu', JSON)


def always(answer: Answer) -> Fault:
    """Say that, whatever is asked, and do nothing."""
    return lambda _: answer


def closed(_: Callable[[], Answer]) -> None:
    """Hang up, and do nothing."""


def closed_after(act: Callable[[], Answer]) -> None:
    """Do what is asked, and hang up."""
    act()


@dataclass
class Lab:
    """The lab: `devices` and `workers` are records, `jobs` what was sent; `asked` was asked.

    `sought` counts the looks for jobs by their description; `clock` is the lab's.
    """

    devices: list[dict[str, Any]] = field(default_factory=list)
    workers: list[dict[str, Any]] = field(default_factory=list)
    jobs: dict[int, dict[str, Any]] = field(default_factory=dict)
    tests: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sought: int = 0
    faults: dict[str, Fault] = field(default_factory=dict)
    hanging: threading.Event | None = None
    user: str = "planner"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    page: int | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"told": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.hanging is not None:
            self.hanging.set()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def add(self, kind: str, *healths: str, state: str = "Idle", worker: str = "w") -> None:
        """Have devices of a type, one of each health, on a worker that is online."""
        if not any(known["hostname"] == worker for known in self.workers):
            self.workers.append({"hostname": worker, "state": "Online", "health": "Active"})
        for health in healths:
            device = {"hostname": f"{kind}-{len(self.devices)}", "device_type": kind}
            device |= {"state": state, "health": health, "worker_host": worker}
            self.devices.append(device)

    def counts(self) -> Counter[str]:
        """Count what was asked, by method and what comes after the version."""
        return Counter(self.asked)

    def put(self, definition: str) -> Answer:
        """Take a job, as far as LAVA would."""
        try:
            job = yaml.safe_load(definition)
        except yaml.YAMLError as error:
            return _bad(f"Problem with submitted job data: Loading job submission failed: {error}")
        if not isinstance(job, dict) or "job_name" not in job:
            return _bad("Problem with submitted job data: extra keys not allowed")
        kind = job["device_type"]
        if all(device["device_type"] != kind for device in self.devices):
            return _bad(f"Devices unavailable: Device type '{kind}' is unavailable.")
        with self.lock:
            number = next(self.numbers)
            self.jobs[number] = {
                "id": number,
                "submitter": self.user,
                "description": job["job_name"],
                "requested_device_type": kind,
                "actual_device": None,
                "submit_time": self.now(),
                "start_time": None,
                "end_time": None,
                "state": "Submitted",
                "health": "Unknown",
                "priority": job.get("priority", 50),
                "definition": definition,
            }
        return Answer(201, {"message": "job(s) successfully submitted", "job_ids": [number]})

    def now(self) -> str:
        """Return the time, never the same twice, so that what was later is later."""
        time.sleep(0.000002)
        return self.clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def start(self, number: int) -> None:
        """Have a job run."""
        job = self.jobs[number]
        job |= {"state": "Running", "actual_device": "board", "start_time": self.now()}

    def end(self, number: int, health: str, error: str | None = None) -> None:
        """Have a job be over, and say why if it did not come to its end."""
        self.jobs[number] |= {"state": "Finished", "health": health, "end_time": self.now()}
        told = f"case: job\nerror_type: {error}\nerror_msg: the board\n  burnt\n" if error else ""
        self.tests[number] = [
            {"name": "validate", "metadata": "case: validate\n"},
            {"name": "job", "metadata": told or "case: job\n"},
        ]


class _Handler(BaseHTTPRequestHandler):
    told: Lab
    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: two would wait for each other.
    wbufsize = -1

    def do_GET(self) -> None:
        self._serve("GET", b"")

    def do_POST(self) -> None:
        self._serve("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self, method: str, body: bytes) -> None:
        parts = urlsplit(self.path)
        path = parts.path.removeprefix("/api/v0.2/")
        asked = dict(parse_qsl(parts.query))
        with self.told.lock:
            self.told.asked.append(f"{method} {path}")

        def act() -> Answer:
            return self._answer(method, path, asked, body)

        if self.told.hanging is not None:
            self.told.hanging.wait(60)
        fault = self.told.faults.get(f"{method} {path}") or self.told.faults.get(method)
        answer = fault(act) if fault else act()
        if answer is None:
            self.close_connection = True
            return
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        data = text.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _answer(self, method: str, path: str, asked: Mapping[str, str], body: bytes) -> Answer:
        user = self._user()
        if user is None:
            return Answer(403, {"detail": "Invalid token."})
        if method == "POST":
            if not user:
                text = "Authentication credentials were not provided."
                return Answer(403, {"detail": text})
            return self.told.put(json.loads(body)["definition"])
        match path.strip("/").split("/"):
            case ["system", "whoami"]:
                return Answer(200, {"user": user})
            case ["system", "version"]:
                return Answer(200, {"version": "2023.01"})
            case ["devices"]:
                seen = [d for d in self.told.devices if d["health"] != "Retired"]
                return self._page(seen, asked)
            case ["workers"]:
                return self._page(self.told.workers, asked)
            case ["jobs"]:
                return self._jobs(asked)
            case ["jobs", number, *what] if int(number) in self.told.jobs:
                return self._job(int(number), what, user)
            case ["jobs", _, "cancel"]:
                return Answer(500, HTML, "text/html")
        return Answer(404, {"detail": "Not found."})

    def _user(self) -> str | None:
        """Return whose token it is: nobody's ("") without one, None if there is none such."""
        kind, _, token = self.headers.get("Authorization", "").partition(" ")
        if kind != "Token":
            return ""
        return self.told.user if token == TOKEN else None

    def _job(self, number: int, what: list[str], user: str) -> Answer:
        job = self.told.jobs[number]
        if what == ["tests"]:
            tests = self.told.tests.get(number, [])
            return Answer(200, {"count": len(tests), "next": None, "results": tests})
        if what == ["cancel"]:
            if user != job["submitter"]:
                text = "You do not have permission to perform this action."
                return Answer(403, {"detail": text})
            if job["state"] == "Submitted":
                now = self.told.now()
                job |= {"state": "Finished", "health": "Canceled"}
                job |= {"start_time": now, "end_time": now}
            elif job["state"] == "Running":
                job["state"] = "Canceling"
            return Answer(200, {"message": "Job cancel signal sent."})
        return Answer(200, job)

    def _jobs(self, asked: Mapping[str, str]) -> Answer:
        jobs = [self.told.jobs[number] for number in sorted(self.told.jobs, reverse=True)]
        kind = asked.get("requested_device_type")
        if kind is not None:
            if all(device["device_type"] != kind for device in self.told.devices):
                text = "Select a valid choice. That choice is not one of the available choices."
                return Answer(400, {"requested_device_type": [text]})
            jobs = [job for job in jobs if job["requested_device_type"] == kind]
        if "state" in asked:
            if asked["state"] not in ("Submitted", "Scheduled", "Running", "Finished"):
                return Answer(500, HTML, "text/html")
            jobs = [job for job in jobs if job["state"] == asked["state"]]
        if "id__in" in asked:
            wanted = {int(number) for number in asked["id__in"].split(",")}
            jobs = [job for job in jobs if job["id"] in wanted]
        if "id__gt" in asked:
            jobs = [job for job in jobs if job["id"] > int(asked["id__gt"])]
        if "description__icontains" in asked:
            self.told.sought += 1
            text = asked["description__icontains"].lower()
            jobs = [job for job in jobs if text in job["description"].lower()]
        if "submit_time__gt" in asked:
            jobs = [job for job in jobs if job["submit_time"] > asked["submit_time__gt"]]
        if asked.get("ordering") == "id":
            jobs.sort(key=lambda job: int(job["id"]))
        return self._page(jobs, asked)

    def _page(self, items: list[dict[str, Any]], asked: Mapping[str, str]) -> Answer:
        start, limit = int(asked.get("offset", 0)), int(asked.get("limit", 50))
        limit = min(limit, self.told.page or limit)
        following = f"http://elsewhere/?offset={start + limit}"
        more = following if start + limit < len(items) else None
        page = items[start : start + limit]
        return Answer(200, {"count": len(items), "next": more, "results": page})


def _bad(text: str) -> Answer:
    return Answer(400, {"message": text})
