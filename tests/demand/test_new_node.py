# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the rules of a job, a runtime and a platform see: the node that would be made."""

import pytest

from tests.demand.conftest import Site
from tests.demand.site import BUILD, CHECKOUT, Json, allowed, demand, event, node, verdict


def new(site: Site, whose: str, rules: Json, parent: Json = BUILD, kind: str = "job") -> str:
    """Return the answer where the job, its runtime or its platform (`whose`) has these rules."""
    sections: Json = {
        "jobs": {"boot": {"kind": kind}},
        "runtimes": {"lab": {"lab_type": "lava"}},
        "platforms": {"rock": {}},
    }
    for item in sections[f"{whose}s"].values():
        item["rules"] = rules
    nodes = (CHECKOUT, node("checkout", id="far", data=FAR), parent)
    return verdict(demand(site(**sections), event(parent), nodes=nodes))


COPIED = ("kernel_type", "arch", "defconfig", "config_full", "compiler")
FAR = dict.fromkeys((*COPIED, "flavour"), "far")


@pytest.mark.parametrize("whose", ["job", "runtime", "platform"])
@pytest.mark.parametrize(
    ("key", "own", "of_parent"),
    [
        ("name", "boot", "kbuild"),
        ("kind", "job", "kbuild"),
        ("group", "boot", "kbuild"),
        ("parent", "kbuild-1", "checkout-1"),
    ],
)
def test_the_new_node_hides_its_parent(
    site: Site, whose: str, key: str, own: str, of_parent: str
) -> None:
    """All but the entry's rules are asked of the node that would be made: its name, kind, group."""
    assert new(site, whose, {key: [own]}) == "yes"
    assert new(site, whose, {key: [of_parent]}) == f"{whose}_rule"
    assert new(site, whose, {key: [f"!{own}"]}) == f"{whose}_rule"


def test_an_entry_is_asked_about_the_parent(site: Site) -> None:
    """The entry's rules see the parent alone, nothing of the job."""
    build = node("kbuild", CHECKOUT)
    for key in ("name", "kind", "group"):
        assert allowed(site, {key: [build[key]]})
        assert not allowed(site, {key: ["boot", "job"]})


def test_the_path_of_the_new_node(site: Site) -> None:
    """The path has the parent's names and the job's own."""
    for name in ("checkout", "kbuild", "boot"):
        assert new(site, "job", {"path": [name]}) == "yes"
        assert new(site, "platform", {"path": [f"!{name}"]}) == "platform_rule"


def test_the_new_node_has_its_parents_revision(site: Site) -> None:
    """Tree, branch and version are the parent's."""
    later = {"min_version": {"version": 6, "patchlevel": 7}}
    for whose in ("job", "runtime", "platform"):
        assert new(site, whose, {"tree": ["mainline:master"]}) == "yes"
        assert new(site, whose, {"branch": ["!master"]}) == f"{whose}_rule"
        assert new(site, whose, later) == f"{whose}_rule"


@pytest.mark.parametrize("key", COPIED)
@pytest.mark.parametrize("kind", ["job", "kbuild", "process"])
def test_what_is_copied_onto_a_job(site: Site, key: str, kind: str) -> None:
    """A job gets the parent's own value, null where it has none, before its runtime is asked.

    Its own rules come earlier, and nodes of other kinds get no copy: they see the ancestors'.
    """
    parent = node("kbuild", node("checkout", id="far"))
    for whose in ("job", "runtime", "platform"):
        hidden = kind == "job" and whose != "job"
        answer = new(site, whose, {key: ["far"]}, parent, kind)
        assert answer == (f"{whose}_rule" if hidden else "yes"), whose
        # A null is none of those that are denied.
        assert new(site, whose, {key: ["!near"]}, parent, kind) == "yes"


@pytest.mark.parametrize("key", COPIED)
def test_copies_are_the_parents_values(site: Site, key: str) -> None:
    """Where the parent has the value, every rule sees it."""
    parent = node("kbuild", node("checkout", id="far"), data={key: "near"})
    for whose in ("job", "runtime", "platform"):
        assert new(site, whose, {key: ["near"]}, parent) == "yes"
        assert new(site, whose, {key: ["far"]}, parent) == f"{whose}_rule"


def test_other_keys_are_not_copied(site: Site) -> None:
    """What is not copied is found in the ancestors by every rule."""
    parent = node("kbuild", node("checkout", id="far"))
    for whose in ("job", "runtime", "platform"):
        assert new(site, whose, {"flavour": ["far"]}, parent) == "yes"


@pytest.mark.parametrize(
    ("whose", "runtime", "platform"),
    [
        ("job", "cloud", "kubernetes"),
        ("runtime", "lab", "kubernetes"),
        ("platform", "lab", "rock"),
    ],
)
def test_runtime_and_platform_of_the_new_node(
    site: Site, whose: str, runtime: str, platform: str
) -> None:
    """Each is set just before its rules are asked; until then the parent's is seen."""
    parent = node("kbuild", CHECKOUT, data={"runtime": "cloud", "platform": "kubernetes"})
    sees = {"runtime": runtime, "platform": platform}
    for key, value in sees.items():
        assert new(site, whose, {key: [value]}, parent) == "yes"
        assert new(site, whose, {key: [f"!{value}"]}, parent) == f"{whose}_rule"


def test_the_submitter_is_the_parents(site: Site) -> None:
    """The new node carries its parent's submitter."""
    parent = BUILD | {"submitter": "someone"}
    assert new(site, "platform", {"submitter": ["someone"]}, parent) == "yes"
    assert new(site, "platform", {"submitter": ["!someone"]}, parent) == "platform_rule"
