# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small site, and orders for it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

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
from planner.runtimes import LabRuntime
from planner.submission import Sender
from tests.submission.labs import Labs

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LIVE, DRY = SubmitMode.LIVE, SubmitMode.DRY_RUN


def order(run: str, runtime: str = "north", **changed: Any) -> Order:
    """Return an order for a run of the job `boot` in a runtime."""
    request, _, index = run.partition("-")
    fields: dict[str, Any] = {"job": "boot", "platform": "board", "kind": "job"}
    fields |= {"parent": "parent", "node": {}} | changed
    return Order(
        run=run,
        request=request,
        index=int(index),
        retry=0,
        runtime=runtime,
        device_type="board-type",
        priority=50,
        plan="plan",
        intended=NOW,
        **fields,
    )


def catalog(
    *runtimes: str,
    lab_type: LabType = LabType.SHELL,
    submit: dict[str, SubmitMode] | None = None,
    in_flight: int = 1,
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
        planner=PlannerSettings(submit=submit or {}, in_flight=in_flight),
    )


def sender(
    labs: Mapping[str, LabRuntime],
    site: Catalog | None = None,
    modes: Mapping[str, SubmitMode] | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    patience: float = 10,
    **more: Any,
) -> Sender:
    """Return a sender to these labs; all of them are live unless `modes` says otherwise."""
    return Sender(
        site or catalog(*labs),
        labs,
        modes or dict.fromkeys(labs, LIVE),
        clock or Clock(),
        patience=patience,
        **more,
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
