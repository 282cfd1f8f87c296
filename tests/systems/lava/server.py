# SPDX-License-Identifier: LGPL-2.1-or-later
"""A LAVA server of Debian's packages on loopback, without systemd, gone when it is stopped."""

import contextlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import requests

from tests.systems.lava.packages import ENVIRONMENT, UnavailableError, install

USER = "lavaserver"
CLUSTER = "kciplanner"
SETTINGS = Path("/etc/lava-server/settings.d/90-kci-planner.yaml")
DEVICES = Path("/etc/lava-server/dispatcher-config/devices")
TEMPLATES = Path("/etc/lava-server/dispatcher-config/device-types")
SCHEDULER = Path(__file__).with_name("scheduler.py")
SEED = Path(__file__).with_name("seed.py")
POLL_S = 2.0  # between two looks of LAVA's scheduler, where 20 are usual
PATIENCE = 60.0  # seconds for anything to come up


@dataclass
class Server:
    """A server with everything in `folder`; `users` have the tokens that they are named with.

    Names of device types that are ours begin with `kci-`.

    Use it in a `with`: what was started is stopped, and the database dropped, however it ends.
    """

    folder: Path
    users: Mapping[str, str]
    types: Mapping[str, Mapping[str, Any]]
    workers: Sequence[str]
    port: int = 0
    url: str = ""
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _logs: list[IO[bytes]] = field(default_factory=list)
    _ports: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        install()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def worker_token(self, name: str) -> str:
        """Return the token by which a worker is known to the server."""
        return (self.folder / f"{name}.token").read_text()

    def run_dispatcher(self, name: str) -> None:
        """Start LAVA's own worker, which really runs jobs."""
        self._spawn(
            name,
            "lava-worker",
            name=name,
            url=self.url,
            token=self.worker_token(name),
            ws_url=f"http://127.0.0.1:{self._ports['websocket']}/ws/",
            worker_dir=self.folder / name,
            log_file=self.folder / f"{name}.log",
            ping_interval=2,
        )

    def stop(self) -> None:
        """Stop all that was started, and leave nothing behind but the installed packages."""
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in self._logs:
            log.close()
        self._processes.clear()
        version = _postgresql()
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(["pg_dropcluster", "--stop", version, CLUSTER])
        SETTINGS.unlink(missing_ok=True)
        for folder in (DEVICES, TEMPLATES):
            for path in folder.glob("kci-*.jinja2"):
                path.unlink()

    def _start(self) -> None:
        if SETTINGS.exists():
            raise UnavailableError(f"{SETTINGS} is there: another test is using this LAVA")
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(self.folder, USER, USER)
        names = ("database", "events", "websocket", "web")
        self._ports = dict(zip(names, _free_ports(len(names)), strict=True))
        self.port = self._ports["web"]
        self.url = f"http://127.0.0.1:{self.port}"
        self._make_database()
        self._write_settings()
        _run(["lava-server", "manage", "migrate", "--noinput"], user=USER)
        self._seed()
        self._spawn(
            "publisher",
            "lava-server",
            "manage",
            "lava-publisher",
            user=USER,
            host="127.0.0.1",
            port=self._ports["websocket"],
        )
        events = f"tcp://127.0.0.1:{self._ports['events']}"
        self._spawn("scheduler", "/usr/bin/python3", str(SCHEDULER), events, str(POLL_S), user=USER)
        self._spawn(
            "web",
            "/usr/bin/gunicorn3",
            "lava_server.wsgi",
            user=USER,
            worker_class="eventlet",
            workers=2,
            bind=f"127.0.0.1:{self.port}",
        )
        self._wait_for_web()

    def _make_database(self) -> None:
        version, port = _postgresql(), str(self._ports["database"])
        with contextlib.suppress(subprocess.CalledProcessError):
            _run(["pg_dropcluster", "--stop", version, CLUSTER])
        _run(
            ["pg_createcluster", "--locale", "C.UTF-8", "-e", "UTF8", "-p", port, version, CLUSTER]
        )
        own = Path(f"/etc/postgresql/{version}/{CLUSTER}/conf.d/test.conf")
        own.write_text(
            "listen_addresses = '127.0.0.1'\nfsync = off\nsynchronous_commit = off\n"
            "full_page_writes = off\n"
        )
        _run(["pg_ctlcluster", "--skip-systemctl-redirect", version, CLUSTER, "start"])
        for statement in (
            f"create role {USER} login password '{USER}'",
            f"create database {USER} owner {USER} encoding 'UTF8' template template0",
        ):
            _run(
                ["psql", "-q", "-h", "/run/postgresql", "-p", port, "-c", statement],
                user="postgres",
            )

    def _write_settings(self) -> None:
        SETTINGS.write_text(
            f"""\
DATABASES:
  default: {{ENGINE: django.db.backends.postgresql, NAME: {USER}, USER: {USER},
            PASSWORD: {USER}, HOST: 127.0.0.1, PORT: {self._ports["database"]}}}
EVENT_NOTIFICATION: true
EVENT_SOCKET: tcp://127.0.0.1:{self._ports["events"]}
INTERNAL_EVENT_SOCKET: ipc://{self.folder}/events
SESSION_COOKIE_SECURE: false
CSRF_COOKIE_SECURE: false
HTTPS_XML_RPC: false
MEDIA_ROOT: {self.folder}/media
"""
        )
        SETTINGS.chmod(0o644)

    def _seed(self) -> None:
        wanted = {
            "users": dict(self.users),
            "workers": {name: str(self.folder / f"{name}.token") for name in self.workers},
            "types": {name: dict(kind) for name, kind in self.types.items()},
        }
        _run(
            ["/usr/bin/python3", str(SEED)],
            user=USER,
            more={"DJANGO_SETTINGS_MODULE": "lava_server.settings.prod"},
            told=json.dumps(wanted),
        )

    def _wait_for_web(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(requests.RequestException):
                if requests.get(f"{self.url}/api/v0.2/system/version/", timeout=5).ok:
                    return
            if time.monotonic() > end:
                raise UnavailableError(f"LAVA does not come up; see {self.folder}")
            time.sleep(0.1)

    def _spawn(self, log: str, *words: str, user: str | None = None, **options: object) -> None:
        """Start a daemon with `--options`; what it says goes to a file in the folder."""
        told = [text for key, value in options.items() for text in (_option(key), str(value))]
        file = (self.folder / f"{log}.out").open("ab")
        self._logs.append(file)
        self._processes.append(
            subprocess.Popen(
                [*words, *told],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                env=ENVIRONMENT | {"DJANGO_SETTINGS_MODULE": "lava_server.settings.prod"},
                user=user,
                group=user,
                extra_groups=_groups(user),
            )
        )


def _option(key: str) -> str:
    return f"--{key.replace('_', '-')}"


def _run(
    command: list[str],
    *,
    user: str | None = None,
    more: Mapping[str, str] | None = None,
    told: str | None = None,
) -> None:
    done = subprocess.run(
        command,
        cwd="/",
        input=told,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT | dict(more or {}),
        user=user,
        group=user,
        extra_groups=_groups(user),
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-1000:] + done.stderr[-3000:])
        done.check_returncode()


def _groups(user: str | None) -> list[int] | None:
    if user is None:
        return None
    entry = pwd.getpwnam(user)
    return os.getgrouplist(user, entry.pw_gid)


def _postgresql() -> str:
    return max((path.name for path in Path("/usr/lib/postgresql").iterdir()), key=int)


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
