# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever goes wrong, and whenever the planner dies: no run twice, and none forgotten."""

import contextlib
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from models import Order, RunState
from planner.submission import recover
from tests.submission.conftest import catalog, order, sender
from tests.submission.journal import MemoryJournal
from tests.submission.labs import Fault, Labs

NAMES = ("north", "south")
RUNS = ("a-0", "a-1", "b-0", "c-0")
ENDS = {RunState.SUBMITTED, RunState.FAILED}
PATIENCE = 0.03


class Death(BaseException):
    """The planner is killed."""


class DeadlyJournal(MemoryJournal):
    """A journal whose planner dies at a given write: just before it, or just after."""

    writes_left = 1000
    after = False

    def _write(self, run: str, state: RunState, text: str, now: datetime) -> None:
        self.writes_left -= 1
        if self.writes_left == 0 and not self.after:
            raise Death
        super()._write(run, state, text, now)
        if self.writes_left == 0:
            raise Death


# A cycle: where each run goes if it waits, what goes wrong with it, and at which write of the
# journal the planner dies, before or after that.
cycles = st.lists(
    st.tuples(
        st.fixed_dictionaries({run: st.sampled_from(NAMES) for run in RUNS}),
        st.dictionaries(st.sampled_from(RUNS), st.sampled_from(Fault)),
        st.integers(1, 12),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(cycles)
@settings(max_examples=150, deadline=None)
def test_no_run_twice_and_none_forgotten(
    planned: list[tuple[dict[str, str], dict[str, Fault], int, bool]],
) -> None:
    """Over any cycles with any faults a run starts at most once; a calm cycle settles the rest."""
    labs = Labs()
    for name in NAMES:
        labs.add(name)
    journal = DeadlyJournal()
    journal.states = dict.fromkeys(RUNS, RunState.WAITING)
    try:
        for places, faults, death, after in planned:
            for lab in labs.values():
                lab.faults = dict(faults)
            journal.writes_left, journal.after = death, after
            with contextlib.suppress(Death):
                _cycle(journal, labs, places)
            _check(journal, labs)
        for lab in labs.values():
            lab.faults.clear()
            lab.unstick.set()
        journal.writes_left = 1000
        for _ in range(2):
            _cycle(journal, labs, dict.fromkeys(RUNS, "south"))
            _check(journal, labs)
        assert set(journal.states.values()) <= ENDS
    finally:
        for lab in labs.values():
            lab.unstick.set()


def _cycle(journal: MemoryJournal, labs: Labs, places: dict[str, str]) -> None:
    """Do what a cycle does: recover, plan what waits, send it."""
    site = catalog(*labs)
    sending = sender(labs, site, patience=PATIENCE)
    recover(journal, sending)
    orders: list[Order] = [order(run, places[run]) for run in journal.runs(RunState.WAITING)]
    journal.intend(*orders)
    report = sending.submit(journal, orders)
    told = [report.submitted, report.failed, report.given_back, report.unknown]
    assert sorted(run for runs in told for run in runs) == sorted(one.run for one in orders)


def _check(journal: MemoryJournal, labs: Labs) -> None:
    arrived = [run for lab in labs.values() for run in lab.arrived]
    assert len(arrived) == len(set(arrived))
    assert set(journal.states) == set(RUNS)
    for run, state in journal.states.items():
        if state is RunState.SUBMITTED:
            assert run in labs[journal.planned[run].runtime].arrived
        if state is RunState.FAILED:
            assert journal.texts[run]
        if state in (RunState.FAILED, RunState.WAITING):
            assert run not in arrived
