# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nodes that are missing, incomplete or odd: said, and at nobody else's cost."""

import json
import math

import pytest

from models import Catalog
from planner.demand import expand
from planner.events import NodeFile
from tests.demand.conftest import Site
from tests.demand.site import (
    BUILD,
    CHECKOUT,
    REVISION,
    Json,
    demand,
    entry,
    event,
    node,
    only,
    places,
    retry,
)
from tests.events.lines import read

OTHER = node("kbuild", CHECKOUT, id="other")
SERVED = ["boot@lab/rock"]


def test_a_missing_node(site: Site) -> None:
    """An event whose node nobody knows is an error with its line; the next event is served."""
    made = demand(site(), event(), event(OTHER), nodes=(CHECKOUT, OTHER))
    assert places(made) == SERVED
    [error] = made.errors
    assert (error.line, BUILD["id"] in error.text) == (1, True)


def test_a_missing_node_that_no_entry_asks_about(site: Site) -> None:
    """Nobody needs the node of an event that triggers nothing."""
    assert demand(site(), event(state="done"), nodes=()).errors == ()


@pytest.mark.parametrize(
    "data", [None, {}, {"kernel_revision": None}, {"kernel_revision": "v6.6"}, "text", []]
)
def test_a_node_without_a_revision(site: Site, data: object) -> None:
    """No job can be made for it; that is an error, and the next event is served."""
    broken = BUILD | {"data": data}
    made = demand(site(), event(), event(OTHER), nodes=(CHECKOUT, broken, OTHER))
    assert places(made) == SERVED
    assert [error.line for error in made.errors] == [1]


def test_a_missing_ancestor(site: Site) -> None:
    """Rules that need it are decided without it, which is said; others do not need it."""
    needs = site(scheduler=[entry(rules={"flavour": ["!x"]})])
    made = demand(needs, event(), nodes=(BUILD,))
    assert places(made) == SERVED
    [error] = made.errors
    assert CHECKOUT["id"] in error.text
    does_not = site(scheduler=[entry(rules={"arch": ["arm64"]})])
    made = demand(does_not, event(), nodes=(BUILD,))
    assert (places(made), made.errors) == (SERVED, ())


def test_without_nodes(site: Site) -> None:
    """The event's own dictionary stands for its node; nothing is known above it."""
    rules = {"arch": ["arm64"], "tree": ["mainline"], "submitter": ["!someone"]}
    made = demand(site(scheduler=[entry(rules=rules)]), event(), nodes=None)
    assert (places(made), made.errors) == (SERVED, ())
    of_ancestor = site(scheduler=[entry(rules={"flavour": ["x"]})])
    assert places(demand(of_ancestor, event(), nodes=None)) == []


def test_without_nodes_the_events_filters_count(site: Site) -> None:
    """A retry says all that is needed by itself."""
    asked = [entry(platforms=["rock", "pi"])]
    made = demand(site(scheduler=asked), retry(platform_filter=["pi"]), nodes=None)
    assert places(made) == ["boot@lab/pi"]


NUMBERS: list[object] = [True, 7, -1.5, 10**4000, math.inf, math.nan]
TEXTS: list[object] = ["", "x", "\U0001f427", "\x00", "9" * 5000]
ODD: list[object] = [None, *NUMBERS, *TEXTS, [], ["x", 5], [{}], {}, {"x": {"y": []}}]
RULES = {"tree": ["mainline:master", "!x"], "branch": ["!x"], "arch": ["!x"], "name": ["!x"]}
VERSIONS = {"min_version": {"version": 5, "patchlevel": 4}}


def strict(site: Site) -> Catalog:
    """Return a site that looks at everything a node can say."""
    job = {"kind": "job", "params": {"frequency": "1h"}, "rules": RULES | VERSIONS}
    return site(
        jobs={"boot": job, "build": {"kind": "kbuild", "params": {"arch": "arm64"}}},
        runtimes={"lab": {"lab_type": "lava", "rules": RULES}},
        platforms={"rock": {"rules": RULES}},
        build_configs={"one": {"tree": "mainline", "branch": "master", "priority": "high"}},
        scheduler=[
            entry(rules=RULES | VERSIONS, event={"channel": "node", "op": "created"}),
            entry(job="build", event={"channel": "node", "op": "created"}),
        ],
    )


def served_beside(site: Site, odd: Json, said: Json) -> None:
    """Check that an odd node and event cost nothing of what the next event asks for."""
    catalog = strict(site)
    usual = demand(catalog, event(OTHER), nodes=(CHECKOUT, OTHER))
    assert places(usual) == ["boot@lab/rock", "build@lab/rock"]
    nodes = (CHECKOUT, odd, OTHER)
    made = demand(catalog, said, event(OTHER, result="pass"), nodes=nodes)
    of_other = [request for request in made.requests if request.parent == OTHER["id"]]
    assert [r.key for r in of_other] == [r.key for r in usual.requests]
    assert all(error.line == 1 for error in made.errors)


KEYS = ("kind", "name", "path", "group", "parent", "data", "jobfilter", "platform_filter")
MORE = ("created", "updated", "submitter", "treeid", "retry_counter", "artifacts", "debug")


@pytest.mark.parametrize("key", [*KEYS, *MORE])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_value_in_a_node(site: Site, key: str, value: object) -> None:
    """Whatever stands in a key of a node, nothing else is lost."""
    served_beside(site, BUILD | {key: value}, event())


@pytest.mark.parametrize("key", ["jobfilter", "platform_filter", "retry_counter", "name", "path"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_value_in_an_event(site: Site, key: str, value: object) -> None:
    """Whatever stands in a key of an event, nothing else is lost."""
    odd: Json = {key: value}
    served_beside(site, BUILD, event() | {"data": event()["data"] | odd})
    served_beside(site, BUILD, retry() | {"data": retry()["data"] | odd})


@pytest.mark.parametrize(
    "key", ["tree", "branch", "commit", "version", "describe", "patchset", "url"]
)
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_value_in_a_revision(site: Site, key: str, value: object) -> None:
    """Whatever a revision says of itself, nothing else is lost."""
    odd = node("kbuild", CHECKOUT, data={"kernel_revision": REVISION | {key: value}})
    served_beside(site, odd, event(odd))


@pytest.mark.parametrize("key", ["version", "patchlevel"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_version(site: Site, key: str, value: object) -> None:
    """A version that is no number fulfils no rule about versions, and nothing else is lost."""
    revision = REVISION | {"version": REVISION["version"] | {key: value}}
    odd = node("kbuild", CHECKOUT, data={"kernel_revision": revision})
    served_beside(site, odd, event(odd))


@pytest.mark.parametrize("key", ["arch", "platform", "priority", "architecture_filter", "extra"])
@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
def test_an_odd_value_in_the_data(site: Site, key: str, value: object) -> None:
    """Whatever a node's data says, nothing else is lost."""
    odd = node("kbuild", CHECKOUT, data={key: value}, submitter="someone")
    served_beside(site, odd, event(odd))


def test_a_node_nested_without_end(site: Site) -> None:
    """A node is looked through to its ground, however deep that is."""
    deep: Json = {"flavour": "x"}
    for _ in range(5_000):
        deep = {"more": deep}
    build = node("kbuild", CHECKOUT, data={"deep": deep})
    catalog = site(scheduler=[entry(rules={"flavour": ["x"]})])
    made = expand(catalog, read(event()), nodes=NodeFile({build["id"]: build}))
    assert places(made) == SERVED


def test_requests_can_be_written_down(site: Site) -> None:
    """Texts of any kind in a node come out as JSON again."""
    odd = BUILD | {"name": "Grüße\n\u2028", "id": "a b", "submitter": "é"}
    request = only(demand(site(), event(odd), nodes=(CHECKOUT, odd)))
    assert json.loads(request.model_dump_json())["parent"] == "a b"
