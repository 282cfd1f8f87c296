# SPDX-License-Identifier: LGPL-2.1-or-later
"""The Kubernetes runtime: runs are Jobs, in one or several clusters."""

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from models import (
    CapacitySource,
    Catalog,
    ContextCapacity,
    Dispatch,
    Order,
    Outcome,
    PlannerError,
    Runtime,
    RuntimeCapacity,
    Sent,
    SubmitMode,
)
from planner.runtimes.definition import Definitions
from planner.runtimes.errors import DefinitionError, NotSentError
from planner.runtimes.keys import read_keys
from planner.runtimes.kubernetes.access import check, require_creation
from planner.runtimes.kubernetes.cluster import Cluster, RefusedError
from planner.runtimes.kubernetes.clusters import Clusters
from planner.runtimes.kubernetes.kubeconfig import load_client
from planner.runtimes.kubernetes.manifest import (
    RUN,
    RUNTIME,
    complete,
    job_name,
    label,
    pod_spec,
    read_job,
)
from planner.runtimes.kubernetes.outcome import CANCELLED, outcome
from planner.runtimes.kubernetes.room import Amount, Room, is_finished, pod_request, room
from planner.runtimes.kubernetes.settings import KubernetesSettings
from planner.runtimes.kubernetes.watch import end, look

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# The server's answers that blame the definition: it would be refused every time.
_DEFINITION_IS_WRONG = (400, 413, 415, 422)


class KubernetesRuntime:
    """Creates each run's Job at most once: its name is made of the run's key.

    Contexts are asked side by side; one that does not answer costs the others nothing.
    """

    settles = 90  # seconds; a server gives up a request after 60

    def __init__(
        self,
        runtime: Runtime,
        catalog: Catalog,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = runtime.name
        self._own = read_keys(runtime, KubernetesSettings)
        self._definitions = Definitions(runtime, catalog, environment)
        self._declared = catalog.capacity_settings(runtime)
        # A context that is late must not cost the others the deadline that they all have.
        patience = self._declared.deadline * 0.8
        self._clusters = Clusters(runtime.name, runtime.contexts, self._own.namespace, patience)
        live = catalog.submit_mode(runtime) is SubmitMode.LIVE
        if live or self._declared.source is CapacitySource.KUBERNETES:
            load_client()
        self._clock = clock
        self._rooms: dict[str | None, Room] = {}

    def job_id(self, run: str) -> str:
        """Return the name of the Job that a run will have."""
        return job_name(run)

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return what the contexts that answer have left, each by itself.

        Raises:
            OSError: if none answers.
        """
        self._rooms, failures = self._clusters.ask(self._look)
        if not self._rooms:
            raise next(iter(failures.values()))
        for error in failures.values():
            log.warning("%s: its capacity does not count now: %s", self.name, error)
        return RuntimeCapacity(
            runtime=self.name,
            unknown=self._declared.unknown,
            slots=self._declared.slots,
            running=sum(each.running for each in self._rooms.values()),
            contexts={name or "": _left(each) for name, each in self._rooms.items()},
            max_runs=self._declared.max_runs,
            taken=now,
        )

    def render(self, dispatch: Dispatch) -> str:
        """Return the manifest of a run's Job, in YAML.

        Raises:
            DefinitionError: if the template makes none, or not one Job.
        """
        definition = self._definitions.text(
            dispatch, {"k8s_job_name": job_name(dispatch.order.run)}
        )
        try:
            read_job(definition)
        except PlannerError as error:
            text = f"template '{dispatch.job.template}' of job '{dispatch.job.name}': {error}"
            raise DefinitionError(text) from error
        return definition

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Create the run's Job; return its name. One that exists already is the run's own.

        Raises:
            OSError: if nobody can tell whether it was created.
            NotSentError: if it was not: no server, no right, no quota.
            PlannerError: if the server cannot read the definition, or the name is another's.
        """
        order = dispatch.order
        job = read_job(definition)
        context = order.context
        if context is None:
            found = self.find(order)  # whichever context was chosen the last time
            if found is not None:
                return found
            context = self._roomiest(job)
        cluster = self._clusters.get(context)
        job = complete(job, order, cluster.namespace, self._own.requests, self._own.keep)
        try:
            cluster.create(job)
        except RefusedError as refused:
            if refused.is_taken:
                self._is_ours(cluster, order)
            elif refused.status in _DEFINITION_IS_WRONG:
                raise PlannerError(str(refused)) from refused
            elif refused.status >= 500 or isinstance(refused, NotSentError):
                raise
            else:
                raise NotSentError(str(refused)) from refused
        self._take(context, job)
        return job_name(order.run)

    def find(self, order: Order) -> str | None:
        """Return the name of the run's Job, in its context or, without one, in any.

        Raises:
            OSError: if it was not found, and a context that may have it does not answer.
        """
        name = job_name(order.run)
        asked = None if order.context is None else [order.context]
        jobs, failures = self._clusters.ask(lambda cluster: cluster.job(name), asked)
        if any(job is not None for job in jobs.values()):
            return name
        if failures:
            raise next(iter(failures.values()))
        return None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return where runs stand, with two requests to each context however many there are.

        A run is left out if a context that may have it does not answer.

        Raises:
            OSError: if no context answers.
        """
        places = {context for run in runs for context in self._places(run)}
        now = self._clock()
        found, failures = self._clusters.ask(lambda it: look(it, self.name, now), places)
        if runs and not found:
            raise next(iter(failures.values()))
        for error in failures.values():
            log.warning("%s: runs there cannot be observed now: %s", self.name, error)
        outcomes = []
        for run in runs:
            mine = self._places(run)
            name = run.job_id or job_name(run.run)
            holders = [context for context in mine if name in found.get(context, {})]
            if holders:
                there = found[holders[0]][name]
                outcomes.append(there.outcome(run.run))
                self._end_if_stuck(holders[0], name, there.stuck(now))
            elif not any(context in failures for context in mine):
                outcomes.append(outcome(run.run, None, ()))
        return tuple(outcomes)

    def cancel(self, run: Sent) -> None:
        """Have the run's Job end now: its pods go, and it stays to say so.

        Raises:
            OSError: if it was not found, and a context that may have it does not answer.
        """
        name = run.job_id or job_name(run.run)
        jobs, failures = self._clusters.ask(lambda cluster: cluster.job(name), self._places(run))
        holders = {context: job for context, job in jobs.items() if job is not None}
        for context, job in holders.items():
            if not is_finished(job):
                end(self._clusters.get(context), name, CANCELLED)
        if failures and not holders:
            raise next(iter(failures.values()))

    def check(self) -> str:
        """Return what the contexts are that let us do all that a planner does.

        Raises:
            NoAccessError: if none does; the text says which rights are missing.
            OSError: if none answers.
        """
        told, failures = self._clusters.ask(check)
        if not told:
            raise next(iter(failures.values()))
        return "; ".join(told.values())

    def _look(self, cluster: Cluster) -> Room:
        require_creation(cluster)
        ours = f"{RUNTIME}={label(self.name)}"
        return room(cluster.nodes(), cluster.live_pods(), cluster.quotas(), cluster.jobs(ours))

    def _end_if_stuck(self, context: str | None, name: str, why: str | None) -> None:
        """End a Job that waits for what will not come: it would keep its room for nothing."""
        if why is None:
            return
        try:
            end(self._clusters.get(context), name, why)
        except OSError as error:
            log.warning("%s: %s cannot be ended now: %s", self.name, name, error)

    def _is_ours(self, cluster: Cluster, order: Order) -> None:
        name = job_name(order.run)
        job = cluster.job(name)
        if job is None:
            raise OSError(f"{cluster.name}: Job {name} was there and is gone")
        if (job["metadata"].get("labels") or {}).get(RUN) != label(order.run):
            raise PlannerError(f"{cluster.name}: Job {name} exists, and is not this run's")

    def _roomiest(self, job: Mapping[str, Any]) -> str | None:
        """Return the context that takes most runs such as this one."""
        if len(self._clusters.contexts) == 1:
            return self._clusters.contexts[0]
        if not self._rooms:
            self._rooms, failures = self._clusters.ask(self._look)
            if not self._rooms:
                raise NotSentError(str(next(iter(failures.values()))))
        request = self._request(job)
        return max(self._rooms, key=lambda context: self._rooms[context].holds(request))

    def _take(self, context: str | None, job: Mapping[str, Any]) -> None:
        """Count what was just sent, until the next snapshot counts it."""
        if context in self._rooms:
            self._rooms[context] = self._rooms[context].without(self._request(job))

    def _request(self, job: Mapping[str, Any]) -> Amount:
        asked = pod_request(pod_spec(job))
        default = self._default_request
        return Amount(asked.cpu or default.cpu, asked.memory or default.memory, asked.pods)

    @property
    def _default_request(self) -> Amount:
        return pod_request({"containers": [{"resources": {"requests": self._own.requests}}]})

    def _places(self, run: Sent) -> list[str | None]:
        """Return the contexts where a run may be."""
        contexts = self._clusters.contexts
        return [run.context] if run.context in contexts else list(contexts)


def _left(room: Room) -> ContextCapacity:
    """Return what is left of a context; a run that fits on no node of it waits there."""
    return ContextCapacity(
        slots=room.running + room.free.pods,
        running=room.running,
        cpu=room.free.cpu,
        memory=room.free.memory,
    )
