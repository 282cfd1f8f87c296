# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real LAVA server, for all tests here: many boards that are made up, and a real emulator."""

import os
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.systems.lava.boards import Boards, Fate
from tests.systems.lava.packages import UnavailableError
from tests.systems.lava.server import Server

TOKEN = "planner" + "0" * 57
TYPES = [f"kci-board-{number:02d}" for number in range(12)]
AWAY = "kci-board-away"
# Boards that the simulator is compared with: a job says for how long it has one.
SIMULATED = "kci-board-simulated"
# Boards hold their first jobs until all are sent, so that the others really queue.
RELEASED = threading.Event()
BOARD = """\
{% extends 'TYPE.jinja2' %}
{% set connection_command = '/bin/cat' %}
{% set power_on_command = '/bin/true' %}
{% set power_off_command = '/bin/true' %}
{% set hard_reset_command = '/bin/true' %}
{% set soft_reboot_command = '/bin/true' %}
"""
QEMU = """\
{% extends 'qemu.jinja2' %}
{% set arch = 'amd64' %}
{% set memory = 256 %}
{% set netdevice = 'user' %}
{% set no_kvm = True %}
"""


def fate(definition: Mapping[str, Any]) -> Fate:
    """Return what becomes of a job on a board that is made up."""
    told = definition.get("metadata") or {}
    if "seconds" in told:
        return Fate(float(told["seconds"]))
    RELEASED.wait(300)
    wanted = told.get("wanted")
    return Fate(0.5, "Infrastructure" if wanted == "spoiled" else "")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Yield a server with boards of many types, some away, and an emulator."""
    if not os.environ.get("KCI_TEST_LAVA"):
        pytest.skip("needs a LAVA server: make test-lava")
    folder = Path("/var/tmp/kci-planner-lava")  # noqa: S108 - LAVA's user has to reach it
    shutil.rmtree(folder, ignore_errors=True)
    types: dict[str, dict[str, Any]] = {
        name: {"worker": "boards", "dictionary": BOARD, "health": ["GOOD"] * 3 + ["MAINTENANCE"]}
        for name in TYPES
    }
    types[AWAY] = {"worker": "boards", "dictionary": BOARD, "health": ["MAINTENANCE", "BAD"]}
    types[SIMULATED] = {"worker": "boards", "dictionary": BOARD, "health": ["GOOD"] * 2}
    types["qemu"] = {"worker": "emulator", "dictionary": QEMU, "health": ["GOOD"]}
    try:
        begun = time.monotonic()
        with Server(folder, {"planner": TOKEN}, types, ["boards", "emulator"]) as made:
            print(f"LAVA is up after {time.monotonic() - begun:.0f} s")  # noqa: T201 - a measure
            made.run_dispatcher("emulator")
            version = requests.get(f"{made.url}/api/v0.2/system/version/", timeout=9).json()
            token = made.worker_token("boards")
            with Boards(made.url, "boards", token, version["version"], fate):
                _wait_for_workers(made.url)
                yield made
                RELEASED.set()
    except UnavailableError as error:
        pytest.skip(str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_workers(url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        told = requests.get(f"{url}/api/v0.2/workers/", timeout=9).json()["results"]
        if sum(worker["state"] == "Online" for worker in told) == 2:
            return
        time.sleep(0.5)
    raise AssertionError("the workers do not come online")
