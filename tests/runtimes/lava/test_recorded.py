# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a real lab was recorded to answer, fed to our client reply by reply.

The recordings are read where they lie; where there are none, these tests are skipped.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from models import DeviceCapacity, Dispatch, PlannerError, RunState, Sent
from planner.runtimes import NoAccessError, NotSentError
from planner.runtimes.lava.outcomes import error_of, outcome
from tests.conftest import ROOT
from tests.runtimes.lava.conftest import Connect
from tests.runtimes.lava.double import Answer, Lab, always

SAMPLES = ROOT.parent / "shared" / "lava" / "samples"
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
HTML = "text/html"

# Statuses that `timings.txt` does not have.
_STATUSES = {
    "cancel_404": 500,
    "cancel_notoken": 403,
    "cancel_other": 403,
    "cancel_post": 405,
    "job_404": 404,
    "job_delete": 403,
    "resubmit": 400,
    "submit_empty": 400,
    "submit_notjson": 400,
    "submit_form": 201,
}


@dataclass(frozen=True)
class Recorded:
    """The replies of a real lab, by name."""

    folder: Path

    def answer(self, name: str) -> Answer:
        """Return a reply as it went over the wire."""
        text = (self.folder / f"{name}.body").read_text(errors="replace")
        kind = HTML if text.lstrip().startswith("<") else "application/json"
        return Answer(self.statuses().get(name, _STATUSES.get(name, 200)), text, kind)

    def json(self, name: str) -> Any:
        """Return what a reply says."""
        return json.loads((self.folder / f"{name}.body").read_text())

    def statuses(self) -> dict[str, int]:
        """Return the statuses that were written down beside the replies."""
        lines = (self.folder / "timings.txt").read_text().split("\n")
        return {parts[0]: int(parts[1]) for parts in map(str.split, lines) if len(parts) > 1}


@pytest.fixture
def recorded() -> Recorded:
    """Return the recordings."""
    if not SAMPLES.is_dir():
        pytest.skip(f"no recorded replies of a LAVA lab at {SAMPLES}")
    return Recorded(SAMPLES)


def names() -> list[str]:
    """Return the names of all replies; one that there is not, where there are none."""
    return sorted(path.stem for path in SAMPLES.glob("*.body")) or ["none"]


def replay(lab: Lab, recorded: Recorded, **replies: str) -> None:
    """Have the lab answer with recordings, by the first word of what is asked."""
    for asked, name in replies.items():
        method = "POST" if name.startswith("submit") else "GET"
        lab.faults[f"{method} {asked}/"] = always(recorded.answer(name))


def sent(job: int, run: str = "ab12-0") -> Sent:
    """Return a run that the lab has as that job."""
    return Sent(run=run, runtime="lab", job_id=str(job), device_type="qemu")


def test_devices_and_queue(recorded: Recorded, lab: Lab, connect: Connect) -> None:
    """Of 38 devices those in Maintenance and Bad do not count, the one in Unknown does."""
    replay(lab, recorded, devices="devices_all", workers="workers", jobs="jobs_submitted")
    told = connect().snapshot(NOW, ["beaglebone-black"]).devices
    assert told is not None
    assert told["beaglebone-black"] == DeviceCapacity(devices=6, queue=6)
    assert told["meson-g12b-a311d-khadas-vim3"].devices == 4
    assert told["rk3399-gru-kevin"].devices == 3
    assert told["mt8192-asurada-spherion-r0"].devices == 2
    assert sum(device.devices for device in told.values()) == 36
    assert sum(device.running for device in told.values()) == 0


def test_devices_of_a_worker_that_went_away(recorded: Recorded, lab: Lab, connect: Connect) -> None:
    """They still read Good, and nothing runs on them."""
    replay(lab, recorded, devices="devices_all", workers="workers", jobs="jobs_empty")
    workers = recorded.json("workers")
    for worker in workers["results"]:
        if worker["hostname"] == "fakelab":
            worker["state"] = "Offline"
    lab.faults["GET workers/"] = always(Answer(200, workers))
    told = connect().snapshot(NOW, []).devices
    assert told is not None
    assert {kind for kind, device in told.items() if device.devices} == {"qemu"}


def test_a_queue_of_a_type_that_the_lab_does_not_know(
    recorded: Recorded, lab: Lab, connect: Connect
) -> None:
    """Its 400 means that nothing waits there."""
    replay(lab, recorded, devices="devices_all", workers="workers", jobs="devices_type_unknown")
    told = connect().snapshot(NOW, ["qemu"]).devices
    assert told is not None
    assert told["qemu"] == DeviceCapacity(devices=4)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("devices_wrongtoken", NoAccessError),
        ("submit_no_token", NoAccessError),
        ("devices_type_unknown", OSError),
        ("devices_health__in", OSError),
        ("devices_health_bad", OSError),
        ("job_404", OSError),
        ("version", OSError),
    ],
)
def test_a_snapshot_that_is_refused(
    recorded: Recorded, lab: Lab, connect: Connect, name: str, error: type[OSError]
) -> None:
    """Whatever stands in the place of the devices is an answer, in one line, and no crash."""
    lab.faults["GET devices/"] = always(recorded.answer(name))
    with pytest.raises(error) as caught:
        connect().snapshot(NOW, ["qemu"])
    assert isinstance(caught.value, NoAccessError) is (error is NoAccessError)
    assert "\n" not in str(caught.value)
    assert "DOCTYPE" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("submit_hw_ok", "1"),
        ("submit_form", "4"),
        ("submit_prio_high", "3"),
        ("submit_forbidden_type_admin", "2"),
        ("submit_bad_yaml", PlannerError),
        ("submit_no_schema", PlannerError),
        ("submit_no_visibility", PlannerError),
        ("submit_prio_range", PlannerError),
        ("submit_unknown_type", PlannerError),
        ("submit_forbidden_type", PlannerError),
        ("submit_empty", PlannerError),
        ("submit_notjson", PlannerError),
        ("submit_no_token", NoAccessError),
        ("submit_wrong_token", NoAccessError),
        ("submit_unknown_tag", OSError),
    ],
)
def test_what_comes_of_sending(
    recorded: Recorded,
    lab: Lab,
    connect: Connect,
    dispatch: Callable[..., Dispatch],
    name: str,
    said: str | type[Exception],
) -> None:
    """A 400 is a refusal for good, a 403 closes the lab, and a 500 leaves all open."""
    replay(lab, recorded, jobs=name)
    if isinstance(said, str):
        assert connect().submit(dispatch(), "job_name: x") == said
        return
    with pytest.raises(said) as caught:
        connect().submit(dispatch(), "job_name: x")
    assert isinstance(caught.value, NotSentError) is (said is NoAccessError)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("cancel_queued", None),
        ("cancel_running", None),
        ("cancel_finished", None),
        ("cancel_notoken", NoAccessError),
        ("cancel_other", NoAccessError),
        ("cancel_404", OSError),
        ("cancel_post", OSError),
    ],
)
def test_what_comes_of_cancelling(
    recorded: Recorded, lab: Lab, connect: Connect, name: str, error: type[OSError] | None
) -> None:
    """What ended already is no error, and what is not ours one of access."""
    lab.faults["GET jobs/7/cancel/"] = always(recorded.answer(name))
    if error is None:
        connect().cancel(sent(7))
        return
    with pytest.raises(error):
        connect().cancel(sent(7))


@pytest.mark.parametrize(
    ("name", "job", "state", "result", "started", "seconds"),
    [
        ("job_finished_hw", 1, RunState.FINISHED, "pass", True, 3.1),
        ("job_incomplete", 25, RunState.FINISHED, "incomplete", True, 2.0),
        ("job_canceled_queued", 12, RunState.FINISHED, "incomplete", False, None),
    ],
)
def test_what_became_of_a_job(
    recorded: Recorded,
    lab: Lab,
    connect: Connect,
    name: str,
    job: int,
    state: RunState,
    result: str,
    started: bool,
    seconds: float | None,
) -> None:
    """State, result and times are the lab's; what was cancelled in the queue never started."""
    lab.faults["GET jobs/"] = always(
        Answer(200, {"count": 1, "next": None, "results": [recorded.json(name)]})
    )
    (told,) = connect().observe([sent(job)])
    assert (told.state, told.result, told.started is not None) == (state, result, started)
    assert told.ended is not None
    if told.started is not None and seconds is not None:
        assert (told.ended - told.started).total_seconds() == pytest.approx(seconds, abs=0.1)


def test_many_jobs_in_one_reply(recorded: Recorded, lab: Lab, connect: Connect) -> None:
    """Those that wait and those that ended are told apart, whatever order the lab has them in."""
    waiting, ended = recorded.json("jobs_submitted"), recorded.json("last")
    both = {"count": 11, "next": None, "results": waiting["results"] + ended["results"]}
    lab.faults["GET jobs/"] = always(Answer(200, both))
    runs = [sent(job["id"], f"ab12-{job['id']}") for job in both["results"]]
    told = {one.run: one.state for one in connect().observe(runs)}
    states = list(told.values())
    assert (states.count(RunState.SUBMITTED), states.count(RunState.FINISHED)) == (6, 5)


@pytest.mark.parametrize(
    ("name", "result", "kind"),
    [
        ("callback_hw", "pass", None),
        ("callback_hw-fail2", "pass", None),
        ("callback_qemu", "pass", None),
        ("callback_hw-infra", "incomplete", "Infrastructure"),
        ("callback_incomplete", "incomplete", "Job"),
    ],
)
def test_a_job_is_judged_as_kernelci_does(
    recorded: Recorded, name: str, result: str, kind: str | None
) -> None:
    """A job that came to its end passed, also where tests in it failed: those have their nodes."""
    told = recorded.json(name)
    known = outcome(
        sent(told["id"]),
        {"state": told["state_string"], "health": told["health_string"]},
        "place",
    )
    assert known is not None
    assert known.result == result
    error = error_of(yaml.safe_load(told["results"]["lava"]))
    assert (error and error[0]) == kind


def test_the_results_of_a_job_that_went_well(recorded: Recorded) -> None:
    """They tell of no error."""
    assert error_of(recorded.json("job_tests")["results"]) is None


def test_who_we_are(recorded: Recorded, lab: Lab, connect: Connect) -> None:
    """User and version are read from two replies."""
    lab.faults["GET system/whoami/"] = always(recorded.answer("whoami"))
    lab.faults["GET system/version/"] = always(recorded.answer("version"))
    assert connect().check() == "LAVA 2023.01, as user 'kernelci'"


@pytest.mark.parametrize("name", names())
def test_no_reply_is_a_crash(
    recorded: Recorded,
    lab: Lab,
    connect: Connect,
    dispatch: Callable[..., Dispatch],
    name: str,
) -> None:
    """Every reply in the place of every other is an answer, or an error that names what it was."""
    answer = always(recorded.answer(name))
    lab.faults |= {"GET": answer, "POST": answer}
    runtime, order = connect(), dispatch().order
    acts: tuple[Callable[[], object], ...] = (
        lambda: runtime.snapshot(NOW, ["qemu"]),
        lambda: runtime.submit(dispatch(), "job_name: x"),
        lambda: runtime.find(order),
        lambda: runtime.observe([sent(1)]),
        lambda: runtime.cancel(sent(1)),
        lambda: runtime.check(),
    )
    for act in acts:
        with suppress(OSError, PlannerError):
            act()
    assert lab.asked
