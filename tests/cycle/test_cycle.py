# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a cycle does, and what the next one finds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models import (
    ExitCode,
    Learning,
    PlannerError,
    Policy,
    ReasonCode,
    RunState,
    RuntimeCapacity,
)
from planner.cycle import CycleReport
from planner.events import NodeFile
from planner.runtimes.shell import ShellRuntime
from tests.cycle.conftest import SITE, Site

States = Callable[[], dict[str, int]]


def test_a_cycle_executes_plans_and_keeps(site: Site, states: States) -> None:
    """The shell's run is executed, the labs' share is planned, and what has no room waits."""
    report = site.cycle(site.checkout("c1"))
    assert report.number == 1
    assert len(site.ran()) == 1
    assert [outcome.result for outcome in report.outcomes if outcome.result] == ["pass"]
    # The lab lets one job queue for each board, and one does so for the pi already.
    assert states() == {"finished": 1, "dry-run": 1, "waiting": 2}
    assert not report.degraded


def test_the_same_events_again_ask_for_nothing(site: Site, states: States) -> None:
    """Events that were seen are no news, and what ran does not run again."""
    event = site.checkout("c1")
    site.cycle(event)
    report = site.cycle(event, later=timedelta(minutes=3))
    assert (report.intake.events, report.intake.new) == ((), ())
    assert len(site.ran()) == 1


def test_a_deferred_run_comes_back_and_is_worth_more(site: Site, states: States) -> None:
    """What waits is planned again, in the place that is left, with a value that grew."""
    site.cycle(site.checkout("c1"))
    text = SITE.replace("queue: {pi: 1}", "queue: {rock: 9}")
    site.write(text)
    report = site.cycle(later=timedelta(hours=2))
    (placed,) = report.document.assignments
    # The rock was taken before; the others are asked to differ, and the pi is free now.
    assert placed.platform == "pi"
    fresh = site.policy.value_base + site.policy.value_per_priority * 60
    assert report.document.solve.tiers[0].value > fresh * 100
    assert states()["waiting"] == 1


def test_the_same_revision_again_goes_elsewhere(site: Site) -> None:
    """What a revision had before is a repeat for it; for another revision it is new."""
    text = SITE.replace("number: 3", "number: 1").replace("queue: {pi: 1}", "queue: {pi: 0}")
    site.write(text)

    def board(name: str, commit: str) -> str:
        report = site.cycle(site.checkout(name, commit))
        return next(one.platform for one in report.document.assignments if one.job == "boot")

    first = board("c1", "a" * 40)
    assert board("c2", "b" * 40) == first
    assert {first, board("c3", "a" * 40)} == {"rock", "pi"}


def test_a_run_expires_at_its_deadline(site: Site, states: States) -> None:
    """A run that could not start in time ends, and the ledger says by when it should have."""
    site.cycle(site.checkout("c1"))
    report = site.cycle(later=timedelta(hours=6))
    (end,) = report.intake.ends
    assert end.state is RunState.EXPIRED
    assert "2026-05-04 18:00" in str(end.text)
    assert states()["expired"] == 2
    with site.ledger() as ledger:
        expired = [r for r in ledger.history().runs if r.state is RunState.EXPIRED]
        assert "2026-05-04 18:00" in str(expired[0].detail)
        assert expired[0].reason is not None  # what it had waited for


def test_a_newer_revision_supersedes(site: Site, states: States) -> None:
    """Runs of an older revision of the branch end when the next checkout is here."""
    site.cycle(site.checkout("c1"))
    site.now += timedelta(hours=1)
    report = site.cycle(site.checkout("c2", commit="b" * 40))
    assert [end.state for end in report.intake.ends] == [RunState.SUPERSEDED]
    assert "bbbbbbbbbbbb" in str(report.intake.ends[0].text)
    assert states()["superseded"] == 2


def test_a_policy_may_finish_every_revision(site: Site, states: States) -> None:
    """Then what waits of an older revision waits on beside that of the newer one."""
    site.policy = Policy(supersede=False)
    site.cycle(site.checkout("c1"))
    site.now += timedelta(hours=1)
    report = site.cycle(site.checkout("c2", commit="b" * 40))
    assert report.intake.ends == ()
    assert "superseded" not in states()


def test_another_branch_supersedes_nothing(site: Site, states: States) -> None:
    """A checkout of another branch leaves what waits alone."""
    site.cycle(site.checkout("c1"))
    site.now += timedelta(hours=1)
    report = site.cycle(site.checkout("c2", commit="b" * 40, branch="next"))
    assert report.intake.ends == ()


def test_a_request_that_nobody_can_serve_is_withdrawn(site: Site, states: States) -> None:
    """An entry with an unknown platform costs its own request, with the place in the YAML."""
    entry = "  - {job: boot, event: *checkout, runtime: {name: lab}, platforms: [gone]}\nplanner:"
    site.write(SITE.replace("planner:", entry))
    report = site.cycle(site.checkout("c1"))
    (end,) = report.intake.ends
    assert end.state is RunState.WITHDRAWN
    assert end.reason is not None
    assert "'gone' is not defined" in end.reason.text
    assert states()["withdrawn"] == 1
    assert len(site.ran()) == 1


def test_what_waits_for_a_job_that_went_is_withdrawn(site: Site, states: States) -> None:
    """A job that the configuration lost ends what waits for it."""
    site.cycle(site.checkout("c1"))
    text = SITE.replace("  boot: {kind: job, template: boot.jinja2, priority: high}\n", "")
    site.write(text)
    report = site.cycle(later=timedelta(minutes=3))
    assert [end.state for end in report.intake.ends] == [RunState.WITHDRAWN]
    assert states()["withdrawn"] == 2


def test_a_bad_event_costs_only_itself(site: Site, states: States) -> None:
    """An event whose node nobody knows is named; the others are planned."""
    stray = site.checkout("stray")
    del site.nodes["stray"]
    report = site.cycle(stray, site.checkout("c1", commit="b" * 40))
    assert report.degraded
    assert any("stray" in problem for problem in report.problems)
    assert len(site.ran()) == 1


def test_a_preview_changes_nothing(site: Site, states: States) -> None:
    """A preview shows the plan that a cycle would make, and neither sends nor writes."""
    batch = site.batch(site.checkout("c1"))
    with site.ledger() as ledger:
        preview = site.planner(ledger).preview(batch, NodeFile(site.nodes))
        assert ledger.status().cycle is None
    assert preview.number is None
    assert site.ran() == []
    done = site.cycle(site.checkout("c1"))
    assert preview.document.assignments == done.document.assignments


def test_frequency_counts_what_this_planner_placed(site: Site, states: States) -> None:
    """A job of limited frequency is not asked for again while the ledger has a run of it."""
    entry = "  - {job: daily, event: *checkout, runtime: {name: lab}, platforms: [rock]}\nplanner:"
    site.write(SITE.replace("planner:", entry).replace("rock: 1", "rock: 5"))
    first = site.cycle(site.checkout("c1"))
    assert "daily" in {a.job for a in first.document.assignments}
    site.now += timedelta(hours=5)
    second = site.cycle(site.checkout("c2", commit="b" * 40))
    assert second.intake.excluded == {"frequency": 1}
    site.now += timedelta(hours=20)
    third = site.cycle(site.checkout("c3", commit="c" * 40))
    assert third.intake.excluded == {}


def test_runs_of_earlier_cycles_count(site: Site, states: States) -> None:
    """Repeats are told from what earlier cycles placed, not only from this plan."""
    first = site.cycle(site.checkout("c1"))
    assert [a.platform for a in first.document.assignments if a.job == "boot"] == ["rock"]
    site.write(SITE.replace("queue: {pi: 1}", "queue: {}"))
    second = site.cycle(later=timedelta(minutes=3))
    diversity = second.document.solve.tiers[1]
    assert diversity.name == "diversity"
    # The two that are left: one on the pi, the other repeats whichever it takes.
    assert (len(second.document.assignments), diversity.value) == (2, 1)


def test_the_second_planner_is_kept_out(site: Site) -> None:
    """While one planner holds the lock of the ledger, another gets exit code 4."""
    with site.ledger() as first, site.ledger() as second, first.lock():
        with pytest.raises(PlannerError) as refused:
            second.lock().__enter__()
        assert refused.value.exit_code is ExitCode.LOCKED


def test_a_runtime_that_cannot_be_asked_is_unknown(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A live runtime whose snapshot fails counts as unknown, as it is declared to be."""

    def fail(*_: object) -> RuntimeCapacity:
        raise OSError("no answer")

    site.write(SITE.replace("here: {slots: 4}", "here: {slots: 4, unknown: closed}"))
    monkeypatch.setattr(ShellRuntime, "snapshot", fail)
    report = site.cycle(site.checkout("c1"))
    waiting = {d.job: d.reason.code for d in report.document.deferrals}
    assert waiting["probe"] is ReasonCode.RUNTIME_CLOSED
    assert site.ran() == []


def test_the_next_plan_knows_how_long_a_run_really_took(site: Site) -> None:
    """A job that is declared to take a second, and takes three, is planned to take longer."""
    declared = "planner:\n  estimates: {defaults: {jobs: {probe: {duration: 1s}}}}"
    site.write(SITE.replace("planner:", declared))
    script = site.root / "templates" / "probe.sh.jinja2"
    script.write_text("sleep 3\n")
    # The shell's clock is the real one, and what ends in the future is not believed.
    site.now = datetime.now(UTC)
    site.policy = Policy(learning=Learning(prior_runs=1))
    first = site.cycle(site.checkout("c1"), site.checkout("c2", branch="next"))
    assert _probes(first) == [1, 1]
    script.write_text("true\n")
    second = site.cycle(site.checkout("c3", branch="stable"), later=timedelta(minutes=3))
    assert _probes(second) == [2]


def _probes(report: CycleReport) -> list[int]:
    return [a.duration_s for a in report.document.assignments if a.job == "probe"]
