# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which entries an event triggers: key by key, and only on a transition."""

from typing import Any

import pytest

from tests.demand.conftest import Site
from tests.demand.site import (
    BUILD,
    CHECKOUT,
    REVISION,
    demand,
    entry,
    event,
    node,
    only,
    places,
    retry,
)


@pytest.mark.parametrize(
    ("asked", "fires"),
    [
        ({}, True),
        ({"kind": "kbuild"}, True),
        ({"kind": "job"}, False),
        ({"kind": "kbuild", "state": "available", "name": "kbuild"}, True),
        ({"kind": "kbuild", "state": "available", "name": "other"}, False),
        ({"result": None}, True),
        ({"result": "pass"}, False),
        ({"retry_counter": None}, False),
        ({"path": ["checkout", "kbuild"]}, True),
        ({"path": ["checkout"]}, False),
        ({"path": ["kbuild", "checkout"]}, False),
        ({"op": "created"}, True),
        ({"op": "updated"}, False),
        ({"is_hierarchy": False}, True),
        ({"data": BUILD["data"]}, True),
        ({"data": {"kernel_revision": REVISION}}, False),
        ({"data": {**BUILD["data"], "extra": None}}, False),
    ],
)
def test_key_by_key(site: Site, asked: dict[str, Any], fires: bool) -> None:
    """Each key of the entry is in the event with an equal value, null and nested values too."""
    made = demand(site(scheduler=[entry(event={"channel": "node", **asked})]), event())
    assert places(made) == (["boot@lab/rock"] if fires else [])
    assert len(made.requests) == fires


@pytest.mark.parametrize(
    ("asked", "said", "fires"),
    [
        pytest.param({"state": "available"}, {"previous_state": "running"}, True, id="entered"),
        pytest.param({"state": "available"}, {"previous_state": "available"}, False, id="stayed"),
        pytest.param({"state": "available"}, {}, True, id="updated by an older server"),
        pytest.param(
            {"state": "available"},
            {"op": "created", "previous_state": "available"},
            True,
            id="created, whatever was before",
        ),
        pytest.param({"state": "done"}, {"previous_state": "running"}, False, id="other state"),
        pytest.param({"kind": "kbuild"}, {"previous_state": "running"}, False, id="stateless"),
        pytest.param({"kind": "kbuild"}, {"op": "created"}, True, id="stateless, created"),
        pytest.param(
            {"state": "available", "result": "pass"},
            {"result": "pass", "previous_state": "available", "previous_result": None},
            True,
            id="the result came",
        ),
        pytest.param(
            {"state": "available", "result": "pass"},
            {"result": "pass", "previous_state": "available", "previous_result": "pass"},
            False,
            id="the result stayed",
        ),
        pytest.param(
            {"state": "available", "result": "pass"},
            {"result": "pass", "previous_state": "running", "previous_result": "pass"},
            True,
            id="the state came after the result",
        ),
        pytest.param(
            {"state": "available", "result": "fail"},
            {"result": "pass", "previous_state": "available", "previous_result": "fail"},
            False,
            id="left",
        ),
        pytest.param(
            {"result": "pass"},
            {"result": "pass", "previous_state": "closing", "previous_result": "pass"},
            False,
            id="result only, it stayed while the state went on",
        ),
        pytest.param(
            {"state": "available", "result": None},
            {"previous_state": "available", "previous_result": "fail"},
            True,
            id="the result was taken back",
        ),
    ],
)
def test_edges(site: Site, asked: dict[str, Any], said: dict[str, Any], fires: bool) -> None:
    """An update fires an entry only where the condition did not hold before it."""
    catalog = site(scheduler=[entry(event={"channel": "node", **asked})])
    made = demand(catalog, event(**{"op": "updated"} | said))
    assert len(made.requests) == fires


def test_the_life_of_a_node_fires_once(site: Site) -> None:
    """Created, available, then updated twice more: the entry for `available` fires once."""
    states = [
        event(op="created", state="running"),
        event(op="updated", state="available", previous_state="running", previous_result=None),
        event(op="updated", state="available", previous_state="available", previous_result=None),
        event(
            op="updated",
            state="available",
            result="pass",
            previous_state="available",
            previous_result=None,
        ),
    ]
    made = demand(site(), *states)
    assert places(made) == ["boot@lab/rock"]
    assert made.merged == 0


@pytest.mark.parametrize(
    ("channel", "fires"), [("node", True), ("retry", True), ("test", False), ("Node", False)]
)
def test_channels(site: Site, channel: str, fires: bool) -> None:
    """An entry for channel node hears node and retry; another channel it does not hear."""
    made = demand(site(), event(channel=channel))
    assert len(made.requests) == fires


def test_a_channel_of_its_own(site: Site) -> None:
    """An entry for another channel hears that one alone."""
    catalog = site(scheduler=[entry(event={"channel": "mail", "kind": "kbuild"})])
    made = [demand(catalog, event(channel=channel)) for channel in ("mail", "node", "retry")]
    assert [len(each.requests) for each in made] == [1, 0, 0]


def test_a_retry_is_a_request_of_its_own(site: Site) -> None:
    """Each retry counter gives another request for the same job below the same node."""
    made = demand(site(), event(), retry(counter=1), retry(counter=2))
    assert [request.retry for request in made.requests] == [0, 1, 2]
    assert len({request.key for request in made.requests}) == 3
    assert {request.parent for request in made.requests} == {BUILD["id"]}


def test_a_retry_of_a_node_that_still_says_running(site: Site) -> None:
    """A retry is matched by what its own event says, not by how the node stands now."""
    nodes = (CHECKOUT, BUILD | {"state": "done", "result": "fail"})
    assert places(demand(site(), retry(), nodes=nodes)) == ["boot@lab/rock"]
    assert places(demand(site(), retry(state="done"), nodes=nodes)) == []


def test_one_event_for_several_entries(site: Site) -> None:
    """Every entry that matches makes its request, in the order of the entries."""
    asked = [
        entry(job="boot", platforms=["pi"]),
        entry(event={"channel": "node", "kind": "job"}),
        entry(job="build", runtime={"name": "cloud"}, platforms=None),
        entry(job="boot", event={"channel": "node", "name": "kbuild"}),
    ]
    made = demand(site(scheduler=asked), event())
    assert [request.job for request in made.requests] == ["boot", "build", "boot"]
    assert places(made) == ["boot@lab/pi", "boot@lab/rock", "build@cloud/kubernetes"]


def test_requests_come_in_the_order_of_events(site: Site) -> None:
    """The order of the batch is kept, whichever entries its events trigger."""
    builds = [node("kbuild", CHECKOUT, id=f"b{n}") for n in range(5)]
    made = demand(site(), *(event(build) for build in builds), nodes=(CHECKOUT, *builds))
    assert [request.parent for request in made.requests] == [build["id"] for build in builds]


def test_an_event_that_fires_nothing(site: Site) -> None:
    """It makes no request and no error, even if nobody knows its node."""
    made = demand(site(), event(state="closing"), nodes=())
    assert (made.requests, made.errors, made.merged) == ((), (), 0)


def test_the_request_says_where_it_comes_from(site: Site) -> None:
    """A request names its entry, job, kind, parent and submitter."""
    catalog = site()
    request = only(demand(catalog, event()))
    assert (request.job, request.kind, request.parent) == ("boot", "job", BUILD["id"])
    assert request.submitter == "service:pipeline"
    assert request.entry == catalog.entries[0].id
