# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small site, and orders for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from models import (
    Catalog,
    Job,
    LabType,
    Order,
    PlannerSettings,
    Platform,
    Runtime,
    SubmitMode,
    Where,
)
from tests.submission.labs import Labs

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LIVE, DRY = SubmitMode.LIVE, SubmitMode.DRY_RUN


def order(run: str, runtime: str = "north", **changed: str) -> Order:
    """Return an order for a run of the job `boot` in a runtime."""
    request, _, index = run.partition("-")
    fields = {"job": "boot", "platform": "board", "kind": "job", "parent": "parent"} | changed
    return Order(
        run=run,
        request=request,
        index=int(index),
        retry=0,
        runtime=runtime,
        device_type="board-type",
        priority=50,
        plan="plan",
        node={},
        intended=NOW,
        **fields,
    )


def catalog(
    *runtimes: str,
    lab_type: LabType = LabType.SHELL,
    submit: dict[str, SubmitMode] | None = None,
) -> Catalog:
    """Return a catalog with these runtimes, one job and one platform."""

    def where(line: int) -> Where:
        return Where(file="site.yaml", line=line)

    return Catalog(
        paths=(),
        entries=(),
        build_configs={},
        trees={},
        fragments={},
        rootfs={},
        jobs={"boot": Job(name="boot", where=where(1))},
        platforms={"board": Platform(name="board", where=where(2))},
        runtimes={
            name: Runtime(name=name, lab_type=lab_type, where=where(3 + number))
            for number, name in enumerate(runtimes)
        },
        planner=PlannerSettings(submit=submit or {}),
    )


class Clock:
    """A clock that a second passes on at each look."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the next second."""
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def labs() -> Iterator[Labs]:
    """Give a site without labs yet; whatever got stuck in them is let go in the end."""
    labs = Labs()
    yield labs
    for lab in labs.values():
        lab.unstick.set()
