# SPDX-License-Identifier: LGPL-2.1-or-later
"""What becomes of jobs, many at a time."""

import pytest

from models import Outcome, RunState, Sent
from tests.runtimes.lava.conftest import Connect
from tests.runtimes.lava.double import Answer, Fault, Lab, html


def runs(lab: Lab, number: int) -> list[Sent]:
    """Have the lab take so many jobs, and return their runs."""
    for _ in range(number):
        lab.put("{job_name: x, device_type: rock}")
    made = range(len(lab.jobs) - number + 1, len(lab.jobs) + 1)
    return [Sent(run=f"ab12-{n}", runtime="lab", job_id=str(n), device_type="rock") for n in made]


def one(connect: Connect, run: Sent) -> Outcome:
    """Return the outcome of one run."""
    (outcome,) = connect().observe([run])
    return outcome


def test_it_waits(lab: Lab, connect: Connect) -> None:
    """A job that is submitted or scheduled has not started."""
    (run,) = runs(lab, 1)
    for state in ("Submitted", "Scheduled"):
        lab.jobs[1]["state"] = state
        outcome = one(connect, run)
        assert (outcome.state, outcome.started) == (RunState.SUBMITTED, None)


def test_it_runs_and_ends_well(lab: Lab, connect: Connect) -> None:
    """Start and end are the lab's, a job that came to its end passed."""
    (run,) = runs(lab, 1)
    lab.start(1)
    begun = one(connect, run)
    assert (begun.state, begun.ended) == (RunState.STARTED, None)
    lab.end(1, "Complete")
    ended = one(connect, run)
    assert ended.state is RunState.FINISHED
    assert (ended.result, ended.infrastructure) == ("pass", False)
    assert ended.started == begun.started
    assert ended.started is not None
    assert ended.ended is not None
    assert ended.started < ended.ended
    assert ended.detail == f"{lab.url}/scheduler/job/1"


@pytest.mark.parametrize(
    ("error", "infrastructure"), [("Infrastructure", True), ("Job", False), ("Test", False)]
)
def test_it_does_not_come_to_its_end(
    lab: Lab, connect: Connect, error: str, infrastructure: bool
) -> None:
    """The run is incomplete; the lab's results say whose fault that was."""
    (run,) = runs(lab, 1)
    lab.start(1)
    lab.end(1, "Incomplete", error)
    outcome = one(connect, run)
    assert (outcome.result, outcome.infrastructure) == ("incomplete", infrastructure)
    assert outcome.detail is not None
    assert outcome.detail.endswith(f"Incomplete: {error} error: the board burnt")


@pytest.mark.parametrize("fault", [html, lambda _: Answer(200, {"results": [{"name": "job"}]})])
def test_whose_fault_it_was_is_not_told(lab: Lab, connect: Connect, fault: Fault) -> None:
    """Then it counts as the kernel's, and the run is over all the same."""
    (run,) = runs(lab, 1)
    lab.start(1)
    lab.end(1, "Incomplete", "Infrastructure")
    lab.faults["GET jobs/1/tests/"] = fault
    outcome = one(connect, run)
    assert (outcome.result, outcome.infrastructure) == ("incomplete", False)


def test_it_was_cancelled_in_the_queue(lab: Lab, connect: Connect) -> None:
    """It never started, whatever start time LAVA writes down."""
    (run,) = runs(lab, 1)
    connect().cancel(run)
    outcome = one(connect, run)
    assert (outcome.state, outcome.result) == (RunState.FINISHED, "incomplete")
    assert outcome.started is None
    assert outcome.ended is not None
    assert outcome.detail is not None
    assert outcome.detail.endswith("Canceled")


def test_many_jobs_cost_few_requests(lab: Lab, connect: Connect) -> None:
    """One request for a hundred jobs, and one more for each that did not come to its end."""
    sent = runs(lab, 250)
    for number in (3, 7):
        lab.end(number, "Incomplete", "Job")
    outcomes = connect().observe(sent)
    assert [outcome.run for outcome in outcomes] == [run.run for run in sent]
    assert lab.counts() == {"GET jobs/": 3, "GET jobs/3/tests/": 1, "GET jobs/7/tests/": 1}


def test_a_job_that_vanished(lab: Lab, connect: Connect) -> None:
    """The lab's fault, once it says itself that there is no such job."""
    first, second = runs(lab, 2)
    del lab.jobs[1]
    gone, there = connect().observe([first, second])
    assert (gone.state, gone.result, gone.infrastructure) == (
        RunState.FINISHED,
        "incomplete",
        True,
    )
    assert there.state is RunState.SUBMITTED


def test_a_job_that_we_may_not_see(lab: Lab, connect: Connect) -> None:
    """Nothing is said of it: the run stays under way."""
    first, second = runs(lab, 2)
    del lab.jobs[1]
    lab.faults["GET jobs/1/"] = lambda _: Answer(403, {"detail": "no"})
    assert [outcome.run for outcome in connect().observe([first, second])] == [second.run]


def test_a_state_that_nobody_knows(lab: Lab, connect: Connect) -> None:
    """A newer LAVA may have more of them: the run stays under way."""
    (run,) = runs(lab, 1)
    lab.jobs[1]["state"] = "Dreaming"
    assert connect().observe([run]) == ()


def test_a_lab_that_ignores_what_it_is_asked(lab: Lab, connect: Connect) -> None:
    """Jobs that nobody asked for mean that nothing can be concluded from those that lack."""
    (run, *_) = runs(lab, 3)
    lab.faults["GET jobs/"] = lambda _: Answer(200, {"results": [{"id": 2}], "next": None})
    with pytest.raises(OSError, match="does not tell jobs by their ids"):
        connect().observe([run])


def test_no_answer(lab: Lab, connect: Connect) -> None:
    """Then nothing is known of any."""
    (run,) = runs(lab, 1)
    lab.faults["GET jobs/"] = html
    with pytest.raises(OSError, match="500"):
        connect().observe([run])
