# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who comes first: the job, the tree in its place, and people."""

from typing import Any

import pytest

from tests.demand.conftest import Site
from tests.demand.site import BUILD, CHECKOUT, Json, demand, event, node, only

MASTER = {"tree": "mainline", "branch": "master"}


def priority(
    site: Site,
    *,
    job: Any = None,
    tree: Any = None,
    config: Json = MASTER,
    parent: Json = BUILD,
) -> int:
    """Return the priority of a job of that priority in a tree of that priority."""
    catalog = site(
        jobs={"boot": {"kind": "job"} | ({} if job is None else {"priority": job})},
        build_configs={"one": config | ({} if tree is None else {"priority": tree})},
    )
    return only(demand(catalog, event(parent), nodes=(CHECKOUT, parent))).priority


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("high", 60),
        ("medium", 40),
        ("low", 20),
        (None, 20),
        (0, 0),
        (1, 1),
        (45, 45),
        (100, 100),
    ],
)
def test_the_jobs_priority(site: Site, said: Any, number: int) -> None:
    """Names are numbers, numbers are themselves, and the default is low."""
    assert priority(site, job=said) == number


@pytest.mark.parametrize(
    ("job", "tree", "number"),
    [
        ("high", "low", 20),
        ("low", "high", 60),
        (None, "medium", 40),
        (90, 10, 10),
        ("high", 0, 0),
        ("high", None, 60),
    ],
)
def test_the_trees_priority_replaces_the_jobs(site: Site, job: Any, tree: Any, number: int) -> None:
    """It is not added and not the larger of both: it takes the job's place, if it is set."""
    assert priority(site, job=job, tree=tree) == number


@pytest.mark.parametrize(
    "config",
    [
        {"tree": "mainline", "branch": "other"},
        {"tree": "other", "branch": "master"},
        {"tree": "master", "branch": "mainline"},
    ],
)
def test_another_tree_or_branch_does_not_count(site: Site, config: Json) -> None:
    """Only the build config with this very tree and branch counts."""
    assert priority(site, job="medium", tree="high", config=config) == 40


@pytest.mark.parametrize(
    ("submitter", "own", "number"),
    [
        ("service:pipeline", None, 60),
        ("service:pipeline", 99, 60),
        ("someone", None, 80),
        ("someone", 99, 99),
        ("someone", 5, 5),
        ("someone", 0, 0),
        ("service:other", None, 80),
        (None, None, 60),
    ],
)
def test_a_humans_wish(site: Site, submitter: str | None, own: int | None, number: int) -> None:
    """Who is not the pipeline gets 80, or what the node asks for, whatever job and tree say."""
    parent = node("kbuild", CHECKOUT, data={"priority": own}, submitter=submitter)
    assert priority(site, job="low", tree="high", parent=parent) == number


def test_priorities_stay_in_their_range(site: Site) -> None:
    """What a node asks for beyond 0 to 100 is held to it."""
    for own, number in ((500, 100), (-3, 0)):
        parent = node("kbuild", CHECKOUT, data={"priority": own}, submitter="someone")
        assert priority(site, parent=parent) == number


def test_without_nodes_nobody_is_taken_for_a_human(site: Site) -> None:
    """Events do not say who submitted: the job's priority counts."""
    catalog = site(jobs={"boot": {"kind": "job", "priority": "medium"}})
    request = only(demand(catalog, event(), nodes=None))
    assert (request.priority, request.submitter) == (40, None)
