# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever is asked of it in whatever order, no run is lost or goes where it may not."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from models import FINAL_STATES, End, Outcome, Request, RunState
from planner.ledger import Ledger
from tests.ledger.nouns import MINUTE, NOW, deferred, placed, plan, record, request

# As the picture in `planner.ledger` has it.
MAY_BECOME = {
    RunState.WAITING: {
        RunState.INTENDED,
        RunState.EXPIRED,
        RunState.SUPERSEDED,
        RunState.WITHDRAWN,
    },
    RunState.INTENDED: {
        RunState.WAITING,
        RunState.SUBMITTED,
        RunState.STARTED,
        RunState.FINISHED,
        RunState.DRY_RUN,
        RunState.FAILED,
    },
    RunState.SUBMITTED: {RunState.STARTED, RunState.FINISHED},
    RunState.STARTED: {RunState.FINISHED},
}
ENDS = (RunState.EXPIRED, RunState.SUPERSEDED, RunState.WITHDRAWN)
MARKS = (RunState.SUBMITTED, RunState.FAILED, RunState.DRY_RUN, RunState.WAITING)
HEARD = (RunState.SUBMITTED, RunState.STARTED, RunState.FINISHED)


class Runs(RuleBasedStateMachine):
    """A ledger, and beside it where every run should stand."""

    new_ledger: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/ledger.db"
        shutil.copy(self.new_ledger, f"{self.folder.name}/ledger.db")
        self.ledger = Ledger.open(self.url)
        self.requests: dict[str, Request] = {}
        self.expected: dict[str, RunState] = {}
        self.seen: dict[str, RunState] = {}
        self.now = NOW

    def teardown(self) -> None:
        """Let go of the files."""
        self.ledger.close()
        self.folder.cleanup()

    def keys(self, *states: RunState) -> list[str]:
        """Return the runs that should be in one of these states, in order."""
        return sorted(key for key, state in self.expected.items() if state in states)

    @rule(number=st.integers(1, 3), again=st.booleans())
    def wish(self, number: int, again: bool) -> None:
        """Record a request, or one that came before, now with other runs."""
        key = f"{0 if again else len(self.requests):04x}"
        record(self.ledger, request(key, number), at=self.now)
        first = self.requests.setdefault(key, request(key, number))
        for index in range(first.runs.number):
            self.expected.setdefault(first.run(index), RunState.WAITING)

    @rule(data=st.data())
    def place_some(self, data: st.DataObject) -> None:
        """Plan some of what waits, and defer the rest."""
        self.now += MINUTE
        number = record(self.ledger, at=self.now)
        waiting = [
            (one, index)
            for one in self.ledger.backlog()
            for index in sorted(set(range(one.runs.number)) - {sent.index for sent in one.sent})
        ]
        size = len(waiting)
        chosen = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
        places = [placed(*run) for run, yes in zip(waiting, chosen, strict=True) if yes]
        others = [deferred(*run) for run, yes in zip(waiting, chosen, strict=True) if not yes]
        orders = self.ledger.record_plan(number, plan(places, others, at=self.now))
        assert [order.run for order in orders] == [place.run for place in places]
        self.expected |= dict.fromkeys((place.run for place in places), RunState.INTENDED)

    @rule(data=st.data(), to=st.sampled_from(ENDS))
    @precondition(lambda self: self.requests)
    def end(self, data: st.DataObject, to: RunState) -> None:
        """End what waits of a request."""
        one = self.requests[data.draw(st.sampled_from(sorted(self.requests)))]
        told = {"request": one.key, "state": to, "text": "over", "at": self.now}
        record(self.ledger, ends=[End.model_validate(told)])
        for key in {one.run(index) for index in range(one.runs.number)}:
            if self.expected[key] is RunState.WAITING:
                self.expected[key] = to

    @rule(data=st.data(), to=st.sampled_from(MARKS))
    @precondition(lambda self: self.expected)
    def mark(self, data: st.DataObject, to: RunState) -> None:
        """Say what came of sending a run; that may only be said of one that is intended."""
        key = data.draw(st.sampled_from(sorted(self.expected)))
        marks: dict[RunState, Callable[[], None]] = {
            RunState.SUBMITTED: lambda: self.ledger.mark_submitted(key, "17", self.now),
            RunState.FAILED: lambda: self.ledger.mark_failed(
                key, "refused", "submit_error", self.now
            ),
            RunState.DRY_RUN: lambda: self.ledger.mark_dry_run((key,), self.now),
            RunState.WAITING: lambda: self.ledger.give_back(key, self.now),
        }
        was = self.expected[key]
        no_news = was is to or (to is RunState.SUBMITTED and was in HEARD)
        if was is RunState.INTENDED or no_news:
            marks[to]()
            self.expected[key] = was if no_news else to
        else:
            with pytest.raises(ValueError, match=key):
                marks[to]()

    @rule(data=st.data(), told=st.sampled_from(RunState))
    @precondition(lambda self: self.expected)
    def hear(self, data: st.DataObject, told: RunState) -> None:
        """Hear something of a run, true, late or odd."""
        key = data.draw(st.sampled_from(sorted(self.expected)))
        self.ledger.record_outcomes((Outcome(run=key, state=told),), self.now)
        if told in HEARD and told in MAY_BECOME.get(self.expected[key], ()):
            self.expected[key] = told

    @rule()
    def begin_anew(self) -> None:
        """Open the ledger again, as the next planner would."""
        self.ledger.close()
        self.ledger = Ledger.open(self.url)

    @rule()
    def forget(self) -> None:
        """Let go of all that can be let go of."""
        self.ledger.prune(self.now + MINUTE)

    @invariant()
    def every_run_is_where_it_should_be(self) -> None:
        """Find every run, in the state that follows from what was said, by a legal way."""
        known = self.ledger.runs(list(self.expected))
        states = {run.run: run.state for run in known}
        assert states == self.expected
        assert all((run.closed is not None) is (run.state in FINAL_STATES) for run in known)
        for key, before in self.seen.items():
            assert states[key] is before or states[key] in MAY_BECOME[before]
        self.seen = states

    @invariant()
    def what_is_to_be_done_follows(self) -> None:
        """Find in each list what the states say."""
        under_way = [sent.run for runs in self.ledger.under_way().values() for sent in runs]
        waiting = {key.rpartition("-")[0] for key in self.keys(RunState.WAITING)}
        counts: Counter[RunState] = Counter()
        for count in self.ledger.status().counts:
            counts[count.state] += count.runs
        assert sorted(order.run for order in self.ledger.orders()) == self.keys(RunState.INTENDED)
        assert sorted(under_way) == self.keys(RunState.SUBMITTED, RunState.STARTED)
        assert {one.key for one in self.ledger.backlog()} == waiting
        assert counts == Counter(self.expected.values())


def test_no_run_is_lost_or_goes_astray(new_ledger: Path) -> None:
    """Every sequence of batches, plans, marks, outcomes and restarts keeps the states right."""
    Runs.new_ledger = new_ledger
    limits = settings(max_examples=15, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(Runs, settings=limits)
