# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real engine for a whole session, and runs for it."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import docker
import pytest

from models import Dispatch, Job, LabType, Order, Outcome, RunState, Runtime, Sent
from planner.runtimes.containers import ContainerRuntime
from planner.runtimes.containers.recipe import Recipe
from tests.runtimes.conftest import HERE, catalog, dispatch, order
from tests.systems.containers.podman import IMAGE, CannotRunError, Podman, running

WANTED = "KCI_TEST_CONTAINERS"


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    """Give a running Podman."""
    if not os.environ.get(WANTED):
        pytest.skip("`make test-containers` tests a real Podman")
    with tempfile.TemporaryDirectory(prefix="podman-") as root:
        try:
            with running(Path(root)) as engine:
                yield engine
        except CannotRunError as error:
            pytest.skip(f"there can be no Podman here: {error}")


@dataclass
class Site:
    """An engine without containers, and the way to it."""

    podman: Podman
    planner: dict[str, Any] = field(default_factory=dict)
    ahead: timedelta = timedelta()  # of the clock

    @property
    def api(self) -> Any:
        """A client, as the engine's owner has it."""
        return docker.DockerClient(base_url=self.podman.url, timeout=30)

    def runtime(self, **keys: Any) -> ContainerRuntime:
        """Open the runtime anew, as a planner that starts would."""
        made = Runtime(
            name="tools", lab_type=LabType.DOCKER, url=self.podman.url, params=keys, where=HERE
        )
        known = catalog(made, **self.planner)
        return ContainerRuntime(
            made, known, environment={}, clock=lambda: datetime.now(UTC) + self.ahead
        )


@pytest.fixture
def site(podman: Podman) -> Iterator[Site]:
    """Give an engine without containers."""
    made = Site(podman)
    yield made
    if podman.process is None:
        podman.start()
    for container in made.api.containers.list(all=True):
        container.remove(force=True)


def definition(script: str, image: str = IMAGE, timeout: int = 600) -> str:
    """Return a definition."""
    return Recipe(image=image, timeout=timeout, script=script).written()


def to_send(run: str, job: Job | None = None) -> Dispatch:
    """Return a run on its way."""
    return dispatch(run, job=job).model_copy(update={"order": order_for(run)})


def order_for(run: str) -> Order:
    """Return an order for the engine."""
    return order(run, "tools")


def sent_to(run: str) -> Sent:
    """Return a run that was sent."""
    return Sent(run=run, runtime="tools", job_id=f"kci-{run}", device_type="docker")


def finished(way: ContainerRuntime, run: str) -> Outcome:
    """Wait for the end of a run and return its outcome."""

    def look() -> Outcome | None:
        (outcome,) = way.observe([sent_to(run)])
        return outcome if outcome.state is RunState.FINISHED else None

    outcome = until(look)
    assert isinstance(outcome, Outcome)
    return outcome


def until(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Return what `condition` returns once that is true; fail after some time."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
    return value
