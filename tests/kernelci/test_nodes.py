# SPDX-License-Identifier: LGPL-2.1-or-later
"""The nodes of a cycle: each is read once, however often it is asked for."""

from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any

import pytest

from models import Event
from planner.events.batch import gather
from planner.kernelci import Api, CycleNodes, UnreachableError
from tests.kernelci.double import Double, Fault
from tests.kernelci.nodes import REVISION, add

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def events(double: Double) -> list[Event]:
    """Return the events of the double as they are collected."""
    return list(gather(zip(repeat(None), double.state.events, strict=False)).events)


def reads(double: Double) -> int:
    """Return how many requests the double got that read nodes."""
    return double.count("GET", "/node|/events")


def test_a_node_is_read_once(double: Double, api: Api) -> None:
    """The first answer counts for the whole cycle, and so does that there is no such node."""
    made, nodes = add(double), CycleNodes(api)
    for _ in range(3):
        found = nodes.get(made["id"])
        assert found is not None
        assert found["treeid"] == "t1"
        assert nodes.get("0" * 24) is None
        assert nodes.get("no id") is None
    assert reads(double) == 2


def test_expected_nodes_come_together(double: Double, api: Api) -> None:
    """Many events need few requests, and their nodes need none any more."""
    made = [add(double, treeid=f"t{number}")["id"] for number in range(250)]
    nodes = CycleNodes(api)
    nodes.expect(events(double))
    assert reads(double) == 3
    assert [(nodes.get(name) or {})["treeid"] for name in made] == [f"t{n}" for n in range(250)]
    nodes.expect(events(double))
    assert reads(double) == 3


def test_several_events_of_one_node(double: Double, api: Api) -> None:
    """A node is asked for once, whichever of its events is told first."""
    first, second = add(double)["id"], add(double)["id"]
    for state in ("available", "closing", "done"):
        api.update_node(first, {"state": state})
    asked = reads(double)
    nodes = CycleNodes(api)
    nodes.expect(events(double))
    assert (nodes.get(first) or {})["state"] == "done"
    assert nodes.get(second)
    assert reads(double) == asked + 1
    assert double.requests[-1].query["ids"].count(",") == 1


def test_events_of_pubsub_name_no_record(double: Double, api: Api) -> None:
    """Events that the API's history does not know by that name cost a request a node."""
    made = [add(double)["id"] for _ in range(3)]
    told = [event.model_copy(update={"id": "8f4d0f0e-uuid"}) for event in events(double)]
    nodes = CycleNodes(api)
    nodes.expect(told)
    assert reads(double) == 0
    assert all(nodes.get(name) for name in made)
    assert reads(double) == 3


def test_an_expected_node_that_is_not_there(double: Double, api: Api) -> None:
    """It is looked for once more by itself, and is none."""
    add(double)
    double.publish({"op": "created", "id": "f" * 24, "kind": "job"})
    nodes = CycleNodes(api)
    nodes.expect(events(double))
    assert nodes.get("f" * 24) is None
    assert reads(double) == 2


def test_an_event_with_an_odd_node(double: Double, api: Api) -> None:
    """It costs the others nothing: they come together, and it is no node."""
    made = [add(double)["id"] for _ in range(3)]
    double.publish({"op": "created", "id": "../whoami", "kind": "job"})
    nodes = CycleNodes(api)
    nodes.expect(events(double))
    assert all(nodes.get(name) for name in made)
    assert nodes.get("../whoami") is None
    assert reads(double) == 1


def test_an_api_that_cannot_give_them_together(double: Double, api: Api) -> None:
    """They are read one by one then."""
    made = [add(double)["id"] for _ in range(3)]
    double.faults += [Fault("error", path="/events")] * 4
    nodes = CycleNodes(api)
    nodes.expect(events(double))
    assert all(nodes.get(name) for name in made)
    assert double.count("GET", "/node/") == 3


def test_an_api_that_goes_away_is_no_answer(double: Double, api: Api) -> None:
    """That the API cannot be asked does not mean that there is no node."""
    node, nodes = add(double)["id"], CycleNodes(api)
    double.faults += [Fault("error")] * 4
    with pytest.raises(UnreachableError):
        nodes.get(node)
    assert nodes.get(node) is not None


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({}, True),
        ({"job": "other"}, False),
        ({"tree": "next"}, False),
        ({"branch": "linux-6.12.y"}, False),
        ({"platform": "pi"}, False),
        ({"since": NOW + HOUR}, False),
        ({"until": NOW - HOUR}, False),
    ],
)
def test_what_ran_since(double: Double, api: Api, asked: dict[str, Any], answer: bool) -> None:
    """Name, tree, branch, platform and both ends of the window count; one question, one request."""
    data = {"kernel_revision": REVISION, "platform": "rock"}
    for name, created in (("boot", NOW), ("boot", NOW + 3 * HOUR), ("other", NOW - 9 * HOUR)):
        text = created.replace(tzinfo=None).isoformat()
        add(double, kind="job", name=name, data=data, created=text)
    question: dict[str, Any] = {"job": "boot", "tree": "mainline", "branch": "master"}
    question |= {"platform": "rock", "since": NOW - HOUR, "until": NOW + HOUR}
    nodes = CycleNodes(api)
    assert nodes.ran_since(**question | asked) is answer
    count = reads(double)
    assert nodes.ran_since(**question | asked) is answer
    assert reads(double) == count
    if answer:
        assert count == 1


def test_pages_have_no_seams(double: Double, api: Api) -> None:
    """Every node comes once, whatever the size of a page."""
    made = [add(double)["id"] for _ in range(7)]
    for page in (1, 3, 7, 8, 1000):
        assert [node["id"] for node in api.nodes({"kind": "checkout"}, page=page)] == made
        assert len(list(api.events(page=page))) == 7
    assert list(api.nodes({"kind": "job"})) == []
