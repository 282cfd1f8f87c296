# SPDX-License-Identifier: LGPL-2.1-or-later
"""The frequency filter: a job does not run again on a platform too soon."""

from datetime import timedelta
from typing import Any

import pytest

from tests.demand.conftest import Site
from tests.demand.site import (
    BUILD,
    CHECKOUT,
    NOON,
    REVISION,
    Json,
    demand,
    entry,
    event,
    node,
    places,
    verdict,
)


def ran(minutes: float, **changes: Any) -> Json:
    """Return the node of job boot on rock that was created so many minutes before noon."""
    at = NOON - timedelta(minutes=minutes)
    fields = {"name": "boot", "id": "ran", "data": {"platform": "rock"}, "created": at.isoformat()}
    return node("job", BUILD, **fields | changes)


@pytest.mark.parametrize(
    ("frequency", "minutes", "answer"),
    [
        ("1h", 59, "frequency"),
        ("1h", 60, "frequency"),
        ("1h", 60.001, "yes"),
        ("1h", 0, "frequency"),
        ("1h", -1, "yes"),
        ("30m", 29, "frequency"),
        ("30m", 31, "yes"),
        ("1d", 24 * 60, "frequency"),
        ("1d", 24 * 60 + 1, "yes"),
        ("1d2h3m", 26 * 60 + 3, "frequency"),
        ("1d2h3m", 26 * 60 + 4, "yes"),
        ("2h5m", 125, "frequency"),
        ("1d5m", 24 * 60 + 5, "frequency"),
        ("1m", 1, "frequency"),
        ("1m", 1.001, "yes"),
        ("0m", 0, "yes"),
        ("999999d", 60, "frequency"),
        ("99999999999d", 60, "frequency"),
        ("0d0h0m", 0, "yes"),
        ("often", 0, "yes"),
        ("", 0, "yes"),
        (None, 0, "yes"),
    ],
)
def test_frequency(site: Site, frequency: str | None, minutes: float, answer: str) -> None:
    """A job does not run again within its frequency, both ends included; under a minute is none."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": frequency}}})
    assert verdict(demand(catalog, event(), nodes=(CHECKOUT, BUILD, ran(minutes)))) == answer


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({}, "frequency"),
        ({"kind": "kbuild"}, "frequency"),
        ({"state": "running", "result": "fail"}, "frequency"),
        ({"parent": "elsewhere"}, "frequency"),
        ({"name": "other"}, "yes"),
        ({"data": {"platform": "pi"}}, "yes"),
        ({"data": {}}, "yes"),
        ({"data": {"platform": "rock", "runtime": "another"}}, "frequency"),
        ({"data": {"platform": "rock", "kernel_revision": REVISION | {"tree": "next"}}}, "yes"),
        ({"data": {"platform": "rock", "kernel_revision": REVISION | {"branch": "dev"}}}, "yes"),
        (
            {"data": {"platform": "rock", "kernel_revision": REVISION | {"commit": "c0ffee"}}},
            "frequency",
        ),
    ],
)
def test_frequency_is_by_name_tree_branch_and_platform(
    site: Site, changes: Json, answer: str
) -> None:
    """A node counts if it has the same name, tree, branch and platform, whatever else it says."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    nodes = (CHECKOUT, BUILD, ran(30, **changes))
    assert verdict(demand(catalog, event(), nodes=nodes)) == answer


def test_frequency_refuses_one_platform_of_several(site: Site) -> None:
    """The job goes to the platforms where it did not run."""
    catalog = site(
        jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}},
        scheduler=[entry(platforms=["rock", "pi"])],
    )
    assert places(demand(catalog, event(), nodes=(CHECKOUT, BUILD, ran(30)))) == ["boot@lab/pi"]


@pytest.mark.parametrize(
    ("minutes", "answers"),
    [
        ([0, 10], ["yes", "frequency"]),
        ([0, 60], ["yes", "frequency"]),
        ([0, 61], ["yes", "yes"]),
        ([0, 30, 61, 90, 122], ["yes", "frequency", "yes", "frequency", "yes"]),
        ([0, 0], ["yes", "frequency"]),
    ],
)
def test_frequency_within_a_batch(site: Site, minutes: list[int], answers: list[str]) -> None:
    """What an event of the batch asks for counts as created when a later one is looked at."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    nodes = [node("kbuild", CHECKOUT, id=f"b{place}") for place in range(len(minutes))]
    events = [
        event(build, at=NOON + timedelta(minutes=minute))
        for build, minute in zip(nodes, minutes, strict=True)
    ]
    made = demand(catalog, *events, nodes=(CHECKOUT, *nodes))
    found = [
        "yes" if request.candidates else request.rejections[0].reason.code.value
        for request in made.requests
    ]
    assert found == answers


def test_frequency_within_a_batch_needs_no_commit(site: Site) -> None:
    """A revision that names tree and branch alone is enough to be told apart by."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    bare = {"kernel_revision": {"tree": "mainline", "branch": "master"}}
    nodes = [node("kbuild", CHECKOUT, id=f"b{place}", data=bare) for place in range(2)]
    made = demand(catalog, *map(event, nodes), nodes=(CHECKOUT, *nodes))
    assert [bool(request.candidates) for request in made.requests] == [True, False]


def test_frequency_within_a_batch_is_by_tree_and_branch(site: Site) -> None:
    """Builds of other branches do not stand in each other's way; a second of the same does."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    nodes = [
        node("kbuild", id=f"b{place}", data={"kernel_revision": REVISION | {"branch": branch}})
        for place, branch in enumerate(("master", "dev", "master"))
    ]
    made = demand(catalog, *map(event, nodes), nodes=nodes)
    assert [bool(request.candidates) for request in made.requests] == [True, True, False]


def test_what_was_refused_does_not_count_as_run(site: Site) -> None:
    """A job that a later filter refused was not created, so it may come with the next event."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    other = node("kbuild", CHECKOUT, id="b2")
    made = demand(
        catalog,
        event(platform_filter=["pi"]),
        event(other),
        nodes=(CHECKOUT, BUILD, other),
    )
    assert [bool(request.candidates) for request in made.requests] == [False, True]


def test_without_nodes_frequency_knows_the_batch_alone(site: Site) -> None:
    """Nothing is known of what ran before, but what the batch asked for is."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    other = node("kbuild", CHECKOUT, id="b2")
    made = demand(catalog, event(), event(other), nodes=None)
    assert [bool(request.candidates) for request in made.requests] == [True, False]


def test_frequency_with_a_time_of_collection(site: Site) -> None:
    """With `now`, the window ends when the batch was collected, not when its events happened."""
    catalog = site(jobs={"boot": {"kind": "job", "params": {"frequency": "1h"}}})
    nodes = (CHECKOUT, BUILD, ran(30))
    later = [NOON + timedelta(minutes=minutes) for minutes in (29, 31)]
    answers = [verdict(demand(catalog, event(), nodes=nodes, now=now)) for now in later]
    assert answers == ["frequency", "yes"]
