# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a cycle collects: kept once, whole or not at all, and given back as the backlog."""

import json
from datetime import UTC, timedelta, timezone
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError

from models import (
    End,
    Mode,
    Reason,
    ReasonCode,
    Rejection,
    Request,
    Runs,
    RunState,
    SentRun,
    VariantAttribute,
)
from planner.ledger import Ledger
from tests.ledger.nouns import (
    DAY,
    FULL,
    MINUTE,
    NOW,
    PLACE,
    deferred,
    event,
    intend,
    node,
    placed,
    plan,
    record,
    request,
    revision,
    states,
)

# Whatever JSON can hold, lone surrogates and NUL included; two of them in a row are one letter.
letters = st.characters() | st.sampled_from(["\ud800", "\0"])
anything = st.lists(letters, max_size=5).map(lambda some: json.loads(json.dumps("".join(some))))
moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7))]))
reasons = st.builds(Reason.of, st.sampled_from(ReasonCode), anything)
keys = count()
requests = st.lists(
    st.builds(
        request,
        st.just("key"),
        st.integers(1, 3),
        entry=anything,
        job=anything,
        kind=anything,
        parent=anything,
        submitter=st.none() | anything,
        rejections=st.lists(
            st.builds(Rejection, runtime=anything, platform=st.none(), reason=reasons), max_size=2
        ),
        revision=st.none()
        | st.builds(
            revision, tree=anything, branch=anything, commit=anything, patchset=st.booleans()
        ),
        created=moments,
        deadline=moments,
    ),
    max_size=4,
)


def test_events_are_seen_once_recorded(ledger: Ledger) -> None:
    """What was recorded is no news again, the rest is, in its order and under any id."""
    record(ledger, events=["a", "b"])
    again = event("a").model_copy(update={"id": "another", "line": 3})
    assert ledger.unseen([event("z"), again, event("c")]) == (event("z"), event("c"))


def test_thousands_of_events_are_told_apart(ledger: Ledger) -> None:
    """The number of events in one batch has no limit."""
    names = [str(number) for number in range(3000)]
    record(ledger, events=names[::2])
    assert [e.fingerprint for e in ledger.unseen([event(name) for name in names])] == names[1::2]


def test_known_requests_are_those_recorded(ledger: Ledger) -> None:
    """Only keys of recorded requests are known."""
    record(ledger, request("a"), request("b"))
    assert ledger.known(["a", "x"]) == {"a"}


def test_cycles_are_numbered_and_count_what_is_new(ledger: Ledger) -> None:
    """Each batch is a new cycle, and what was recorded before does not count in it."""
    first = record(ledger, request("a"), events=["e", "e"])
    second = record(ledger, request("a"), request("b"), events=["e", "f", "g"], problems=["odd"])
    assert second > first
    later, earlier = ledger.history().cycles
    assert (earlier.number, earlier.events, earlier.requests, earlier.problems) == (first, 1, 1, ())
    assert (later.number, later.events, later.requests, later.problems) == (second, 2, 1, ("odd",))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=requests)
def test_requests_come_back_as_they_were(ledger: Ledger, wanted: list[Request]) -> None:
    """The backlog has every field of every request, whatever others wrote into it."""
    # Nothing of the example before may be in the way of this one.
    gone = [
        End(request=old.key, state=RunState.WITHDRAWN, text="over", at=NOW)
        for old in ledger.backlog()
    ]
    record(ledger, ends=gone)
    wanted = [one.model_copy(update={"key": f"{next(keys):08x}"}) for one in wanted]
    record(ledger, *wanted)
    record(ledger, *wanted)
    assert ledger.backlog() == tuple(sorted(wanted, key=lambda one: (one.created, one.key)))


def test_a_known_request_is_left_alone(ledger: Ledger) -> None:
    """A request that is told again keeps what it was, its runs and where they stand."""
    first = request("a", 2)
    intend(ledger, first)
    record(ledger, request("a", 5, priority=90), request("b"), request("b", 2))
    assert ledger.backlog() == (request("b"),)
    assert states(ledger, "a-0", "a-1") == [RunState.INTENDED] * 2
    assert [one.run for one in ledger.runs(["a-2"])] == []


def test_backlog_is_oldest_first_with_what_was_sent(ledger: Ledger) -> None:
    """Requests wait by age; the runs of theirs that took a place are named with it."""
    old = request("b", 3, created=NOW - DAY)
    new = request("a", runs=Runs(number=2, variant=(VariantAttribute.ARCH,), mode=Mode.STRICT))
    number = record(ledger, new, old)
    ledger.record_plan(number, plan([placed(old, 1)]))
    sent = SentRun(index=1, **PLACE.model_dump())
    assert ledger.backlog() == (old.model_copy(update={"sent": (sent,)}), new)


@pytest.mark.parametrize("end", ["submitted", "failed", "dry run", "given back"])
def test_every_run_that_took_a_place_counts_as_sent(ledger: Ledger, end: str) -> None:
    """Also one that failed or was only planned keeps its place; one that is given back does not."""
    wanted = request("a", 2)
    ledger.record_plan(record(ledger, wanted), plan([placed(wanted, 0)]))
    if end == "submitted":
        ledger.mark_submitted("a-0", "17", NOW)
    elif end == "failed":
        ledger.mark_failed("a-0", "refused", "submit_error", NOW)
    elif end == "dry run":
        ledger.mark_dry_run(("a-0",), NOW)
    else:
        ledger.give_back("a-0", NOW)
    (waits,) = ledger.backlog()
    assert [run.index for run in waits.sent] == ([] if end == "given back" else [0])


def test_requests_in_error_are_withdrawn_at_once(ledger: Ledger) -> None:
    """They are kept with their reason, never wait, and need no node."""
    reason = Reason.of(ReasonCode.UNKNOWN_JOB, "no job boot is defined")
    record(ledger, request("a", 2, error=reason), nodes={})
    assert ledger.backlog() == ()
    for run in ledger.history().runs:
        assert (run.state, run.reason, run.closed) == (RunState.WITHDRAWN, reason, NOW)


def test_ends_end_waiting_runs_only(ledger: Ledger) -> None:
    """Old and new requests end in the batch that says so; what was sent goes its way."""
    half = request("a", 2)
    ledger.record_plan(record(ledger, half, request("b")), plan([placed(half, 0)]))
    later = NOW + MINUTE
    ends = [
        End(request="a", state=RunState.SUPERSEDED, text="c0ffee is newer", at=later),
        End(request="c", state=RunState.EXPIRED, text="too old", at=later),
    ]
    record(ledger, request("c"), ends=ends)
    assert ledger.backlog() == (request("b"),)
    intended, superseded, expired = ledger.runs(["a-0", "a-1", "c-0"])
    assert (intended.state, intended.closed, intended.detail) == (RunState.INTENDED, None, None)
    assert superseded.state is RunState.SUPERSEDED
    assert (superseded.closed, superseded.detail) == (later, "c0ffee is newer")
    assert (expired.state, expired.detail) == (RunState.EXPIRED, "too old")


def test_an_end_keeps_what_was_waited_for(ledger: Ledger) -> None:
    """An expired run still says why it never got a place; a new reason takes the old one's."""
    both = (request("a"), request("b"))
    ledger.record_plan(
        record(ledger, *both),
        plan(deferrals=map(deferred, both)),
    )
    gone = Reason.of(ReasonCode.UNKNOWN_RUNTIME, "no runtime lab-a is defined any more")
    ends = [
        End(request="a", state=RunState.EXPIRED, text="its deadline passed", at=NOW),
        End(request="b", state=RunState.WITHDRAWN, reason=gone, at=NOW),
    ]
    record(ledger, ends=ends)
    assert [run.reason for run in ledger.runs(["a-0", "b-0"])] == [FULL, gone]


def test_newest_revision_of_each_branch_is_known(ledger: Ledger) -> None:
    """The one seen last counts, in whatever order they come, and patchsets never."""
    first, second = revision(commit="1"), revision(commit="2", seen=NOW + MINUTE)
    stable = revision(tree="stable", commit="3")
    patched = revision(commit="4", seen=NOW + DAY, patchset=True)
    record(ledger, request("a", revision=second), request("b", revision=first))
    record(ledger, request("c", revision=stable), request("d", revision=patched))
    record(ledger, request("e", revision=first), request("f", revision=None))
    newest = {("mainline", "master"): second, ("stable", "master"): stable}
    assert ledger.revisions() == newest
    third = revision(commit="5", seen=NOW + DAY)
    record(ledger, request("g", revision=third))
    assert ledger.revisions() == newest | {("mainline", "master"): third}


def test_a_parent_nobody_showed_is_an_error_and_nothing_is_kept(ledger: Ledger) -> None:
    """Without the node no run could ever be sent, so the batch is refused as a whole."""
    with pytest.raises(ValueError, match="node-9"):
        record(
            ledger, request("a", parent="node-9"), events=["e"], nodes={"node-1": node("node-1")}
        )
    assert ledger.known(["a"]) == frozenset()
    assert ledger.unseen([event("e")]) == (event("e"),)
    assert ledger.history().cycles == ()
    assert ledger.revisions() == {}


@pytest.mark.parametrize("parent", ["node-1", "\ud800\0"])
def test_parents_shown_before_need_not_be_shown_again(ledger: Ledger, parent: str) -> None:
    """A node is kept; one that is shown again replaces what was known of it."""
    first, second, third = (request(key, parent=parent) for key in "abc")
    record(ledger, first)
    record(ledger, second, nodes={})
    newer = node(parent, artifacts={"kernel": "https://files/Image"})
    number = record(ledger, third, nodes={parent: newer})
    orders = ledger.record_plan(number, plan(map(placed, (first, second, third))))
    assert [order.node for order in orders] == [newer] * 3


def test_times_without_a_zone_are_refused(ledger: Ledger) -> None:
    """Nobody could tell what they mean, and nothing of the batch is kept."""
    with pytest.raises(StatementError, match="has no time zone"):
        record(ledger, request("a"), at=NOW.replace(tzinfo=None))
    assert ledger.known(["a"]) == frozenset()
