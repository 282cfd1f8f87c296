# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was planned and not sent stays where it was, cycle after cycle."""

from datetime import timedelta

import pytest

from models import Tier
from planner.cycle import CycleReport
from tests.cycle.conftest import Site

TWO = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
platforms:
  shell: {}
runtimes:
  here: {lab_type: shell}
  there: {lab_type: shell}
scheduler:
  - {job: probe, event: {channel: node, kind: checkout, state: available},
     runtime: {names: [here, there]}}
planner:
  capacity: {here: {slots: HERE}, there: {slots: THERE}}
  shell: {directory: SHELL, templates: [templates]}
"""


def write(site: Site, here: int, there: int) -> None:
    """Write a site of two runtimes that differ in nothing but how many runs they take."""
    site.write(TWO.replace("THERE", str(there)).replace("HERE", str(here)))


def stopped(site: Site) -> CycleReport:
    """Do a cycle that plans a run and is kept from sending it."""
    site.hindrance = "the planner was told to stop"
    report = site.cycle(site.checkout("c1"))
    site.hindrance = None
    return report


@pytest.mark.parametrize("place", ["here", "there"])
def test_a_run_that_was_not_sent_stays_where_it_was_to_go(site: Site, place: str) -> None:
    """Only one of two had room, and the planner was stopped: with room in both, it goes there."""
    write(site, here=int(place == "here"), there=int(place == "there"))
    (given_back,) = stopped(site).submission.given_back
    write(site, here=1, there=1)
    report = site.cycle(later=timedelta(minutes=3))
    (assignment,) = report.document.assignments
    assert (assignment.run, assignment.runtime) == (given_back, place)
    assert [(t.name, t.value) for t in report.document.solve.tiers][-1] == (Tier.STABILITY, 1)


def test_what_waited_since_has_nowhere_to_stay(site: Site) -> None:
    """The plan before that one had it there, the last one nowhere: there is no such tier."""
    write(site, here=0, there=1)
    stopped(site)
    write(site, here=0, there=0)
    assert len(site.cycle(later=timedelta(minutes=3)).document.deferrals) == 1
    write(site, here=1, there=1)
    report = site.cycle(later=timedelta(minutes=3))
    assert Tier.STABILITY not in {tier.name for tier in report.document.solve.tiers}
