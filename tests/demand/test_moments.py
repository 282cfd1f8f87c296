# SPDX-License-Identifier: LGPL-2.1-or-later
"""When a request was made, when it is due, and of which revision it is."""

from datetime import timedelta

import pytest

from tests.demand.conftest import Site
from tests.demand.site import CHECKOUT, NOON, REVISION, demand, event, node, only


def test_created_when_the_event_happened(site: Site) -> None:
    """The request's age counts from its event, and it is due six hours later."""
    request = only(demand(site(), event(at=NOON)))
    assert request.created == NOON
    assert request.deadline == NOON + timedelta(hours=6)


def test_created_when_the_events_were_collected(site: Site) -> None:
    """With `now` it counts from there."""
    now = NOON + timedelta(hours=1)
    request = only(demand(site(), event(at=NOON), now=now))
    assert (request.created, request.deadline) == (now, now + timedelta(hours=6))


@pytest.mark.parametrize(("patchset", "expected"), [(None, False), ("a1b2c3", True)])
def test_the_revision(site: Site, patchset: str | None, expected: bool) -> None:
    """Tree, branch and commit of the parent, and whether patches were applied on top."""
    build = node("kbuild", CHECKOUT, data={"kernel_revision": REVISION | {"patchset": patchset}})
    revision = only(demand(site(), event(build), nodes=(CHECKOUT, build))).revision
    assert revision is not None
    assert (revision.tree, revision.branch) == ("mainline", "master")
    assert (revision.commit, revision.patchset) == (REVISION["commit"], expected)


def test_revisions_are_ordered_by_their_checkouts(site: Site) -> None:
    """The build of the later checkout is of the newer revision, whenever it was made."""
    old = node("checkout", id="old", created="2026-11-24T01:00:00")
    new = node("checkout", id="new", created="2026-11-24T02:00:00")
    late = node("kbuild", old, id="late", created="2026-11-24T04:00:00")
    early = node("kbuild", new, id="early", created="2026-11-24T03:00:00")
    made = demand(site(), event(late), event(early), nodes=(old, new, late, early))
    of_old, of_new = (request.revision for request in made.requests)
    assert of_old is not None
    assert of_new is not None
    assert of_old.seen < of_new.seen
