# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Podman of the tests' own: its storage is in a scratch folder, its API on the loopback device.

python -m tests.systems.containers.podman     # installs what is missing, where that can be
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

PACKAGES = ("podman", "runc", "busybox-static")
BUSYBOX = Path("/bin/busybox")
IMAGE = "localhost/busybox:tests"
START = 30.0  # seconds in which the service has to listen

_APPLETS = ("sh", "cat", "echo", "env", "false", "id", "ls", "sleep", "true")
# No systemd here, and the ulimits of a machine's own defaults may be more than it allows.
_CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
netns = "host"
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


class CannotRunError(Exception):
    """There can be no Podman here; the text says why."""


def install() -> None:
    """Install what is missing, if this is root on a Debian.

    Raises:
        CannotRunError: if it is missing and cannot be installed.
    """
    if not _missing():
        return
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        raise CannotRunError(f"{', '.join(_missing())}: not there, and only root installs them")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(
            [apt, "-qq", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotRunError(f"apt-get {command[0]}: {done.stderr.strip()[-500:]}")
    if _missing():
        raise CannotRunError(f"{', '.join(_missing())}: not there, though installed")


@dataclass
class Podman:
    """A service that can be killed and started again."""

    root: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the Docker API is."""
        return f"tcp://127.0.0.1:{self.port}"

    def import_image(self) -> None:
        """Make an image out of busybox."""
        archive = self.root / "busybox.tar"
        with tarfile.open(archive, "w") as tar:
            tar.add(BUSYBOX, "bin/busybox")
            for applet in _APPLETS:
                link = tarfile.TarInfo(f"bin/{applet}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
            for folder in ("tmp", "etc"):
                made = tarfile.TarInfo(folder)
                made.type, made.mode = tarfile.DIRTYPE, 0o777
                tar.addfile(made)
        self._run("import", str(archive), IMAGE)

    def start(self) -> None:
        """Start the service and wait until it listens."""
        with (self.root / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self._command, "system", "service", "--time=0", self.url],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt is for pytest, which stops it
            )
        end = time.monotonic() + START
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.1)
        raise CannotRunError((self.root / "service.log").read_text("utf-8", "replace")[-500:])

    def kill(self) -> None:
        """Kill the service as a power cut would; containers go on."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End the service, and all containers with their storage."""
        self.kill()
        with contextlib.suppress(CannotRunError):
            self._run("rm", "--all", "--force", "--time=0")
            self._run("rmi", "--all", "--force")

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [*self._command, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotRunError(f"podman {arguments[0]}: {done.stderr.strip()[-500:]}")

    @property
    def _command(self) -> list[str]:
        storage = ["--root", str(self.root / "storage"), "--runroot", str(self.root / "state")]
        return ["podman", *storage, "--storage-driver=vfs"]

    @property
    def _environment(self) -> dict[str, str]:
        configuration = self.root / "containers.conf"
        configuration.write_text(_CONFIGURATION)
        return os.environ | {"CONTAINERS_CONF": str(configuration)}


@contextlib.contextmanager
def running(root: Path) -> Iterator[Podman]:
    """Give a Podman with an image, and stop it whatever happens.

    Raises:
        CannotRunError: if it cannot be had here.
    """
    if _missing():
        raise CannotRunError(f"{', '.join(_missing())}: not there")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        podman = Podman(root, free.getsockname()[1])
    try:
        podman.import_image()
        podman.start()
        yield podman
    finally:
        podman.stop()


def _missing() -> list[str]:
    found = {"podman": shutil.which("podman"), "runc": shutil.which("runc")}
    missing = [name for name, path in found.items() if path is None]
    return missing + ([] if BUSYBOX.exists() else ["busybox-static"])


if __name__ == "__main__":
    try:
        install()
    except CannotRunError as error:
        click.echo(f"There can be no Podman here, and its tests skip: {error}", err=True)
