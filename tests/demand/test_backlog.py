# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes on waiting, what ends, and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Request, Revision, Runs, RunState
from planner.demand import newest_revisions, review_backlog
from tests.demand.site import NOON

SOON = timedelta(hours=1)


def revision(commit: str = "old", seen: datetime = NOON, **changes: Any) -> Revision:
    """Return a revision of mainline's master."""
    fields = {"tree": "mainline", "branch": "master", "patchset": False, **changes}
    return Revision(commit=commit, seen=seen, **fields)


def request(key: str = "r", of: Revision | None = None, hours: float = 6) -> Request:
    """Return a request for that revision that was made at noon and is due in so many hours."""
    return Request(
        key=key,
        entry="site.yaml:1",
        job="boot",
        kind="job",
        parent="n1",
        retry=0,
        priority=20,
        submitter=None,
        runs=Runs(),
        candidates=(),
        revision=of,
        created=NOON,
        deadline=NOON + timedelta(hours=hours),
    )


def review(*requests: Request, newer: Revision | None = None, now: datetime = NOON + SOON) -> Any:
    """Return (key, state) of each end after a newer revision was seen; check that none is lost."""
    newest = newest_revisions([request("newer", newer)] if newer else [], {})
    waiting, ends = review_backlog(requests, newest, now)
    assert [r.key for r in requests if r in waiting] == [r.key for r in waiting]
    assert {r.key for r in waiting} | {end.request for end in ends} == {r.key for r in requests}
    assert len(waiting) + len(ends) == len(requests)
    assert all(end.at == now and end.text for end in ends)
    return [(end.request, end.state) for end in ends]


NEWER: dict[str, Any] = {"commit": "new", "seen": NOON + SOON}
ENDED = [("r", RunState.SUPERSEDED)]


@pytest.mark.parametrize(
    ("old", "new", "ends"),
    [
        pytest.param(revision(), revision(**NEWER), ENDED, id="a newer commit of the branch"),
        pytest.param(revision(), revision(**NEWER, tree="next"), [], id="another tree"),
        pytest.param(revision(), revision(**NEWER, branch="dev"), [], id="another branch"),
        pytest.param(
            revision(), revision(commit="old", seen=NOON + SOON), [], id="the same commit again"
        ),
        pytest.param(
            revision(), revision(commit="new", seen=NOON - SOON), [], id="an older commit"
        ),
        pytest.param(revision(), revision(commit="new"), [], id="a commit of the same moment"),
        pytest.param(
            revision(), revision(**NEWER, patchset=True), [], id="patches on top of the branch"
        ),
        pytest.param(
            revision(patchset=True), revision(**NEWER), [], id="patches are no older state of it"
        ),
        pytest.param(
            revision(patchset=True), revision(**NEWER, patchset=True), [], id="other patches"
        ),
        pytest.param(None, revision(**NEWER), [], id="a request of no known revision"),
        pytest.param(revision(), None, [], id="nothing newer"),
    ],
)
def test_superseding(old: Revision | None, new: Revision | None, ends: Any) -> None:
    """Only a newer commit of the same tree and branch ends a request, never where patches are."""
    assert review(request(of=old), newer=new) == ends


def test_the_request_of_the_newest_revision_goes_on() -> None:
    """What makes others end does not end itself."""
    newest = revision(**NEWER)
    ends = review(request("r", revision()), request("own", newest), newer=newest)
    assert ends == ENDED


@pytest.mark.parametrize(
    ("late", "ends"),
    [
        (timedelta(0), [("r", RunState.EXPIRED)]),
        (timedelta(seconds=-1), []),
        (timedelta(seconds=1), [("r", RunState.EXPIRED)]),
        (timedelta(days=3), [("r", RunState.EXPIRED)]),
    ],
)
def test_expiry(late: timedelta, ends: Any) -> None:
    """A request ends at its deadline, not a second before."""
    waiting = request(of=revision())
    assert review(waiting, now=waiting.deadline + late) == ends


def test_both_ends_at_once() -> None:
    """A request that is superseded and late ends once."""
    late = NOON + timedelta(days=1)
    assert len(review(request(of=revision()), newer=revision(**NEWER), now=late)) == 1


def test_the_reason_names_what_ended_it() -> None:
    """The text names the newer commit and its branch, or the deadline that is over."""
    newest = newest_revisions([request(of=revision("c0ffee", NOON + SOON))], {})
    [superseded] = review_backlog([request(of=revision())], newest, NOON)[1]
    assert superseded.text is not None
    assert all(word in superseded.text for word in ("c0ffee", "mainline", "master"))
    [expired] = review_backlog([request(hours=0)], {}, NOON)[1]
    assert expired.text is not None
    assert "2026-11-24 12:00" in expired.text


def test_an_empty_backlog() -> None:
    """Nothing waits, nothing ends."""
    assert review_backlog([], {("mainline", "master"): revision()}, NOON) == ((), ())


# The newest revision of each branch


def test_newest_of_each_branch() -> None:
    """Branches are apart, and the order in which revisions are heard of does not matter."""
    old, new = revision("old"), revision("new", NOON + SOON)
    other = revision("other", NOON - SOON, branch="dev")
    for heard in ([old, new, other], [other, new, old]):
        found = newest_revisions([request(of=each) for each in heard], {})
        assert found == {("mainline", "master"): new, ("mainline", "dev"): other}


def test_known_revisions_stay_unless_newer_ones_come() -> None:
    """What was seen in earlier cycles counts, and is not forgotten."""
    known = {("mainline", "master"): revision("known", NOON), ("next", "master"): revision("x")}
    older = newest_revisions([request(of=revision("old", NOON - SOON))], known)
    assert older == known
    newer = revision("new", NOON + SOON)
    assert newest_revisions([request(of=newer)], known) == known | {("mainline", "master"): newer}
    assert known[("mainline", "master")].commit == "known"


def test_patches_and_unknown_revisions_are_never_newest() -> None:
    """They say nothing about the state of a branch."""
    requests = [request(of=revision("p", NOON + SOON, patchset=True)), request(of=None)]
    assert newest_revisions(requests, {}) == {}


revisions = st.builds(
    revision,
    commit=st.sampled_from("abc"),
    seen=st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours)),
    tree=st.sampled_from(["t1", "t2"]),
    patchset=st.booleans(),
)


@given(
    st.lists(st.tuples(st.none() | revisions, st.integers(1, 4)), max_size=12), st.integers(0, 5)
)
def test_each_request_ends_for_its_reason_or_waits(
    cases: list[tuple[Revision | None, int]], hours: int
) -> None:
    """For any backlog: late or overtaken requests end, all others wait, none is lost."""
    now = NOON + timedelta(hours=hours)
    requests = [request(str(n), of, due) for n, (of, due) in enumerate(cases)]
    waiting, ends = review_backlog(requests, newest_revisions(requests, {}), now)
    states = {end.request: end.state for end in ends}
    assert len(states) == len(ends) == len(requests) - len(waiting)
    for each in requests:
        own, state = each.revision, states.get(each.key)
        later = {of.commit for of, _ in cases if of and own and _later(of, own)}
        if state is RunState.SUPERSEDED:
            assert own is not None
            assert later - {own.commit}
        else:
            # Where a commit was seen again later, it may be the newest once more.
            assert not later or (own is not None and own.commit in later)
            assert state is (RunState.EXPIRED if now >= each.deadline else None)


def _later(newer: Revision, older: Revision) -> bool:
    same = (newer.tree, newer.branch) == (older.tree, older.branch)
    return same and newer.seen > older.seen and not (newer.patchset or older.patchset)
