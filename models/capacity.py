# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the runtimes can take now."""

from datetime import datetime

from models.base import Ours
from models.catalog import Defect
from models.settings import CapacitySource, ContextCapacity, UnknownCapacity


class DeviceCapacity(Ours):
    """One queue: how many devices serve it, how many jobs wait, how many run."""

    devices: int
    queue: int = 0
    running: int = 0


class RuntimeCapacity(Ours):
    """The capacity of one runtime when the cycle began.

    `known` is False where nobody could tell; then `unknown` says what that means. `devices` is
    by device type; None where the runtime has no device types of its own and takes any platform
    (a container engine, a shell). `slots` is how many jobs it runs at a time, over all types,
    and `running` how many of these are taken. `contexts` are the places that a Kubernetes runtime
    has, by name ("" where it has just one, without a name); None where it has none. `max_runs`
    limits what one cycle may add. `taken` is when that was so. `source` is who has to
    say it, `reported` is True where a capacity file did instead, and `why` is what was wrong
    where the source did not.
    """

    runtime: str
    known: bool = True
    unknown: UnknownCapacity = UnknownCapacity.OPEN
    devices: dict[str, DeviceCapacity] | None = None
    slots: int | None = None
    running: int = 0
    contexts: dict[str, ContextCapacity] | None = None
    max_runs: int | None = None
    taken: datetime | None = None
    source: CapacitySource = CapacitySource.STATIC
    reported: bool = False
    why: str | None = None


class Capacity(Ours):
    """The capacity of all runtimes, and what was wrong with what we were told of it."""

    runtimes: dict[str, RuntimeCapacity]
    defects: tuple[Defect, ...] = ()
