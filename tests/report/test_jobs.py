# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was asked, and where jobs are covered."""

from hypothesis import given, settings

from models import PlanDocument
from planner.report.jobs import asked
from tests.plan.plans import written
from tests.report.documents import ERROR, plans
from tests.rules.facts import Wish, facts


def test_one_job() -> None:
    """Its runs by what became of them; the device types that it got, and that it could have had."""
    problem = facts(Wish(("lab/a", "lab/b", "other/c"), number=3))
    document = written(problem, "lab/a", "lab/a", None)
    (job,) = asked(document).jobs
    assert (job.asked, job.placed, job.waiting, job.in_error) == (3, 2, 1, 0)
    assert job.kinds == {"a": 2}
    assert job.open == {"b", "c"}


def test_requests_in_error() -> None:
    """They count as requests and as one asked run each; their jobs are listed."""
    document = written(facts(Wish(("lab/a",))), "lab/a").model_copy(update={"errors": (ERROR,)})
    found = asked(document)
    assert found.requests == 2
    assert [(j.name, j.in_error) for j in found.jobs if j.in_error] == [("nothing", 1)]


@settings(max_examples=25, deadline=None)
@given(document=plans)
def test_nothing_is_counted_twice_or_forgotten(document: PlanDocument) -> None:
    """Over all jobs: every run, every place that runs got, no place both got and open."""
    found = asked(document)
    assert sum(job.placed for job in found.jobs) == len(document.assignments)
    assert sum(job.waiting for job in found.jobs) == len(document.deferrals)
    assert all(job.kinds.total() == job.placed for job in found.jobs)
    assert all(job.open.isdisjoint(job.kinds) for job in found.jobs)
    assert {a.device_type for a in document.assignments} <= set(found.device_types)
