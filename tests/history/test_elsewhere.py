# SPDX-License-Identifier: LGPL-2.1-or-later
"""What LAVA labs and KernelCI's API tell of the past, in our words."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from models import Catalog, Execution, LabType, PlannerError, Runtime, Unusable
from planner.history import Record, lava_records, node_records, sieved
from planner.runtimes.lava.past import FinishedJobs
from tests.candidates.site import WHERE
from tests.estimates.past import catalog
from tests.runtimes.lava.double import Answer as Said
from tests.runtimes.lava.double import Lab, always


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Yield a lab with two boards, which gives no more than two jobs a page."""
    with Lab(page=2) as made:
        made.add("rock", "Good", "Good")
        yield made


def runtime(lab: Lab) -> Runtime:
    """Return the lab as it is configured."""
    return Runtime(name="lava", lab_type=LabType.LAVA, url=lab.url, where=WHERE)


def ran(lab: Lab, name: str, health: str = "Complete", error: str | None = None) -> int:
    """Have the lab finish a job, and return its number."""
    lab.put(f"{{job_name: '{name}', device_type: rock}}")
    number = len(lab.jobs)
    lab.start(number)
    lab.end(number, health, error)
    return number


def told(lab: Lab, after: int = 0) -> list[Record | Unusable]:
    """Return what the lab tells."""
    where = runtime(lab)
    return list(lava_records(site(), where, FinishedJobs(where, None), after))


def site() -> Catalog:
    """Return a site that knows the lab's jobs and boards."""
    return catalog()


def test_finished_jobs_are_read_page_by_page(lab: Lab) -> None:
    """All of them, in their order; job, platform and times are told."""
    numbers = [ran(lab, f"[KernelCI] 66500000 {name} v6.12") for name in ("boot", "ltp-rock") * 3]
    records = told(lab)
    assert [record.where for record in records] == [f"lava: job {one}" for one in numbers]
    assert lab.counts()["GET jobs/"] == 3
    executions = list(sieved(records, datetime.now(UTC)))
    assert all(isinstance(one, Execution) for one in executions)
    assert {one.job for one in executions if isinstance(one, Execution)} == {"boot", "ltp"}
    first = executions[0]
    assert isinstance(first, Execution)
    assert (first.platform, first.device_type, first.arch) == ("rock", "rock", "arm64")
    assert (first.result, first.job_id, first.runtime) == ("pass", "1", "lava")


def test_one_can_go_on_after_a_job(lab: Lab) -> None:
    """What was read before need not be read again."""
    numbers = [ran(lab, "boot") for _ in range(4)]
    assert [record.where for record in told(lab, numbers[2])] == [f"lava: job {numbers[3]}"]


def test_faults_of_the_lab_are_told_from_those_of_the_job(lab: Lab) -> None:
    """Of a job that did not come to its end the lab is asked why."""
    ran(lab, "boot", "Incomplete", "Infrastructure")
    ran(lab, "boot", "Incomplete", "Job")
    spoiled = [record.told for record in told(lab) if isinstance(record, Record)]
    assert [one["infrastructure"] for one in spoiled] == [True, False]
    assert {one["result"] for one in spoiled} == {"incomplete"}


def test_what_tells_nothing_and_what_is_not_understood(lab: Lab) -> None:
    """Canceled jobs are passed over; a job that the configuration does not know is said."""
    ran(lab, "boot", "Canceled")
    number = ran(lab, "a test of somebody")
    text = "no job of the configuration is in its name, 'a test of somebody'"
    assert told(lab) == [Unusable(f"lava: job {number}", text)]


def test_a_lab_that_fails(lab: Lab) -> None:
    """An error of the system, and no silent end; a lab without a URL is an error to mend."""
    lab.faults["GET jobs/"] = always(Said(500, "<html>", "text/html"))
    with pytest.raises(OSError, match="500"):
        told(lab)
    with pytest.raises(PlannerError, match="has no url"):
        FinishedJobs(runtime(lab).model_copy(update={"url": None}), None)


NODE: dict[str, Any] = {
    "id": "66500000000000000000aaaa",
    "kind": "job",
    "name": "boot",
    "state": "done",
    "result": "fail",
    "created": "2026-11-01T10:00:00.123000",
    "updated": "2026-11-01T11:00:00",
    "data": {
        "job_id": "17",
        "runtime": "lava",
        "platform": "rock",
        "arch": "arm64",
        "error_code": None,
        "kernel_revision": {"tree": "mainline"},
    },
}


def test_nodes_count_without_their_durations() -> None:
    """A node tells when it was made and when it was last changed, not when its run began."""
    (one,) = sieved(node_records(site(), [NODE]), datetime.now(UTC), timed=False)
    assert isinstance(one, Execution)
    assert (one.job, one.platform, one.tree, one.result) == ("boot", "rock", "mainline", "fail")
    assert (one.started, one.ended) == (None, datetime(2026, 11, 1, 11, tzinfo=UTC))
    spoiled = {**NODE, "data": {**NODE["data"], "error_code": "Infrastructure"}}
    (record,) = node_records(site(), [spoiled])
    assert record.told["infrastructure"] is True


def test_nodes_that_ran_nowhere_tell_nothing() -> None:
    """No job id, no runtime, or no data at all: nothing was executed."""
    nowhere = [{**NODE, "data": {**NODE["data"], name: None}} for name in ("job_id", "runtime")]
    assert list(node_records(site(), [*nowhere, {**NODE, "data": None}])) == []
