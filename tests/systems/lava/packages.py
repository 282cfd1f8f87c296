# SPDX-License-Identifier: LGPL-2.1-or-later
"""Debian's packages of LAVA, installed so that none of their services starts."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

PACKAGES = ("postgresql", "lava-server", "lava-dispatcher", "qemu-system-x86")

# The packages' own scripts and LAVA's commands call "python3", which has to be Debian's.
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "HOME": "/root",
}
_POLICY = Path("/usr/sbin/policy-rc.d")


class UnavailableError(Exception):
    """There can be no LAVA server on this machine; the text says why."""


def install() -> None:
    """Have the packages installed; no service of theirs is running because of it.

    Raises:
        UnavailableError: if they cannot be had here.
    """
    if os.geteuid() != 0:
        raise UnavailableError("installing and starting LAVA takes root")
    if not Path("/usr/bin/apt-get").exists():
        raise UnavailableError("LAVA is installed from Debian's packages, and there is no apt-get")
    missing = [name for name in PACKAGES if not _is_installed(name)]
    if not missing:
        return
    _apt(["update", "-qq"], check=False)
    wanted = ["install", "-qq", "--no-install-recommends", *missing]
    if _apt([*wanted, "--download-only"], check=False):
        raise UnavailableError(f"apt-get has no {', '.join(missing)}")
    ours = not _POLICY.exists()
    if ours:
        _POLICY.write_text("#!/bin/sh\nexit 101\n")
        _POLICY.chmod(0o755)
    try:
        # Where it finds no database, lava-server's script sets up none: we make our own.
        _apt(wanted, more={"PGHOST": "/nonexistent", "PGPORT": "1"})
    finally:
        if ours:
            _POLICY.unlink(missing_ok=True)


def _is_installed(name: str) -> bool:
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    return done.stdout == "installed"


def _apt(
    arguments: Sequence[str], *, check: bool = True, more: dict[str, str] | None = None
) -> int:
    done = subprocess.run(
        ["/usr/bin/apt-get", "-y", "-o", "Dpkg::Options::=--force-unsafe-io", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=ENVIRONMENT | (more or {}),
    )
    if check and done.returncode:
        raise UnavailableError(f"apt-get {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.returncode
