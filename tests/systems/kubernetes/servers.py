# SPDX-License-Identifier: LGPL-2.1-or-later
"""Kubernetes control planes on this machine, one for each context, all on the loopback device.

One etcd holds them all, each under a prefix of its own. There are no machines behind them: the
tests make nodes, and `kubelet` says what becomes of their pods.
"""

import contextlib
import json
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START = 90.0  # seconds in which a server has to be ready
NAMESPACE = "jobs"
# Who may what is said by tests; the first is of the group that may all.
TOKENS = {"admin": "token-of-admin", "planner": "token-of-planner", "viewer": "token-of-viewer"}
WRONG = "token-that-nobody-has"

_CONTROLLERS = "job,nodelifecycle,resourcequota,garbagecollector,namespace,podgc,ttl-after-finished"


@dataclass
class ControlPlanes:
    """What runs: an etcd, and an API server with controllers and scheduler for each context."""

    binaries: Path
    root: Path
    contexts: tuple[str, ...]
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig: a context of each name for the planner, and NAME-USER for others."""
        return self.root / "kubeconfig"

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        key = self.root / "accounts.key"
        command = ["openssl", "genrsa", "-out", str(key), "2048"]
        subprocess.run(command, check=True, capture_output=True)
        lines = [f'{token},{user},{user},"{user}s"\n' for user, token in TOKENS.items()]
        lines[0] = f'{TOKENS["admin"]},admin,admin,"system:masters"\n'
        (self.root / "tokens.csv").write_text("".join(lines))
        self.ports = dict(
            zip(("etcd", "peers", *self.contexts), free_ports(2 + len(self.contexts)), strict=True)
        )
        etcd, peers = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "peers"))
        self._spawn(
            "etcd",
            f"--data-dir={self.root / 'etcd'}",
            "--unsafe-no-fsync",
            f"--listen-client-urls={etcd}",
            f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peers}",
            f"--initial-advertise-peer-urls={peers}",
            f"--initial-cluster=default={peers}",
        )
        for context in self.contexts:
            self.start_api(context)
        for context in self.contexts:
            self.wait_for_api(context)
        self._write_kubeconfig()
        for context in self.contexts:
            for name, more in (
                (
                    "kube-controller-manager",
                    [f"--controllers={_CONTROLLERS}", "--node-monitor-grace-period=8760h"],
                ),
                ("kube-scheduler", []),
            ):
                (port,) = free_ports(1)
                self._spawn(
                    name,
                    f"--kubeconfig={self._write_login(context)}",
                    "--leader-elect=false",
                    "--bind-address=127.0.0.1",
                    "--port=0",
                    f"--secure-port={port}",
                    f"--cert-dir={self.root / f'{name}-{context}'}",
                    *more,
                    of=context,
                )

    def start_api(self, context: str) -> None:
        """Start the API server of a context, on its port."""
        self._spawn(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{self.ports['etcd']}",
            f"--etcd-prefix=/{context}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={self.ports[context]}",
            "--insecure-port=0",
            f"--cert-dir={self.root / context}",
            "--endpoint-reconciler-type=none",
            "--service-cluster-ip-range=10.0.0.0/24",
            "--authorization-mode=RBAC",
            f"--token-auth-file={self.root / 'tokens.csv'}",
            "--disable-admission-plugins=ServiceAccount",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={self.root / 'accounts.key'}",
            f"--service-account-key-file={self.root / 'accounts.key'}",
            "--kubelet-preferred-address-types=InternalIP",
            "--profiling=false",
            of=context,
        )

    def kill_api(self, context: str) -> None:
        """Kill the API server of a context as a power cut would."""
        process = self.processes.pop(f"kube-apiserver-{context}")
        process.kill()
        process.wait()

    def wait_for_api(self, context: str) -> None:
        """Wait until the API server of a context is ready."""
        name = f"kube-apiserver-{context}"
        url = f"https://127.0.0.1:{self.ports[context]}/readyz"
        headers = {"Authorization": f"Bearer {TOKENS['admin']}"}
        end = time.monotonic() + START
        while time.monotonic() < end:
            if self.processes[name].poll() is not None:
                break
            with contextlib.suppress(OSError):
                trust = ssl.create_default_context(cafile=str(self._certificate(context)))
                request = urllib.request.Request(url, headers=headers)
                opener = urllib.request.build_opener(
                    urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust)
                )
                with opener.open(request, timeout=5) as answer:
                    if answer.read() == b"ok":
                        return
            time.sleep(0.2)
        raise RuntimeError(f"{name} is not ready: {self._log(name)}")

    def stop(self) -> None:
        """End everything that was started, the database last."""
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in reversed(self.processes.values()):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def _spawn(self, name: str, *arguments: str, of: str = "") -> None:
        key = f"{name}-{of}" if of else name
        with (self.root / f"{key}.log").open("ab") as log:
            self.processes[key] = subprocess.Popen(
                [str(self.binaries / name), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt is for pytest, which stops it
            )

    def _certificate(self, context: str) -> Path:
        """Return the certificate that the server made for itself, with the one who signed it."""
        return self.root / context / "apiserver.crt"

    def _log(self, name: str) -> str:
        return (self.root / f"{name}.log").read_text("utf-8", "replace")[-2000:]

    def _write_kubeconfig(self) -> None:
        tokens = {**TOKENS, "wrong": WRONG}
        contexts = [(context, context, "planner") for context in self.contexts]
        contexts += [(f"{c}-{user}", c, user) for c in self.contexts for user in tokens]
        self._write(self.kubeconfig, tokens, contexts)

    def _write_login(self, context: str) -> Path:
        path = self.root / f"login-{context}"
        self._write(path, {"admin": TOKENS["admin"]}, [(context, context, "admin")])
        return path

    def _write(
        self, path: Path, tokens: dict[str, str], contexts: list[tuple[str, str, str]]
    ) -> None:
        """Write a kubeconfig; JSON is YAML."""
        content: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": context,
                    "cluster": {
                        "server": f"https://127.0.0.1:{self.ports[context]}",
                        "certificate-authority": str(self._certificate(context)),
                    },
                }
                for context in self.contexts
            ],
            "users": [{"name": user, "user": {"token": token}} for user, token in tokens.items()],
            "contexts": [
                {"name": name, "context": {"cluster": of, "user": user, "namespace": NAMESPACE}}
                for name, of, user in contexts
            ],
            "current-context": contexts[0][0],
        }
        path.write_text(json.dumps(content))


@contextlib.contextmanager
def control_planes(binaries: Path, root: Path, *contexts: str) -> Iterator[ControlPlanes]:
    """Start control planes, and stop them whatever happens."""
    planes = ControlPlanes(binaries, root, contexts)
    try:
        planes.start()
        yield planes
    finally:
        planes.stop()


def free_ports(number: int) -> list[int]:
    """Return ports of the loopback device that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
