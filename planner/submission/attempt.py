# SPDX-License-Identifier: LGPL-2.1-or-later
"""One attempt to send one run, and what came of it."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from models import Catalog, Dispatch, Node, Order, PlannerError, Reason, RunState
from planner.kernelci import ErrorCode, RefusedError
from planner.runtimes import DefinitionError, LabRuntime, NotSentError
from planner.submission.lanes import NotBegunError
from planner.submission.nodes import NodeOverError

log = logging.getLogger(__name__)


class Attempt(NamedTuple):
    """What came of sending a run; the text is the job id, or why there is none."""

    state: RunState
    text: str
    code: ErrorCode = ErrorCode.SUBMIT_ERROR
    reason: Reason | None = None

    @property
    def job_id(self) -> str | None:
        """The id of the job, None if there is none as far as is known."""
        return self.text if self.state is RunState.SUBMITTED else None


def without_node(error: Exception | None) -> Attempt:
    """Return what it means that a run got no node: nothing was sent anywhere else."""
    if isinstance(error, NodeOverError):
        return Attempt(RunState.FAILED, str(error))
    if isinstance(error, RefusedError):
        # A wrong token is no fault of the run: it waits until that is mended.
        failed = error.status not in (401, 403)
        return Attempt(RunState.FAILED if failed else RunState.WAITING, str(error))
    return interrupted(error)


def attempt(
    runtime: LabRuntime,
    order: Order,
    catalog: Catalog,
    node: Node,
    hindrance: Callable[[], Attempt | None],
) -> Attempt:
    """Render and send one run; whatever goes wrong becomes a result.

    `hindrance` is asked between the two: to render may have taken its time.
    """
    job, platform = catalog.jobs.get(order.job), catalog.platforms.get(order.platform)
    if job is None or platform is None:
        gone = f"job '{order.job}'" if job is None else f"platform '{order.platform}'"
        return Attempt(RunState.FAILED, f"{gone} is not configured any more")
    # By its node a runtime finds the run again, and the journal may have learned of it just now.
    order = order.model_copy(update={"node_id": node["id"]})
    dispatch = Dispatch(order=order, job=job, platform=platform, node=node)
    try:
        definition = runtime.render(dispatch)
    except NotSentError as error:
        return Attempt(RunState.WAITING, str(error))
    except DefinitionError as error:
        return Attempt(RunState.FAILED, str(error), ErrorCode(error.code))
    except Exception as error:  # nothing was sent yet, so whatever it is concerns this run only
        return Attempt(RunState.FAILED, _text(error), ErrorCode.JOB_GENERATION_ERROR)
    if (hindered := hindrance()) is not None:
        return hindered
    try:
        return Attempt(RunState.SUBMITTED, runtime.submit(dispatch, definition))
    except NotSentError as error:
        return Attempt(RunState.WAITING, str(error))
    except PlannerError as error:
        return Attempt(RunState.FAILED, str(error))
    except Exception as error:  # it may have arrived all the same
        return _look_again(runtime, order, _text(error))


def _look_again(runtime: LabRuntime, order: Order, text: str) -> Attempt:
    log.warning("%s: %s; looking for it", order.run, text)
    try:
        job_id = runtime.find(order)
    except Exception as error:  # then nothing is known, and nothing may be sent
        return Attempt(RunState.INTENDED, f"{text}; then: {_text(error)}")
    if job_id is not None:
        return Attempt(RunState.SUBMITTED, job_id)
    if runtime.settles:
        return Attempt(RunState.INTENDED, f"{text}; it is not there yet, and may still be coming")
    return Attempt(RunState.WAITING, text)


def interrupted(error: Exception | None) -> Attempt:
    """Return what an error of the lane means: only what was not begun is known to be unsent."""
    known = isinstance(error, NotBegunError)
    return Attempt(RunState.WAITING if known else RunState.INTENDED, str(error))


def _text(error: Exception) -> str:
    return str(error) if isinstance(error, PlannerError) else f"{type(error).__name__}: {error}"
