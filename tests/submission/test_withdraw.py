# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that wait in a queue for nothing are taken back; runs that anybody wants are not."""

from datetime import timedelta
from typing import Any

import pytest

from models import Catalog, Contract, Event, Outcome, Revision, RunState
from planner.submission import unwanted, withdraw
from tests.submission.conftest import NOW, catalog, order
from tests.submission.journal import MemoryJournal
from tests.submission.labs import Fault, Labs

OLD, NEW = (
    Revision(tree="t", branch="b", commit=commit, patchset=False, seen=NOW + timedelta(hours=hour))
    for hour, commit in enumerate(("1" * 40, "2" * 40))
)
NEWEST = {("t", "b"): NEW}


def event(node: str, **data: Any) -> Event:
    """Return an event about a node."""
    data = {"id": node, "state": "done"} | data
    return Event(id=None, channel="node", timestamp=NOW, data=data, fingerprint=node)


def sent(journal: MemoryJournal) -> None:
    """Have all runs submitted."""
    for one in journal.orders():
        journal.mark_submitted(one.run, f"job-{one.run}", NOW)


@pytest.fixture
def journal() -> MemoryJournal:
    """Return a journal with two runs that were sent, of an older revision."""
    made = MemoryJournal(order("a-0", node_id="n0"), order("a-1", node_id="n1"))
    sent(made)
    made.revisions = {"a-0": OLD, "a-1": NEW}
    return made


def agreed(site: Catalog, **terms: Any) -> Catalog:
    """Return the site with a contract for its lab."""
    contracts = {"north": Contract(**terms)}
    planner = site.planner.model_copy(update={"contracts": contracts})
    return site.model_copy(update={"planner": planner})


def test_a_run_whose_node_is_over(labs: Labs, journal: MemoryJournal) -> None:
    """It never started, and nobody waits for it: it ends, and its place is to blame."""
    lab, site = labs.add("north"), catalog("north")
    events = (event("n0"), event("n1", state="available"), event("other"))
    runs = unwanted(journal, site, {}, events)
    (outcome,) = withdraw(journal, labs, runs, NOW)
    assert lab.cancelled == ["a-0"]
    assert (outcome.state, outcome.result) == (RunState.FINISHED, "incomplete")
    assert outcome.infrastructure
    assert journal.states["a-0"] is RunState.FINISHED
    assert journal.states["a-1"] is RunState.SUBMITTED


def test_a_run_that_started_is_left_alone(labs: Labs, journal: MemoryJournal) -> None:
    """What is executed goes on to its end."""
    labs.add("north")
    journal.record_outcomes((Outcome(run="a-0", state=RunState.STARTED),), NOW)
    assert unwanted(journal, catalog("north"), NEWEST, (event("n0"),)) == ()


def test_superseded_runs_are_for_the_contract(labs: Labs, journal: MemoryJournal) -> None:
    """They are taken back only where the lab's owner agreed, and no place is to blame."""
    labs.add("north")
    site = catalog("north")
    assert unwanted(journal, site, NEWEST, ()) == ()
    assert unwanted(journal, agreed(site), NEWEST, ()) == ()
    ((run, outcome),) = unwanted(journal, agreed(site, cancel_superseded=True), NEWEST, ())
    assert run.run == "a-0"
    assert outcome.detail == "superseded: t:b went on to 222222222222"
    assert not outcome.infrastructure


def test_a_lab_that_does_not_answer(labs: Labs, journal: MemoryJournal) -> None:
    """A run that cannot be taken back stays as it is."""
    labs.add("north", a_0=Fault.UNREACHABLE)
    runs = unwanted(journal, catalog("north"), {}, (event("n0"),))
    assert withdraw(journal, labs, runs, NOW) == ()
    assert journal.states["a-0"] is RunState.SUBMITTED
