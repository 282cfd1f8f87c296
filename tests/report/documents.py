# SPDX-License-Identifier: LGPL-2.1-or-later
"""Plans to report on: told by hand, drawn at random, large, and with names that mean mischief."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from models import (
    Assignment,
    BoardWorth,
    Deferral,
    PlanDocument,
    Price,
    Reason,
    ReasonCode,
    RequestError,
    RunRecord,
    RunState,
)
from tests.instances import instance
from tests.plan.plans import CREATED, problems, solved
from tests.rules.facts import Wish, facts

MISCHIEF = (
    "</script><script>window.struck = 1</script>",
    "<img src=x onerror='window.struck = 1'>",
    "\"'><svg onload=window.struck=1>",
    "../../etc/passwd",
    "line\nline\r\n\u2028end",
    "<!-- ]]> {{ 7 * 7 }} {% raw %} &amp; &lt;",
    "{}\\u003c/script\\x00",
)
ERROR = RequestError(
    request="lost",
    job="nothing",
    parent="node-0",
    reason=Reason.of(ReasonCode.UNKNOWN_JOB, "site.yaml:3: job 'nothing' is not defined"),
)

BOARDS = (
    BoardWorth(
        runtime="lab",
        device_type="rock",
        placed=1,
        gains={"value": 3000, "diversity": 0, "completion": -600, "cost": 40},
        solved=True,
    ),
    BoardWorth(
        runtime="cloud", device_type=None, placed=0, gains={"value": 0, "cost": 0}, solved=False
    ),
)

PRICES = (
    Price(rule="slot_ceiling", runtime="lab", device_type="rock", tier="value", worth=3000),
    Price(rule="runtime_total", runtime="cloud", device_type=None, tier="completion", worth=90),
)

# Fields that hold names, which come from configurations, nodes and labs.
_NAMES = {"request", "job", "parent", "runtime", "platform", "device_type", "text"}

plans = problems.map(lambda problem: solved(problem, solver="greedy"))


def small() -> PlanDocument:
    """Return a plan with placed runs that start now and later, waiting ones, and one in error."""
    problem = facts(
        Wish(("lab/rock", "lab/nuc"), number=2, priority=60, duration=1200, cost=40),
        Wish(("lab/rock",), priority=20, duration=600),
        Wish(("cloud/any", "lab/nuc"), number=3, duration=300, cost=7),
        ceilings={"lab/rock": {20: 1, 60: 2}, "cloud/any": {100: 2}},
        totals={"cloud": 2},
        steps={"lab/rock": [(1, 0), (100, 900)]},
    )
    return solved(problem, solver="greedy").model_copy(
        update={"errors": (ERROR,), "boards": BOARDS, "prices": PRICES}
    )


def large(requests: int) -> PlanDocument:
    """Return a random plan of so many requests, of two runs each on average."""
    return solved(instance(5, requests=requests, slots=8, tight=False), solver="greedy")


def runs(document: PlanDocument) -> list[Assignment | Deferral]:
    """Return all runs of the plan, placed ones first."""
    return [*document.assignments, *document.deferrals]


def renamed(document: PlanDocument, end: str) -> PlanDocument:
    """Return the plan with every name in it ending in `end`."""

    def walk(data: Any) -> Any:
        if isinstance(data, list):
            return [walk(item) for item in data]
        if not isinstance(data, dict):
            return data
        named = {k: v + end if k in _NAMES and v else walk(v) for k, v in data.items()}
        if "run" in data:
            request, _, index = data["run"].rpartition("-")
            named["run"] = f"{request}{end}-{index}"
        return named

    return PlanDocument.model_validate(walk(document.model_dump(mode="json")))


names = st.one_of(st.sampled_from(MISCHIEF), st.text(max_size=20))


def record(document: PlanDocument, at: int, *, waited: int, took: int | None) -> RunRecord:
    """Return what a ledger knows of a placed run that started; it is over if it `took` a time."""
    one = document.assignments[at]
    started = document.plan.created + timedelta(seconds=waited)
    over = took is not None
    return RunRecord(
        run=one.run,
        request=one.request,
        job=one.job,
        kind="job",
        parent=one.parent,
        tree=None,
        branch=None,
        state=RunState.FINISHED if over else RunState.STARTED,
        priority=one.priority,
        created=CREATED,
        deadline=CREATED,
        plan=document.plan.id,
        runtime=one.runtime,
        platform=one.platform,
        device_type=one.device_type,
        reason=None,
        waits_since=None,
        job_id="7",
        submitted=document.plan.created,
        started=started,
        ended=started + timedelta(seconds=took) if took is not None else None,
        closed=None,
        result="pass" if over else None,
        exit_status=None,
        infrastructure=False,
        detail=None,
    )
