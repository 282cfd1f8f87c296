# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rare boards surface by themselves: from a ledger that remembers to the plan of a cycle."""

from datetime import timedelta

from models import Execution
from planner.plan import explain_document
from tests.cycle.conftest import SITE, Site

# Nothing is busy, but that one job more waits for the pi: whoever wants to be fast takes the rock.
QUIET = SITE.replace("number: 3, variant: device_type", "number: 1").replace(
    "max_queue_depth: 1", "max_queue_depth: 9"
)


def remember(site: Site, **days: float) -> None:
    """Have `boot` have run so many days ago on each board, for the site's tree."""
    with site.ledger() as ledger:
        for board, ago in days.items():
            ended = site.now - timedelta(days=ago)
            ledger.import_executions(
                [
                    Execution(
                        job="boot",
                        kind="job",
                        platform=board,
                        device_type=board,
                        runtime="lab",
                        tree="harbor",
                        result="pass",
                        job_id=f"{board}-{ago}",
                        started=ended - timedelta(minutes=9),
                        ended=ended,
                    )
                ]
            )


def boards(site: Site, *checkouts: str) -> list[str]:
    """Return where one cycle sends `boot` for these checkouts, each of another revision."""
    events = [site.checkout(name, name.ljust(40, "0")) for name in checkouts]
    report = site.cycle(*events, wait=False)
    return [one.platform for one in report.document.assignments if one.job == "boot"]


def test_a_rare_board_surfaces_on_a_quiet_night(site: Site) -> None:
    """Without a past the run goes where it ends first, with one to the board that waits longest."""
    site.write(QUIET)
    remember(site, rock=1.5, pi=12)
    events = site.checkout("c1")
    report = site.cycle(events, wait=False)
    (run,) = (one for one in report.document.assignments if one.job == "boot")
    assert run.platform == "pi"
    judged = explain_document(report.document, run.run).candidates
    assert {one.platform: one.stale_days for one in judged} == {"pi": 12, "rock": 1}
    assert next(one.tier for one in judged if one.platform == "rock") == "staleness"


def test_without_a_past_it_goes_where_it_ends_first(site: Site) -> None:
    """Nothing is known to be stale, and nothing is said of it."""
    site.write(QUIET)
    report = site.cycle(site.checkout("c1"), wait=False)
    (run,) = (one for one in report.document.assignments if one.job == "boot")
    assert run.platform == "rock"
    assert "staleness" not in [tier.name for tier in report.document.solve.tiers]


def test_the_other_runs_go_elsewhere(site: Site) -> None:
    """One run makes the rare board fresh; those beside it have no reason to queue for it."""
    site.write(QUIET)
    remember(site, rock=0.5, pi=12)
    assert sorted(boards(site, "c1", "c2")) == ["pi", "rock"]
