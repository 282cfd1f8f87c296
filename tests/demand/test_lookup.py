# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where rules look values up: within the node, then in its ancestors."""

import pytest

from tests.demand.conftest import Site
from tests.demand.site import CHECKOUT, allowed, demand, entry, event, node, verdict


def test_at_any_depth(site: Site) -> None:
    """A key is found wherever it stands within the node."""
    assert allowed(site, {"flavour": ["x"]}, misc={"deep": {"flavour": "x"}})
    assert allowed(site, {"describe": ["v6.6-rc1"]})
    assert allowed(site, {"kind": ["kbuild"], "name": ["kbuild"], "path": ["checkout"]})


def test_depth_first(site: Site) -> None:
    """Of two places within a node, the one that a walk in depth comes by first counts."""
    first, second = {"misc": {"flavour": "x"}}, {"flavour": "y"}
    assert allowed(site, {"flavour": ["x"]}, **first, **second)
    assert allowed(site, {"flavour": ["y"]}, **second, **first)
    assert allowed(site, {"flavour": ["x"]}, a={"b": {"flavour": "x"}}, c={"flavour": "y"})


def test_a_null_is_found_too(site: Site) -> None:
    """A key that is there with null is not looked for any further."""
    checkout = node("checkout", data={"flavour": "x"})
    build = node("kbuild", checkout, data={"flavour": None})
    rules = {"flavour": ["x"]}
    made = demand(site(scheduler=[entry(rules=rules)]), event(build), nodes=(checkout, build))
    assert verdict(made) == "entry_rule"


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_ancestors(site: Site, depth: int) -> None:
    """What the node does not say, its parent says, or the parent's parent, and so on."""
    chain = [node("checkout", id="n0", data={"flavour": "x"})]
    for number in range(depth):
        chain.append(node("kbuild", chain[-1], id=f"n{number + 1}"))
    for rule, answer in (["x"], "yes"), (["y"], "entry_rule"), (["!x"], "entry_rule"):
        catalog = site(scheduler=[entry(rules={"flavour": rule})])
        assert verdict(demand(catalog, event(chain[-1]), nodes=chain)) == answer


def test_the_nearest_node_counts(site: Site) -> None:
    """A value of the node hides its ancestors', however deep it stands in the node."""
    checkout = node("checkout", data={"flavour": "x", "other": "x"})
    middle = node("kbuild", checkout, id="middle", data={"a": {"b": {"flavour": "y"}}})
    build = node("kbuild", middle)
    catalog = site(scheduler=[entry(rules={"flavour": ["y"], "other": ["x"]})])
    assert verdict(demand(catalog, event(build), nodes=(checkout, middle, build))) == "yes"


def test_a_circle_of_parents_ends(site: Site) -> None:
    """Nodes that are each other's parents are looked into once."""
    one = node("kbuild", CHECKOUT, id="one") | {"parent": "two"}
    two = node("kbuild", CHECKOUT, id="two") | {"parent": "one"}
    own = node("kbuild", CHECKOUT, id="own") | {"parent": "own"}
    catalog = site(scheduler=[entry(rules={"flavour": ["!x"]})])
    for each in (one, own):
        assert verdict(demand(catalog, event(each), nodes=(one, two, own))) == "yes"
