# SPDX-License-Identifier: LGPL-2.1-or-later
"""The runtime against a real engine that speaks the Docker API."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from models import Job, PlannerError, RunState
from planner.runtimes.errors import NotSentError
from tests.runtimes.conftest import HERE, NOW
from tests.systems.containers.conftest import (
    Site,
    definition,
    finished,
    order_for,
    sent_to,
    to_send,
    until,
)
from tests.systems.containers.podman import IMAGE

RUN = "ab12-0"


@pytest.mark.parametrize(("status", "result"), [(0, "pass"), (3, "fail"), (130, "fail")])
def test_ends(site: Site, status: int, result: str) -> None:
    """A run passes or fails by its exit status, with its times and the end of its log."""
    way = site.runtime()
    assert (
        way.submit(to_send(RUN), definition(f"echo one\necho two >&2\nexit {status}"))
        == f"kci-{RUN}"
    )
    found = finished(way, RUN)
    assert (found.result, found.exit_status, found.infrastructure) == (result, status, False)
    assert found.started is not None
    assert found.ended is not None
    assert timedelta() <= found.ended - found.started < timedelta(seconds=30)
    assert found.detail == "one | two"


def test_what_a_run_finds(site: Site, tmp_path: Path) -> None:
    """Environment, volumes and user are the site's, beside what is known of the run."""
    (tmp_path / "env").write_text("# ours\nTOKEN=of-great-value\n")
    (tmp_path / "data").mkdir()
    (tmp_path / "data").chmod(0o777)
    way = site.runtime(
        env_file=str(tmp_path / "env"), volumes=[f"{tmp_path}/data:/data"], user=1234
    )
    way.submit(to_send(RUN), definition("env >/data/env\nid -u >/data/user\necho $TOKEN"))
    assert finished(way, RUN).detail == "***"
    assert (tmp_path / "data/user").read_text() == "1234\n"
    told = (tmp_path / "data/env").read_text().splitlines()
    assert {"TOKEN=of-great-value", f"KCI_RUN={RUN}", "KCI_JOB=echo", "KCI_RUNTIME=tools"} <= {
        *told
    }


def test_definition_by_template(site: Site, tmp_path: Path) -> None:
    """A site's template makes the script; one with `#!` is a program of its own."""
    (tmp_path / "job.jinja2").write_text("#!/bin/busybox sh\necho {{ name }} in {{ runtime }}\n")
    site.planner = {"templates": [str(tmp_path)]}
    way = site.runtime(timeout=77)
    job = Job(name="hello", template="job.jinja2", image=IMAGE, where=HERE)
    made = way.render(to_send(RUN, job))
    assert "timeout: 77\n" in made
    way.submit(to_send(RUN, job), made)
    assert finished(way, RUN).detail == "hello in docker"


def test_sending_twice(site: Site) -> None:
    """A run that is sent again, by several at once, during its life or after, runs once."""
    answers = []

    def send() -> None:
        answers.append(site.runtime().submit(to_send(RUN), definition("echo run; sleep 1")))

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [f"kci-{RUN}"] * 3
    way = site.runtime()
    assert finished(way, RUN).detail == "run"
    assert way.submit(to_send(RUN), definition("echo again")) == f"kci-{RUN}"
    assert finished(way, RUN).detail == "run"
    assert way.find(order_for(RUN)) == f"kci-{RUN}"


def test_death_before_the_start(site: Site) -> None:
    """A container that was created and never started is started later, or never will be."""
    site.api.containers.create(
        IMAGE,
        name=f"kci-{RUN}",
        entrypoint=["/bin/sh", "/kci-planner/job"],
        labels={"kci-planner.runtime": "tools", "kci-planner.run": RUN},
    )
    way = site.runtime()
    assert way.observe([sent_to(RUN)])[0].state is RunState.SUBMITTED
    assert way.submit(to_send(RUN), definition("echo late")) == f"kci-{RUN}"
    assert finished(way, RUN).detail == "late"
    labels = {"kci-planner.run": "ab12-1"}
    site.api.containers.create(IMAGE, "true", name="kci-ab12-1", labels=labels)
    assert way.find(order_for("ab12-1")) is None
    assert "kci-ab12-1" not in {each.name for each in site.api.containers.list(all=True)}


def test_a_name_that_is_taken(site: Site) -> None:
    """A container of that name which is not the run's is never taken for it, nor touched."""
    site.api.containers.create(IMAGE, "true", name=f"kci-{RUN}")
    way = site.runtime()
    with pytest.raises(PlannerError, match="exists, and is not this run's"):
        way.submit(to_send(RUN), definition("true"))
    assert way.find(order_for(RUN)) is None
    assert [each.name for each in site.api.containers.list(all=True)] == [f"kci-{RUN}"]


def test_what_the_engine_is(site: Site) -> None:
    """It says so, as `doctor` shows it."""
    assert site.runtime().check().startswith("Podman Engine ")


def test_capacity(site: Site) -> None:
    """Slots are as declared, or the processors; what runs of ours is counted, and only that."""
    site.api.containers.run(IMAGE, ["/bin/sleep", "60"], detach=True)
    way = site.runtime()
    for number in range(2):
        way.submit(to_send(f"ab12-{number}"), definition("sleep 60" if number else "true"))
    finished(way, "ab12-0")
    told = way.snapshot(NOW, ())
    assert (told.running, told.devices, told.taken) == (1, None, NOW)
    assert told.slots == site.api.info()["NCPU"]
    site.planner = {"capacity": {"docker": {"slots": 7, "max_runs": 2}}}
    told = site.runtime().snapshot(NOW, ())
    assert (told.slots, told.max_runs) == (7, 2)


def test_cancelling(site: Site) -> None:
    """A cancelled run ends soon, is incomplete, and nobody's fault; an ended one stays as it is."""
    way = site.runtime()
    way.submit(to_send(RUN), definition("trap 'exit 3' TERM\necho begun\nsleep 600 & wait"))
    until(lambda: "begun" in way._tail(f"kci-{RUN}"))
    assert way.observe([sent_to(RUN)])[0].state is RunState.STARTED
    way.cancel(sent_to(RUN))
    found = finished(way, RUN)
    assert (found.result, found.detail, found.infrastructure) == (
        "incomplete",
        "cancelled: begun",
        False,
    )
    way.submit(to_send("ab12-1"), definition("true"))
    finished(way, "ab12-1")
    way.cancel(sent_to("ab12-1"))
    assert finished(way, "ab12-1").result == "pass"
    way.cancel(sent_to("ab12-2"))


def test_timeout(site: Site) -> None:
    """A run that takes longer than it may is stopped, and that is told."""
    way = site.runtime()
    way.submit(to_send(RUN), definition("sleep 600", timeout=1))
    found = finished(way, RUN)
    assert (found.result, found.infrastructure) == ("incomplete", False)
    assert found.detail == "timeout after 1 s"


def test_killed_from_outside(site: Site) -> None:
    """What somebody else ended is the place's fault; so is a container that is gone."""
    way = site.runtime()
    way.submit(to_send(RUN), definition("sleep 600"))
    site.api.containers.get(f"kci-{RUN}").kill()
    found = finished(way, RUN)
    assert (found.result, found.infrastructure) == ("incomplete", True)
    assert found.detail == "killed from outside by signal 9"
    site.api.containers.get(f"kci-{RUN}").remove()
    found = finished(way, RUN)
    assert (found.result, found.infrastructure) == ("incomplete", True)
    assert "gone" in str(found.detail)


def test_what_cannot_start(site: Site) -> None:
    """What the image cannot run fails, and says why; so does an image that there is none of."""
    way = site.runtime()
    way.submit(to_send(RUN), definition("#!/usr/bin/python3\nprint(1)"))
    found = finished(way, RUN)
    assert found.result == "fail"
    assert "no such file" in str(found.detail)
    with pytest.raises(PlannerError, match="invalid reference"):
        way.submit(to_send("ab12-1"), definition("true", image="NOT AN IMAGE"))
    with pytest.raises(NotSentError, match=r"image '127\.0\.0\.1:1/x' cannot be fetched now"):
        way.submit(to_send("ab12-1"), definition("true", image="127.0.0.1:1/x"))
    assert way.find(order_for("ab12-1")) is None
    assert [each.name for each in site.api.containers.list(all=True)] == [f"kci-{RUN}"]


def test_old_containers_go(site: Site) -> None:
    """A container whose end was taken down long ago is removed; one still asked about is not."""
    way = site.runtime(keep="1h")
    for number in range(2):
        way.submit(to_send(f"ab12-{number}"), definition("true"))
        finished(way, f"ab12-{number}")
    site.ahead = timedelta(hours=2)
    way.observe([sent_to("ab12-1")])
    assert [each.name for each in site.api.containers.list(all=True)] == ["kci-ab12-1"]


def test_engine_that_dies(site: Site) -> None:
    """While nobody is there a run is certainly not sent; those that run go on, and are found."""
    way = site.runtime()
    way.submit(to_send(RUN), definition("sleep 2"))
    site.podman.kill()
    with pytest.raises(NotSentError):
        way.submit(to_send("ab12-1"), definition("true"))
    for ask in (lambda: way.observe([sent_to(RUN)]), lambda: way.snapshot(NOW, ())):
        with pytest.raises(OSError, match=r"127\.0\.0\.1"):
            ask()
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        way.find(order_for(RUN))
    site.podman.start()
    assert way.find(order_for(RUN)) == f"kci-{RUN}"
    assert finished(way, RUN).result == "pass"
