# SPDX-License-Identifier: LGPL-2.1-or-later
"""KernelCI's filters, each alone and in their order."""

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from models import ReasonTier
from tests.demand.conftest import Site
from tests.demand.site import (
    BUILD,
    CHECKOUT,
    NOON,
    Json,
    demand,
    entry,
    event,
    node,
    only,
    places,
    retry,
    verdict,
)

ORDER = (
    "frequency",
    "architecture_filter",
    "entry_rule",
    "jobfilter",
    "job_rule",
    "runtime_rule",
    "platform_filter",
    "platform_rule",
)
NEVER = {"tree": ["nowhere"]}


def refused(site: Site, filters: tuple[str, ...]) -> str:
    """Return what refuses a job where each of these filters alone would."""
    # An architecture filter is about builds only, a platform filter about jobs only.
    kind = "kbuild" if "architecture_filter" in filters else "job"
    job: Json = {"kind": kind, "params": {"arch": "arm64"}}
    parent = BUILD
    said: Json = {}
    if "frequency" in filters:
        job["params"]["frequency"] = "1h"
    if "architecture_filter" in filters:
        parent = parent | {"data": BUILD["data"] | {"architecture_filter": ["riscv"]}}
    if "jobfilter" in filters:
        said["jobfilter"] = ["other"]
    if "platform_filter" in filters:
        said["platform_filter"] = ["pi"]
    catalog = site(
        jobs={"boot": job | {"rules": NEVER if "job_rule" in filters else None}},
        runtimes={
            "lab": {"lab_type": "lava", "rules": NEVER if "runtime_rule" in filters else None}
        },
        platforms={"rock": {"rules": NEVER if "platform_rule" in filters else None}},
        scheduler=[entry(rules=NEVER if "entry_rule" in filters else None)],
    )
    return verdict(demand(catalog, event(parent, **said), nodes=(CHECKOUT, parent, RAN)))


RAN = node(
    "job",
    BUILD,
    id="ran",
    name="boot",
    data={"platform": "rock"},
    created=(NOON - timedelta(minutes=30)).isoformat(),
)


@pytest.mark.parametrize("code", ORDER)
def test_each_filter_alone(site: Site, code: str) -> None:
    """Where one filter says no, the place is refused for its reason."""
    assert refused(site, (code,)) == code


def test_the_first_filter_that_says_no_is_the_reason(site: Site) -> None:
    """Whichever filters say no together, the first in the documented order is what one hears."""
    for count in range(len(ORDER) + 1):
        for filters in combinations(ORDER, count):
            assert refused(site, filters) == (filters[0] if filters else "yes"), filters


def test_a_refusal_names_its_place_and_values(site: Site) -> None:
    """A rejection is of the tier `excluded`, at a place, in a sentence with the values."""
    made = demand(site(), event(platform_filter=["pi", "nuc"]))
    [rejection] = only(made).rejections
    assert (rejection.runtime, rejection.platform) == ("lab", "rock")
    assert rejection.reason.tier is ReasonTier.EXCLUDED
    assert all(word in rejection.reason.text for word in ("rock", "pi", "nuc"))


# Architecture filter


@pytest.mark.parametrize(
    ("kind", "params", "only_these", "answer"),
    [
        ("kbuild", {"arch": "arm64"}, ["arm64"], "yes"),
        ("kbuild", {"arch": "arm64"}, ["arm", "x86_64"], "architecture_filter"),
        ("kbuild", {"arch": "arm64"}, ["arm64", "x86_64"], "yes"),
        ("kbuild", {"arch": "arm"}, ["arm64"], "architecture_filter"),
        ("kbuild", {"arch": "arm"}, None, "yes"),
        ("job", {"arch": "arm64"}, ["x86_64"], "yes"),
        ("process", {"arch": "arm64"}, ["x86_64"], "yes"),
    ],
)
def test_architecture_filter(
    site: Site, kind: str, params: Json, only_these: list[str] | None, answer: str
) -> None:
    """A build runs only if its param `arch` is in the node's filter; others are not asked."""
    parent = node("checkout", data={"architecture_filter": only_these})
    catalog = site(
        jobs={"boot": {"kind": kind, "params": params}},
        scheduler=[entry(event={"channel": "node", "kind": "checkout"})],
    )
    assert verdict(demand(catalog, event(parent), nodes=(parent,))) == answer


def test_an_architecture_filter_counts_for_its_own_node_alone(site: Site) -> None:
    """The filter of a checkout says nothing about a build that is asked for below another node."""
    checkout = node("checkout", data={"architecture_filter": ["x86_64"]})
    catalog = site(scheduler=[entry(job="build")])
    assert verdict(demand(catalog, event(), nodes=(checkout, BUILD))) == "yes"


# Jobfilter


@pytest.mark.parametrize(
    ("jobfilter", "answer"),
    [
        (["boot"], "yes"),
        (["other", "boot"], "yes"),
        (["other"], "jobfilter"),
        (["boot+"], "yes"),
        (["kbuild+"], "yes"),
        (["checkout+"], "yes"),
        (["kbuild"], "jobfilter"),
        (["checkout"], "jobfilter"),
        (["other+", "kbuild"], "jobfilter"),
        (["other+", "kbuild+"], "yes"),
        (["boo"], "jobfilter"),
        (["boot-nfs", "boots+"], "jobfilter"),
        (None, "yes"),
        ("other", "yes"),
        ({"other": 1}, "yes"),
    ],
)
@pytest.mark.parametrize("whose", ["event", "node"])
def test_jobfilter(site: Site, whose: str, jobfilter: Any, answer: str) -> None:
    """The job itself has to be named, or with `+` the job or a node above it; only lists count."""
    parent = BUILD | ({"jobfilter": jobfilter} if whose == "node" else {})
    said = {"jobfilter": jobfilter} if whose == "event" else {}
    assert verdict(demand(site(), event(parent, **said), nodes=(CHECKOUT, parent))) == answer


@pytest.mark.parametrize("kind", ["kbuild", "job", "process"])
def test_jobfilter_is_for_jobs_of_any_kind(site: Site, kind: str) -> None:
    """A jobfilter asks for a name, whatever kind the job is of."""
    catalog = site(jobs={"boot": {"kind": kind}})
    assert verdict(demand(catalog, event(jobfilter=["other"]))) == "jobfilter"


# Platform filter


@pytest.mark.parametrize(
    ("platform_filter", "answer"),
    [
        (["rock"], "yes"),
        (["pi", "rock"], "yes"),
        (["pi"], "platform_filter"),
        (["rock+"], "platform_filter"),
        (None, "yes"),
        ("pi", "yes"),
        ({"pi": 1}, "yes"),
    ],
)
@pytest.mark.parametrize("whose", ["event", "node"])
def test_platform_filter(site: Site, whose: str, platform_filter: Any, answer: str) -> None:
    """The platform has to be listed; what is no list does not count."""
    parent = BUILD | ({"platform_filter": platform_filter} if whose == "node" else {})
    said = {"platform_filter": platform_filter} if whose == "event" else {}
    assert verdict(demand(site(), event(parent, **said), nodes=(CHECKOUT, parent))) == answer


@pytest.mark.parametrize("kind", ["kbuild", "process"])
def test_platform_filter_is_for_jobs(site: Site, kind: str) -> None:
    """Nodes of another kind than job are not held to it."""
    catalog = site(jobs={"boot": {"kind": kind}})
    assert verdict(demand(catalog, event(platform_filter=["pi"]))) == "yes"


def test_platform_filter_chooses_among_the_platforms_of_an_entry(site: Site) -> None:
    """Of several platforms, those that are listed remain."""
    catalog = site(scheduler=[entry(platforms=["rock", "pi", "kubernetes"])])
    made = demand(catalog, event(platform_filter=["pi", "kubernetes", "nuc"]))
    assert places(made) == ["boot@lab/kubernetes", "boot@lab/pi"]


# Where the two come from


@pytest.mark.parametrize(
    ("key", "yes", "no"),
    [("jobfilter", ["boot"], ["other"]), ("platform_filter", ["rock"], ["pi"])],
)
def test_the_event_goes_before_the_node(site: Site, key: str, yes: Any, no: Any) -> None:
    """A list in the event replaces the node's; what is no list there leaves the node's in force."""
    lenient, strict = BUILD | {key: yes}, BUILD | {key: no}
    cases = [
        (lenient, {key: no}, key),
        (strict, {key: yes}, "yes"),
        (strict, {key: None}, key),
        (strict, {key: "rock"}, key),
        (strict, {}, key),
        (lenient, {}, "yes"),
    ]
    for parent, said, answer in cases:
        made = demand(site(), event(parent, **said), nodes=(CHECKOUT, parent))
        assert verdict(made) == answer, (parent[key], said)


@pytest.mark.parametrize("key", ["jobfilter", "platform_filter"])
def test_empty_lists_forbid_nothing(site: Site, key: str) -> None:
    """Nodes carry an empty list where nobody asked for anything."""
    nothing: Json = {key: []}
    parent = BUILD | nothing
    assert verdict(demand(site(), event(parent, **nothing), nodes=(CHECKOUT, parent))) == "yes"


@pytest.mark.parametrize("key", ["jobfilter", "platform_filter"])
def test_ancestors_do_not_filter(site: Site, key: str) -> None:
    """The filters of a node above the parent do not count: the parent has them or not."""
    checkout = CHECKOUT | {key: ["other"]}
    assert verdict(demand(site(), event(), nodes=(checkout, BUILD))) == "yes"


def test_a_retry_goes_where_it_says(site: Site) -> None:
    """A retry brings both filters: one job on one platform, out of all that its node triggers."""
    asked = [
        entry(platforms=["rock", "pi"]),
        entry(job="build", runtime={"name": "cloud"}, platforms=None),
    ]
    made = demand(
        site(scheduler=asked), retry(jobfilter=["boot"], platform_filter=["pi"], counter=2)
    )
    assert places(made) == ["boot@lab/pi"]
    assert {request.retry for request in made.requests} == {2}
