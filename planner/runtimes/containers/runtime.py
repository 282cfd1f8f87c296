# SPDX-License-Identifier: LGPL-2.1-or-later
"""The container runtime: each run is a container of an engine."""

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from models import (
    Catalog,
    Dispatch,
    Order,
    Outcome,
    PlannerError,
    Runtime,
    RuntimeCapacity,
    Sent,
)
from planner.runtimes.containers.engine import Engine, RefusedError
from planner.runtimes.containers.images import Images
from planner.runtimes.containers.outcome import (
    ENDED,
    WAITING,
    ended,
    gone,
    is_overdue,
    under_way,
)
from planner.runtimes.containers.recipe import (
    CANCELLED,
    RUN,
    SCRIPT,
    TIMEOUT,
    Recipe,
    archive,
    container_name,
    labels,
    labels_of,
    read_recipe,
    variables,
)
from planner.runtimes.containers.settings import ContainerSettings
from planner.runtimes.definition import Definitions
from planner.runtimes.errors import DefinitionError, NotSentError
from planner.runtimes.keys import read_keys
from planner.runtimes.timeout import job_timeout

log = logging.getLogger(__name__)

LONGEST = 3600  # seconds that a run may take where nothing says how long
GRACE = 10  # seconds between SIGTERM and SIGKILL
# How engines say with a 500 that an image has no such name, or lacks what the script needs.
_FOR_GOOD = ("invalid reference format", "executable file", "no such file")
_SHORTEST_SECRET = 6  # letters; what is shorter would blot out innocent text


class ContainerRuntime:
    """Starts each run's container at most once: its name is made of the run's key.

    A container is created, given its script, and started. One that was created and not started
    is removed before its run is sent elsewhere, so it never will.
    """

    settles = 60  # seconds in which an engine has done what it was asked

    def __init__(
        self,
        runtime: Runtime,
        catalog: Catalog,
        *,
        environment: Mapping[str, str] = os.environ,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = runtime.name
        self._own = read_keys(runtime, ContainerSettings)
        self._definitions = Definitions(runtime, catalog, environment)
        self._declared = catalog.capacity_settings(runtime)
        self._engine = Engine(runtime.url, self._declared.deadline)
        self._images = Images(self._engine.pull)
        self._clock = clock

    def job_id(self, run: str) -> str:
        """Return the name of the container that a run will have."""
        return container_name(run)

    def snapshot(self, now: datetime, device_types: Collection[str]) -> RuntimeCapacity:
        """Return the declared slots, or as many as there are processors, and what runs of ours."""
        running = sum(each["State"] not in ENDED for each in self._engine.ours(self.name))
        slots = self._declared.slots
        return RuntimeCapacity(
            runtime=self.name,
            unknown=self._declared.unknown,
            slots=self._engine.processors() if slots is None else slots,
            running=running,
            max_runs=self._declared.max_runs,
            taken=now,
        )

    def render(self, dispatch: Dispatch) -> str:
        """Return the script of a run with its image and timeout, in YAML.

        Raises:
            DefinitionError: if the template makes none, or the job has no image.
        """
        job = dispatch.job
        image = self._definitions.parameters(dispatch)["runtime_image"]
        if not image:
            text = f"{job.where}: job '{job.name}' has no image to run in"
            raise DefinitionError(text, "invalid_job_params")
        script = self._definitions.text(dispatch)
        timeout = job_timeout(job, self._own.timeout or LONGEST)
        return Recipe(image=image, timeout=timeout, script=script).written()

    def submit(self, dispatch: Dispatch, definition: str) -> str:
        """Create the run's container if there is none, and start it if it never ran.

        Raises:
            OSError: if nobody can tell whether it was started.
            NotSentError: if it was not: no engine, or no image yet.
            PlannerError: if it cannot be created or started, or the name is another's.
        """
        order, recipe = dispatch.order, read_recipe(definition)
        name = container_name(order.run)
        if self._create(order, recipe, name):
            found = self._engine.look(name)
            if found is None:
                raise OSError(f"{self._engine.name}: container {name} was there and is gone")
            if labels_of(found).get(RUN) != order.run:
                raise PlannerError(f"container {name} exists, and is not this run's")
            if found["State"]["Status"] not in WAITING:
                return name
        self._engine.put(name, archive({SCRIPT: recipe.script}))
        try:
            self._engine.start(name)
        except RefusedError as refused:
            self._engine.remove(name)  # it says no if the container runs after all
            if refused.status < 500 or _is_for_good(refused):
                raise PlannerError(str(refused)) from refused
            raise NotSentError(str(refused)) from refused
        return name

    def find(self, order: Order) -> str | None:
        """Return the name of the run's container if it ran; else see to it that it will not."""
        name = container_name(order.run)
        found = self._engine.look(name)
        if found is None or labels_of(found).get(RUN) != order.run:
            return None
        if found["State"]["Status"] not in WAITING:
            return name
        try:
            self._engine.remove(name)
        except RefusedError:
            if self._engine.look(name) is None:
                return None
            raise
        return None

    def observe(self, runs: Sequence[Sent]) -> tuple[Outcome, ...]:
        """Return where runs stand: one list, and a look at each that has just ended.

        Raises:
            OSError: if the engine does not answer.
        """
        listed = {_name(each): each for each in self._engine.ours(self.name)}
        outcomes = []
        for run in runs:
            name = run.job_id or container_name(run.run)
            found = listed.pop(name, None)
            if found is None:
                outcomes.append(gone(run.run))
            elif found["State"] in ENDED:
                outcomes.append(self._ended(run.run, name))
            else:
                self._stop_if_overdue(name, found)
                outcomes.append(under_way(run.run, name, found))
        self._clear(listed)
        return tuple(outcomes)

    def cancel(self, run: Sent) -> None:
        """End the run's container, with a mark in it that says so; or have it never start."""
        name = run.job_id or container_name(run.run)
        found = self._engine.look(name)
        if found is None or found["State"]["Status"] in ENDED:
            return
        self._engine.put(name, archive({CANCELLED: ""}))
        if found["State"]["Status"] in WAITING:
            self._engine.remove(name)
        else:
            self._engine.stop(name, GRACE // 2)

    def check(self) -> str:
        """Return what the engine is.

        Raises:
            NoAccessError: if we may not use its socket.
            OSError: if there is no usable answer.
        """
        return self._engine.version()

    def _create(self, order: Order, recipe: Recipe, name: str) -> bool:
        """Create the container; return whether one of that name was there already."""
        secrets = self._own.secrets()

        def create() -> None:
            self._engine.create(
                name,
                recipe.image,
                recipe.command,
                binds=self._own.binds(),
                user=self._own.user,
                environment=variables(order, secrets),
                labels=labels(order, recipe),
            )

        try:
            try:
                create()
            except RefusedError as refused:
                if refused.status != 404:
                    raise
                self._images.fetch(recipe.image)
                create()
        except RefusedError as refused:
            # Docker says 409 to a name that is taken, Podman 500.
            if refused.status in (409, 500) and self._engine.look(name) is not None:
                return True
            if refused.status in (400, 404, 413) or _is_for_good(refused):
                raise PlannerError(str(refused)) from refused
            if refused.status < 500:
                raise NotSentError(str(refused)) from refused
            raise
        return False

    def _ended(self, run: str, name: str) -> Outcome:
        found = self._engine.look(name)
        if found is None:
            return gone(run)
        cancelled = bool(found["State"]["ExitCode"]) and self._engine.was_cancelled(name)
        return ended(run, name, found, self._tail(name), cancelled=cancelled)

    def _tail(self, name: str) -> str:
        """Return the end of a log without the secrets that the run was given."""
        try:
            secrets = self._own.secrets()
        except PlannerError as error:
            log.warning("%s: no log is shown, there may be secrets in it: %s", self.name, error)
            return ""
        tail = self._engine.tail(name)
        for secret in secrets.values():
            if secret and len(secret) >= _SHORTEST_SECRET:
                tail = tail.replace(secret, "***")
        return tail

    def _stop_if_overdue(self, name: str, listed: Any) -> None:
        if not is_overdue(listed, self._clock()):
            return
        try:
            self._engine.stop(name, GRACE // 2)
        except OSError as error:
            log.warning("%s: %s is overdue and cannot be stopped: %s", self.name, name, error)

    def _clear(self, others: Mapping[str, Any]) -> None:
        """Remove containers that ended long ago: their outcomes were taken down then."""
        for name, listed in others.items():
            age = self._clock().timestamp() - listed["Created"]
            longest = int(labels_of(listed).get(TIMEOUT) or 0)
            if listed["State"] not in ENDED or age < self._own.keep + longest:
                continue
            try:
                self._engine.remove(name)
            except OSError as error:
                log.warning("%s: %s cannot be removed: %s", self.name, name, error)


def _is_for_good(refused: RefusedError) -> bool:
    return any(text in str(refused) for text in _FOR_GOOD)


def _name(listed: Any) -> str:
    return str(listed["Names"][0]).lstrip("/")
