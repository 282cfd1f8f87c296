# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs that their place spoiled come again, as often as the site allows, and no more."""

from datetime import timedelta
from pathlib import Path

import pytest

from models import RunState
from tests.cycle.conftest import Site

TEXT = """\
jobs:
  probe: {kind: job, template: probe.sh.jinja2}
platforms: {one: {}, two: {}}
runtimes: {here: {lab_type: shell}}
scheduler:
  - {job: probe, event: {channel: node, kind: checkout, state: available},
     runtime: {name: here}, platforms: [one, two], runs: {number: 1}}
planner:
  retries: {by: BY, limit: 2}
  shell: {directory: SHELL, templates: [templates]}
"""


def spoiling(folder: Path, by: str) -> Site:
    """Return a site whose runs all end by a signal that nobody sent for them."""
    site = Site(folder)
    site.write(TEXT.replace("BY", by))
    script = f"echo {{{{ run }}}} {{{{ platform }}}} >>{folder}/ran; kill -9 $$\n"
    (folder / "templates" / "probe.sh.jinja2").write_text(script)
    return site


@pytest.mark.parametrize(("by", "times"), [("planner", 3), ("kernelci", 1)])
def test_as_often_as_the_site_says(tmp_path: Path, by: str, times: int) -> None:
    """What was spoiled is asked for again, up to the limit, unless that is for KernelCI."""
    site = spoiling(tmp_path, by)
    reports = [site.cycle(site.checkout("c1"))]
    reports += [site.cycle(later=timedelta(minutes=3)) for _ in range(5)]
    told = [one for report in reports for one in report.outcomes]
    ended = [one for one in told if one.state is RunState.FINISHED]
    assert all(one.infrastructure for one in ended)
    lines = (tmp_path / "ran").read_text().splitlines()
    assert len(lines) == times
    platforms = [line.split()[1] for line in lines]
    assert times == 1 or platforms[0] != platforms[1]
    retries = [request.retry for report in reports for request in report.intake.new]
    assert retries == list(range(times))
