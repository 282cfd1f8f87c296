# SPDX-License-Identifier: LGPL-2.1-or-later
"""A LAVA lab as a runtime."""

import logging
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from models import (
    DeviceCapacity,
    Dispatch,
    Order,
    Outcome,
    PlannerError,
    Runtime,
    RuntimeCapacity,
    Sent,
)
from planner.runtimes.definition import Definitions
from planner.runtimes.errors import NoAccessError
from planner.runtimes.lava.access import Access
from planner.runtimes.lava.definition import has_key, job_of, node_key
from planner.runtimes.lava.devices import count_devices, online_workers
from planner.runtimes.lava.outcomes import error_of, outcome, vanished
from planner.runtimes.lava.rest import THREADS, Params, Rest, page

log = logging.getLogger(__name__)

SETTLES = 120  # seconds in which a lab works off what it had begun to take
SKEW = timedelta(days=1)  # by which a lab's clock may be off
BATCH = 100  # jobs looked at by one request
_UNABLE = {400, 404, 413}


class LavaRuntime:
    """Sends jobs to a LAVA lab by its REST interface.

    The job id is LAVA's; the key to look for is in the job's name.
    """

    settles = SETTLES

    def __init__(
        self,
        runtime: Runtime,
        definitions: Definitions,
        token: SecretStr | None,
        *,
        patience: float,
    ) -> None:
        if not runtime.url:
            raise PlannerError(f"{runtime.where}: LAVA lab '{runtime.name}' has no url")
        self.name = runtime.name
        self._runtime = runtime
        self._definitions = definitions
        self._rest = Rest(runtime.url, token, patience)
        self._access = Access(runtime.name, self._rest)

    def job_id(self, run: str) -> None:
        """Return None: the lab numbers its jobs."""

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return how many devices of each type are fit and busy, and how long the queues are.

        That takes two requests and one for each of `device_types` that has a device.

        Raises:
            NoAccessError: if the lab does not let us in.
            OSError: if there is no usable answer.
        """
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            workers = pool.submit(self._workers_that_are_online)
            devices = self._devices()
            counted = count_devices(devices, workers.result())
            asked = [kind for kind, device in counted.items() if device.devices]
            asked = sorted(set(device_types).intersection(asked))
            queues = dict(zip(asked, pool.map(self._queued, asked), strict=True))
        return RuntimeCapacity(
            runtime=self.name,
            devices={
                kind: DeviceCapacity(
                    devices=device.devices, running=device.running, queue=queues.get(kind, 0)
                )
                for kind, device in counted.items()
            },
            taken=now,
        )

    def render(self, dispatch: Dispatch) -> str:
        """Return the YAML of a job, with the run's key in its name.

        Raises:
            NotSentError: if what it depends on cannot be asked for now.
            DefinitionError: if there can be none.
        """
        return job_of(self._definitions, dispatch, self._runtime)

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Send a job, once, and return its id.

        Raises:
            NotSentError: if it did not arrive, or the lab does not let us in.
            PlannerError: if the lab refused it for good.
            OSError: if that is not known: look with `find`.
        """
        reply = self._rest.post("jobs/", {"definition": definition})
        if reply.status == 403:
            raise self._access.denied(reply)
        if reply.status in _UNABLE:
            raise PlannerError(f"{self.name} refuses the job: {reply.status}: {reply.detail}")
        jobs = reply.body.get("job_ids") if isinstance(reply.body, dict) else None
        if reply.status not in (200, 201) or not jobs:
            raise reply.error()
        return str(jobs[0])

    def find(self, order: Order) -> str | None:
        """Return the id of the job that has the run's key in its name, the first if several.

        Raises:
            OSError: if that cannot be told.
        """
        key = node_key(order)
        since = (order.intended - SKEW).strftime("%Y-%m-%dT%H:%M:%SZ")
        wanted = {"description__icontains": key, "submit_time__gt": since, "ordering": "id"}
        jobs = self._rest.items("jobs/", wanted)
        found = sorted(int(job["id"]) for job in jobs if has_key(job.get("description"), key))
        if len(found) > 1:
            log.warning("%s: %s was sent %d times: %s", self.name, order.run, len(found), found)
        return str(found[0]) if found else None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return where the runs stand, with one request for many jobs.

        One more is needed for each job that did not come to its end or that the lab does not
        know any more.

        Raises:
            OSError: if there is no usable answer.
        """
        outcomes: list[Outcome] = []
        for start in range(0, len(runs), BATCH):
            outcomes += self._observe(runs[start : start + BATCH])
        return tuple(outcomes)

    def cancel(self, run: Sent) -> None:
        """Ask for the end of a job; one that is over already stays as it is.

        Raises:
            OSError: if the lab did not take that.
        """
        reply = self._rest.get(f"jobs/{run.job_id}/cancel/")
        if reply.status == 403:
            raise self._access.denied(reply)
        if reply.status != 200:
            raise reply.error()

    def check(self) -> str:
        """Return as whom the lab knows us, and its version.

        Raises:
            NoAccessError: if it does not; the text says what to do.
            OSError: if there is no usable answer.
        """
        user = self._access.user()
        version = self._rest.get("system/version/")
        release = version.body.get("version") if isinstance(version.body, dict) else None
        return f"LAVA {release or 'of an unknown version'}, as user '{user}'"

    def _devices(self) -> list[dict[str, Any]]:
        try:
            return self._rest.items("devices/", {"ordering": "hostname"})
        except NoAccessError as error:
            raise self._access.refused(error) from error

    def _workers_that_are_online(self) -> frozenset[str] | None:
        """Return the workers that are online, None if we may not know."""
        try:
            return online_workers(self._rest.items("workers/", {"ordering": "hostname"}))
        except NoAccessError:
            return None

    def _queued(self, device_type: str) -> int:
        """Return how many jobs wait for a device of that type."""
        wanted: Params = {"requested_device_type": device_type, "state": "Submitted", "limit": 1}
        reply = self._rest.get("jobs/", wanted)
        if reply.status == 400:
            return 0  # a type that the lab does not know, or not for us, has no queue
        if reply.status == 403 and self._runtime.disable_queue_limit:
            return 0  # its owner tells nobody, and wants no limit
        count = reply.body.get("count") if isinstance(reply.body, dict) else None
        if reply.status != 200 or not isinstance(count, int):
            raise reply.error()
        return count

    def _observe(self, runs: Sequence[Sent]) -> Iterable[Outcome]:
        asked = {str(run.job_id) for run in runs}
        wanted: Params = {"id__in": ",".join(sorted(asked)), "limit": BATCH, "ordering": "id"}
        jobs = {str(job.get("id")): job for job in self._rest.items("jobs/", wanted)}
        if not asked.issuperset(jobs):
            raise OSError(f"{self.name} does not tell jobs by their ids")
        for run in runs:
            place = f"{self._rest.url}/scheduler/job/{run.job_id}"
            record = jobs.get(str(run.job_id))
            if record is None:
                known = vanished(run, place) if self._is_gone(run) else None
            else:
                known = outcome(run, record, place)
            if known is None:
                log.warning("%s: job %s cannot be told now", self.name, run.job_id)
            elif record and record.get("health") == "Incomplete":
                yield self._blamed(known)
            else:
                yield known

    def _is_gone(self, run: Sent) -> bool:
        """Tell whether the lab has no such job; one that we may not see is there."""
        return self._rest.get(f"jobs/{run.job_id}/").status == 404

    def _blamed(self, known: Outcome) -> Outcome:
        """Return the outcome with whose fault it was."""
        try:
            # Of all results of a job the one that tells of its end comes last.
            reply = self._rest.get(f"jobs/{known.job_id}/tests/", {"page": "last"})
            error = error_of(page(reply))
        except OSError as failed:
            log.warning("%s: why job %s failed is not known: %s", self.name, known.job_id, failed)
            return known
        if error is None:
            return known
        kind, text = error
        detail = f"{known.detail}: {kind} error: {text}"
        return known.model_copy(
            update={"infrastructure": kind == "Infrastructure", "detail": detail}
        )
