# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a lab can take, by what it says of devices, workers and queues."""

import threading
from datetime import UTC, datetime

import pytest

from models import DeviceCapacity
from planner.runtimes import NoAccessError
from tests.runtimes.lava.conftest import Connect
from tests.runtimes.lava.double import Answer, Fault, Lab, garbage, html

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_devices_by_health(lab: Lab, connect: Connect) -> None:
    """Good and Unknown count; Bad, Maintenance, Looping and Retired do not."""
    lab.add("pi", "Good", "Unknown", "Bad", "Maintenance", "Looping", "Retired")
    capacity = connect().snapshot(NOW, {"pi"})
    assert capacity.devices is not None
    assert capacity.devices["pi"] == DeviceCapacity(devices=2)
    assert (capacity.known, capacity.taken) == (True, NOW)


def test_busy_devices_run_a_job(lab: Lab, connect: Connect) -> None:
    """A device that is reserved or running runs a job; one that is not fit does not count."""
    lab.add("pi", "Good", state="Running")
    lab.add("pi", "Good", state="Reserved")
    lab.add("pi", "Good", state="Idle")
    lab.add("pi", "Maintenance", state="Running")
    devices = connect().snapshot(NOW, ()).devices
    assert devices is not None
    assert devices["pi"] == DeviceCapacity(devices=3, running=2)


@pytest.mark.parametrize(
    ("state", "health"), [("Offline", "Active"), ("Online", "Maintenance"), ("Online", "Retired")]
)
def test_devices_of_a_worker_that_is_away(
    lab: Lab, connect: Connect, state: str, health: str
) -> None:
    """They still read Good and Idle, and get no jobs."""
    lab.workers.append({"hostname": "away", "state": state, "health": health})
    lab.add("pi", "Good", worker="away")
    devices = connect().snapshot(NOW, {"pi"}).devices
    assert devices is not None
    assert devices["pi"].devices == 0


def test_queues(lab: Lab, connect: Connect) -> None:
    """Jobs that wait count for the type that they ask for."""
    lab.add("pi", "Good")
    for kind in ("rock", "rock", "pi"):
        lab.put(f"{{job_name: x, device_type: {kind}}}")
    lab.start(1)
    devices = connect().snapshot(NOW, {"rock", "pi"}).devices
    assert devices is not None
    assert {kind: device.queue for kind, device in devices.items()} == {"rock": 1, "pi": 1}


def test_requests(lab: Lab, connect: Connect) -> None:
    """Two, and one for each needed type that has a device that is fit."""
    lab.add("pi", "Good")
    lab.add("broken", "Bad")
    connect().snapshot(NOW, {"rock", "broken", "unheard-of"})
    assert lab.counts() == {"GET devices/": 1, "GET workers/": 1, "GET jobs/": 1}


def test_more_devices_than_a_page(lab: Lab, connect: Connect) -> None:
    """A lab that gives fewer items at a time than it is asked for is asked on."""
    lab.page = 3
    lab.add("pi", *["Good"] * 10)
    devices = connect().snapshot(NOW, ()).devices
    assert devices is not None
    assert devices["pi"].devices == 10


def test_a_type_that_is_not_for_us_has_no_queue(lab: Lab, connect: Connect) -> None:
    """A 400 to the question for a queue is an answer."""
    lab.faults["GET jobs/"] = lambda _: Answer(400, {"requested_device_type": ["no choice"]})
    devices = connect().snapshot(NOW, {"rock"}).devices
    assert devices is not None
    assert devices["rock"] == DeviceCapacity(devices=2)


def test_a_lab_that_tells_nobody_of_its_queues(lab: Lab, connect: Connect) -> None:
    """Where the configuration wants no limit anyway, a 403 to that question is an answer."""
    lab.faults["GET jobs/"] = lambda _: Answer(403, {"detail": "You do not have permission"})
    devices = connect(disable_queue_limit=True).snapshot(NOW, {"rock"}).devices
    assert devices is not None
    assert devices["rock"] == DeviceCapacity(devices=2)
    with pytest.raises(OSError, match="403: You do not have permission"):
        connect().snapshot(NOW, {"rock"})


def test_a_lab_that_tells_nobody_of_its_workers(lab: Lab, connect: Connect) -> None:
    """Then all of its devices count as they say themselves."""
    lab.faults["GET workers/"] = lambda _: Answer(403, {"detail": "You do not have permission"})
    devices = connect().snapshot(NOW, ()).devices
    assert devices is not None
    assert devices["rock"].devices == 2


@pytest.mark.parametrize("path", ["GET devices/", "GET workers/", "GET jobs/"])
@pytest.mark.parametrize(
    "fault",
    [
        html,
        garbage,
        lambda _: Answer(200, ["list"]),
        lambda _: Answer(200, {"results": [1], "count": "x"}),
        lambda _: Answer(301, ""),
        lambda _: None,
    ],
)
def test_answers_of_no_use(lab: Lab, connect: Connect, path: str, fault: Fault) -> None:
    """Errors, pages, garbage, redirections and hung up connections are one kind of error."""
    lab.faults[path] = fault
    with pytest.raises(OSError, match=path.removeprefix("GET ")) as error:
        connect().snapshot(NOW, {"rock"})
    assert not isinstance(error.value, NoAccessError)


def test_a_wrong_token(connect: Connect) -> None:
    """It is said what is wrong and where the token is set, and never the token itself."""
    with pytest.raises(NoAccessError, match=r"Invalid token.*runtime\.lab") as error:
        connect("wr0ng-secret").snapshot(NOW, {"rock"})
    assert "wr0ng-secret" not in repr(error.value)


def test_a_lab_that_hangs(lab: Lab, connect: Connect) -> None:
    """It is silent after the patience that one has with it."""
    lab.hanging = threading.Event()
    with pytest.raises(TimeoutError, match="no answer in"):
        connect(patience=0.2).snapshot(NOW, {"rock"})
