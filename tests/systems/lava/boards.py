# SPDX-License-Identifier: LGPL-2.1-or-later
"""A LAVA worker whose boards are made up: the server is real, nothing is ever booted."""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import requests
import yaml

log = logging.getLogger(__name__)

PING = 0.5  # seconds


@dataclass(frozen=True)
class Fate:
    """What becomes of a job: how long it takes, and the error that ends it, if any."""

    seconds: float = 0.5
    error: str = ""


class Boards:
    """The worker `name` of the server at `url`; `fate` says what becomes of a job by its YAML.

    Use it in a `with`: while it is open, jobs run.
    """

    def __init__(
        self,
        url: str,
        name: str,
        token: str,
        version: str,
        fate: Callable[[Mapping[str, Any]], Fate],
    ) -> None:
        self._base = f"{url}/scheduler/internal/v1"
        self._name, self._token, self._version, self._fate = name, token, version, fate
        self._known: dict[int, threading.Event] = {}
        self._closing = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=64)
        self._pings = threading.Thread(target=self._ping_on, daemon=True)

    def __enter__(self) -> Self:
        self._pings.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        for cancelled in self._known.values():
            cancelled.set()
        self._pings.join()
        self._pool.shutdown(cancel_futures=True)

    def _ping_on(self) -> None:
        while not self._closing.wait(PING):
            try:
                self._ping()
            except (requests.RequestException, ValueError, KeyError) as error:
                log.warning("the server does not answer the boards: %s", error)

    def _ping(self) -> None:
        reply = self._ask("GET", f"/workers/{self._name}/", self._token, version=self._version)
        told = reply.json()
        for job in [*told.get("start", ()), *told.get("running", ())]:
            if job["id"] not in self._known:
                self._known[job["id"]] = threading.Event()
                self._pool.submit(self._run, job["id"], job["token"])
        for job in told.get("cancel", ()):
            if job["id"] in self._known:
                self._known[job["id"]].set()
            else:
                self._finish(job["id"], job["token"], "Canceled")

    def _run(self, job: int, token: str) -> None:
        try:
            told = self._ask("GET", f"/jobs/{job}/", token).json()
            fate = self._fate(yaml.safe_load(told["definition"]))
            self._ask("POST", f"/jobs/{job}/", token, state="RUNNING")
            cancelled = self._known[job].wait(fate.seconds)
            self._finish(job, token, "Canceled" if cancelled else fate.error)
        except (requests.RequestException, ValueError, KeyError) as error:
            log.warning("job %s is lost: %s", job, error)

    def _finish(self, job: int, token: str, error: str) -> None:
        result = "fail" if error else "pass"
        case = {"definition": "lava", "case": "job", "result": result}
        if error:
            case |= {"error_type": error, "error_msg": f"made up: {error}"}
        line = {"dt": datetime.now(UTC).isoformat()[:26], "lvl": "results", "msg": case}
        self._ask("POST", f"/jobs/{job}/logs/", token, lines=f"- {json.dumps(line)}", index=0)
        self._ask(
            "POST",
            f"/jobs/{job}/",
            token,
            state="FINISHED",
            result=result,
            error_type=error,
            errors="",
            description="",
        )

    def _ask(self, method: str, path: str, token: str, **fields: Any) -> requests.Response:
        reply = requests.request(
            method,
            self._base + path,
            headers={"LAVA-Token": token, "User-Agent": f"lava-worker {self._version}"},
            params=fields if method == "GET" else None,
            data=None if method == "GET" else fields,
            timeout=30,
        )
        reply.raise_for_status()
        return reply
