# SPDX-License-Identifier: LGPL-2.1-or-later
"""Jobs that arrived too late: of a planner that was frozen while it sent them, and lost the lead.

The planner that leads now has looked for them, did not find them, and may have sent their runs
again. Nothing keeps a request from leaving late; so whoever wakes up takes back what it sent.
"""

import logging
from collections.abc import Mapping

from models import Order, Outcome, PlannerError, RunState, Sent
from planner.runtimes import LabRuntime
from planner.submission.journal import Journal

log = logging.getLogger(__name__)


def take_back(
    journal: Journal, runtimes: Mapping[str, LabRuntime], order: Order, job_id: str | None
) -> None:
    """Cancel the job of a run unless the ledger waits for it, or it runs already.

    A job whose id follows from the run's key is the only one: whoever sends the run finds it.
    """
    runtime = runtimes[order.runtime]
    if job_id is None or job_id == runtime.job_id(order.run):
        return
    sent = Sent(
        run=order.run,
        runtime=order.runtime,
        job_id=job_id,
        context=order.context,
        node_id=order.node_id,
        device_type=order.device_type,
        submitted=order.intended,
    )
    try:
        if journal.awaits(order):
            return  # whoever leads finds it
        outcomes = runtime.observe((sent,))
        if _waits(outcomes):
            runtime.cancel(sent)
            log.error("%s: job %s came too late, and was taken back", order.run, job_id)
        else:
            log.error("%s: job %s came too late, and runs a second time", order.run, job_id)
    except (OSError, PlannerError) as error:
        log.error("%s: job %s may be a second one: %s", order.run, job_id, error)


def _waits(outcomes: tuple[Outcome, ...]) -> bool:
    return all(outcome.state is RunState.SUBMITTED for outcome in outcomes)
