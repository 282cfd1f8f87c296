# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small scenarios: two LAVA labs with short queues and a shell, random or made by hand."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from models import DeviceCapacity, LabType, Mode, Request, Runs, Runtime, RuntimeCapacity
from models import VariantAttribute as Attribute
from planner.whatif import Scenario
from tests.candidates.site import NOW, SHELL, WHERE, capacity, request, site

LABS = ("north", "south")
BOARDS = ("rk3399", "juno", "minnow")


def lab(name: str, depth: int = 1) -> Runtime:
    """Return a LAVA lab in which `depth` jobs may wait for each device."""
    return Runtime(name=name, lab_type=LabType.LAVA, max_queue_depth=depth, where=WHERE)


def devices(runtime: str, limit: int | None = None, **numbers: int) -> RuntimeCapacity:
    """Return the capacity of a lab with so many idle devices, and at most `limit` runs in all."""
    return RuntimeCapacity(
        runtime=runtime,
        devices={name: DeviceCapacity(devices=number) for name, number in numbers.items()},
        max_runs=limit,
    )


def scenario(*requests: Request, labs: tuple[RuntimeCapacity, ...] = (), **rest: Any) -> Scenario:
    """Return the scenario of `requests` in two labs and a shell; a lab not told of has nothing."""
    told = {
        "north": devices("north"),
        "south": devices("south"),
        "shell": RuntimeCapacity(runtime="shell", slots=1),
        **{one.runtime: one for one in labs},
    }
    catalog = site(lab("north"), lab("south"), SHELL)
    return Scenario(catalog, requests, capacity(*told.values()), now=NOW, **rest)


def wish(*places: str, key: str = "r0", number: int = 1, mode: str = "", **rest: Any) -> Request:
    """Return a request for `number` runs; with a mode they differ in their device type."""
    runs = Runs(
        number=number,
        variant=(Attribute.DEVICE_TYPE,) if mode else (),
        mode=Mode(mode) if mode else Mode.PERMISSIVE,
    )
    return request(*places, key=key, runs=runs, **rest)


def draw(seed: int, requests: int = 4) -> Scenario:
    """Return a random scenario of at most so many requests, with too little room for them all."""
    random = np.random.default_rng(seed)
    places = [f"{name}/{board}" for name in LABS for board in BOARDS]
    wishes = [
        wish(
            *(places[i] for i in sorted(random.permutation(len(places))[: random.integers(1, 5)])),
            key=f"r{position}",
            number=int(random.integers(1, 3)),
            mode=str(random.choice(["", "strict", "permissive"])),
            priority=int(random.choice([20, 60])),
            hours=float(random.choice([1, 6])),
        )
        for position in range(random.integers(1, requests + 1))
    ]
    labs = tuple(
        RuntimeCapacity(
            runtime=name,
            devices={
                board: DeviceCapacity(
                    devices=int(random.integers(0, 3)), queue=int(random.integers(0, 2))
                )
                for board in BOARDS
            },
            max_runs=int(random.integers(1, 5)) if random.random() < 0.5 else None,
        )
        for name in LABS
    )
    return scenario(*wishes, labs=labs)


scenarios = st.builds(draw, seed=st.integers(0, 2**32 - 1))
