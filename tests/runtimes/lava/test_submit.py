# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sending jobs, finding and cancelling them."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models import Dispatch, PlannerError
from planner.runtimes import NoAccessError, NotSentError, UnreachableError
from planner.runtimes.lava.definition import NAME_LIMIT, has_key, scaled, written
from tests.runtimes.definition.conftest import lava
from tests.runtimes.lava.conftest import Connect, sent
from tests.runtimes.lava.double import Answer, Fault, Lab, always, closed_after, html_after

MakeDispatch = Callable[..., Dispatch]


def test_a_job_arrives(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """What the template says, with the run's key in the name, and the id that the lab gave it."""
    runtime, run = connect(priority_min=40, priority_max=60), dispatch()
    assert runtime.submit(run, runtime.render(run)) == "1"
    job = yaml.safe_load(lab.jobs[1]["definition"])
    assert job == {
        "job_name": "ab12-0 site boot",
        "device_type": "rock",
        "priority": 52,
        "told": "https://back.example",
    }


def test_the_node_is_the_key_where_there_is_one(connect: Connect, dispatch: MakeDispatch) -> None:
    """A job's name leads to its node, as KernelCI's own templates have it."""
    run = dispatch(node_id="5dad68219c542cabd097ad81")
    job = yaml.safe_load(connect().render(run))
    assert job["job_name"] == "5dad68219c542cabd097ad81 site boot"


@given(st.text(max_size=400), st.from_regex(r"[0-9a-f]{16}-[0-9]{1,3}", fullmatch=True))
def test_every_name_has_its_key(name: str, key: str) -> None:
    """Whatever a template calls a job, it is found by its key, and LAVA takes the name."""
    made = yaml.safe_load(written({"job_name": name}, key))["job_name"]
    assert has_key(made, key)
    assert len(made) <= NAME_LIMIT
    assert "\n" not in made


def test_a_name_that_has_the_key_stays() -> None:
    """A site's own template is not improved upon."""
    told = {"job_name": "[KernelCI] ab12-0 boot"}
    assert yaml.safe_load(written(told, "ab12-0")) == told


@pytest.mark.parametrize(
    ("name", "found"),
    [("ab12-1", True), ("x ab12-1 y", True), ("ab12-10", False), ("cab12-1", False), ("", False)],
)
def test_a_key_is_not_a_part_of_another(name: str, found: bool) -> None:
    """The first run is not found by the name of the tenth."""
    assert has_key(name, "ab12-1") is found


@pytest.mark.parametrize(
    ("lab_says", "sent_as"),
    [
        ({}, 60),
        ({"priority": 50}, 30),
        ({"priority": 0}, 60),
        ({"priority_min": 40, "priority_max": 60}, 52),
        ({"priority_min": 0, "priority_max": 49}, 29),
        ({"priority_min": -5, "priority_max": 300}, 60),
        ({"priority": 10, "priority_min": 40, "priority_max": 60}, 6),
        ({"priority_min": 40}, 60),
    ],
)
def test_priorities_are_scaled(lab_says: dict[str, Any], sent_as: int) -> None:
    """A share of the priority, or its place in the lab's range, cut off as KernelCI does."""
    assert scaled(60, lava(**lab_says)) == sent_as


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        ("a: [", "Loading job submission failed"),
        ("{job_name: x, device_type: unheard-of}", "'unheard-of' is unavailable"),
    ],
)
def test_what_the_lab_refuses(
    connect: Connect, dispatch: MakeDispatch, definition: str, text: str
) -> None:
    """A 400 is for good, and says why."""
    with pytest.raises(PlannerError, match=f"lab refuses the job: 400: .*{text}"):
        connect().submit(dispatch(), definition)


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("wr0ng-secret", "403: Invalid token"),
        (None, "takes no jobs from the nameless .its token is missing"),
    ],
)
def test_a_lab_that_does_not_let_us_in(
    connect: Connect, dispatch: MakeDispatch, token: str | None, text: str
) -> None:
    """The run was not sent, and the text says what to do."""
    with pytest.raises(NoAccessError, match=text) as error:
        connect(token).submit(dispatch(), "{}")
    assert isinstance(error.value, NotSentError)
    assert "wr0ng-secret" not in repr(error.value)


def test_a_token_that_the_lab_ignores(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """A lab that answers as if nobody asked is noticed when it takes no job, and by `check`."""
    lab.user = ""
    with pytest.raises(NoAccessError, match="does not see the token"):
        connect().submit(dispatch(), "{}")
    with pytest.raises(NoAccessError, match="does not see the token"):
        connect().check()


def test_check(connect: Connect) -> None:
    """A lab that lets us in says its version, and as whom it knows us."""
    assert connect().check() == "LAVA 2023.01, as user 'planner'"


def test_nobody_is_there(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """A connection that was never made carried no job."""
    runtime = connect()
    lab.server.shutdown()
    lab.server.server_close()
    with pytest.raises(UnreachableError):
        runtime.submit(dispatch(), "{}")


@pytest.mark.parametrize("fault", [closed_after, html_after])
def test_a_reply_that_is_lost(
    lab: Lab, connect: Connect, dispatch: MakeDispatch, fault: Fault
) -> None:
    """The job was taken all the same: it is sent once, and found."""
    lab.faults["POST jobs/"] = fault
    runtime, run = connect(), dispatch("ab12-1")
    with pytest.raises(OSError, match="POST") as error:
        runtime.submit(run, runtime.render(run))
    assert not isinstance(error.value, NotSentError)
    assert lab.counts()["POST jobs/"] == 1
    assert runtime.find(run.order) == "1"
    assert runtime.find(dispatch("ab12-10").order) is None


def test_a_lab_that_hangs_may_have_taken_it(
    lab: Lab, connect: Connect, dispatch: MakeDispatch
) -> None:
    """Silence after a job was sent says nothing of it."""
    lab.hanging = threading.Event()
    runtime = connect(patience=0.2)
    with pytest.raises(TimeoutError) as error:
        runtime.submit(dispatch(), "{job_name: x, device_type: rock}")
    assert not isinstance(error.value, NotSentError)


def test_find_among_others(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """The first job with the key counts, jobs of long ago and of other keys do not."""
    for name in ("ab12-0 old", "ab12-01", "x-ab12-0", "[KernelCI] AB12-0", "ab12-0 a", "ab12-0 b"):
        lab.put(yaml.safe_dump({"job_name": name, "device_type": "rock"}))
    lab.jobs[1]["submit_time"] = "2020-01-01T00:00:00.000000Z"
    assert connect().find(dispatch().order) == "5"
    late = dispatch().order
    late = late.model_copy(update={"intended": late.intended + timedelta(days=3)})
    assert connect().find(late) is None


def test_find_needs_an_answer(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """Whatever keeps the lab from answering is no proof that there is no job."""
    for answer in (Answer(500, "x"), Answer(403, {"detail": "no"}), Answer(200, {"results": 3})):
        lab.faults["GET jobs/"] = always(answer)
        with pytest.raises(OSError):  # noqa: PT011 - whatever it says
            connect().find(dispatch().order)


def test_cancel(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """A job that waits is over at once, one that runs soon, one that is over stays as it was."""
    runtime, order = connect(), dispatch().order
    for number in (1, 2, 3):
        lab.put("{job_name: x, device_type: rock}")
        if number > 1:
            lab.start(number)
    lab.end(3, "Complete")
    for number in (1, 2, 3):
        runtime.cancel(sent(order, str(number)))
    assert [lab.jobs[n]["state"] for n in (1, 2, 3)] == ["Finished", "Canceling", "Finished"]
    assert lab.jobs[3]["health"] == "Complete"


def test_cancel_what_is_not_ours(lab: Lab, connect: Connect, dispatch: MakeDispatch) -> None:
    """It is an error, with the user whose right it is not; so is a job that is not there."""
    lab.put("{job_name: x, device_type: rock}")
    lab.jobs[1]["submitter"] = "another"
    order = dispatch().order
    with pytest.raises(NoAccessError, match="user 'planner' may not do this"):
        connect().cancel(sent(order, "1"))
    with pytest.raises(OSError, match="500: a page of HTML"):
        connect().cancel(sent(order, "77"))
