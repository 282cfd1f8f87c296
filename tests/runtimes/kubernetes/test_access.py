# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether contexts let us in, by their own word."""

import logging

import pytest

from planner.runtimes.errors import NoAccessError, UnreachableError
from planner.runtimes.kubernetes.access import NEEDED
from tests.runtimes.kubernetes.conftest import NOW, Clusters
from tests.runtimes.kubernetes.double import said
from tests.runtimes.kubernetes.objects import node


def test_all_rights(clusters: Clusters) -> None:
    """What the contexts are is told; each right is asked for, and no Job is made."""
    told = clusters.runtime().check()
    assert told == (
        "a: Kubernetes v1.20.2, namespace 'jobs'; b: Kubernetes v1.20.2, namespace 'jobs'"
    )
    for server in clusters.servers.values():
        reviews = [each for each in server.asked if each.endswith("selfsubjectaccessreviews")]
        assert len(reviews) == len(NEEDED)
        assert server.jobs == {}


def test_rights_that_are_missing(clusters: Clusters) -> None:
    """They are named, with the namespace where they are missing."""
    clusters.servers["a"].denied = {"create jobs", "list nodes"}
    with pytest.raises(NoAccessError) as denied:
        clusters.runtime("a").check()
    assert str(denied.value) == (
        "a: we may not create jobs.batch in namespace 'jobs', and list nodes in all of the cluster"
        " (the rights of the context's user)"
    )
    assert clusters.runtime().check().startswith("b: ")


def test_a_wrong_token(clusters: Clusters) -> None:
    """It is named, and is not in the text."""
    clusters.servers["a"].faults = {"GET": [(401, said(401, "Unauthorized", "Unauthorized"))]}
    with pytest.raises(NoAccessError, match=r"401: Unauthorized.*is not accepted") as denied:
        clusters.runtime("a").check()
    assert "secret-token" not in str(denied.value)


def test_nobody_there(clusters: Clusters) -> None:
    """That is told of."""
    with pytest.raises(UnreachableError, match="gone: no server"):
        clusters.runtime("gone").check()


def test_no_room_where_no_jobs_may_be_made(
    clusters: Clusters, caplog: pytest.LogCaptureFixture
) -> None:
    """A context that can be looked at and takes no Jobs is planned for no more."""
    for server in clusters.servers.values():
        server.nodes = [node()]
    clusters.servers["a"].denied = {"create jobs"}
    with caplog.at_level(logging.WARNING):
        assert list(clusters.runtime().snapshot(NOW, ()).contexts or ()) == ["b"]
    assert "we may not create jobs.batch" in caplog.text
    with pytest.raises(NoAccessError):
        clusters.runtime("a").snapshot(NOW, ())
