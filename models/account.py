# SPDX-License-Identifier: LGPL-2.1-or-later
"""What was over in a period, counted: by lab, job, tree or device type, and a lab's month."""

from datetime import date
from enum import StrEnum

from models.base import Ours


class By(StrEnum):
    """What runs are counted by."""

    LAB = "lab"
    DEVICE_TYPE = "device-type"
    PLATFORM = "platform"
    JOB = "job"
    KIND = "kind"
    TREE = "tree"
    DAY = "day"


class Waited(Ours):
    """How many runs waited last for `reason`: `placed` got a place then, `unsent` never did."""

    reason: str
    placed: int
    unsent: int


class Account(Ours):
    """Runs with one name in common; None where they have none, such as a lab without a run there.

    `runs` were executed, with their results: pass, fail, and all others. Of these `infrastructure`
    were spoiled by the place, and of `timed` it is known how long they took. `device_s` is how
    long devices were busy with them. Medians, p90 and means are seconds, None where nobody told;
    waits are from submission to start. `unsent` counts those that never ran, by their state.
    """

    name: str | None
    runs: int
    passed: int
    failed: int
    other: int
    infrastructure: int
    timed: int
    device_s: int
    duration_median_s: int | None
    duration_p90_s: int | None
    wait_mean_s: int | None
    wait_p90_s: int | None
    unsent: dict[str, int]
    waited: tuple[Waited, ...]


class Accounts(Ours):
    """All that was over from `since` to `until`, both inclusive, in UTC, most runs first."""

    by: By
    since: date
    until: date
    rows: tuple[Account, ...]
    total: Account


class DeviceAccount(Ours):
    """One device type of a lab; utilisation is device hours by those of the month so far.

    `devices` are those that the configuration names; None, and no utilisation, where it does not.
    """

    account: Account
    devices: int | None
    utilisation_percent: float | None


class Statement(Ours):
    """What KernelCI's planner did in a lab in a month, for its owner.

    `days` are those of the month that are over, or go on. `longest` are the jobs with the longest
    p90, `contract` the owner's terms as they are now.
    """

    lab: str
    month: str
    days: int
    total: Account
    devices: int | None
    utilisation_percent: float | None
    by_tree: tuple[Account, ...]
    by_device_type: tuple[DeviceAccount, ...]
    by_day: tuple[Account, ...]
    longest: tuple[Account, ...]
    contract: dict[str, object] | None
