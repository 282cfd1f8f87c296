# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one context has of a runtime's runs, and how a run's Job is ended."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models import Outcome
from planner.runtimes.kubernetes.cluster import Cluster
from planner.runtimes.kubernetes.manifest import ENDED, RUNTIME, label
from planner.runtimes.kubernetes.outcome import moment, outcome, stuck_since
from planner.runtimes.kubernetes.room import is_finished

log = logging.getLogger(__name__)

Object = Mapping[str, Any]

STUCK = timedelta(minutes=10)  # how long a pod may fail to start before its Job is ended
BARE = timedelta(seconds=30)  # how long the making of a pod takes at most, if nothing hinders it


class Found(NamedTuple):
    """A run's Job with its pods, and why it has none where something hinders that."""

    job: Object
    pods: tuple[Object, ...]
    hindrance: str | None = None

    def outcome(self, run: str) -> Outcome:
        """Return where the run stands."""
        told = outcome(run, self.job, self.pods)
        return told.model_copy(update={"detail": self.hindrance}) if self.hindrance else told

    def is_bare(self, now: datetime) -> bool:
        """Tell whether the Job should have a pod by now, and has none."""
        made = moment(self.job["metadata"].get("creationTimestamp"))
        return (
            not self.pods and not is_finished(self.job) and made is not None and now - made > BARE
        )

    def stuck(self, now: datetime) -> str | None:
        """Return why a pod has failed to start for long, None if none has."""
        if is_finished(self.job):
            return None
        said = [each for pod in self.pods if (each := stuck_since(pod)) is not None]
        return next((why for since, why in said if now - since > STUCK), None)


def look(cluster: Cluster, runtime: str, now: datetime) -> dict[str, Found]:
    """Return the Jobs of a runtime in a context, by name: two requests, and a third if any is bare.

    Raises:
        OSError: if the context does not answer.
    """
    ours = f"{RUNTIME}={label(runtime)}"
    jobs = cluster.jobs(ours)
    pods: dict[str, tuple[Object, ...]] = {}
    for pod in cluster.pods(ours):
        name = pod["metadata"]["labels"]["job-name"]
        pods[name] = (*pods.get(name, ()), pod)
    names = {str(job["metadata"]["name"]): job for job in jobs}
    found = {name: Found(job, pods.get(name, ())) for name, job in names.items()}
    bare = [name for name, each in found.items() if each.is_bare(now)]
    if bare:
        why = _hindrances(cluster)
        found |= {name: found[name]._replace(hindrance=why.get(name)) for name in bare}
    return found


def end(cluster: Cluster, name: str, why: str) -> None:
    """Give a Job a deadline that is over; its annotation says that it was not its own."""
    annotated = {"annotations": {ENDED: why}}
    cluster.change(name, {"metadata": annotated, "spec": {"activeDeadlineSeconds": 1}})


def _hindrances(cluster: Cluster) -> dict[str, str]:
    """Return why Jobs of a context get no pods, by name; nothing if that is not to be had."""
    try:
        events: Iterable[Object] = cluster.failures()
    except OSError as error:
        log.info("why Jobs have no pods is not known: %s", error)
        return {}
    return {
        str(event["involvedObject"]["name"]): f"no pod: {' '.join(str(event['message']).split())}"
        for event in events
        if event.get("message")
    }
