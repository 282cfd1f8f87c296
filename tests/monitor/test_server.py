# SPDX-License-Identifier: LGPL-2.1-or-later
"""Health and measures over HTTP."""

import socket
from collections.abc import Iterator

import pytest
import requests

from models import PlannerError
from planner.monitor.health import Health
from planner.monitor.metrics import Metrics
from planner.monitor.server import serving


@pytest.fixture
def health() -> Health:
    """Return the health of a planner whose clock stands still, until it is moved."""
    return Health(lambda: health_time[0])


health_time = [0.0]


@pytest.fixture
def url(health: Health) -> Iterator[str]:
    """Give where the planner answers."""
    health_time[0] = 0.0
    with serving("127.0.0.1:0", health, Metrics()) as port:
        yield f"http://127.0.0.1:{port}"


def test_health_is_a_status(url: str, health: Health) -> None:
    """Well is 200, unwell 503, and the body says why."""
    health.leads(1.0)
    assert requests.get(f"{url}/healthz", timeout=5).status_code == 200
    health.failed("no disk")
    health_time[0] = 1000.0
    told = requests.get(f"{url}/healthz", timeout=5)
    assert (told.status_code, told.json()["failure"]) == (503, "no disk")


def test_metrics_are_text(url: str) -> None:
    """Prometheus reads them, each with what it means."""
    told = requests.get(f"{url}/metrics", timeout=5)
    assert told.status_code == 200
    assert "# HELP kci_planner_leads 1 while this planner leads." in told.text


def test_nothing_else(url: str) -> None:
    """Other addresses are told what there is."""
    told = requests.get(f"{url}/../etc/passwd", timeout=5)
    assert (told.status_code, told.text) == (404, "there are /healthz and /metrics\n")


def test_a_client_that_says_nothing(url: str) -> None:
    """One that connects and is silent keeps nobody else from an answer."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))):
        assert requests.get(f"{url}/healthz", timeout=5).status_code == 200


@pytest.mark.parametrize("address", ["nowhere", "127.0.0.1:port", "127.0.0.1:99999", "1.2.3.4:1"])
def test_an_address_that_cannot_be(address: str, health: Health) -> None:
    """It is an error to read, before anything was planned."""
    with (
        pytest.raises(PlannerError, match=r"HOST:PORT|answer at"),
        serving(address, health, Metrics()),
    ):
        pytest.fail("nobody can answer there")
